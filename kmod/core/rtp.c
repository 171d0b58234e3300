// SPDX-License-Identifier: GPL-2.0
#include "rtp.h"
#include "cursor.h"

/* RFC 5761, 4: types of RTCP, 192 to 223, as the second byte has them. */
#define RTCP_TYPES		6

/*
 * Static payload types (RFC 3551, table 4) whose frames have a length that no
 * authentication tag (4, 8, 10 or 16 bytes) leaves as a multiple of @unit.
 * G.723.1, G.728, G.729, L16 and the video types are not here: with a tag they
 * still fit.
 */
static const struct {
	u8 pt;
	u8 unit;
} static_lengths[] = {
	{ 0, 40 },	/* PCMU, 40 bytes in 5 ms */
	{ 3, 33 },	/* GSM, 33 bytes a frame */
	{ 8, 40 },	/* PCMA */
	{ 9, 40 },	/* G722 */
	{ 33, 188 },	/* MP2T, whole transport stream packets */
};

/**
 * rg_rtp_parse() - read a datagram as RTP, by itself
 * @pkt: the datagram
 * @rtp: filled when the answer is true
 *
 * Accepts what RFC 3550, 5.1 allows: version 2, CSRC list and extension within
 * the datagram. With a marker, payload types 64 to 95 are RTCP's where the sequence
 * number is a length of RTCP that fits (RFC 5761, 4). Padding is not looked at: behind
 * SRTP its count is cipher text. A header longer than the readable bytes (a bounded
 * copy of a huge extension) is taken by what its readable part says.
 *
 * Context: any.
 * Return: true when the datagram could be RTP.
 */
bool rg_rtp_parse(const struct rg_packet *pkt, struct rg_rtp *rtp)
{
	struct rg_cur cur;
	u8 first, second;
	u64 head;
	u32 off;

	rg_cur_init(&cur, pkt->data, pkt->len);
	head = rg_cur_be64(&cur);
	rtp->ssrc = rg_cur_be32(&cur);
	first = head >> 56;
	second = head >> 48;
	if (cur.err || first >> 6 != RG_RTP_VERSION)
		return false;

	rtp->seq = head >> 32;
	rtp->ts = head;

	rtp->pt = second & 0x7f;
	rtp->marker = second & 0x80;
	rtp->padding = first & 0x20;
	if (second >> 5 == RTCP_TYPES && 4 * (rtp->seq + 1u) <= pkt->wire_len)
		return false;

	off = 12 + 4 * (first & 0x0f);
	rg_cur_skip(&cur, 4 * (first & 0x0f));
	if (first & 0x10) {
		rg_cur_skip(&cur, 2);
		off += 4 + 4 * rg_cur_be16(&cur);
		if (cur.err)
			return false;
	}
	if (off > pkt->wire_len)
		return false;

	rtp->payload_off = off;
	rtp->payload_len = pkt->wire_len - off;
	return true;
}

/**
 * rg_rtp_static_unit() - what a payload type (RFC 3551) fixes of the length
 * @pt: payload type
 *
 * Context: any.
 * Return: bytes that clear payloads are a multiple of; 0: nothing is fixed.
 */
u8 rg_rtp_static_unit(u8 pt)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(static_lengths); i++) {
		if (static_lengths[i].pt == pt)
			return static_lengths[i].unit;
	}
	return 0;
}

/**
 * rg_rtp_static_length() - does the length fit only a clear static payload?
 * @rtp: a parsed header
 *
 * Context: any.
 * Return: true for a static payload type (RFC 3551) with whole frames and no
 * room for an authentication tag. NULL-cipher SRTP carries a tag and is missed.
 */
bool rg_rtp_static_length(const struct rg_rtp *rtp)
{
	u8 unit = rg_rtp_static_unit(rtp->pt);

	return unit && rtp->payload_len && rtp->payload_len % unit == 0;
}
