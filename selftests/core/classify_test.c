// SPDX-License-Identifier: GPL-2.0
/* Continuity over packets, the evidence that decides, and what contradicts. */
#include "core/classify.h"
#include "kselftest_harness.h"
#include "packets.h"

#include <uapi/linux/rtpguard.h>

FIXTURE(flow)
{
	struct rg_media media;
	struct rg_answer ans;
	u8 bytes[2048];
	u64 now_ms;
};

FIXTURE_SETUP(flow)
{
	memset(self, 0, sizeof(*self));
	self->now_ms = 1000;
}

FIXTURE_TEARDOWN(flow)
{
}

static void feed(struct _test_data_flow *self, u32 len, u8 dir)
{
	/* Its own allocation: reads beyond it are seen. */
	u8 *copy = malloc(len ? len : 1);
	struct rg_packet pkt = {
		.data = copy,
		.len = len,
		.wire_len = len,
		.dir = dir,
		.now_ms = self->now_ms += 20,
	};

	memcpy(copy, self->bytes, len);
	rg_feed(&self->media, &pkt, &self->ans);
	free(copy);
}

static void feed_rtp(struct _test_data_flow *self, u8 pt, u16 seq, u32 ts,
		     u32 ssrc, u32 len)
{
	feed(self, packet_rtp(self->bytes, pt, seq, ts, ssrc, len),
	     RG_DIR_ORIGINAL);
}

TEST_F(flow, three_static_lengths_decide)
{
	u32 i;

	for (i = 0; i < 3; i++) {
		feed_rtp(self, 0, 10 + i, 160 * i, 1, 160);
		EXPECT_EQ(self->ans.shape, RG_SHAPE_RTP);
		EXPECT_EQ(self->ans.protection, i < 2 ?
			  RTPGUARD_PROTECTION_UNDETERMINED :
			  RTPGUARD_PROTECTION_CLEAR);
		EXPECT_EQ(self->ans.changed, i == 2);
	}
	EXPECT_EQ(self->ans.class, RTPGUARD_CLASS_RTP);
	EXPECT_EQ(self->ans.evidence, RTPGUARD_EVIDENCE_RTP_CONTINUITY |
		  RTPGUARD_EVIDENCE_STATIC_PT_LENGTH);
	ASSERT_NE(self->ans.stream, NULL);
	EXPECT_EQ(self->ans.stream->decided_at, 3);
	feed_rtp(self, 0, 13, 480, 1, 160);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_CLEAR);
	EXPECT_FALSE(self->ans.changed);
}

TEST_F(flow, a_tag_is_never_clear)
{
	static const u8 tags[] = { 4, 10, 16 };
	u32 t, i;

	for (t = 0; t < ARRAY_SIZE(tags); t++) {
		memset(&self->media, 0, sizeof(self->media));
		for (i = 0; i < 1000; i++)
			feed_rtp(self, 0, i, 160 * i, 1, 160 + tags[t]);
		EXPECT_EQ(self->ans.class, RTPGUARD_CLASS_RTP);
		EXPECT_EQ(self->ans.protection,
			  RTPGUARD_PROTECTION_UNDETERMINED);
	}
}

TEST_F(flow, one_wrong_length_starts_the_count_again)
{
	feed_rtp(self, 0, 1, 160, 1, 160);
	feed_rtp(self, 0, 2, 320, 1, 160);
	feed_rtp(self, 0, 3, 480, 1, 170);
	feed_rtp(self, 0, 4, 640, 1, 160);
	feed_rtp(self, 0, 5, 800, 1, 160);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_UNDETERMINED);
	feed_rtp(self, 0, 6, 960, 1, 160);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_CLEAR);
}

TEST_F(flow, dtmf_between_speech_does_not_matter)
{
	feed_rtp(self, 0, 1, 160, 1, 160);
	feed_rtp(self, 101, 2, 160, 1, 4);
	feed_rtp(self, 0, 3, 320, 1, 160);
	feed_rtp(self, 0, 4, 480, 1, 160);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_CLEAR);
}

TEST_F(flow, a_standing_timestamp_is_no_audio)
{
	u32 i;

	for (i = 0; i < 100; i++)
		feed_rtp(self, 0, i, 4711, 1, 160);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_UNDETERMINED);
}

TEST_F(flow, duplicates_count_once)
{
	feed_rtp(self, 0, 1, 160, 1, 160);
	feed_rtp(self, 0, 2, 320, 1, 160);
	feed_rtp(self, 0, 2, 320, 1, 160);
	EXPECT_TRUE(self->ans.duplicate);
	feed_rtp(self, 0, 1, 160, 1, 160);
	EXPECT_TRUE(self->ans.duplicate);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_UNDETERMINED);
	ASSERT_NE(self->ans.stream, NULL);
	EXPECT_EQ(self->ans.stream->packets, 2);
}

TEST_F(flow, reordered_packets_go_on)
{
	feed_rtp(self, 0, 1, 160, 1, 160);
	feed_rtp(self, 0, 3, 480, 1, 160);
	feed_rtp(self, 0, 2, 320, 1, 160);
	EXPECT_FALSE(self->ans.duplicate);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_CLEAR);
}

TEST_F(flow, sequence_and_timestamp_wrap)
{
	feed_rtp(self, 8, 0xfffe, 0xffffff60, 1, 160);
	feed_rtp(self, 8, 0xffff, 0, 1, 160);
	feed_rtp(self, 8, 0, 160, 1, 160);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_CLEAR);
}

TEST_F(flow, loss_and_pauses_go_on)
{
	feed_rtp(self, 0, 1, 0, 1, 160);
	feed_rtp(self, 0, 1 + RG_SEQ_AHEAD_MAX, RG_TS_AHEAD_MAX, 1, 160);
	feed_rtp(self, 0, 2 + RG_SEQ_AHEAD_MAX, RG_TS_AHEAD_MAX + 160, 1, 160);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_CLEAR);
}

TEST_F(flow, a_jump_begins_anew)
{
	feed_rtp(self, 0, 1, 160, 1, 160);
	feed_rtp(self, 0, 2, 320, 1, 160);
	feed_rtp(self, 0, 2000, 480, 1, 160);
	feed_rtp(self, 0, 2001, 640, 1, 160);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_UNDETERMINED);
	feed_rtp(self, 0, 2002, 800, 1, 160);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_CLEAR);
}

TEST_F(flow, a_new_ssrc_beside_a_clear_one_is_clear)
{
	u32 i;

	for (i = 0; i < 3; i++)
		feed_rtp(self, 0, i, 160 * i, 1, 160);
	feed_rtp(self, 96, 700, 5, 2, 100);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_CLEAR);
	/* ... in that direction only. */
	feed(self, packet_rtp(self->bytes, 96, 1, 1, 3, 100), RG_DIR_REPLY);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_UNDETERMINED);
}

TEST_F(flow, four_streams_at_a_time_are_followed)
{
	u32 i, ssrc;

	for (i = 0; i < 3; i++) {
		for (ssrc = 1; ssrc <= RG_STREAMS_MAX; ssrc++)
			feed_rtp(self, 96, i, 160 * i, ssrc, 100);
	}
	for (i = 0; i < RG_STREAMS_MAX; i++)
		EXPECT_TRUE(rg_stream_recognised(&self->media.sides[0].streams[i]));
	/* A fifth finds no place until one has been silent. */
	feed_rtp(self, 96, 1, 1, 99, 100);
	EXPECT_EQ(self->ans.stream, NULL);
	self->now_ms += RG_STREAM_IDLE_MS + 1000;
	feed_rtp(self, 96, 2, 2, 99, 100);
	EXPECT_NE(self->ans.stream, NULL);
}

TEST_F(flow, junk_first_does_not_hide_a_stream)
{
	u32 i;

	for (i = 0; i < 64; i++)
		feed_rtp(self, 96, 7919 * i, 104729 * i, 1000 + i, 40);
	for (i = 0; i < 3; i++)
		feed_rtp(self, 0, i, 160 * i, 1, 160);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_CLEAR);
}

TEST_F(flow, strict_holds_until_contradicted)
{
	feed_rtp(self, 96, 1, 0, 1, 100);
	EXPECT_TRUE(self->ans.hold);
	/* Same SSRC, and the sequence leaps: no RTP. */
	feed_rtp(self, 96, 30000, 0, 1, 100);
	EXPECT_FALSE(self->ans.hold);
	/* Two in continuity take the contradiction back. */
	feed_rtp(self, 96, 30001, 160, 1, 100);
	EXPECT_TRUE(self->ans.hold);
}

TEST_F(flow, short_payloads_never_contradict)
{
	feed_rtp(self, 96, 1, 0, 1, 100);
	feed_rtp(self, 96, 30000, 0, 1, RG_CONTRADICT_LEN_MIN - 1);
	EXPECT_TRUE(self->ans.hold);
}

TEST_F(flow, other_traffic_never_contradicts)
{
	u32 n = packet_rtcp_sr_sdes(self->bytes, 1);

	feed_rtp(self, 96, 1, 0, 1, 100);
	n = packet_rtcp_sr_sdes(self->bytes, 1);
	feed(self, n, RG_DIR_ORIGINAL);
	memset(self->bytes, 0, 20);
	self->bytes[1] = 1;
	feed(self, 20, RG_DIR_ORIGINAL);
	EXPECT_EQ(self->ans.shape, RG_SHAPE_OTHER);
	feed_rtp(self, 96, 2, 160, 1, 100);
	EXPECT_TRUE(self->ans.hold);
}

TEST_F(flow, a_recognised_stream_is_not_contradicted)
{
	u32 i;

	for (i = 0; i < 3; i++)
		feed_rtp(self, 96, i, 160 * i, 1, 100);
	feed_rtp(self, 96, 30000, 0, 1, 100);
	EXPECT_TRUE(self->ans.hold);
	feed_rtp(self, 96, 5, 5, 2, 100);
	EXPECT_TRUE(self->ans.hold);
}

TEST_F(flow, rtcp_compound_decides_at_once)
{
	feed(self, packet_rtcp_sr_sdes(self->bytes, 1), RG_DIR_ORIGINAL);
	EXPECT_EQ(self->ans.shape, RG_SHAPE_RTCP);
	EXPECT_EQ(self->ans.class, RTPGUARD_CLASS_RTCP);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_CLEAR);
	EXPECT_EQ(self->ans.evidence, RTPGUARD_EVIDENCE_RTCP_CHAIN);
	EXPECT_EQ(self->ans.subject, RTPGUARD_SUBJECT_MEDIA);
	EXPECT_FALSE(self->ans.hold);
}

TEST_F(flow, receiver_reports_are_control)
{
	feed(self, packet_rtcp_rr(self->bytes, 1), RG_DIR_ORIGINAL);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_UNDETERMINED);
	feed(self, packet_rtcp_rr(self->bytes, 1), RG_DIR_ORIGINAL);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_CLEAR);
	EXPECT_EQ(self->ans.subject, RTPGUARD_SUBJECT_CONTROL);
}

TEST_F(flow, srtcp_is_not_clear)
{
	u32 i, n;

	for (i = 0; i < 100; i++) {
		n = packet_rtcp_sr_sdes(self->bytes, 1);
		memset(self->bytes + 8, 0xa5 + i, n - 8 + 14);
		feed(self, n + 14, RG_DIR_ORIGINAL);
		EXPECT_EQ(self->ans.protection,
			  RTPGUARD_PROTECTION_UNDETERMINED);
	}
	EXPECT_EQ(self->ans.class, RTPGUARD_CLASS_RTCP);
}

TEST_F(flow, without_a_state_the_shape_is_told)
{
	struct rg_packet pkt = { .data = self->bytes };

	pkt.len = packet_rtp(self->bytes, 0, 1, 1, 1, 160);
	pkt.wire_len = pkt.len;
	rg_feed(NULL, &pkt, &self->ans);
	EXPECT_EQ(self->ans.shape, RG_SHAPE_RTP);
	EXPECT_TRUE(self->ans.hold);
	pkt.len = 0;
	pkt.wire_len = 0;
	rg_feed(NULL, &pkt, &self->ans);
	EXPECT_EQ(self->ans.shape, RG_SHAPE_OTHER);
}

TEST_F(flow, summary_is_the_worst_stream)
{
	struct rg_summary sum;
	u32 i;

	rg_media_summary(&self->media, &sum);
	EXPECT_EQ(sum.class, RTPGUARD_CLASS_UNKNOWN);
	for (i = 0; i < 3; i++) {
		feed_rtp(self, 96, i, 160 * i, 1, 100);
		feed(self, packet_rtp(self->bytes, 0, i, 160 * i, 2, 160),
		     RG_DIR_REPLY);
	}
	rg_media_summary(&self->media, &sum);
	EXPECT_EQ(sum.class, RTPGUARD_CLASS_RTP);
	EXPECT_EQ(sum.protection, RTPGUARD_PROTECTION_CLEAR);
	EXPECT_EQ(sum.packets_before_verdict, 3);
	EXPECT_EQ(sum.ssrcs, 2);
}

/* Any bytes at all, at every length, in both directions. */
TEST_F(flow, random_bytes_do_no_harm)
{
	u32 seed = 1, i, j, len;

	for (i = 0; i < 20000; i++) {
		len = i % 97;
		for (j = 0; j < len; j++) {
			seed = seed * 1664525 + 1013904223;
			self->bytes[j] = seed >> 24;
		}
		/* Half of them in the shape of what we look at. */
		if (len && i & 1)
			self->bytes[0] = 0x80 | (self->bytes[0] & 0x3f);
		feed(self, len, i & 1);
		ASSERT_LE(self->ans.protection, RTPGUARD_PROTECTION_CLEAR);
	}
}

TEST(protections_have_an_order)
{
	static const u8 order[] = {
		RTPGUARD_PROTECTION_PROTECTED, RTPGUARD_PROTECTION_UNIFORM,
		RTPGUARD_PROTECTION_UNDETERMINED, RTPGUARD_PROTECTION_SUSPECTED,
		RTPGUARD_PROTECTION_EXPOSED, RTPGUARD_PROTECTION_NULL,
		RTPGUARD_PROTECTION_CLEAR,
	};
	u32 a, b;

	for (a = 0; a < ARRAY_SIZE(order); a++) {
		for (b = 0; b < ARRAY_SIZE(order); b++)
			EXPECT_EQ(rg_protection_worse(order[a], order[b]), a > b);
	}
	EXPECT_EQ(rg_classes(), 1u << RTPGUARD_CLASS_RTP |
		  1u << RTPGUARD_CLASS_RTCP);
}

TEST_HARNESS_MAIN
