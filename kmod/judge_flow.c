// SPDX-License-Identifier: GPL-2.0
#include "judgement.h"
#include "core/carrier.h"
#include "device.h"
#include "event.h"
#include "flow_absent.h"

#include <linux/netdevice.h>
#include <net/sock.h>

/* Worse verdicts are later in this order. */
static const u8 verdict_rank[] = {
	[RTPGUARD_VERDICT_ACCEPT] = 0,
	[RTPGUARD_VERDICT_WOULD_HOLD] = 1,
	[RTPGUARD_VERDICT_WOULD_DROP] = 2,
	[RTPGUARD_VERDICT_HOLD] = 3,
	[RTPGUARD_VERDICT_DROP] = 4,
};

static void owner_get(const struct rg_judgement *j, struct rg_flow_owner *owner)
{
	const struct sock *sk = j->skb->sk;

	memset(owner, 0, sizeof(*owner));
	owner->netns = rg_judge_netns(j);
	/* A bridged or forwarded packet may still carry another one's socket. */
	if (!j->output || !sk || !sk_fullsock(sk) ||
	    !net_eq(sock_net(sk), j->state->net))
		return;
	owner->has_uid = true;
	owner->uid = from_kuid(&init_user_ns, READ_ONCE(sk->sk_uid));
}

/* Device names are the host's to give: elsewhere any user chooses them. */
static const char *oifname_get(const struct rg_judgement *j)
{
	if (!j->output || !net_eq(j->state->net, &init_net))
		return NULL;
	return j->state->out->name;
}

static void query_fill(const struct rg_judgement *j, const struct rg_answer *ans,
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

static void match_eval(const struct rg_judgement *j, const struct rg_answer *ans,
		       struct rg_match *match)
{
	struct rg_query query;

	query_fill(j, ans, &query);
	rg_policy_eval(&j->ruleset->policy, &query, match);
}

/* It holds until the flow, the ruleset or the names of devices change. */
static bool match_is_current(const struct rg_judgement *j,
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

static void match_get(struct rg_judgement *j, struct rg_flow_match *cached,
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

/*
 * How many of a stream left before it was known for what it is. Forwarded
 * packets taught on their way in, so that it may be known since then.
 */
static void before_verdict_count(const struct rg_answer *ans, u8 verdict)
{
	if (!ans->passed)
		return;
	if (!is_unprotected(ans->protection)) {
		*ans->passed += rg_verdict_passes(verdict);
	} else if (*ans->passed) {
		rg_stats_add(RG_STAT_BEFORE_VERDICT, *ans->passed);
		*ans->passed = 0;
	}
}

static bool segment_is_milder(const struct rg_judgement *j,
			      const struct rg_answer *ans, u8 verdict)
{
	if (verdict != j->cell.verdict)
		return verdict_rank[verdict] < verdict_rank[j->cell.verdict];
	return rg_protection_worse(j->cell.protection, ans->protection);
}

static void segment_record(struct rg_judgement *j, const struct rg_answer *ans,
			   s32 rule, u8 verdict)
{
	if (j->recorded && segment_is_milder(j, ans, verdict))
		return;
	j->recorded = true;
	j->cell.class = ans->class;
	j->cell.protection = ans->protection;
	j->cell.verdict = verdict;
	j->subject = ans->subject;
	j->rule = rule;
}

/**
 * rg_judge_stateless() - judge what has the shape of media by that alone
 * @j: judgement
 * @ans: from rg_feed(); its flow has no entry, and gets none
 *
 * Context: RCU read side, BH disabled.
 */
void rg_judge_stateless(struct rg_judgement *j, const struct rg_answer *ans)
{
	struct rg_match match;

	if (!j->output)
		return;
	match_eval(j, ans, &match);
	segment_record(j, ans, match.rule,
		       rg_policy_verdict(j->mode, ans, &match));
}

/* What no rule speaks of: it is counted as what it is. */
static void judge_bystander(struct rg_judgement *j, const struct rg_answer *ans)
{
	if (ans->shape != RG_SHAPE_OTHER || ans->class != RTPGUARD_CLASS_UNKNOWN)
		segment_record(j, ans, -1, RTPGUARD_VERDICT_ACCEPT);
}

static void judge_in_flow(struct rg_judgement *j, struct rg_packet *pkt,
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

/**
 * rg_judge_account() - the packet is another one of its flow's
 * @j: judgement; its verdict is final, but for what other flows' segments say
 *
 * Context: RCU read side, BH disabled.
 */
void rg_judge_account(struct rg_judgement *j)
{
	struct rg_flow *flow = j->flow;

	spin_lock_bh(&flow->lock);
	flow->packets++;
	flow->bytes += j->skb->len;
	if (j->output) {
		flow->passed += rg_verdict_passes(j->cell.verdict);
		flow->dropped += j->cell.verdict == RTPGUARD_VERDICT_DROP;
		flow->held += j->cell.verdict == RTPGUARD_VERDICT_HOLD;
	}
	WRITE_ONCE(flow->last_ms, rg_flow_now_ms());
	spin_unlock_bh(&flow->lock);
}

/**
 * rg_judge_events() - tell of what has changed
 * @j: judgement
 *
 * Context: RCU read side.
 */
void rg_judge_events(struct rg_judgement *j)
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
static void flow_leave(struct rg_judgement *j)
{
	rg_judge_account(j);
	rg_judge_events(j);
	j->flow = NULL;
}

/* Find the flow; make an entry only for what looks like media. */
static void flow_get(struct rg_judgement *j, const struct rg_packet *pkt,
		     struct rg_answer *ans)
{
	struct rg_flow_owner owner;
	u64 since;

	if (j->flow && j->key.tuple.peer == pkt->peer)
		return;
	if (j->flow)
		flow_leave(j);
	since = rg_flow_absent_since();
	rg_flow_key(&j->head, rg_judge_netns(j), pkt->peer, &j->key);
	j->flow = rg_flow_find(&j->key);
	if (j->flow)
		return;
	rg_feed(NULL, pkt, ans);
	if (!rg_shape_has_state(ans->shape)) {
		/* Of a connection a direction is noted, and not a frame. */
		if (!pkt->peer && j->head.l4proto != IPPROTO_TCP)
			rg_flow_absent_note(&j->head, rg_judge_netns(j), since);
		return;
	}
	owner_get(j, &owner);
	j->flow = rg_flow_add(&j->key, &owner, pkt->now_ms);
}

/**
 * rg_judge_is_proven() - does a frame's direction have a stream that is encrypted?
 * @j: judgement
 * @pkt: the frame
 *
 * Context: RCU read side, BH disabled.
 */
bool rg_judge_is_proven(const struct rg_judgement *j, const struct rg_packet *pkt)
{
	struct rg_flow_key key;
	struct rg_flow *flow;
	bool is = false;

	rg_flow_key(&j->head, rg_judge_netns(j), pkt->peer, &key);
	flow = rg_flow_find(&key);
	if (!flow)
		return false;
	spin_lock_bh(&flow->lock);
	is = rg_media_is_proven(&flow->media, rg_flow_dir(flow, &key));
	spin_unlock_bh(&flow->lock);
	return is;
}

/**
 * rg_judge_datagram() - judge one datagram, or frame, of the packet
 * @j: judgement: becomes the worst of what its datagrams say
 * @pkt: the datagram
 *
 * Context: RCU read side, BH disabled.
 */
void rg_judge_datagram(struct rg_judgement *j, struct rg_packet *pkt)
{
	struct rg_answer ans;

	rg_carrier_open(pkt);
	flow_get(j, pkt, &ans);
	if (j->flow) {
		spin_lock_bh(&j->flow->lock);
		judge_in_flow(j, pkt, &ans);
		spin_unlock_bh(&j->flow->lock);
	} else if (rg_shape_is_media(ans.shape)) {
		rg_judge_stateless(j, &ans);
	} else {
		judge_bystander(j, &ans);
	}
}
