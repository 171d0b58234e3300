// SPDX-License-Identifier: GPL-2.0
#include "rtcp.h"
#include "classify.h"
#include "cursor.h"
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

static void feed(struct rg_side *side, const struct rg_packet *pkt,
		 const union rg_parsed *parsed, struct rg_answer *ans)
{
	const struct rg_rtcp *rtcp = &parsed->rtcp;
	struct rg_rtcp_state *state = &side->rtcp;
	bool known;
	bool clear;

	/* Another sender, and nothing shown so far: begin anew. */
	if (state->ssrc != rtcp->ssrc && !state->decided_at)
		memset(state, 0, sizeof(*state));
	known = rg_rtcp_recognised(state);
	clear = chain_decides(state, rtcp);
	state->ssrc = rtcp->ssrc;
	state->packets++;
	state->sender |= rtcp->sender;
	if (clear && !state->decided_at) {
		state->decided_at = state->packets;
		state->evidence |= RTPGUARD_EVIDENCE_RTCP_CHAIN;
		ans->changed = true;
	}
	ans->subject = side->media || state->sender ?
		       RTPGUARD_SUBJECT_MEDIA : RTPGUARD_SUBJECT_CONTROL;
	if (!rg_rtcp_recognised(state))
		return;
	ans->changed |= !known;
	ans->class = RTPGUARD_CLASS_RTCP;
	ans->protection = clear ? RTPGUARD_PROTECTION_CLEAR :
				  RTPGUARD_PROTECTION_UNDETERMINED;
	ans->evidence = clear ? state->evidence : 0;
}

const struct rg_recogniser rg_rtcp_recogniser = {
	.shape = RG_SHAPE_RTCP,
	.classes = BIT(RTPGUARD_CLASS_RTCP),
	.parse = parse,
	.feed = feed,
};
