/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_JUDGEMENT_H
#define RG_JUDGEMENT_H

#include "flow.h"
#include "packet.h"
#include "ruleset.h"
#include "stats.h"

#include <linux/local_lock.h>
#include <linux/netfilter.h>
#include <linux/percpu.h>
#include <linux/skbuff.h>
#include <net/net_namespace.h>

/**
 * struct rg_judgement - one packet on its way through
 * @skb: the packet
 * @state: of the hook
 * @ruleset: the ruleset it is judged by; RCU
 * @mode: its mode, read once
 * @output: judged; else it only teaches
 * @head: its headers
 * @key: of its flow, where it was looked for
 * @flow: its flow, or NULL; one after the other where a relay's peers or a
 *	connection's channels have segments
 * @cell: what it is counted as: the worst of its segments
 * @subject: enum rtpguard_subject of that
 * @rule: that decided, or -1
 * @recorded: @cell and @rule are those of a segment
 * @report: an event is due: what the flow is has changed
 * @log: an event is due: a rule or default with `log` spoke anew
 */
struct rg_judgement {
	struct sk_buff *skb;
	const struct nf_hook_state *state;
	const struct rg_ruleset *ruleset;
	u8 mode;
	bool output;
	struct rg_headers head;
	struct rg_flow_key key;
	struct rg_flow *flow;
	struct rg_cell cell;
	u8 subject;
	s32 rule;
	bool recorded;
	bool report;
	bool log;
};

/**
 * struct rg_scratch - where the bytes of non-linear packets are copied to
 * @lock: of this CPU's
 * @bytes: the bytes
 */
struct rg_scratch {
	local_lock_t lock;
	u8 bytes[RG_COPY_MAX];
};

DECLARE_PER_CPU(struct rg_scratch, rg_scratch);

static inline u64 rg_judge_netns(const struct rg_judgement *j)
{
	return j->state->net->net_cookie;
}

static inline bool rg_verdict_passes(u8 verdict)
{
	return verdict != RTPGUARD_VERDICT_DROP &&
	       verdict != RTPGUARD_VERDICT_HOLD;
}

/* judge.c */
void rg_judge_unreadable(struct rg_judgement *j, enum rg_stat stat);

/* judge_flow.c */
void rg_judge_datagram(struct rg_judgement *j, struct rg_packet *pkt);
bool rg_judge_is_proven(const struct rg_judgement *j, const struct rg_packet *pkt);
void rg_judge_stateless(struct rg_judgement *j, const struct rg_answer *ans);
void rg_judge_account(struct rg_judgement *j);
void rg_judge_events(struct rg_judgement *j);

/* judge_stream.c */
void rg_judge_stream(struct rg_judgement *j);

#endif /* RG_JUDGEMENT_H */
