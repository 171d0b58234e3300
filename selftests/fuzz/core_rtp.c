// SPDX-License-Identifier: GPL-2.0
/*
 * One datagram through every parser of the core: RTP, RTCP, and what looks like
 * them. The first two bytes of the input say, low first, how much longer the
 * datagram was on the wire than its copy is.
 */
#include "core/classify.h"
#include "core/lookalike.h"
#include "require.h"

#define HEAD_LEN 2

static bool (*const lookalikes[])(const struct rg_packet *pkt) = {
	rg_dns_parse, rg_bacnet_parse, rg_ike_parse, rg_quic_parse,
	rg_rpc_call_parse, rg_rpc_reply_parse, rg_rx_parse,
	rg_raknet_frames_parse, rg_raknet_nack_parse, rg_kcp_parse,
	rg_kcp_token_parse, rg_crynet_parse, rg_ntp_parse,
	rg_synchrophasor_parse, rg_lisp_parse, rg_srt_control, rg_iax2_control,
};

static void rtp_check(const struct rg_packet *pkt, const struct rg_rtp *rtp)
{
	struct rg_packet cut = *pkt;
	struct rg_rtp again;

	require(rtp->pt < 128);
	/* Of RTCP's types only what is too short for its length. */
	require(!rtp->marker || rtp->pt < 64 || rtp->pt > 95 ||
		rtp->seq >= pkt->wire_len / 4);
	require(rtp->payload_off >= 12 && rtp->payload_off % 4 == 0);
	require(rtp->payload_off <= pkt->wire_len);
	require(rtp->payload_len == pkt->wire_len - rtp->payload_off);
	require(!rg_rtp_static_length(rtp) || rg_rtp_static_type(rtp));
	/* The payload is not looked at: without it the answer is the same. */
	if (cut.len > rtp->payload_off)
		cut.len = rtp->payload_off;
	require(rg_rtp_parse(&cut, &again));
	require(again.pt == rtp->pt && again.seq == rtp->seq &&
		again.ts == rtp->ts && again.ssrc == rtp->ssrc &&
		again.marker == rtp->marker && again.padding == rtp->padding &&
		again.payload_off == rtp->payload_off &&
		again.payload_len == rtp->payload_len);
}

static void rtcp_check(const struct rg_packet *pkt, const struct rg_rtcp *rtcp)
{
	require(rtcp->chain && rtcp->chain <= RG_RTCP_CHAIN_MAX);
	/* 8 bytes of the first packet, 4 of each other. */
	require(pkt->wire_len >= 4 + 4 * rtcp->chain);
	require(!rtcp->exact || pkt->wire_len % 4 == 0);
}

/* Whatever the table asks before, each has to bear any bytes. */
static bool lookalike_any(const struct rg_packet *pkt)
{
	bool any = false;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lookalikes); i++)
		any |= lookalikes[i](pkt);
	return any;
}

static u8 shape_expected(const struct rg_packet *pkt)
{
	struct rg_stun stun;
	struct rg_rtcp rtcp;
	struct rg_rtp rtp;
	u8 msg;
	bool is_rtp = rg_rtp_parse(pkt, &rtp);
	bool is_rtcp = rg_rtcp_parse(pkt, &rtcp);
	bool other = lookalike_any(pkt);
	bool excused = rg_lookalike(pkt);

	/* Their payload types do not overlap (RFC 5761, 4). */
	require(!is_rtp || !is_rtcp);
	require(!excused || (other && pkt->len >= 12));
	if (is_rtp)
		rtp_check(pkt, &rtp);
	if (is_rtcp)
		rtcp_check(pkt, &rtcp);
	if (is_rtcp)
		return RG_SHAPE_RTCP;
	if (is_rtp && !excused)
		return RG_SHAPE_RTP;
	if (rg_dtls_parse(pkt) || rg_zrtp_parse(pkt, &msg))
		return RG_SHAPE_HANDSHAKE;
	if (rg_stun_parse(pkt, &stun))
		return RG_SHAPE_STUN;
	return rg_nonrtp_begins(pkt) ? RG_SHAPE_NONRTP : RG_SHAPE_OTHER;
}

/* The first datagram of a flow, with and without a state. */
static void answer_check(const struct rg_packet *pkt, u8 shape)
{
	struct rg_media media = { 0 };
	struct rg_answer blind, ans;

	rg_feed(NULL, pkt, &blind);
	rg_feed(&media, pkt, &ans);
	require(blind.shape == shape && ans.shape == shape);
	require(blind.hold == (shape == RG_SHAPE_RTP));
	require(ans.hold == blind.hold);
	require(!blind.stream && !blind.passed && !blind.evidence);
	require(!ans.duplicate && ans.counts == RG_COUNTS_NOTHING);
	/* One is never enough to call a flow RTP. */
	require(shape != RG_SHAPE_RTP || !ans.class);
	require(rg_shape_is_media(shape) || ans.class == blind.class);
	require(shape != RG_SHAPE_RTP || !ans.changed);
	require(!ans.passed || shape == RG_SHAPE_RTP || shape == RG_SHAPE_NONRTP);
	require(!rg_media_drain(&media));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct rg_packet pkt = { .now_ms = 1 };
	u8 *copy;

	if (size < HEAD_LEN)
		return 0;
	pkt.len = (u32)size - HEAD_LEN;
	pkt.wire_len = pkt.len + data[0] + 256u * data[1];
	copy = malloc(pkt.len ? pkt.len : 1);
	require(copy);
	memcpy(copy, data + HEAD_LEN, pkt.len);
	pkt.data = copy;
	answer_check(&pkt, shape_expected(&pkt));
	free(copy);
	return 0;
}
