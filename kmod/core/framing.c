// SPDX-License-Identifier: GPL-2.0
#include "framer.h"
#include "classify.h"
#include "cursor.h"
#include "stun.h"
#include "zrtp.h"

/* Of a frame behind its length: what is asked for to believe in it. */
#define RTP_HEADER_LEN		12
#define RTP_PADDING		0x20
#define RTP_SOURCES		0x0f
#define RTP_SSRC_AT		8
#define RTP_SSRC_LEN		4
#define PT_STATIC_LAST		34	/* RFC 3551, 6 */
#define PT_DYNAMIC_FIRST	96
#define RTCP_HEADER_LEN		8
#define RTCP_TYPES		2	/* 64 to 95 (RFC 5761, 4), in steps of 32 */
#define FIRST_FRAME_MAX		4096
#define INTERLEAVED_LEN		4	/* and ChannelData's header */

static bool is_rtcp(const u8 *head)
{
	return (head[1] & 0x7f) >> 5 == RTCP_TYPES;
}

/**
 * rg_framing_begins_like_media() - what a first frame of RFC 4571 looks like
 * @head: its first 8 bytes, at least
 * @len: bytes of it
 *
 * Strict holds what looks like RTP, and what begins with cipher text would stall: RTP
 * without padding and sources, as nearly all is, of a type that is given, and RTCP
 * whose first packet is no longer than the frame. By chance one of a thousand.
 *
 * Context: any.
 */
bool rg_framing_begins_like_media(const u8 *head, u32 len)
{
	u32 type = head[1] & 0x7f;

	if (head[0] >> 6 == 2 && len > FIRST_FRAME_MAX)
		return false;
	if (head[0] >> 6 == 2 && is_rtcp(head))
		return len >= RTCP_HEADER_LEN && (rg_be16(head + 2) + 1) * 4 <= len;
	if (head[0] >> 6 == 2)
		return len >= RTP_HEADER_LEN && (type <= PT_STATIC_LAST ||
						 type >= PT_DYNAMIC_FIRST) &&
		       !(head[0] & (RTP_PADDING | RTP_SOURCES));
	if (len < RG_STUN_HEADER_LEN)
		return false;
	return (head[0] >> 6 == 0 && rg_be32(head + 4) == RG_STUN_COOKIE) ||
	       rg_be32(head + 4) == RG_ZRTP_COOKIE || rg_be16(head) == 0x16fe;
}

static bool turn_begins(const u8 *head)
{
	return head[0] >> 6 == 0 && rg_be16(head + 2) % 4 == 0 &&
	       rg_be32(head + 4) == RG_STUN_COOKIE;
}

/*
 * Cipher text is everything: in the middle of a connection a first frame has to end
 * where the segment does, or where another of the same stream begins.
 */
static bool frame_fits(const u8 *data, u32 len, u32 segment, u32 header_len,
		       u32 frame_len)
{
	u32 next = header_len + frame_len;
	const u8 *ssrc = data + header_len + RTP_SSRC_AT;

	if (next == segment)
		return rg_framing_begins_like_media(data + header_len, frame_len);
	return frame_len >= RTP_HEADER_LEN && len >= next + header_len + RTP_HEADER_LEN &&
	       data[header_len] >> 6 == 2 && data[next + header_len] >> 6 == 2 &&
	       !memcmp(data + next + header_len + RTP_SSRC_AT, ssrc, RTP_SSRC_LEN);
}

/**
 * rg_framing_goes_on() - is there a frame here, and another behind it?
 * @framing: enum rg_framing of the direction, before its frames were lost
 * @data: bytes from anywhere
 * @len: how many
 *
 * Asked at every byte: two headers that fit, by chance one in 2^20 or less. Of RTSP
 * the second may be another stream's. ChannelData has two of one channel, and in them
 * what may be media: their numbers are a quarter of all.
 *
 * Context: any.
 */
bool rg_framing_goes_on(u8 framing, const u8 *data, u32 len)
{
	u32 frame_len, next;

	if (len < INTERLEAVED_LEN + RTP_HEADER_LEN)
		return false;
	frame_len = rg_be16(data + 2);
	switch (framing) {
	case RG_FRAMING_RFC4571:
		frame_len = rg_be16(data);
		/* Ends with no segment: the segment is longer than any. */
		return frame_fits(data, len, ~0u, RG_RFC4571_LEN, frame_len);
	case RG_FRAMING_RTSP:
		next = INTERLEAVED_LEN + frame_len;
		return data[0] == '$' && data[INTERLEAVED_LEN] >> 6 == 2 &&
		       len > next + INTERLEAVED_LEN && data[next] == '$' &&
		       data[next + INTERLEAVED_LEN] >> 6 == 2;
	case RG_FRAMING_TURN:
		next = INTERLEAVED_LEN + ((frame_len + 3) & ~3u);
		return data[0] >> 6 == RG_CHANNEL_BITS &&
		       len >= next + INTERLEAVED_LEN + RG_HEAD_LEN &&
		       rg_be16(data + next) == rg_be16(data) &&
		       rg_may_be_media(data + INTERLEAVED_LEN, frame_len) &&
		       rg_may_be_media(data + next + INTERLEAVED_LEN,
				       rg_be16(data + next + 2));
	}
	return false;
}

/* A first frame of RFC 4571. */
static bool rfc4571_begins(const struct rg_framer *framer, const u8 *data, u32 have)
{
	u32 len = rg_be16(framer->queue);

	if (framer->fresh)
		return rg_framing_begins_like_media(framer->queue + RG_RFC4571_LEN, len);
	return have && frame_fits(data, have, framer->segment, RG_RFC4571_LEN, len);
}

/**
 * rg_framing_of() - what begins with these bytes?
 * @framer: has gathered RG_SNIFF_LEN of them
 * @data: the same, where they are
 * @len: bytes there, or 0: they are not in one piece
 *
 * Context: whatever protects the state.
 * Return: enum rg_framing; RG_FRAMING_SKIP: nothing known.
 */
u8 rg_framing_of(const struct rg_framer *framer, const u8 *data, u32 len)
{
	const u8 *head = framer->queue;
	/* Where it began in an earlier segment there is nothing to measure. */
	u32 have = len >= RG_SNIFF_LEN ? len : 0;

	if (turn_begins(head))
		return RG_FRAMING_TURN;
	if (rg_rtsp_begins(head, RG_SNIFF_LEN))
		return RG_FRAMING_RTSP;
	if (have && rg_interleaved_begins(head, RG_SNIFF_LEN) &&
	    frame_fits(data, have, framer->segment, INTERLEAVED_LEN, rg_be16(head + 2)))
		return RG_FRAMING_RTSP;
	if (rfc4571_begins(framer, data, have))
		return RG_FRAMING_RFC4571;
	if (framer->fresh && rg_rtmp_begins(head, RG_SNIFF_LEN))
		return RG_FRAMING_RTMP;
	return RG_FRAMING_SKIP;
}
