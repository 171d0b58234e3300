// SPDX-License-Identifier: GPL-2.0
/*
 * Uniform is tested on: what turns readable afterwards is found, how soon, and
 * at the cost of how many trials.
 */
#include "content_flow.h"

/* 2,000 packets encrypted; then readable: packets until that shows. */
static u32 found_after(struct _test_data_flow *self, u8 pt, u16 tag_len)
{
	u32 i;

	media_end(&self->media);
	self->ciphers[0].pt = 0;
	self->ciphers[0].len = 160;
	self->ciphers[0].tag_len = 10;
	for (i = 0; i < 2000; i++)
		feed_cipher(self, 0);
	if (self->ans.protection != RTPGUARD_PROTECTION_UNIFORM)
		return 0;
	self->ciphers[0].pt = pt;
	self->ciphers[0].tag_len = tag_len;
	for (i = 1; i < 1000; i++) {
		feed_clear(self, 0);
		if (self->ans.protection == RTPGUARD_PROTECTION_CLEAR)
			return i;
	}
	return 0;
}

TEST_F(flow, what_turns_readable_is_found)
{
	u32 unchanged, other_type, no_tag, i;

	/* One packet in 16 is tested; where in these 16 it begins is chance. */
	for (i = 0; i < 20; i++) {
		unchanged = found_after(self, 0, 10);
		EXPECT_NE(unchanged, 0);
		EXPECT_LE(unchanged, 64);
		other_type = found_after(self, 8, 10);
		EXPECT_NE(other_type, 0);
		EXPECT_LE(other_type, 3);
		no_tag = found_after(self, 0, 0);
		EXPECT_NE(no_tag, 0);
		EXPECT_LE(no_tag, 3);
	}
	TH_LOG("unchanged %u, other type %u, no tag %u packets", unchanged,
	       other_type, no_tag);
}

TEST_F(flow, what_turns_too_short_for_a_tag_is_found)
{
	u32 i, warm, len;

	for (warm = 300; warm < 316; warm++) {
		media_end(&self->media);
		for (i = 0; i < warm; i++)
			feed_cipher(self, 0);
		ASSERT_EQ(self->ans.protection, RTPGUARD_PROTECTION_UNIFORM);
		for (i = 0; i < RG_SHORT_MIN; i++) {
			len = packet_rtp(self->bytes, 96, self->seq[0],
					 160 * self->seq[0], 1000, 2);
			self->seq[0]++;
			feed(self, len);
		}
		EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_CLEAR)
			TH_LOG("after %u packets", warm);
	}
}

TEST_F(flow, readable_rtcp_makes_look_at_every_packet)
{
	u32 i, warm;

	for (warm = 300; warm < 316; warm++) {
		media_end(&self->media);
		for (i = 0; i < warm; i++)
			feed_cipher(self, 0);
		ASSERT_EQ(self->ans.protection, RTPGUARD_PROTECTION_UNIFORM);
		feed(self, packet_rtcp_sr_sdes(self->bytes, 1000));
		feed_cipher(self, 0);
		EXPECT_EQ(self->ans.stream->burst, RG_RETEST_PACKETS - 1)
			TH_LOG("after %u packets", warm);
		for (i = 1; i < 100; i++) {
			feed_clear(self, 0);
			if (self->ans.protection == RTPGUARD_PROTECTION_CLEAR)
				break;
		}
		EXPECT_LE(i, 3);
	}
}

/* Packets of the last of n uniform streams until it is seen to be readable. */
static u32 found_among(struct _test_data_flow *self, u32 n, bool in_turn)
{
	u32 i, next = 0, packets = 0;

	for (i = 0; i < 600 * n; i++) {
		next = in_turn ? i % n : random_below(&self->random, n);
		feed_cipher(self, next);
	}
	while (packets < 4000) {
		next = in_turn ? (next + 1) % n : random_below(&self->random, n);
		if (next < n - 1) {
			feed_cipher(self, next);
			continue;
		}
		packets++;
		feed_clear(self, next);
		if (self->ans.protection == RTPGUARD_PROTECTION_CLEAR)
			return packets;
	}
	return 0;
}

TEST_F(flow, what_turns_readable_among_many_is_found)
{
	static const u8 numbers[] = { 4, 5, 6, 7, 8, 9, 12, 13, 32 };
	u32 i, j, packets;

	for (i = 0; i < 2 * ARRAY_SIZE(numbers); i++) {
		j = numbers[i / 2];
		packets = found_among(self, j, i & 1);
		TH_LOG("%u streams: %u packets", j, packets);
		EXPECT_NE(packets, 0);
		/* A trial has 128 packets; so many streams have to wait. */
		EXPECT_LE(packets, (i & 1 ? 192 : 768) * ((j + 3) / 4));
		media_end(&self->media);
	}
}

TEST_F(flow, a_new_stream_goes_before_tests_that_go_on)
{
	u32 n, i, round, warm;

	for (n = 4; n <= 8; n++) {
		for (warm = 300; warm < 500; warm += 9) {
			for (round = 0; round < warm; round++) {
				for (i = 0; i < n; i++)
					feed_cipher(self, i);
			}
			for (round = 1; round < 1000; round++) {
				for (i = 0; i < n; i++)
					feed_cipher(self, i);
				feed_clear(self, STREAMS - 1);
				if (self->ans.protection ==
				    RTPGUARD_PROTECTION_CLEAR)
					break;
			}
			EXPECT_LE(round, 5)
				TH_LOG("%u streams, %u rounds", n, warm);
			media_end(&self->media);
		}
	}
}

TEST_F(flow, trials_are_counted)
{
	u32 i;

	feed_cipher(self, 0);
	EXPECT_EQ(self->ans.stream->trials, 1);
	while (self->ans.protection != RTPGUARD_PROTECTION_UNIFORM)
		feed_cipher(self, 0);
	EXPECT_EQ(self->ans.stream->trials, 2);
	/* One in 16, trials of 8; a first sign by chance makes one longer. */
	for (i = 0; i < 10 * RG_RETEST_ONE_IN * RG_RETEST_SAMPLES; i++)
		feed_cipher(self, 0);
	EXPECT_LE(self->ans.stream->trials, 12);
	EXPECT_GE(self->ans.stream->trials, 11);
	/* A change begins one: at most every 64 packets. */
	for (i = 0; i < 100 * RG_RETEST_PACKETS; i++) {
		self->ciphers[0].pt = 96 + (i & 1);
		feed_cipher(self, 0);
	}
	EXPECT_LE(self->ans.stream->trials, 12 + 2 * 100 + 1);
}

TEST_F(flow, trials_are_counted_over_places)
{
	u32 round, i;

	for (round = 0; round < 5000; round++) {
		for (i = 0; i < 8; i++)
			feed_cipher(self, i);
	}
	/* Half of the time in a place, and there 128 packets a trial. */
	for (i = 0; i < RG_STREAMS_MAX; i++) {
		EXPECT_GE(self->media.sides[0].streams[i].trials, 15);
		EXPECT_LE(self->media.sides[0].streams[i].trials, 60);
		TH_LOG("%u trials", self->media.sides[0].streams[i].trials);
	}
}

TEST_F(flow, suspicion_revokes_the_note)
{
	u32 round, i;

	for (round = 0; round < 1000; round++) {
		for (i = 0; i < 5; i++)
			feed_cipher(self, i);
	}
	/* All have a note. One comes back, and shows structure. */
	self->now_ms += 2 * RG_STREAM_IDLE_MS;
	for (i = 0; i < 500; i++) {
		feed_faint(self, 0);
		if (self->ans.protection == RTPGUARD_PROTECTION_SUSPECTED)
			break;
	}
	ASSERT_EQ(self->ans.protection, RTPGUARD_PROTECTION_SUSPECTED);
	/* It falls silent, and gives its place to others. */
	self->now_ms += 2 * RG_STREAM_IDLE_MS;
	for (i = 10; i < 14; i++)
		feed_cipher(self, i);
	feed_cipher(self, 0);
	EXPECT_NE(self->ans.protection, RTPGUARD_PROTECTION_UNIFORM);
}

/* Packets until suspected and until clear, in the state's trial number so. */
static u32 faint_until(struct _test_data_flow *self, u16 trials, u8 protection)
{
	u32 i;

	media_end(&self->media);
	for (i = 1; i < 100; i++) {
		feed_faint(self, 0);
		self->media.sides[0].streams[0].trials = trials;
		if (self->ans.protection >= protection)
			return i;
	}
	return 0;
}

TEST_F(flow, many_trials_cost_evidence)
{
	u32 i, first, last;

	for (i = RTPGUARD_PROTECTION_SUSPECTED; i <= RTPGUARD_PROTECTION_CLEAR;
	     i += RTPGUARD_PROTECTION_CLEAR - RTPGUARD_PROTECTION_SUSPECTED) {
		first = faint_until(self, 1, i);
		EXPECT_NE(first, 0);
		EXPECT_EQ(faint_until(self, RG_TRIALS_MAX - 1, i), first);
		/* 10 doublings, 10 bits, of which a packet has 8. */
		last = faint_until(self, 0xffff, i);
		EXPECT_GE(last, first + 1);
		EXPECT_LE(last, first + 2);
	}
}

TEST_HARNESS_MAIN
