// SPDX-License-Identifier: GPL-2.0
/*
 * TCP of a capture, as kmod/judge_stream.c has it, but what was not let out stops
 * nothing, for the capture shows what was; and an RST ends a connection, whoever sent
 * it: there is nobody to lie to. Each frame is counted.
 */
#include "replay.h"

#include <stdlib.h>

static void side_free(struct replay_flow *flow, u8 from)
{
	struct rg_tcp_side *side = flow->tcp[from];

	if (side)
		free(side->framer.bytes);
	free(side);
	flow->tcp[from] = NULL;
}

/**
 * replay_tcp_free() - free what a connection has
 * @flow: flow, of any protocol
 */
void replay_tcp_free(struct replay_flow *flow)
{
	side_free(flow, 0);
	side_free(flow, 1);
}

/* Return: 0, or -1 for want of memory. */
static int frames_judge(struct replay *replay, struct replay_flow *flow, u8 from,
			const u8 *data, u32 len)
{
	struct rg_framer *framer = &flow->tcp[from]->framer;
	u32 off = 0;
	u8 *bytes;

	while (off < len || rg_framer_goes_on(framer)) {
		struct rg_packet pkt = { .now_ms = replay->now_ms };

		if (rg_framer_hungry(framer)) {
			bytes = malloc(RG_FRAME_BYTES_MAX);
			if (!bytes)
				return -1;
			rg_framer_give(framer, bytes);
		}
		off += rg_framer_feed(framer, data + off, len - off, &pkt);
		if (pkt.wire_len && replay_judge(replay, flow, from, &pkt))
			return -1;
	}
	return 0;
}

/**
 * replay_segment() - judge a TCP segment
 * @replay: from replay_init()
 * @flow: its flow
 * @from: which end of the flow's key sent it
 * @head: its headers
 *
 * Return: 0, or -1 for want of memory.
 */
int replay_segment(struct replay *replay, struct replay_flow *flow, u8 from,
		   const struct replay_headers *head)
{
	struct rg_tcp_rest rest = { 0 };
	struct rg_tcp_side *side;
	u32 old;

	if (head->begins || head->ends)
		replay_tcp_free(flow);
	if ((!head->wire_len && !head->opens) || head->ends)
		return 0;
	if (!flow->tcp[from]) {
		side = calloc(1, sizeof(*side));
		if (!side)
			return -1;
		flow->tcp[from] = side;
		if (head->opens)
			rg_tcp_open(&rest, head->seq);
		rg_tcp_wake(side, &rest);
	}
	if (!head->wire_len)
		return 0;
	side = flow->tcp[from];
	old = rg_tcp_segment(side, head->seq, head->wire_len);
	if (old < head->len &&
	    frames_judge(replay, flow, from, head->payload + old, head->len - old))
		return -1;
	/* Cut off in the capture. */
	if (head->len < head->wire_len)
		rg_framer_hole(&side->framer);
	return 0;
}
