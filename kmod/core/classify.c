// SPDX-License-Identifier: GPL-2.0
#include "classify.h"

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
 *	   |      rtcp.c     RTCP, SRTCP   (payload types 64 to 95)
 *	   |      stream.c   RTP, SRTP
 *	   v
 *	rg_media.sides[direction]
 *	   |-- streams[]     one state an SSRC: continuity, then evidence
 *	   |-- rtcp          chain evidence
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
	&rg_rtcp_recogniser,
	&rg_rtp_recogniser,
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
	union rg_parsed parsed;
	size_t i;

	memset(ans, 0, sizeof(*ans));
	for (i = 0; i < ARRAY_SIZE(recognisers); i++) {
		if (!recognisers[i]->parse(pkt, &parsed))
			continue;
		ans->shape = recognisers[i]->shape;
		ans->hold = ans->shape == RG_SHAPE_RTP;
		if (media)
			recognisers[i]->feed(&media->sides[pkt->dir], pkt,
					     &parsed, ans);
		return;
	}
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
 * rg_media_summary() - the worst of a flow's streams
 * @media: state of the flow
 * @sum: filled
 *
 * Where RTP and RTCP are equally bad, RTP names the flow.
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
	}
	for (dir = 0; dir < RG_DIRS; dir++) {
		rtcp = &media->sides[dir].rtcp;
		if (rg_rtcp_recognised(rtcp))
			summary_add(sum, RTPGUARD_CLASS_RTCP,
				    rtcp->decided_at ? RTPGUARD_PROTECTION_CLEAR :
						       RTPGUARD_PROTECTION_UNDETERMINED,
				    rtcp->evidence, rtcp->decided_at);
	}
}
