// SPDX-License-Identifier: GPL-2.0
/*
 * Calls that begin in clear and go on encrypted under the same SSRC: what was clear is
 * tested anew behind a handshake, and clear until it is proven.
 */
#include "handshake_flow.h"

static void make_clear(struct _test_data_flow *self, u32 stream)
{
	u32 i;

	for (i = 0; i < 100; i++) {
		feed_clear(self, stream);
		if (self->ans.protection == RTPGUARD_PROTECTION_CLEAR)
			break;
	}
}

/* Return: packets up to and with the first that is not clear; 0: all of 300 are. */
static u32 until_proven(struct _test_data_flow *self, u32 stream)
{
	u32 n;

	for (n = 1; n <= 300; n++) {
		feed_cipher(self, stream);
		if (self->ans.protection != RTPGUARD_PROTECTION_CLEAR)
			return n;
	}
	return 0;
}

/* Return: packets of so many that are not clear. */
static u32 leaked(struct _test_data_flow *self, u32 stream, u32 packets)
{
	u32 i, n = 0;

	for (i = 0; i < packets; i++) {
		feed_clear(self, stream);
		n += self->ans.protection != RTPGUARD_PROTECTION_CLEAR;
	}
	return n;
}

static void feed_reply(struct _test_data_flow *self, bool clear)
{
	u8 p[12 + CIPHER_LEN_MAX];
	u32 len;

	len = cipher_rtp(&self->ciphers[9], p, self->seq[9]++, 5000);
	if (clear)
		memset(p + 12, 0xd5, len - 12);
	feed_dir(self, p, len, RG_DIR_REPLY);
}

/* Memory that the flow holds once it is decided. */
static bool holds_memory(const struct rg_media *media)
{
	u32 dir, i;

	for (dir = 0; dir < RG_DIRS; dir++) {
		for (i = 0; i < RG_STREAMS_MAX; i++) {
			if (media->sides[dir].streams[i].content)
				return true;
		}
	}
	return media->spare;
}

TEST_F(flow, what_was_clear_is_protected_behind_zrtp)
{
	struct rg_summary sum;
	u32 i;

	make_clear(self, 0);
	feed_zrtp_all(self);
	for (i = 0; i < 15; i++) {
		feed_cipher(self, 0);
		EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_CLEAR);
		EXPECT_EQ(self->ans.class, RTPGUARD_CLASS_RTP);
		EXPECT_FALSE(self->ans.changed);
		EXPECT_NE(self->ans.stream->decided_at, 0);
		EXPECT_EQ(self->ans.counts, RG_COUNTS_NOTHING);
	}
	feed_cipher(self, 0);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_PROTECTED);
	EXPECT_EQ(self->ans.class, RTPGUARD_CLASS_SRTP);
	EXPECT_TRUE(self->ans.changed);
	EXPECT_EQ(self->ans.counts, RG_COUNTS_RESTORED);
	EXPECT_EQ(self->ans.evidence, RTPGUARD_EVIDENCE_RTP_CONTINUITY |
		  RTPGUARD_EVIDENCE_ZRTP_CONFIRMED);
	EXPECT_EQ(self->ans.stream->decided_at, self->ans.stream->packets);
	for (i = 0; i < 1000; i++) {
		feed_cipher(self, 0);
		EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_PROTECTED);
		EXPECT_EQ(self->ans.counts, RG_COUNTS_NOTHING);
	}
	rg_media_summary(&self->media, &sum);
	EXPECT_EQ(sum.protection, RTPGUARD_PROTECTION_PROTECTED);
}

TEST_F(flow, behind_dtls_as_well)
{
	make_clear(self, 0);
	feed_dtls(self, "\x01", "\x01");
	EXPECT_EQ(until_proven(self, 0), 16);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_PROTECTED);
}

TEST_F(flow, without_a_handshake_it_is_clear_for_good)
{
	make_clear(self, 0);
	EXPECT_EQ(until_proven(self, 0), 0);
	feed_zrtp(self, "Hello   ", RG_DIR_ORIGINAL);
	feed_zrtp(self, "Commit  ", RG_DIR_ORIGINAL);
	feed_zrtp(self, "Confirm1", RG_DIR_REPLY);
	EXPECT_EQ(until_proven(self, 0), 0);
}

/* One that was uniform, and is looked at more closely when it turns readable. */
TEST_F(flow, from_a_retest_it_is_clear_for_good)
{
	u32 i;

	for (i = 0; i < 100; i++)
		feed_cipher(self, 0);
	ASSERT_EQ(self->ans.protection, RTPGUARD_PROTECTION_UNIFORM);
	self->ciphers[0].pt = 97;
	make_clear(self, 0);
	ASSERT_EQ(self->ans.protection, RTPGUARD_PROTECTION_CLEAR);
	EXPECT_EQ(until_proven(self, 0), 0);
}

/* A forged handshake, and readable media goes on. */
TEST_F(flow, a_handshake_lets_nothing_readable_pass)
{
	make_clear(self, 0);
	feed_dtls(self, "\x01", "\x01");
	EXPECT_EQ(leaked(self, 0, 1000), 0);
	/* That was its chance. */
	EXPECT_FALSE(rg_stream_is_anew(self->ans.stream));
	EXPECT_FALSE(holds_memory(&self->media));
	EXPECT_EQ(until_proven(self, 0), 0);
}

/* Until its Confirm2 is acknowledged a side goes on in clear. */
TEST_F(flow, slow_to_encrypt_is_proven_too)
{
	u32 late;

	for (late = 0; late < RG_ANEW_PACKETS; late++) {
		make_clear(self, 0);
		feed_zrtp_all(self);
		EXPECT_EQ(leaked(self, 0, late), 0);
		/* A trial that has begun readable has to lose that first. */
		EXPECT_LE(until_proven(self, 0) - 1, 47)
			TH_LOG("%u packets late", late);
		EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_PROTECTED);
		media_end(&self->media);
	}
}

TEST_F(flow, readable_again_is_clear_for_good)
{
	u32 warm, i;

	for (warm = 0; warm < 400; warm += 13) {
		make_clear(self, 0);
		feed_zrtp_all(self);
		ASSERT_EQ(until_proven(self, 0), 16);
		for (i = 0; i < warm; i++)
			feed_cipher(self, 0);
		/* All of the first packets are tested, then one in 16. */
		EXPECT_LE(leaked(self, 0, 500), warm < 60 ? 8 : 64)
			TH_LOG("after %u packets", warm);
		EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_CLEAR);
		EXPECT_EQ(until_proven(self, 0), 0);
		EXPECT_FALSE(holds_memory(&self->media));
		media_end(&self->media);
	}
}

TEST_F(flow, one_chance_for_each_handshake)
{
	make_clear(self, 0);
	feed_zrtp_all(self);
	EXPECT_EQ(leaked(self, 0, 300), 0);
	/* New keys of the same: it vouches as before. */
	feed_zrtp_all(self);
	EXPECT_EQ(until_proven(self, 0), 0);
	feed_zrtp(self, "GoClear ", RG_DIR_REPLY);
	EXPECT_EQ(until_proven(self, 0), 0);
	feed_zrtp_all(self);
	EXPECT_EQ(until_proven(self, 0), 16);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_PROTECTED);
}

TEST_F(flow, go_clear_takes_the_chance_back)
{
	make_clear(self, 0);
	feed_zrtp_all(self);
	feed_cipher(self, 0);
	EXPECT_TRUE(rg_stream_is_anew(self->ans.stream));
	feed_zrtp(self, "GoClear ", RG_DIR_ORIGINAL);
	EXPECT_EQ(until_proven(self, 0), 0);
	EXPECT_FALSE(holds_memory(&self->media));
}

TEST_F(flow, each_ssrc_has_its_own)
{
	u32 i;

	make_clear(self, 0);
	make_clear(self, 1);
	feed_zrtp_all(self);
	for (i = 0; i < 15; i++) {
		feed_cipher(self, 0);
		feed_clear(self, 1);
	}
	feed_cipher(self, 0);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_PROTECTED);
	EXPECT_EQ(leaked(self, 1, 300), 0);
	feed_cipher(self, 0);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_PROTECTED);
	EXPECT_EQ(until_proven(self, 1), 0);
}

TEST_F(flow, each_direction_has_its_own)
{
	u32 i;

	make_clear(self, 0);
	for (i = 0; i < 10; i++)
		feed_reply(self, true);
	ASSERT_EQ(self->ans.protection, RTPGUARD_PROTECTION_CLEAR);
	feed_zrtp_all(self);
	for (i = 0; i < 15; i++)
		feed_reply(self, false);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_CLEAR);
	feed_reply(self, false);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_PROTECTED);
	EXPECT_EQ(leaked(self, 0, 300), 0);
	feed_reply(self, false);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_PROTECTED);
}

/* It has given up its place for others that are clear. */
TEST_F(flow, a_note_of_one_that_was_clear_is_enough)
{
	u32 i;

	make_clear(self, 0);
	for (i = 1; i <= RG_STREAMS_MAX; i++)
		EXPECT_EQ(leaked(self, i, 10), 0);
	ASSERT_NE(rg_note_find(&self->media, RG_DIR_ORIGINAL, 1000), NULL);
	feed_zrtp_all(self);
	/* No place is free before the others fell silent. */
	EXPECT_EQ(leaked(self, 0, 20), 0);
	self->now_ms += 2 * RG_STREAM_IDLE_MS;
	EXPECT_EQ(until_proven(self, 0), 16);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_PROTECTED);
}

/* Payloads too short for a tag decide by themselves: so they did before. */
TEST_F(flow, short_payloads_are_forgiven_once)
{
	u32 i, len;

	for (i = 0; i < 6; i++) {
		len = packet_rtp(self->bytes, 96, self->seq[0],
				 160 * self->seq[0], 1000, 2);
		self->seq[0]++;
		feed(self, len);
	}
	ASSERT_EQ(self->ans.protection, RTPGUARD_PROTECTION_CLEAR);
	feed_zrtp_all(self);
	EXPECT_EQ(until_proven(self, 0), 16);
	EXPECT_FALSE(self->ans.evidence & RTPGUARD_EVIDENCE_SHORT_PAYLOAD);
	for (i = 0; i < RG_SHORT_MIN; i++) {
		len = packet_rtp(self->bytes, 96, self->seq[0],
				 160 * self->seq[0], 1000, 2);
		self->seq[0]++;
		feed(self, len);
	}
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_CLEAR);
	EXPECT_EQ(until_proven(self, 0), 0);
}

/* Readable RTCP of before speaks of what was sent before. */
TEST_F(flow, rtcp_of_before_counts_no_more)
{
	make_clear(self, 0);
	feed(self, packet_rtcp_sr_sdes(self->bytes, 1000));
	feed_clear(self, 0);
	ASSERT_TRUE(self->ans.evidence & RTPGUARD_EVIDENCE_RTCP_CHAIN);
	feed_zrtp_all(self);
	EXPECT_EQ(until_proven(self, 0), 16);
	feed_cipher(self, 0);
	EXPECT_FALSE(self->ans.evidence & RTPGUARD_EVIDENCE_RTCP_CHAIN);
	/* And readable RTCP is dropped as ever. */
	feed(self, packet_rtcp_sr_sdes(self->bytes, 1000));
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_CLEAR);
}

TEST_F(flow, without_memory_it_waits)
{
	struct rg_packet pkt = { .data = self->bytes };
	struct rg_content *content;
	u32 i;

	make_clear(self, 0);
	feed_zrtp_all(self);
	while ((content = rg_media_drain(&self->media)))
		free(content);
	for (i = 0; i < 50; i++) {
		pkt.len = cipher_rtp(&self->ciphers[0], self->bytes,
				     self->seq[0]++, 1000);
		pkt.wire_len = pkt.len;
		pkt.now_ms = self->now_ms += 5;
		media_feed(&self->media, &pkt, false, &self->ans);
		EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_CLEAR);
	}
	EXPECT_EQ(until_proven(self, 0), 16);
}

TEST_HARNESS_MAIN
