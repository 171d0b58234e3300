// SPDX-License-Identifier: GPL-2.0
#include "stream.h"
#include "content.h"
#include "cursor.h"
#include "rtp.h"

#include <uapi/linux/rtpguard.h>

/*
 * What the content test of a stream leads to:
 *
 *	undetermined --24.5 bits--> suspected --45 bits--> clear
 *	     |                        |    ^
 *	     | nothing for 48 packets |    | 24.5 bits
 *	     v                        v    |
 *	   uniform <-------------- no more for 48 packets
 *
 * 48 packets are 64 or 192 where they have few bytes to bet on, see enough().
 * Uniform is an observation: it is tested on, one packet in 16, and all of 64
 * after a change or a first sign of structure. Every test that begins anew is a trial.
 *
 * Where a handshake vouches, 16 packets below 4 bits make protected what else would
 * become uniform, and 24.5 bits make it undetermined instead of suspected: enforce
 * cuts nothing that a handshake vouches for before the proof.
 *
 * Clear is for good, but for one case: calls begin in clear and go on encrypted, with
 * ZRTP under the same SSRC. So where a handshake begins to vouch, what is clear is
 * tested anew, once, see stream_anew.c. It is clear until it is proven.
 */

/* What vouches. */
#define VOUCHERS	(RTPGUARD_EVIDENCE_DTLS_DONE | \
			 RTPGUARD_EVIDENCE_ZRTP_CONFIRMED)

/* These speed the verdict up: with one of them 24.5 bits are enough. */
#define ACCELERATORS	(RTPGUARD_EVIDENCE_STATIC_PT_LENGTH | \
			 RTPGUARD_EVIDENCE_RTCP_CHAIN)

/*
 * RFC 3550, 5.1: the last byte counts the padding, itself included. Behind SRTP
 * that byte is the tag's, and what it counts is chance. So nothing is stripped
 * that leaves no more than a trailer: an MKI would be where none can be.
 */
static u32 padding_len(const struct rg_packet *pkt, const struct rg_rtp *rtp)
{
	struct rg_cur cur;
	u32 count;

	if (!rtp->padding || pkt->len < pkt->wire_len || !rtp->payload_len)
		return 0;
	rg_cur_init(&cur, pkt->data, pkt->len);
	rg_cur_skip(&cur, pkt->len - 1);
	count = rg_cur_u8(&cur);
	return count + RG_TRAILER_MAX + 2 < rtp->payload_len ? count : 0;
}

/**
 * rg_content_feed_rtp() - test the payload of an RTP packet
 * @content: the test
 * @pkt: the datagram
 * @rtp: its header
 * @alone: the packet before may be another stream's
 *
 * Context: as for rg_content_feed().
 */
void rg_content_feed_rtp(struct rg_content *content, const struct rg_packet *pkt,
			 const struct rg_rtp *rtp, bool alone)
{
	struct rg_payload payload = {
		.len = rtp->payload_len - padding_len(pkt, rtp),
		.pt = rtp->pt,
		.alone = alone,
	};
	struct rg_cur cur;

	rg_cur_init(&cur, pkt->data, pkt->len);
	rg_cur_skip(&cur, rtp->payload_off);
	payload.data = cur.pos;
	payload.readable = min_t(u32, cur.left, payload.len);
	rg_content_feed(content, &payload);
}

/**
 * rg_stream_restart() - begin a new trial
 * @stream: a stream; without a test nothing happens
 *
 * Context: whatever protects the state.
 */
void rg_stream_restart(struct rg_stream *stream)
{
	if (!stream->content)
		return;
	memset(stream->content, 0, sizeof(*stream->content));
	if (stream->trials < (u16)~0)
		stream->trials++;
}

/**
 * rg_stream_fresh() - would it cost nothing to test another stream instead?
 * @stream: a stream
 *
 * Context: whatever protects the state.
 */
bool rg_stream_fresh(const struct rg_stream *stream)
{
	return !stream->content || (!stream->content->packets && !stream->burst);
}

/*
 * Does the evidence reach so many bits? Beyond RG_TRIALS_MAX a trial costs a bit
 * for every doubling.
 */
static bool reaches(const struct rg_stream *stream, s32 bits)
{
	u32 trials = stream->trials / RG_TRIALS_MAX;

	if (stream->content->best < bits)
		return false;
	for (; trials; trials /= 2)
		bits += RG_BIT;
	return stream->content->best >= bits;
}

static void set_protection(struct rg_stream *stream, u8 protection)
{
	stream->protection = protection;
	stream->decided_at = stream->packets;
	if (rg_protection_tested(protection)) {
		stream->class = RTPGUARD_CLASS_SRTP;
		stream->evidence &= ~RTPGUARD_EVIDENCE_PAYLOAD_STRUCTURE;
		if (protection == RTPGUARD_PROTECTION_UNIFORM)
			stream->evidence |= RTPGUARD_EVIDENCE_PAYLOAD_UNIFORM;
	} else {
		stream->class = RTPGUARD_CLASS_RTP;
		stream->evidence &= ~RTPGUARD_EVIDENCE_PAYLOAD_UNIFORM;
	}
}

static void structure_found(struct rg_stream *stream)
{
	stream->evidence |= RTPGUARD_EVIDENCE_PAYLOAD_STRUCTURE;
	stream->peak = stream->content->best;
	stream->feature = rg_content_feature(stream->content);
}

static bool becomes_clear(struct rg_stream *stream, bool hidden)
{
	s32 clear_at = RG_CLEAR_BITS;

	/* No profile has a tag this short: this decides by itself. */
	if (stream->short_run >= RG_SHORT_MIN) {
		stream->evidence |= RTPGUARD_EVIDENCE_SHORT_PAYLOAD;
		return true;
	}
	/* A payload behind more header than is ever read: its length has to do. */
	if (hidden && stream->evidence & RTPGUARD_EVIDENCE_STATIC_PT_LENGTH)
		return true;
	if (!stream->content)
		return false;
	if (stream->evidence & ACCELERATORS)
		clear_at = RG_SUSPECTED_BITS;
	if (!reaches(stream, clear_at))
		return false;
	structure_found(stream);
	return true;
}

/* Return: the protection changed. */
static bool suspect(struct rg_stream *stream, u64 vouched)
{
	u8 before = stream->protection;

	set_protection(stream, vouched ? RTPGUARD_PROTECTION_UNDETERMINED :
					 RTPGUARD_PROTECTION_SUSPECTED);
	stream->decided_at = 0;
	structure_found(stream);
	if (!stream->suspected_at)
		stream->suspected_at = stream->packets;
	stream->quiet = 0;
	return stream->protection != before;
}

static void settle(struct rg_stream *stream, u64 vouched)
{
	set_protection(stream, vouched ? RTPGUARD_PROTECTION_PROTECTED :
					 RTPGUARD_PROTECTION_UNIFORM);
	stream->evidence |= vouched;
	rg_stream_restart(stream);
	stream->skipped = 0;
	stream->burst = 0;
}

/* Were so many packets tested, with so many positions in each of them? */
static bool enough_of(const struct rg_content *content, u32 packets, u32 wanted,
		      u32 positions)
{
	return packets >= wanted &&
	       content->positions * wanted >= positions * content->packets;
}

static bool enough(const struct rg_content *content, u32 packets)
{
	if (packets >= RG_UNIFORM_PACKETS_ANY ||
	    enough_of(content, packets, RG_UNIFORM_PACKETS, RG_UNIFORM_POSITIONS))
		return true;
	return content->best < RG_UNIFORM_BITS_FEW &&
	       enough_of(content, packets, RG_UNIFORM_PACKETS_FEW,
			 RG_UNIFORM_POSITIONS_FEW);
}

static bool turns_out_uniform(struct rg_stream *stream)
{
	const struct rg_content *content = stream->content;

	if (content->best > stream->peak) {
		stream->peak = content->best;
		stream->feature = rg_content_feature(content);
		stream->quiet = 0;
	} else {
		stream->quiet++;
	}
	return enough(content, stream->quiet) &&
	       content->best < stream->peak - RG_BIT;
}

/* Is it cipher text, as far as can be seen? */
static bool looks_uniform(const struct rg_content *content, u64 vouched)
{
	if (vouched && content->best < RG_VOUCHED_BITS &&
	    enough_of(content, content->packets, RG_VOUCHED_PACKETS,
		      RG_VOUCHED_POSITIONS))
		return true;
	return content->best < RG_UNIFORM_BITS && enough(content, content->packets);
}

/* Return: the protection changed. */
static bool conclude(struct rg_stream *stream, bool hidden, u64 vouched)
{
	const struct rg_content *content = stream->content;

	if (becomes_clear(stream, hidden)) {
		if (!stream->suspected_at)
			stream->suspected_at = stream->packets;
		set_protection(stream, RTPGUARD_PROTECTION_CLEAR);
		/* Left from a retest it would mean: tested anew. */
		stream->burst = 0;
		return true;
	}
	if (!content)
		return false;
	if (stream->protection == RTPGUARD_PROTECTION_SUSPECTED) {
		if (!turns_out_uniform(stream))
			return false;
		settle(stream, vouched);
		return true;
	}
	if (reaches(stream, RG_SUSPECTED_BITS))
		return suspect(stream, vouched);
	if (stream->protection != RTPGUARD_PROTECTION_UNDETERMINED ||
	    !looks_uniform(content, vouched))
		return false;
	settle(stream, vouched);
	return true;
}

/**
 * rg_stream_vouch() - a handshake came to its end behind media
 * @stream: a stream of the flow; what was uniform is protected now, and what was
 *	suspected is not: enforce cuts nothing that is vouched for before the proof
 * @vouched: evidence of the handshake
 *
 * Context: whatever protects the state.
 */
void rg_stream_vouch(struct rg_stream *stream, u64 vouched)
{
	if (stream->protection == RTPGUARD_PROTECTION_UNIFORM) {
		set_protection(stream, RTPGUARD_PROTECTION_PROTECTED);
		stream->evidence |= vouched;
	} else if (stream->protection == RTPGUARD_PROTECTION_SUSPECTED) {
		set_protection(stream, RTPGUARD_PROTECTION_UNDETERMINED);
		stream->decided_at = 0;
	}
}

/**
 * rg_stream_unvouch() - what vouched for a stream does so no more
 * @stream: a stream of the flow; if it was decided and not clear, it is tested from
 *	the beginning
 *
 * Context: whatever protects the state.
 */
void rg_stream_unvouch(struct rg_stream *stream)
{
	if (!rg_protection_tested(stream->protection))
		return;
	set_protection(stream, RTPGUARD_PROTECTION_UNDETERMINED);
	stream->decided_at = 0;
	stream->evidence &= ~VOUCHERS;
	rg_stream_restart(stream);
}

/* Is this packet of a uniform stream one to be tested? */
static bool retest_due(struct rg_stream *stream, bool changed)
{
	if (changed && !stream->burst) {
		if (stream->content && stream->content->packets)
			rg_stream_restart(stream);
		stream->burst = RG_RETEST_PACKETS;
	}
	if (stream->burst) {
		stream->burst--;
		return true;
	}
	stream->skipped = (stream->skipped + 1) % RG_RETEST_ONE_IN;
	return !stream->skipped;
}

/*
 * A test that has seen much cipher text is slow to see anything else: it begins
 * anew, but for one that has a first sign.
 */
static void retest_go_on(struct rg_stream *stream)
{
	const struct rg_content *content = stream->content;

	if (!content || stream->burst)
		return;
	if (content->best >= RG_RETEST_WARM_BITS)
		stream->burst = RG_RETEST_PACKETS;
	else if (content->packets >= RG_RETEST_SAMPLES)
		rg_stream_restart(stream);
}

/**
 * rg_stream_test() - test a packet of a stream, and conclude
 * @stream: its stream, already brought up to date, recognised or not
 * @pkt: the datagram, no duplicate
 * @rtp: its header
 * @changed: payload type, length, continuity or RTCP are not what they were
 * @vouched: evidence of a handshake that vouches for the flow, or 0
 *
 * Context: whatever protects the state.
 * Return: true when the stream's protection changed.
 */
bool rg_stream_test(struct rg_stream *stream, const struct rg_packet *pkt,
		    const struct rg_rtp *rtp, bool changed, u64 vouched)
{
	bool tested = rg_protection_tested(stream->protection);
	bool ret;

	if (stream->protection == RTPGUARD_PROTECTION_CLEAR)
		return stream->burst &&
		       rg_stream_test_anew(stream, pkt, rtp, vouched);
	if (tested && !retest_due(stream, changed) &&
	    stream->short_run < RG_SHORT_MIN)
		return false;
	if (stream->content)
		rg_content_feed_rtp(stream->content, pkt, rtp, false);
	if (!rg_stream_recognised(stream))
		return false;
	ret = conclude(stream, rtp->payload_len && rtp->payload_off >= pkt->len,
		       vouched);
	if (tested && rg_protection_tested(stream->protection))
		retest_go_on(stream);
	return ret;
}
