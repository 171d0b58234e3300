// SPDX-License-Identifier: GPL-2.0
/*
 * RTCP of a flow: what tells SRTCP, with and without a cipher, from RTCP. The
 * headers of RTCP have their vectors in rtp_test.c.
 */
#include "core/classify.h"
#include "kselftest_harness.h"
#include "packets.h"
#include "random.h"

#include <uapi/linux/rtpguard.h>

#define E_BIT 0x80000000u

FIXTURE(side)
{
	struct rg_media media;
	struct rg_answer ans;
	struct rg_random random;
	u8 bytes[256];
	u8 many[8 * (RG_RTCP_CHAIN_MAX + 1)];
	u64 now_ms;
	u32 step_ms;
};

FIXTURE_SETUP(side)
{
	memset(self, 0, sizeof(*self));
	random_seed(&self->random, 1);
	self->step_ms = 1000;
}

FIXTURE_TEARDOWN(side)
{
}

static void feed_bytes(struct _test_data_side *self, const u8 *bytes, u32 len,
		       u32 wire_len)
{
	/* Its own allocation: reads beyond it are seen. */
	u8 *copy = malloc(len ? len : 1);
	struct rg_packet pkt = { .data = copy, .len = len, .wire_len = wire_len,
				 .now_ms = self->now_ms += self->step_ms };

	memcpy(copy, bytes, len);
	rg_feed(&self->media, &pkt, &self->ans);
	free(copy);
}

static void feed(struct _test_data_side *self, u32 len, u32 wire_len)
{
	feed_bytes(self, self->bytes, len, wire_len);
}

/* SRTCP: a receiver report, and @tail bytes from the index to the end. */
static void feed_srtcp(struct _test_data_side *self, u32 word, u32 tail)
{
	u32 n = packet_rtcp_rr(self->bytes, 1);

	random_fill(&self->random, self->bytes + n, 24 + tail);
	put_be32(self->bytes + n + 24, word);
	feed(self, n + 24 + tail, n + 24 + tail);
}

TEST_F(side, an_index_that_grows_twice_is_srtcp)
{
	static const u8 tails[] = { 14, 15, 18, 4, 5, 8 };
	u32 t, i;

	for (t = 0; t < ARRAY_SIZE(tails); t++) {
		memset(&self->media, 0, sizeof(self->media));
		for (i = 0; i < 2; i++) {
			feed_srtcp(self, E_BIT | (7 + i), tails[t]);
			EXPECT_EQ(self->ans.protection,
				  RTPGUARD_PROTECTION_UNDETERMINED);
		}
		feed_srtcp(self, E_BIT | 9, tails[t]);
		EXPECT_EQ(self->ans.shape, RG_SHAPE_RTCP);
		EXPECT_EQ(self->ans.class, RTPGUARD_CLASS_SRTCP);
		EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_UNIFORM);
		EXPECT_EQ(self->ans.evidence, RTPGUARD_EVIDENCE_SRTCP_TRAILER);
		EXPECT_TRUE(self->ans.changed);
		feed_srtcp(self, E_BIT | 10, tails[t]);
		EXPECT_FALSE(self->ans.changed);
		EXPECT_EQ(self->media.sides[0].rtcp.decided_at, 3);
	}
}

TEST_F(side, without_the_bit_it_is_the_null_cipher)
{
	u32 i;

	for (i = 0; i < 3; i++)
		feed_srtcp(self, 7 + i, 14);
	EXPECT_EQ(self->ans.class, RTPGUARD_CLASS_SRTCP);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_NULL);
	EXPECT_EQ(self->ans.evidence, RTPGUARD_EVIDENCE_SRTCP_NULL);
}

/* As the host of a bridge sees it. */
TEST_F(side, a_copy_says_nothing_more)
{
	u32 i, n;

	for (i = 0; i < 3; i++) {
		feed_srtcp(self, 7 + i, 14);
		self->step_ms = 0;
		feed(self, packet_rtcp_rr(self->bytes, 1) + 38, 46);
		self->step_ms = 1000;
	}
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_NULL);
	EXPECT_EQ(self->media.sides[0].rtcp.packets, 3);
	memset(&self->media, 0, sizeof(self->media));
	n = packet_rtcp_rr(self->bytes, 1);
	for (i = 0; i < 3; i++) {
		self->step_ms = i ? 10 : 0;
		feed(self, n, n);
		EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_UNDETERMINED);
	}
	/* What is always the same is said again. */
	self->step_ms = RG_RTCP_COPY_MS + 1;
	feed(self, n, n);
	feed(self, n, n);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_CLEAR);
}

/* A byte, or an index that grows: what is in front of it can be read. */
TEST_F(side, bytes_behind_a_compound_hide_nothing)
{
	static const u8 tails[] = { 1, 3, 4, 10, 14, 18, 40 };
	u32 t, i, n;

	for (t = 0; t < ARRAY_SIZE(tails); t++) {
		memset(&self->media, 0, sizeof(self->media));
		for (i = 1; i < 10; i++) {
			n = packet_rtcp_sr_sdes(self->bytes, 1);
			random_fill(&self->random, self->bytes + n, tails[t]);
			if (tails[t] >= 14)
				put_be32(self->bytes + n + tails[t] - 14, E_BIT | i);
			feed(self, n + tails[t], n + tails[t]);
			EXPECT_EQ(self->ans.protection == RTPGUARD_PROTECTION_CLEAR,
				  i >= RG_RTCP_CHAINS_MIN)
				TH_LOG("%u bytes, datagram %u", tails[t], i);
		}
	}
}

TEST_F(side, more_packets_than_are_followed_hide_nothing)
{
	u32 i, n, at;

	for (i = 1; i < 10; i++) {
		for (n = 0, at = 0; n < RG_RTCP_CHAIN_MAX + 1; n++)
			at += packet_rtcp_rr(self->many + at, 1);
		feed_bytes(self, self->many, at, at);
		EXPECT_EQ(self->ans.protection == RTPGUARD_PROTECTION_CLEAR,
			  i >= RG_RTCP_CHAINS_MIN);
	}
}

/* Its compounds are whole, and there is a trailer. */
TEST_F(side, compounds_with_the_null_cipher_are_null)
{
	u32 i, n;

	for (i = 1; i < 20; i++) {
		n = packet_rtcp_sr_sdes(self->bytes, 1);
		put_be32(self->bytes + n, i);
		random_fill(&self->random, self->bytes + n + 4, 10);
		feed(self, n + 14, n + 14);
		EXPECT_EQ(self->ans.protection, i < 3 ?
			  RTPGUARD_PROTECTION_UNDETERMINED : RTPGUARD_PROTECTION_NULL);
	}
}

/* Does any of four datagrams with these words show a trailer? */
static bool shows(struct _test_data_side *self, u32 a, u32 b, u32 c, u32 d)
{
	const u32 words[] = { a, b, c, d };
	bool any = false;
	u32 i;

	memset(&self->media, 0, sizeof(self->media));
	for (i = 0; i < ARRAY_SIZE(words); i++) {
		feed_srtcp(self, words[i], 14);
		any |= self->ans.protection != RTPGUARD_PROTECTION_UNDETERMINED;
	}
	return any;
}

TEST_F(side, an_index_has_to_go_on)
{
	const u32 most = RG_SRTCP_STEP_MAX;

	EXPECT_TRUE(shows(self, 1, 2, 3, 4));
	EXPECT_TRUE(shows(self, 1, 1 + most, 1 + 2 * most, 1 + 3 * most));
	EXPECT_FALSE(shows(self, 1, 2 + most, 3 + 2 * most, 4 + 3 * most));
	EXPECT_FALSE(shows(self, 4, 3, 2, 1));
	EXPECT_FALSE(shows(self, 5, 5, 5, 5));
	/* Once is not enough, nor is twice with a leap between. */
	EXPECT_FALSE(shows(self, 1, 2, 900, 901));
	/* Nor when the bit comes and goes. */
	EXPECT_FALSE(shows(self, 1, E_BIT | 2, 3, E_BIT | 4));
	/* Zeroes are padding before they are an index. */
	EXPECT_FALSE(shows(self, 0, 1, 2, 0));
	EXPECT_TRUE(shows(self, 0, 1, 2, 3));
	/* The index wraps below the bit. */
	EXPECT_TRUE(shows(self, ~0u - 1, ~0u, E_BIT, E_BIT | 1));
}

TEST_F(side, a_cut_copy_shows_no_trailer)
{
	u32 i, n;

	for (i = 0; i < 8; i++) {
		n = packet_rtcp_rr(self->bytes, 1);
		memset(self->bytes + n, 0xa5, 24);
		put_be32(self->bytes + n + 24, E_BIT | (i + 1));
		random_fill(&self->random, self->bytes + n + 28, 10);
		feed(self, n + 38, n + 39);
		EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_UNDETERMINED);
	}
	EXPECT_EQ(self->ans.class, RTPGUARD_CLASS_RTCP);
	EXPECT_EQ(self->ans.evidence, 0);
}

TEST_F(side, the_worst_that_was_shown_stays)
{
	struct rg_summary sum;
	u32 i;

	for (i = 0; i < 3; i++)
		feed_srtcp(self, E_BIT | (7 + i), 14);
	rg_media_summary(&self->media, &sum);
	EXPECT_EQ(sum.class, RTPGUARD_CLASS_SRTCP);
	EXPECT_EQ(sum.protection, RTPGUARD_PROTECTION_UNIFORM);
	EXPECT_EQ(sum.packets_before_verdict, 3);
	EXPECT_EQ(sum.ssrcs, 0);
	i = packet_rtcp_sr_sdes(self->bytes, 1);
	feed(self, i, i);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_CLEAR);
	EXPECT_TRUE(self->ans.changed);
	/* A datagram is answered for by itself, the flow by its worst. */
	feed_srtcp(self, E_BIT | 10, 14);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_UNIFORM);
	EXPECT_FALSE(self->ans.changed);
	rg_media_summary(&self->media, &sum);
	EXPECT_EQ(sum.class, RTPGUARD_CLASS_RTCP);
	EXPECT_EQ(sum.protection, RTPGUARD_PROTECTION_CLEAR);
	EXPECT_EQ(sum.evidence, RTPGUARD_EVIDENCE_SRTCP_TRAILER |
		  RTPGUARD_EVIDENCE_RTCP_CHAIN);
}

TEST_F(side, another_sender_begins_anew)
{
	struct rg_summary sum;
	u32 n, ssrc;

	/* Each could be chance; together they are no sender. */
	for (ssrc = 1; ssrc < 9; ssrc++) {
		n = packet_rtcp_rr(self->bytes, ssrc);
		feed(self, n, n);
		EXPECT_EQ(self->ans.class, RTPGUARD_CLASS_UNKNOWN);
	}
	rg_media_summary(&self->media, &sum);
	EXPECT_EQ(sum.class, RTPGUARD_CLASS_UNKNOWN);
	/* Recognised and undecided, the flow is RTCP. */
	feed_srtcp(self, 0x12345678, 14);
	feed_srtcp(self, 0x02345678, 14);
	rg_media_summary(&self->media, &sum);
	EXPECT_EQ(sum.class, RTPGUARD_CLASS_RTCP);
	EXPECT_EQ(sum.protection, RTPGUARD_PROTECTION_UNDETERMINED);
	EXPECT_EQ(sum.packets_before_verdict, 0);
}

TEST_F(side, a_first_packet_without_a_sender_is_none)
{
	/* RFC 3550, 6.4: a BYE of no source has four bytes, and comes last. */
	static const u8 bye[] = { 0x80, 203, 0, 0 };

	memcpy(self->bytes, bye, sizeof(bye));
	memset(self->bytes + 4, 0, 8);
	feed(self, 12, 12);
	EXPECT_EQ(self->ans.shape, RG_SHAPE_OTHER);
	memcpy(self->bytes + packet_rtcp_rr(self->bytes, 1), bye, sizeof(bye));
	feed(self, 12, 12);
	EXPECT_EQ(self->ans.shape, RG_SHAPE_RTCP);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_CLEAR);
}

TEST_HARNESS_MAIN
