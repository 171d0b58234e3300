// SPDX-License-Identifier: GPL-2.0
/*
 * RTMP: what begins it, a side that publishes and one that answers, every
 * truncation, every way to cut these in two, and hostile chunks. Each piece that is
 * fed is an allocation of its own length.
 */
#include "core/rtmp.h"
#include "random.h"
#include "kselftest_harness.h"
#include "rtmp_side.h"

#define RANDOM_MAX	100000
#define RANDOM_LEN	3400

TEST(what_begins_a_side)
{
	static const u8 begins[][9] = {
		{ 3 }, { 3, 0, 0, 0, 0, 9, 0, 124, 2 }, { 3, 0, 1, 2, 3, 128, 0, 7, 2 },
		{ 3, 0, 1, 2, 3, 13, 14, 10, 13 }, { 3, 1, 2, 3, 4, 0xfe, 0xdc, 1, 2 },
		{ 6, 0, 0, 0, 0, 128, 0, 3, 2 }, { 6, 0, 0, 9, 9, 3, 5, 1, 1 },
		{ 8, 9, 9, 9, 9, 10, 0, 45, 2 }, { 9, 9, 9, 9, 9, 128, 0, 7, 2 },
		{ 6, 1, 2, 3, 4 },
	};
	static const u8 others[][9] = {
		{ 0 }, { 2 }, { 4 }, { 0x16, 3, 1 }, { 'G', 'E', 'T' },
		{ 6, 0, 0, 0, 0, 0x40 }, { 6, 0, 0, 0, 0, 9, 0x20 },
		{ 8, 0, 0, 0, 0, 0x81, 0, 7, 2 }, { 9, 0, 0, 0, 0, 128, 128 },
	};
	u32 i, n;

	for (i = 0; i < ARRAY_SIZE(begins); i++) {
		for (n = 1; n <= 9; n++)
			ASSERT_TRUE(rg_rtmp_begins(begins[i], n)) TH_LOG("%u, %u", i, n);
	}
	for (i = 0; i < ARRAY_SIZE(others); i++)
		ASSERT_FALSE(rg_rtmp_begins(others[i], 9)) TH_LOG("%u", i);
	EXPECT_FALSE(rg_rtmp_begins(NULL, 0));
}

TEST(a_client_publishes)
{
	static struct sent sent;
	static struct side side;
	static const struct { u8 channel, type; u16 len; } frames[] = {
		{ 3, 20, 100 }, { 2, 1, 4 }, { 3, 20, 40 }, { 3, 20, 700 },
		{ 4, 18, 16 }, { 6, 9, 1300 }, { 4, 8, 7 }, { 6, 9, 1000 },
		{ 4, 8, 5 }, { 4, 8, 5 }, { 4, 8, 5 },
	};
	u32 i;

	sent_publish(&sent);
	side_whole(&side, &sent);
	ASSERT_EQ(side.count, ARRAY_SIZE(frames));
	EXPECT_FALSE(side.lost);
	for (i = 0; i < ARRAY_SIZE(frames); i++)
		EXPECT_TRUE(saw(&side, i, frames[i].channel, frames[i].type,
				frames[i].len)) TH_LOG("%u", i);
	/* A command that is the first is known by its first bytes. */
	EXPECT_EQ(side.seen[0].at, RTMP_HANDSHAKE + 12 + 3);
	/* The others are reported where they begin. */
	EXPECT_EQ(side.seen[1].at, RTMP_HANDSHAKE + 12 + 100 + 12);
	EXPECT_EQ(sent.p[side.seen[5].at], 0x17);
	EXPECT_EQ(sent.p[side.seen[6].at], 0xaf);
	EXPECT_FALSE(side.rtmp.encrypted);
}

TEST(a_server_answers)
{
	static struct sent sent;
	static struct side side;

	sent_answer(&sent);
	side_whole(&side, &sent);
	ASSERT_EQ(side.count, 5);
	EXPECT_EQ(side.seen[0].at, RTMP_HANDSHAKE + 12);
	EXPECT_TRUE(saw(&side, 0, 2, RTMP_WINDOW, 4));
	EXPECT_TRUE(saw(&side, 2, 2, RTMP_USER, 6));
	EXPECT_TRUE(saw(&side, 3, 3, RTMP_COMMAND, 190));
	EXPECT_TRUE(saw(&side, 4, 2, RTMP_ACK, 4));
	EXPECT_FALSE(side.lost);
}

TEST(every_truncation)
{
	static struct sent sent, cut;
	static struct side whole, side;
	u32 n, i, want;

	sent_publish(&sent);
	side_whole(&whole, &sent);
	cut = sent;
	for (n = 0; n <= sent.len; n++) {
		cut.len = n;
		side_whole(&side, &cut);
		ASSERT_FALSE(side.lost);
		/* One that begins here is reported with its first byte only. */
		for (want = 0, i = 0; i < whole.count; i++)
			want += i ? whole.seen[i].at < n : whole.seen[i].at <= n;
		ASSERT_EQ(side.count, want) TH_LOG("%u bytes", n);
		ASSERT_FALSE(memcmp(side.seen, whole.seen, want * sizeof(*side.seen)));
	}
}

TEST(every_way_to_cut)
{
	static struct sent sent;
	static struct side whole, side;
	u32 n, i;

	for (i = 0; i < 2; i++) {
		if (i)
			sent_answer(&sent);
		else
			sent_publish(&sent);
		side_whole(&whole, &sent);
		for (n = 1; n < sent.len; n++) {
			side_cut(&side, &sent, n, sent.len);
			ASSERT_TRUE(sides_agree(&side, &whole)) TH_LOG("at %u", n);
		}
		for (n = 1; n < 20; n++) {
			side_cut(&side, &sent, n, n);
			ASSERT_TRUE(sides_agree(&side, &whole)) TH_LOG("each %u", n);
		}
	}
}

/* One byte of the first header, and of what is behind. */
TEST(what_comes_first)
{
	static const struct { u8 off, value; bool ok; } cases[] = {
		{ 0, 3, true }, { 0, 2, true }, { 0, 63, true }, { 0, 0, false },
		{ 0, 1, false }, { 0, 0x43, false }, { 0, 0x83, false },
		{ 0, 0xc3, false }, { 1, 0x12, true }, { 4, 1, false }, { 5, 1, true },
		{ 6, 3, false }, { 6, 0, false }, { 7, 0, false }, { 7, 7, false },
		{ 7, 8, false }, { 7, 9, false }, { 7, 14, false }, { 7, 15, true },
		{ 7, 17, true }, { 7, 18, true }, { 7, 21, false }, { 7, 22, true },
		{ 7, 1, false }, { 7, 4, true }, { 8, 1, false }, { 11, 1, false },
		{ 12, 0, false }, { 12, 3, false }, { 13, 1, false }, { 14, 0, false },
		{ 14, 255, true },
	};
	static struct sent sent;
	static struct side side;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		sent_begin(&sent);
		sent.p[RTMP_HANDSHAKE + cases[i].off] = cases[i].value;
		side_whole(&side, &sent);
		EXPECT_EQ(side.lost, !cases[i].ok) TH_LOG("%u", i);
		EXPECT_EQ(side.count, cases[i].ok) TH_LOG("%u", i);
	}
	/* Ids of more bytes are for those who have many. */
	for (i = 63; i < 65; i++) {
		sent.len = RTMP_HANDSHAKE;
		HEADER(&sent, RTMP_WHOLE, i, 0, 4, RTMP_WINDOW);
		PAYLOAD(&sent, 4);
		side_whole(&side, &sent);
		EXPECT_EQ(side.lost, i == 64);
	}
}

TEST(every_type_of_message)
{
	static struct sent sent;
	static struct side side;
	u32 type, len;

	for (type = 0; type < 256; type++) {
		for (len = 0; len < 300; len += len < 7 ? 1 : 50) {
			bool ok = type == 1 || type == 2 || type == 3 || type == 5 ?
				  len == 4 : type == 6 ? len == 5 :
				  type == 4 ? len >= 2 && len <= 256 :
				  (type >= 7 && type <= 9) || type == 22 ||
				  (type >= 15 && type <= 20);
			struct rg_frame frame = { .type = type };

			sent_begin(&sent);
			HEADER(&sent, RTMP_WHOLE, 5, 9, len, type);
			PAYLOAD(&sent, len && type == 1 ? 3 : len > 0);
			side_whole(&side, &sent);
			ASSERT_EQ(side.lost, !ok) TH_LOG("%u, %u", type, len);
			ASSERT_EQ(side.count, 1 + ok);
			ASSERT_EQ(rg_rtmp_is_media(&frame),
				  type == 8 || type == 9 || type == 22);
		}
	}
}

TEST(long_messages)
{
	static struct sent sent;
	static struct side side;
	u32 i;

	for (i = 0; i < 3; i++) {
		sent_begin(&sent);
		HEADER(&sent, RTMP_WHOLE, 6, 0, i ? 0x800000 + i - 1 : 0x100000, RTMP_VIDEO);
		PAYLOAD(&sent, 9);
		side_whole(&side, &sent);
		EXPECT_EQ(side.lost, i == 2);
	}
	sent_begin(&sent);
	HEADER(&sent, RTMP_WHOLE, 6, 0, 0xffffff, RTMP_VIDEO);
	side_whole(&side, &sent);
	EXPECT_TRUE(side.lost);
}

TEST(chunk_sizes)
{
	static const struct { u32 size, used; } sizes[] = {
		{ 1, 1 }, { 2, 2 }, { 3, 3 }, { 127, 127 }, { 4096, 4096 },
		{ 0xffffff, 4096 }, { 0x7fffffff, 4096 },
		{ 0, 0 }, { 0x80000000, 0 }, { 0xffffffff, 0 },
	};
	static struct sent sent;
	static struct side side;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		sent_begin(&sent);
		SEND(&sent, rtmp_number(p, RTMP_SIZE, RTMP_CHUNK_SIZE, sizes[i].size));
		if (sizes[i].used) {
			SEND(&sent, rtmp_media(p, sizes[i].used, RTMP_VIDEO, 4096));
			/* This one may itself be in chunks. */
			SEND(&sent, rtmp_number(p, sizes[i].used, RTMP_CHUNK_SIZE, 9));
			SEND(&sent, rtmp_media(p, 9, RTMP_AUDIO, 64));
			SEND(&sent, rtmp_media(p, 9, RTMP_AUDIO, 1));
		}
		side_whole(&side, &sent);
		EXPECT_EQ(side.lost, !sizes[i].used) TH_LOG("%u", i);
		EXPECT_EQ(side.count, sizes[i].used ? 6 : 2) TH_LOG("%u", i);
	}
}

/* Eight are followed: with a ninth the one that is idle longest goes. */
TEST(many_chunk_streams)
{
	static const u32 ids[] = { 6, 63, 64, 319, 320, 40000, 65535, 65599 };
	static struct sent sent;
	static struct side side;
	u32 i, round;

	sent_begin(&sent);
	for (round = 0; round < 2; round++) {
		for (i = 0; i < ARRAY_SIZE(ids); i++) {
			if (round)
				SEND(&sent, rtmp_basic(p, RTMP_NONE, ids[i]));
			else
				HEADER(&sent, RTMP_WHOLE, ids[i], 1, 200, RTMP_VIDEO);
			PAYLOAD(&sent, round ? 72 : 128);
		}
	}
	side_whole(&side, &sent);
	ASSERT_FALSE(side.lost);
	ASSERT_EQ(side.count, 9);
	for (i = 0; i < ARRAY_SIZE(ids); i++)
		EXPECT_TRUE(saw(&side, 1 + i, (u16)ids[i], RTMP_VIDEO, 200));
	/* The command's went. A new one takes the place of the first, */
	HEADER(&sent, RTMP_WHOLE, 7, 1, 1, RTMP_AUDIO);
	PAYLOAD(&sent, 1);
	SEND(&sent, rtmp_basic(p, RTMP_NONE, 63));
	PAYLOAD(&sent, 128);
	side_whole(&side, &sent);
	EXPECT_FALSE(side.lost);
	/* which cannot be followed then, before it says its header again. */
	for (i = RTMP_WHOLE; i <= RTMP_NONE; i++) {
		u32 len = sent.len;

		HEADER(&sent, i, 6, 1, 9, RTMP_VIDEO);
		PAYLOAD(&sent, 9);
		side_whole(&side, &sent);
		EXPECT_EQ(side.lost, i > RTMP_LENGTH) TH_LOG("%u", i);
		sent.len = len;
	}
}

/* Behind each header of a chunk stream whose last timestamp had no room. */
TEST(extended_timestamps)
{
	static struct sent sent;
	static struct side side;

	sent_begin(&sent);
	HEADER(&sent, RTMP_WHOLE, 6, 0xffffff, 200, RTMP_VIDEO);
	PAYLOAD(&sent, 128);
	/* Another chunk stream has none. */
	HEADER(&sent, RTMP_WHOLE, 4, 0xfffffe, 200, RTMP_AUDIO);
	PAYLOAD(&sent, 128);
	SEND(&sent, rtmp_basic(p, RTMP_NONE, 6));
	SEND(&sent, (put_be32(p, 0xffffff), 4));
	PAYLOAD(&sent, 72);
	SEND(&sent, rtmp_basic(p, RTMP_NONE, 4));
	PAYLOAD(&sent, 72);
	/* A message that begins so, and one whose timestamp has room. */
	SEND(&sent, rtmp_basic(p, RTMP_NONE, 6));
	SEND(&sent, (put_be32(p, 0xffffff), 4));
	PAYLOAD(&sent, 128);
	SEND(&sent, rtmp_basic(p, RTMP_NONE, 6));
	SEND(&sent, (put_be32(p, 0xffffff), 4));
	PAYLOAD(&sent, 72);
	HEADER(&sent, RTMP_TIME, 6, 40, 0, 0);
	PAYLOAD(&sent, 128);
	SEND(&sent, rtmp_basic(p, RTMP_NONE, 6));
	PAYLOAD(&sent, 72);
	HEADER(&sent, RTMP_TIME, 6, 0x12345678, 0, 0);
	PAYLOAD(&sent, 1);
	side_whole(&side, &sent);
	EXPECT_FALSE(side.lost);
	EXPECT_EQ(side.count, 6);
}

TEST(messages_that_are_aborted)
{
	static struct sent sent;
	static struct side side;

	sent_begin(&sent);
	HEADER(&sent, RTMP_WHOLE, 6, 0, 300, RTMP_VIDEO);
	PAYLOAD(&sent, 128);
	/* Another one, none, and that one. */
	SEND(&sent, rtmp_number(p, RTMP_SIZE, RTMP_ABORT, 4));
	SEND(&sent, rtmp_number(p, RTMP_SIZE, RTMP_ABORT, 0));
	SEND(&sent, rtmp_basic(p, RTMP_NONE, 6));
	PAYLOAD(&sent, 128);
	SEND(&sent, rtmp_number(p, RTMP_SIZE, RTMP_ABORT, 6));
	SEND(&sent, rtmp_basic(p, RTMP_NONE, 6));
	PAYLOAD(&sent, 128);
	SEND(&sent, rtmp_media(p, RTMP_SIZE, RTMP_AUDIO, 9));
	side_whole(&side, &sent);
	EXPECT_FALSE(side.lost);
	ASSERT_EQ(side.count, 7);
	EXPECT_TRUE(saw(&side, 5, 6, RTMP_VIDEO, 300));
}

/* Reported with their header; and again without one. */
TEST(empty_messages)
{
	static struct sent sent;
	static struct side side;
	u32 i;

	sent_begin(&sent);
	HEADER(&sent, RTMP_WHOLE, 4, 0, 0, RTMP_AUDIO);
	for (i = 2; i < 9; i++) {
		side_whole(&side, &sent);
		ASSERT_EQ(side.count, i);
		ASSERT_EQ(side.seen[i - 1].at, sent.len);
		ASSERT_FALSE(side.lost);
		SEND(&sent, rtmp_basic(p, RTMP_NONE, 4));
	}
}

/* A header where a message goes on: the same again, or another message. */
TEST(headers_in_the_middle)
{
	static const struct { u8 fmt, type, len; bool lost; u8 count; } cases[] = {
		{ RTMP_WHOLE, RTMP_VIDEO, 200, false, 3 },
		{ RTMP_WHOLE, RTMP_AUDIO, 72, false, 3 },
		{ RTMP_LENGTH, RTMP_VIDEO, 200, false, 2 },
		{ RTMP_LENGTH, RTMP_VIDEO, 201, true, 2 },
		{ RTMP_LENGTH, RTMP_AUDIO, 200, true, 2 },
		{ RTMP_TIME, RTMP_VIDEO, 200, false, 2 },
	};
	static struct sent sent;
	static struct side side;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		sent_begin(&sent);
		HEADER(&sent, RTMP_WHOLE, 6, 0, 200, RTMP_VIDEO);
		PAYLOAD(&sent, 128);
		HEADER(&sent, cases[i].fmt, 6, 0, cases[i].len, cases[i].type);
		PAYLOAD(&sent, 72);
		side_whole(&side, &sent);
		EXPECT_EQ(side.lost, cases[i].lost) TH_LOG("%u", i);
		EXPECT_EQ(side.count, cases[i].count) TH_LOG("%u", i);
	}
}

/* librtmp answers a ping on a chunk stream that has had no whole header. */
TEST(an_answer_without_a_message_stream)
{
	static struct sent sent;
	static struct side side;

	sent_begin(&sent);
	HEADER(&sent, RTMP_LENGTH, 2, 0, 6, RTMP_USER);
	PAYLOAD(&sent, 6);
	SEND(&sent, rtmp_media(p, RTMP_SIZE, RTMP_AUDIO, 9));
	side_whole(&side, &sent);
	EXPECT_FALSE(side.lost);
	EXPECT_EQ(side.count, 3);
}

TEST(what_is_encrypted_is_never_reported)
{
	static const u8 versions[] = { 6, 8, 9 };
	static struct sent sent;
	static struct side side;
	u32 i, cut;

	for (i = 0; i < ARRAY_SIZE(versions); i++) {
		sent_publish(&sent);
		sent.p[0] = versions[i];
		for (cut = 1; cut < sent.len; cut += 509) {
			side_cut(&side, &sent, cut, cut);
			EXPECT_FALSE(side.lost || side.count);
			EXPECT_TRUE(side.rtmp.encrypted);
		}
		/* Not before the handshake is whole. */
		sent.len = RTMP_HANDSHAKE - 1;
		side_whole(&side, &sent);
		EXPECT_FALSE(side.rtmp.encrypted || side.lost);
		/* A version that is none. */
		sent.p[5] = 0x99;
		side_whole(&side, &sent);
		EXPECT_TRUE(side.lost);
	}
}

TEST(random_bytes_are_nothing)
{
	static struct sent sent = { .len = RANDOM_LEN };
	static struct side side;
	struct rg_random r;
	u32 i;

	random_seed(&r, 1);
	for (i = 0; i < RANDOM_MAX; i++) {
		random_fill(&r, sent.p, sent.len);
		/* Most of them at least begin like RTMP. */
		if (i % 4)
			sent.p[0] = 3;
		side_cut(&side, &sent, 1 + random_below(&r, RANDOM_LEN), RANDOM_LEN);
		ASSERT_EQ(side.count, 0);
		ASSERT_TRUE(side.lost || side.rtmp.encrypted);
	}
}

/* Behind what is RTMP: they are lost after a while, and cut in any way at the same. */
TEST(random_bytes_behind_a_beginning)
{
	static struct sent sent;
	static struct side side, whole;
	struct rg_random r;
	u32 i, lost = 0;

	random_seed(&r, 2);
	for (i = 0; i < RANDOM_MAX / 10; i++) {
		sent_begin(&sent);
		random_fill(&r, sent.p + sent.len, 2048);
		sent.len += 2048;
		side_whole(&whole, &sent);
		side_cut(&side, &sent, RTMP_HANDSHAKE, 1 + random_below(&r, 40));
		ASSERT_TRUE(sides_agree(&side, &whole));
		lost += whole.lost;
	}
	EXPECT_GT(lost, RANDOM_MAX / 10 * 9 / 10);
}

TEST_HARNESS_MAIN
