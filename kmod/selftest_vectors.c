// SPDX-License-Identifier: GPL-2.0
#include "selftest.h"
#include "core/dtls.h"
#include "core/iax2.h"
#include "core/mpegts.h"
#include "core/srt.h"
#include "core/stun.h"
#include "core/zoom.h"
#include "core/zrtp.h"

#include <linux/slab.h>

/*
 * Known answers of the parsers that look at one datagram: what they are for, what is
 * off in one place, and what claims more than there is. What is for them is cut at
 * every byte as well, and is not for them then. Each is read in memory of its own
 * length, where KASAN sees who reads behind it.
 */

#define NOT	(-1LL)

struct vector {
	const char *name;
	s64 (*read)(const struct rg_packet *pkt);
	s64 answer;	/* of @read; NOT: it is something else */
	u16 len;	/* zeroes behind @bytes */
	u8 bytes[64];
};

/* Its type, and how long the data is that it carries. */
static s64 __init stun_read(const struct rg_packet *pkt)
{
	struct rg_stun stun;

	return rg_stun_parse(pkt, &stun) ? stun.type << 16 | stun.data_len : NOT;
}

/* Its number, and likewise. */
static s64 __init channel_read(const struct rg_packet *pkt)
{
	struct rg_stun stun;

	return rg_channel_parse(pkt, &stun) ? stun.peer << 16 | stun.data_len : NOT;
}

static s64 __init dtls_read(const struct rg_packet *pkt)
{
	return rg_dtls_parse(pkt) ? 1 : NOT;
}

static s64 __init zrtp_read(const struct rg_packet *pkt)
{
	u8 msg;

	return rg_zrtp_parse(pkt, &msg) ? msg : NOT;
}

/* The socket of a handshake, the type of other control packets. */
static s64 __init srt_read(const struct rg_packet *pkt)
{
	struct rg_srt srt;

	if (!rg_srt_parse(pkt, &srt) || srt.kind == RG_SRT_DATA)
		return NOT;
	return srt.kind == RG_SRT_HANDSHAKE ? srt.socket : srt.type;
}

/* The call's number, of what is IAX2 beyond chance. */
static s64 __init iax2_read(const struct rg_packet *pkt)
{
	struct rg_iax2 iax2;

	return rg_iax2_parse(pkt, &iax2) && !iax2.mini ? iax2.source : NOT;
}

/* The PID of the first packet, and what begins in it. */
static s64 __init mpegts_read(const struct rg_packet *pkt)
{
	struct rg_mpegts mpegts;

	if (!rg_mpegts_parse(pkt, &mpegts))
		return NOT;
	return mpegts.packets[0].pid << 4 | mpegts.packets[0].pes;
}

/* Payload type and sequence number. */
static s64 __init zoom_read(const struct rg_packet *pkt)
{
	struct rg_zoom zoom;

	return rg_zoom_parse(pkt, &zoom) ? zoom.pt << 16 | zoom.seq : NOT;
}

static const struct vector vectors[] __initconst = {
	/* RFC 8489, 5: type, length, cookie. */
	{ "STUN, Binding request", stun_read, 0x10000, 20,
	  { 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3 } },
	{ "STUN, Send indication with data", stun_read, 0x160004, 28,
	  { 0, 0x16, 0, 8, 0x21, 0x12, 0xa4, 0x42, [20] = 0, 0x13, 0, 4, 0x80 } },
	{ "STUN, data that is longer than its message", stun_read, 0x160000, 28,
	  { 0, 0x16, 0, 8, 0x21, 0x12, 0xa4, 0x42, [20] = 0, 0x13, 0, 5, 0x80 } },
	{ "STUN, another cookie", stun_read, NOT, 20,
	  { 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x43 } },
	{ "STUN, longer than its datagram", stun_read, NOT, 20,
	  { 0, 1, 0, 4, 0x21, 0x12, 0xa4, 0x42 } },
	{ "STUN, shorter than its datagram", stun_read, NOT, 24,
	  { 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42 } },
	{ "STUN that begins as RTP", stun_read, NOT, 20,
	  { 0x80, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42 } },

	/* RFC 8656, 12.4: number, length. */
	{ "ChannelData", channel_read, 0x40010005, 9, { 0x40, 1, 0, 5, 0x80 } },
	{ "ChannelData of nothing", channel_read, NOT, 4, { 0x40, 1 } },
	{ "ChannelData, too long", channel_read, NOT, 9, { 0x40, 1, 0xff, 0xff } },
	{ "ChannelData, too short", channel_read, NOT, 16, { 0x40, 1, 0, 5 } },
	{ "no channel's number", channel_read, NOT, 9, { 0x3f, 0xff, 0, 5 } },

	/* RFC 6347, 4.1 and 4.2.2: a record, and a message or a part of one. */
	{ "DTLS, HelloRequest", dtls_read, 1, 25, { 22, 0xfe, 0xfd, [12] = 12 } },
	{ "DTLS 1.0, HelloRequest", dtls_read, 1, 25, { 22, 0xfe, 0xff, [12] = 12 } },
	{ "DTLS, the last fragment", dtls_read, 1, 27,
	  { 22, 0xfe, 0xfd, [12] = 14, 1, 0, 0, 100, 0, 0, 0, 0, 98, 0, 0, 2 } },
	{ "DTLS, a fragment behind the end", dtls_read, NOT, 27,
	  { 22, 0xfe, 0xfd, [12] = 14, 1, 0, 0, 100, 0, 0, 0, 0, 99, 0, 0, 2 } },
	{ "DTLS, a fragment whose end wraps", dtls_read, NOT, 27,
	  { 22, 0xfe, 0xfd, [12] = 14, 1, 0, 0, 1, 0, 0, 0xff, 0xff, 0xff, 0, 0, 2 } },
	{ "DTLS, a fragment longer than its record", dtls_read, NOT, 27,
	  { 22, 0xfe, 0xfd, [12] = 14, 1, 0, 0, 100, 0, 0, 0, 0, 0, 0, 0, 3 } },
	{ "DTLS, longer than its datagram", dtls_read, NOT, 25,
	  { 22, 0xfe, 0xfd, [12] = 13 } },
	{ "DTLS, encrypted", dtls_read, NOT, 25, { 22, 0xfe, 0xfd, 0, 1, [12] = 12 } },
	{ "DTLS of no version", dtls_read, NOT, 25, { 22, 0xfe, 0xfe, [12] = 12 } },

	/* RFC 6189, 5: header, one message, and CRC-32C in SCTP's order or not. */
	{ "ZRTP, HelloACK", zrtp_read, RG_ZRTP_OTHER, 28,
	  { 0x10, 0, 0, 1, 'Z', 'R', 'T', 'P', 0, 0, 0, 5, 0x50, 0x5a, 0, 3,
	    'H', 'e', 'l', 'l', 'o', 'A', 'C', 'K', 0xab, 0xfb, 0x54, 0x5c } },
	{ "ZRTP, HelloACK with its CRC reversed", zrtp_read, RG_ZRTP_OTHER, 28,
	  { 0x10, 0, 0, 1, 'Z', 'R', 'T', 'P', 0, 0, 0, 5, 0x50, 0x5a, 0, 3,
	    'H', 'e', 'l', 'l', 'o', 'A', 'C', 'K', 0x5c, 0x54, 0xfb, 0xab } },
	{ "ZRTP, Confirm1", zrtp_read, RG_ZRTP_CONFIRM1, 28,
	  { 0x10, 0, 0, 1, 'Z', 'R', 'T', 'P', 0, 0, 0, 5, 0x50, 0x5a, 0, 3,
	    'C', 'o', 'n', 'f', 'i', 'r', 'm', '1', 0xf3, 0xf1, 0x6e, 0x1b } },
	{ "ZRTP, GoClear", zrtp_read, RG_ZRTP_GO_CLEAR, 36,
	  { 0x10, 0, 0, 1, 'Z', 'R', 'T', 'P', 0, 0, 0, 5, 0x50, 0x5a, 0, 5,
	    'G', 'o', 'C', 'l', 'e', 'a', 'r', ' ', [32] = 0xd4, 0xf6, 0x7c, 0x42 } },
	{ "ZRTP, a bit of the CRC", zrtp_read, NOT, 28,
	  { 0x10, 0, 0, 1, 'Z', 'R', 'T', 'P', 0, 0, 0, 5, 0x50, 0x5a, 0, 3,
	    'H', 'e', 'l', 'l', 'o', 'A', 'C', 'K', 0xab, 0xfb, 0x54, 0x5d } },
	{ "ZRTP, another type than the CRC's", zrtp_read, NOT, 28,
	  { 0x10, 0, 0, 1, 'Z', 'R', 'T', 'P', 0, 0, 0, 5, 0x50, 0x5a, 0, 3,
	    'C', 'o', 'n', 'f', 'i', 'r', 'm', '2', 0xf3, 0xf1, 0x6e, 0x1b } },
	{ "ZRTP, another cookie", zrtp_read, NOT, 28,
	  { 0x10, 0, 0, 1, 'Z', 'R', 'T', 'Q', 0, 0, 0, 5, 0x50, 0x5a, 0, 3,
	    'H', 'e', 'l', 'l', 'o', 'A', 'C', 'K', 0xf4, 0x27, 0xb0, 0x03 } },
	{ "ZRTP, longer than its datagram", zrtp_read, NOT, 28,
	  { 0x10, 0, 0, 1, 'Z', 'R', 'T', 'P', 0, 0, 0, 5, 0x50, 0x5a, 0, 4,
	    'H', 'e', 'l', 'l', 'o', 'A', 'C', 'K', 0xb1, 0x35, 0x34, 0x9b } },

	/* draft-sharabayko-srt-01, 3.2 and 3.2.1. */
	{ "SRT, induction", srt_read, 0x1a2b3c4d, 64,
	  { 0x80, [19] = 5, [28] = 0, 0, 0x05, 0xdc, 0, 0, 0x20, 0, [39] = 1,
	    0x1a, 0x2b, 0x3c, 0x4d } },
	{ "SRT, keep-alive", srt_read, 1, 16, { 0x80, 1 } },
	{ "SRT, a version to come", srt_read, NOT, 64,
	  { 0x80, [19] = 6, [39] = 1, 0x1a } },
	{ "SRT of no socket", srt_read, NOT, 64, { 0x80, [19] = 5, [39] = 1 } },
	{ "SRT, a number of 32 bits", srt_read, NOT, 64,
	  { 0x80, [19] = 5, [24] = 0x80, [39] = 1, 0x1a } },
	{ "SRT, an extension of no type", srt_read, NOT, 68,
	  { 0x80, [19] = 5, [39] = 1, 0x1a } },
	{ "SRT, keep-alive with a subtype", srt_read, NOT, 16, { 0x80, 1, 0, 1 } },
	{ "SRT of no type", srt_read, NOT, 16, { 0x80, 9 } },

	/* RFC 5456, 8.1.1 and 8.6. */
	{ "IAX2, a new call", iax2_read, 0x123, 16,
	  { 0x81, 0x23, [7] = 20, 0, 0, 6, 1, 11, 2, 0, 2 } },
	{ "IAX2, a registration", iax2_read, 1, 15,
	  { 0x80, 1, [7] = 20, 0, 0, 6, 13, 6, 1, 'a' } },
	{ "IAX2, a new call to somebody", iax2_read, NOT, 16,
	  { 0x81, 0x23, 0, 1, [7] = 20, 0, 0, 6, 1, 11, 2, 0, 2 } },
	{ "IAX2, a new call in the middle", iax2_read, NOT, 16,
	  { 0x81, 0x23, [7] = 20, 1, 0, 6, 1, 11, 2, 0, 2 } },
	{ "IAX2 of another version", iax2_read, NOT, 16,
	  { 0x81, 0x23, [7] = 20, 0, 0, 6, 1, 11, 2, 0, 1 } },
	{ "IAX2, an element longer than its frame", iax2_read, NOT, 19,
	  { 0x81, 0x23, [7] = 20, 0, 0, 6, 1, 11, 2, 0, 2, 6, 255, 'a' } },

	/* ISO/IEC 13818-1, 2.4.3: a packet, its adaptation field, media in it. */
	{ "MPEG-TS, video", mpegts_read, 0x1000 | RG_MPEGTS_PES_CLEAR, 188,
	  { 0x47, 0x41, 0x00, 0x30, 1, 0, 0, 0, 1, 0xe0, 0, 0, 0x80 } },
	{ "MPEG-TS, video that is scrambled", mpegts_read,
	  0x1000 | RG_MPEGTS_PES_SECRET, 188,
	  { 0x47, 0x41, 0x00, 0x30, 1, 0, 0, 0, 1, 0xe0, 0, 0, 0xb0 } },
	{ "MPEG-TS, of no media", mpegts_read, 0, 188, { 0x47, 0x40, 0x00, 0x10 } },
	{ "MPEG-TS, another first byte", mpegts_read, NOT, 188,
	  { 0x46, 0x41, 0x00, 0x10 } },
	{ "MPEG-TS with an error", mpegts_read, NOT, 188, { 0x47, 0xc1, 0x00, 0x10 } },
	{ "MPEG-TS, a field longer than its packet", mpegts_read, NOT, 188,
	  { 0x47, 0x41, 0x00, 0x30, 255 } },
	{ "MPEG-TS, a byte more", mpegts_read, NOT, 189, { 0x47, 0x40, 0x00, 0x10 } },

	/* zoom.c: a server's header, a type, RTP. */
	{ "Zoom, audio to a server", zoom_read, 112 << 16 | 0x1234, 39,
	  { 5, [8] = 15, [27] = 0x90, 112, 0x12, 0x34 } },
	{ "Zoom, video between clients", zoom_read, 98 << 16 | 0x1234, 36,
	  { 16, 1, [24] = 0x80, 98, 0x12, 0x34 } },
	{ "Zoom, another direction", zoom_read, NOT, 39,
	  { 5, [7] = 2, 15, [27] = 0x90, 112, 0x12, 0x34 } },
	{ "Zoom, RTCP", zoom_read, NOT, 39, { 5, [8] = 34, [24] = 0x80, 200 } },
};

/*
 * Is the answer to the vector's first @len bytes that? They are put before @end, where
 * their allocation ends: reads beyond them are seen.
 */
static int __init check(const struct vector *vector, u8 *end, u16 len, s64 answer)
{
	struct rg_packet pkt = { .data = end - len, .len = len, .wire_len = len };
	u16 given = min_t(u16, len, sizeof(vector->bytes));

	memcpy(end - len, vector->bytes, given);
	memset(end - len + given, 0, len - given);
	if (vector->read(&pkt) == answer)
		return 0;
	pr_err("self-test: %s is read wrongly, of %u bytes %u\n", vector->name,
	       vector->len, len);
	return -EINVAL;
}

static int __init check_cut(const struct vector *vector, u8 *end)
{
	int ret = check(vector, end, vector->len, vector->answer);
	u16 len;

	for (len = 0; !ret && vector->answer != NOT && len < vector->len; len++)
		ret = check(vector, end, len, NOT);
	return ret;
}

/**
 * rg_selftest_vectors() - ask the parsers of one datagram what they were asked before
 *
 * Context: process.
 * Return: how many vectors there are, -EINVAL when one is read wrongly, or -ENOMEM.
 */
int __init rg_selftest_vectors(void)
{
	u16 longest = 0;
	int ret = 0;
	u8 *bytes;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(vectors); i++)
		longest = max_t(u16, longest, vectors[i].len);
	bytes = kmalloc(longest, GFP_KERNEL);
	if (!bytes)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(vectors) && !ret; i++)
		ret = check_cut(&vectors[i], bytes + longest);
	kfree(bytes);
	return ret ? ret : ARRAY_SIZE(vectors);
}
