// SPDX-License-Identifier: GPL-2.0
#include "ruleset.h"
#include "core/text.h"
#include "genl.h"

#include <linux/in.h>
#include <linux/log2.h>
#include <linux/slab.h>
#include <net/netlink.h>

/* One set of a rule while it is read: where its elements go, and how many. */
struct pool {
	u32 used;
	u32 size;
};

/* The policy being built, and what is left of its pools. */
struct build {
	struct rg_policy *policy;
	struct pool prefixes;
	struct pool ports;
	struct pool ifnames;
	struct netlink_ext_ack *extack;
};

/**
 * rg_ruleset_parse_free() - free what rg_ruleset_parse() allocated
 * @policy: may be zeroed or half built
 *
 * Context: any but NMI.
 */
void rg_ruleset_parse_free(struct rg_policy *policy)
{
	kvfree(policy->rules);
	kvfree(policy->prefixes);
	kvfree(policy->ports);
	kvfree(policy->ifnames);
}

/* All bits that there are say the same as no attribute: one form of it. */
static u32 bitmap_get(const struct nlattr *attr, u32 n_bits)
{
	u32 bitmap = attr ? nla_get_u32(attr) : RG_ANY;

	return bitmap == BIT(n_bits) - 1 ? RG_ANY : bitmap;
}

/* A bitmap over an enum: at least one bit, and none that the enum has not. */
static int bitmap_check(const struct nlattr *attr, u32 n_bits,
			struct netlink_ext_ack *extack)
{
	if (!attr)
		return 0;
	if (!nla_get_u32(attr) || nla_get_u32(attr) >> n_bits) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "bitmap is empty or has unknown bits");
		return -EINVAL;
	}
	return 0;
}

/* A rules file has a word for each subject, and none for some of them. */
static int subjects_check(const struct nlattr *attr,
			  struct netlink_ext_ack *extack)
{
	u32 bitmap = bitmap_get(attr, RG_SUBJECTS);
	int ret;

	ret = bitmap_check(attr, RG_SUBJECTS, extack);
	if (ret || bitmap == RG_ANY || is_power_of_2(bitmap))
		return ret;
	NL_SET_ERR_MSG_ATTR(extack, attr, "subjects must be one or all");
	return -EINVAL;
}

static int prefix_parse(struct build *build, const struct nlattr *nest)
{
	struct nlattr *tb[RTPGUARD_A_PREFIX_MAX + 1];
	struct rg_prefix *prefix;
	const struct nlattr *addr;
	int ret;

	ret = nla_parse_nested(tb, RTPGUARD_A_PREFIX_LEN, nest,
			       rtpguard_prefix_nl_policy, build->extack);
	if (ret)
		return ret;
	addr = tb[RTPGUARD_A_PREFIX_ADDR];
	if (!addr || !tb[RTPGUARD_A_PREFIX_LEN]) {
		NL_SET_ERR_MSG_ATTR(build->extack, nest,
				    "prefix needs an address and a length");
		return -EINVAL;
	}
	if (nla_len(addr) != 4 && nla_len(addr) != 16) {
		NL_SET_ERR_MSG_ATTR(build->extack, addr,
				    "address must be 4 or 16 bytes long");
		return -EINVAL;
	}
	prefix = &build->policy->prefixes[build->prefixes.used++];
	prefix->family = nla_len(addr) == 4 ? 4 : 6;
	prefix->len = nla_get_u8(tb[RTPGUARD_A_PREFIX_LEN]);
	memcpy(prefix->addr, nla_data(addr), nla_len(addr));
	if (rg_policy_overlong(prefix)) {
		NL_SET_ERR_MSG_ATTR(build->extack, nest,
				    "prefix length does not fit the address");
		return -EINVAL;
	}
	return 0;
}

static int ports_parse(struct build *build, const struct nlattr *nest)
{
	struct nlattr *tb[RTPGUARD_A_PORT_RANGE_LAST + 1];
	struct rg_ports *ports;
	int ret;

	ret = nla_parse_nested(tb, RTPGUARD_A_PORT_RANGE_LAST, nest,
			       rtpguard_port_range_nl_policy, build->extack);
	if (ret)
		return ret;
	if (!tb[RTPGUARD_A_PORT_RANGE_FIRST] || !tb[RTPGUARD_A_PORT_RANGE_LAST]) {
		NL_SET_ERR_MSG_ATTR(build->extack, nest,
				    "port range needs a first and a last port");
		return -EINVAL;
	}
	ports = &build->policy->ports[build->ports.used++];
	ports->first = nla_get_u16(tb[RTPGUARD_A_PORT_RANGE_FIRST]);
	ports->last = nla_get_u16(tb[RTPGUARD_A_PORT_RANGE_LAST]);
	if (ports->first > ports->last) {
		NL_SET_ERR_MSG_ATTR(build->extack, nest,
				    "port range ends before it begins");
		return -EINVAL;
	}
	return 0;
}

/*
 * Without its NUL, all of it has to be text that a rules file can hold: what is
 * in force must be listed so that it can be loaded again.
 */
static bool text_parse(char *to, size_t size, const struct nlattr *attr,
		       bool (*valid)(const char *text, u32 len))
{
	ssize_t len = nla_strscpy(to, attr, size);

	return len >= 0 && valid(to, len);
}

static int ifname_parse(struct build *build, const struct nlattr *attr)
{
	struct rg_ifname *ifname =
		&build->policy->ifnames[build->ifnames.used++];

	if (!text_parse(ifname->name, sizeof(ifname->name), attr,
			rg_text_is_ifname)) {
		NL_SET_ERR_MSG_ATTR(build->extack, attr,
				    "device name is empty or has blanks, quotes, backslashes, colons, slashes, or an asterisk that is not its end");
		return -EINVAL;
	}
	return 0;
}

/* Read all attributes of one type in a rule as the elements of a set. */
static int set_parse(struct build *build, const struct nlattr *rule, int type,
		     struct pool *pool, struct rg_set *set,
		     int (*parse)(struct build *build, const struct nlattr *))
{
	const struct nlattr *attr;
	int rem, ret;

	set->first = pool->used;
	nla_for_each_nested(attr, rule, rem) {
		if (nla_type(attr) != type)
			continue;
		if (++set->n > RTPGUARD_SET_MAX) {
			NL_SET_ERR_MSG_ATTR(build->extack, attr,
					    "set has more than 256 elements");
			return -EINVAL;
		}
		/* Counted before; the message has not changed since. */
		if (WARN_ON_ONCE(pool->used == pool->size))
			return -EINVAL;
		ret = parse(build, attr);
		if (ret)
			return ret;
	}
	return 0;
}

static int sets_parse(struct build *build, const struct nlattr *attr,
		      struct rg_rule *rule)
{
	int ret;

	ret = set_parse(build, attr, RTPGUARD_A_RULE_SADDR, &build->prefixes,
			&rule->saddr, prefix_parse);
	if (!ret)
		ret = set_parse(build, attr, RTPGUARD_A_RULE_DADDR,
				&build->prefixes, &rule->daddr, prefix_parse);
	if (!ret)
		ret = set_parse(build, attr, RTPGUARD_A_RULE_SPORT,
				&build->ports, &rule->sport, ports_parse);
	if (!ret)
		ret = set_parse(build, attr, RTPGUARD_A_RULE_DPORT,
				&build->ports, &rule->dport, ports_parse);
	if (!ret)
		ret = set_parse(build, attr, RTPGUARD_A_RULE_OIFNAME,
				&build->ifnames, &rule->oifname, ifname_parse);
	return ret;
}

static int l4proto_check(const struct nlattr *attr,
			 struct netlink_ext_ack *extack)
{
	u8 l4proto = attr ? nla_get_u8(attr) : 0;

	if (!attr || l4proto == IPPROTO_UDP || l4proto == IPPROTO_UDPLITE ||
	    l4proto == IPPROTO_TCP)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "l4proto must be UDP, UDP-Lite or TCP");
	return -EINVAL;
}

static int rule_check(struct nlattr **tb, const struct nlattr *attr,
		      struct netlink_ext_ack *extack)
{
	static const u8 reply_only[] = {
		RTPGUARD_A_RULE_INDEX,
		RTPGUARD_A_RULE_PACKETS,
		RTPGUARD_A_RULE_BYTES,
	};
	int ret;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(reply_only); i++) {
		if (!tb[reply_only[i]])
			continue;
		NL_SET_ERR_MSG_ATTR(extack, tb[reply_only[i]],
				    "attribute is for replies only");
		return -EINVAL;
	}
	if (!tb[RTPGUARD_A_RULE_NAME] || !tb[RTPGUARD_A_RULE_ACTION]) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "rule needs a name and an action");
		return -EINVAL;
	}
	ret = subjects_check(tb[RTPGUARD_A_RULE_SUBJECTS], extack);
	if (!ret)
		ret = bitmap_check(tb[RTPGUARD_A_RULE_CLASSES], RG_CLASSES,
				   extack);
	if (!ret)
		ret = bitmap_check(tb[RTPGUARD_A_RULE_PROTECTIONS],
				   RG_PROTECTIONS, extack);
	if (!ret)
		ret = l4proto_check(tb[RTPGUARD_A_RULE_L4PROTO], extack);
	return ret;
}

static int rule_text_parse(struct rg_rule *rule, struct nlattr **tb,
			   struct netlink_ext_ack *extack)
{
	const struct nlattr *name = tb[RTPGUARD_A_RULE_NAME];
	const struct nlattr *comment = tb[RTPGUARD_A_RULE_COMMENT];

	if (!text_parse(rule->name, sizeof(rule->name), name,
			rg_text_is_name)) {
		NL_SET_ERR_MSG_ATTR(extack, name,
				    "rule name must begin with a letter or underscore and go on with these, digits and hyphens");
		return -EINVAL;
	}
	if (comment && !text_parse(rule->comment, sizeof(rule->comment),
				   comment, rg_text_is_comment)) {
		NL_SET_ERR_MSG_ATTR(extack, comment,
				    "comment must be UTF-8 without control characters, quotes and backslashes");
		return -EINVAL;
	}
	return 0;
}

static int rule_parse(struct build *build, const struct nlattr *attr,
		      struct rg_rule *rule)
{
	struct nlattr *tb[RTPGUARD_A_RULE_MAX + 1];
	int ret;

	ret = nla_parse_nested(tb, RTPGUARD_A_RULE_BYTES, attr,
			       rtpguard_rule_nl_policy, build->extack);
	if (!ret)
		ret = rule_check(tb, attr, build->extack);
	if (!ret)
		ret = rule_text_parse(rule, tb, build->extack);
	if (ret)
		return ret;
	rule->subjects = bitmap_get(tb[RTPGUARD_A_RULE_SUBJECTS], RG_SUBJECTS);
	rule->classes = bitmap_get(tb[RTPGUARD_A_RULE_CLASSES], RG_CLASSES);
	rule->protections = bitmap_get(tb[RTPGUARD_A_RULE_PROTECTIONS],
				       RG_PROTECTIONS);
	if (tb[RTPGUARD_A_RULE_L4PROTO])
		rule->l4proto = nla_get_u8(tb[RTPGUARD_A_RULE_L4PROTO]);
	rule->action = nla_get_u8(tb[RTPGUARD_A_RULE_ACTION]);
	rule->log = nla_get_flag(tb[RTPGUARD_A_RULE_LOG]);
	return sets_parse(build, attr, rule);
}

static int default_parse(struct rg_policy *policy, const struct nlattr *attr,
			 struct netlink_ext_ack *extack)
{
	struct nlattr *tb[RTPGUARD_A_DEFAULT_MAX + 1];
	struct rg_default *def;
	u32 protections;
	u8 i;
	int ret;

	ret = nla_parse_nested(tb, RTPGUARD_A_DEFAULT_LOG, attr,
			       rtpguard_default_nl_policy, extack);
	if (!ret)
		ret = bitmap_check(tb[RTPGUARD_A_DEFAULT_PROTECTIONS],
				   RG_PROTECTIONS, extack);
	if (ret)
		return ret;
	if (!tb[RTPGUARD_A_DEFAULT_SUBJECT] || !tb[RTPGUARD_A_DEFAULT_ACTION]) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "default needs a subject and an action");
		return -EINVAL;
	}
	protections = bitmap_get(tb[RTPGUARD_A_DEFAULT_PROTECTIONS],
				 RG_PROTECTIONS);
	for (i = 0; i < RG_PROTECTIONS; i++) {
		if (!(protections & BIT(i)))
			continue;
		def = &policy->defaults[nla_get_u8(tb[RTPGUARD_A_DEFAULT_SUBJECT])][i];
		def->action = nla_get_u8(tb[RTPGUARD_A_DEFAULT_ACTION]);
		def->log = nla_get_flag(tb[RTPGUARD_A_DEFAULT_LOG]);
	}
	return 0;
}

static void rule_measure(struct build *build, const struct nlattr *rule)
{
	const struct nlattr *attr;
	int rem;

	nla_for_each_nested(attr, rule, rem) {
		switch (nla_type(attr)) {
		case RTPGUARD_A_RULE_SADDR:
		case RTPGUARD_A_RULE_DADDR:
			build->prefixes.size++;
			break;
		case RTPGUARD_A_RULE_SPORT:
		case RTPGUARD_A_RULE_DPORT:
			build->ports.size++;
			break;
		case RTPGUARD_A_RULE_OIFNAME:
			build->ifnames.size++;
			break;
		}
	}
}

/* Count rules and elements first, so that each pool is one allocation. */
static int pools_alloc(struct build *build, const struct nlattr *attrs, int len)
{
	struct rg_policy *policy = build->policy;
	const struct nlattr *attr;
	u32 rules = 0;
	int rem;

	nla_for_each_attr(attr, attrs, len, rem) {
		if (nla_type(attr) != RTPGUARD_A_RULESET_RULE)
			continue;
		if (++rules > RTPGUARD_RULES_MAX) {
			NL_SET_ERR_MSG_ATTR(build->extack, attr,
					    "ruleset has more than 1024 rules");
			return -EINVAL;
		}
		rule_measure(build, attr);
	}
	policy->rules = kvcalloc(rules, sizeof(*policy->rules), GFP_KERNEL);
	policy->prefixes = kvcalloc(build->prefixes.size,
				    sizeof(*policy->prefixes), GFP_KERNEL);
	policy->ports = kvcalloc(build->ports.size, sizeof(*policy->ports),
				 GFP_KERNEL);
	policy->ifnames = kvcalloc(build->ifnames.size,
				   sizeof(*policy->ifnames), GFP_KERNEL);
	if (!policy->rules || !policy->prefixes || !policy->ports ||
	    !policy->ifnames)
		return -ENOMEM;
	return 0;
}

static bool name_is_taken(const struct rg_policy *policy, const char *name)
{
	u32 i;

	for (i = 0; i < policy->n_rules; i++) {
		if (!strcmp(policy->rules[i].name, name))
			return true;
	}
	return false;
}

/**
 * rg_ruleset_parse() - build a policy from a load message
 * @policy: zeroed; filled, to be freed with rg_ruleset_parse_free() in any case
 * @attrs: attributes of enum RTPGUARD_A_RULESET_*, validated by the policy
 * @len: bytes of @attrs
 * @extack: says what is wrong, and with which attribute
 *
 * The kernel builds its own normalised rules: nothing of the message is kept.
 *
 * Context: process, may sleep.
 * Return: 0, -EINVAL or -ENOMEM.
 */
int rg_ruleset_parse(struct rg_policy *policy, const struct nlattr *attrs,
		     int len, struct netlink_ext_ack *extack)
{
	struct build build = { .policy = policy, .extack = extack };
	const struct nlattr *attr;
	struct rg_rule *rule;
	int rem, ret;

	rg_policy_defaults(policy);
	ret = pools_alloc(&build, attrs, len);
	if (ret)
		return ret;
	nla_for_each_attr(attr, attrs, len, rem) {
		switch (nla_type(attr)) {
		case RTPGUARD_A_RULESET_DEFAULT:
			ret = default_parse(policy, attr, extack);
			break;
		case RTPGUARD_A_RULESET_RULE:
			rule = &policy->rules[policy->n_rules];
			ret = rule_parse(&build, attr, rule);
			if (!ret && name_is_taken(policy, rule->name)) {
				NL_SET_ERR_MSG_ATTR(extack, attr,
						    "rule name is used twice");
				ret = -EINVAL;
			}
			policy->n_rules++;
			break;
		}
		if (ret)
			return ret;
	}
	policy->n_prefixes = build.prefixes.used;
	policy->n_ports = build.ports.used;
	policy->n_ifnames = build.ifnames.used;
	return 0;
}
