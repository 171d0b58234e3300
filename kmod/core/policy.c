// SPDX-License-Identifier: GPL-2.0
#include "policy.h"

static bool bit_set(u32 bitmap, u8 bit)
{
	return bitmap >> bit & 1;
}

/**
 * rg_policy_defaults() - the built-in defaults
 * @policy: its @defaults are set, nothing else
 *
 * Unprotected and suspected media is dropped, receiver reports and clear
 * signalling are reported, everything else passes.
 *
 * Context: any.
 */
void rg_policy_defaults(struct rg_policy *policy)
{
	u8 i;

	memset(policy->defaults, 0, sizeof(policy->defaults));
	for (i = 0; i < RG_PROTECTIONS; i++) {
		if (!bit_set(RG_UNPROTECTED, i))
			continue;
		policy->defaults[RTPGUARD_SUBJECT_MEDIA][i].action =
			RTPGUARD_ACTION_DROP;
		policy->defaults[RTPGUARD_SUBJECT_CONTROL][i].log = true;
	}
	policy->defaults[RTPGUARD_SUBJECT_MEDIA][RTPGUARD_PROTECTION_SUSPECTED].action =
		RTPGUARD_ACTION_DROP;
	policy->defaults[RTPGUARD_SUBJECT_SIGNALLING][RTPGUARD_PROTECTION_CLEAR].log =
		true;
}

static bool prefix_match(const struct rg_prefix *prefix, const u8 *addr)
{
	u8 bytes = prefix->len / 8;
	u8 bits = prefix->len % 8;

	if (memcmp(prefix->addr, addr, bytes))
		return false;
	return !bits || (prefix->addr[bytes] ^ addr[bytes]) >> (8 - bits) == 0;
}

/**
 * rg_policy_overlong() - does a prefix say more than its length allows?
 * @prefix: to check
 *
 * Context: any.
 * Return: true when the length does not fit the family, or an address bit
 * beyond the length is set.
 */
bool rg_policy_overlong(const struct rg_prefix *prefix)
{
	u8 max = prefix->family == 4 ? 4 : 16;
	u8 byte = prefix->len / 8;

	if (prefix->len > 8 * max)
		return true;
	if (byte < max && (u8)(prefix->addr[byte] << (prefix->len % 8)))
		return true;
	for (byte++; byte < max; byte++) {
		if (prefix->addr[byte])
			return true;
	}
	return false;
}

static bool addr_match(const struct rg_policy *policy, const struct rg_set *set,
		       u8 family, const u8 *addr)
{
	u32 i;

	for (i = 0; i < set->n; i++) {
		const struct rg_prefix *prefix = &policy->prefixes[set->first + i];

		if (prefix->family == family && prefix_match(prefix, addr))
			return true;
	}
	return !set->n;
}

static bool port_match(const struct rg_policy *policy, const struct rg_set *set,
		       u16 port)
{
	u32 i;

	for (i = 0; i < set->n; i++) {
		const struct rg_ports *ports = &policy->ports[set->first + i];

		if (ports->first <= port && port <= ports->last)
			return true;
	}
	return !set->n;
}

static bool ifname_equal(const char *pattern, const char *name)
{
	u32 i;

	for (i = 0; i < RTPGUARD_IFNAME_LEN; i++) {
		if (pattern[i] == '*' && !pattern[i + 1])
			return true;
		if (pattern[i] != name[i])
			return false;
		if (!pattern[i])
			return true;
	}
	return true;
}

static bool ifname_match(const struct rg_policy *policy,
			 const struct rg_set *set, const char *name)
{
	u32 i;

	for (i = 0; name && i < set->n; i++) {
		if (ifname_equal(policy->ifnames[set->first + i].name, name))
			return true;
	}
	return !set->n;
}

static bool rule_match(const struct rg_policy *policy,
		       const struct rg_rule *rule, const struct rg_query *query)
{
	return bit_set(rule->subjects, query->subject) &&
	       bit_set(rule->classes, query->class) &&
	       bit_set(rule->protections, query->protection) &&
	       (!rule->l4proto || rule->l4proto == query->l4proto) &&
	       port_match(policy, &rule->sport, query->sport) &&
	       port_match(policy, &rule->dport, query->dport) &&
	       addr_match(policy, &rule->saddr, query->family, query->saddr) &&
	       addr_match(policy, &rule->daddr, query->family, query->daddr) &&
	       ifname_match(policy, &rule->oifname, query->oifname);
}

/**
 * rg_policy_eval() - find what the policy says
 * @policy: rules and defaults
 * @query: the packet
 * @match: filled
 *
 * Context: any; @policy must not change meanwhile (RCU in the module).
 */
void rg_policy_eval(const struct rg_policy *policy, const struct rg_query *query,
		    struct rg_match *match)
{
	const struct rg_default *def;
	const struct rg_rule *rule;
	u32 i;

	for (i = 0; i < policy->n_rules; i++) {
		rule = &policy->rules[i];
		if (!rule_match(policy, rule, query))
			continue;
		match->rule = i;
		match->action = rule->action;
		match->log = rule->log;
		match->named = rule->saddr.n || rule->daddr.n || rule->oifname.n;
		return;
	}
	def = &policy->defaults[query->subject][query->protection];
	match->rule = -1;
	match->action = def->action;
	match->log = def->log;
	match->named = false;
}

/* What enforce does: nothing before the packet's stream is recognised. */
static u8 verdict_enforce(const struct rg_answer *ans,
			  const struct rg_match *match)
{
	if (ans->class == RTPGUARD_CLASS_UNKNOWN)
		return RTPGUARD_VERDICT_ACCEPT;
	return match->action == RTPGUARD_ACTION_DROP ? RTPGUARD_VERDICT_DROP :
						       RTPGUARD_VERDICT_ACCEPT;
}

/*
 * Strict holds what could be RTP until protection is shown. A default that
 * accepts undetermined media says nothing in strict, nor does a rule that names
 * neither address nor device: it would be the mode undone by accident.
 */
static u8 verdict_strict(const struct rg_answer *ans,
			 const struct rg_match *match)
{
	u8 verdict = verdict_enforce(ans, match);

	if (verdict != RTPGUARD_VERDICT_ACCEPT || !ans->hold)
		return verdict;
	if (ans->protection != RTPGUARD_PROTECTION_UNDETERMINED &&
	    ans->protection != RTPGUARD_PROTECTION_SUSPECTED)
		return verdict;
	if (match->rule >= 0 && match->named)
		return verdict;
	return RTPGUARD_VERDICT_HOLD;
}

/**
 * rg_policy_verdict() - what a mode makes of a packet
 * @mode: enum rtpguard_mode
 * @ans: from rg_feed()
 * @match: from rg_policy_eval()
 *
 * Context: any.
 * Return: enum rtpguard_verdict. In monitor, what enforce (would-drop) or only
 * strict (would-hold) would have kept back.
 */
u8 rg_policy_verdict(u8 mode, const struct rg_answer *ans,
		     const struct rg_match *match)
{
	switch (mode) {
	case RTPGUARD_MODE_ENFORCE:
		return verdict_enforce(ans, match);
	case RTPGUARD_MODE_STRICT:
		return verdict_strict(ans, match);
	case RTPGUARD_MODE_MONITOR:
		if (verdict_enforce(ans, match) != RTPGUARD_VERDICT_ACCEPT)
			return RTPGUARD_VERDICT_WOULD_DROP;
		if (verdict_strict(ans, match) != RTPGUARD_VERDICT_ACCEPT)
			return RTPGUARD_VERDICT_WOULD_HOLD;
		return RTPGUARD_VERDICT_ACCEPT;
	default:
		return RTPGUARD_VERDICT_ACCEPT;
	}
}
