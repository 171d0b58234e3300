// SPDX-License-Identifier: GPL-2.0
#include "classify.h"
#include "cursor.h"
#include "lookalike.h"

#include <uapi/linux/rtpguard.h>

/**
 * DOC: Theory of operation
 *
 * The classifier is fed the datagrams of one flow, in both directions, and
 * answers for each: what is it, is it readable, and what shows that.
 *
 *	rg_feed(media, packet)
 *	   |
 *	   |   recognisers[]: could this datagram be ... by itself?
 *	   |      stream.c   RTP, SRTP
 *	   |      rtcp.c     RTCP, SRTCP
 *	   |      stun.c     STUN
 *	   |      handshake.c  DTLS, ZRTP: what vouches for the flow's media
 *	   |      nonrtp.c   MPEG-TS, SRT, IAX2, T.38, Zoom
 *	   |   lookalike.c: is it positively another protocol? Then it passes
 *	   v
 *	rg_media.sides[direction]
 *	   |-- fast          the packet before, where its stream is decided
 *	   |-- streams[]     one state an SSRC: continuity, then evidence
 *	   |-- shared        the SSRCs that have none
 *	   |-- rtcp          evidence of its chain and of SRTCP's trailer
 *	   `-- contradicted  RTP-shaped, but not RTP
 *
 * One packet is never enough to call a flow RTP: SSRC, sequence number and
 * timestamp have to go on over RG_CONTINUITY_MIN packets. Ports are not looked
 * at. Once a stream is recognised, evidence about its payload may decide its
 * protection; evidence is a bit with a name, and every verdict shows its bits.
 *
 * What a packet of an unknown SSRC is worth follows from its side: after one
 * stream was shown to be clear, packets in that direction that look like RTP
 * are taken for clear until they show otherwise themselves.
 *
 * The code here is pure: no allocation, no locks, no clock. Time and state are
 * arguments.
 */

/* The order is the order of asking; the first that accepts has the packet. */
static const struct rg_recogniser *const recognisers[] = {
	&rg_rtp_recogniser,
	&rg_rtcp_recogniser,
	&rg_stun_recogniser,
	&rg_dtls_recogniser,
	&rg_zrtp_recogniser,
	&rg_nonrtp_recogniser,
};

/* From best to worst. Unprotected are the last three. */
static const u8 protection_rank[] = {
	[RTPGUARD_PROTECTION_PROTECTED] = 0,
	[RTPGUARD_PROTECTION_UNIFORM] = 1,
	[RTPGUARD_PROTECTION_UNDETERMINED] = 2,
	[RTPGUARD_PROTECTION_SUSPECTED] = 3,
	[RTPGUARD_PROTECTION_EXPOSED] = 4,
	[RTPGUARD_PROTECTION_NULL] = 5,
	[RTPGUARD_PROTECTION_CLEAR] = 6,
};

/**
 * rg_protection_worse() - order two protections
 * @a: enum rtpguard_protection
 * @b: enum rtpguard_protection
 *
 * Context: any.
 * Return: true when @a is worse for the user than @b.
 */
bool rg_protection_worse(u8 a, u8 b)
{
	return protection_rank[a] > protection_rank[b];
}

/**
 * rg_classes() - what the recognisers can name
 *
 * Context: any.
 * Return: bitmap of enum rtpguard_class.
 */
u32 rg_classes(void)
{
	u32 classes = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(recognisers); i++)
		classes |= recognisers[i]->classes;
	return classes;
}

/*
 * Strict holds what has RTP's shape, and a request that is sent once is lost
 * then. Once media was recognised in a direction, nothing there is excused.
 */
static bool excused(const struct rg_media *media, const struct rg_packet *pkt)
{
	return (!media || !media->sides[pkt->dir].media) && rg_lookalike(pkt);
}

/*
 * What goes on just as the packet before, of a stream that is decided, needs
 * neither a parser nor a search. Its first eight bytes are one number here: the
 * sequence number is one higher, and the timestamp below it no further than
 * RG_TS_AHEAD_MAX. Where one of both wraps, it is looked at closely; but for one
 * that wraps just where the number above it makes up for that: a packet lost, or
 * a payload type one higher. That passes for one step, as it may once in a wrap.
 */
static inline bool feed_decided(struct rg_fast *fast, const struct rg_packet *pkt,
				struct rg_answer *ans)
{
	struct rg_stream *stream = fast->stream;
	struct rg_cur cur;
	u64 head;
	u32 ssrc;

	if (!stream || pkt->wire_len != fast->wire_len)
		return false;
	rg_cur_init(&cur, pkt->data, pkt->len);
	head = rg_cur_be64(&cur) & ~RG_FAST_MARKER;
	ssrc = rg_cur_be32(&cur);
	if (cur.err || ssrc != fast->ssrc ||
	    head - fast->head - RG_FAST_SEQ_STEP > RG_TS_AHEAD_MAX)
		return false;
	if (stream->protection != RTPGUARD_PROTECTION_CLEAR) {
		if (stream->burst || stream->skipped >= RG_RETEST_ONE_IN - 1)
			return false;
		stream->skipped++;
	}
	fast->head = head;
	stream->seen = stream->seen << 1 | 1;
	stream->seq = head >> 32;
	stream->ts = head;
	stream->packets++;
	stream->last_ms = pkt->now_ms;
	*ans = fast->answer;
	return true;
}

/* What is no media has no stream to speak for it. */
static noinline void bystander(struct rg_media *media, const struct rg_packet *pkt,
			       struct rg_answer *ans)
{
	if (ans->shape == RG_SHAPE_OTHER && pkt->carried)
		ans->class = RTPGUARD_CLASS_TURN;
	if (media)
		media->accompanied |= BIT(ans->class);
}

/* What was seen to begin in this flow knows its own. */
static noinline bool goes_on(struct rg_media *media, const struct rg_packet *pkt,
			     struct rg_answer *ans)
{
	/* DTLS 1.3 has little to know it by, and is asked last. */
	return (media->nonrtp.begun && rg_nonrtp_goes_on(media, pkt, ans)) ||
	       (media->dtls.begun && rg_handshake_goes_on(media, pkt, ans));
}

/* Not inline: what is decided shall not pay for its registers. */
static noinline void feed(struct rg_media *media, const struct rg_packet *pkt,
			  struct rg_answer *ans)
{
	const struct rg_recogniser *recogniser;
	union rg_parsed parsed;
	size_t i;

	memset(ans, 0, sizeof(*ans));
	if (media && media->begun && goes_on(media, pkt, ans))
		return;
	for (i = 0; i < ARRAY_SIZE(recognisers); i++) {
		recogniser = recognisers[i];
		if (!recogniser->parse(pkt, &parsed))
			continue;
		if (recogniser->shape == RG_SHAPE_RTP && excused(media, pkt))
			continue;
		ans->shape = recogniser->shape;
		ans->hold = ans->shape == RG_SHAPE_RTP;
		if (!rg_shape_is_media(ans->shape)) {
			ans->class = recogniser->alone;
			bystander(media, pkt, ans);
		}
		if (media && recogniser->feed)
			recogniser->feed(media, pkt, &parsed, ans);
		return;
	}
	bystander(media, pkt, ans);
}

/**
 * rg_feed() - classify one datagram of a flow
 * @media: state of the flow, or NULL to ask for the shape alone
 * @pkt: the datagram
 * @ans: filled in any case
 *
 * Without a state, @ans->shape says whether the flow is worth one, and
 * @ans->hold whether strict has to hold the packet if no state can be had.
 *
 * Context: any; the caller serialises callers of the same @media.
 */
void rg_feed(struct rg_media *media, const struct rg_packet *pkt,
	     struct rg_answer *ans)
{
	if (!media || !feed_decided(&media->sides[pkt->dir].fast, pkt, ans))
		feed(media, pkt, ans);
}

/**
 * rg_media_undecided() - may a stream need memory for a test?
 * @media: state of the flow
 *
 * One that is being tested, or starts with it. Asked after a change only.
 *
 * Context: as for rg_feed().
 */
bool rg_media_undecided(const struct rg_media *media)
{
	const struct rg_stream *stream;
	u32 dir, i;

	for (dir = 0; dir < RG_DIRS; dir++) {
		for (i = 0; i < RG_STREAMS_MAX; i++) {
			stream = &media->sides[dir].streams[i];
			if (stream->packets && (!stream->decided_at ||
						rg_stream_is_anew(stream)))
				return true;
		}
	}
	return false;
}

/**
 * rg_media_hungry() - would memory for a content test be of use?
 * @media: state of the flow
 * @pkt: the datagram that is fed next
 *
 * Asked before rg_feed(): without memory a stream is not tested. Where all
 * streams are decided, @pkt may be the first of another.
 *
 * Context: as for rg_feed().
 */
bool rg_media_hungry(const struct rg_media *media, const struct rg_packet *pkt)
{
	return !media->spare &&
	       (!media->sated || rg_stream_begins(&media->sides[pkt->dir], pkt));
}

/**
 * rg_media_give() - give memory for a content test
 * @media: state of the flow that is hungry
 * @content: memory, need not be zeroed
 *
 * Context: as for rg_feed().
 */
void rg_media_give(struct rg_media *media, struct rg_content *content)
{
	media->spare = content;
}

/**
 * rg_media_take() - take memory back that is not needed any more
 * @media: state of the flow
 *
 * Asked after rg_feed().
 *
 * Context: as for rg_feed().
 * Return: what the caller frees, or NULL.
 */
struct rg_content *rg_media_take(struct rg_media *media)
{
	struct rg_content *content = media->spare;

	if (!media->sated)
		return NULL;
	media->spare = NULL;
	return content;
}

/**
 * rg_media_is_proven() - has a direction a stream that is encrypted?
 * @media: state of the flow
 * @dir: enum rg_dir
 *
 * Context: as for rg_feed().
 */
bool rg_media_is_proven(const struct rg_media *media, u8 dir)
{
	u32 i;

	for (i = 0; i < RG_STREAMS_MAX; i++) {
		if (rg_protection_tested(media->sides[dir].streams[i].protection))
			return true;
	}
	return false;
}

static struct rg_content *side_drain(struct rg_side *side)
{
	struct rg_content *content;
	u32 i;

	for (i = 0; i < RG_STREAMS_MAX; i++) {
		content = side->streams[i].content;
		side->streams[i].content = NULL;
		if (content)
			return content;
	}
	content = side->shared.content;
	side->shared.content = NULL;
	return content;
}

/**
 * rg_media_drain() - take all memory back, for a state that is given up
 * @media: state of the flow
 *
 * Context: as for rg_feed().
 * Return: what the caller frees, one at a time; NULL at the end.
 */
struct rg_content *rg_media_drain(struct rg_media *media)
{
	struct rg_content *content = media->spare;
	u32 dir;

	media->spare = NULL;
	for (dir = 0; dir < RG_DIRS && !content; dir++)
		content = side_drain(&media->sides[dir]);
	return content;
}

static void summary_add(struct rg_summary *sum, u8 class, u8 protection,
			u64 evidence, u64 decided_at)
{
	if (sum->class != RTPGUARD_CLASS_UNKNOWN &&
	    !rg_protection_worse(protection, sum->protection))
		return;
	sum->class = class;
	sum->protection = protection;
	sum->evidence = evidence;
	sum->packets_before_verdict = decided_at;
}

/**
 * rg_summary_merge() - the worst of two flows, or of what two peers have of one
 * @sum: of the one; becomes that of both
 * @other: of the other
 *
 * Context: any.
 */
void rg_summary_merge(struct rg_summary *sum, const struct rg_summary *other)
{
	u32 ssrcs = sum->ssrcs + other->ssrcs;

	/* Without evidence it is nothing but a name, and STUN leads to each relay. */
	if (rg_protection_worse(other->protection, sum->protection) ||
	    sum->class == RTPGUARD_CLASS_UNKNOWN ||
	    (!sum->evidence && other->evidence) ||
	    (!sum->evidence && sum->class == RTPGUARD_CLASS_STUN &&
	     other->class == RTPGUARD_CLASS_TURN))
		*sum = *other;
	sum->ssrcs = ssrcs;
}

static bool has_place(const struct rg_side *side, u32 ssrc)
{
	u32 i;

	for (i = 0; i < RG_STREAMS_MAX; i++) {
		if (rg_stream_recognised(&side->streams[i]) &&
		    side->streams[i].ssrc == ssrc)
			return true;
	}
	return false;
}

static void summary_add_notes(struct rg_summary *sum, const struct rg_media *media)
{
	const struct rg_note *note;
	u32 i;

	for (i = 0; i < RG_NOTES_MAX; i++) {
		note = &media->notes[i];
		if (note->protection == RTPGUARD_PROTECTION_UNDETERMINED ||
		    has_place(&media->sides[note->dir], note->ssrc))
			continue;
		sum->ssrcs++;
		summary_add(sum, rg_protection_tested(note->protection) ?
			    RTPGUARD_CLASS_SRTP : RTPGUARD_CLASS_RTP,
			    note->protection, note->evidence, note->decided_at);
	}
}

static void summary_name(struct rg_summary *sum, u32 accompanied)
{
	/* What tells more comes first. */
	static const u8 names[] = {
		RTPGUARD_CLASS_DTLS, RTPGUARD_CLASS_ZRTP,
		RTPGUARD_CLASS_TURN, RTPGUARD_CLASS_STUN,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (sum->class == RTPGUARD_CLASS_UNKNOWN &&
		    accompanied & BIT(names[i]))
			sum->class = names[i];
	}
}

/**
 * rg_media_summary() - the worst of a flow's streams
 * @media: state of the flow
 * @sum: filled
 *
 * Where RTP and RTCP are equally bad, RTP names the flow; where there is neither,
 * what else was seen does.
 *
 * Context: as for rg_feed().
 */
void rg_media_summary(const struct rg_media *media, struct rg_summary *sum)
{
	const struct rg_rtcp_state *rtcp;
	const struct rg_stream *stream;
	u32 dir, i;

	memset(sum, 0, sizeof(*sum));
	for (dir = 0; dir < RG_DIRS; dir++) {
		for (i = 0; i < RG_STREAMS_MAX; i++) {
			stream = &media->sides[dir].streams[i];
			if (!rg_stream_recognised(stream))
				continue;
			sum->ssrcs++;
			summary_add(sum, stream->class, stream->protection,
				    stream->evidence, stream->decided_at);
		}
		stream = &media->sides[dir].shared;
		if (rg_stream_recognised(stream))
			summary_add(sum, stream->class, stream->protection,
				    stream->evidence, stream->decided_at);
	}
	summary_add_notes(sum, media);
	if (media->nonrtp.class != RTPGUARD_CLASS_UNKNOWN)
		summary_add(sum, media->nonrtp.class, media->nonrtp.protection,
			    media->nonrtp.evidence, media->nonrtp.decided_at);
	for (dir = 0; dir < RG_DIRS; dir++) {
		rtcp = &media->sides[dir].rtcp;
		if (rg_rtcp_recognised(rtcp))
			summary_add(sum, rtcp->decided_at ? rtcp->class :
							    RTPGUARD_CLASS_RTCP,
				    rtcp->protection, rtcp->evidence,
				    rtcp->decided_at);
	}
	if (sum->class == RTPGUARD_CLASS_UNKNOWN) {
		summary_name(sum, media->accompanied);
		return;
	}
	sum->evidence |= media->evidence;
	if (media->dtls.null && sum->ssrcs &&
	    !rg_protection_worse(sum->protection, RTPGUARD_PROTECTION_NULL)) {
		sum->class = RTPGUARD_CLASS_SRTP;
		sum->protection = RTPGUARD_PROTECTION_NULL;
	}
}
