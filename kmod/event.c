// SPDX-License-Identifier: GPL-2.0
#include "event.h"
#include "flow.h"
#include "genl.h"
#include "netlink.h"
#include "ruleset.h"
#include "stats.h"

#include <linux/atomic.h>
#include <linux/ratelimit.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>

/* A reader that gets more than this in a second loses some, and can tell. */
#define EVENTS_PER_SECOND 1000

static struct ratelimit_state limit = {
	.lock = __RAW_SPIN_LOCK_UNLOCKED(limit.lock),
	.interval = HZ,
	.burst = EVENTS_PER_SECOND,
	.flags = RATELIMIT_MSG_ON_RELEASE, /* packets never print */
};

static atomic64_t sequence;

static void event_lost(void)
{
	local_bh_disable();
	rg_stats_add(RG_STAT_EVENTS_LOST, 1);
	local_bh_enable();
}

/*
 * Number every event, also the ones that are lost from here on: the reader
 * sees the gap.
 */
static struct sk_buff *event_new(u8 type, void **hdr)
{
	struct sk_buff *skb;
	u64 seq;

	if (!genl_has_listeners(&rg_netlink_family, &init_net,
				RTPGUARD_NLGRP_EVENTS))
		return NULL;
	seq = atomic64_inc_return(&sequence);
	if (!__ratelimit(&limit))
		goto err_lost;
	skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_ATOMIC);
	if (!skb)
		goto err_lost;
	*hdr = genlmsg_put(skb, 0, 0, &rg_netlink_family, 0,
			   RTPGUARD_CMD_EVENT);
	if (!*hdr ||
	    nla_put_u64_64bit(skb, RTPGUARD_A_EVENT_SEQ, seq,
			      RTPGUARD_A_EVENT_PAD) ||
	    nla_put_u8(skb, RTPGUARD_A_EVENT_TYPE, type))
		goto err_free;
	return skb;

err_free:
	nlmsg_free(skb);
err_lost:
	event_lost();
	return NULL;
}

static void event_send(struct sk_buff *skb, void *hdr, bool complete)
{
	if (!complete) {
		nlmsg_free(skb);
		event_lost();
		return;
	}
	genlmsg_end(skb, hdr);
	/* A slow reader's own loss shows as ENOBUFS on its socket. */
	genlmsg_multicast_netns(&rg_netlink_family, &init_net, skb, 0,
				RTPGUARD_NLGRP_EVENTS, GFP_ATOMIC);
}

/**
 * rg_event_flow() - report that class or protection of a flow changed
 * @flow: the flow
 *
 * Context: RCU read side, softirq or process, with the scratch's local lock or not: the
 * message goes to sockets of netlink, and never back into a hook. Takes the flow's lock:
 * the caller holds no other, or that of a set of connections, which comes before it.
 */
void rg_event_flow(struct rg_flow *flow)
{
	struct sk_buff *skb;
	void *hdr;

	skb = event_new(RTPGUARD_EVENT_TYPE_FLOW, &hdr);
	if (!skb)
		return;
	event_send(skb, hdr, !rg_flow_fill(skb, RTPGUARD_A_EVENT_FLOW, flow));
}

/**
 * rg_event_log() - report what a rule or default with `log` decided
 * @flow: about this flow
 * @rule: the rule, or NULL for a default
 * @verdict: enum rtpguard_verdict
 *
 * Context: as for rg_event_flow().
 */
void rg_event_log(struct rg_flow *flow, const struct rg_rule *rule, u8 verdict)
{
	struct sk_buff *skb;
	void *hdr;

	skb = event_new(RTPGUARD_EVENT_TYPE_LOG, &hdr);
	if (!skb)
		return;
	event_send(skb, hdr,
		   !nla_put_u8(skb, RTPGUARD_A_EVENT_VERDICT, verdict) &&
		   (!rule || !nla_put_string(skb, RTPGUARD_A_EVENT_RULE,
					     rule->name)) &&
		   !rg_flow_fill(skb, RTPGUARD_A_EVENT_FLOW, flow));
}

/**
 * rg_event_mode() - report a new mode
 * @mode: enum rtpguard_mode
 *
 * Context: process.
 */
void rg_event_mode(u8 mode)
{
	struct sk_buff *skb;
	void *hdr;

	skb = event_new(RTPGUARD_EVENT_TYPE_MODE, &hdr);
	if (!skb)
		return;
	event_send(skb, hdr, !nla_put_u8(skb, RTPGUARD_A_EVENT_MODE, mode));
}

/**
 * rg_event_ruleset() - report a new ruleset
 * @generation: its generation
 *
 * Context: process.
 */
void rg_event_ruleset(u64 generation)
{
	struct sk_buff *skb;
	void *hdr;

	skb = event_new(RTPGUARD_EVENT_TYPE_RULESET, &hdr);
	if (!skb)
		return;
	event_send(skb, hdr,
		   !nla_put_u64_64bit(skb, RTPGUARD_A_EVENT_GENERATION,
				      generation, RTPGUARD_A_EVENT_PAD));
}
