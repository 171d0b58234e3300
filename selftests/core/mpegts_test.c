// SPDX-License-Identifier: GPL-2.0
/*
 * MPEG transport streams in UDP: headers against an oracle, every truncation, and
 * what a direction of a flow is taken for, datagram by datagram. Each datagram is an
 * allocation of its own length.
 */
#include "cipher.h"
#include "kselftest_harness.h"
#include "mpegts_packets.h"

#define MAX_LEN		1500
#define NOT_TS		0xff
#define RANDOM_MAX	100000

static bool parse_copy(const u8 *bytes, u32 len, u32 wire_len,
		       struct rg_mpegts *mpegts)
{
	u8 *copy = malloc(len ? len : 1);
	struct rg_packet pkt = { .data = copy, .len = len, .wire_len = wire_len };
	bool ok;

	memcpy(copy, bytes, len);
	ok = rg_mpegts_parse(&pkt, mpegts);
	free(copy);
	return ok;
}

/* Return: enum rg_mpegts_answer, or NOT_TS. */
static u8 fed(struct rg_mpegts_state *state, const u8 *bytes, u32 len)
{
	struct rg_packet pkt = { .data = bytes, .len = len, .wire_len = len };
	struct rg_mpegts mpegts;

	if (!parse_copy(bytes, len, len, &mpegts))
		return NOT_TS;
	return rg_mpegts_feed(state, &pkt, &mpegts);
}

TEST(fields_are_read_in_network_order)
{
	struct rg_mpegts mpegts;
	u8 p[2 * TS];

	ts_media(p, 0x1234, 9, 0xe0, 0x80);
	ts_scrambled(p + TS, 0x0fed, 15, 2);
	ASSERT_TRUE(parse_copy(p, sizeof(p), sizeof(p), &mpegts));
	ASSERT_EQ(mpegts.count, 2);
	EXPECT_EQ(mpegts.packets[0].pid, 0x1234);
	EXPECT_EQ(mpegts.packets[0].counter, 9);
	EXPECT_EQ(mpegts.packets[0].scrambling, 0);
	EXPECT_TRUE(mpegts.packets[0].payload);
	EXPECT_FALSE(mpegts.packets[0].jump);
	EXPECT_EQ(mpegts.packets[0].pes, RG_MPEGTS_PES_CLEAR);
	EXPECT_EQ(mpegts.packets[1].pid, 0x0fed);
	EXPECT_EQ(mpegts.packets[1].counter, 15);
	EXPECT_EQ(mpegts.packets[1].scrambling, 2);
	EXPECT_EQ(mpegts.packets[1].pes, RG_MPEGTS_PES_NONE);
}

/* Whole packets; where three begin the last may be cut. */
TEST(packets_from_the_first_byte_on)
{
	u8 p[8 * TS + 1];
	struct rg_mpegts mpegts;
	u32 i, len;

	for (i = 0; i < 8; i++)
		ts_packet(p + i * TS, VIDEO, i);
	p[8 * TS] = 0x47;
	for (len = 0; len <= sizeof(p); len++) {
		bool taken = len && (len % TS == 0 || len > 2 * TS);

		ASSERT_EQ(parse_copy(p, len, len, &mpegts), taken);
		if (taken)
			ASSERT_EQ(mpegts.count, len / TS);
	}
	p[8 * TS] = 0x48;
	EXPECT_FALSE(parse_copy(p, len - 1, len - 1, &mpegts));
}

/* What is not readable is not asked for. */
TEST(a_bounded_copy_is_read_as_far_as_it_goes)
{
	u8 p[7 * TS];
	struct rg_mpegts mpegts;
	u32 i, len;

	for (i = 0; i < 7; i++) {
		ts_media(p + i * TS, VIDEO, i, 0xe0, 0x80);
		/* Every other has an adaptation field of eight bytes. */
		if (i % 2) {
			memmove(p + i * TS + 12, p + i * TS + 4, 7);
			memcpy(p + i * TS + 4, (u8[]){ 7, 0x80 }, 2);
			p[i * TS + 3] |= 0x20;
		}
	}
	for (len = 0; len <= sizeof(p); len++) {
		ASSERT_EQ(parse_copy(p, len, sizeof(p), &mpegts), len >= 4);
		if (len < 4)
			continue;
		ASSERT_EQ(mpegts.count, (len + TS - 4) / TS);
		for (i = 0; i < mpegts.count; i++) {
			bool pes = len >= i * TS + (i % 2 ? 19 : 11);

			ASSERT_EQ(mpegts.packets[i].pes, pes ? RG_MPEGTS_PES_CLEAR :
							       RG_MPEGTS_PES_NONE);
		}
	}
	/* More readable than there is: our bug, and no answer. */
	EXPECT_FALSE(parse_copy(p, sizeof(p), TS, &mpegts));
}

TEST(every_header_against_the_oracle)
{
	struct rg_mpegts mpegts;
	u8 p[TS];
	u32 first, last;

	for (first = 0; first < 0x10000; first++) {
		ts_packet(p, VIDEO, 0);
		put_be16(p, first);
		ASSERT_EQ(parse_copy(p, TS, TS, &mpegts),
			  first / 256 == 0x47 && first % 256 < 128);
	}
	for (last = 0; last < 256; last++) {
		ts_packet(p, VIDEO, 0);
		p[3] = last;
		p[4] = last & 0x10 ? 0 : 183;
		ASSERT_EQ(parse_copy(p, TS, TS, &mpegts), (last / 16) % 4 != 0);
	}
}

TEST(an_adaptation_field_fits_its_packet)
{
	struct rg_mpegts mpegts;
	u8 p[TS];
	u32 len;

	for (len = 0; len < 256; len++) {
		ts_packet(p, VIDEO, 0);
		p[4] = len;
		p[5] = 0x80;
		p[3] = 0x20;
		ASSERT_EQ(parse_copy(p, TS, TS, &mpegts), len == 183);
		p[3] = 0x30;
		ASSERT_EQ(parse_copy(p, TS, TS, &mpegts), len <= 182);
		if (len <= 182)
			ASSERT_EQ(mpegts.packets[0].jump, len > 0);
		/* Null packets have anything. */
		put_be16(p + 1, 0x1fff);
		ASSERT_TRUE(parse_copy(p, TS, TS, &mpegts));
	}
}

/* A header of media behind an adaptation field that leaves it no room. */
TEST(media_begins_only_where_it_has_room)
{
	struct rg_mpegts mpegts;
	u8 p[TS + 8];
	u32 len;

	for (len = 0; len <= 182; len++) {
		ts_packet(p, VIDEO, 0);
		p[1] |= 0x40;
		p[3] = 0x30;
		p[4] = len;
		memcpy(p + 5 + len, (u8[]){ 0, 0, 1, 0xe0, 0, 0, 0x80 }, 7);
		ASSERT_TRUE(parse_copy(p, TS, TS, &mpegts));
		ASSERT_EQ(mpegts.packets[0].pes, 5 + len + 7 <= TS ?
			  RG_MPEGTS_PES_CLEAR : RG_MPEGTS_PES_NONE);
	}
}

TEST(which_streams_are_media)
{
	struct rg_mpegts mpegts;
	u32 stream, flags;
	u8 p[TS];

	for (stream = 0; stream < 256; stream++) {
		bool media = stream == 0xbd || stream == 0xfd ||
			     (stream >= 0xc0 && stream <= 0xef);

		ts_media(p, VIDEO, 0, stream, 0x84);
		ASSERT_TRUE(parse_copy(p, TS, TS, &mpegts));
		ASSERT_EQ(mpegts.packets[0].pes, media ? RG_MPEGTS_PES_CLEAR :
							 RG_MPEGTS_PES_NONE);
	}
	for (flags = 0; flags < 256; flags++) {
		ts_media(p, VIDEO, 0, 0xc0, flags);
		ASSERT_TRUE(parse_copy(p, TS, TS, &mpegts));
		ASSERT_EQ(mpegts.packets[0].pes,
			  flags / 64 != 2 ? RG_MPEGTS_PES_NONE :
			  flags & 0x30 ? RG_MPEGTS_PES_SECRET :
					 RG_MPEGTS_PES_CLEAR);
	}
	/* Not in tables, nor where nothing begins, nor scrambled. */
	ts_media(p, 0x1f, 0, 0xc0, 0x80);
	ASSERT_TRUE(parse_copy(p, TS, TS, &mpegts));
	EXPECT_EQ(mpegts.packets[0].pes, RG_MPEGTS_PES_NONE);
	ts_media(p, VIDEO, 0, 0xc0, 0x80);
	p[1] &= ~0x40;
	ASSERT_TRUE(parse_copy(p, TS, TS, &mpegts));
	EXPECT_EQ(mpegts.packets[0].pes, RG_MPEGTS_PES_NONE);
	ts_media(p, VIDEO, 0, 0xc0, 0x80);
	p[3] |= 0x80;
	ASSERT_TRUE(parse_copy(p, TS, TS, &mpegts));
	EXPECT_EQ(mpegts.packets[0].pes, RG_MPEGTS_PES_NONE);
}

TEST(three_steps_recognise_it)
{
	struct rg_mpegts_state state = { 0 };
	u8 p[TS];
	u32 i;

	for (i = 0; i < 20; i++) {
		ts_packet(p, VIDEO, 14 + i);
		ASSERT_EQ(fed(&state, p, TS), i < 3 ? RG_MPEGTS_NOT_YET :
						      RG_MPEGTS_RECOGNISED);
	}
}

TEST(seven_packets_go_on_within_a_datagram)
{
	struct rg_mpegts_state state = { 0 };
	u8 p[7 * TS];
	u32 i, k;

	for (i = 0; i < 5; i++) {
		for (k = 0; k < 7; k++)
			ts_packet(p + k * TS, VIDEO, 7 * i + k);
		ASSERT_EQ(fed(&state, p, sizeof(p)), i < 2 ? RG_MPEGTS_NOT_YET :
							     RG_MPEGTS_RECOGNISED);
	}
}

TEST(two_starts_in_clear_make_it_clear)
{
	struct rg_mpegts_state state = { 0 };
	u8 p[TS];
	u32 i;

	for (i = 0; i < 12; i++) {
		if (i == 5 || i == 8)
			ts_media(p, VIDEO, i, 0xe0, 0x80);
		else
			ts_packet(p, VIDEO, i);
		ASSERT_EQ(fed(&state, p, TS), i < 3 ? RG_MPEGTS_NOT_YET :
			  i < 8 ? RG_MPEGTS_RECOGNISED : RG_MPEGTS_CLEAR);
	}
	/* That stays, whatever comes later. */
	ts_scrambled(p, AUDIO, 0, 3);
	EXPECT_EQ(fed(&state, p, TS), RG_MPEGTS_CLEAR);
	/* And it is not known before the stream itself is. */
	memset(&state, 0, sizeof(state));
	for (i = 0; i < 5; i++) {
		ts_media(p, VIDEO, i, 0xe0, 0x80);
		ASSERT_EQ(fed(&state, p, TS), i < 3 ? RG_MPEGTS_NOT_YET :
						      RG_MPEGTS_CLEAR);
	}
}

TEST(scrambled_media_is_secret)
{
	struct rg_mpegts_state state = { 0 };
	u32 i, control;
	u8 p[TS];

	for (control = 0; control < 4; control++) {
		memset(&state, 0, sizeof(state));
		for (i = 0; i < 6; i++) {
			ts_scrambled(p, VIDEO, i, control);
			ASSERT_EQ(fed(&state, p, TS), i < 3 ? RG_MPEGTS_NOT_YET :
				  control > 1 ? RG_MPEGTS_SECRET :
						RG_MPEGTS_RECOGNISED);
		}
	}
	/* One stream in clear beside it is one that is readable. */
	ts_media(p, AUDIO, 0, 0xc0, 0x80);
	EXPECT_EQ(fed(&state, p, TS), RG_MPEGTS_RECOGNISED);
	ts_media(p, AUDIO, 1, 0xc0, 0x80);
	EXPECT_EQ(fed(&state, p, TS), RG_MPEGTS_CLEAR);
}

TEST(tables_and_empty_packets_are_no_scrambled_media)
{
	struct rg_mpegts_state state = { 0 };
	u8 p[TS];
	u32 i;

	for (i = 0; i < 8; i++) {
		ts_scrambled(p, 0x11, i, 2);
		ASSERT_EQ(fed(&state, p, TS), i < 3 ? RG_MPEGTS_NOT_YET :
						      RG_MPEGTS_RECOGNISED);
	}
	for (i = 0; i < 8; i++) {
		ts_scrambled(p, 0x1fff, i, 2);
		ASSERT_EQ(fed(&state, p, TS), RG_MPEGTS_RECOGNISED);
		/* An adaptation field alone. */
		ts_scrambled(p, VIDEO, 0, 2);
		p[3] ^= 0x30;
		p[4] = 183;
		ASSERT_EQ(fed(&state, p, TS), RG_MPEGTS_RECOGNISED);
	}
}

TEST(media_scrambled_one_layer_up_is_secret)
{
	struct rg_mpegts_state state = { 0 };
	u8 p[TS];
	u32 i;

	for (i = 0; i < 6; i++) {
		ts_media(p, VIDEO, i, 0xe0, 0xa0);
		ASSERT_EQ(fed(&state, p, TS), i < 3 ? RG_MPEGTS_NOT_YET :
						      RG_MPEGTS_SECRET);
	}
}

TEST(duplicates_and_gaps_do_not_recognise_it)
{
	struct rg_mpegts_state state = { 0 };
	u8 p[TS];
	u32 i;

	for (i = 0; i < 100; i++) {
		ts_packet(p, VIDEO, 5);
		ASSERT_EQ(fed(&state, p, TS), RG_MPEGTS_NOT_YET);
	}
	for (i = 0; i < 100; i++) {
		ts_packet(p, VIDEO, 6 + 2 * i);
		ASSERT_EQ(fed(&state, p, TS), RG_MPEGTS_NOT_YET);
	}
	/* Two steps, and a loss. */
	for (i = 0; i < 100; i++) {
		ts_packet(p, VIDEO, i + i / 3);
		ASSERT_EQ(fed(&state, p, TS), RG_MPEGTS_NOT_YET);
	}
	/* An announced jump is none, but no step either. */
	memset(&state, 0, sizeof(state));
	for (i = 0; i < 4; i++) {
		ts_packet(p, VIDEO, i < 2 ? i : i + 7);
		if (i == 2) {
			p[3] |= 0x20;
			memcpy(p + 4, (u8[]){ 1, 0x80 }, 2);
		}
		ASSERT_EQ(fed(&state, p, TS), RG_MPEGTS_NOT_YET);
	}
	ts_packet(p, VIDEO, i + 7);
	EXPECT_EQ(fed(&state, p, TS), RG_MPEGTS_RECOGNISED);
}

/* One PID is made badly; the others go on. */
TEST(a_bad_pid_is_outvoted)
{
	struct rg_mpegts_state state = { 0 };
	u8 p[7 * TS];
	u32 i, k;

	for (i = 0; i < 4; i++) {
		for (k = 0; k < 6; k++)
			ts_packet(p + k * TS, VIDEO, 6 * i + k);
		ts_packet(p + 6 * TS, AUDIO, 5 * i);
		ASSERT_EQ(fed(&state, p, sizeof(p)), i < 2 ? RG_MPEGTS_NOT_YET :
							     RG_MPEGTS_RECOGNISED);
	}
}

/* More PIDs than there are places: those that have one tell. */
TEST(many_pids_are_bounded)
{
	struct rg_mpegts_state state = { 0 };
	u8 p[TS];
	u32 i;

	/* The third that goes on is that of place 2, the second time. */
	for (i = 0; i < 160; i++) {
		ts_packet(p, 0x200 + i % 40, i / 40);
		ASSERT_EQ(fed(&state, p, TS), i < 42 ? RG_MPEGTS_NOT_YET :
						       RG_MPEGTS_RECOGNISED);
	}
	ASSERT_EQ(state.used, RG_MPEGTS_PIDS_MAX);
}

/* Those that have one are gone: others get it. */
TEST(pids_that_are_gone_give_up_their_places)
{
	struct rg_mpegts_state state = { 0 };
	u8 p[TS];
	u32 i;

	for (i = 0; i < RG_MPEGTS_PIDS_MAX; i++) {
		ts_packet(p, 0x300 + i, 0);
		ASSERT_EQ(fed(&state, p, TS), RG_MPEGTS_NOT_YET);
	}
	for (i = 0; i < 100; i++) {
		ts_packet(p, VIDEO, i);
		if (fed(&state, p, TS) == RG_MPEGTS_RECOGNISED)
			break;
	}
	EXPECT_LT(i, 80);
}

TEST(random_bytes_are_nothing)
{
	struct rg_mpegts_state state = { 0 };
	u32 i, parsed = 0;
	struct rg_random r;
	u8 p[7 * TS];

	random_seed(&r, 1);
	for (i = 0; i < RANDOM_MAX; i++) {
		u32 len = TS * (1 + i % 7);
		u8 answer;

		random_fill(&r, p, len);
		answer = fed(&state, p, len);
		parsed += answer != NOT_TS;
		ASSERT_TRUE(answer == NOT_TS || answer == RG_MPEGTS_NOT_YET);
	}
	TH_LOG("%u of %u look like it", parsed, RANDOM_MAX);
	EXPECT_LT(parsed, RANDOM_MAX / 7 / 256);
}

/* A fitting header and length, and a random fourth byte: one in 2^12 of runs. */
TEST(a_random_counter_is_seldom_taken)
{
	struct rg_mpegts_state state;
	u32 i, k, yes = 0;
	struct rg_random r;
	u8 p[TS];

	random_seed(&r, 2);
	for (i = 0; i < RANDOM_MAX / 10; i++) {
		memset(&state, 0, sizeof(state));
		for (k = 0; k < 4; k++) {
			random_fill(&r, p, TS);
			memcpy(p, (u8[]){ 0x47, 1, 0, 0x10 | (p[3] & 15) }, 4);
			yes += fed(&state, p, TS) != RG_MPEGTS_NOT_YET;
		}
	}
	TH_LOG("%u of %u", yes, RANDOM_MAX / 10);
	EXPECT_LT(yes, 15);
}

TEST(media_of_another_kind_is_nothing)
{
	struct rg_mpegts_state state;
	struct cipher cipher;
	u8 p[MAX_LEN];
	u32 flow, n;

	for (flow = 0; flow < 1000; flow++) {
		memset(&state, 0, sizeof(state));
		cipher_begin(&cipher, flow, 0);
		for (n = 0; n < 50; n++) {
			u32 len = cipher_rtp(&cipher, p, n, 0x47001000 + flow);

			ASSERT_EQ(fed(&state, p, len), NOT_TS);
		}
	}
}

TEST_HARNESS_MAIN
