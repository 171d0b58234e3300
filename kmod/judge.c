// SPDX-License-Identifier: GPL-2.0
#include "judge.h"
#include "flow_absent.h"
#include "judgement.h"

#include <linux/ipv6.h>
#include <net/ip.h>

DEFINE_PER_CPU(struct rg_scratch, rg_scratch) = {
	.lock = INIT_LOCAL_LOCK(lock),
};

/* Linear bytes are read where they are, others are copied, up to a bound. */
static void judge_segment(struct rg_judgement *j, u32 off, u32 len)
{
	struct rg_packet pkt = {
		.len = min_t(u32, len, RG_COPY_MAX),
		.wire_len = len,
		.now_ms = rg_flow_now_ms(),
	};

	if (off + pkt.len <= skb_headlen(j->skb)) {
		pkt.data = skb_header_pointer(j->skb, off, pkt.len, NULL);
		rg_judge_datagram(j, &pkt);
		return;
	}
	local_lock_nested_bh(&rg_scratch.lock);
	pkt.data = skb_header_pointer(j->skb, off, pkt.len,
				      this_cpu_ptr(&rg_scratch)->bytes);
	if (pkt.data)
		rg_judge_datagram(j, &pkt);
	else
		rg_stats_add(RG_STAT_UNDECODABLE, 1);
	local_unlock_nested_bh(&rg_scratch.lock);
}

/*
 * Most of what a host sends: one datagram that begins like no media, in a flow
 * that was looked for in vain before. There is nothing to judge and no one to
 * charge.
 */
static bool is_no_media(const struct rg_judgement *j)
{
	u8 buf[RG_HEAD_LEN] = { 0 };
	const u8 *head = buf;

	if (j->head.segment_len != j->head.payload_len)
		return false;
	if (j->head.payload_len >= RG_HEAD_LEN)
		head = skb_header_pointer(j->skb, j->head.payload_off,
					  RG_HEAD_LEN, buf);
	else if (skb_copy_bits(j->skb, j->head.payload_off, buf,
			       j->head.payload_len))
		return false;
	return head && !rg_may_be_media(head, j->head.payload_len) &&
	       rg_flow_absent(&j->head, rg_judge_netns(j));
}

/* Every datagram of a GSO run is judged; the worst decides for all. */
static void judge_datagrams(struct rg_judgement *j)
{
	u32 off = j->head.payload_off;
	u32 left = j->head.payload_len;
	u32 len;

	if (is_no_media(j))
		return;
	while (left) {
		len = min(left, j->head.segment_len);
		judge_segment(j, off, len);
		off += len;
		left -= len;
	}
	if (j->flow)
		rg_judge_account(j);
}

/**
 * rg_judge_unreadable() - what cannot be judged could be anything
 * @j: judgement: only strict holds it back
 * @stat: why it cannot
 *
 * Context: RCU read side, BH disabled.
 */
void rg_judge_unreadable(struct rg_judgement *j, enum rg_stat stat)
{
	rg_stats_add(stat, 1);
	if (!j->output)
		return;
	if (j->mode == RTPGUARD_MODE_STRICT)
		j->cell.verdict = RTPGUARD_VERDICT_HOLD;
	else if (j->mode == RTPGUARD_MODE_MONITOR)
		j->cell.verdict = RTPGUARD_VERDICT_WOULD_HOLD;
}

/*
 * The host's own copy of a multicast or broadcast it sends, for its own
 * sockets: it has no socket and is not forwarded. The original is judged.
 */
static bool is_loop_copy(const struct rg_judgement *j)
{
	const struct sk_buff *skb = j->skb;

	if (!j->output || !j->head.multicast || skb->sk)
		return false;
	return j->head.family == 4 ? !(IPCB(skb)->flags & IPSKB_FORWARDED) :
				     !(IP6CB(skb)->flags & IP6SKB_FORWARDED);
}

static void judge_parsed(struct rg_judgement *j, enum rg_kind kind)
{
	switch (kind) {
	case RG_KIND_OTHER:
		break;
	case RG_KIND_DATAGRAM:
		judge_datagrams(j);
		break;
	case RG_KIND_SEGMENT:
		rg_judge_stream(j);
		break;
	case RG_KIND_FRAGMENT:
		rg_judge_unreadable(j, RG_STAT_FRAG_UNJUDGED);
		break;
	case RG_KIND_UNDECODABLE:
		rg_judge_unreadable(j, RG_STAT_UNDECODABLE);
		break;
	}
	rg_stats_count(&j->cell, j->skb->len);
	if (j->rule >= 0)
		rg_ruleset_count(j->ruleset, j->rule, j->skb->len);
}

static void judge(struct rg_judgement *j)
{
	enum rg_kind kind;

	j->ruleset = rg_ruleset_get();
	j->mode = READ_ONCE(j->ruleset->mode);
	if (j->mode == RTPGUARD_MODE_OFF)
		return;
	kind = rg_packet_parse(j->skb, j->state->pf, &j->head);
	if (is_loop_copy(j))
		return;
	local_bh_disable();
	judge_parsed(j, kind);
	local_bh_enable();
	rg_judge_events(j);
}

/**
 * rg_judge_output() - judge a packet that leaves
 * @skb: at POST_ROUTING; never changed
 * @state: of the hook
 *
 * Context: netfilter hook: RCU read side, process or softirq.
 * Return: enum rtpguard_verdict.
 */
u8 rg_judge_output(struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct rg_judgement j = {
		.skb = skb,
		.state = state,
		.output = true,
		.cell.direction = RTPGUARD_DIRECTION_OUT,
		.rule = -1,
	};

	judge(&j);
	return j.cell.verdict;
}

/**
 * rg_judge_input() - learn from a packet that came in
 * @skb: at PRE_ROUTING; never changed
 * @state: of the hook
 *
 * Context: netfilter hook: RCU read side, softirq or process.
 */
void rg_judge_input(struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct rg_judgement j = {
		.skb = skb,
		.state = state,
		.cell.direction = RTPGUARD_DIRECTION_IN,
		.rule = -1,
	};

	judge(&j);
}
