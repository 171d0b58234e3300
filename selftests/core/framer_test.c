// SPDX-License-Identifier: GPL-2.0
/*
 * The frames of a byte stream: the same ones however it is cut, none where there are
 * none, and found again where bytes are missing.
 */
#include "framer_streams.h"
#include "kselftest_harness.h"
#include "random.h"

#define SEGMENT		1448

static struct caller whole, caller;

static const struct {
	void (*make)(void);
	const char *name;
	u32 frames;
	u8 framing;
	u32 cuts;
} streams[] = {
	{ rfc4571_make, "RFC 4571", 19, RG_FRAMING_RFC4571, 1 },
	{ turn_make, "TURN", 14, RG_FRAMING_TURN, 1 },
	{ rtsp_make, "RTSP", 6, RG_FRAMING_RTSP, 1 },
	{ tunnel_make, "RTSP in POST", 6, RG_FRAMING_RTSP, 1 },
	{ rtmp_make, "RTMP", 11, RG_FRAMING_RTMP, 3 },
	{ long_make, "RFC 4571, long", 5, RG_FRAMING_RFC4571, 97 },
};

static bool run_agrees(u32 first, u32 step)
{
	caller_run(&caller, stream.bytes, stream.len, first, step);
	return callers_agree(&caller, &whole);
}

TEST(frames_are_told_of_as_they_are)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(streams); i++) {
		streams[i].make();
		EXPECT_EQ(expected_count, streams[i].frames) TH_LOG("%s", streams[i].name);
		caller_run(&whole, stream.bytes, stream.len, stream.len, stream.len);
		EXPECT_TRUE(as_expected(&whole)) TH_LOG("%s: %u frames", streams[i].name,
							whole.count);
		EXPECT_EQ(whole.framer.framing, streams[i].framing);
		EXPECT_FALSE(rg_framer_goes_on(&whole.framer));
	}
	caller_end(&whole);
}

FIXTURE(cut)
{
	bool poor;
};

FIXTURE_VARIANT(cut)
{
	bool poor;
};

FIXTURE_VARIANT_ADD(cut, with_memory)
{
	.poor = false,
};

FIXTURE_VARIANT_ADD(cut, without)
{
	.poor = true,
};

FIXTURE_SETUP(cut)
{
	whole.poor = false;
	caller.poor = variant->poor;
}

FIXTURE_TEARDOWN(cut)
{
	caller_end(&whole);
	caller_end(&caller);
	caller.poor = false;
}

TEST_F(cut, in_two_at_every_place)
{
	u32 i, n;

	for (i = 0; i < ARRAY_SIZE(streams); i++) {
		streams[i].make();
		caller_run(&whole, stream.bytes, stream.len, stream.len, stream.len);
		for (n = 1; n < stream.len; n += streams[i].cuts)
			ASSERT_TRUE(run_agrees(n, stream.len))
				TH_LOG("%s, cut at %u", streams[i].name, n);
	}
}

TEST_F(cut, in_segments_of_one_length)
{
	u32 i, n;

	for (i = 0; i < ARRAY_SIZE(streams); i++) {
		streams[i].make();
		caller_run(&whole, stream.bytes, stream.len, stream.len, stream.len);
		for (n = 1; n <= 64; n++)
			ASSERT_TRUE(run_agrees(n, n))
				TH_LOG("%s, segments of %u", streams[i].name, n);
	}
}

/* A segment that is read in pieces, as the kernel's are. */
TEST_F(cut, a_segment_in_pieces)
{
	u32 i, n, at;

	for (i = 0; i < ARRAY_SIZE(streams); i++) {
		streams[i].make();
		caller_run(&whole, stream.bytes, stream.len, stream.len, stream.len);
		for (n = 1; n <= 2048; n = n * 3 - 1) {
			caller_end(&caller);
			rg_framer_segment(&caller.framer, stream.len, true);
			for (at = 0; at < stream.len; at += n)
				caller_piece(&caller, stream.bytes + at,
					     min_t(u32, n, stream.len - at));
			ASSERT_TRUE(callers_agree(&caller, &whole))
				TH_LOG("%s, pieces of %u", streams[i].name, n);
			if (n == 1)
				n = 2;
		}
	}
}

/* Cut off anywhere: the frames that are whole, or as long as is kept. */
TEST(what_is_not_there_is_not_told_of)
{
	u32 n, before = 0;

	rfc4571_make();
	caller_run(&whole, stream.bytes, stream.len, stream.len, stream.len);
	for (n = 1; n <= stream.len; n++) {
		caller_run(&caller, stream.bytes, n, n, n);
		ASSERT_TRUE(caller.count == before || caller.count == before + 1);
		before = caller.count;
		ASSERT_EQ(memcmp(caller.told, whole.told, before * sizeof(struct told)), 0);
	}
	EXPECT_EQ(before, whole.count);
	caller_end(&caller);
	caller_end(&whole);
}

/* TLS: a client's first record where it is one's first; else anything. */
static u32 nothing_run(struct rg_random *r, bool fresh)
{
	static const u8 hello[] = { 0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3 };
	u32 len = 0;

	random_fill(r, stream.bytes, 3 * SEGMENT);
	if (fresh)
		memcpy(stream.bytes, hello, sizeof(hello));
	for (caller_end(&caller); len < RG_SNIFF_MAX; len += SEGMENT) {
		if (caller.framer.framing == RG_FRAMING_OTHER)
			break;
		caller_segment(&caller, stream.bytes + len, SEGMENT, fresh && !len);
	}
	return len;
}

TEST(random_bytes_have_no_frames)
{
	struct rg_random r;
	u32 i;

	random_seed(&r, 1);
	for (i = 0; i < 20000; i++) {
		ASSERT_EQ(nothing_run(&r, i % 2), 3 * SEGMENT);
		ASSERT_EQ(caller.count, 0) TH_LOG("stream %u", i);
		ASSERT_EQ(caller.framer.framing, RG_FRAMING_OTHER) TH_LOG("stream %u", i);
	}
}

/* @count frames in a segment, of one stream. */
static void segment_make(bool rtsp, u16 seq, u32 count)
{
	begin();
	for (; count; count--, seq++) {
		if (rtsp)
			interleaved(0, 172 + count);
		else
			framed_rtp(seq, 172 + count);
	}
}

/* A segment that begins with a frame of 173 bytes. */
static bool segment_told(u8 first, u8 second, u16 third, u32 len)
{
	caller_end(&caller);
	segment_make(false, 1, 1);
	stream.bytes[2] = first;
	stream.bytes[3] = second;
	put_be16(stream.bytes + 4, third);
	caller_segment(&caller, stream.bytes, len, false);
	return caller.count;
}

/* Each segment of any connection is another chance. */
TEST(a_single_frame_under_way_is_like_most)
{
	EXPECT_TRUE(segment_told(0x80, 0, 1, 175));
	EXPECT_TRUE(segment_told(0x90, 0xff, 1, 175));
	EXPECT_FALSE(segment_told(0x80, 0, 1, 174));
	EXPECT_FALSE(segment_told(0x80, 0, 1, 176));
	EXPECT_FALSE(segment_told(0xa0, 0, 1, 175));
	EXPECT_FALSE(segment_told(0x81, 0, 1, 175));
	EXPECT_FALSE(segment_told(0x40, 0, 1, 175));
	EXPECT_FALSE(segment_told(0xc0, 0, 1, 175));
	EXPECT_TRUE(segment_told(0x81, 200, 42, 175));
	EXPECT_FALSE(segment_told(0x81, 200, 43, 175));
	caller_end(&caller);
}

/* Up to which byte it was looked at. */
static u32 other_after(const char *text, u32 step)
{
	u32 n = 0;

	stream.len = 0;
	stream_text(&stream, text);
	stream_fill(&stream, 0xff, 2 * RG_SNIFF_MAX);
	caller_end(&caller);
	while (n < stream.len && caller.framer.framing != RG_FRAMING_OTHER) {
		caller_segment(&caller, stream.bytes + n, step, !n);
		n += step;
	}
	return n;
}

TEST(what_is_nothing_known_is_looked_at_for_so_long)
{
	static const char *const texts[] = {
		"\xff", "SSH-2.0-OpenSSH_9.6\r\n", "220 mail.example ESMTP\r\n", "\x03\x01",
		"GET / HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n", "EHLO a.example\r\n",
	};
	u32 i, n, after;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		for (n = 1; n <= RG_SNIFF_MAX; n *= 2) {
			after = other_after(texts[i], n);
			/* What is gathered to look at is counted when it has been. */
			EXPECT_GE(after, RG_SNIFF_MAX);
			EXPECT_LT(after, RG_SNIFF_MAX + RG_SNIFF_LEN)
				TH_LOG("%s in segments of %u", texts[i], n);
			EXPECT_EQ(caller.count, 0);
		}
	}
	/* And never again. */
	rfc4571_make();
	caller_segment(&caller, stream.bytes, stream.len, false);
	rg_framer_hole(&caller.framer);
	caller_segment(&caller, stream.bytes, stream.len, false);
	EXPECT_EQ(caller.count, 0);
	EXPECT_EQ(caller.framer.framing, RG_FRAMING_OTHER);
}

TEST(a_connection_under_way_is_joined_where_a_segment_begins_with_a_frame)
{
	u32 rtsp, count, i;

	for (rtsp = 0; rtsp < 2; rtsp++) {
		for (count = 1; count <= 8; count++) {
			caller_end(&caller);
			/* The end of what was not seen. */
			segment_make(rtsp, 0, 2);
			caller_segment(&caller, stream.bytes + 90, stream.len - 90, false);
			EXPECT_EQ(caller.count, 0);
			segment_make(rtsp, 1, count);
			for (i = 1; i <= 5; i++) {
				caller_segment(&caller, stream.bytes, stream.len, false);
				EXPECT_EQ(caller.count, i * count)
					TH_LOG("%u frames a segment", count);
			}
		}
	}
	caller_end(&caller);
}

/* The last frame goes on in the next segment. */
TEST(it_is_joined_where_two_frames_of_one_stream_begin_a_segment)
{
	u32 rtsp, cut, head, first;

	for (rtsp = 0; rtsp < 2; rtsp++) {
		segment_make(rtsp, 1, 3);
		head = 2 + 2 * rtsp;
		first = head + 175;
		for (cut = 1; cut < stream.len; cut++) {
			caller_run(&caller, stream.bytes, 0, 1, 1);
			caller_segment(&caller, stream.bytes, cut, false);
			caller_segment(&caller, stream.bytes + cut, stream.len - cut, false);
			/* Behind the header of the second. */
			ASSERT_EQ(as_expected(&caller), cut == first || cut >= first + head + 12)
				TH_LOG("cut at %u", cut);
		}
		/* Of another stream it is not believed. */
		stream.bytes[first + head + 11] ^= 1;
		caller_run(&caller, stream.bytes, 0, 1, 1);
		caller_segment(&caller, stream.bytes, stream.len - 20, false);
		EXPECT_EQ(caller.count, 0);
	}
	caller_end(&caller);
}

/* Behind a hole, or what is no frame: what follows begins with a later segment. */
TEST(frames_are_found_again)
{
	u32 rtsp, hole, n;

	for (rtsp = 0; rtsp < 2; rtsp++) {
		for (hole = 0; hole < 2; hole++) {
			caller_end(&caller);
			rtsp ? rtsp_make() : rfc4571_make();
			caller_segment(&caller, stream.bytes, stream.len, true);
			n = caller.count;
			EXPECT_EQ(n, expected_count);
			if (hole)
				rg_framer_hole(&caller.framer);
			stream_fill(&stream, 0xff, 64);
			caller_segment(&caller, stream.bytes + stream.len - 64, 64, false);
			EXPECT_EQ(caller.framer.framing, RG_FRAMING_HUNT);
			segment_make(rtsp, 9, 2);
			caller_segment(&caller, stream.bytes + 50, stream.len - 50, false);
			EXPECT_EQ(caller.count, n);
			caller_segment(&caller, stream.bytes, stream.len, false);
			EXPECT_EQ(caller.count, n + 2);
		}
	}
	caller_end(&caller);
}

static void frames_make(u8 framing, u32 count)
{
	if (framing == RG_FRAMING_TURN)
		channels_make(0x4001, count);
	else
		segment_make(framing == RG_FRAMING_RTSP, 9, count);
}

/* A connection of three frames or more. */
static void known_begin(u8 framing)
{
	caller_end(&caller);
	if (framing == RG_FRAMING_RTSP)
		rtsp_make();
	else
		frames_make(framing, 4);
	caller_segment(&caller, stream.bytes, stream.len, true);
}

/* What is sent at once is one segment here, and no frame begins where others do. */
TEST(frames_are_found_again_in_a_long_segment)
{
	static const u8 framings[] = {
		RG_FRAMING_RFC4571, RG_FRAMING_RTSP, RG_FRAMING_TURN,
	};
	u32 i, n, junk;

	for (i = 0; i < ARRAY_SIZE(framings); i++) {
		for (junk = 0; junk < 3000; junk += 613) {
			known_begin(framings[i]);
			n = caller.count;
			rg_framer_hole(&caller.framer);
			begin();
			stream_fill(&stream, 0x55, junk);
			caller_segment(&caller, stream.bytes, stream.len + !junk, false);
			frames_make(framings[i], 20);
			/* The first is cut, and all others are whole. */
			caller_segment(&caller, stream.bytes + 50, stream.len - 50, false);
			EXPECT_EQ(caller.framer.framing, framings[i]);
			EXPECT_EQ(caller.count, n + 19) TH_LOG("%u, %u", framings[i], junk);
		}
	}
	caller_end(&caller);
}

/* Nor are they looked for without end, and chance finds none. */
TEST(frames_are_not_looked_for_without_end)
{
	static u8 noise[1448];
	u32 i, n, fed = 0;

	for (i = 0; i < 3; i++) {
		known_begin(i == 0 ? RG_FRAMING_RFC4571 : i == 1 ? RG_FRAMING_RTSP :
							       RG_FRAMING_TURN);
		n = caller.count;
		rg_framer_hole(&caller.framer);
		for (fed = 0; fed <= RG_HUNT_MAX; fed += sizeof(noise)) {
			memset(noise, 0x55 + fed, sizeof(noise));
			caller_segment(&caller, noise, sizeof(noise), false);
		}
		EXPECT_EQ(caller.framer.framing, RG_FRAMING_OTHER);
		EXPECT_EQ(caller.count, n);
	}
	caller_end(&caller);
}

/* In the midst of a frame, of its header, and before it is known what it is. */
TEST(a_hole_ends_what_has_begun)
{
	u32 n;

	for (n = 1; n < 174; n++) {
		caller_end(&caller);
		segment_make(false, 1, 1);
		caller_segment(&caller, stream.bytes, n, true);
		rg_framer_hole(&caller.framer);
		EXPECT_FALSE(rg_framer_hungry(&caller.framer));
		caller_segment(&caller, stream.bytes, stream.len, false);
		ASSERT_TRUE(as_expected(&caller)) TH_LOG("%u bytes before", n);
	}
	caller_end(&caller);
}

/* What has begun to leave can be asked about, until it is told of. */
TEST(a_partial_frame_is_what_is_there)
{
	struct rg_packet pkt;
	bool there;
	u32 n;

	segment_make(false, 1, 1);
	for (n = 1; n <= stream.len; n++) {
		caller_run(&caller, stream.bytes, n, n, n);
		there = rg_framer_partial(&caller.framer, &pkt);
		/* By then it has a header: 14 bytes, of which 2 are no frame's. */
		ASSERT_EQ(there, n >= 14 && n < stream.len) TH_LOG("%u bytes", n);
		if (!there)
			continue;
		ASSERT_EQ(pkt.len, n - 2);
		ASSERT_EQ(pkt.wire_len, stream.len - 2);
		ASSERT_EQ(memcmp(pkt.data, stream.bytes + 2, pkt.len), 0);
	}
	long_make();
	/* Told of, and not yet whole. */
	caller_run(&caller, stream.bytes, 2 + 2048 + 2 + 2048, 5000, 1);
	EXPECT_EQ(caller.count, 2);
	EXPECT_FALSE(rg_framer_partial(&caller.framer, &pkt));
	caller_end(&caller);
}

/* A first frame may be whole before it is known what its connection is. */
TEST(a_partial_frame_has_no_byte_of_the_next)
{
	static const u8 rr[] = { 0x80, 201, 0, 1, 0, 0, 0, 1 };
	struct rg_packet pkt;
	u32 n;

	for (n = 14; n < 16; n++) {
		begin();
		framed(rr, sizeof(rr));
		framed_rtp(1, 172);
		caller_run(&caller, stream.bytes, n, n, n);
		ASSERT_TRUE(rg_framer_partial(&caller.framer, &pkt));
		ASSERT_EQ(pkt.wire_len, 8);
		ASSERT_EQ(pkt.len, 8) TH_LOG("%u bytes", n);
	}
	caller_end(&caller);
}

TEST_HARNESS_MAIN
