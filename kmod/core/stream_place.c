// SPDX-License-Identifier: GPL-2.0
#include "stream.h"
#include "classify.h"
#include "cursor.h"
#include "rtp.h"

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

/**
 * rg_stray_again() - is it the last packet without a place, once more?
 * @stray: what was last without one
 * @rtp: header of a packet without one
 *
 * The host of a bridge sees each packet twice. A payload that is the one before is no
 * cipher text by any test: it must not be fed again.
 *
 * Context: whatever protects the state.
 * Return: true if it is.
 */
bool rg_stray_again(const struct rg_stray *stray, const struct rg_rtp *rtp)
{
	return stray->run && rtp->ssrc == stray->ssrc && rtp->seq == stray->seq &&
	       rtp->ts == stray->ts;
}

/* The same SSRC goes on, or another with the next number and in the same step. */
static bool stray_goes_on(const struct rg_stray *stray, const struct rg_rtp *rtp)
{
	u16 ahead = rtp->seq - stray->seq;

	if (!stray->run)
		return false;
	if (rtp->ssrc == stray->ssrc)
		return ahead && ahead <= RG_SEQ_AHEAD_MAX &&
		       rg_ts_goes_on(stray->ts, rtp->ts);
	return ahead == 1 && rtp->pt == stray->pt &&
	       rg_ts_is_paced(rtp->ts - stray->ts, stray->ts_step);
}

/**
 * rg_stray_run() - does what has no place go on?
 * @stray: what was last without one; becomes @rtp
 * @rtp: header of a packet without one
 *
 * Context: whatever protects the state.
 * Return: packets in continuity, up to RG_CONTINUITY_MIN.
 */
u8 rg_stray_run(struct rg_stray *stray, const struct rg_rtp *rtp)
{
	u8 run = stray_goes_on(stray, rtp) ? stray->run + 1 : 1;

	stray->run = min_t(u8, run, RG_CONTINUITY_MIN);
	stray->ts_step = rtp->ts - stray->ts;
	stray->ts = rtp->ts;
	stray->ssrc = rtp->ssrc;
	stray->seq = rtp->seq;
	stray->pt = rtp->pt;
	return stray->run;
}

/*
 * What may give its place to another SSRC without a loss. Who is to be recognised
 * needs time for it: with more SSRCs in turn than places none ever would be. But who
 * has not gone on yet gives way to one that does. An SSRC of which nothing is known
 * goes before one that is tested again.
 */
static bool stream_replaceable(const struct rg_side *side,
			       const struct rg_stream *stream, u64 now_ms,
			       bool known, bool goes_on)
{
	if (!rg_stream_recognised(stream))
		return (goes_on && stream->run == 1) ||
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
 * @goes_on: from the packet before, which had no place
 *
 * Context: whatever protects the state.
 * Return: a place, which another SSRC may hold still; or NULL.
 */
struct rg_stream *rg_stream_claim(struct rg_side *side, u64 now_ms, bool known,
				  bool goes_on)
{
	struct rg_stream *victim = NULL;
	u32 i;

	for (i = 0; i < RG_STREAMS_MAX; i++) {
		struct rg_stream *stream = &side->streams[i];

		if (!stream->packets)
			return stream;
		if (stream_replaceable(side, stream, now_ms, known, goes_on) &&
		    (!victim || stream_better_victim(stream, victim)))
			victim = stream;
	}
	return victim;
}
