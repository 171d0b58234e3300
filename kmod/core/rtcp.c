// SPDX-License-Identifier: GPL-2.0
#include "rtcp.h"
#include "classify.h"
#include "cursor.h"
#include "fold.h"
#include "limits.h"

#include <uapi/linux/rtpguard.h>

#define RTCP_VERSION	2
#define RTCP_PT_FIRST	192	/* RFC 5761, 4 */
#define RTCP_PT_LAST	223
#define RTCP_PT_SR	200

struct rtcp_header {
	bool padding;
	u8 pt;
	u32 len;	/* bytes, header included */
};

static bool header_parse(struct rg_cur *cur, struct rtcp_header *head)
{
	u8 first = rg_cur_u8(cur);

	head->padding = first & 0x20;
	head->pt = rg_cur_u8(cur);
	head->len = 4 * (rg_cur_be16(cur) + 1u);
	return !cur->err && first >> 6 == RTCP_VERSION &&
	       head->pt >= RTCP_PT_FIRST && head->pt <= RTCP_PT_LAST;
}

/**
 * rg_rtcp_parse() - read a datagram as RTCP or SRTCP, by itself
 * @pkt: the datagram
 * @rtcp: filled when the answer is true
 *
 * The first packet's header and SSRC are clear in SRTCP as well, so the answer
 * says "RTCP or SRTCP"; @rtcp->exact tells them apart.
 *
 * Context: any.
 * Return: true when the datagram starts with an RTCP header (RFC 3550, 6.4)
 * whose length fits.
 */
bool rg_rtcp_parse(const struct rg_packet *pkt, struct rg_rtcp *rtcp)
{
	struct rtcp_header head;
	struct rg_cur cur;
	u32 left = pkt->wire_len;
	u32 i;

	memset(rtcp, 0, sizeof(*rtcp));
	rg_cur_init(&cur, pkt->data, pkt->len);
	for (i = 0; i < RG_RTCP_CHAIN_MAX && left; i++) {
		if (!header_parse(&cur, &head) || head.len > left)
			break;
		/* Only the last packet of a compound may be padded. */
		if (head.padding && head.len != left)
			break;
		if (!i) {
			if (head.len < 8)
				return false;
			rtcp->ssrc = rg_cur_be32(&cur);
			rg_cur_skip(&cur, head.len - 8);
		} else {
			rg_cur_skip(&cur, head.len - 4);
		}
		rtcp->sender |= head.pt == RTCP_PT_SR;
		left -= head.len;
		rtcp->chain++;
	}
	rtcp->exact = rtcp->chain && !left;
	return rtcp->chain;
}

/**
 * rg_rtcp_recognised() - is it RTCP or SRTCP that this side sends?
 * @state: RTCP of one side
 *
 * One datagram that starts with an RTCP header may be chance; an exact chain
 * or two with the same SSRC are not.
 *
 * Context: whatever protects the state.
 */
bool rg_rtcp_recognised(const struct rg_rtcp_state *state)
{
	return state->decided_at || state->packets > 1;
}

static bool parse(const struct rg_packet *pkt, union rg_parsed *parsed)
{
	return rg_rtcp_parse(pkt, &parsed->rtcp);
}

/*
 * A chain of two or more RTCP packets that uses up the datagram decides at
 * once (SRTCP has cipher text where the second header would be); a single
 * packet (RFC 5506) may be chance and needs a second one.
 */
static bool chain_decides(struct rg_rtcp_state *state, const struct rg_rtcp *rtcp)
{
	if (!rtcp->exact) {
		state->exact_run = 0;
		return false;
	}
	if (state->exact_run < 2)
		state->exact_run++;
	return rtcp->chain > 1 || state->exact_run > 1;
}

/*
 * Bytes from an SRTCP index to the datagram's end: behind it are MKI and a tag
 * of 10 bytes (RFC 3711, 3.4), or the MKI alone (RFC 7714, 9.2). MKIs of 1 byte
 * (Lync) and of 4 are seen.
 */
static const u8 index_places[RG_SRTCP_PLACES] = { 14, 15, 18, 4, 5, 8 };

/* Return: the index grew where it may be; *word has it. */
static bool index_grows(struct rg_srtcp_index *index, u32 word)
{
	u32 step = (word - index->word) & 0x7fffffff;
	bool grows = index->word && (word ^ index->word) >> 31 == 0 &&
		     step >= 1 && step <= RG_SRTCP_STEP_MAX;

	if (!grows)
		index->run = 0;
	else if (index->run < RG_SRTCP_RUN_MIN)
		index->run++;
	index->word = word;
	return index->run >= RG_SRTCP_RUN_MIN;
}

/*
 * An index with the E bit that grows is SRTCP, one without is SRTCP with the
 * NULL cipher. By chance a word grows so once in 2^25, and twice in 2^50.
 */
static u8 trailer_shows(struct rg_rtcp_state *state, const struct rg_packet *pkt,
			const struct rg_rtcp *rtcp)
{
	u8 shows = RTPGUARD_PROTECTION_UNDETERMINED;
	struct rg_cur cur;
	u32 word;
	u8 i;

	/* Exact RTCP has no trailer, a cut copy does not show it. */
	if (rtcp->exact || pkt->len < pkt->wire_len)
		return shows;
	for (i = 0; i < RG_SRTCP_PLACES; i++) {
		if (pkt->len < 8u + index_places[i])
			continue;
		rg_cur_init(&cur, pkt->data, pkt->len);
		rg_cur_skip(&cur, pkt->len - index_places[i]);
		word = rg_cur_be32(&cur);
		if (index_grows(&state->index[i], word))
			shows = word >> 31 ? RTPGUARD_PROTECTION_UNIFORM :
					     RTPGUARD_PROTECTION_NULL;
	}
	return shows;
}

/*
 * Behind a compound there may be anything, but in front of it no cipher: SRTCP has a
 * valid second header once in 2^17. The NULL cipher has one always.
 */
static u8 shows_by_content(struct rg_rtcp_state *state, const struct rg_packet *pkt,
			   const struct rg_rtcp *rtcp)
{
	u8 trailer = trailer_shows(state, pkt, rtcp);

	if (rtcp->chain < 2)
		state->chains = 0;
	else if (state->chains < RG_RTCP_CHAINS_MIN)
		state->chains++;
	if (chain_decides(state, rtcp) ||
	    (state->chains >= RG_RTCP_CHAINS_MIN && trailer != RTPGUARD_PROTECTION_NULL))
		return RTPGUARD_PROTECTION_CLEAR;
	return trailer;
}

static u32 digest_get(const struct rg_packet *pkt)
{
	struct rg_cur cur;

	rg_cur_init(&cur, pkt->data, pkt->len);
	return rg_fold_some(&cur, RG_RTCP_COPY_BYTES) ^ pkt->wire_len;
}

/*
 * Is it the last datagram, once more? Of an index that does not grow, and of a header
 * that could be chance, two copies say what one does.
 */
static bool is_copy(const struct rg_rtcp_state *state, const struct rg_packet *pkt,
		    u32 digest)
{
	return state->packets && digest == state->digest &&
	       pkt->now_ms - state->last_ms <= RG_RTCP_COPY_MS;
}

static u8 show(struct rg_rtcp_state *state, const struct rg_packet *pkt,
	       const struct rg_rtcp *rtcp)
{
	u32 digest = digest_get(pkt);

	if (is_copy(state, pkt, digest))
		return state->shown;
	state->packets++;
	state->last_ms = pkt->now_ms;
	state->digest = digest;
	state->shown = shows_by_content(state, pkt, rtcp);
	return state->shown;
}

static void decide(struct rg_rtcp_state *state, u8 shows, struct rg_answer *ans)
{
	if (shows == RTPGUARD_PROTECTION_UNDETERMINED)
		return;
	if (!state->decided_at ||
	    rg_protection_worse(shows, state->protection)) {
		state->decided_at = state->packets;
		state->protection = shows;
		state->class = shows == RTPGUARD_PROTECTION_CLEAR ?
			       RTPGUARD_CLASS_RTCP : RTPGUARD_CLASS_SRTCP;
		ans->changed = true;
	}
	if (shows == RTPGUARD_PROTECTION_CLEAR)
		state->evidence |= RTPGUARD_EVIDENCE_RTCP_CHAIN;
	else if (shows == RTPGUARD_PROTECTION_NULL)
		state->evidence |= RTPGUARD_EVIDENCE_SRTCP_NULL;
	else
		state->evidence |= RTPGUARD_EVIDENCE_SRTCP_TRAILER;
}

static void feed(struct rg_media *media, const struct rg_packet *pkt,
		 const union rg_parsed *parsed, struct rg_answer *ans)
{
	struct rg_side *side = &media->sides[pkt->dir];
	const struct rg_rtcp *rtcp = &parsed->rtcp;
	struct rg_rtcp_state *state = &side->rtcp;
	bool known;
	u8 shows;

	/* Another sender, and nothing shown so far: begin anew. */
	if (state->ssrc != rtcp->ssrc && !state->decided_at)
		memset(state, 0, sizeof(*state));
	known = rg_rtcp_recognised(state);
	state->ssrc = rtcp->ssrc;
	state->sender |= rtcp->sender;
	if (pkt->carried)
		state->evidence |= RTPGUARD_EVIDENCE_TURN_CARRIED;
	shows = show(state, pkt, rtcp);
	decide(state, shows, ans);
	/* It is evidence about the stream, which has to look at it. */
	if (ans->changed)
		side->fast.stream = NULL;
	ans->subject = side->media || state->sender ?
		       RTPGUARD_SUBJECT_MEDIA : RTPGUARD_SUBJECT_CONTROL;
	if (!rg_rtcp_recognised(state))
		return;
	ans->changed |= !known;
	ans->class = shows == RTPGUARD_PROTECTION_NULL ||
		     shows == RTPGUARD_PROTECTION_UNIFORM ?
		     RTPGUARD_CLASS_SRTCP : RTPGUARD_CLASS_RTCP;
	ans->protection = shows;
	ans->evidence = shows == RTPGUARD_PROTECTION_UNDETERMINED ?
			0 : state->evidence;
}

const struct rg_recogniser rg_rtcp_recogniser = {
	.shape = RG_SHAPE_RTCP,
	.classes = BIT(RTPGUARD_CLASS_RTCP) | BIT(RTPGUARD_CLASS_SRTCP),
	.parse = parse,
	.feed = feed,
};
