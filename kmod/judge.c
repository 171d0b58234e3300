// SPDX-License-Identifier: GPL-2.0
#include "judge.h"
#include "device.h"
#include "event.h"
#include "flow.h"
#include "flow_absent.h"
#include "packet.h"
#include "core/carrier.h"
#include "ruleset.h"
#include "stats.h"

#include <linux/ipv6.h>
#include <linux/local_lock.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <net/ip.h>
#include <net/net_namespace.h>
#include <net/sock.h>

/* Where the bytes of non-linear packets are copied to. */
struct scratch {
	local_lock_t lock;
	u8 bytes[RG_COPY_MAX];
};

static DEFINE_PER_CPU(struct scratch, scratch) = {
	.lock = INIT_LOCAL_LOCK(lock),
};

/**
 * struct judgement - one packet on its way through
 * @skb: the packet
 * @state: of the hook
 * @ruleset: the ruleset it is judged by; RCU
 * @mode: its mode, read once
 * @output: judged; else it only teaches
 * @head: its headers
 * @key: of its flow, where it was looked for
 * @flow: its flow, or NULL; one after the other where a relay's peers have segments
 * @cell: what it is counted as: the worst of its segments
 * @rule: that decided, or -1
 * @recorded: @cell and @rule are those of a segment
 * @report: an event is due: what the flow is has changed
 * @log: an event is due: a rule or default with `log` spoke anew
 */
struct judgement {
	struct sk_buff *skb;
	const struct nf_hook_state *state;
	const struct rg_ruleset *ruleset;
	u8 mode;
	bool output;
	struct rg_headers head;
	struct rg_flow_key key;
	struct rg_flow *flow;
	struct rg_cell cell;
	s32 rule;
	bool recorded;
	bool report;
	bool log;
};

/* Worse verdicts are later in this order. */
static const u8 verdict_rank[] = {
	[RTPGUARD_VERDICT_ACCEPT] = 0,
	[RTPGUARD_VERDICT_WOULD_HOLD] = 1,
	[RTPGUARD_VERDICT_WOULD_DROP] = 2,
	[RTPGUARD_VERDICT_HOLD] = 3,
	[RTPGUARD_VERDICT_DROP] = 4,
};

static u64 netns_get(const struct judgement *j)
{
	return j->state->net->net_cookie;
}

static void owner_get(const struct judgement *j, struct rg_flow_owner *owner)
{
	const struct sock *sk = j->skb->sk;

	memset(owner, 0, sizeof(*owner));
	owner->netns = netns_get(j);
	/* A bridged or forwarded packet may still carry another one's socket. */
	if (!j->output || !sk || !sk_fullsock(sk) ||
	    !net_eq(sock_net(sk), j->state->net))
		return;
	owner->has_uid = true;
	owner->uid = from_kuid(&init_user_ns, READ_ONCE(sk->sk_uid));
}

/* Device names are the host's to give: elsewhere any user chooses them. */
static const char *oifname_get(const struct judgement *j)
{
	if (!j->output || !net_eq(j->state->net, &init_net))
		return NULL;
	return j->state->out->name;
}

static void query_fill(const struct judgement *j, const struct rg_answer *ans,
		       struct rg_query *query)
{
	memcpy(query->saddr, j->head.saddr, sizeof(query->saddr));
	memcpy(query->daddr, j->head.daddr, sizeof(query->daddr));
	query->oifname = oifname_get(j);
	query->sport = j->head.sport;
	query->dport = j->head.dport;
	query->family = j->head.family;
	query->l4proto = j->head.l4proto;
	query->subject = ans->subject;
	query->class = ans->class;
	query->protection = ans->protection;
}

static void match_eval(const struct judgement *j, const struct rg_answer *ans,
		       struct rg_match *match)
{
	struct rg_query query;

	query_fill(j, ans, &query);
	rg_policy_eval(&j->ruleset->policy, &query, match);
}

/* It holds until the flow, the ruleset or the names of devices change. */
static bool match_is_current(const struct judgement *j,
			     const struct rg_answer *ans,
			     const struct rg_flow_match *cached)
{
	return cached->generation == j->ruleset->generation &&
	       cached->names == rg_device_names() &&
	       cached->oif == j->state->out->ifindex &&
	       cached->class == ans->class &&
	       cached->protection == ans->protection &&
	       cached->subject == ans->subject;
}

static void match_get(struct judgement *j, struct rg_flow_match *cached,
		      const struct rg_answer *ans, struct rg_match *match)
{
	if (!match_is_current(j, ans, cached)) {
		cached->generation = j->ruleset->generation;
		cached->names = rg_device_names();
		cached->oif = j->state->out->ifindex;
		cached->class = ans->class;
		cached->protection = ans->protection;
		cached->subject = ans->subject;
		match_eval(j, ans, &cached->match);
		j->log |= cached->match.log &&
			  ans->class != RTPGUARD_CLASS_UNKNOWN;
	}
	*match = cached->match;
}

static bool is_unprotected(u8 protection)
{
	return RG_UNPROTECTED & BIT(protection);
}

static bool verdict_passes(u8 verdict)
{
	return verdict != RTPGUARD_VERDICT_DROP &&
	       verdict != RTPGUARD_VERDICT_HOLD;
}

/*
 * How many of a stream left before it was known for what it is. Forwarded
 * packets taught on their way in, so that it may be known since then.
 */
static void before_verdict_count(const struct rg_answer *ans, u8 verdict)
{
	if (!ans->passed)
		return;
	if (!is_unprotected(ans->protection)) {
		*ans->passed += verdict_passes(verdict);
	} else if (*ans->passed) {
		rg_stats_add(RG_STAT_BEFORE_VERDICT, *ans->passed);
		*ans->passed = 0;
	}
}

static bool segment_is_milder(const struct judgement *j,
			      const struct rg_answer *ans, u8 verdict)
{
	if (verdict != j->cell.verdict)
		return verdict_rank[verdict] < verdict_rank[j->cell.verdict];
	return rg_protection_worse(j->cell.protection, ans->protection);
}

static void segment_record(struct judgement *j, const struct rg_answer *ans,
			   s32 rule, u8 verdict)
{
	if (j->recorded && segment_is_milder(j, ans, verdict))
		return;
	j->recorded = true;
	j->cell.class = ans->class;
	j->cell.protection = ans->protection;
	j->cell.verdict = verdict;
	j->rule = rule;
}

/* A datagram in the shape of media whose flow has no entry, and gets none. */
static void judge_stateless(struct judgement *j, const struct rg_answer *ans)
{
	struct rg_match match;

	if (!j->output)
		return;
	match_eval(j, ans, &match);
	segment_record(j, ans, match.rule,
		       rg_policy_verdict(j->mode, ans, &match));
}

/* What no rule speaks of: it is counted as what it is. */
static void judge_bystander(struct judgement *j, const struct rg_answer *ans)
{
	if (ans->shape != RG_SHAPE_OTHER || ans->class != RTPGUARD_CLASS_UNKNOWN)
		segment_record(j, ans, -1, RTPGUARD_VERDICT_ACCEPT);
}

static void judge_in_flow(struct judgement *j, struct rg_packet *pkt,
			  struct rg_answer *ans)
{
	struct rg_flow *flow = j->flow;
	struct rg_match match;
	u8 verdict;

	lockdep_assert_held(&flow->lock);
	pkt->dir = rg_flow_dir(flow, &j->key);
	rg_flow_feed(flow, pkt, ans);
	j->report |= ans->changed;
	if (ans->counts == RG_COUNTS_RESTORED)
		rg_stats_add(RG_STAT_RESTORED, 1);
	flow->media_packets += ans->shape == RG_SHAPE_RTP ||
			       ans->shape == RG_SHAPE_NONRTP;
	if (rg_shape_is_media(ans->shape) &&
	    ans->class != RTPGUARD_CLASS_UNKNOWN && !flow->kept)
		WRITE_ONCE(flow->kept, true);
	if (!j->output || !rg_shape_is_media(ans->shape)) {
		judge_bystander(j, ans);
		return;
	}
	match_get(j, &flow->matches[pkt->dir][ans->shape == RG_SHAPE_RTCP], ans,
		  &match);
	verdict = rg_policy_verdict(j->mode, ans, &match);
	before_verdict_count(ans, verdict);
	if (ans->counts == RG_COUNTS_CREDITED && j->mode == RTPGUARD_MODE_STRICT &&
	    verdict == RTPGUARD_VERDICT_ACCEPT)
		rg_stats_add(RG_STAT_CREDITED, 1);
	segment_record(j, ans, match.rule, verdict);
}

static void flow_account(struct judgement *j)
{
	struct rg_flow *flow = j->flow;

	spin_lock_bh(&flow->lock);
	flow->packets++;
	flow->bytes += j->skb->len;
	if (j->output) {
		flow->passed += verdict_passes(j->cell.verdict);
		flow->dropped += j->cell.verdict == RTPGUARD_VERDICT_DROP;
		flow->held += j->cell.verdict == RTPGUARD_VERDICT_HOLD;
	}
	WRITE_ONCE(flow->last_ms, rg_flow_now_ms());
	spin_unlock_bh(&flow->lock);
}

static void judge_events(struct judgement *j)
{
	const struct rg_rule *rule = NULL;

	if (j->rule >= 0)
		rule = &j->ruleset->policy.rules[j->rule];
	if (j->report)
		rg_event_flow(j->flow);
	if (j->log)
		rg_event_log(j->flow, rule, j->cell.verdict);
	j->report = false;
	j->log = false;
}

/* The next segment is another flow's. */
static void flow_leave(struct judgement *j)
{
	flow_account(j);
	judge_events(j);
	j->flow = NULL;
}

/* Find the flow; make an entry only for what looks like media. */
static void flow_get(struct judgement *j, const struct rg_packet *pkt,
		     struct rg_answer *ans)
{
	struct rg_flow_owner owner;
	u64 since;

	if (j->flow && j->key.tuple.peer == pkt->peer)
		return;
	if (j->flow)
		flow_leave(j);
	since = rg_flow_absent_since();
	rg_flow_key(&j->head, netns_get(j), pkt->peer, &j->key);
	j->flow = rg_flow_find(&j->key);
	if (j->flow)
		return;
	rg_feed(NULL, pkt, ans);
	if (!rg_shape_has_state(ans->shape)) {
		if (!pkt->peer)
			rg_flow_absent_note(&j->head, netns_get(j), since);
		return;
	}
	owner_get(j, &owner);
	j->flow = rg_flow_add(&j->key, &owner, pkt->now_ms);
}

static void judge_datagram(struct judgement *j, struct rg_packet *pkt)
{
	struct rg_answer ans;

	rg_carrier_open(pkt);
	flow_get(j, pkt, &ans);
	if (j->flow) {
		spin_lock_bh(&j->flow->lock);
		judge_in_flow(j, pkt, &ans);
		spin_unlock_bh(&j->flow->lock);
	} else if (rg_shape_is_media(ans.shape)) {
		judge_stateless(j, &ans);
	} else {
		judge_bystander(j, &ans);
	}
}

/* Linear bytes are read where they are, others are copied, up to a bound. */
static void judge_segment(struct judgement *j, u32 off, u32 len)
{
	struct rg_packet pkt = {
		.len = min_t(u32, len, RG_COPY_MAX),
		.wire_len = len,
		.now_ms = rg_flow_now_ms(),
	};

	if (off + pkt.len <= skb_headlen(j->skb)) {
		pkt.data = skb_header_pointer(j->skb, off, pkt.len, NULL);
		judge_datagram(j, &pkt);
		return;
	}
	local_lock_nested_bh(&scratch.lock);
	pkt.data = skb_header_pointer(j->skb, off, pkt.len,
				      this_cpu_ptr(&scratch)->bytes);
	if (pkt.data)
		judge_datagram(j, &pkt);
	else
		rg_stats_add(RG_STAT_UNDECODABLE, 1);
	local_unlock_nested_bh(&scratch.lock);
}

/*
 * Most of what a host sends: one datagram that begins like no media, in a flow
 * that was looked for in vain before. There is nothing to judge and no one to
 * charge.
 */
static bool is_no_media(const struct judgement *j)
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
	       rg_flow_absent(&j->head, netns_get(j));
}

/* Every datagram of a GSO run is judged; the worst decides for all. */
static void judge_datagrams(struct judgement *j)
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
		flow_account(j);
}

/* What cannot be judged could be anything: only strict holds it back. */
static void judge_unreadable(struct judgement *j, enum rg_stat stat)
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
static bool is_loop_copy(const struct judgement *j)
{
	const struct sk_buff *skb = j->skb;

	if (!j->output || !j->head.multicast || skb->sk)
		return false;
	return j->head.family == 4 ? !(IPCB(skb)->flags & IPSKB_FORWARDED) :
				     !(IP6CB(skb)->flags & IP6SKB_FORWARDED);
}

static void judge_parsed(struct judgement *j, enum rg_kind kind)
{
	switch (kind) {
	case RG_KIND_OTHER:
		break;
	case RG_KIND_DATAGRAM:
		judge_datagrams(j);
		break;
	case RG_KIND_FRAGMENT:
		judge_unreadable(j, RG_STAT_FRAG_UNJUDGED);
		break;
	case RG_KIND_UNDECODABLE:
		judge_unreadable(j, RG_STAT_UNDECODABLE);
		break;
	}
	rg_stats_count(&j->cell, j->skb->len);
	if (j->rule >= 0)
		rg_ruleset_count(j->ruleset, j->rule, j->skb->len);
}

static void judge(struct judgement *j)
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
	judge_events(j);
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
	struct judgement j = {
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
	struct judgement j = {
		.skb = skb,
		.state = state,
		.cell.direction = RTPGUARD_DIRECTION_IN,
		.rule = -1,
	};

	judge(&j);
}
