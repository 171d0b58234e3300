// SPDX-License-Identifier: GPL-2.0
/*
 * Continuity over packets, the evidence that decides, and what contradicts.
 * packet_rtp() has a payload of one byte over and over: what the content test
 * is sure of at once. content_test.c has harder ones.
 */
#include "core/classify.h"
#include "kselftest_harness.h"
#include "memory.h"
#include "packets.h"
#include "random.h"

#include <uapi/linux/rtpguard.h>

FIXTURE(flow)
{
	struct rg_media media;
	struct rg_answer ans;
	struct rg_random random;
	u8 bytes[2048];
	u64 now_ms;
};

FIXTURE_SETUP(flow)
{
	memset(self, 0, sizeof(*self));
	random_seed(&self->random, 1);
	self->now_ms = 1000;
}

FIXTURE_TEARDOWN(flow)
{
	media_end(&self->media);
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
	media_feed(&self->media, &pkt, true, &self->ans);
	free(copy);
}

static void feed_rtp(struct _test_data_flow *self, u8 pt, u16 seq, u32 ts,
		     u32 ssrc, u32 len)
{
	feed(self, packet_rtp(self->bytes, pt, seq, ts, ssrc, len),
	     RG_DIR_ORIGINAL);
}

static void feed_cipher(struct _test_data_flow *self, u8 pt, u16 seq, u32 ts,
			u32 ssrc, u32 len)
{
	u32 n = packet_rtp(self->bytes, pt, seq, ts, ssrc, len);

	random_fill(&self->random, self->bytes + n - len, len);
	feed(self, n, RG_DIR_ORIGINAL);
}

/* Evidence by the packet that is well below 45 bits when 24.5 are reached. */
static void feed_faint(struct _test_data_flow *self, u8 pt, u16 seq, u32 len)
{
	u32 n = packet_rtp(self->bytes, pt, seq, 160 * seq, 1, len);

	random_fill(&self->random, self->bytes + n - len, len);
	/* Byte 0 is what it was: 8 bits a packet. */
	self->bytes[n - len] = 0x5a;
	feed(self, n, RG_DIR_ORIGINAL);
}

TEST_F(flow, structure_decides_once_there_is_continuity)
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
		  RTPGUARD_EVIDENCE_STATIC_PT_LENGTH |
		  RTPGUARD_EVIDENCE_PAYLOAD_STRUCTURE);
	ASSERT_NE(self->ans.stream, NULL);
	EXPECT_EQ(self->ans.stream->decided_at, 3);
	feed_rtp(self, 0, 13, 480, 1, 160);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_CLEAR);
	EXPECT_FALSE(self->ans.changed);
}

TEST_F(flow, without_memory_nothing_is_tested)
{
	struct rg_packet pkt = { .data = self->bytes };
	u32 i;

	for (i = 0; i < 100; i++) {
		pkt.len = packet_rtp(self->bytes, 0, i, 160 * i, 1, 160);
		pkt.wire_len = pkt.len;
		media_feed(&self->media, &pkt, false, &self->ans);
	}
	EXPECT_EQ(self->ans.class, RTPGUARD_CLASS_RTP);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_UNDETERMINED);
	/* From the packet on that finds some. */
	feed_rtp(self, 0, i, 160 * i, 1, 160);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_CLEAR);
}

TEST_F(flow, cipher_text_is_never_clear)
{
	/* Without a tag the length is that of G.711: it speeds up, no more. */
	static const u8 tags[] = { 0, 4, 8, 10, 16 };
	u32 t, i;

	for (t = 0; t < ARRAY_SIZE(tags); t++) {
		media_end(&self->media);
		for (i = 0; i < 1000; i++) {
			feed_cipher(self, 0, i, 160 * i, 1, 160 + tags[t]);
			ASSERT_LT(self->ans.protection,
				  RTPGUARD_PROTECTION_SUSPECTED);
		}
		EXPECT_EQ(self->ans.class, RTPGUARD_CLASS_SRTP);
		EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_UNIFORM);
		EXPECT_TRUE(self->ans.evidence &
			    RTPGUARD_EVIDENCE_PAYLOAD_UNIFORM);
	}
}

/* Packets until clear, and through suspicion or not. */
static u32 faint_clear_at(struct _test_data_flow *self, u32 len, bool *suspected)
{
	u32 i;

	media_end(&self->media);
	*suspected = false;
	for (i = 0; i < 100; i++) {
		feed_faint(self, 0, i, len);
		if (self->ans.protection == RTPGUARD_PROTECTION_CLEAR)
			break;
		*suspected |= self->ans.protection ==
			      RTPGUARD_PROTECTION_SUSPECTED;
	}
	return i + 1;
}

TEST_F(flow, a_static_length_speeds_the_verdict_up)
{
	bool suspected;
	u32 fast, slow;

	fast = faint_clear_at(self, 160, &suspected);
	EXPECT_FALSE(suspected);
	EXPECT_TRUE(self->ans.evidence & RTPGUARD_EVIDENCE_STATIC_PT_LENGTH);
	slow = faint_clear_at(self, 170, &suspected);
	EXPECT_TRUE(suspected);
	EXPECT_FALSE(self->ans.evidence & RTPGUARD_EVIDENCE_STATIC_PT_LENGTH);
	EXPECT_LT(fast, slow);
	EXPECT_LE(slow, 10);
}

TEST_F(flow, readable_rtcp_speeds_the_verdict_up)
{
	bool suspected;
	u32 i, slow;

	slow = faint_clear_at(self, 170, &suspected);
	media_end(&self->media);
	feed(self, packet_rtcp_sr_sdes(self->bytes, 1), RG_DIR_ORIGINAL);
	for (i = 0; i < 100; i++) {
		feed_faint(self, 0, i, 170);
		if (self->ans.protection == RTPGUARD_PROTECTION_CLEAR)
			break;
	}
	EXPECT_LT(i + 1, slow);
	EXPECT_TRUE(self->ans.evidence & RTPGUARD_EVIDENCE_RTCP_CHAIN);
}

/* Is the length of static types evidence after what these lengths are? */
static bool static_length(struct _test_data_flow *self, const u16 *lens, u32 n)
{
	u32 i;

	media_end(&self->media);
	for (i = 0; i < n; i++)
		feed_cipher(self, 0, i, 160 * i, 1, lens[i]);
	return self->ans.evidence & RTPGUARD_EVIDENCE_STATIC_PT_LENGTH;
}

TEST_F(flow, one_wrong_length_starts_the_count_again)
{
	static const u16 lens[] = { 160, 160, 170, 160, 160, 160 };

	EXPECT_FALSE(static_length(self, lens, 5));
	EXPECT_TRUE(static_length(self, lens, 6));
}

TEST_F(flow, two_payloads_too_short_for_a_tag_decide)
{
	u32 len;

	for (len = 1; len <= RG_SHORT_LEN_MAX + 1; len++) {
		media_end(&self->media);
		feed_cipher(self, 96, 1, 160, 1, 100);
		feed_cipher(self, 96, 2, 320, 1, len);
		feed_cipher(self, 96, 3, 480, 1, 100);
		EXPECT_EQ(self->ans.protection,
			  RTPGUARD_PROTECTION_UNDETERMINED);
		feed_cipher(self, 96, 4, 640, 1, len);
		EXPECT_EQ(self->ans.protection == RTPGUARD_PROTECTION_CLEAR,
			  len <= RG_SHORT_LEN_MAX);
		EXPECT_EQ(!!(self->ans.evidence &
			     RTPGUARD_EVIDENCE_SHORT_PAYLOAD),
			  len <= RG_SHORT_LEN_MAX);
	}
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
		feed_cipher(self, 0, i, 4711, 1, 160);
	EXPECT_FALSE(self->ans.evidence & RTPGUARD_EVIDENCE_STATIC_PT_LENGTH);
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
	feed_rtp(self, 0, 2000, 4800, 1, 160);
	feed_rtp(self, 0, 2001, 4960, 1, 160);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_UNDETERMINED);
	feed_rtp(self, 0, 2002, 5120, 1, 160);
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
			feed_cipher(self, 96, i, 160 * i, ssrc, 100);
	}
	for (i = 0; i < RG_STREAMS_MAX; i++)
		EXPECT_TRUE(rg_stream_recognised(&self->media.sides[0].streams[i]));
	/* A fifth finds no place until one has been silent. */
	feed_cipher(self, 96, 1, 1, 99, 100);
	EXPECT_EQ(self->ans.stream, NULL);
	self->now_ms += RG_STREAM_IDLE_MS + 1000;
	feed_cipher(self, 96, 2, 2, 99, 100);
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
	self->now_ms += RG_RTCP_COPY_MS;
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
		if (len >= RG_HEAD_LEN && !rg_may_be_media(self->bytes, len))
			ASSERT_EQ(self->ans.shape, RG_SHAPE_OTHER);
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
		  1u << RTPGUARD_CLASS_RTCP | 1u << RTPGUARD_CLASS_SRTP |
		  1u << RTPGUARD_CLASS_SRTCP |
		  1u << RTPGUARD_CLASS_STUN | 1u << RTPGUARD_CLASS_DTLS |
		  1u << RTPGUARD_CLASS_ZRTP |
		  1u << RTPGUARD_CLASS_MPEGTS | 1u << RTPGUARD_CLASS_SRT |
		  1u << RTPGUARD_CLASS_IAX2 | 1u << RTPGUARD_CLASS_T38 |
		  1u << RTPGUARD_CLASS_ZOOM |
		  1u << RTPGUARD_CLASS_RTMP);
}

TEST_HARNESS_MAIN
