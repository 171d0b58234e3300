// SPDX-License-Identifier: GPL-2.0
#include "nonrtp.h"
#include "classify.h"
#include "cursor.h"
#include "framer.h"
#include "rtp.h"

#include <uapi/linux/rtpguard.h>

/**
 * DOC: Media that is not RTP
 *
 * RTMP is named by what cuts it out of its connection (framer.c). MPEG-TS and T.38 are
 * recognised by what every datagram of them is, Zoom by the RTP in every one; SRT and
 * IAX2 by how they begin, for later most of their datagrams look like any other:
 *
 *	datagram -> begins?                        -> a state, and its begun bit
 *	         -> goes on with what has begun?   -> class, protection
 *
 * None is looked into for structure. Their own headers say whether the payload is
 * encrypted, and are taken at their word: who lies there disguises media. MPEG-TS
 * that is scrambled, and RTMPE, are not called protected: both are long broken. Zoom's
 * says nothing: its media stays undetermined.
 */

/* What a protocol said of a datagram. */
struct finding {
	u8 class;
	u8 protection;
	u64 evidence;
	bool known;	/* the class is recognised */
	bool media;	/* it carries media, and no control */
};

static void finding_set(struct finding *finding, bool clear, bool secret)
{
	finding->known = true;
	if (clear) {
		finding->protection = RTPGUARD_PROTECTION_CLEAR;
		finding->evidence = RTPGUARD_EVIDENCE_HEADER_CLEAR;
	} else if (secret) {
		finding->evidence = RTPGUARD_EVIDENCE_HEADER_SECRET;
		if (finding->class != RTPGUARD_CLASS_MPEGTS &&
		    finding->class != RTPGUARD_CLASS_RTMP)
			finding->protection = RTPGUARD_PROTECTION_PROTECTED;
	}
}

/* A piece of a stream that is not known yet is not told from RTP by its first byte. */
static bool mpegts_read(const struct rg_nonrtp *nonrtp, const struct rg_packet *pkt,
			struct rg_mpegts *mpegts)
{
	bool known = nonrtp->class == RTPGUARD_CLASS_MPEGTS;
	struct rg_cur cur;

	rg_cur_init(&cur, pkt->data, pkt->len);
	return rg_mpegts_parse(pkt, mpegts) ||
	       ((known || rg_cur_u8(&cur) >> 6 != RG_RTP_VERSION) &&
		rg_mpegts_cut(pkt, mpegts));
}

/* Return: true when the datagram is of that protocol. */
static bool mpegts_feed(struct rg_nonrtp *nonrtp, const struct rg_packet *pkt,
			struct finding *finding)
{
	struct rg_mpegts mpegts;
	u8 answer;

	finding->media = true;
	if (!mpegts_read(nonrtp, pkt, &mpegts))
		return false;
	answer = rg_mpegts_feed(&nonrtp->mpegts[pkt->dir], pkt, &mpegts);
	if (answer != RG_MPEGTS_NOT_YET)
		finding_set(finding, answer == RG_MPEGTS_CLEAR,
			    answer == RG_MPEGTS_SECRET);
	return true;
}

static bool t38_feed(struct rg_nonrtp *nonrtp, const struct rg_packet *pkt,
		     struct finding *finding)
{
	struct rg_t38 t38;

	if (!rg_t38_parse(pkt, &t38))
		return false;
	finding->media = true;
	if (rg_t38_feed(&nonrtp->t38[pkt->dir], pkt, &t38) == RG_T38_CLEAR)
		finding_set(finding, true, false);
	return true;
}

static bool srt_feed(struct rg_nonrtp *nonrtp, const struct rg_packet *pkt,
		     struct finding *finding)
{
	struct rg_srt srt;
	u8 answer;

	if (!rg_srt_parse(pkt, &srt))
		return false;
	answer = rg_srt_feed(&nonrtp->srt, pkt, &srt);
	finding->media = srt.kind == RG_SRT_DATA;
	if (answer == RG_SRT_NOT_YET)
		return srt.kind == RG_SRT_HANDSHAKE;
	finding_set(finding, answer == RG_SRT_CLEAR, answer == RG_SRT_SECRET);
	return true;
}

static bool iax2_feed(struct rg_nonrtp *nonrtp, const struct rg_packet *pkt,
		      struct finding *finding)
{
	struct rg_iax2 iax2;
	u8 answer;

	if (!rg_iax2_parse(pkt, &iax2))
		return false;
	answer = rg_iax2_feed(&nonrtp->iax2, pkt, &iax2);
	finding->media = iax2.kind != RG_IAX2_CONTROL;
	if (answer == RG_IAX2_NOT_YET)
		return !iax2.mini;
	finding_set(finding, answer == RG_IAX2_CLEAR, answer == RG_IAX2_SECRET);
	return true;
}

static bool zoom_feed(struct rg_nonrtp *nonrtp, const struct rg_packet *pkt,
		      struct finding *finding)
{
	struct rg_zoom zoom;

	if (!rg_zoom_parse(pkt, &zoom))
		return false;
	finding->media = true;
	finding->known = rg_zoom_feed(&nonrtp->zoom[pkt->dir], &zoom);
	if (finding->known)
		finding->evidence = RTPGUARD_EVIDENCE_RTP_CONTINUITY;
	return true;
}

/* RTMPE shows no messages. Whoever sits in the path has its keys, too. */
static bool rtmp_feed(struct rg_nonrtp *nonrtp, const struct rg_packet *pkt,
		      struct finding *finding)
{
	struct rg_frame frame = { .type = pkt->type };
	bool clear;

	if (pkt->framing != RG_FRAMING_RTMP)
		return false;
	clear = rg_rtmp_is_media(&frame);
	/* Behind media in clear, no message of which can be told from others. */
	if (pkt->type == RG_RTMP_UNREADABLE)
		clear = nonrtp->protection == RTPGUARD_PROTECTION_CLEAR;
	finding->media = clear || pkt->type == RG_RTMP_ENCRYPTED ||
			 pkt->type == RG_RTMP_UNREADABLE;
	finding_set(finding, clear, pkt->type == RG_RTMP_ENCRYPTED);
	return true;
}

static const struct {
	u8 class;
	bool (*feed)(struct rg_nonrtp *nonrtp, const struct rg_packet *pkt,
		     struct finding *finding);
} protocols[] = {
	{ RTPGUARD_CLASS_RTMP, rtmp_feed },
	{ RTPGUARD_CLASS_MPEGTS, mpegts_feed },
	{ RTPGUARD_CLASS_SRT, srt_feed },
	{ RTPGUARD_CLASS_IAX2, iax2_feed },
	{ RTPGUARD_CLASS_T38, t38_feed },
	{ RTPGUARD_CLASS_ZOOM, zoom_feed },
};

/*
 * T.38 is asked for only where its sequence number begins: the two bytes in front of
 * all the others say nothing.
 */
static bool t38_begins(const struct rg_packet *pkt)
{
	struct rg_t38 t38;

	return rg_t38_parse(pkt, &t38) && t38.seq < RG_NONRTP_T38_FIRST_MAX;
}

/**
 * rg_nonrtp_begins() - is a datagram, by itself, of one of these protocols?
 * @pkt: the datagram
 *
 * Context: any.
 * Return: enum rtpguard_class, or RTPGUARD_CLASS_UNKNOWN.
 */
u8 rg_nonrtp_begins(const struct rg_packet *pkt)
{
	struct rg_mpegts mpegts;
	struct rg_zoom zoom;

	if (pkt->framing == RG_FRAMING_RTMP)
		return RTPGUARD_CLASS_RTMP;
	if (rg_mpegts_parse(pkt, &mpegts))
		return RTPGUARD_CLASS_MPEGTS;
	if (rg_srt_control(pkt))
		return RTPGUARD_CLASS_SRT;
	if (rg_iax2_control(pkt))
		return RTPGUARD_CLASS_IAX2;
	if (rg_zoom_parse(pkt, &zoom))
		return RTPGUARD_CLASS_ZOOM;
	return t38_begins(pkt) ? RTPGUARD_CLASS_T38 : RTPGUARD_CLASS_UNKNOWN;
}

/* Of a flow the worst that its media has shown; what shows nothing changes nothing. */
static void finding_note(struct rg_nonrtp *nonrtp, const struct finding *finding,
			 struct rg_answer *ans)
{
	nonrtp->packets += finding->media;
	if (!finding->known)
		return;
	if (nonrtp->class == RTPGUARD_CLASS_UNKNOWN) {
		nonrtp->class = finding->class;
		ans->changed = true;
	}
	if (!finding->media)
		return;
	nonrtp->evidence |= finding->evidence;
	if (finding->protection == RTPGUARD_PROTECTION_UNDETERMINED ||
	    (nonrtp->decided_at &&
	     !rg_protection_worse(finding->protection, nonrtp->protection)))
		return;
	nonrtp->class = finding->class;
	nonrtp->protection = finding->protection;
	nonrtp->decided_at = nonrtp->packets;
	ans->changed = true;
}

static void finding_answer(struct rg_nonrtp *nonrtp, const struct finding *finding,
			   struct rg_answer *ans)
{
	ans->shape = RG_SHAPE_NONRTP;
	ans->subject = RTPGUARD_SUBJECT_MEDIA;
	finding_note(nonrtp, finding, ans);
	if (finding->media)
		ans->passed = &nonrtp->passed;
	if (!finding->known)
		return;
	ans->class = finding->class;
	if (!finding->media)
		return;
	ans->protection = finding->protection;
	ans->evidence = finding->evidence;
	ans->hold = finding->protection == RTPGUARD_PROTECTION_UNDETERMINED;
}

/**
 * rg_nonrtp_goes_on() - does a datagram go on with what has begun?
 * @media: state of the flow
 * @pkt: the datagram
 * @ans: filled when the answer is true
 *
 * Context: whatever protects the state.
 */
bool rg_nonrtp_goes_on(struct rg_media *media, const struct rg_packet *pkt,
		       struct rg_answer *ans)
{
	struct finding finding = { 0 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(protocols); i++) {
		if (!(media->nonrtp.begun & BIT(protocols[i].class)))
			continue;
		memset(&finding, 0, sizeof(finding));
		finding.class = protocols[i].class;
		if (protocols[i].feed(&media->nonrtp, pkt, &finding)) {
			finding_answer(&media->nonrtp, &finding, ans);
			return true;
		}
	}
	return false;
}

static bool parse(const struct rg_packet *pkt, union rg_parsed *parsed)
{
	parsed->class = rg_nonrtp_begins(pkt);
	return parsed->class != RTPGUARD_CLASS_UNKNOWN;
}

/* The first of its protocol; of those that have begun none comes here. */
static void feed(struct rg_media *media, const struct rg_packet *pkt,
		 const union rg_parsed *parsed, struct rg_answer *ans)
{
	media->begun = true;
	media->nonrtp.begun |= BIT(parsed->class);
	rg_nonrtp_goes_on(media, pkt, ans);
}

const struct rg_recogniser rg_nonrtp_recogniser = {
	.shape = RG_SHAPE_NONRTP,
	.classes = BIT(RTPGUARD_CLASS_RTMP) | BIT(RTPGUARD_CLASS_MPEGTS) | BIT(RTPGUARD_CLASS_SRT) |
		   BIT(RTPGUARD_CLASS_IAX2) | BIT(RTPGUARD_CLASS_T38) | BIT(RTPGUARD_CLASS_ZOOM),
	.parse = parse,
	.feed = feed,
};
