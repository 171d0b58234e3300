// SPDX-License-Identifier: GPL-2.0
/*
 * What a handshake is worth to the media behind it, a replayed or a forged one as well;
 * credit for new SSRCs, NULL profiles. What ends it is in handshake_void_test.c.
 */
#include "dtls_recorded.h"
#include "handshake_flow.h"
#include "verdicts.h"

TEST_F(flow, a_handshake_and_cipher_text_are_protected)
{
	feed_dtls(self, "\x01\x07", "\x01");
	EXPECT_EQ(self->ans.shape, RG_SHAPE_HANDSHAKE);
	EXPECT_EQ(self->ans.class, RTPGUARD_CLASS_DTLS);
	EXPECT_FALSE(self->ans.hold);
	EXPECT_EQ(until_passed(self, 0), 16);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_PROTECTED);
	EXPECT_EQ(self->ans.class, RTPGUARD_CLASS_SRTP);
	EXPECT_EQ(self->ans.evidence, RTPGUARD_EVIDENCE_RTP_CONTINUITY |
		  RTPGUARD_EVIDENCE_DTLS_DONE);
}

TEST_F(flow, zrtp_vouches_from_confirm_on)
{
	feed_zrtp_all(self);
	EXPECT_EQ(self->ans.class, RTPGUARD_CLASS_ZRTP);
	EXPECT_EQ(until_passed(self, 0), 16);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_PROTECTED);
	EXPECT_EQ(self->ans.evidence, RTPGUARD_EVIDENCE_RTP_CONTINUITY |
		  RTPGUARD_EVIDENCE_ZRTP_CONFIRMED);
}

TEST_F(flow, without_one_it_takes_48)
{
	EXPECT_EQ(until_passed(self, 0), 48);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_UNIFORM);
}

TEST_F(flow, a_replayed_handshake_hides_nothing)
{
	u32 leaked;

	feed_dtls(self, "\x01\x07", "\x01");
	EXPECT_LE(until_clear(self, 0, &leaked), 16);
	EXPECT_EQ(leaked, 0);
}

TEST_F(flow, a_client_hello_alone_vouches_for_nothing)
{
	u8 p[DTLS_LEN_MAX];
	u32 leaked;

	feed_dir(self, p, packet_client_hello(p, "\x01"), RG_DIR_ORIGINAL);
	EXPECT_EQ(self->media.vouched, 0);
	feed_dir(self, p, packet_alert(p), RG_DIR_REPLY);
	EXPECT_EQ(self->media.vouched, 0);
	EXPECT_LE(until_clear(self, 0, &leaked), 16);
	EXPECT_EQ(leaked, 0);
}

/* With a wrong and with a right checksum, and no Commit. */
TEST_F(flow, a_forged_zrtp_hello_vouches_for_nothing)
{
	u8 p[ZRTP_LEN_MAX];
	u32 len = packet_zrtp(p, "Hello   ", 40), leaked;

	p[len - 1] ^= 1;
	feed_dir(self, p, len, RG_DIR_ORIGINAL);
	EXPECT_EQ(self->ans.shape, RG_SHAPE_OTHER);
	feed_zrtp(self, "Hello   ", RG_DIR_ORIGINAL);
	feed_zrtp(self, "Confirm1", RG_DIR_ORIGINAL);
	feed_zrtp(self, "Confirm2", RG_DIR_ORIGINAL);
	EXPECT_EQ(self->media.vouched, 0);
	EXPECT_LE(until_clear(self, 0, &leaked), 16);
	EXPECT_EQ(leaked, 0);
}

static void feed_recorded(struct _test_data_flow *self, u32 datagrams)
{
	u32 i;

	for (i = 0; i < datagrams; i++)
		feed_dir(self, recorded[i].bytes, recorded[i].len, recorded[i].dir);
}

TEST_F(flow, a_recorded_handshake_vouches_for_cipher_text)
{
	feed_recorded(self, ARRAY_SIZE(recorded) - RECORDED_ALERTS);
	EXPECT_EQ(self->media.vouched, RTPGUARD_EVIDENCE_DTLS_DONE);
	EXPECT_EQ(until_passed(self, 0), 16);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_PROTECTED);
}

static void begin_real(struct _test_data_flow *self)
{
	feed_recorded(self, ARRAY_SIZE(recorded) - RECORDED_ALERTS);
}

static void begin_replayed(struct _test_data_flow *self)
{
	begin_real(self);
	begin_real(self);
}

static void begin_closed(struct _test_data_flow *self)
{
	feed_recorded(self, ARRAY_SIZE(recorded));
}

static void begin_hello(struct _test_data_flow *self)
{
	feed_recorded(self, 1);
}

static void begin_refused(struct _test_data_flow *self)
{
	feed_recorded(self, RECORDED_HELLOS);
	feed_dir(self, refusal.bytes, refusal.len, refusal.dir);
}

static void begin_zrtp_damaged(struct _test_data_flow *self)
{
	u8 p[ZRTP_LEN_MAX];
	u32 len = packet_zrtp(p, "Hello   ", 40);

	p[len - 1] ^= 1;
	feed_dir(self, p, len, RG_DIR_ORIGINAL);
}

static void begin_zrtp_hello(struct _test_data_flow *self)
{
	feed_zrtp(self, "Hello   ", RG_DIR_ORIGINAL);
	feed_zrtp(self, "Hello   ", RG_DIR_REPLY);
}

static void begin_zrtp_uncommitted(struct _test_data_flow *self)
{
	begin_zrtp_hello(self);
	feed_zrtp(self, "DHPart1 ", RG_DIR_REPLY);
	feed_zrtp(self, "DHPart2 ", RG_DIR_ORIGINAL);
	feed_zrtp(self, "Confirm1", RG_DIR_REPLY);
	feed_zrtp(self, "Confirm2", RG_DIR_ORIGINAL);
}

static const struct {
	void (*begin)(struct _test_data_flow *self);
	const char *name;
	bool vouches;
} beginnings[] = {
	{ begin_real, "real", true }, { begin_replayed, "replayed", true },
	{ begin_closed, "closed", true }, { feed_zrtp_all, "ZRTP", true },
	{ begin_hello, "ClientHello", false }, { begin_refused, "alert", false },
	{ begin_zrtp_damaged, "ZRTP's Hello, bad CRC", false },
	{ begin_zrtp_hello, "ZRTP's Hello", false },
	{ begin_zrtp_uncommitted, "ZRTP without Commit", false },
};

TEST_F(flow, behind_any_handshake_g711_is_dropped_within_16_packets)
{
	static const u8 types[] = { 0, 8, 96 };
	u32 i, n;

	self->ciphers[0].len = 160;
	self->ciphers[0].tag_len = 0;
	for (i = 0; i < ARRAY_SIZE(types) * ARRAY_SIZE(beginnings); i++) {
		struct tally tally = { 0 };
		const char *name = beginnings[i / 3].name;

		media_end(&self->media);
		self->ciphers[0].pt = types[i % 3];
		beginnings[i / 3].begin(self);
		EXPECT_EQ(!!self->media.vouched, beginnings[i / 3].vouches)
			TH_LOG("%s", name);
		for (n = 0; n < 300; n++) {
			feed_clear(self, 0);
			tally_add(&tally, &self->ans);
		}
		EXPECT_LE(tally.enforce, 16) TH_LOG("%s: %u", name, tally.enforce);
		EXPECT_EQ(tally.strict, 0) TH_LOG("%s: %u", name, tally.strict);
	}
}

/* Of RTCP in clear and the SRTP beside it, what passes in enforce and in strict. */
static void feed_beside(struct _test_data_flow *self, struct tally *srtp,
			struct tally *rtcp, u32 packets)
{
	u32 i;

	for (i = 0; i < packets; i++) {
		if (i % 20 == 0) {
			feed(self, packet_rtcp_sr_sdes(self->bytes, 1000));
			tally_add(rtcp, &self->ans);
		}
		feed_cipher(self, 0);
		tally_add(srtp, &self->ans);
	}
}

TEST_F(flow, readable_rtcp_beside_srtp_is_dropped_and_srtp_passes)
{
	u32 vouched;

	for (vouched = 0; vouched < 2; vouched++) {
		struct tally srtp = { 0 }, rtcp = { 0 };

		media_end(&self->media);
		if (vouched)
			begin_real(self);
		feed_beside(self, &srtp, &rtcp, 1000);
		EXPECT_EQ(rtcp.fed, 50);
		EXPECT_EQ(rtcp.enforce, 0);
		EXPECT_EQ(rtcp.strict, 0);
		EXPECT_EQ(srtp.enforce, 1000);
		EXPECT_EQ(srtp.strict, 1000 - (vouched ? 15 : 47));
	}
}

TEST_F(flow, readable_media_behind_protected_is_found)
{
	u32 leaked;

	feed_dtls(self, "\x01", "\x01");
	EXPECT_EQ(until_passed(self, 0), 16);
	EXPECT_LE(until_clear(self, 0, &leaked), 64);
}

/* In doubt a stream that is vouched for is not suspected: enforce would cut it. */
TEST_F(flow, a_vouched_stream_is_not_suspected)
{
	u32 i;

	feed_dtls(self, "\x01", "\x01");
	for (i = 0; i < 40; i++) {
		feed_faint(self, 0);
		EXPECT_NE(self->ans.protection, RTPGUARD_PROTECTION_SUSPECTED);
		EXPECT_NE(self->ans.protection, RTPGUARD_PROTECTION_PROTECTED);
		if (self->ans.protection == RTPGUARD_PROTECTION_CLEAR)
			break;
	}
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_CLEAR);
	EXPECT_NE(self->ans.stream->suspected_at, 0);
}

TEST_F(flow, a_handshake_behind_media_makes_more_of_it)
{
	EXPECT_EQ(until_passed(self, 0), 48);
	feed_dtls(self, "\x01", "\x01");
	EXPECT_TRUE(self->ans.changed);
	feed_cipher(self, 0);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_PROTECTED);
}

TEST_F(flow, a_new_ssrc_has_credit)
{
	u32 i;

	feed_dtls(self, "\x01", "\x01");
	EXPECT_EQ(until_passed(self, 0), 16);
	for (i = 0; i < 15; i++) {
		feed_cipher(self, 1);
		EXPECT_FALSE(self->ans.hold);
		EXPECT_EQ(self->ans.counts, RG_COUNTS_CREDITED);
	}
	feed_cipher(self, 1);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_PROTECTED);
	EXPECT_EQ(self->ans.counts, RG_COUNTS_NOTHING);
}

TEST_F(flow, credit_ends_at_the_first_evidence)
{
	u32 i, passed = 0;

	feed_dtls(self, "\x01", "\x01");
	EXPECT_EQ(until_passed(self, 0), 16);
	for (i = 0; i < 10; i++) {
		feed_clear(self, 1);
		passed += self->ans.counts == RG_COUNTS_CREDITED;
	}
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_CLEAR);
	EXPECT_LE(passed, 3);
}

/* RTP that repeats one number, or jumps with each: it has no more credit for that. */
TEST_F(flow, credit_is_for_sixteen_packets)
{
	u32 i, passed[2] = { 0 };

	feed_dtls(self, "\x01", "\x01");
	EXPECT_EQ(until_passed(self, 0), 16);
	for (i = 0; i < 200; i++) {
		self->seq[1] = 7;
		feed_clear(self, 1);
		passed[0] += !self->ans.hold;
		self->seq[2] += 1000;
		feed_faint(self, 2);
		passed[1] += !self->ans.hold;
	}
	EXPECT_LE(passed[0], 16);
	EXPECT_LE(passed[1], 16);
}

/* A new SSRC with each packet, and a first byte that is always the same. */
TEST_F(flow, credit_comes_to_an_end)
{
	u32 i, len, passed = 0;

	feed_dtls(self, "\x01", "\x01");
	EXPECT_EQ(until_passed(self, 0), 16);
	for (i = 0; i < 2000; i++) {
		len = cipher_rtp(&self->ciphers[1], self->bytes, i, 50000 + i);
		self->bytes[12] = 0x5a;
		feed(self, len);
		passed += self->ans.counts == RG_COUNTS_CREDITED;
	}
	EXPECT_LE(passed, RG_CREDIT_MAX);
}

TEST_F(flow, the_other_direction_has_no_credit)
{
	u8 p[12 + CIPHER_LEN_MAX];
	u32 len;

	feed_dtls(self, "\x01", "\x01");
	EXPECT_EQ(until_passed(self, 0), 16);
	len = cipher_rtp(&self->ciphers[1], p, 1, 5000);
	feed_dir(self, p, len, RG_DIR_REPLY);
	EXPECT_TRUE(self->ans.hold);
	EXPECT_EQ(self->ans.counts, RG_COUNTS_NOTHING);
}

TEST_F(flow, a_null_profile_makes_media_null)
{
	struct rg_summary sum;
	u32 i;

	feed_dtls(self, "\x05\x01", "\x05");
	EXPECT_EQ(self->media.vouched, 0);
	for (i = 0; i < 3; i++)
		feed_cipher(self, 0);
	EXPECT_EQ(self->ans.class, RTPGUARD_CLASS_SRTP);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_NULL);
	EXPECT_TRUE(self->ans.evidence & RTPGUARD_EVIDENCE_DTLS_NULL);
	rg_media_summary(&self->media, &sum);
	EXPECT_EQ(sum.class, RTPGUARD_CLASS_SRTP);
	EXPECT_EQ(sum.protection, RTPGUARD_PROTECTION_NULL);
	/* And of an established stream the packets that need no closer look. */
	for (i = 0; i < 200; i++) {
		feed_cipher(self, 0);
		EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_NULL);
	}
}

TEST_F(flow, a_null_profile_that_was_offered_is_evidence)
{
	feed_dtls(self, "\x05\x01", "\x01");
	EXPECT_EQ(until_passed(self, 0), 16);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_PROTECTED);
	EXPECT_TRUE(self->ans.evidence & RTPGUARD_EVIDENCE_DTLS_NULL_OFFERED);
}

/* Empty payloads, and those behind more header than is read, show nothing. */
TEST_F(flow, what_is_not_looked_at_proves_nothing)
{
	u32 i;

	feed_dtls(self, "\x01", "\x01");
	for (i = 0; i < 40; i++) {
		feed(self, packet_rtp(self->bytes, 96, i, 160 * i, 1000, 0));
		EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_UNDETERMINED);
		EXPECT_TRUE(self->ans.hold);
	}
}

TEST_F(flow, a_handshake_lifts_suspicion)
{
	u32 i;

	for (i = 0; i < 100; i++) {
		feed_faint(self, 0);
		if (self->ans.protection == RTPGUARD_PROTECTION_SUSPECTED)
			break;
	}
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_SUSPECTED);
	feed_dtls(self, "\x01", "\x01");
	feed_cipher(self, 0);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_UNDETERMINED);
}

TEST_F(flow, a_handshake_alone_names_the_flow)
{
	struct rg_summary sum;

	feed_dtls(self, "\x01", "\x01");
	rg_media_summary(&self->media, &sum);
	EXPECT_EQ(sum.class, RTPGUARD_CLASS_DTLS);
	EXPECT_EQ(sum.ssrcs, 0);
}

TEST_F(flow, handshake_packets_interrupt_no_stream)
{
	u32 i;

	feed_dtls(self, "\x01", "\x01");
	for (i = 0; i < 15; i++) {
		feed_cipher(self, 0);
		feed_dtls(self, "\x01", "\x01");
		feed_zrtp(self, "Ping    ", RG_DIR_ORIGINAL);
	}
	feed_cipher(self, 0);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_PROTECTED);
}

TEST_HARNESS_MAIN
