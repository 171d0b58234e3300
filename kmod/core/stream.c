// SPDX-License-Identifier: GPL-2.0
#include "stream.h"
#include "classify.h"

#include <uapi/linux/rtpguard.h>

enum step {
	STEP_ON,	/* goes on from the packet before */
	STEP_LATE,	/* reordered, seen for the first time */
	STEP_AGAIN,	/* a duplicate */
	STEP_BROKEN,
};

/**
 * rg_stream_recognised() - is this place held by what is known to be RTP?
 * @stream: a place in rg_side.streams
 *
 * Context: whatever protects the state.
 */
bool rg_stream_recognised(const struct rg_stream *stream)
{
	return stream->packets && stream->class != RTPGUARD_CLASS_UNKNOWN;
}

static bool ts_goes_on(u32 from, u32 to)
{
	/* Modulo 2^32: one comparison covers both directions. */
	return to - from + RG_TS_BEHIND_MAX <= RG_TS_AHEAD_MAX + RG_TS_BEHIND_MAX;
}

static enum step stream_step(const struct rg_stream *stream,
			     const struct rg_rtp *rtp)
{
	u16 ahead = rtp->seq - stream->seq;
	u16 behind = stream->seq - rtp->seq;

	if (behind < 64 && stream->seen & 1ull << behind)
		return STEP_AGAIN;
	if (ahead && ahead <= RG_SEQ_AHEAD_MAX)
		return ts_goes_on(stream->ts, rtp->ts) ? STEP_ON : STEP_BROKEN;
	if (behind < RG_SEQ_BEHIND_MAX)
		return ts_goes_on(rtp->ts, stream->ts) ? STEP_LATE : STEP_BROKEN;
	return STEP_BROKEN;
}

static struct rg_stream *stream_find(struct rg_side *side, u32 ssrc)
{
	u32 i;

	for (i = 0; i < RG_STREAMS_MAX; i++) {
		if (side->streams[i].packets && side->streams[i].ssrc == ssrc)
			return &side->streams[i];
	}
	return NULL;
}

static bool stream_replaceable(const struct rg_stream *stream, u64 now_ms)
{
	return !rg_stream_recognised(stream) || stream->decided_at ||
	       now_ms - stream->last_ms > RG_STREAM_IDLE_MS;
}

/* Unrecognised before decided before idle, and the longest silent of them. */
static bool stream_better_victim(const struct rg_stream *a,
				 const struct rg_stream *b)
{
	if (rg_stream_recognised(a) != rg_stream_recognised(b))
		return !rg_stream_recognised(a);
	return a->last_ms < b->last_ms;
}

static struct rg_stream *stream_claim(struct rg_side *side, u64 now_ms)
{
	struct rg_stream *victim = NULL;
	u32 i;

	for (i = 0; i < RG_STREAMS_MAX; i++) {
		struct rg_stream *stream = &side->streams[i];

		if (!stream->packets)
			return stream;
		if (stream_replaceable(stream, now_ms) &&
		    (!victim || stream_better_victim(stream, victim)))
			victim = stream;
	}
	return victim;
}

/* The stream begins, or begins anew, with this packet. */
static void stream_anchor(struct rg_stream *stream, const struct rg_rtp *rtp)
{
	stream->ssrc = rtp->ssrc;
	stream->seq = rtp->seq;
	stream->ts = rtp->ts;
	stream->seen = 1;
	stream->run = 1;
	stream->static_run = 0;
}

static void stream_advance(struct rg_stream *stream, const struct rg_rtp *rtp,
			   enum step step)
{
	u16 ahead = rtp->seq - stream->seq;

	if (step == STEP_LATE) {
		stream->seen |= 1ull << (u16)(stream->seq - rtp->seq);
	} else {
		stream->seen = ahead < 64 ? stream->seen << ahead | 1 : 1;
		stream->seq = rtp->seq;
		stream->ts = rtp->ts;
	}
	if (stream->run < RG_CONTINUITY_MIN)
		stream->run++;
}

/*
 * A timestamp that stands still is no audio: look-alikes with a counter where
 * RTP has its sequence number have a constant there.
 */
static void static_length_count(struct rg_stream *stream,
				const struct rg_rtp *rtp, bool ts_moved)
{
	if (rg_rtp_static_length(rtp)) {
		if (ts_moved && stream->static_run < RG_STATIC_LENGTH_MIN)
			stream->static_run++;
	} else if (rg_rtp_static_type(rtp)) {
		stream->static_run = 0;
	}
}

static void stream_decide(struct rg_stream *stream, u8 protection)
{
	stream->protection = protection;
	stream->decided_at = stream->packets;
}

static void stream_conclude(struct rg_side *side, struct rg_stream *stream,
			    struct rg_answer *ans)
{
	if (stream->run < RG_CONTINUITY_MIN)
		return;
	if (stream->class == RTPGUARD_CLASS_UNKNOWN) {
		stream->class = RTPGUARD_CLASS_RTP;
		stream->evidence |= RTPGUARD_EVIDENCE_RTP_CONTINUITY;
		side->media = true;
		ans->changed = true;
	}
	if (stream->static_run >= RG_STATIC_LENGTH_MIN &&
	    stream->protection != RTPGUARD_PROTECTION_CLEAR) {
		stream->evidence |= RTPGUARD_EVIDENCE_STATIC_PT_LENGTH;
		stream_decide(stream, RTPGUARD_PROTECTION_CLEAR);
		ans->changed = true;
	}
}

/* A packet of an SSRC that has no place yet. */
static struct rg_stream *stream_begin(struct rg_side *side,
				      const struct rg_packet *pkt,
				      const struct rg_rtp *rtp)
{
	struct rg_stream *stream = stream_claim(side, pkt->now_ms);
	bool alone = !side->streams[0].packets;

	if (!alone && !side->media && rtp->payload_len >= RG_CONTRADICT_LEN_MIN)
		side->contradicted = true;
	if (!stream)
		return NULL;
	memset(stream, 0, sizeof(*stream));
	stream_anchor(stream, rtp);
	static_length_count(stream, rtp, true);
	return stream;
}

static void stream_go_on(struct rg_side *side, struct rg_stream *stream,
			 const struct rg_rtp *rtp, enum step step)
{
	bool ts_moved = rtp->ts != stream->ts;

	if (step == STEP_BROKEN) {
		if (!side->media && rtp->payload_len >= RG_CONTRADICT_LEN_MIN)
			side->contradicted = true;
		stream_anchor(stream, rtp);
	} else {
		stream_advance(stream, rtp, step);
		side->contradicted = false;
	}
	static_length_count(stream, rtp, ts_moved);
}

/* The worst stream speaks for SSRCs that have shown nothing themselves. */
static const struct rg_stream *side_worst(const struct rg_side *side)
{
	const struct rg_stream *worst = NULL;
	u32 i;

	for (i = 0; i < RG_STREAMS_MAX; i++) {
		const struct rg_stream *stream = &side->streams[i];

		if (rg_stream_recognised(stream) &&
		    (!worst || rg_protection_worse(stream->protection,
						   worst->protection)))
			worst = stream;
	}
	return worst;
}

static void rtp_answer(const struct rg_side *side, struct rg_stream *stream,
		       struct rg_answer *ans)
{
	const struct rg_stream *speaks = stream;

	if (!stream || stream->protection == RTPGUARD_PROTECTION_UNDETERMINED) {
		const struct rg_stream *worst = side_worst(side);

		if (worst && rg_protection_worse(worst->protection,
						 RTPGUARD_PROTECTION_UNDETERMINED))
			speaks = worst;
	}
	ans->stream = stream;
	ans->subject = RTPGUARD_SUBJECT_MEDIA;
	ans->hold = !side->contradicted;
	if (speaks) {
		ans->class = speaks->class;
		ans->protection = speaks->protection;
		ans->evidence = speaks->evidence;
	}
}

static void rtp_feed(struct rg_side *side, const struct rg_packet *pkt,
		     const union rg_parsed *parsed, struct rg_answer *ans)
{
	const struct rg_rtp *rtp = &parsed->rtp;
	struct rg_stream *stream = stream_find(side, rtp->ssrc);

	if (!stream) {
		stream = stream_begin(side, pkt, rtp);
	} else {
		enum step step = stream_step(stream, rtp);

		ans->duplicate = step == STEP_AGAIN;
		if (!ans->duplicate)
			stream_go_on(side, stream, rtp, step);
	}
	if (stream && !ans->duplicate) {
		stream->packets++;
		stream->last_ms = pkt->now_ms;
		stream->pt = rtp->pt;
		stream_conclude(side, stream, ans);
	}
	rtp_answer(side, stream, ans);
}

static bool rtp_parse(const struct rg_packet *pkt, union rg_parsed *parsed)
{
	return rg_rtp_parse(pkt, &parsed->rtp);
}

const struct rg_recogniser rg_rtp_recogniser = {
	.shape = RG_SHAPE_RTP,
	.classes = BIT(RTPGUARD_CLASS_RTP),
	.parse = rtp_parse,
	.feed = rtp_feed,
};
