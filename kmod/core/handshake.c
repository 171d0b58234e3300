// SPDX-License-Identifier: GPL-2.0
#include "classify.h"

#include <uapi/linux/rtpguard.h>

/**
 * DOC: What a handshake is worth
 *
 * DTLS and ZRTP run on the 5-tuple of the media that they are for. That one came to
 * its end is no proof: it may be replayed, and what follows may be in clear for all
 * that. So it vouches for the flow's media in both directions, and media that agrees
 * with it is protected after 16 packets instead of uniform after 48. What was clear
 * before it is tested anew, once for each handshake that begins to vouch.
 *
 *	DTLS    hello, hello, both encrypt       -> dtls-done, or dtls-null
 *	ZRTP    Commit, Confirm1, Confirm2       -> zrtp-confirmed
 *	        GoClear                          -> nothing vouches any more
 */

static u64 vouchers(const struct rg_media *media)
{
	u64 evidence = 0;

	if (media->dtls.done && !media->dtls.null)
		evidence |= RTPGUARD_EVIDENCE_DTLS_DONE;
	if (media->zrtp.done)
		evidence |= RTPGUARD_EVIDENCE_ZRTP_CONFIRMED;
	return evidence;
}

static void notes_change(struct rg_media *media, u8 from, u8 to)
{
	u32 i;

	for (i = 0; i < RG_NOTES_MAX; i++) {
		if (media->notes[i].protection == from)
			media->notes[i].protection = to;
	}
}

/* What was found of its media says nothing of what comes now. */
static void unvouch(struct rg_media *media)
{
	struct rg_side *side;
	u32 dir, i;

	for (dir = 0; dir < RG_DIRS; dir++) {
		side = &media->sides[dir];
		for (i = 0; i < RG_STREAMS_MAX; i++) {
			rg_stream_unvouch(&side->streams[i]);
			if (rg_stream_is_anew(&side->streams[i]))
				side->streams[i].burst = 0;
		}
		side->proven = false;
	}
	for (i = 0; i < RG_NOTES_MAX; i++)
		media->notes[i].anew = false;
	notes_change(media, RTPGUARD_PROTECTION_PROTECTED,
		     RTPGUARD_PROTECTION_UNDETERMINED);
	notes_change(media, RTPGUARD_PROTECTION_UNIFORM,
		     RTPGUARD_PROTECTION_UNDETERMINED);
	media->sated = !rg_media_undecided(media);
}

/* Readable RTCP was evidence of what was sent then. */
static void rtcp_renew(struct rg_rtcp_state *rtcp)
{
	if (rtcp->protection != RTPGUARD_PROTECTION_CLEAR)
		return;
	rtcp->decided_at = 0;
	rtcp->protection = RTPGUARD_PROTECTION_UNDETERMINED;
	rtcp->evidence &= ~RTPGUARD_EVIDENCE_RTCP_CHAIN;
	rtcp->shown = RTPGUARD_PROTECTION_UNDETERMINED;
	rtcp->exact_run = 0;
}

/* A handshake begins to vouch: what was clear may be encrypted from now on. */
static void renew(struct rg_media *media)
{
	struct rg_side *side;
	u32 dir, i;

	for (dir = 0; dir < RG_DIRS; dir++) {
		side = &media->sides[dir];
		for (i = 0; i < RG_STREAMS_MAX; i++)
			rg_stream_renew(&side->streams[i]);
		rtcp_renew(&side->rtcp);
	}
	for (i = 0; i < RG_NOTES_MAX; i++)
		media->notes[i].anew = media->notes[i].protection ==
				       RTPGUARD_PROTECTION_CLEAR;
	media->sated = !rg_media_undecided(media);
}

static void vouch(struct rg_media *media)
{
	struct rg_side *side;
	u32 dir, i;

	for (dir = 0; dir < RG_DIRS; dir++) {
		side = &media->sides[dir];
		for (i = 0; i < RG_STREAMS_MAX; i++) {
			rg_stream_vouch(&side->streams[i], media->vouched);
			if (side->streams[i].protection ==
			    RTPGUARD_PROTECTION_PROTECTED) {
				side->proven = true;
				side->credit = RG_CREDIT_MAX;
			}
		}
	}
	notes_change(media, RTPGUARD_PROTECTION_UNIFORM,
		     RTPGUARD_PROTECTION_PROTECTED);
}

/* What is said of the media has changed: each stream has to look at it. */
static void changed(struct rg_media *media, struct rg_answer *ans)
{
	u32 dir;

	ans->changed = true;
	for (dir = 0; dir < RG_DIRS; dir++)
		media->sides[dir].fast.stream = NULL;
}

/* Bring the media up to date with its handshakes. */
static void conclude(struct rg_media *media, struct rg_answer *ans)
{
	u64 vouched = vouchers(media);
	u64 evidence = media->evidence;
	u64 before = media->vouched;

	if (media->dtls.null)
		media->evidence |= RTPGUARD_EVIDENCE_DTLS_NULL;
	if (rg_dtls_offers_null(&media->dtls))
		media->evidence |= RTPGUARD_EVIDENCE_DTLS_NULL_OFFERED;
	if (vouched == before && evidence == media->evidence)
		return;
	if (before & ~vouched)
		unvouch(media);
	media->vouched = vouched;
	if (vouched)
		vouch(media);
	if (vouched & ~before)
		renew(media);
	changed(media, ans);
}

static bool dtls_read(struct rg_media *media, const struct rg_packet *pkt,
		      struct rg_answer *ans)
{
	bool null = media->dtls.null;

	if (!rg_dtls_read(&media->dtls, pkt))
		return false;
	if (null != media->dtls.null)
		changed(media, ans);
	conclude(media, ans);
	return true;
}

/**
 * rg_handshake_goes_on() - is a datagram of a handshake that has begun?
 * @media: state of the flow
 * @pkt: the datagram
 * @ans: filled when the answer is true
 *
 * By itself a datagram of DTLS that is encrypted is not to be told from others.
 *
 * Context: whatever protects the state.
 */
bool rg_handshake_goes_on(struct rg_media *media, const struct rg_packet *pkt,
			  struct rg_answer *ans)
{
	if (!dtls_read(media, pkt, ans))
		return false;
	ans->shape = RG_SHAPE_HANDSHAKE;
	ans->class = RTPGUARD_CLASS_DTLS;
	return true;
}

static bool dtls_parse(const struct rg_packet *pkt, union rg_parsed *parsed)
{
	return rg_dtls_parse(pkt);
}

static void dtls_feed(struct rg_media *media, const struct rg_packet *pkt,
		      const union rg_parsed *parsed, struct rg_answer *ans)
{
	dtls_read(media, pkt, ans);
	media->begun |= media->dtls.begun;
}

static bool zrtp_parse(const struct rg_packet *pkt, union rg_parsed *parsed)
{
	return rg_zrtp_parse(pkt, &parsed->zrtp_msg);
}

static void zrtp_feed(struct rg_media *media, const struct rg_packet *pkt,
		      const union rg_parsed *parsed, struct rg_answer *ans)
{
	rg_zrtp_read(&media->zrtp, pkt->dir, parsed->zrtp_msg);
	if (parsed->zrtp_msg == RG_ZRTP_GO_CLEAR) {
		media->evidence |= RTPGUARD_EVIDENCE_GOCLEAR;
		unvouch(media);
		changed(media, ans);
	}
	conclude(media, ans);
}

const struct rg_recogniser rg_dtls_recogniser = {
	.shape = RG_SHAPE_HANDSHAKE,
	.alone = RTPGUARD_CLASS_DTLS,
	.classes = BIT(RTPGUARD_CLASS_DTLS),
	.parse = dtls_parse,
	.feed = dtls_feed,
};

const struct rg_recogniser rg_zrtp_recogniser = {
	.shape = RG_SHAPE_HANDSHAKE,
	.alone = RTPGUARD_CLASS_ZRTP,
	.classes = BIT(RTPGUARD_CLASS_ZRTP),
	.parse = zrtp_parse,
	.feed = zrtp_feed,
};
