// SPDX-License-Identifier: GPL-2.0
#include "lookalike.h"
#include "limits.h"

#define RAKNET_VALID		0x80
#define RAKNET_SLOW_START	0x04
#define RAKNET_CONTINUOUS	0x08
#define RAKNET_NACK		0xa0
#define RAKNET_SPLIT		0x10
#define RAKNET_RELIABILITY_MAX	4	/* 5 to 7 exist only inside a host */

#define KCP_PUSH		81
#define KCP_WINDOW_TELL		84

#define CRYNET_KEY_EXCHANGE	0x87
#define CRYNET_KEY_LEN		32

static u32 le32(struct rg_cur *cur)
{
	u32 value = rg_cur_u8(cur);

	value |= (u32)rg_cur_u8(cur) << 8;
	value |= (u32)rg_cur_u8(cur) << 16;
	return value | (u32)rg_cur_u8(cur) << 24;
}

static u32 le24(struct rg_cur *cur)
{
	u32 value = rg_cur_u8(cur);

	value |= (u32)rg_cur_u8(cur) << 8;
	return value | (u32)rg_cur_u8(cur) << 16;
}

/* One message of a frame set: its reliability says which indices it has. */
static bool raknet_frame_walk(struct rg_cur *cur)
{
	u8 flags = rg_cur_u8(cur);
	u16 bits = rg_cur_be16(cur);
	u8 reliability = flags >> 5;
	u32 count, index;

	if (cur->err || flags & 0x0f || reliability > RAKNET_RELIABILITY_MAX ||
	    !bits || bits % 8)
		return false;
	if (reliability >= 2)
		rg_cur_skip(cur, 3);
	if (reliability == 4 || reliability == 1)
		rg_cur_skip(cur, 3);
	/* An order index, and a channel of 32. */
	if (reliability == 1 || reliability >= 3) {
		rg_cur_skip(cur, 3);
		if (rg_cur_u8(cur) >= 32)
			return false;
	}
	if (flags & RAKNET_SPLIT) {
		count = rg_cur_be32(cur);
		rg_cur_skip(cur, 2);
		index = rg_cur_be32(cur);
		if (index >= count || count > RG_RAKNET_SPLITS_MAX)
			return false;
	}
	rg_cur_skip(cur, bits / 8);
	return !cur->err;
}

/**
 * rg_raknet_frames_parse() - is it a frame set of RakNet?
 * @pkt: the datagram
 *
 * RakNet's ReliabilityLayer, InternalPacket and DatagramHeaderFormat. Those
 * with the first byte 0x80, which are sent after the slow start, are left out:
 * they have too little that plain RTP has not.
 *
 * RTP would need four CSRCs or more (mixers), a timestamp of ten values in its
 * first byte (2^-5) and lengths in bits that end where the datagram ends
 * (2^-16). That is the weakest of all recognisers: once in 2^21 packets, of
 * senders that name four contributors.
 *
 * Context: any.
 * Return: true when it is.
 */
bool rg_raknet_frames_parse(const struct rg_packet *pkt)
{
	struct rg_cur cur;
	u8 first;
	u32 i;

	if (pkt->len != pkt->wire_len)
		return false;
	rg_cur_init(&cur, pkt->data, pkt->len);
	first = rg_cur_u8(&cur);
	if (!(first & (RAKNET_SLOW_START | RAKNET_CONTINUOUS)) ||
	    first & ~(RAKNET_VALID | RAKNET_SLOW_START | RAKNET_CONTINUOUS))
		return false;
	rg_cur_skip(&cur, 3);
	for (i = 0; i < RG_RAKNET_FRAMES_MAX && cur.left; i++) {
		if (!raknet_frame_walk(&cur))
			return false;
	}
	return i && rg_wire_done(pkt, &cur);
}

/**
 * rg_raknet_nack_parse() - is it a negative acknowledgment of RakNet?
 * @pkt: the datagram
 *
 * Ranges of lost numbers, in ascending order, up to the exact end. That they
 * were received has RTP's version 3, and is not asked about.
 *
 * RTP would need payload type 0 without a marker, 0 in its sequence number
 * (2^-8), there too the number of ranges, and in each of two or more 2^-7.
 *
 * Context: any.
 * Return: true when it is.
 */
bool rg_raknet_nack_parse(const struct rg_packet *pkt)
{
	u32 first, last, before = 0;
	struct rg_cur cur;
	u32 i, count;
	u8 single;

	rg_cur_init(&cur, pkt->data, pkt->len);
	if (rg_cur_u8(&cur) != RAKNET_NACK)
		return false;
	count = rg_cur_be16(&cur);
	if (!count || count > RG_RAKNET_RANGES_MAX)
		return false;
	for (i = 0; i < RG_RAKNET_RANGES_MAX && i < count; i++) {
		single = rg_cur_u8(&cur);
		first = le24(&cur);
		last = single ? first : le24(&cur);
		if (cur.err || single > 1 || (i && first <= before) ||
		    last < first)
			return false;
		before = last;
	}
	return rg_wire_done(pkt, &cur);
}

/* struct kcp_segment - the fields of a segment that are checked */
struct kcp_segment {
	const u8 *id;
	u8 cmd;
	u8 fragment;
	u32 len;
};

static bool kcp_segment_walk(struct rg_cur *cur, u32 id_len,
			     struct kcp_segment *segment)
{
	segment->id = rg_cur_take(cur, id_len);
	segment->cmd = rg_cur_u8(cur);
	segment->fragment = rg_cur_u8(cur);
	rg_cur_skip(cur, 2 + 12);
	segment->len = le32(cur);
	rg_cur_skip(cur, segment->len);
	if (cur->err || segment->cmd < KCP_PUSH || segment->cmd > KCP_WINDOW_TELL)
		return false;
	if (segment->cmd == KCP_PUSH)
		return segment->len;
	return !segment->len && !segment->fragment;
}

/*
 * Segments up to the exact end, all of one conversation. A single one has to
 * carry data: one acknowledgment is too much like silence.
 */
static bool kcp_segments_walk(const struct rg_packet *pkt, u32 id_len)
{
	struct kcp_segment segment;
	const u8 *id = NULL;
	bool data = false;
	struct rg_cur cur;
	u32 i;

	rg_cur_init(&cur, pkt->data, pkt->len);
	for (i = 0; i < RG_KCP_SEGMENTS_MAX && cur.left; i++) {
		if (!kcp_segment_walk(&cur, id_len, &segment))
			return false;
		if (id && memcmp(segment.id, id, id_len))
			return false;
		id = segment.id;
		data |= segment.cmd == KCP_PUSH;
	}
	return (data || i > 1) && rg_wire_done(pkt, &cur);
}

/**
 * rg_kcp_parse() - is it KCP?
 * @pkt: the datagram
 *
 * As KCP's protocol.txt has it: conversation, command, fragment, window,
 * timestamp, sequence, unacknowledged, length; least significant byte first.
 *
 * RTP would need one of four values in its timestamp's first byte (2^-6) and as
 * payload the length of what follows in 32 bits (2^-32).
 *
 * Context: any.
 * Return: true when it is.
 */
bool rg_kcp_parse(const struct rg_packet *pkt)
{
	return kcp_segments_walk(pkt, 4);
}

/**
 * rg_kcp_token_parse() - is it KCP with a token beside the conversation?
 * @pkt: the datagram
 *
 * Some games have four bytes more before the command. RTP would need one of
 * four values in its SSRC's first byte, and the length as above.
 *
 * Context: any.
 * Return: true when it is.
 */
bool rg_kcp_token_parse(const struct rg_packet *pkt)
{
	return kcp_segments_walk(pkt, 8);
}

/**
 * rg_crynet_parse() - is it the key exchange of CryEngine's network?
 * @pkt: the datagram
 *
 * Generator, prime and public key, 32 bytes each; a number; 32 bytes more. The
 * generator is a small number, in 32 bytes. RTP would need zeroes in all that
 * its header has (2^-80), in its CSRCs, and a length of 133 bytes.
 *
 * Context: any.
 * Return: true when it is.
 */
bool rg_crynet_parse(const struct rg_packet *pkt)
{
	struct rg_cur cur;
	u32 i;

	if (pkt->len != pkt->wire_len)
		return false;
	rg_cur_init(&cur, pkt->data, pkt->len);
	if (rg_cur_u8(&cur) != CRYNET_KEY_EXCHANGE)
		return false;
	for (i = 1; i < CRYNET_KEY_LEN; i++) {
		if (rg_cur_u8(&cur))
			return false;
	}
	if (rg_cur_u8(&cur) < 2)
		return false;
	/* The prime has its first and its last bit. */
	if (!(rg_cur_u8(&cur) & 0x80))
		return false;
	rg_cur_skip(&cur, CRYNET_KEY_LEN - 2);
	if (!(rg_cur_u8(&cur) & 1))
		return false;
	rg_cur_skip(&cur, CRYNET_KEY_LEN + 4 + CRYNET_KEY_LEN);
	return rg_wire_done(pkt, &cur);
}
