// SPDX-License-Identifier: GPL-2.0
#include "flow.h"
#include "genl.h"
#include "netlink.h"
#include "ruleset.h"
#include "stats.h"

#include <net/genetlink.h>

static void *dump_put(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd)
{
	return genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			   &rg_netlink_family, NLM_F_MULTI, cmd);
}

static int prefixes_fill(struct sk_buff *skb, int attrtype,
			 const struct rg_policy *policy,
			 const struct rg_set *set)
{
	const struct rg_prefix *prefix = policy->prefixes + set->first;
	struct nlattr *nest;
	u32 i;

	for (i = 0; i < set->n; i++, prefix++) {
		nest = nla_nest_start(skb, attrtype);
		if (!nest ||
		    nla_put(skb, RTPGUARD_A_PREFIX_ADDR,
			    prefix->family == 4 ? 4 : 16, prefix->addr) ||
		    nla_put_u8(skb, RTPGUARD_A_PREFIX_LEN, prefix->len))
			return -EMSGSIZE;
		nla_nest_end(skb, nest);
	}
	return 0;
}

static int ports_fill(struct sk_buff *skb, int attrtype,
		      const struct rg_policy *policy, const struct rg_set *set)
{
	const struct rg_ports *ports = policy->ports + set->first;
	struct nlattr *nest;
	u32 i;

	for (i = 0; i < set->n; i++, ports++) {
		nest = nla_nest_start(skb, attrtype);
		if (!nest ||
		    nla_put_u16(skb, RTPGUARD_A_PORT_RANGE_FIRST, ports->first) ||
		    nla_put_u16(skb, RTPGUARD_A_PORT_RANGE_LAST, ports->last))
			return -EMSGSIZE;
		nla_nest_end(skb, nest);
	}
	return 0;
}

static int ifnames_fill(struct sk_buff *skb, const struct rg_policy *policy,
			const struct rg_set *set)
{
	const struct rg_ifname *ifname = policy->ifnames + set->first;
	u32 i;

	for (i = 0; i < set->n; i++, ifname++) {
		if (nla_put_string(skb, RTPGUARD_A_RULE_OIFNAME, ifname->name))
			return -EMSGSIZE;
	}
	return 0;
}

static int mask_fill(struct sk_buff *skb, int attrtype, u32 bitmap)
{
	return bitmap == RG_ANY ? 0 : nla_put_u32(skb, attrtype, bitmap);
}

static int rule_matches_fill(struct sk_buff *skb,
			     const struct rg_policy *policy,
			     const struct rg_rule *rule)
{
	if (mask_fill(skb, RTPGUARD_A_RULE_SUBJECTS, rule->subjects) ||
	    mask_fill(skb, RTPGUARD_A_RULE_CLASSES, rule->classes) ||
	    mask_fill(skb, RTPGUARD_A_RULE_PROTECTIONS, rule->protections) ||
	    (rule->l4proto &&
	     nla_put_u8(skb, RTPGUARD_A_RULE_L4PROTO, rule->l4proto)))
		return -EMSGSIZE;
	if (prefixes_fill(skb, RTPGUARD_A_RULE_SADDR, policy, &rule->saddr) ||
	    prefixes_fill(skb, RTPGUARD_A_RULE_DADDR, policy, &rule->daddr) ||
	    ports_fill(skb, RTPGUARD_A_RULE_SPORT, policy, &rule->sport) ||
	    ports_fill(skb, RTPGUARD_A_RULE_DPORT, policy, &rule->dport) ||
	    ifnames_fill(skb, policy, &rule->oifname))
		return -EMSGSIZE;
	return 0;
}

static int rule_fill(struct sk_buff *skb, const struct rg_ruleset *ruleset,
		     u32 index)
{
	const struct rg_rule *rule = &ruleset->policy.rules[index];
	struct rg_count count;
	struct nlattr *nest;

	rg_ruleset_rule_count(ruleset, index, &count);
	nest = nla_nest_start(skb, RTPGUARD_A_RULESET_RULE);
	if (!nest || nla_put_u32(skb, RTPGUARD_A_RULE_INDEX, index) ||
	    nla_put_string(skb, RTPGUARD_A_RULE_NAME, rule->name) ||
	    (rule->comment[0] &&
	     nla_put_string(skb, RTPGUARD_A_RULE_COMMENT, rule->comment)) ||
	    rule_matches_fill(skb, &ruleset->policy, rule) ||
	    nla_put_u8(skb, RTPGUARD_A_RULE_ACTION, rule->action) ||
	    (rule->log && nla_put_flag(skb, RTPGUARD_A_RULE_LOG)) ||
	    nla_put_u64_64bit(skb, RTPGUARD_A_RULE_PACKETS, count.packets,
			      RTPGUARD_A_RULE_PAD) ||
	    nla_put_u64_64bit(skb, RTPGUARD_A_RULE_BYTES, count.bytes,
			      RTPGUARD_A_RULE_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int default_fill(struct sk_buff *skb, u8 subject, u32 protections,
			const struct rg_default *def)
{
	struct nlattr *nest = nla_nest_start(skb, RTPGUARD_A_RULESET_DEFAULT);

	if (!nest || nla_put_u8(skb, RTPGUARD_A_DEFAULT_SUBJECT, subject) ||
	    nla_put_u32(skb, RTPGUARD_A_DEFAULT_PROTECTIONS, protections) ||
	    nla_put_u8(skb, RTPGUARD_A_DEFAULT_ACTION, def->action) ||
	    (def->log && nla_put_flag(skb, RTPGUARD_A_DEFAULT_LOG)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int defaults_fill(struct sk_buff *skb, const struct rg_policy *policy)
{
	u8 subject, i;

	for (subject = 0; subject < RG_SUBJECTS; subject++) {
		for (i = 0; i < RG_PROTECTIONS; i++) {
			if (default_fill(skb, subject, BIT(i),
					 &policy->defaults[subject][i]))
				return -EMSGSIZE;
		}
	}
	return 0;
}

static int head_fill(struct sk_buff *skb, const struct rg_ruleset *ruleset)
{
	if (nla_put_u8(skb, RTPGUARD_A_RULESET_MODE,
		       READ_ONCE(ruleset->mode)) ||
	    nla_put_u64_64bit(skb, RTPGUARD_A_RULESET_GENERATION,
			      ruleset->generation, RTPGUARD_A_RULESET_PAD))
		return -EMSGSIZE;
	return defaults_fill(skb, &ruleset->policy);
}

/* Message 0 carries mode, generation and defaults, message n rule n - 1. */
static int ruleset_message(struct sk_buff *skb, struct netlink_callback *cb,
			   const struct rg_ruleset *ruleset, u32 n)
{
	void *hdr = dump_put(skb, cb, RTPGUARD_CMD_GET_RULESET);

	if (!hdr)
		return -EMSGSIZE;
	genl_dump_check_consistent(cb, hdr);
	if (n ? rule_fill(skb, ruleset, n - 1) : head_fill(skb, ruleset)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/**
 * rtpguard_nl_get_ruleset_dumpit() - dump the ruleset
 * @skb: message to fill
 * @cb: args[0] is the next message's number; seq is the generation, so that a
 *	replace meanwhile marks the dump as interrupted
 *
 * Context: process, CAP_NET_ADMIN checked by the family.
 * Return: bytes filled, 0 at the end, or -EMSGSIZE.
 */
int rtpguard_nl_get_ruleset_dumpit(struct sk_buff *skb,
				   struct netlink_callback *cb)
{
	const struct rg_ruleset *ruleset;
	u32 n = cb->args[0];
	int ret = 0;

	rcu_read_lock();
	ruleset = rg_ruleset_get();
	cb->seq = ruleset->generation;
	for (; n <= ruleset->policy.n_rules; n++) {
		ret = ruleset_message(skb, cb, ruleset, n);
		if (ret)
			break;
	}
	rcu_read_unlock();
	cb->args[0] = n;
	return skb->len ? skb->len : ret;
}

struct flow_dump {
	struct sk_buff *skb;
	struct netlink_callback *cb;
};

static int flow_message(struct rg_flow *flow, void *arg)
{
	struct flow_dump *dump = arg;
	void *hdr = dump_put(dump->skb, dump->cb, RTPGUARD_CMD_GET_FLOW);

	if (!hdr)
		return -EMSGSIZE;
	if (rg_flow_fill(dump->skb, RTPGUARD_A_FLOW_ENTRY_FLOW, flow)) {
		genlmsg_cancel(dump->skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(dump->skb, hdr);
	return 0;
}

/**
 * rtpguard_nl_get_flow_dumpit() - dump the flows
 * @skb: message to fill
 * @cb: args[0] is the bucket, args[1] the flows of it done
 *
 * Context: process, CAP_NET_ADMIN checked by the family.
 * Return: bytes filled, 0 at the end, or -EMSGSIZE.
 */
int rtpguard_nl_get_flow_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb)
{
	struct rg_flow_cursor cursor = {
		.bucket = cb->args[0],
		.skip = cb->args[1],
	};
	struct flow_dump dump = { .skb = skb, .cb = cb };
	int ret;

	ret = rg_flow_walk(&cursor, flow_message, &dump);
	cb->args[0] = cursor.bucket;
	cb->args[1] = cursor.skip;
	return skb->len ? skb->len : ret;
}

static int counter_message(struct sk_buff *skb, struct netlink_callback *cb,
			   const struct rg_cell *cell,
			   const struct rg_count *count)
{
	void *hdr = dump_put(skb, cb, RTPGUARD_CMD_GET_COUNTER);

	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_u8(skb, RTPGUARD_A_COUNTER_DIRECTION, cell->direction) ||
	    nla_put_u8(skb, RTPGUARD_A_COUNTER_CLASS, cell->class) ||
	    nla_put_u8(skb, RTPGUARD_A_COUNTER_PROTECTION, cell->protection) ||
	    nla_put_u8(skb, RTPGUARD_A_COUNTER_VERDICT, cell->verdict) ||
	    nla_put_u64_64bit(skb, RTPGUARD_A_COUNTER_PACKETS, count->packets,
			      RTPGUARD_A_COUNTER_PAD) ||
	    nla_put_u64_64bit(skb, RTPGUARD_A_COUNTER_BYTES, count->bytes,
			      RTPGUARD_A_COUNTER_PAD)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/**
 * rtpguard_nl_get_counter_dumpit() - dump the counters that are not zero
 * @skb: message to fill
 * @cb: args[0] is the next place
 *
 * Context: process; no privilege needed.
 * Return: bytes filled, 0 at the end, or -EMSGSIZE.
 */
int rtpguard_nl_get_counter_dumpit(struct sk_buff *skb,
				   struct netlink_callback *cb)
{
	struct rg_count count;
	struct rg_cell cell;
	u32 index = cb->args[0];
	int ret = 0;

	for (; rg_stats_cell(index, &cell, &count); index++) {
		if (!count.packets)
			continue;
		ret = counter_message(skb, cb, &cell, &count);
		if (ret)
			break;
	}
	cb->args[0] = index;
	return skb->len ? skb->len : ret;
}
