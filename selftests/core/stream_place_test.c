// SPDX-License-Identifier: GPL-2.0
/*
 * Who gets a place among the streams of a direction, and from whom: junk that is there
 * first or comes between must not keep a readable stream from being tested.
 */
#include "content_flow.h"
#include "core/rtp.h"
#include "core/stray.h"
#include "verdicts.h"

/* The readable stream: of a slow codec, 8 bits of evidence a packet. */
#define READABLE	7

/* Of it alone some seven packets pass; of a test that is shared, some more. */
#define FEW		16

/* An SSRC that was not there before: two that are near each other are two. */
static u32 fresh(struct _test_data_flow *self)
{
	return 0x80000000 | random_u64(&self->random);
}

/* Packets of one SSRC that go on, encrypted or with the slow codec's first byte. */
static void feed_as(struct _test_data_flow *self, u32 ssrc, u32 packets, bool readable)
{
	u32 len;

	for (; packets; packets--) {
		len = cipher_rtp(&self->ciphers[0], self->bytes, self->seq[0]++, ssrc);
		if (readable)
			self->bytes[12] = 0x5a;
		feed(self, len);
	}
}

/* One more of the readable stream. */
static void feed_readable(struct _test_data_flow *self, struct tally *tally)
{
	feed_faint(self, READABLE);
	tally_add(tally, &self->ans);
}

/* Likewise, with any sequence number. */
static void feed_jump(struct _test_data_flow *self, struct tally *tally)
{
	u32 len = cipher_rtp(&self->ciphers[READABLE], self->bytes,
			     self->seq[READABLE]++, 1000 + READABLE);

	put_be16(self->bytes + 2, random_u64(&self->random));
	self->bytes[12] = 0x5a;
	feed(self, len);
	tally_add(tally, &self->ans);
}

/* Three SSRCs nothing is known of, and after each packet two of some others. */
static void feed_beside(struct _test_data_flow *self, struct tally *tally, u32 others,
			bool paced)
{
	u32 i, n;

	for (i = 0; i < 9; i++)
		feed_cipher(self, 1 + i % 3);
	for (i = 0; i < 300; i++) {
		feed_readable(self, tally);
		for (n = 0; n < others; n++) {
			if (!paced)
				self->seq[0] = random_u64(&self->random);
			feed_as(self, fresh(self), 2, false);
		}
		if (i % 20 == 0)
			feed_cipher(self, 1 + i / 20 % 3);
	}
}

TEST_F(flow, two_packets_of_others_after_each_do_not_evict_it)
{
	static const u8 others[] = { 1, RG_STRAYS_KEPT };
	struct tally tally;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(others); i++) {
		memset(&tally, 0, sizeof(tally));
		feed_beside(self, &tally, others[i], false);
		EXPECT_LE(tally.enforce, FEW)
			TH_LOG("%u others: %u of %u", others[i], tally.enforce, tally.fed);
		media_end(&self->media);
	}
}

/* Others that go on as one get the place, and share a test with it: it takes longer. */
TEST_F(flow, others_that_go_on_as_one_do_not_hide_it_for_good)
{
	struct tally tally = { 0 };

	feed_beside(self, &tally, 1, true);
	EXPECT_LE(tally.enforce, 10 * FEW) TH_LOG("%u of %u", tally.enforce, tally.fed);
}

TEST_F(flow, three_packets_of_others_after_each_do_not_hide_it)
{
	struct tally tally = { 0 };
	u32 i;

	for (i = 0; i < 300; i++) {
		feed_readable(self, &tally);
		feed_as(self, fresh(self), 3, false);
	}
	EXPECT_LE(tally.enforce, 4 * FEW) TH_LOG("%u of %u", tally.enforce, tally.fed);
}

/* Packets that none goes on from, between its own: as many as strays are kept, but one. */
static void feed_scattered(struct _test_data_flow *self, struct tally *tally, bool jumps)
{
	u32 i, n;

	for (n = 0; n < 4; n++)
		feed_as(self, fresh(self), 1, false);
	for (i = 0; i < 300; i++) {
		if (jumps)
			feed_jump(self, tally);
		else
			feed_readable(self, tally);
		for (n = 0; n + 1 < RG_STRAYS_KEPT; n++) {
			self->seq[0] = random_u64(&self->random);
			feed_as(self, fresh(self), 1, false);
		}
	}
}

TEST_F(flow, junk_between_its_packets_does_not_hide_it)
{
	struct tally tally = { 0 };

	feed_scattered(self, &tally, false);
	EXPECT_LE(tally.enforce, FEW) TH_LOG("%u of %u", tally.enforce, tally.fed);
}

TEST_F(flow, junk_between_does_not_hide_one_without_a_sequence)
{
	struct tally tally = { 0 };

	feed_scattered(self, &tally, true);
	EXPECT_LE(tally.enforce, 2 * FEW) TH_LOG("%u of %u", tally.enforce, tally.fed);
}

TEST_F(flow, junk_in_pairs_holds_no_place_against_it)
{
	struct tally tally = { 0 };
	u32 i;

	for (i = 0; i < 4; i++)
		feed_as(self, fresh(self), 2, false);
	for (i = 0; i < 3; i++)
		feed_readable(self, &tally);
	EXPECT_EQ(self->ans.class, RTPGUARD_CLASS_RTP);
	for (i = 0; i < 60; i++)
		feed_readable(self, &tally);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_CLEAR);
	EXPECT_LE(tally.enforce, FEW);
}

/* Neither is behind the other's packet before. */
TEST_F(flow, two_in_turn_are_both_followed_without_a_place)
{
	u32 i;

	for (i = 0; i < 4; i++)
		feed_as(self, fresh(self), 2, false);
	for (i = 0; i < 3; i++) {
		feed_faint(self, 1);
		feed_faint(self, 2);
	}
	EXPECT_EQ(self->ans.class, RTPGUARD_CLASS_RTP);
	EXPECT_EQ(self->media.sides[0].strays.fruitless, 0);
}

/* An SSRC for each packet, for each two, for each five. */
TEST_F(flow, an_ssrc_for_few_packets_hides_no_slow_codec)
{
	static const u8 packets[] = { 1, 2, 5 };
	struct tally tally;
	u32 i, n, j;

	for (i = 0; i < ARRAY_SIZE(packets); i++) {
		memset(&tally, 0, sizeof(tally));
		for (n = 0; n < 100; n++) {
			u32 ssrc = fresh(self);

			for (j = 0; j < packets[i]; j++) {
				feed_as(self, ssrc, 1, true);
				tally_add(&tally, &self->ans);
			}
		}
		EXPECT_LE(tally.enforce, 2 * FEW)
			TH_LOG("%u of %u", tally.enforce, tally.fed);
		EXPECT_EQ(tally.strict, 0);
		media_end(&self->media);
	}
}

/* A batch's packets come again when all of them have come. */
TEST(a_number_that_was_there_is_a_copy)
{
	struct rg_strays strays = { 0 };
	struct rg_rtp rtp = { .ssrc = 1, .pt = 96 };
	u32 i;

	for (i = 0; i < 5; i++) {
		rtp.seq = 65534 + i;
		rtp.ts = 160 * i;
		EXPECT_FALSE(rg_strays_seen(&strays, &rtp));
		EXPECT_EQ(rg_strays_run(&strays, &rtp),
			  min_t(u32, i + 1, RG_CONTINUITY_MIN));
	}
	for (i = 0; i < 5; i++) {
		rtp.seq = 65534 + i;
		rtp.ts = 160 * i;
		EXPECT_TRUE(rg_strays_seen(&strays, &rtp));
	}
	rtp.ts++;
	EXPECT_FALSE(rg_strays_seen(&strays, &rtp));
	rtp.ts--;
	/* Heard again, it gets another turn. */
	for (i = 0; i < 2 * RG_STRAYS_KEPT; i++) {
		EXPECT_TRUE(i > RG_STRAYS_KEPT || rg_strays_seen(&strays, &rtp));
		rtp.ssrc = 2 + i;
		rg_strays_run(&strays, &rtp);
		rtp.ssrc = 1;
	}
	EXPECT_FALSE(rg_strays_seen(&strays, &rtp));
}

/* One that comes late goes on as well, once. */
TEST(a_late_packet_goes_on_once)
{
	struct rg_strays strays = { 0 };
	struct rg_rtp rtp = { .ssrc = 1, .pt = 96, .seq = 10, .ts = 1600 };

	EXPECT_EQ(rg_strays_run(&strays, &rtp), 1);
	rtp.seq = 8;
	rtp.ts = 1280;
	EXPECT_FALSE(rg_strays_seen(&strays, &rtp));
	EXPECT_EQ(rg_strays_run(&strays, &rtp), 2);
	EXPECT_TRUE(rg_strays_seen(&strays, &rtp));
	rtp.seq = 11;
	rtp.ts = 1760;
	EXPECT_EQ(rg_strays_run(&strays, &rtp), 3);
}

TEST_HARNESS_MAIN
