// SPDX-License-Identifier: GPL-2.0
/*
 * RTP and RTCP headers: vectors, every truncation, and every combination of
 * CSRC count, extension and length against an oracle written the other way
 * round. Each packet is an allocation of its own length, so that the address
 * sanitizer sees a read of one byte too many.
 */
#include "core/classify.h"
#include "kselftest_harness.h"
#include "packets.h"

#define MAX_LEN 96

/* RFC 3550, 5.1, read backwards: what has to fit, and does it? */
static bool oracle_fits(const u8 *p, u32 len, u32 *payload)
{
	u32 need = 12;

	if (len < need)
		return false;
	need += (p[0] % 16) * 4;
	if (p[0] / 16 % 2) {
		if (len < need + 4)
			return false;
		need += 4 + (p[need + 2] * 256 + p[need + 3]) * 4;
	}
	if (len < need)
		return false;
	*payload = len - need;
	return true;
}

static bool oracle_rtp(const u8 *p, u32 len, u32 *payload)
{
	if (len < 2 || p[0] / 64 != 2)
		return false;
	if (p[1] >= 192 && p[1] < 224 && len >= 4 &&
	    (p[2] * 256 + p[3] + 1) * 4 <= (int)len)
		return false;
	return oracle_fits(p, len, payload);
}

static bool parse_copy(const u8 *bytes, u32 len, u32 wire_len,
		       struct rg_rtp *rtp)
{
	u8 *copy = malloc(len ? len : 1);
	struct rg_packet pkt = { .data = copy, .len = len, .wire_len = wire_len };
	bool ok;

	memcpy(copy, bytes, len);
	ok = rg_rtp_parse(&pkt, rtp);
	free(copy);
	return ok;
}

TEST(every_header_against_the_oracle)
{
	static const u16 ext_lens[] = { 0, 1, 2, 5, 12, 255, 256, 0x4000, 0xffff };
	u8 p[MAX_LEN] = { 0 };
	struct rg_rtp rtp;
	u32 first, len, e, payload;

	for (first = 0; first < 256; first++) {
		for (e = 0; e < ARRAY_SIZE(ext_lens); e++) {
			memset(p, 0, sizeof(p));
			p[0] = first;
			p[12 + 4 * (first & 15) + 2] = ext_lens[e] >> 8;
			p[12 + 4 * (first & 15) + 3] = ext_lens[e] & 255;
			for (len = 0; len <= sizeof(p); len++) {
				bool want = oracle_rtp(p, len, &payload);

				ASSERT_EQ(parse_copy(p, len, len, &rtp), want);
				if (want)
					ASSERT_EQ(rtp.payload_len, payload);
			}
		}
	}
}

TEST(every_payload_type)
{
	u8 p[20] = { 0x80 };
	struct rg_rtp rtp;
	u32 second, seq, payload;

	for (second = 0; second < 256; second++) {
		for (seq = 0; seq < 10; seq++) {
			p[1] = second;
			p[3] = seq;
			ASSERT_EQ(parse_copy(p, sizeof(p), sizeof(p), &rtp),
				  oracle_rtp(p, sizeof(p), &payload));
		}
	}
	/* A length that fits, and one that does not. */
	p[1] = 200;
	p[3] = 4;
	EXPECT_FALSE(parse_copy(p, sizeof(p), sizeof(p), &rtp));
	p[3] = 5;
	EXPECT_TRUE(parse_copy(p, sizeof(p), sizeof(p), &rtp));
	EXPECT_TRUE(rtp.marker && rtp.pt == 72);
}

TEST(fields_are_read_in_network_order)
{
	static const u8 p[] = { 0xb1, 0xe0, 0x12, 0x34, 0x01, 0x02, 0x03, 0x04,
				0xde, 0xad, 0xbe, 0xef, 0, 0, 0, 1,
				0xbe, 0xde, 0, 1, 9, 9, 9, 9, 7 };
	struct rg_rtp rtp;

	ASSERT_TRUE(parse_copy(p, sizeof(p), sizeof(p), &rtp));
	EXPECT_EQ(rtp.pt, 96);
	EXPECT_TRUE(rtp.marker);
	EXPECT_TRUE(rtp.padding);
	EXPECT_EQ(rtp.seq, 0x1234);
	EXPECT_EQ(rtp.ts, 0x01020304);
	EXPECT_EQ(rtp.ssrc, 0xdeadbeef);
	EXPECT_EQ(rtp.payload_off, 24);
	EXPECT_EQ(rtp.payload_len, 1);
}

TEST(a_short_copy_of_a_long_packet_is_read)
{
	u8 p[16] = { 0x90, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 200 };
	struct rg_rtp rtp;

	/* The extension is longer than the copy, and fits the packet. */
	ASSERT_TRUE(parse_copy(p, sizeof(p), 1000, &rtp));
	EXPECT_EQ(rtp.payload_len, 1000 - 16 - 800);
	EXPECT_FALSE(parse_copy(p, sizeof(p), 815, &rtp));
}

TEST(static_lengths_leave_no_room_for_a_tag)
{
	static const struct {
		u8 pt;
		u16 len;
	} clear[] = { { 0, 160 }, { 0, 80 }, { 8, 240 }, { 9, 160 }, { 3, 33 },
		      { 3, 66 }, { 33, 188 }, { 33, 1316 } };
	static const u8 tags[] = { 4, 8, 10, 16 };
	struct rg_rtp rtp = { 0 };
	u32 i, t;

	for (i = 0; i < ARRAY_SIZE(clear); i++) {
		rtp.pt = clear[i].pt;
		rtp.payload_len = clear[i].len;
		EXPECT_TRUE(rg_rtp_static_length(&rtp));
		for (t = 0; t < ARRAY_SIZE(tags); t++) {
			rtp.payload_len = clear[i].len + tags[t];
			EXPECT_FALSE(rg_rtp_static_length(&rtp));
		}
	}
	rtp.payload_len = 0;
	EXPECT_FALSE(rg_rtp_static_length(&rtp));
	rtp.pt = 18;
	rtp.payload_len = 20;
	EXPECT_FALSE(rg_rtp_static_type(&rtp));
	EXPECT_FALSE(rg_rtp_static_length(&rtp));
}

static bool rtcp_copy(const u8 *bytes, u32 len, struct rg_rtcp *rtcp)
{
	u8 *copy = malloc(len ? len : 1);
	struct rg_packet pkt = { .data = copy, .len = len, .wire_len = len };
	bool ok;

	memcpy(copy, bytes, len);
	ok = rg_rtcp_parse(&pkt, rtcp);
	free(copy);
	return ok;
}

TEST(rtcp_compound_is_exact_only_whole)
{
	u8 p[128];
	struct rg_rtcp rtcp;
	u32 len, n = packet_rtcp_sr_sdes(p, 0x11223344);

	for (len = 0; len <= n; len++) {
		bool ok = rtcp_copy(p, len, &rtcp);

		/* The sender report alone is a whole chain of one. */
		ASSERT_EQ(ok, len >= 28);
		ASSERT_EQ(ok && rtcp.exact, len == 28 || len == n);
	}
	ASSERT_TRUE(rtcp_copy(p, n, &rtcp));
	EXPECT_EQ(rtcp.chain, 2);
	EXPECT_EQ(rtcp.ssrc, 0x11223344);
	EXPECT_TRUE(rtcp.sender);
	/* SRTCP adds a trailer of 14 or 20 bytes (RFC 3711, RFC 7714). */
	memset(p + n, 0xa5, 20);
	ASSERT_TRUE(rtcp_copy(p, n + 14, &rtcp));
	EXPECT_FALSE(rtcp.exact);
	ASSERT_TRUE(rtcp_copy(p, n + 20, &rtcp));
	EXPECT_FALSE(rtcp.exact);
}

TEST(rtcp_header_fields_are_checked)
{
	u8 rr[8] = { 0x80, 201, 0, 1, 1, 2, 3, 4 };
	struct rg_rtcp rtcp;
	u32 pt;

	for (pt = 0; pt < 256; pt++) {
		rr[1] = pt;
		ASSERT_EQ(rtcp_copy(rr, sizeof(rr), &rtcp),
			  pt >= 192 && pt <= 223);
	}
	rr[1] = 201;
	rr[0] = 0x40;
	EXPECT_FALSE(rtcp_copy(rr, sizeof(rr), &rtcp));
	rr[0] = 0x80;
	rr[2] = 0xff;
	EXPECT_FALSE(rtcp_copy(rr, sizeof(rr), &rtcp));
}

TEST(rtcp_padding_only_in_the_last_packet)
{
	u8 p[16] = { 0xa0, 201, 0, 1, 1, 2, 3, 4, 0x80, 201, 0, 1, 1, 2, 3, 4 };
	struct rg_rtcp rtcp;

	EXPECT_FALSE(rtcp_copy(p, sizeof(p), &rtcp));
	p[0] = 0x80;
	p[8] = 0xa0;
	ASSERT_TRUE(rtcp_copy(p, sizeof(p), &rtcp));
	EXPECT_TRUE(rtcp.exact);
}

TEST(rtcp_chain_has_a_bound)
{
	static u8 p[8 + 4 * 300];
	struct rg_rtcp rtcp;
	u32 i;

	p[0] = 0x80;
	p[1] = 201;
	p[3] = 1;
	for (i = 8; i < sizeof(p); i += 4) {
		p[i] = 0x80;
		p[i + 1] = 203;
	}
	ASSERT_TRUE(rtcp_copy(p, sizeof(p), &rtcp));
	EXPECT_EQ(rtcp.chain, RG_RTCP_CHAIN_MAX);
	EXPECT_FALSE(rtcp.exact);
}

TEST_HARNESS_MAIN
