// SPDX-License-Identifier: GPL-2.0
#include "stream.h"
#include "classify.h"
#include "cursor.h"

#include <uapi/linux/rtpguard.h>

/**
 * rg_stream_begins() - would this packet, were it RTP, begin a stream?
 * @side: its direction
 * @pkt: the datagram
 *
 * Context: whatever protects the state.
 */
bool rg_stream_begins(const struct rg_side *side, const struct rg_packet *pkt)
{
	struct rg_cur cur;
	u32 ssrc, i;

	rg_cur_init(&cur, pkt->data, pkt->len);
	/* Where RTP has it, whatever this may be. */
	rg_cur_skip(&cur, 8);
	ssrc = rg_cur_be32(&cur);
	if (cur.err || (side->fast.stream && side->fast.ssrc == ssrc))
		return false;
	for (i = 0; i < RG_STREAMS_MAX; i++) {
		if (side->streams[i].packets && side->streams[i].ssrc == ssrc)
			return false;
	}
	return true;
}

/*
 * What may give its place to another SSRC without a loss. Who is to be recognised
 * needs time for it: with more SSRCs in turn than places none ever would be. But it
 * gives way to one that has gone on long enough to be recognised, and to none that has
 * not: who sends two packets of others after each of its own would be evicted always.
 * An SSRC of which nothing is known goes before one that is tested again.
 */
static bool stream_replaceable(const struct rg_side *side,
			       const struct rg_stream *stream, u64 now_ms,
			       bool known, u8 run)
{
	if (!rg_stream_recognised(stream))
		return run >= RG_CONTINUITY_MIN ||
		       (u16)(side->heard - stream->heard) >= RG_STREAM_WAIT_MAX ||
		       stream->packets > RG_STREAM_TRY_MAX ||
		       now_ms - stream->last_ms > RG_STREAM_IDLE_MS;
	if ((stream->protection == RTPGUARD_PROTECTION_CLEAR && !stream->burst) ||
	    now_ms - stream->last_ms > RG_STREAM_IDLE_MS)
		return true;
	return rg_protection_tested(stream->protection) &&
	       (known ? rg_stream_fresh(stream) : !stream->burst);
}

/* Unrecognised before decided before idle, and the longest silent of them. */
static bool stream_better_victim(const struct rg_stream *a,
				 const struct rg_stream *b)
{
	if (rg_stream_recognised(a) != rg_stream_recognised(b))
		return !rg_stream_recognised(a);
	return a->last_ms < b->last_ms;
}

/**
 * rg_stream_claim() - find a place for an SSRC
 * @side: its direction
 * @now_ms: the time
 * @known: there is a note of it
 * @run: packets in continuity, this one included, that had no place
 *
 * Context: whatever protects the state.
 * Return: a place, which another SSRC may hold still; or NULL.
 */
struct rg_stream *rg_stream_claim(struct rg_side *side, u64 now_ms, bool known,
				  u8 run)
{
	struct rg_stream *victim = NULL;
	u32 i;

	for (i = 0; i < RG_STREAMS_MAX; i++) {
		struct rg_stream *stream = &side->streams[i];

		if (!stream->packets)
			return stream;
		if (stream_replaceable(side, stream, now_ms, known, run) &&
		    (!victim || stream_better_victim(stream, victim)))
			victim = stream;
	}
	return victim;
}
