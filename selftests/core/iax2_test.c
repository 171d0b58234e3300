// SPDX-License-Identifier: GPL-2.0
/* IAX2: frames, every truncation, hostile and random ones. Calls: iax2_calls_test.c. */
#include "cipher.h"
#include "kselftest_harness.h"
#include "iax2_flow.h"

#define RANDOM_MAX	100000

TEST(fields_are_read_in_network_order)
{
	struct rg_iax2 iax2;
	u8 p[MAX_LEN];
	u32 len;

	len = iax_full(p, 0x1234, 0xd678, 0x0a0b, IAX_CONTROL, IAX_AUTHREQ);
	iax_aes(p + len);
	ASSERT_TRUE(parse_copy(p, len + 4, len + 4, &iax2));
	EXPECT_EQ(iax2.kind, RG_IAX2_CONTROL);
	EXPECT_TRUE(iax2.mini);
	EXPECT_EQ(iax2.source, 0x1234);
	/* It is sent again. */
	EXPECT_EQ(iax2.dest, 0x5678);
	EXPECT_EQ(iax2.subclass, IAX_AUTHREQ);
	EXPECT_EQ(iax2.encryption, 1);
	iax_full(p, 0x1234, 0x5678, 0x0a0b, IAX_VOICE, 4);
	ASSERT_TRUE(parse_copy(p, 172, 172, &iax2));
	EXPECT_EQ(iax2.kind, RG_IAX2_FULL);
	EXPECT_EQ(iax2.type, IAX_VOICE);
	put_be32(p, 0x12340000);
	ASSERT_TRUE(parse_copy(p, 164, 164, &iax2));
	EXPECT_TRUE(iax2.kind == RG_IAX2_MINI && iax2.source == 0x1234);
	put_be32(p, 0x00009234);
	ASSERT_TRUE(parse_copy(p, 164, 164, &iax2));
	EXPECT_TRUE(iax2.kind == RG_IAX2_VIDEO && iax2.source == 0x1234);
}

TEST(a_new_call_is_whole_or_none)
{
	struct rg_iax2 iax2;
	u8 p[MAX_LEN];
	u32 n, len = iax_new(p, IAX_CALLER);

	for (n = 0; n <= len; n++) {
		ASSERT_EQ(parse_copy(p, n, n, &iax2), n == 16 || n == 21 || n == len)
			TH_LOG("%u bytes", n);
		/* A bounded copy has to have the version. */
		ASSERT_EQ(parse_copy(p, n, len, &iax2), n >= 16);
		if (n >= 16)
			ASSERT_FALSE(iax2.mini);
		if (n < len)
			ASSERT_FALSE(parse_copy(p, len, n, &iax2));
	}
	ASSERT_FALSE(parse_copy(p, len + 1, len + 1, &iax2));
}

TEST(a_new_call_says_its_version_first)
{
	static const struct { u8 off, value; } others[] = {
		{ 0, 0x01 }, { 2, 0x01 }, { 3, 1 }, { 8, 1 }, { 9, 1 }, { 12, 12 },
		{ 13, 1 }, { 13, 3 }, { 14, 1 }, { 15, 1 }, { 15, 3 },
	};
	struct rg_iax2 iax2;
	u8 p[MAX_LEN];
	u32 i, len = iax_new(p, IAX_CALLER);

	for (i = 0; i < ARRAY_SIZE(others); i++) {
		iax_new(p, IAX_CALLER);
		p[others[i].off] = others[i].value;
		ASSERT_EQ(parse_copy(p, len, len, &iax2), !others[i].off)
			TH_LOG("byte %u", others[i].off);
		ASSERT_TRUE(others[i].off || iax2.kind == RG_IAX2_MINI);
	}
	/* Sent again, it is one. */
	iax_new(p, IAX_CALLER);
	p[2] = 0x80;
	ASSERT_TRUE(parse_copy(p, len, len, &iax2));
	EXPECT_FALSE(iax2.mini);
	/* Not when it comes second. */
	iax_full(p, IAX_CALLER, 0, 0, IAX_CONTROL, IAX_NEW);
	memcpy(p + 12, (u8[]){ 6, 0, 11, 2, 0, 2 }, 6);
	EXPECT_FALSE(parse_copy(p, 18, 18, &iax2));
}

TEST(registrations_and_tokens_are_sure)
{
	struct rg_iax2 iax2;
	u8 p[MAX_LEN];

	iax_full(p, IAX_CALLER, 0, 0, IAX_CONTROL, IAX_REGREQ);
	ASSERT_TRUE(parse_copy(p, 12, 12, &iax2));
	EXPECT_TRUE(iax2.mini);
	memcpy(p + 12, (u8[]){ 6, 1, 'a' }, 3);
	ASSERT_TRUE(parse_copy(p, 15, 15, &iax2));
	EXPECT_FALSE(iax2.mini);
	p[9] = 1;
	ASSERT_TRUE(parse_copy(p, 15, 15, &iax2));
	EXPECT_TRUE(iax2.mini);
	iax_full(p, 1, IAX_CALLER, 1, IAX_CONTROL, IAX_CALLTOKEN);
	memcpy(p + 12, (u8[]){ 54, 2, 'a', 'b' }, 4);
	ASSERT_TRUE(parse_copy(p, 16, 16, &iax2));
	EXPECT_FALSE(iax2.mini);
	p[1] = 2;
	ASSERT_TRUE(parse_copy(p, 16, 16, &iax2));
	EXPECT_TRUE(iax2.mini);
}

TEST(hostile_elements)
{
	struct rg_iax2 iax2;
	u8 p[MAX_LEN];
	u32 n, i;

	/* Longer than the frame, by little and by much. */
	iax_full(p, IAX_CALLER, IAX_CALLEE, 0, IAX_CONTROL, IAX_ACCEPT);
	memset(p + 12, 0, sizeof(p) - 12);
	memcpy(p + 12, (u8[]){ 9, 4 }, 2);
	EXPECT_TRUE(parse_copy(p, 18, 18, &iax2));
	EXPECT_FALSE(parse_copy(p, 17, 17, &iax2));
	p[13] = 255;
	EXPECT_FALSE(parse_copy(p, 18, 18, &iax2));
	/* Encryption methods have 16 bits. */
	for (n = 0; n < 5; n++) {
		memcpy(p + 12, (u8[]){ 43, n }, 2);
		EXPECT_EQ(parse_copy(p, 14 + n, 14 + n, &iax2), n == 2);
	}
	/* Without an end: empty ones, up to a bound. */
	memset(p + 12, 0, sizeof(p) - 12);
	for (i = 0; i < 300; i++) {
		n = 12 + 2 * i;
		/* A length of whole blocks is that of something encrypted. */
		EXPECT_EQ(parse_copy(p, n, n, &iax2), i <= 128 || n % 16 == 4);
	}
}

TEST(every_type_and_subclass)
{
	struct rg_iax2 iax2;
	u8 p[MAX_LEN] = { 0 };
	u32 type, sub;

	for (type = 0; type < 256; type++) {
		for (sub = 0; sub < 256; sub++) {
			bool fits = type == IAX_CONTROL ? sub > 1 && sub <= 40 :
						      type && type <= 13;

			iax_full(p, IAX_CALLER, IAX_CALLEE, 0x0101, type, sub);
			ASSERT_EQ(parse_copy(p, 12, 12, &iax2), fits);
			ASSERT_EQ(parse_copy(p, 12, 13, &iax2), fits);
		}
		/* Nothing from nobody, and nothing to nobody but the first. */
		iax_full(p, 0, IAX_CALLEE, 0x0101, type, IAX_ACK);
		ASSERT_FALSE(parse_copy(p, 12, 12, &iax2));
		iax_full(p, IAX_CALLER, 0, 0x0101, type, IAX_ACK);
		ASSERT_EQ(parse_copy(p, 12, 12, &iax2), type == IAX_CONTROL);
	}
	/* Encrypted: whole blocks, two and more. */
	for (sub = 12; sub < 200; sub++) {
		iax_full(p, IAX_CALLER, IAX_CALLEE, 0, 0xee, 0xee);
		ASSERT_EQ(parse_copy(p, sub, sub, &iax2),
			  sub >= 36 && sub % 16 == 4);
	}
}

TEST(meta_frames)
{
	struct rg_iax2_state state = { 0 };
	u8 video[200] = { 0, 0, 0x80 | IAX_CALLER >> 8, IAX_CALLER & 255 };
	/* Two calls, one of 3 bytes, one of 2, with timestamps and without. */
	static const u8 trunks[][21] = {
		{ 0, 0, 1, 1, 0, 0, 0, 9, 0, 3, 0, 5, 0, 1, 9, 9, 9 },
		{ 0, 0, 1, 0, 0, 0, 0, 9, 0, 5, 0, 3, 9, 9, 9, 0, 6, 0, 2, 9, 9 },
	};
	static const u8 lens[] = { 17, 21 };
	struct rg_iax2 iax2;
	u32 i, n;

	for (i = 0; i < ARRAY_SIZE(trunks); i++) {
		ASSERT_EQ(fed(&state, UP, trunks[i], lens[i]), RG_IAX2_NOT_YET);
		for (n = 0; n < lens[i]; n++) {
			ASSERT_EQ(parse_copy(trunks[i], n, n, &iax2), i && n == 15);
			ASSERT_EQ(parse_copy(trunks[i], n, lens[i], &iax2),
				  n >= (i ? 12 : 14));
		}
		ASSERT_TRUE(parse_copy(trunks[i], n, n, &iax2));
		ASSERT_TRUE(iax2.kind == RG_IAX2_TRUNK && iax2.source == 5);
	}
	ASSERT_EQ(fed(&state, UP, video, sizeof(video)), RG_IAX2_NOT_YET);
	/* They are in clear, whatever the call agreed on. */
	ASSERT_EQ(fed_call(&state, true), RG_IAX2_RECOGNISED);
	EXPECT_EQ(fed(&state, UP, video, 2 + 192), RG_IAX2_RECOGNISED);
	EXPECT_EQ(fed(&state, UP, trunks[1], lens[1]), RG_IAX2_CLEAR);
}

TEST(hostile_meta_frames)
{
	static const u8 frames[][16] = {
		/* No command, another, an unknown flag. */
		{ 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 4, 9, 9, 9, 9 },
		{ 0, 0, 2, 0, 0, 0, 0, 0, 0, 5, 0, 4, 9, 9, 9, 9 },
		{ 0, 0, 1, 2, 0, 0, 0, 0, 0, 5, 0, 4, 9, 9, 9, 9 },
		/* No call, no bytes, too many, too few. */
		{ 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 4, 9, 9, 9, 9 },
		{ 0, 0, 1, 0, 0, 0, 0, 0, 0, 5, 0, 0, 9, 9, 9, 9 },
		{ 0, 0, 1, 0, 0, 0, 0, 0, 0, 5, 0, 5, 9, 9, 9, 9 },
		{ 0, 0, 1, 0, 0, 0, 0, 0, 0, 5, 255, 255, 9, 9, 9, 9 },
		{ 0, 0, 1, 0, 0, 0, 0, 0, 0, 5, 0, 3, 9, 9, 9, 9 },
		{ 0, 0, 1, 1, 0, 0, 0, 0, 0, 4, 0, 5, 9, 9, 9, 9 },
		/* Video of no call. */
		{ 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 5, 0, 4, 9, 9, 9, 9 },
	};
	struct rg_iax2 iax2;
	u8 p[MAX_LEN] = { 0 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(frames); i++)
		EXPECT_FALSE(parse_copy(frames[i], 16, 16, &iax2));
	/* Header only; video of nothing. */
	EXPECT_FALSE(parse_copy((u8[]){ 0, 0, 1, 0, 0, 0, 0, 0 }, 8, 8, &iax2));
	EXPECT_FALSE(parse_copy((u8[]){ 0, 0, 0x80, 1, 0, 0 }, 6, 6, &iax2));
	/* As many as fit: a bound. */
	for (i = 0; i < 400; i++)
		memcpy(p + 8 + 5 * i, (u8[]){ 0, 1, 0, 1, 9 }, 5);
	p[2] = 1;
	EXPECT_TRUE(parse_copy(p, 2008, 2008, &iax2));
	EXPECT_FALSE(parse_copy(p, 2010, 2010, &iax2));
}

TEST(random_bytes_are_nothing)
{
	struct rg_iax2_state state = { 0 };
	struct rg_random r;
	u32 i, taken = 0;
	u8 p[256];

	random_seed(&r, 1);
	for (i = 0; i < 2 * RANDOM_MAX; i++) {
		u32 len = random_below(&r, 200);
		u8 answer;

		if (i == RANDOM_MAX) {
			ASSERT_FALSE(state.sure);
			memset(&state, 0, sizeof(state));
			ASSERT_EQ(fed_call(&state, true), RG_IAX2_RECOGNISED);
		}
		random_fill(&r, p, len);
		answer = fed(&state, i % 2, p, len);
		taken += answer != NOT_IAX2 && answer != RG_IAX2_NOT_YET;
		ASSERT_TRUE(i >= RANDOM_MAX || !taken);
	}
	TH_LOG("%u of %u are taken for frames of a call", taken, RANDOM_MAX);
	EXPECT_LT(taken, RANDOM_MAX >> 11);
}

TEST(media_of_another_kind_is_nothing)
{
	struct rg_iax2_state state;
	struct cipher cipher;
	u8 p[MAX_LEN];
	u32 flow, n;

	for (flow = 0; flow < 2000; flow++) {
		memset(&state, 0, sizeof(state));
		cipher_begin(&cipher, flow, 0);
		for (n = 0; n < 50; n++) {
			/* Half of them have an SSRC as control frames have it. */
			u32 ssrc = flow % 2 ? 0x600 + flow % 64 : 0x12345600 + flow;
			u32 len = cipher_rtp(&cipher, p, 1 + n, ssrc);
			u8 answer = fed(&state, n % 2, p, len);

			ASSERT_TRUE(answer == NOT_IAX2 || answer == RG_IAX2_NOT_YET);
		}
	}
}

TEST_HARNESS_MAIN
