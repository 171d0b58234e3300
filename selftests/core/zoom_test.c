// SPDX-License-Identifier: GPL-2.0
/*
 * Zoom's headers: each kind, every truncation, hostile ones, and what a direction of a
 * flow is taken for, packet by packet. Each packet is an allocation of its own length.
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

static bool fed(struct rg_zoom_state *state, u8 kind, u16 seq, u32 ssrc)
{
	struct rg_zoom zoom;
	u8 p[HEADS_MAX] = { 0 };
	u32 len = zoom_head(p, &zoom_kinds[kind], true, seq, ssrc);

	return parse_copy(p, len, &zoom) && rg_zoom_feed(state, &zoom);
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
		/* One is sent again, some are lost. */
		{ { 7, 7, 8, 8, 9, 10 }, 4 },
		{ { 0, 64, 128, 129, 130, 131 }, 2 },
		/* A jump, and one back: begin anew. */
		{ { 0, 1, 66, 67, 68, 69 }, 4 },
		{ { 5, 6, 5, 6, 7, 8 }, 4 },
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
TEST(kinds_do_not_disturb_each_other)
{
	struct rg_zoom_state state = { 0 };
	u32 i;

	for (i = 0; i < 8; i++)
		ASSERT_FALSE(fed(&state, i % 4, 1000 * (i % 4) + i, SSRC + i % 4));
	ASSERT_TRUE(fed(&state, 2, 2010, SSRC + 2));
	/* What is known stays known. */
	EXPECT_TRUE(fed(&state, 0, 30000, SSRC + 9));
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
