// SPDX-License-Identifier: GPL-2.0
#include "stream.h"
#include "classify.h"
#include "content.h"
#include "cursor.h"

#include <uapi/linux/rtpguard.h>

enum step {
	STEP_ON,	/* goes on from the packet before */
	STEP_LATE,	/* reordered, seen for the first time */
	STEP_AGAIN,	/* a duplicate */
	STEP_PACED,	/* goes on by its timestamp alone */
	STEP_BROKEN,
};

/*
 * Is what has a number that was there a duplicate? A number that stays while the time
 * goes on is none. Behind it the time may be ahead, for video is sent in decoding order.
 */
static noinline bool stream_is_copy(const struct rg_stream *stream,
				    const struct rg_rtp *rtp)
{
	s32 ahead = rtp->ts - stream->ts;

	if (rtp->seq == stream->seq)
		return !ahead;
	return ahead <= (rg_stream_recognised(stream) ? (s32)RG_TS_BEHIND_MAX : 0);
}

static enum step stream_step(const struct rg_stream *stream,
			     const struct rg_rtp *rtp)
{
	u16 ahead = rtp->seq - stream->seq;
	u16 behind = stream->seq - rtp->seq;

	if (ahead && ahead <= RG_SEQ_AHEAD_MAX)
		return rg_ts_goes_on(stream->ts, rtp->ts) ? STEP_ON : STEP_BROKEN;
	if (behind < 64 && stream->seen & 1ull << behind)
		return stream_is_copy(stream, rtp) ? STEP_AGAIN : STEP_BROKEN;
	if (behind < RG_SEQ_BEHIND_MAX)
		return rg_ts_goes_on(rtp->ts, stream->ts) ? STEP_LATE : STEP_BROKEN;
	return STEP_BROKEN;
}

/*
 * It goes on but for its sequence; of RTP a jump there is worth to be noticed. Inlined
 * it would cost the packets that do go on.
 */
static noinline bool stream_is_paced(const struct rg_stream *stream,
				     const struct rg_rtp *rtp)
{
	return !rg_stream_recognised(stream) && rtp->pt == stream->pt &&
	       rg_ts_is_paced(rtp->ts - stream->ts, stream->ts_step);
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

/* The stream begins, or begins anew, with this packet. */
static void stream_anchor(struct rg_stream *stream, const struct rg_rtp *rtp)
{
	stream->ssrc = rtp->ssrc;
	stream->seq = rtp->seq;
	stream->ts = rtp->ts;
	stream->seen = 1;
	stream->static_run = 0;
	stream->paced = 0;
	/* Once recognised it is RTP, whatever its sender makes of sequences. */
	if (!rg_stream_recognised(stream))
		stream->run = 1;
}

static void run_count(struct rg_stream *stream, enum step step)
{
	if (step != STEP_PACED)
		stream->run++;
	else if (++stream->paced >= RG_PACED_MIN)
		stream->run = RG_CONTINUITY_MIN;
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
		run_count(stream, step);
}

/*
 * A timestamp that stands still is no audio: look-alikes with a counter where
 * RTP has its sequence number have a constant there.
 */
static void static_length_count(struct rg_stream *stream,
				const struct rg_rtp *rtp, bool ts_moved)
{
	if (!rg_rtp_static_type(rtp))
		return;
	if (!rg_rtp_static_length(rtp))
		stream->static_run = 0;
	else if (ts_moved && stream->static_run < RG_STATIC_LENGTH_MIN)
		stream->static_run++;
}

static void length_count(struct rg_stream *stream, const struct rg_rtp *rtp)
{
	if (rtp->payload_len && rtp->payload_len <= RG_SHORT_LEN_MAX &&
	    stream->short_run < RG_SHORT_MIN)
		stream->short_run++;
	if (rtp->payload_len != stream->len)
		stream->len_run = 0;
	if (stream->len_run < RG_LEN_RUN_MIN)
		stream->len_run++;
	stream->len = rtp->payload_len;
}

/* Has a stream of constant length lost what could have been its tag? */
static bool tag_lost(const struct rg_stream *stream, const struct rg_rtp *rtp)
{
	static const u8 tags[] = { 4, 8, 10, 16 };
	size_t i;

	if (stream->len == rtp->payload_len || stream->len_run < RG_LEN_RUN_MIN)
		return false;
	for (i = 0; i < ARRAY_SIZE(tags); i++) {
		if (rtp->payload_len + tags[i] == stream->len)
			return true;
	}
	return false;
}

static void recognise(struct rg_side *side, struct rg_stream *stream,
		      bool carried, struct rg_answer *ans)
{
	if (stream->run < RG_CONTINUITY_MIN)
		return;
	if (stream->class == RTPGUARD_CLASS_UNKNOWN) {
		stream->class = RTPGUARD_CLASS_RTP;
		stream->evidence |= RTPGUARD_EVIDENCE_RTP_CONTINUITY;
		if (carried)
			stream->evidence |= RTPGUARD_EVIDENCE_TURN_CARRIED;
		side->media = true;
		ans->changed = true;
	}
	if (stream->static_run >= RG_STATIC_LENGTH_MIN)
		stream->evidence |= RTPGUARD_EVIDENCE_STATIC_PT_LENGTH;
	if (side->rtcp.protection == RTPGUARD_PROTECTION_CLEAR &&
	    side->rtcp.ssrc == stream->ssrc)
		stream->evidence |= RTPGUARD_EVIDENCE_RTCP_CHAIN;
}

/* Take what memory the caller has put there for a test. */
static void content_take(struct rg_media *media, struct rg_stream *stream)
{
	if (stream->content || (stream->protection == RTPGUARD_PROTECTION_CLEAR &&
				!stream->burst))
		return;
	stream->content = media->spare;
	media->spare = NULL;
	rg_stream_restart(stream);
}

/* That a stream is clear for good, and not tested anew any more, is no change. */
static noinline void content_release(struct rg_media *media, struct rg_stream *stream)
{
	if (!media->spare) {
		media->spare = stream->content;
		stream->content = NULL;
	}
	media->sated = !rg_media_undecided(media);
}

/* And give it back when nothing is left to be tested. */
static void content_give(struct rg_media *media, struct rg_stream *stream)
{
	if (stream->protection == RTPGUARD_PROTECTION_CLEAR && stream->content &&
	    !stream->burst)
		content_release(media, stream);
}

/*
 * SSRCs in turn each begin before the first goes on; noise that looks like RTP
 * begins with every packet.
 */
static void stray_count(struct rg_side *side, const struct rg_rtp *rtp, bool goes_on)
{
	if (goes_on) {
		side->contradicted = false;
		side->strays.fruitless = 0;
		return;
	}
	if (side->media || rtp->payload_len < RG_CONTRADICT_LEN_MIN)
		return;
	if (side->strays.fruitless < RG_FRUITLESS_MAX)
		side->strays.fruitless++;
	else
		side->contradicted = true;
}

/* A packet of an SSRC that has no place yet. */
static struct rg_stream *stream_begin(struct rg_media *media,
				      const struct rg_packet *pkt,
				      const struct rg_rtp *rtp,
				      const struct rg_note *note)
{
	struct rg_side *side = &media->sides[pkt->dir];
	struct rg_note kept = { 0 };
	u8 run = rg_strays_run(&side->strays, rtp);
	struct rg_content *content;
	struct rg_stream *stream;

	stray_count(side, rtp, run > 1);
	/* Clear for good: it needs no place. */
	if (note && note->protection == RTPGUARD_PROTECTION_CLEAR && !note->anew)
		return NULL;
	stream = rg_stream_claim(side, pkt->now_ms, note, run);
	if (!stream)
		return NULL;
	/* The note that is written next may be the very one. */
	if (note)
		kept = *note;
	if (stream->packets)
		rg_note_write(media, pkt->dir, stream);
	media->sated = false;
	/* Who is still without a place will say so with its next packet. */
	if (side->shared.protection == RTPGUARD_PROTECTION_UNDETERMINED)
		side->shared.packets = 0;
	content = stream->content;
	memset(stream, 0, sizeof(*stream));
	stream->content = content;
	rg_stream_restart(stream);
	stream_anchor(stream, rtp);
	stream->run = run;
	static_length_count(stream, rtp, true);
	/* Behind the anchor: what was recognised has not to go on first. */
	if (note)
		rg_note_read(&kept, stream);
	return stream;
}

static void stream_go_on(struct rg_side *side, struct rg_stream *stream,
			 const struct rg_rtp *rtp, enum step step)
{
	bool ts_moved = rtp->ts != stream->ts;

	if (step == STEP_BROKEN) {
		if (!side->media && rtp->seq != stream->seq &&
		    rtp->payload_len >= RG_CONTRADICT_LEN_MIN)
			side->contradicted = true;
		if (!rg_stream_recognised(stream))
			rg_stream_restart(stream);
		stream->ts_step = rtp->ts - stream->ts;
		stream_anchor(stream, rtp);
	} else {
		stream_advance(stream, rtp, step);
		side->contradicted = false;
		side->strays.fruitless = 0;
	}
	static_length_count(stream, rtp, ts_moved);
}

/* Are all places held by what is known to be RTP? */
static bool side_full(const struct rg_side *side)
{
	u32 i;

	for (i = 0; i < RG_STREAMS_MAX; i++) {
		if (!rg_stream_recognised(&side->streams[i]))
			return false;
	}
	return true;
}

/*
 * SSRCs without a place of their own share one test. It can show that one of
 * them is readable; that all are encrypted it cannot show.
 */
static void shared_test(struct rg_media *media, const struct rg_packet *pkt,
			const struct rg_rtp *rtp, struct rg_answer *ans)
{
	struct rg_stream *shared = &media->sides[pkt->dir].shared;
	u8 before = shared->protection;

	content_take(media, shared);
	if (!shared->content || before == RTPGUARD_PROTECTION_CLEAR)
		return;
	rg_content_feed_rtp(shared->content, pkt, rtp, true);
	if (shared->content->best >= RG_CLEAR_BITS) {
		shared->protection = RTPGUARD_PROTECTION_CLEAR;
		shared->decided_at = shared->content->packets;
	} else if (shared->content->best >= RG_SUSPECTED_BITS) {
		shared->protection = RTPGUARD_PROTECTION_SUSPECTED;
	}
	shared->packets++;
	shared->class = RTPGUARD_CLASS_RTP;
	shared->evidence = RTPGUARD_EVIDENCE_PAYLOAD_STRUCTURE;
	ans->changed |= shared->protection != before;
	media->sides[pkt->dir].bad |= shared->protection != before;
	content_give(media, shared);
}

/* The worst stream speaks for SSRCs that have shown nothing themselves. */
static void worst_speaks(const struct rg_side *side, struct rg_answer *ans)
{
	const struct rg_stream *stream;
	u32 i;

	for (i = 0; i <= RG_STREAMS_MAX; i++) {
		stream = i < RG_STREAMS_MAX ? &side->streams[i] : &side->shared;
		if (!rg_stream_recognised(stream) ||
		    !rg_protection_worse(stream->protection, ans->protection))
			continue;
		ans->class = stream->class;
		ans->protection = stream->protection;
		ans->evidence = stream->evidence;
	}
	if (side->clear_evidence) {
		ans->class = RTPGUARD_CLASS_RTP;
		ans->protection = RTPGUARD_PROTECTION_CLEAR;
		ans->evidence = side->clear_evidence;
	}
}

/* What is known of the flow, beyond its streams. */
static noinline void flow_speaks(const struct rg_media *media, struct rg_answer *ans)
{
	if (ans->class == RTPGUARD_CLASS_UNKNOWN)
		return;
	ans->evidence |= media->evidence;
	if (!media->dtls.null ||
	    rg_protection_worse(ans->protection, RTPGUARD_PROTECTION_NULL))
		return;
	ans->class = RTPGUARD_CLASS_SRTP;
	ans->protection = RTPGUARD_PROTECTION_NULL;
}

static void rtp_answer(struct rg_side *side, struct rg_stream *stream,
		       const struct rg_note *note, struct rg_answer *ans)
{
	ans->stream = stream;
	ans->passed = stream ? &stream->passed : &side->shared.passed;
	ans->subject = RTPGUARD_SUBJECT_MEDIA;
	ans->hold = !side->contradicted;
	if (side->proven && ans->hold && rg_credit_take(side, stream)) {
		ans->hold = false;
		ans->counts = RG_COUNTS_CREDITED;
	}
	if (stream) {
		ans->class = stream->class;
		ans->protection = stream->protection;
		ans->evidence = stream->evidence;
	} else if (note) {
		ans->class = rg_protection_tested(note->protection) ?
			     RTPGUARD_CLASS_SRTP : RTPGUARD_CLASS_RTP;
		ans->protection = note->protection;
		ans->evidence = note->evidence;
	} else if (side->media) {
		ans->class = RTPGUARD_CLASS_RTP;
	}
	if (ans->protection != RTPGUARD_PROTECTION_UNDETERMINED)
		side->bad |= rg_protection_worse(ans->protection,
						 RTPGUARD_PROTECTION_UNDETERMINED);
	else if (side->bad)
		worst_speaks(side, ans);
}

/* Everything a packet that is no duplicate teaches about its stream. */
static void stream_learn(struct rg_media *media, struct rg_stream *stream,
			 const struct rg_packet *pkt, const struct rg_rtp *rtp,
			 bool broken, struct rg_answer *ans)
{
	bool changed = broken || tag_lost(stream, rtp) ||
		       (stream->packets && rtp->pt != stream->pt);
	u64 evidence = stream->evidence;
	u8 before;

	stream->packets++;
	stream->heard = media->sides[pkt->dir].heard;
	stream->last_ms = pkt->now_ms;
	stream->pt = rtp->pt;
	length_count(stream, rtp);
	content_take(media, stream);
	recognise(&media->sides[pkt->dir], stream, pkt->carried, ans);
	/* Whoever stops to encrypt RTCP may have stopped to encrypt RTP. */
	changed |= stream->evidence & ~evidence & RTPGUARD_EVIDENCE_RTCP_CHAIN;
	before = stream->protection;
	if (rg_stream_test(stream, pkt, rtp, changed, media->vouched)) {
		ans->changed = true;
		rg_credit_renew(&media->sides[pkt->dir], stream);
		if ((before == RTPGUARD_PROTECTION_SUSPECTED ||
		     before == RTPGUARD_PROTECTION_CLEAR) &&
		    rg_protection_tested(stream->protection))
			ans->counts = RG_COUNTS_RESTORED;
	}
	content_give(media, stream);
}

/* What is decided, and needs no other look than at one packet in so many. */
static bool stream_fast(const struct rg_stream *stream)
{
	if (stream->protection == RTPGUARD_PROTECTION_CLEAR)
		return !stream->content && !stream->burst;
	/* One more payload without room for a tag decides. */
	return rg_protection_tested(stream->protection) &&
	       !stream->short_run;
}

/* May the next packet like this one be answered without a closer look? */
static void fast_set(struct rg_side *side, struct rg_stream *stream,
		     const struct rg_packet *pkt, const struct rg_answer *ans)
{
	struct rg_fast *fast = &side->fast;
	struct rg_cur cur;

	fast->stream = NULL;
	if (!stream || ans->changed || !stream_fast(stream))
		return;
	rg_cur_init(&cur, pkt->data, pkt->len);
	fast->stream = stream;
	fast->head = rg_cur_be64(&cur) & ~RG_FAST_MARKER;
	fast->ssrc = stream->ssrc;
	fast->wire_len = pkt->wire_len;
	fast->answer = *ans;
}

static void rtp_feed(struct rg_media *media, const struct rg_packet *pkt,
		     const union rg_parsed *parsed, struct rg_answer *ans)
{
	struct rg_side *side = &media->sides[pkt->dir];
	const struct rg_rtp *rtp = &parsed->rtp;
	struct rg_stream *stream = stream_find(side, rtp->ssrc);
	const struct rg_note *note = NULL;
	enum step step = STEP_ON;
	bool again = false;

	side->heard++;
	if (!stream) {
		note = rg_note_find(media, pkt->dir, rtp->ssrc);
		again = rg_strays_seen(&side->strays, rtp);
		if (!again)
			stream = stream_begin(media, pkt, rtp, note);
	} else {
		step = stream_step(stream, rtp);
		if (step == STEP_BROKEN && stream_is_paced(stream, rtp))
			step = STEP_PACED;
		ans->duplicate = step == STEP_AGAIN;
		if (!ans->duplicate)
			stream_go_on(side, stream, rtp, step);
	}
	if (!stream && !note && !again && side_full(side))
		shared_test(media, pkt, rtp, ans);
	else if (stream && !ans->duplicate)
		stream_learn(media, stream, pkt, rtp, step == STEP_BROKEN, ans);
	if (ans->changed)
		media->sated = !rg_media_undecided(media);
	rtp_answer(side, stream, note, ans);
	if (media->evidence)
		flow_speaks(media, ans);
	fast_set(side, step == STEP_ON ? stream : NULL, pkt, ans);
}

static bool rtp_parse(const struct rg_packet *pkt, union rg_parsed *parsed)
{
	return rg_rtp_parse(pkt, &parsed->rtp);
}

const struct rg_recogniser rg_rtp_recogniser = {
	.shape = RG_SHAPE_RTP,
	.classes = BIT(RTPGUARD_CLASS_RTP) | BIT(RTPGUARD_CLASS_SRTP),
	.parse = rtp_parse,
	.feed = rtp_feed,
};
