/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_SELFTESTS_FRAMER_STREAMS_H
#define RG_SELFTESTS_FRAMER_STREAMS_H

#include "dtls_packets.h"
#include "framer_caller.h"
#include "rtmp_side.h"
#include "rtsp_stream.h"
#include "turn_packets.h"

/* A connection of each framing, and what is to be told of it. */

#define SSRC		0x11223344

static struct stream stream;

/* What is to be told of @stream. */
static struct told expected[TOLD_MAX];
static u32 expected_count;

static inline void begin(void)
{
	stream.len = 0;
	expected_count = 0;
}

static inline void expect(const u8 *p, u32 len, u8 framing, u16 peer)
{
	struct rg_packet pkt = {
		.data = p, .len = frame_kept(len, false), .wire_len = len,
		.framing = framing, .peer = peer,
	};

	told_fill(&expected[expected_count++], &pkt);
}

static inline u32 sum_of_all(const struct caller *c)
{
	return bytes_sum((const u8 *)c->told, c->count * sizeof(c->told[0]));
}

static inline bool as_expected(const struct caller *c)
{
	return c->count == expected_count &&
	       sum_of_all(c) == bytes_sum((const u8 *)expected,
					  expected_count * sizeof(expected[0]));
}

/* RFC 4571. */
static inline void framed(const u8 *p, u32 len)
{
	u8 head[2];

	put_be16(head, len);
	stream_bytes(&stream, head, 2);
	stream_bytes(&stream, p, len);
	if (len)
		expect(p, len, RG_FRAMING_RFC4571, 0);
}

static inline void framed_rtp(u16 seq, u32 len)
{
	static u8 p[0x10000];

	packet_rtp(p, 0, seq, 160 * seq, SSRC, len - 12);
	framed(p, len);
}

static inline void rfc4571_make(void)
{
	struct datagram d;
	u8 p[DTLS_LEN_MAX];
	u32 i;

	begin();
	framed_rtp(1, 172);
	framed(p, packet_rtcp_sr_sdes(p, SSRC));
	make(&d, "b");
	framed(d.bytes, d.len);
	framed(p, packet_client_hello(p, "\1"));
	framed(p, 0);
	framed(p, 0);
	memset(p, 0x80, sizeof(p));
	for (i = 1; i <= 12; i++)
		framed(p, i);
	framed(p, 0);
	framed_rtp(2, 12);
	framed_rtp(3, 13);
	framed_rtp(4, 172);
}

/*
 * Bodies of every remainder, whose padding is not counted in their length. Channels from
 * RFC 8656's first to RFC 5766's last.
 */
static inline void turn_make(void)
{
	struct datagram inner, d;
	u32 i;

	begin();
	make(&d, "b");
	stream_bytes(&stream, d.bytes, d.len);
	expect(d.bytes, d.len, RG_FRAMING_TURN, 0);
	make(&d, "s");
	stream_bytes(&stream, d.bytes, d.len);
	expect(d.bytes, d.len, RG_FRAMING_TURN, 0);
	for (i = 0; i < 13; i++) {
		make(&inner, "");
		inner.len = i < 8 ? i : 164 + i;
		channel(&d, 0x4000 + i * 0x3fff / 12, &inner);
		memset(d.bytes + d.len, 0, 3);
		d.len = (d.len + 3) & ~3u;
		stream_bytes(&stream, d.bytes, d.len);
		if (inner.len)
			expect(d.bytes, d.len, RG_FRAMING_TURN, 0);
	}
}

/* Of stream_frame(): its bytes are where it was put. */
static inline void interleaved(u8 number, u32 len)
{
	stream_frame(&stream, number, len);
	if (len)
		expect(stream.bytes + stream.len - len, len, RG_FRAMING_RTSP, number + 1);
}

static inline void rtsp_make(void)
{
	begin();
	stream_text(&stream, "RTSP/1.0 200 OK\r\nCSeq: 3\r\nSession: 12345678\r\n\r\n");
	interleaved(0, 172);
	interleaved(1, 28);
	stream_text(&stream, "RTSP/1.0 200 OK\r\nCSeq: 4\r\nContent-Length: 4\r\n\r\n$\r\n\r");
	interleaved(0, 0);
	interleaved(255, 1);
	interleaved(2, 700);
	interleaved(0, 2300);
	interleaved(0, 12);
}

/* What POST carries, of the same: the frames are as they were before. */
static inline void tunnel_make(void)
{
	static struct stream plain;
	u32 at, part;

	rtsp_make();
	plain = stream;
	stream.len = 0;
	stream_text(&stream, "POST /a HTTP/1.0\r\nx-sessioncookie: aZ0\r\n"
			     "Content-Length: 32767\r\n\r\n");
	for (at = 0; at < plain.len; at += part) {
		part = min_t(u32, 409, plain.len - at);
		stream_base64(&stream, plain.bytes + at, part);
		stream_text(&stream, at % 2 ? "" : "\r\n");
	}
}

/* As rtmp_test has it; of its media there is nothing but type and length. */
static inline void rtmp_make(void)
{
	static struct sent sent;
	static struct side side;
	struct rg_packet pkt = { .framing = RG_FRAMING_RTMP };
	u32 i;

	begin();
	sent_publish(&sent);
	stream_bytes(&stream, sent.p, sent.len);
	side_whole(&side, &sent);
	for (i = 0; i < side.count; i++) {
		pkt.wire_len = side.seen[i].len;
		pkt.type = side.seen[i].type;
		if (pkt.wire_len)
			told_fill(&expected[expected_count++], &pkt);
	}
}

static inline void long_make(void)
{
	begin();
	framed_rtp(1, RG_FRAME_BYTES_MAX);
	framed_rtp(2, RG_FRAME_BYTES_MAX + 1);
	framed_rtp(3, 65535);
	framed_rtp(4, 172);
	framed_rtp(5, 9000);
}

/* As a relay's client begins: a message, and data in a channel. */
static inline void channels_make(u16 number, u32 count)
{
	struct datagram inner, d;

	begin();
	make(&d, "b");
	stream_bytes(&stream, d.bytes, d.len);
	for (; count; count--) {
		make(&inner, "");
		channel(&d, number, &inner);
		stream_bytes(&stream, d.bytes, d.len);
	}
}

#endif /* RG_SELFTESTS_FRAMER_STREAMS_H */
