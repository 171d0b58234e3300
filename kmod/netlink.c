// SPDX-License-Identifier: GPL-2.0
#include "netlink.h"
#include "event.h"
#include "flow.h"
#include "genl.h"
#include "ruleset.h"
#include "stats.h"

#include <linux/module.h>
#include <net/genetlink.h>

/* What the hooks of this version see; egress and the like are still missing. */
#define PATHS_COVERED	(RTPGUARD_PATH_OUTPUT_IPV4 | \
			 RTPGUARD_PATH_OUTPUT_IPV6 | \
			 RTPGUARD_PATH_LEARN_INPUT)

/* Who listens sees flows: the group asks for what list flows asks for. */
static const struct genl_multicast_group groups[] = {
	[RTPGUARD_NLGRP_EVENTS] = {
		.name = RTPGUARD_MCGRP_EVENTS,
		.flags = GENL_MCAST_CAP_NET_ADMIN,
	},
};

/* Host namespace only (no netnsok): there is one policy, and it is the host's. */
struct genl_family rg_netlink_family __ro_after_init = {
	.name = RTPGUARD_FAMILY_NAME,
	.version = RTPGUARD_FAMILY_VERSION,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
};

/* What takes no attribute today refuses all: one may mean something tomorrow. */
static const struct nla_policy no_attributes[] = {
	[1] = {
		.type = NLA_REJECT,
		.reject_message = "this request takes no attribute",
	},
};

static struct genl_split_ops ops[ARRAY_SIZE(rtpguard_nl_ops)] __ro_after_init;

static int totals_fill(struct sk_buff *skb)
{
	static const struct {
		u8 type;
		u8 stat;
	} stats[] = {
		{ RTPGUARD_A_TOTALS_BEFORE_VERDICT, RG_STAT_BEFORE_VERDICT },
		{ RTPGUARD_A_TOTALS_TABLE_FULL, RG_STAT_TABLE_FULL },
		{ RTPGUARD_A_TOTALS_CHAIN_FULL, RG_STAT_CHAIN_FULL },
		{ RTPGUARD_A_TOTALS_OWNER_FULL, RG_STAT_OWNER_FULL },
		{ RTPGUARD_A_TOTALS_NO_MEMORY, RG_STAT_NO_MEMORY },
		{ RTPGUARD_A_TOTALS_UNDECODABLE, RG_STAT_UNDECODABLE },
		{ RTPGUARD_A_TOTALS_FRAG_UNJUDGED, RG_STAT_FRAG_UNJUDGED },
		{ RTPGUARD_A_TOTALS_EVENTS_LOST, RG_STAT_EVENTS_LOST },
		{ RTPGUARD_A_TOTALS_EVICTED, RG_STAT_EVICTED },
		{ RTPGUARD_A_TOTALS_RESTORED, RG_STAT_RESTORED },
		{ RTPGUARD_A_TOTALS_CREDITED, RG_STAT_CREDITED },
		{ RTPGUARD_A_TOTALS_DROPPED_AGAIN, RG_STAT_DROPPED_AGAIN },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(stats); i++) {
		if (nla_put_u64_64bit(skb, stats[i].type,
				      rg_stats_get(stats[i].stat),
				      RTPGUARD_A_TOTALS_PAD))
			return -EMSGSIZE;
	}
	return 0;
}

static int verdicts_fill(struct sk_buff *skb)
{
	static const u8 types[] = {
		[RTPGUARD_VERDICT_ACCEPT] = RTPGUARD_A_TOTALS_ACCEPTED,
		[RTPGUARD_VERDICT_DROP] = RTPGUARD_A_TOTALS_DROPPED,
		[RTPGUARD_VERDICT_HOLD] = RTPGUARD_A_TOTALS_HELD,
		[RTPGUARD_VERDICT_WOULD_DROP] = RTPGUARD_A_TOTALS_WOULD_DROP,
		[RTPGUARD_VERDICT_WOULD_HOLD] = RTPGUARD_A_TOTALS_WOULD_HOLD,
	};
	u64 packets[ARRAY_SIZE(types)];
	u64 out = 0;
	u64 in = 0;
	u32 i;

	rg_stats_by_verdict(RTPGUARD_DIRECTION_IN, packets);
	for (i = 0; i < ARRAY_SIZE(types); i++)
		in += packets[i];
	rg_stats_by_verdict(RTPGUARD_DIRECTION_OUT, packets);
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		out += packets[i];
		if (nla_put_u64_64bit(skb, types[i], packets[i],
				      RTPGUARD_A_TOTALS_PAD))
			return -EMSGSIZE;
	}
	if (nla_put_u64_64bit(skb, RTPGUARD_A_TOTALS_PACKETS, out,
			      RTPGUARD_A_TOTALS_PAD) ||
	    nla_put_u64_64bit(skb, RTPGUARD_A_TOTALS_LEARNED, in,
			      RTPGUARD_A_TOTALS_PAD))
		return -EMSGSIZE;
	return 0;
}

static int ruleset_status_fill(struct sk_buff *skb)
{
	const struct rg_ruleset *ruleset;
	int ret;

	rcu_read_lock();
	ruleset = rg_ruleset_get();
	ret = nla_put_u8(skb, RTPGUARD_A_STATUS_MODE,
			 READ_ONCE(ruleset->mode)) ||
	      nla_put_u64_64bit(skb, RTPGUARD_A_STATUS_GENERATION,
				ruleset->generation, RTPGUARD_A_STATUS_PAD) ||
	      nla_put_u32(skb, RTPGUARD_A_STATUS_RULES,
			  ruleset->policy.n_rules) ? -EMSGSIZE : 0;
	rcu_read_unlock();
	return ret;
}

static int status_fill(struct sk_buff *skb)
{
	struct nlattr *nest;

	if (nla_put_string(skb, RTPGUARD_A_STATUS_VERSION, RG_VERSION) ||
	    ruleset_status_fill(skb) ||
	    nla_put_u32(skb, RTPGUARD_A_STATUS_FLOWS, rg_flow_count()) ||
	    nla_put_u32(skb, RTPGUARD_A_STATUS_FLOWS_MAX, rg_flow_max()) ||
	    nla_put_u32(skb, RTPGUARD_A_STATUS_CLASSES, rg_classes()) ||
	    nla_put_u32(skb, RTPGUARD_A_STATUS_PATHS, PATHS_COVERED))
		return -EMSGSIZE;
	nest = nla_nest_start(skb, RTPGUARD_A_STATUS_TOTALS);
	if (!nest || verdicts_fill(skb) || totals_fill(skb))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static struct sk_buff *reply_new(struct genl_info *info, u8 cmd, void **hdr)
{
	struct sk_buff *skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);

	if (!skb)
		return NULL;
	*hdr = genlmsg_put_reply(skb, info, &rg_netlink_family, 0, cmd);
	if (!*hdr) {
		nlmsg_free(skb);
		return NULL;
	}
	return skb;
}

/**
 * rtpguard_nl_get_status_doit() - answer get-status
 * @skb: request
 * @info: parsed request
 *
 * Context: process; no privilege needed.
 * Return: 0 or -errno.
 */
int rtpguard_nl_get_status_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *reply;
	void *hdr;

	reply = reply_new(info, RTPGUARD_CMD_GET_STATUS, &hdr);
	if (!reply)
		return -ENOMEM;
	if (status_fill(reply)) {
		nlmsg_free(reply);
		return -EMSGSIZE;
	}
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);
}

/**
 * rtpguard_nl_set_mode_doit() - carry out set-mode
 * @skb: request
 * @info: parsed request
 *
 * Context: process, CAP_NET_ADMIN checked by the family.
 * Return: 0 or -EINVAL.
 */
int rtpguard_nl_set_mode_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *attr = info->attrs[RTPGUARD_A_STATUS_MODE];

	if (!attr) {
		NL_SET_ERR_ATTR_MISS(info->extack, NULL,
				     RTPGUARD_A_STATUS_MODE);
		NL_SET_ERR_MSG(info->extack, "set-mode needs a mode");
		return -EINVAL;
	}
	rg_ruleset_set_mode(nla_get_u8(attr));
	rg_event_mode(nla_get_u8(attr));
	return 0;
}

static int load_reply(struct genl_info *info, u64 generation)
{
	struct sk_buff *reply;
	void *hdr;

	reply = reply_new(info, RTPGUARD_CMD_LOAD_RULESET, &hdr);
	if (!reply)
		return -ENOMEM;
	if (nla_put_u64_64bit(reply, RTPGUARD_A_RULESET_GENERATION, generation,
			      RTPGUARD_A_RULESET_PAD)) {
		nlmsg_free(reply);
		return -EMSGSIZE;
	}
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);
}

/**
 * rtpguard_nl_load_ruleset_doit() - carry out load-ruleset
 * @skb: request
 * @info: parsed request
 *
 * Context: process, CAP_NET_ADMIN checked by the family.
 * Return: 0 or -errno; unless it is 0, nothing has changed, with two exceptions:
 * there may be no memory for the reply (-ENOMEM), and no room for it with a reader
 * who left earlier ones unread (-EAGAIN, which he hears of as ENOBUFS).
 */
int rtpguard_nl_load_ruleset_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *mode = info->attrs[RTPGUARD_A_RULESET_MODE];
	struct rg_ruleset_request req = {
		.attrs = genlmsg_data(info->genlhdr),
		.len = genlmsg_len(info->genlhdr),
		.expected = info->attrs[RTPGUARD_A_RULESET_EXPECTED_GENERATION],
		.has_mode = mode,
	};
	u64 generation;
	int ret;

	if (mode)
		req.mode = nla_get_u8(mode);
	ret = rg_ruleset_load(&req, &generation, info->extack);
	if (ret)
		return ret;
	rg_event_ruleset(generation);
	if (mode)
		rg_event_mode(req.mode);
	return load_reply(info, generation);
}

/**
 * rg_netlink_init() - register the family
 *
 * Context: process; last step of init: from here on userspace can call.
 * Return: 0 or -errno.
 */
int __init rg_netlink_init(void)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		ops[i] = rtpguard_nl_ops[i];
		if (ops[i].policy)
			continue;
		ops[i].policy = no_attributes;
		ops[i].maxattr = ARRAY_SIZE(no_attributes) - 1;
	}
	rg_genl_set_ops(&rg_netlink_family, ops, ARRAY_SIZE(ops));
	return genl_register_family(&rg_netlink_family);
}

/**
 * rg_netlink_exit() - unregister the family
 *
 * Context: process; returns when no handler is running any more.
 */
void rg_netlink_exit(void)
{
	genl_unregister_family(&rg_netlink_family);
}
