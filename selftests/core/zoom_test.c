// SPDX-License-Identifier: GPL-2.0
/*
 * Zoom's headers: as real calls have them, each kind, every truncation, hostile ones, and
 * what a direction of a flow is taken for, packet by packet. Each packet is an allocation
 * of its own length.
 */
#include "core/limits.h"
#include "core/zoom.h"
#include "cipher.h"
#include "kselftest_harness.h"
#include "zoom_packets.h"

#define HEADS_MAX	64
#define SSRC		0x01000402
#define RANDOM_MAX	2000000

static bool parse_copy(const u8 *bytes, u32 len, struct rg_zoom *zoom)
{
	u8 *copy = malloc(len ? len : 1);
	struct rg_packet pkt = { .data = copy, .len = len, .wire_len = len };
	bool ok;

	memcpy(copy, bytes, len);
	ok = rg_zoom_parse(&pkt, zoom);
	free(copy);
	return ok;
}

/* How packets of calls begin, up to RTP's SSRC; two versions of the client. */
static const struct {
	char what[20];
	u8 len;
	u8 bytes[48];
	struct rg_zoom zoom;
} real[] = {
	{ "audio, down", 39,
	  { 0x05, 0x00, 0x02, 0x00, 0x4f, 0x83, 0x79, 0x04, 0x0f, 0x01, 0x00, 0xfb, 0x90,
	    0x14, 0x11, 0x04, 0xff, 0x00, 0x00, 0x5c, 0xfb, 0x03, 0x5e, 0x00, 0x01, 0x00,
	    0x6a, 0x90, 0x70, 0x0b, 0x16, 0x00, 0x11, 0x50, 0x80, 0x01, 0x00, 0x04, 0x02 },
	  { 0x0b16, 0x115080, 0x01000402, 112 } },
	{ "audio, direct", 31,
	  { 0x0f, 0x01, 0x00, 0xfb, 0x90, 0x16, 0x11, 0x04, 0x03, 0x00, 0x00, 0x49, 0x09,
	    0xb6, 0x4c, 0x00, 0x01, 0x00, 0x48, 0x90, 0x71, 0x19, 0x07, 0x00, 0x11, 0xd8,
	    0x10, 0x01, 0x00, 0x08, 0x02 },
	  { 0x1907, 0x11d810, 0x01000802, 113 } },
	{ "video, direct", 36,
	  { 0x10, 0x01, 0x00, 0xfb, 0x90, 0x1c, 0x18, 0x0c, 0x03, 0x00, 0x00, 0x49, 0x09,
	    0xb5, 0xf2, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x01, 0x0a, 0x10, 0x90, 0x62,
	    0x56, 0xb4, 0x0e, 0xd7, 0x5f, 0xe2, 0x01, 0x00, 0x08, 0x01 },
	  { 0x56b4, 0x0ed75fe2, 0x01000801, 98 } },
};

/* And what is none of media: an attendance, a probe of bandwidth, RTCP. */
static const struct {
	char what[20];
	u8 len;
	u8 bytes[48];
} other[] = {
	{ "control", 40,
	  { 0x05, 0x00, 0x00, 0x00, 0xfe, 0x51, 0x31, 0x00, 0x0d, 0xd0, 0x94, 0x00, 0x00,
	    0x00, 0x00, 0x0c, 0x01, 0x79, 0x7b, 0x24, 0xf4, 0x14, 0xc5, 0x48, 0xa4, 0x81,
	    0x85, 0xe5, 0x43, 0x3f, 0x25, 0xdb, 0xd7, 0x01, 0x00, 0x04, 0x03, 0x02, 0x00,
	    0x00 } },
	{ "probe, direct", 40,
	  { 0x15, 0x01, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x00, 0x33, 0x01, 0x0d, 0x04,
	    0x00, 0x00, 0xff, 0xfe, 0xe3, 0xe6, 0x00, 0x00, 0x00, 0x03, 0xe8, 0x00, 0x00,
	    0x00, 0x00, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 } },
	{ "RTCP, up", 40,
	  { 0x05, 0x00, 0x15, 0x00, 0x4f, 0x83, 0x79, 0x00, 0x22, 0x01, 0x00, 0xfb, 0x90,
	    0x14, 0x10, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x80, 0xc8,
	    0x00, 0x06, 0x01, 0x00, 0x08, 0x02, 0xe5, 0x98, 0x28, 0x54, 0xf0, 0xf9, 0x27,
	    0xc8 } },
	{ "who are you, direct", 40,
	  { 0x1f, 0x02, 0x01, 0x00, 0x08, 0x00, 0x01, 0x00, 0x04, 0x00, 0x5c, 0x9b, 0x63,
	    0x7b, 0x00, 0x00, 0x00, 0x64, 0x00, 0x00, 0x00, 0x62, 0xa0, 0x4c, 0x00, 0x00,
	    0x00, 0x0d, '1', '9', '2', '.', '0', '.', '2', '.', '1', 0, 0, 0 } },
};

static bool fed(struct rg_zoom_state *state, u8 kind, u16 seq, u32 ssrc)
{
	struct rg_zoom zoom;
	u8 p[HEADS_MAX] = { 0 };
	u32 len = zoom_head(p, &zoom_kinds[kind], true, seq, ssrc);

	return parse_copy(p, len, &zoom) && rg_zoom_feed(state, &zoom);
}

TEST(what_real_calls_send_is_read)
{
	struct rg_zoom zoom;
	u32 i, n;

	for (i = 0; i < ARRAY_SIZE(real); i++) {
		ASSERT_TRUE(parse_copy(real[i].bytes, real[i].len, &zoom))
			TH_LOG("%s", real[i].what);
		EXPECT_EQ(zoom.seq, real[i].zoom.seq);
		EXPECT_EQ(zoom.ts, real[i].zoom.ts);
		EXPECT_EQ(zoom.ssrc, real[i].zoom.ssrc);
		EXPECT_EQ(zoom.pt, real[i].zoom.pt);
		for (n = 0; n < real[i].len; n++)
			ASSERT_FALSE(parse_copy(real[i].bytes, n, &zoom));
	}
	for (i = 0; i < ARRAY_SIZE(other); i++)
		EXPECT_FALSE(parse_copy(other[i].bytes, other[i].len, &zoom))
			TH_LOG("%s", other[i].what);
}

TEST(each_kind_is_read)
{
	struct rg_zoom zoom;
	u8 p[HEADS_MAX];
	u32 i, server;

	for (i = 0; i < ARRAY_SIZE(zoom_kinds); i++) {
		for (server = 0; server < 2; server++) {
			u32 len;

			memset(p, 0xff, sizeof(p));
			len = zoom_head(p, &zoom_kinds[i], server, 0x1234, SSRC);
			ASSERT_EQ(parse_copy(p, len, &zoom),
				  server || zoom_kinds[i].direct)
				TH_LOG("type %u", zoom_kinds[i].type);
			if (!server && !zoom_kinds[i].direct)
				continue;
			EXPECT_EQ(zoom.seq, 0x1234);
			EXPECT_EQ(zoom.ssrc, SSRC);
		}
	}
}

/* Whatever is behind RTP's header is not asked, but all of that has to be there. */
TEST(a_shorter_packet_is_not)
{
	struct rg_zoom zoom;
	u8 p[HEADS_MAX] = { 0 };
	u32 i, n, len;

	for (i = 0; i < 2 * ARRAY_SIZE(zoom_kinds); i++) {
		if (i % 2 == 0 && !zoom_kinds[i / 2].direct)
			continue;
		len = zoom_head(p, &zoom_kinds[i / 2], i % 2, 7, SSRC);
		for (n = 0; n < len; n++)
			ASSERT_FALSE(parse_copy(p, n, &zoom));
		for (n = len; n < sizeof(p); n++)
			ASSERT_TRUE(parse_copy(p, n, &zoom));
	}
}

TEST(other_headers_are_not)
{
	/* Place from the first byte of a server's audio, and what it has there. */
	static const struct {
		u8 at;
		u8 value;
	} wrong[] = {
		/* Another form, another direction, another type, none. */
		{ 0, 4 }, { 0, 6 }, { 0, 7 }, { 7, 1 }, { 7, 8 }, { 7, 0xff },
		{ 8, 14 }, { 8, 21 }, { 8, 33 }, { 8, 34 }, { 8, 0 },
		/* RTP of another version, with padding, with sources; and RTCP. */
		{ 27, 0 }, { 27, 0x40 }, { 27, 0xc0 }, { 27, 0xa0 }, { 27, 0x81 },
		{ 28, 200 }, { 28, 201 }, { 28, 64 }, { 28, 95 },
	};
	static const struct {
		u8 at;
		u8 value;
	} right[] = {
		{ 7, 4 }, { 9, 0 }, { 27, 0x90 }, { 28, 63 }, { 28, 96 }, { 28, 0xe2 },
	};
	struct rg_zoom zoom;
	u8 p[HEADS_MAX];
	u32 i, len;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		len = zoom_head(p, &zoom_kinds[0], true, 7, SSRC);
		p[wrong[i].at] = wrong[i].value;
		EXPECT_FALSE(parse_copy(p, len, &zoom))
			TH_LOG("%02x at %u", wrong[i].value, wrong[i].at);
	}
	for (i = 0; i < ARRAY_SIZE(right); i++) {
		len = zoom_head(p, &zoom_kinds[0], true, 7, SSRC);
		p[right[i].at] = right[i].value;
		EXPECT_TRUE(parse_copy(p, len, &zoom))
			TH_LOG("%02x at %u", right[i].value, right[i].at);
	}
	/* Between two clients a version is asked for. */
	len = zoom_head(p, &zoom_kinds[0], false, 7, SSRC);
	p[1] = 2;
	EXPECT_FALSE(parse_copy(p, len, &zoom));
}

TEST(three_packets_that_go_on_recognise_it)
{
	static const struct {
		u16 seqs[6];
		u8 at;
	} runs[] = {
		{ { 0, 1, 2, 3, 4, 5 }, 2 },
		{ { 0xfffe, 0xffff, 0, 1, 2, 3 }, 2 },
		/* One is sent again, one comes late, some are lost. */
		{ { 7, 7, 8, 8, 9, 10 }, 4 },
		{ { 7, 8, 6, 7, 9, 10 }, 4 },
		{ { 0, 64, 128, 129, 130, 131 }, 2 },
		/* A jump, and one back: begin anew. */
		{ { 0, 1, 66, 67, 68, 69 }, 4 },
		{ { 500, 501, 400, 401, 402, 403 }, 4 },
		/* Only jumps, only the same. */
		{ { 0, 100, 200, 300, 400, 500 }, 6 },
		{ { 1, 1, 1, 1, 1, 1 }, 6 },
	};
	u32 i, k;

	for (i = 0; i < ARRAY_SIZE(runs); i++) {
		struct rg_zoom_state state = { 0 };

		for (k = 0; k < 6; k++) {
			ASSERT_EQ(fed(&state, 0, runs[i].seqs[k], SSRC), k >= runs[i].at)
				TH_LOG("run %u, packet %u", i, k);
		}
	}
}

TEST(other_ssrcs_are_no_sequence)
{
	struct rg_zoom_state state = { 0 };
	u32 i;

	for (i = 0; i < 1000; i++)
		ASSERT_FALSE(fed(&state, 0, i, SSRC + i));
}

/* In one flow, each with an SSRC and a sequence of its own. */
TEST(streams_do_not_disturb_each_other)
{
	struct rg_zoom_state state = { 0 };
	u32 i;

	for (i = 0; i < 8; i++)
		ASSERT_FALSE(fed(&state, 0, 1000 * (i % 4) + i, SSRC + i % 4));
	ASSERT_TRUE(fed(&state, 0, 2010, SSRC + 2));
	/* What is known stays known. */
	EXPECT_TRUE(fed(&state, 0, 30000, SSRC + 9));
}

/* Its SSRC is that of what it corrects, and its sequence is not. */
TEST(error_correction_does_not_disturb)
{
	struct rg_zoom zoom = { .ssrc = SSRC };
	struct rg_zoom_state state = { 0 };
	u32 i, known = 0;

	for (i = 0; i < 6; i++) {
		zoom.pt = i % 2 ? 110 : 98;
		zoom.seq = i % 2 ? 40000 + i : i;
		known += rg_zoom_feed(&state, &zoom);
	}
	EXPECT_EQ(known, 2);
}

TEST(timestamps_that_jump_are_none)
{
	struct rg_zoom zoom = { .ssrc = SSRC, .pt = 98 };
	struct rg_zoom_state state = { 0 };
	u32 i;

	for (i = 0; i < 100; i++) {
		zoom.seq++;
		zoom.ts += 0x20000000;
		ASSERT_FALSE(rg_zoom_feed(&state, &zoom));
	}
}

/* More SSRCs than places, in turn: none has one long enough. */
TEST(too_many_streams_are_none)
{
	struct rg_zoom_state state = { 0 };
	u32 i;

	for (i = 0; i < 100; i++)
		ASSERT_FALSE(fed(&state, 0, i, SSRC + i % (RG_ZOOM_RUNS_MAX + 1)));
}

TEST(random_bytes_are_nothing)
{
	struct rg_zoom_state state = { 0 };
	struct rg_random r;
	struct rg_zoom zoom;
	u32 i, parsed = 0;
	u8 p[HEADS_MAX];

	random_seed(&r, 1);
	for (i = 0; i < RANDOM_MAX; i++) {
		random_fill(&r, p, sizeof(p));
		if (!parse_copy(p, sizeof(p), &zoom))
			continue;
		parsed++;
		ASSERT_FALSE(rg_zoom_feed(&state, &zoom));
	}
	/* Once in 2^21. */
	EXPECT_LE(parsed, 8);
}

TEST_HARNESS_MAIN
