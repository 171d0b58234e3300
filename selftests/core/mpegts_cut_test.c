// SPDX-License-Identifier: GPL-2.0
/* MPEG transport streams whose packets do not end where their datagrams do. */
#include "nonrtp_flow.h"

/* From any byte on; of the pieces at both ends the first bytes are looked at. */
TEST(packets_that_are_cut)
{
	struct rg_mpegts mpegts;
	struct rg_packet pkt;
	u8 p[10 * TS];
	u32 i, phase;

	for (i = 0; i < 10; i++)
		ts_media(p + i * TS, VIDEO, i, 0xe0, 0x80);
	for (phase = 1; phase < TS; phase++) {
		u32 len = TS - phase + 7 * TS + 90;
		u8 *copy = malloc(len);

		memcpy(copy, p + phase, len);
		pkt = (struct rg_packet){ .data = copy, .len = len, .wire_len = len };
		ASSERT_TRUE(rg_mpegts_cut(&pkt, &mpegts));
		ASSERT_EQ(mpegts.count, 7);
		for (i = 0; i < 7; i++) {
			ASSERT_EQ(mpegts.packets[i].counter, 1 + i);
			ASSERT_EQ(mpegts.packets[i].pes, RG_MPEGTS_PES_CLEAR);
		}
		/* Of a copy that is shorter as much as there is. */
		pkt.len = TS - phase + 2 * TS + 1;
		ASSERT_TRUE(rg_mpegts_cut(&pkt, &mpegts));
		ASSERT_EQ(mpegts.count, 2);
		pkt.len--;
		ASSERT_FALSE(rg_mpegts_cut(&pkt, &mpegts));
		pkt.len = len;
		/* A packet that is none, and a tail. */
		copy[TS - phase + 3] &= 0x0f;
		ASSERT_FALSE(rg_mpegts_cut(&pkt, &mpegts));
		copy[TS - phase + 3] |= 0x10;
		copy[TS - phase + 7 * TS]++;
		ASSERT_FALSE(rg_mpegts_cut(&pkt, &mpegts));
		pkt.wire_len--;
		ASSERT_FALSE(rg_mpegts_cut(&pkt, &mpegts));
		free(copy);
	}
}

/* A film as one sequence of bytes; a PES begins in each seventh packet. */
struct film {
	u8 bytes[400 * TS];
	u32 at;
};

static void film_make(struct film *film, u8 scrambling)
{
	u32 i;

	memset(film, 0x35, sizeof(*film));
	film->at = 0;
	for (i = 0; i < sizeof(film->bytes) / TS; i++) {
		u8 *at = film->bytes + i * TS;

		put_be32(at, 0x47000010u | VIDEO << 8 | scrambling << 6 |
			     (i & 15) | (i % 7 ? 0 : 0x400000));
		if (i % 7 == 0)
			memcpy(at + 4, "\0\0\1\xe0\0\0\x80\x80\5", 9);
	}
}

static void feed_film(struct _test_data_flow *self, struct film *film, u32 len)
{
	feed_dir(self, film->bytes + film->at, len, RG_DIR_ORIGINAL);
	film->at += len;
}

/* Some senders fill their datagrams, and packets begin anywhere. */
TEST_F(flow, mpegts_that_is_cut_is_clear_too)
{
	static const u32 lens[] = { 1472, 1400, 1000, 700, 1316 };
	static struct film film;
	u32 i, n;

	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		memset(&self->media, 0, sizeof(self->media));
		film_make(&film, 0);
		for (n = 0; n < 50; n++) {
			feed_film(self, &film, lens[i]);
			if (self->ans.protection == RTPGUARD_PROTECTION_CLEAR)
				break;
		}
		EXPECT_LE(n, 5)
			TH_LOG("%u bytes", lens[i]);
		for (; n < 50; n++) {
			feed_film(self, &film, lens[i]);
			EXPECT_ANSWER(RTPGUARD_CLASS_MPEGTS, RTPGUARD_PROTECTION_CLEAR);
		}
	}
	/* What has two first bytes at the most is too short to tell. */
	film.at = 1;
	feed_film(self, &film, 2 * TS);
	EXPECT_NE(self->ans.shape, RG_SHAPE_NONRTP);
}

/* Its beginning was not seen: from the first that begins with a packet, one of 47. */
TEST_F(flow, mpegts_that_is_cut_and_under_way)
{
	static struct film film;
	u32 n;

	film_make(&film, 0);
	film.at = 30;
	for (n = 0; n < 50 && self->ans.protection != RTPGUARD_PROTECTION_CLEAR; n++)
		feed_film(self, &film, 1472);
	EXPECT_LE(n, 47 + 3);
}

/* What came before in whole datagrams does not speak for what is cut. */
TEST_F(flow, mpegts_in_clear_that_is_cut_behind_scrambled)
{
	static struct film film;
	u32 i, passed = 0;

	for (i = 0; i < 5; i++)
		feed_ts(self, i, 2);
	EXPECT_ANSWER(RTPGUARD_CLASS_MPEGTS, RTPGUARD_PROTECTION_UNDETERMINED);
	film_make(&film, 0);
	film.at = 4;
	for (i = 0; i < 20; i++) {
		feed_film(self, &film, 1472);
		EXPECT_TRUE(self->ans.hold || self->ans.protection);
		passed += self->ans.protection != RTPGUARD_PROTECTION_CLEAR;
	}
	EXPECT_LE(passed, 2);
}

TEST_HARNESS_MAIN
