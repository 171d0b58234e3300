// SPDX-License-Identifier: GPL-2.0
/*
 * The content test in flows: of many streams, over verdicts that are taken back
 * or confirmed, and with what memory there is.
 */
#include "content_flow.h"

/* Rounds until the last of n interleaved streams has been @protection. */
static u32 rounds_until_all(struct _test_data_flow *self, u32 n, u8 protection,
			    void (*feed_one)(struct _test_data_flow *, u32))
{
	u64 decided = 0;
	u32 round, i;

	for (round = 1; round <= 10000; round++) {
		for (i = 0; i < n; i++) {
			feed_one(self, i);
			if (self->ans.protection == protection)
				decided |= 1ull << i;
		}
		if (decided == (1ull << n) - 1)
			return round;
	}
	return 0;
}

TEST_F(flow, many_readable_streams_are_all_clear)
{
	static const u8 numbers[] = { 1, 4, 5, 8, 32 };
	u32 i, rounds;

	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		rounds = rounds_until_all(self, numbers[i],
					  RTPGUARD_PROTECTION_CLEAR, feed_clear);
		TH_LOG("%u streams: %u rounds", numbers[i], rounds);
		EXPECT_NE(rounds, 0);
		EXPECT_LE(rounds, 10);
		EXPECT_TRUE(self->ans.evidence &
			    RTPGUARD_EVIDENCE_PAYLOAD_STRUCTURE);
		media_end(&self->media);
	}
}

TEST_F(flow, many_encrypted_streams_are_all_uniform)
{
	static const u8 numbers[] = { 1, 4, 5, 8, 32 };
	struct rg_summary sum;
	u32 i, rounds;

	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		rounds = rounds_until_all(self, numbers[i],
					  RTPGUARD_PROTECTION_UNIFORM,
					  feed_cipher);
		TH_LOG("%u streams: %u rounds", numbers[i], rounds);
		EXPECT_NE(rounds, 0);
		/* Four at a time, and 48 packets each. */
		EXPECT_LE(rounds, 50 * ((numbers[i] + 3) / 4));
		rg_media_summary(&self->media, &sum);
		EXPECT_EQ(sum.protection, RTPGUARD_PROTECTION_UNIFORM);
		EXPECT_EQ(sum.ssrcs, numbers[i]);
		media_end(&self->media);
	}
}

/* As a bridge's host does, which sees what comes and what goes of each packet. */
static void feed_cipher_twice(struct _test_data_flow *self, u32 i)
{
	u32 len = cipher_rtp(&self->ciphers[i], self->bytes, self->seq[i]++,
			     1000 + i);

	feed(self, len);
	feed(self, len);
}

TEST_F(flow, what_is_seen_twice_speaks_once)
{
	struct rg_summary sum;
	u32 round, i;

	for (round = 0; round < 100; round++) {
		for (i = 0; i < 8; i++) {
			feed_cipher_twice(self, i);
			EXPECT_FALSE(rg_protection_worse(self->ans.protection,
							 RTPGUARD_PROTECTION_UNDETERMINED))
				TH_LOG("round %u, stream %u", round, i);
		}
	}
	rg_media_summary(&self->media, &sum);
	EXPECT_EQ(sum.protection, RTPGUARD_PROTECTION_UNIFORM);
}

#define BATCH 32

/* As a router does, that passes packets on in batches: all come, then all go. */
static void feed_batch_twice(struct _test_data_flow *self, u32 streams)
{
	static u8 batch[BATCH][12 + CIPHER_LEN_MAX];
	u32 lens[BATCH], i;

	for (i = 0; i < BATCH; i++)
		lens[i] = cipher_rtp(&self->ciphers[i % streams], batch[i],
				     self->seq[i % streams]++, 1000 + i % streams);
	for (i = 0; i < 2 * BATCH; i++) {
		memcpy(self->bytes, batch[i % BATCH], lens[i % BATCH]);
		feed(self, lens[i % BATCH]);
	}
}

TEST_F(flow, what_is_seen_twice_in_batches_speaks_once)
{
	struct rg_summary sum;
	u32 streams, round;

	for (streams = 1; streams <= 8; streams++) {
		for (round = 0; round < 200; round++) {
			feed_batch_twice(self, streams);
			EXPECT_FALSE(rg_protection_worse(self->ans.protection,
							 RTPGUARD_PROTECTION_UNDETERMINED))
				TH_LOG("round %u of %u streams", round, streams);
		}
		rg_media_summary(&self->media, &sum);
		EXPECT_EQ(sum.protection, RTPGUARD_PROTECTION_UNIFORM);
		media_end(&self->media);
	}
}

/* Is the last of n streams shown to be readable while the others are not? */
static void feed_last_clear(struct _test_data_flow *self, u32 i)
{
	if (i == 7)
		feed_clear(self, i);
	else
		feed_cipher(self, i);
}

/* Junk that keeps its SSRCs, and junk that has a new one each time. */
static void feed_junk(struct _test_data_flow *self)
{
	u32 n = 1 + random_below(&self->random, 8), i;

	for (; n; n--) {
		i = random_below(&self->random, 8);
		self->seq[i] += 1000;
		feed_cipher(self, i);
		feed(self, packet_rtp(self->bytes, 96, 1, 1,
				      random_u64(&self->random), 100));
	}
}

TEST_F(flow, junk_does_not_keep_streams_out)
{
	u32 round;

	/* It repeats itself: that is no evidence, for it is no RTP. */
	for (round = 0; round < 300; round++) {
		feed_junk(self);
		ASSERT_EQ(self->ans.class, RTPGUARD_CLASS_UNKNOWN);
	}
	for (round = 0; round < 300; round++) {
		feed_junk(self);
		feed_clear(self, 30);
		if (self->ans.protection == RTPGUARD_PROTECTION_CLEAR)
			break;
	}
	EXPECT_LT(round, 300);
	TH_LOG("found after %u rounds", round);
}

TEST_F(flow, one_readable_stream_of_eight_is_found)
{
	u32 round, i;
	bool found = false;

	for (round = 0; round < 1000 && !found; round++) {
		for (i = 0; i < 8; i++)
			feed_last_clear(self, i);
		found = self->ans.protection == RTPGUARD_PROTECTION_CLEAR;
	}
	EXPECT_TRUE(found);
	EXPECT_LE(round, 200);
	TH_LOG("found after %u rounds", round);
}

TEST_F(flow, notes_keep_verdicts)
{
	u32 round, i;

	for (round = 0; round < 400; round++) {
		for (i = 0; i < 8; i++)
			feed_cipher(self, i);
	}
	/* Whoever comes back is what it was, from its first packet on. */
	self->now_ms += 10 * RG_STREAM_IDLE_MS;
	for (i = 0; i < 8; i++) {
		self->seq[i] += 1000;
		feed_cipher(self, i);
		EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_UNIFORM)
			TH_LOG("stream %u", i);
		EXPECT_EQ(self->ans.class, RTPGUARD_CLASS_SRTP);
	}
	/* And still tested: one of them turns readable. */
	for (round = 0; round < 200; round++) {
		feed_clear(self, 3);
		if (self->ans.protection == RTPGUARD_PROTECTION_CLEAR)
			break;
	}
	EXPECT_LT(round, 200);
}

/* Same length, next sequence number, next timestamp: only the SSRC is another. */
TEST_F(flow, a_decided_stream_answers_for_no_other)
{
	u32 i;

	for (i = 0; i < 60; i++)
		feed_cipher(self, 0);
	ASSERT_EQ(self->ans.protection, RTPGUARD_PROTECTION_UNIFORM);
	/* Wherever in the 16 packets between two tests it comes. */
	for (i = 0; i < 2 * RG_RETEST_ONE_IN; i++) {
		feed(self, cipher_rtp(&self->ciphers[0], self->bytes,
				      self->seq[0], 5000 + i));
		EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_UNDETERMINED);
		EXPECT_TRUE(!self->ans.stream ||
			    self->ans.stream->ssrc == 5000 + i);
		feed_cipher(self, 0);
		EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_UNIFORM);
	}
}

/* A DNS query passes in strict; media that begins like one does not. */
TEST_F(flow, no_look_alike_is_excused_behind_media)
{
	static const u8 query[] = {
		0x80, 0x38, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0,
		4, 't', 'e', 's', 't', 0, 0, 1, 0, 1,
	};
	u32 i;

	memcpy(self->bytes, query, sizeof(query));
	feed(self, sizeof(query));
	EXPECT_EQ(self->ans.shape, RG_SHAPE_OTHER);
	for (i = 0; i < RG_CONTINUITY_MIN; i++)
		feed_cipher(self, 0);
	memcpy(self->bytes, query, sizeof(query));
	feed(self, sizeof(query));
	EXPECT_EQ(self->ans.shape, RG_SHAPE_RTP);
	EXPECT_TRUE(self->ans.hold);
}

/* Notes are a ring: who gives up a place may write where that of the next is. */
TEST_F(flow, a_note_is_read_before_it_is_overwritten)
{
	u32 i, j;

	for (i = 0; i < RG_NOTES_MAX + RG_STREAMS_MAX; i++) {
		/* Stream by stream, the last of them readable. */
		for (j = 0; j < 60; j++) {
			if (i < RG_NOTES_MAX)
				feed_cipher(self, i);
			else
				feed_clear(self, i);
		}
		self->now_ms += 2 * RG_STREAM_IDLE_MS;
	}
	for (i = 0; i < RG_NOTES_MAX; i++) {
		feed_cipher(self, i);
		EXPECT_NE(self->ans.stream->protection,
			  RTPGUARD_PROTECTION_CLEAR)
			TH_LOG("stream %u", i);
		self->now_ms += 2 * RG_STREAM_IDLE_MS;
	}
}

TEST_F(flow, suspicion_is_taken_back)
{
	u32 suspected_at, i;

	while (self->ans.protection != RTPGUARD_PROTECTION_SUSPECTED) {
		feed_faint(self, 0);
		ASSERT_LT(self->seq[0], 20);
	}
	EXPECT_TRUE(self->ans.evidence & RTPGUARD_EVIDENCE_PAYLOAD_STRUCTURE);
	suspected_at = self->seq[0];
	EXPECT_EQ(self->ans.stream->suspected_at, suspected_at);
	EXPECT_EQ(self->ans.stream->decided_at, 0);
	for (i = 0; i < 500; i++) {
		feed_cipher(self, 0);
		if (self->ans.protection != RTPGUARD_PROTECTION_SUSPECTED)
			break;
	}
	/* 48 packets in a row without anything. */
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_UNIFORM);
	EXPECT_TRUE(self->ans.changed);
	EXPECT_GE(i + 1, RG_UNIFORM_PACKETS);
	EXPECT_LE(i + 1, 2 * RG_UNIFORM_PACKETS);
	EXPECT_FALSE(self->ans.evidence & RTPGUARD_EVIDENCE_PAYLOAD_STRUCTURE);
	EXPECT_EQ(self->ans.stream->suspected_at, suspected_at);
}

TEST_F(flow, suspicion_is_confirmed)
{
	while (self->ans.protection != RTPGUARD_PROTECTION_CLEAR) {
		feed_faint(self, 0);
		ASSERT_LT(self->seq[0], 20);
	}
	EXPECT_LT(self->ans.stream->suspected_at,
		  self->ans.stream->decided_at);
	/* For good, whatever follows. */
	while (self->seq[0] < 500) {
		feed_cipher(self, 0);
		ASSERT_EQ(self->ans.protection, RTPGUARD_PROTECTION_CLEAR);
	}
}

/* How much memory the state holds. */
static u32 held(const struct rg_media *media)
{
	u32 dir, i, n = !!media->spare;

	for (dir = 0; dir < RG_DIRS; dir++) {
		for (i = 0; i < RG_STREAMS_MAX; i++)
			n += !!media->sides[dir].streams[i].content;
		n += !!media->sides[dir].shared.content;
	}
	return n;
}

/* Any packet of any of some streams, or of none. */
static u32 any_packet(struct _test_data_flow *self)
{
	u32 i = random_below(&self->random, STREAMS);
	struct cipher *cipher = &self->ciphers[i];
	u32 len;

	switch (random_below(&self->random, 40)) {
	case 0:
		return packet_rtcp_sr_sdes(self->bytes, 1000 + i);
	case 1:
		self->seq[i] += random_below(&self->random, 1 << 16);
		break;
	case 2:
		len = random_below(&self->random, 60);
		random_fill(&self->random, self->bytes, len);
		return len;
	case 3:
		self->now_ms += RG_STREAM_IDLE_MS + 1;
		break;
	case 4:
		return packet_rtp(self->bytes, 0, self->seq[i]++, 1, 1000 + i,
				  random_below(&self->random, 5));
	}
	len = cipher_rtp(cipher, self->bytes, self->seq[i]++, 1000 + i);
	/* Three of four streams are readable. */
	if (i & 3)
		memset(self->bytes + 12, i, (len - 12) / 2);
	return len;
}

/* Feeds it; where there is no memory to be had the stream goes untested. */
static s32 feed_any(struct _test_data_flow *self, u32 fail_one_in)
{
	struct rg_content *content;
	struct rg_packet pkt = {
		.data = self->bytes, .len = any_packet(self),
		.dir = random_below(&self->random, RG_DIRS),
		.now_ms = self->now_ms += 1,
	};
	s32 balance = 0;

	pkt.wire_len = pkt.len;
	if (rg_media_hungry(&self->media, &pkt) &&
	    random_below(&self->random, fail_one_in)) {
		content = malloc(sizeof(*content));
		memset(content, 0xaa, sizeof(*content));
		rg_media_give(&self->media, content);
		balance++;
	}
	rg_feed(&self->media, &pkt, &self->ans);
	content = rg_media_take(&self->media);
	if (content) {
		free(content);
		balance--;
	}
	return balance;
}

TEST_F(flow, memory_is_neither_lost_nor_freed_twice)
{
	u32 round, i, length;
	s32 balance;

	for (round = 0; round < 400; round++) {
		/* One failure in 1: there never is any. */
		u32 fail_one_in = 1 + round % 7;

		balance = 0;
		length = random_below(&self->random, 1000);
		for (i = 0; i < length; i++) {
			balance += feed_any(self, fail_one_in);
			ASSERT_EQ(balance, held(&self->media));
			if (fail_one_in == 1)
				ASSERT_EQ(balance, 0);
		}
		media_end(&self->media);
		ASSERT_EQ(rg_media_drain(&self->media), NULL);
	}
}

/* Asks before the next packet of stream i. */
static bool hungry_for(struct _test_data_flow *self, u32 i)
{
	struct rg_packet pkt = { .data = self->bytes };

	pkt.len = cipher_rtp(&self->ciphers[i], self->bytes, self->seq[i],
			     1000 + i);
	pkt.wire_len = pkt.len;
	return rg_media_hungry(&self->media, &pkt);
}

TEST_F(flow, memory_goes_back_after_the_verdict)
{
	u32 i;

	/* Of one stream that is clear there is nothing left to be tested. */
	for (i = 0; i < 10; i++)
		feed_clear(self, 0);
	EXPECT_EQ(held(&self->media), 0);
	EXPECT_FALSE(hungry_for(self, 0));
	EXPECT_TRUE(hungry_for(self, 1));
	media_end(&self->media);
	/* One that is uniform is tested on. */
	for (i = 0; i < 500; i++)
		feed_cipher(self, 0);
	EXPECT_EQ(held(&self->media), 1);
	EXPECT_FALSE(hungry_for(self, 0));
	EXPECT_TRUE(hungry_for(self, 1));
}

/* What passes before the verdict is what the eavesdropper hears. */
TEST_F(flow, no_stream_behind_decided_ones_is_tested_later)
{
	void (*const feed_one[])(struct _test_data_flow *, u32) = {
		feed_clear, feed_cipher,
	};
	u32 i, j;

	for (i = 0; i < ARRAY_SIZE(feed_one); i++) {
		for (j = 0; j < 100; j++)
			feed_one[i](self, 0);
		ASSERT_TRUE(self->media.sated);
		feed_clear(self, 1);
		ASSERT_NE(self->ans.stream, NULL);
		ASSERT_NE(self->ans.stream->content, NULL);
		EXPECT_EQ(self->ans.stream->content->packets, 1);
		media_end(&self->media);
	}
}

TEST_HARNESS_MAIN
