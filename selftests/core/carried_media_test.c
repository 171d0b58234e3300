// SPDX-License-Identifier: GPL-2.0
/*
 * Readable media in what carries it: TURN on UDP, and on TCP TURN, RFC 4571, RTSP and
 * RTSP in HTTP, cut into segments of any length. Enforce lets pass of it what it does of
 * bare media, and strict nothing.
 */
#include "core/carrier.h"
#include "framer_streams.h"
#include "kselftest_harness.h"
#include "memory.h"
#include "verdicts.h"

#include <uapi/linux/rtpguard.h>

#define FRAMES		12
#define PLAIN_ENFORCE	2

FIXTURE(carried)
{
	struct rg_media media;
	struct rg_media bare;
	struct rg_framer framer;
	struct rg_answer ans;
	struct tally tally;
	u64 now_ms;
};

FIXTURE_SETUP(carried)
{
	memset(self, 0, sizeof(*self));
}

static void anew(struct _test_data_carried *self)
{
	media_end(&self->media);
	media_end(&self->bare);
	free(self->framer.bytes);
	memset(&self->framer, 0, sizeof(self->framer));
	memset(&self->tally, 0, sizeof(self->tally));
}

FIXTURE_TEARDOWN(carried)
{
	anew(self);
}

/* There is one peer, or none. */
static void judge(struct _test_data_carried *self, struct rg_packet *pkt)
{
	pkt->now_ms = self->now_ms += 20;
	rg_carrier_open(pkt);
	media_feed(pkt->peer ? &self->media : &self->bare, pkt, true, &self->ans);
	if (rg_shape_is_media(self->ans.shape))
		tally_add(&self->tally, &self->ans);
}

/* In an allocation of its own: reads beyond it are seen. */
static void judge_datagram(struct _test_data_carried *self, const struct datagram *d)
{
	u8 *copy = malloc(d->len);
	struct rg_packet pkt = { .data = copy, .len = d->len, .wire_len = d->len };

	memcpy(copy, d->bytes, d->len);
	judge(self, &pkt);
	free(copy);
}

static void judge_segment(struct _test_data_carried *self, const u8 *data, u32 len,
			  bool fresh)
{
	struct rg_framer *framer = &self->framer;
	u8 *copy = malloc(len);
	u32 off = 0;

	memcpy(copy, data, len);
	rg_framer_segment(framer, len, fresh);
	while (off < len || rg_framer_goes_on(framer)) {
		struct rg_packet pkt = { 0 };

		if (rg_framer_hungry(framer))
			rg_framer_give(framer, malloc(RG_FRAME_BYTES_MAX));
		off += rg_framer_feed(framer, copy + off, len - off, &pkt);
		if (pkt.wire_len)
			judge(self, &pkt);
	}
	free(copy);
}

/* @stream, in segments of @step bytes. */
static void judge_stream(struct _test_data_carried *self, u32 step)
{
	u32 at;

	for (at = 0; at < stream.len; at += step)
		judge_segment(self, stream.bytes + at, min_t(u32, step, stream.len - at),
			      !at);
}

static void expect_dropped(struct __test_metadata *_metadata,
			   const struct _test_data_carried *self, const char *how, u32 step)
{
	EXPECT_EQ(self->ans.class, RTPGUARD_CLASS_RTP) TH_LOG("%s, %u", how, step);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_CLEAR)
		TH_LOG("%s, %u", how, step);
	EXPECT_EQ(self->tally.fed, FRAMES) TH_LOG("%s, %u", how, step);
	EXPECT_EQ(self->tally.enforce, PLAIN_ENFORCE) TH_LOG("%s, %u", how, step);
	EXPECT_EQ(self->tally.strict, 0) TH_LOG("%s, %u", how, step);
}

#define EXPECT_DROPPED(how, step) expect_dropped(_metadata, self, how, step)

/* Frame number @seq in these layers; the first is the outer one. */
static void media_make(struct datagram *d, const char *layers, u16 seq)
{
	size_t i;

	memset(d, 0, sizeof(*d));
	d->len = packet_rtp(d->bytes, 0, seq, 160 * seq, SSRC, 160);
	for (i = strlen(layers); i; i--)
		wrap(d, layers[i - 1]);
}

/* ChannelData, Send and Data indications, of IPv4 and of IPv6, alone and in another. */
static const char *const turns[] = {
	"c", "s", "d", "S", "D", "cc", "cs", "cd", "sc", "ss", "sd", "dc", "ds", "dd",
	"SD", "DS", "Sc", "cD", "p", "q", "r", "pr", "qc", "cp", "qs", "Dr",
};

TEST_F(carried, turn_on_udp_nested_twice_is_dropped)
{
	struct datagram d;
	u32 i, n;

	for (i = 0; i < ARRAY_SIZE(turns); i++) {
		anew(self);
		for (n = 0; n < FRAMES; n++) {
			media_make(&d, turns[i], n);
			judge_datagram(self, &d);
		}
		EXPECT_DROPPED(turns[i], 0);
		EXPECT_TRUE(self->ans.evidence & RTPGUARD_EVIDENCE_TURN_CARRIED);
	}
}

static void turn_stream_make(const char *layers)
{
	struct datagram d;
	u32 n;

	stream.len = 0;
	make(&d, "b");
	d.len = RG_STUN_HEADER_LEN;
	stream_bytes(&stream, d.bytes, d.len);
	for (n = 0; n < FRAMES; n++) {
		media_make(&d, layers, n);
		/* ChannelData is padded (RFC 8656, 12.5). */
		memset(d.bytes + d.len, 0, 3);
		stream_bytes(&stream, d.bytes, (d.len + 3) & ~3u);
	}
}

static const u16 steps[] = { 1, 2, 7, 19, 100, 174, 176, 300, 1448, 0xffff };

TEST_F(carried, turn_on_tcp_nested_twice_and_split_is_dropped)
{
	u32 i, j;

	for (i = 0; i < ARRAY_SIZE(turns); i++) {
		turn_stream_make(turns[i]);
		for (j = 0; j < ARRAY_SIZE(steps); j++) {
			anew(self);
			judge_stream(self, steps[j]);
			EXPECT_DROPPED(turns[i], steps[j]);
		}
	}
}

static void rfc4571_stream_make(void)
{
	u32 n;

	begin();
	for (n = 0; n < FRAMES; n++)
		framed_rtp(n, 172);
}

static u32 interleaved_make(u8 *p, u16 seq)
{
	put_be32(p, 0x24000000 | 172);
	return 4 + packet_rtp(p + 4, 0, seq, 160 * seq, SSRC, 160);
}

#define RTSP_ANSWER	"RTSP/1.0 200 OK\r\nCSeq: 3\r\nSession: 1\r\n\r\n"
#define HTTP_ANSWER	"HTTP/1.0 200 OK\r\n" \
			"Content-Type: application/x-rtsp-tunnelled\r\n\r\n"

static void answer_stream_make(const char *answer)
{
	u8 p[4 + 172];
	u32 n;

	stream.len = 0;
	stream_text(&stream, answer);
	for (n = 0; n < FRAMES; n++)
		stream_bytes(&stream, p, interleaved_make(p, n));
}

static void http_post_stream_make(void)
{
	static const char record[] = "RECORD rtsp://192.0.2.1/a RTSP/1.0\r\nCSeq: 3\r\n\r\n";
	u8 p[4 + 172];
	u32 n;

	stream.len = 0;
	stream_text(&stream, "POST /a HTTP/1.0\r\nx-sessioncookie: aZ0\r\n"
			     "Content-Type: application/x-rtsp-tunnelled\r\n"
			     "Content-Length: 32767\r\n\r\n");
	stream_base64(&stream, (const u8 *)record, sizeof(record) - 1);
	for (n = 0; n < FRAMES; n++)
		stream_base64(&stream, p, interleaved_make(p, n));
}

static void split_everywhere(struct __test_metadata *_metadata,
			     struct _test_data_carried *self, const char *name)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		anew(self);
		judge_stream(self, steps[i]);
		EXPECT_DROPPED(name, steps[i]);
	}
	/* And once at every place. */
	for (i = 1; i < stream.len; i++) {
		anew(self);
		judge_segment(self, stream.bytes, i, true);
		judge_segment(self, stream.bytes + i, stream.len - i, false);
		EXPECT_DROPPED(name, i);
	}
}

TEST_F(carried, rfc4571_split_anywhere_is_dropped)
{
	rfc4571_stream_make();
	split_everywhere(_metadata, self, "RFC 4571");
}

TEST_F(carried, interleaved_rtsp_split_anywhere_is_dropped)
{
	answer_stream_make(RTSP_ANSWER);
	split_everywhere(_metadata, self, "RTSP");
}

TEST_F(carried, rtsp_in_an_answer_of_http_split_anywhere_is_dropped)
{
	answer_stream_make(HTTP_ANSWER RTSP_ANSWER);
	split_everywhere(_metadata, self, "GET");
}

TEST_F(carried, rtsp_in_a_post_of_http_split_anywhere_is_dropped)
{
	http_post_stream_make();
	split_everywhere(_metadata, self, "POST");
}

TEST_HARNESS_MAIN
