// SPDX-License-Identifier: GPL-2.0
/*
 * Media that is not RTP, through the classifier: when it is recognised, what of it
 * may be dropped, and that RTP beside it stays RTP.
 */
#include "dtls_packets.h"
#include "core/carrier.h"
#include "core/framer.h"
#include "iax2_frames.h"
#include "nonrtp_flow.h"
#include "srt_packets.h"
#include "verdicts.h"
#include "zoom_packets.h"

#define BYTES_MAX	2048

TEST_F(flow, mpegts_is_clear_from_the_third_datagram)
{
	struct rg_summary sum;

	feed_ts(self, 0, 0);
	EXPECT_ANSWER(RTPGUARD_CLASS_UNKNOWN, RTPGUARD_PROTECTION_UNDETERMINED);
	EXPECT_FALSE(self->ans.hold);
	feed_ts(self, 1, 0);
	feed_ts(self, 2, 0);
	EXPECT_ANSWER(RTPGUARD_CLASS_MPEGTS, RTPGUARD_PROTECTION_CLEAR);
	EXPECT_EQ(self->ans.evidence, RTPGUARD_EVIDENCE_HEADER_CLEAR);
	EXPECT_TRUE(self->ans.changed);
	EXPECT_NE(self->ans.passed, NULL);
	feed_ts(self, 3, 0);
	EXPECT_FALSE(self->ans.changed);
	rg_media_summary(&self->media, &sum);
	EXPECT_EQ(sum.class, RTPGUARD_CLASS_MPEGTS);
	EXPECT_EQ(sum.protection, RTPGUARD_PROTECTION_CLEAR);
	EXPECT_EQ(sum.packets_before_verdict, 3);
}

/* It is long broken: nothing is known, and strict holds what it knows to be media. */
TEST_F(flow, scrambled_mpegts_is_not_protected)
{
	u32 i;

	for (i = 0; i < 10; i++)
		feed_ts(self, i, 2);
	EXPECT_ANSWER(RTPGUARD_CLASS_MPEGTS, RTPGUARD_PROTECTION_UNDETERMINED);
	EXPECT_EQ(self->ans.evidence, RTPGUARD_EVIDENCE_HEADER_SECRET);
	EXPECT_TRUE(self->ans.hold);
}

static void feed_srt_handshake(struct _test_data_flow *self, bool keys)
{
	u8 p[BYTES_MAX];
	u32 len;

	len = srt_handshake(p, 4, 2, SRT_INDUCTION, SRT_CALLER);
	feed_dir(self, p, len, RG_DIR_ORIGINAL);
	len = srt_handshake(p, 5, 0x4a17, SRT_INDUCTION, SRT_LISTENER);
	feed_dir(self, p, len, RG_DIR_REPLY);
	len = srt_handshake(p, 5, keys ? 3 : 1, SRT_CONCLUSION, SRT_CALLER);
	len += srt_extension(p + len, 1, 3);
	if (keys)
		len += srt_extension(p + len, 3, 14);
	feed_dir(self, p, len, RG_DIR_ORIGINAL);
	len = srt_handshake(p, 5, keys ? 3 : 1, SRT_CONCLUSION, SRT_LISTENER);
	len += srt_extension(p + len, 2, 3);
	if (keys)
		len += srt_extension(p + len, 4, 14);
	feed_dir(self, p, len, RG_DIR_REPLY);
}

static void feed_srt(struct _test_data_flow *self, u32 n, u32 info)
{
	u8 p[BYTES_MAX];

	feed_dir(self, p, srt_data(p, 0x12345678 + n, info | ((n & 0xff) + 1),
				   SRT_LISTENER),
		 RG_DIR_ORIGINAL);
}

TEST_F(flow, srt_without_keys_is_clear)
{
	u32 i;

	feed_srt_handshake(self, false);
	EXPECT_ANSWER(RTPGUARD_CLASS_SRT, RTPGUARD_PROTECTION_UNDETERMINED);
	EXPECT_FALSE(self->ans.hold);
	for (i = 0; i < 4; i++)
		feed_srt(self, i, SRT_UNKEYED);
	EXPECT_ANSWER(RTPGUARD_CLASS_SRT, RTPGUARD_PROTECTION_CLEAR);
	EXPECT_EQ(self->ans.evidence, RTPGUARD_EVIDENCE_HEADER_CLEAR);
}

TEST_F(flow, srt_with_keys_is_protected)
{
	u32 i;

	feed_srt_handshake(self, true);
	for (i = 0; i < 4; i++)
		feed_srt(self, i, SRT_EVEN_KEY);
	EXPECT_ANSWER(RTPGUARD_CLASS_SRT, RTPGUARD_PROTECTION_PROTECTED);
	EXPECT_EQ(self->ans.evidence, RTPGUARD_EVIDENCE_HEADER_SECRET);
	EXPECT_FALSE(self->ans.hold);
	/* Somebody turns encryption off. */
	for (i = 4; i < 8; i++)
		feed_srt(self, i, SRT_UNKEYED);
	EXPECT_ANSWER(RTPGUARD_CLASS_SRT, RTPGUARD_PROTECTION_CLEAR);
}

/* What keeps a call up is no media: it passes, or nobody knew why it ended. */
TEST_F(flow, control_of_clear_media_is_not_dropped)
{
	u8 p[BYTES_MAX];
	u32 i;

	feed_srt_handshake(self, false);
	for (i = 0; i < 4; i++)
		feed_srt(self, i, SRT_UNKEYED);
	feed_dir(self, p, srt_control(p, 0x80010000, 0, SRT_LISTENER, 4),
		 RG_DIR_ORIGINAL);
	EXPECT_ANSWER(RTPGUARD_CLASS_SRT, RTPGUARD_PROTECTION_UNDETERMINED);
	EXPECT_FALSE(self->ans.hold);
	EXPECT_EQ(self->ans.passed, NULL);
}

static void feed_iax_mini(struct _test_data_flow *self, u32 n)
{
	/* Whole AES blocks behind the number, as encrypted frames have it. */
	u8 p[2 + 176];

	put_be16(p, IAX_CALLER);
	put_be16(p + 2, 20 * n);
	memset(p + 4, 0xd5, sizeof(p) - 4);
	feed_dir(self, p, sizeof(p), RG_DIR_ORIGINAL);
}

static void feed_iax_call(struct _test_data_flow *self, bool aes)
{
	u8 p[BYTES_MAX];
	u32 len;

	feed_dir(self, p, iax_new(p, IAX_CALLER), RG_DIR_ORIGINAL);
	len = iax_full(p, IAX_CALLEE, IAX_CALLER, 0x0001, IAX_CONTROL, IAX_ACCEPT);
	if (aes)
		len += iax_aes(p + len);
	feed_dir(self, p, len, RG_DIR_REPLY);
}

TEST_F(flow, iax2_voice_is_clear)
{
	u32 i;

	feed_iax_call(self, false);
	EXPECT_EQ(self->ans.class, RTPGUARD_CLASS_IAX2);
	for (i = 0; i < 4; i++)
		feed_iax_mini(self, i);
	EXPECT_ANSWER(RTPGUARD_CLASS_IAX2, RTPGUARD_PROTECTION_CLEAR);
}

TEST_F(flow, iax2_with_encryption_is_protected)
{
	u32 i;

	feed_iax_call(self, true);
	for (i = 0; i < 4; i++)
		feed_iax_mini(self, i);
	EXPECT_ANSWER(RTPGUARD_CLASS_IAX2, RTPGUARD_PROTECTION_PROTECTED);
}

/* Eight calls have places, and what is of none of them is nothing. */
TEST_F(flow, a_frame_of_no_call_is_nothing)
{
	u8 p[2 + 176] = { 0 };
	u32 i;

	for (i = 0; i < RG_IAX2_CALLS_MAX; i++)
		feed_dir(self, p, iax_new(p, 100 + i), RG_DIR_ORIGINAL);
	put_be16(p, 1500);
	feed_dir(self, p, sizeof(p), RG_DIR_ORIGINAL);
	EXPECT_EQ(self->ans.shape, RG_SHAPE_OTHER);
	put_be16(p, 100);
	feed_dir(self, p, sizeof(p), RG_DIR_ORIGINAL);
	EXPECT_EQ(self->ans.shape, RG_SHAPE_NONRTP);
}

/* An indicator, and as error recovery nothing: UDPTL at its shortest. */
static void feed_t38(struct _test_data_flow *self, u16 seq)
{
	u8 p[] = { 0, 0, 1, 0x06, 0, 0, 0, 0 };

	put_be16(p, seq);
	feed_dir(self, p, 6, RG_DIR_ORIGINAL);
}

TEST_F(flow, t38_is_clear_from_the_fourth)
{
	u16 seq;

	for (seq = 0; seq < 3; seq++)
		feed_t38(self, seq);
	EXPECT_EQ(self->ans.class, RTPGUARD_CLASS_UNKNOWN);
	feed_t38(self, seq);
	EXPECT_ANSWER(RTPGUARD_CLASS_T38, RTPGUARD_PROTECTION_CLEAR);
}

TEST_F(flow, t38_is_looked_for_where_it_begins)
{
	u16 seq;

	for (seq = 0x4000; seq < 0x4010; seq++)
		feed_t38(self, seq);
	EXPECT_EQ(self->ans.shape, RG_SHAPE_OTHER);
}

static void feed_zoom(struct _test_data_flow *self, u16 seq, u8 dir)
{
	u8 p[200] = { 0 };

	zoom_head(p, &zoom_kinds[0], true, seq, 0x01000402);
	feed_dir(self, p, sizeof(p), dir);
}

/* What the other side sends says nothing of this one. */
TEST_F(flow, zoom_is_undetermined_from_the_third)
{
	u16 seq;

	for (seq = 0; seq < 2; seq++)
		feed_zoom(self, seq, RG_DIR_ORIGINAL);
	feed_zoom(self, seq, RG_DIR_REPLY);
	EXPECT_EQ(self->ans.class, RTPGUARD_CLASS_UNKNOWN);
	feed_zoom(self, seq, RG_DIR_ORIGINAL);
	EXPECT_ANSWER(RTPGUARD_CLASS_ZOOM, RTPGUARD_PROTECTION_UNDETERMINED);
	EXPECT_EQ(self->ans.evidence, RTPGUARD_EVIDENCE_RTP_CONTINUITY);
	EXPECT_TRUE(self->ans.hold);
}

/* What the framer tells of a message: nothing but type and length. */
static void feed_rtmp(struct _test_data_flow *self, u8 type)
{
	struct rg_packet pkt = {
		.data = (const u8 *)"", .wire_len = 200, .framing = RG_FRAMING_RTMP,
		.type = type, .now_ms = self->now_ms += 5,
	};

	media_feed(&self->media, &pkt, true, &self->ans);
}

TEST_F(flow, rtmp_is_clear_from_its_first_message_of_media)
{
	/* A command, and what is said of the media. */
	feed_rtmp(self, 20);
	EXPECT_ANSWER(RTPGUARD_CLASS_RTMP, RTPGUARD_PROTECTION_UNDETERMINED);
	feed_rtmp(self, 18);
	EXPECT_FALSE(self->ans.hold);
	feed_rtmp(self, 9);
	EXPECT_ANSWER(RTPGUARD_CLASS_RTMP, RTPGUARD_PROTECTION_CLEAR);
	EXPECT_EQ(self->ans.evidence, RTPGUARD_EVIDENCE_HEADER_CLEAR);
	EXPECT_TRUE(self->ans.changed);
	feed_rtmp(self, 20);
	EXPECT_ANSWER(RTPGUARD_CLASS_RTMP, RTPGUARD_PROTECTION_UNDETERMINED);
}

TEST_F(flow, rtmpe_is_media_of_which_nothing_is_known)
{
	u32 i;

	for (i = 0; i < 100; i++) {
		feed_rtmp(self, RG_RTMP_ENCRYPTED);
		EXPECT_ANSWER(RTPGUARD_CLASS_RTMP, RTPGUARD_PROTECTION_UNDETERMINED);
		EXPECT_EQ(self->ans.evidence, RTPGUARD_EVIDENCE_HEADER_SECRET);
		EXPECT_TRUE(self->ans.hold);
	}
}

/* Where it cannot be followed strict holds it; behind media it is dropped. */
TEST_F(flow, rtmp_that_is_lost_is_what_it_was)
{
	feed_rtmp(self, 20);
	feed_rtmp(self, RG_RTMP_UNREADABLE);
	EXPECT_ANSWER(RTPGUARD_CLASS_RTMP, RTPGUARD_PROTECTION_UNDETERMINED);
	EXPECT_EQ(self->ans.evidence, 0);
	EXPECT_TRUE(self->ans.hold);
	feed_rtmp(self, 9);
	feed_rtmp(self, RG_RTMP_UNREADABLE);
	EXPECT_ANSWER(RTPGUARD_CLASS_RTMP, RTPGUARD_PROTECTION_CLEAR);
}

static void send_ts(struct _test_data_flow *self, u32 n)
{
	feed_ts(self, n, 0);
}

static void send_srt(struct _test_data_flow *self, u32 n)
{
	if (!n)
		feed_srt_handshake(self, false);
	feed_srt(self, n, SRT_UNKEYED);
}

static void send_iax(struct _test_data_flow *self, u32 n)
{
	if (!n)
		feed_iax_call(self, false);
	feed_iax_mini(self, n);
}

static void send_t38(struct _test_data_flow *self, u32 n)
{
	feed_t38(self, n);
}

static void send_rtmp(struct _test_data_flow *self, u32 n)
{
	feed_rtmp(self, n & 1 ? 8 : 9);
}

/* How many leave before: strict holds what its beginning has shown to be media. */
TEST_F(flow, each_is_dropped_under_its_own_name_in_enforce_and_in_strict)
{
	static const struct {
		void (*send)(struct _test_data_flow *self, u32 n);
		u8 class;
		u32 enforce;
		u32 strict;
	} kinds[] = {
		{ send_ts, RTPGUARD_CLASS_MPEGTS, 2, 2 },
		{ send_srt, RTPGUARD_CLASS_SRT, 1, 0 },
		{ send_iax, RTPGUARD_CLASS_IAX2, 1, 0 },
		{ send_t38, RTPGUARD_CLASS_T38, 3, 3 },
		{ send_rtmp, RTPGUARD_CLASS_RTMP, 0, 0 },
	};
	u32 i, n;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct tally tally = { 0 };

		media_end(&self->media);
		for (n = 0; n < 50; n++) {
			kinds[i].send(self, n);
			tally_add(&tally, &self->ans);
		}
		EXPECT_ANSWER(kinds[i].class, RTPGUARD_PROTECTION_CLEAR);
		EXPECT_EQ(tally.enforce, kinds[i].enforce) TH_LOG("kind %u", i);
		EXPECT_EQ(tally.strict, kinds[i].strict) TH_LOG("kind %u", i);
	}
}

/* What begins as RTP does passes strict: it is not held as such. */
TEST_F(flow, what_begins_like_rtp_is_not_held)
{
	u8 p[BYTES_MAX];

	feed_dir(self, p, srt_handshake(p, 4, 2, SRT_INDUCTION, SRT_CALLER),
		 RG_DIR_ORIGINAL);
	EXPECT_EQ(self->ans.shape, RG_SHAPE_NONRTP);
	EXPECT_FALSE(self->ans.hold);
	feed_dir(self, p, iax_new(p, IAX_CALLER), RG_DIR_ORIGINAL);
	EXPECT_EQ(self->ans.shape, RG_SHAPE_NONRTP);
	EXPECT_FALSE(self->ans.hold);
}

TEST_F(flow, rtp_beside_it_is_rtp)
{
	u32 i;

	feed_srt_handshake(self, false);
	feed_iax_call(self, false);
	feed_ts(self, 0, 0);
	feed_t38(self, 0);
	feed_zoom(self, 0, RG_DIR_ORIGINAL);
	for (i = 0; i < 50; i++)
		feed_cipher(self, 0);
	EXPECT_EQ(self->ans.class, RTPGUARD_CLASS_SRTP);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_UNIFORM);
	for (i = 0; i < 10; i++)
		feed_clear(self, 1);
	EXPECT_EQ(self->ans.class, RTPGUARD_CLASS_RTP);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_CLEAR);
	EXPECT_EQ(self->media.nonrtp.class, RTPGUARD_CLASS_SRT);
}

TEST_F(flow, cipher_text_is_none_of_it)
{
	u8 p[400];
	u32 i, len, taken = 0;

	feed_srt_handshake(self, false);
	feed_iax_call(self, false);
	feed_ts(self, 0, 0);
	feed_t38(self, 0);
	feed_zoom(self, 0, RG_DIR_ORIGINAL);
	for (i = 0; i < 200000; i++) {
		len = random_below(&self->random, sizeof(p));
		random_fill(&self->random, p, len);
		feed_dir(self, p, len, i & 1);
		taken += self->ans.shape == RG_SHAPE_NONRTP;
	}
	/* A frame of a call has 15 bits of number in front, and nothing else. */
	EXPECT_LE(taken, 2 * 200000 >> 15);
}

/* Nor does a hello that came in make DTLS of what has begun. */
TEST_F(flow, a_hello_changes_nothing)
{
	u8 p[DTLS_LEN_MAX];
	u32 i;

	feed_srt_handshake(self, false);
	feed_dir(self, p, packet_client_hello(p, "\x01"), RG_DIR_REPLY);
	for (i = 0; i < 4; i++)
		feed_srt(self, 0x10000000 + i, SRT_UNKEYED);
	EXPECT_ANSWER(RTPGUARD_CLASS_SRT, RTPGUARD_PROTECTION_CLEAR);
}

/* 0x47 and a PID may be a channel and its length; the last datagram was one. */
TEST_F(flow, mpegts_is_no_channel_data)
{
	u8 p[7 * TS];
	struct rg_packet pkt = { .data = p, .len = sizeof(p), .wire_len = sizeof(p) };
	u32 i;

	memset(p, 0x35, sizeof(p));
	for (i = 0; i < 7; i++)
		put_be32(p + i * TS, 0x4701051d);
	rg_carrier_open(&pkt);
	EXPECT_EQ(pkt.peer, 0);
}

TEST_HARNESS_MAIN
