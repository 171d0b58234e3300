// SPDX-License-Identifier: GPL-2.0
/*
 * A capture through the same core as the module, packet by packet:
 *
 *	capture -> headers -> flow -> rg_feed() -> policy -> mode -> counted
 *
 * What the module does in kmod/judge.c is done here in the same order, so that
 * both answer alike. Two things differ: a flow is listed whether or not it ever
 * looked like media, and none is forgotten before the capture ends.
 */
#include "replay.h"
#include "capture.h"

#include "core/carrier.h"

#include <netinet/in.h>

/* Bytes of one datagram that the module reads (RG_COPY_MAX). */
#define DATAGRAM_READ_MAX	2048

/**
 * replay_init() - get ready for one capture
 * @replay: filled; replay_exit() frees what it holds
 * @config: how to judge; must stay
 *
 * Return: 0, or -1 for want of memory.
 */
int replay_init(struct replay *replay, const struct replay_config *config)
{
	memset(replay, 0, sizeof(*replay));
	replay->config = config;
	return replay_flows_init(&replay->flows);
}

/**
 * replay_exit() - free what a replay holds
 * @replay: from replay_init()
 */
void replay_exit(struct replay *replay)
{
	replay_flows_exit(&replay->flows);
}

/*
 * How many packets of a stream left before it was known for what it is. What
 * only taught may have made it known since the last that left.
 */
static void before_verdict_count(struct replay *replay,
				 const struct rg_answer *ans, u8 verdict)
{
	if (!ans->passed)
		return;
	if (!(RG_UNPROTECTED & BIT(ans->protection))) {
		*ans->passed += verdict != RTPGUARD_VERDICT_DROP &&
				verdict != RTPGUARD_VERDICT_HOLD;
		return;
	}
	replay->before_verdict += *ans->passed;
	*ans->passed = 0;
}

/**
 * replay_judge() - judge a datagram, or a frame of a connection
 * @replay: from replay_init()
 * @flow: its flow
 * @from: which end of the flow's key sent it
 * @pkt: the datagram
 *
 * Return: 0, or -1 for want of memory.
 */
int replay_judge(struct replay *replay, struct replay_flow *flow, u8 from,
		 struct rg_packet *pkt)
{
	struct replay_media *media;
	struct rg_answer ans;
	bool is_media;
	u8 verdict;

	rg_carrier_open(pkt);
	media = replay_media_find(flow, pkt->peer);
	if (!media) {
		rg_feed(NULL, pkt, &ans);
		if (ans.shape == RG_SHAPE_OTHER && !pkt->carried)
			return 0;
		media = replay_media_add(flow, pkt->peer, from);
		if (!media)
			return -1;
	}
	pkt->dir = from == media->from ? RG_DIR_ORIGINAL : RG_DIR_REPLY;
	if (replay_media_feed(media, pkt, &ans))
		return -1;
	is_media = ans.shape == RG_SHAPE_RTP || ans.shape == RG_SHAPE_NONRTP;
	media->media_packets += is_media;
	replay->media_packets += is_media;
	if (!rg_shape_is_media(ans.shape) ||
	    !replay_is_judged(replay->config, flow, from))
		return 0;
	verdict = replay_verdict(replay->config, flow, from, &ans);
	before_verdict_count(replay, &ans, verdict);
	media->verdicts[verdict]++;
	replay->verdicts[verdict]++;
	return 0;
}

/* Return: 0, or -1 for want of memory. */
static int flow_feed(struct replay *replay, const struct replay_headers *head)
{
	struct rg_packet pkt = {
		.data = head->payload,
		.len = head->len < DATAGRAM_READ_MAX ? head->len :
						       DATAGRAM_READ_MAX,
		.wire_len = head->wire_len,
		.now_ms = replay->now_ms,
	};
	struct replay_flow *flow;
	u8 from;

	flow = replay_flow_get(&replay->flows, head, &from);
	if (!flow)
		return -1;
	flow->packets++;
	flow->bytes += head->ip_len;
	if (head->l4proto == IPPROTO_TCP)
		return replay_segment(replay, flow, from, head);
	return pkt.wire_len ? replay_judge(replay, flow, from, &pkt) : 0;
}

/**
 * replay_run() - judge a capture from its first packet to its last
 * @replay: from replay_init()
 * @cap: without an error; afterwards it may have one, and what came before the
 *	error is judged
 *
 * Return: 0, or -1 for want of memory.
 */
int replay_run(struct replay *replay, struct capture *cap)
{
	struct replay_headers head;
	struct capture_packet pkt;
	enum replay_kind kind;

	while (capture_next(cap, &pkt) > 0) {
		if (pkt.time_ms > replay->now_ms)
			replay->now_ms = pkt.time_ms;
		kind = replay_packet_parse(&pkt, capture_link(cap), &head);
		replay->packets++;
		replay->bytes += head.ip_len;
		replay->kinds[kind]++;
		if (kind == REPLAY_KIND_FLOW && flow_feed(replay, &head))
			return -1;
	}
	return 0;
}
