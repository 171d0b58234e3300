// SPDX-License-Identifier: GPL-2.0
#include "tcp.h"

/**
 * DOC: Segments
 *
 * Bytes are fed once and in order (RFC 9293, 3.4): what was fed before is left out,
 * and where bytes are missing the framer looks for a new beginning. What leaves a
 * host comes in order, when it is sent for the first time.
 *
 * A segment that was not let out is sent again, and what follows it is of no use to
 * its receiver, but readable on the wire: from its first byte on nothing is let out,
 * until that byte is sent and rules or mode are other ones.
 */

static bool is_before(u32 a, u32 b)
{
	return (s32)(a - b) < 0;
}

/**
 * rg_tcp_segment() - bytes of a segment that are not to be fed
 * @side: its direction
 * @seq: sequence number of its first byte
 * @len: bytes of it, at least one
 *
 * Context: whatever protects the state.
 * Return: how many of its first bytes were fed before, up to all.
 */
u32 rg_tcp_segment(struct rg_tcp_side *side, u32 seq, u32 len)
{
	bool fresh = side->phase == RG_TCP_OPENED;
	u32 old = 0;

	if (side->phase != RG_TCP_UNSEEN) {
		if (is_before(seq + len - 1, side->next))
			return len;
		old = side->next - seq;
		if (is_before(side->next, seq)) {
			rg_framer_hole(&side->framer);
			fresh = false;
			old = 0;
		}
	}
	side->phase = RG_TCP_UNDER_WAY;
	side->next = seq + len;
	rg_framer_segment(&side->framer, len - old, fresh);
	return old;
}

/**
 * rg_tcp_rests() - is nothing under way in a direction?
 * @side: the direction
 * @rest: filled when the answer is true: what to keep, instead of @side
 *
 * Most connections rest after their first segment.
 *
 * Context: whatever protects the state.
 */
bool rg_tcp_rests(const struct rg_tcp_side *side, struct rg_tcp_rest *rest)
{
	u8 framing = side->framer.framing;

	if (side->stopped ||
	    (framing != RG_FRAMING_SKIP && framing != RG_FRAMING_HUNT &&
	     framing != RG_FRAMING_OTHER))
		return false;
	rest->next = side->next;
	rest->sniffed = side->framer.sniffed;
	rest->framing = framing;
	rest->was = side->framer.was;
	rest->phase = side->phase;
	return true;
}

/**
 * rg_tcp_open() - a direction begins
 * @rest: zeroed
 * @seq: sequence number of its first byte
 *
 * Context: whatever protects the state.
 */
void rg_tcp_open(struct rg_tcp_rest *rest, u32 seq)
{
	rest->next = seq;
	rest->phase = RG_TCP_OPENED;
}

/**
 * rg_tcp_wake() - go on with a direction that rested
 * @side: zeroed
 * @rest: from rg_tcp_rests(), or zeroed: it begins
 *
 * Context: whatever protects the state.
 */
void rg_tcp_wake(struct rg_tcp_side *side, const struct rg_tcp_rest *rest)
{
	side->next = rest->next;
	side->phase = rest->phase;
	side->framer.sniffed = rest->sniffed;
	side->framer.framing = rest->framing;
	side->framer.was = rest->was;
}

/**
 * rg_tcp_stopped() - is a segment, or what is before it, already stopped?
 * @side: its direction
 * @seq: sequence number of its first byte
 * @len: bytes of it
 *
 * Context: whatever protects the state.
 */
bool rg_tcp_stopped(const struct rg_tcp_side *side, u32 seq, u32 len)
{
	return side->stopped && is_before(side->stop, seq + len);
}

/**
 * rg_tcp_stop() - a segment is not let out
 * @side: its direction; the caller notes in it what was found
 * @seq: sequence number of its first byte
 *
 * Context: whatever protects the state.
 */
void rg_tcp_stop(struct rg_tcp_side *side, u32 seq)
{
	if (side->stopped && !is_before(seq, side->stop))
		return;
	side->stopped = true;
	side->stop = seq;
}

/**
 * rg_tcp_resume() - a segment that would be stopped is let out
 * @side: its direction
 * @seq: sequence number of its first byte
 *
 * Context: whatever protects the state.
 */
void rg_tcp_resume(struct rg_tcp_side *side, u32 seq)
{
	if (!is_before(side->stop, seq))
		side->stopped = false;
}
