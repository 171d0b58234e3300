// SPDX-License-Identifier: GPL-2.0
/*
 * SRT: handshakes and control packets, every truncation, hostile ones, and what a
 * flow is taken for. Each packet is an allocation of its own length.
 */
#include "core/srt.h"
#include "cipher.h"
#include "kselftest_harness.h"
#include "srt_packets.h"

#define MAX_LEN		2048
#define NOT_SRT		0xff
#define RANDOM_MAX	100000

#define UP		RG_DIR_ORIGINAL
#define DOWN		RG_DIR_REPLY

static bool parse_copy(const u8 *bytes, u32 len, u32 wire_len, struct rg_srt *srt)
{
	u8 *copy = malloc(len ? len : 1);
	struct rg_packet pkt = { .data = copy, .len = len, .wire_len = wire_len };
	bool ok;

	memcpy(copy, bytes, len);
	ok = rg_srt_parse(&pkt, srt);
	if (rg_srt_control(&pkt) != (ok && srt->kind == RG_SRT_HANDSHAKE))
		abort();
	free(copy);
	return ok;
}

/* Return: enum rg_srt_answer, or NOT_SRT. */
static u8 fed(struct rg_srt_state *state, u8 dir, const u8 *bytes, u32 len)
{
	struct rg_packet pkt = { .len = len, .wire_len = len, .dir = dir };
	struct rg_srt srt;

	if (!parse_copy(bytes, len, len, &srt))
		return NOT_SRT;
	return rg_srt_feed(state, &pkt, &srt);
}

static u8 fed_data(struct rg_srt_state *state, u8 dir, u32 seq, u32 info)
{
	u8 p[MAX_LEN];
	u32 dest = dir == UP ? SRT_LISTENER : SRT_CALLER;
	u32 len = srt_data(p, seq, info, dest);

	return fed(state, dir, p, len);
}

/* Both sides' handshakes, the second of each with @words of keys, or none. */
static u8 fed_handshakes(struct rg_srt_state *state, u16 words)
{
	u32 fields = words ? 0x00020003 : 0x00000001;
	u8 p[MAX_LEN];
	u32 len;

	len = srt_handshake(p, 4, 2, SRT_INDUCTION, SRT_CALLER);
	if (fed(state, UP, p, len) != RG_SRT_NOT_YET)
		abort();
	len = srt_handshake(p, 5, 0x4a17, SRT_INDUCTION, SRT_LISTENER);
	if (fed(state, DOWN, p, len) != RG_SRT_RECOGNISED)
		abort();
	len = srt_handshake(p, 5, fields, SRT_CONCLUSION, SRT_CALLER);
	len += srt_extension(p + len, 1, 3);
	len += words ? srt_extension(p + len, 3, words) : 0;
	if (fed(state, UP, p, len) != RG_SRT_RECOGNISED)
		abort();
	len = srt_handshake(p, 5, fields, SRT_CONCLUSION, SRT_LISTENER);
	len += srt_extension(p + len, 2, 3);
	len += words ? srt_extension(p + len, 4, words) : 0;
	return fed(state, DOWN, p, len);
}

TEST(fields_are_read_in_network_order)
{
	struct rg_srt srt;
	u8 p[MAX_LEN];
	u32 len = srt_data(p, 0x7abcdef0, 0xe9234567, SRT_LISTENER);

	ASSERT_TRUE(parse_copy(p, len, len, &srt));
	EXPECT_EQ(srt.kind, RG_SRT_DATA);
	EXPECT_EQ(srt.seq, 0x7abcdef0);
	EXPECT_EQ(srt.info, 0xe9234567);
	EXPECT_EQ(srt.dest, SRT_LISTENER);
	len = srt_handshake(p, 5, 0x4a17, SRT_INDUCTION, SRT_LISTENER);
	put_be32(p + 12, SRT_CALLER);
	ASSERT_TRUE(parse_copy(p, len, len, &srt));
	EXPECT_EQ(srt.kind, RG_SRT_HANDSHAKE);
	EXPECT_EQ(srt.dest, SRT_CALLER);
	EXPECT_EQ(srt.socket, SRT_LISTENER);
	EXPECT_TRUE(srt.own);
	EXPECT_FALSE(srt.keys);
}

TEST(a_handshake_is_whole_or_none)
{
	struct rg_srt srt;
	u8 p[MAX_LEN];
	u32 n, len, ends = 0;

	len = srt_handshake(p, 5, 0x00020007, SRT_CONCLUSION, SRT_CALLER);
	len += srt_extension(p + len, 1, 3);
	len += srt_extension(p + len, 3, 18);
	len += srt_extension(p + len, 5, 10);
	len += srt_extension(p + len, 6, 1);
	for (n = 0; n <= len; n++) {
		bool whole = n == 64 || n == 80 || n == 156 || n == 200 || n == len;

		ASSERT_EQ(parse_copy(p, n, n, &srt), whole);
		ends += whole;
		if (whole)
			ASSERT_EQ(srt.keys, n >= 156);
		/* A bounded copy is read as far as it goes. */
		ASSERT_EQ(parse_copy(p, n, len, &srt), n >= 64);
		if (n >= 64)
			ASSERT_EQ(srt.keys, n >= 84);
		if (n < len)
			ASSERT_FALSE(parse_copy(p, len, n, &srt));
	}
	ASSERT_EQ(ends, 5);
	p[len] = 0;
	ASSERT_FALSE(parse_copy(p, len + 1, len + 1, &srt));
}

TEST(every_field_of_a_handshake)
{
	static const struct {
		u32 off;
		u32 value;
		bool fits;
	} fields[] = {
		{ 16, 3, false }, { 16, 4, false }, { 16, 6, false },
		{ 16, 0x05000000, false }, { 20, 0x00004a17, true },
		{ 20, 0x00010000, false }, { 20, 0x00020000, true },
		{ 20, 0x00040007, true }, { 20, 0x00050000, false },
		{ 20, 8, false }, { 24, 0x7fffffff, true },
		{ 24, 0x80000000, false }, { 28, 65535, true },
		{ 28, 65536, false }, { 32, 0x7fffffff, true },
		{ 32, 0x80000000, false }, { 36, 0, true }, { 36, 1, true },
		{ 36, 2, false }, { 36, 999, false }, { 36, 1000, true },
		{ 36, 9999, true }, { 36, 10000, false },
		{ 36, 0xfffffffc, false }, { 36, 0xfffffffd, true },
		{ 40, 0, false }, { 40, 0xffffffff, true }, { 4, 99, true },
		{ 0, 0x80000001, false },
	};
	struct rg_srt srt;
	u8 p[SRT_HS_LEN];
	u32 i;

	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		srt_handshake(p, 5, 0, SRT_INDUCTION, SRT_CALLER);
		put_be32(p + fields[i].off, fields[i].value);
		ASSERT_EQ(parse_copy(p, 64, 64, &srt), fields[i].fits)
			TH_LOG("field %u, %#x", fields[i].off, fields[i].value);
	}
	/* Who is refused has no socket; of UDT are a stream or datagrams. */
	srt_handshake(p, 5, 0, 1002, 0);
	EXPECT_TRUE(parse_copy(p, 64, 64, &srt));
	for (i = 0; i < 5; i++) {
		srt_handshake(p, 4, i, SRT_INDUCTION, SRT_CALLER);
		EXPECT_EQ(parse_copy(p, 64, 64, &srt), i == 1 || i == 2);
		EXPECT_FALSE(srt.own);
	}
}

TEST(every_extension_has_its_length)
{
	struct rg_srt srt;
	u8 p[MAX_LEN];
	u32 type, words;

	for (type = 0; type < 12; type++) {
		for (words = 0; words < 80; words++) {
			u32 len = srt_handshake(p, 5, 7, SRT_CONCLUSION, SRT_CALLER);
			bool km = words >= 8 && words <= 64;
			bool fits = type == 0 || type > 8 ? false :
				    type <= 2 ? words == 3 :
				    type == 3 ? km :
				    type == 4 ? km || words == 1 : true;

			len += srt_extension(p + len, type, words);
			ASSERT_EQ(parse_copy(p, len, len, &srt), fits);
			if (fits)
				ASSERT_EQ(srt.keys, (type == 3 || type == 4) && km);
		}
	}
}

TEST(hostile_extensions)
{
	struct rg_srt srt;
	u8 p[MAX_LEN];
	u32 i, len;

	/* Longer than the packet, by little and by much. */
	srt_handshake(p, 5, 7, SRT_CONCLUSION, SRT_CALLER);
	srt_extension(p + SRT_HS_LEN, 5, 4);
	EXPECT_FALSE(parse_copy(p, SRT_HS_LEN + 16, SRT_HS_LEN + 16, &srt));
	put_be16(p + SRT_HS_LEN + 2, 0xffff);
	EXPECT_FALSE(parse_copy(p, SRT_HS_LEN + 20, SRT_HS_LEN + 20, &srt));
	EXPECT_FALSE(parse_copy(p, SRT_HS_LEN + 20, 65507, &srt));
	/* Without an end: empty ones, up to a bound. */
	for (i = 0, len = SRT_HS_LEN; i < 30; i++) {
		EXPECT_EQ(parse_copy(p, len, len, &srt), i <= 16);
		len += srt_extension(p + len, 6, 0);
	}
	/* UDT's handshake has none. */
	len = srt_handshake(p, 4, 2, SRT_CONCLUSION, SRT_CALLER);
	len += srt_extension(p + len, 1, 3);
	EXPECT_FALSE(parse_copy(p, len, len, &srt));
}

TEST(every_control_packet_has_its_length)
{
	struct rg_srt srt;
	u8 p[MAX_LEN];
	u32 type, len;

	for (type = 1; type < 0x8000; type++) {
		for (len = 0; len <= (type < 16 ? 100 : 12); len++) {
			bool words = len % 4 == 0;
			bool fits = type == 2 ? words && len >= 4 && len <= 32 :
				    type == 3 ? words && len >= 4 :
				    type == 7 ? len == 8 :
				    type <= 8 && words && len <= 4;

			srt_control(p, 0x80000000 | type << 16, 1, SRT_CALLER, len);
			ASSERT_EQ(parse_copy(p, 16 + len, 16 + len, &srt), fits)
				TH_LOG("type %u, %u bytes", type, len);
			if (fits)
				ASSERT_EQ(srt.own, type == 2 && len >= 28);
			/* No subtype but of user-defined ones. */
			p[3] = 1;
			ASSERT_FALSE(parse_copy(p, 16 + len, 16 + len, &srt) &&
				     type != 0x7fff);
		}
	}
}

TEST(user_defined_packets)
{
	struct rg_srt srt;
	u8 p[MAX_LEN];
	u32 sub, len;

	for (sub = 0; sub < 10; sub++) {
		for (len = 0; len <= 300; len++) {
			bool km = len % 4 == 0 && len >= 32 && len <= 256;
			bool fits = sub == 1 || sub == 2 ? len == 12 :
				    sub == 3 ? km : sub == 4 && (km || len == 4);

			srt_control(p, 0xffff0000 | sub, 0, SRT_CALLER, len);
			ASSERT_EQ(parse_copy(p, 16 + len, 16 + len, &srt), fits);
			if (fits)
				ASSERT_EQ(srt.keys, sub >= 3 && km);
		}
	}
}

TEST(lists_of_losses)
{
	static const struct {
		u32 words[4];
		bool fits;
	} lists[] = {
		{ { 1, 2, 3, 4 }, true },
		{ { 0x80000001, 2, 3, 4 }, true },
		{ { 1, 0x80000002, 3, 4 }, true },
		{ { 0x80000001, 2, 0x80000003, 4 }, true },
		{ { 1, 2, 3, 0x80000004 }, false },
		{ { 1, 0x80000002, 0x80000003, 4 }, false },
	};
	struct rg_srt srt;
	u8 p[32];
	u32 i, k;

	for (i = 0; i < ARRAY_SIZE(lists); i++) {
		srt_control(p, 0x80030000, 0, SRT_CALLER, 16);
		for (k = 0; k < 4; k++)
			put_be32(p + 16 + 4 * k, lists[i].words[k]);
		ASSERT_EQ(parse_copy(p, 32, 32, &srt), lists[i].fits);
	}
}

TEST(data_is_longer_than_its_header)
{
	struct rg_srt srt;
	u8 p[MAX_LEN];
	u32 n, len = srt_data(p, 1, SRT_UNKEYED | 1, SRT_LISTENER);

	for (n = 0; n <= 40; n++) {
		ASSERT_EQ(parse_copy(p, n, n, &srt), n > 16);
		ASSERT_EQ(parse_copy(p, n, len, &srt), n >= 16);
	}
}

TEST(data_in_clear)
{
	struct rg_srt_state state = { 0 };
	u8 p[MAX_LEN];
	u32 i;

	/* Data, before anybody knows whose. */
	ASSERT_EQ(fed_data(&state, UP, 1, SRT_UNKEYED | 1), RG_SRT_NOT_YET);
	ASSERT_EQ(fed_handshakes(&state, 0), RG_SRT_RECOGNISED);
	EXPECT_FALSE(state.keys);
	/* Another socket's, and the sender's own. */
	srt_data(p, 1, SRT_UNKEYED | 1, SRT_LISTENER ^ 1);
	EXPECT_EQ(fed(&state, UP, p, 200), RG_SRT_NOT_YET);
	srt_data(p, 1, SRT_UNKEYED | 1, SRT_CALLER);
	EXPECT_EQ(fed(&state, UP, p, 200), RG_SRT_NOT_YET);
	for (i = 0; i < 5; i++) {
		ASSERT_EQ(fed_data(&state, UP, 0x12345678 + i,
				   SRT_UNKEYED | (i + 1)),
			  i ? RG_SRT_CLEAR : RG_SRT_RECOGNISED);
	}
	/* That stays. */
	EXPECT_EQ(fed_data(&state, DOWN, 9, SRT_EVEN_KEY | 1), RG_SRT_CLEAR);
	EXPECT_EQ(fed(&state, DOWN, p,
		      srt_control(p, 0x80010000, 0, SRT_CALLER, 4)), RG_SRT_CLEAR);
}

TEST(encrypted_data)
{
	struct rg_srt_state state = { 0 };

	ASSERT_EQ(fed_handshakes(&state, 18), RG_SRT_RECOGNISED);
	EXPECT_TRUE(state.keys);
	EXPECT_EQ(fed_data(&state, UP, 5, SRT_EVEN_KEY | 1), RG_SRT_SECRET);
	EXPECT_EQ(fed_data(&state, UP, 6, SRT_ODD_KEY | 2), RG_SRT_SECRET);
	/* There is no third key. */
	EXPECT_EQ(fed_data(&state, UP, 7, SRT_EVEN_KEY | SRT_ODD_KEY),
		  RG_SRT_NOT_YET);
	/* Repairs have number 0 and no key, and tell nothing. */
	EXPECT_EQ(fed_data(&state, UP, 7, SRT_UNKEYED), RG_SRT_SECRET);
	EXPECT_EQ(fed_data(&state, UP, 7, SRT_UNKEYED), RG_SRT_SECRET);
	EXPECT_EQ(fed_data(&state, UP, 7, SRT_UNKEYED), RG_SRT_SECRET);
	/* Keys are of no use when they are not used. */
	EXPECT_EQ(fed_data(&state, UP, 8, SRT_UNKEYED | 3), RG_SRT_SECRET);
	EXPECT_EQ(fed_data(&state, UP, 9, SRT_UNKEYED | 4), RG_SRT_CLEAR);
}

TEST(numbers_go_on)
{
	static const u32 steps[] = { 1, 0, 0x7fff, 0x7fff8000, 0x8000, 0x7fff7fff,
				     0x40000000 };
	static const bool near[] = { true, true, true, true, false, false, false };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		struct rg_srt_state state = { 0 };
		u32 seq = 0x7ffffffe, next = (seq + steps[i]) & 0x7fffffff;

		ASSERT_EQ(fed_handshakes(&state, 0), RG_SRT_RECOGNISED);
		fed_data(&state, UP, seq, SRT_UNKEYED | 1);
		ASSERT_EQ(fed_data(&state, UP, next, SRT_UNKEYED | 2),
			  near[i] ? RG_SRT_CLEAR : RG_SRT_RECOGNISED)
			TH_LOG("step %#x", steps[i]);
	}
}

/* Several sockets of a port: the last four of each side are known, the others count. */
TEST(sockets_are_bounded)
{
	struct rg_srt_state state = { 0 };
	u8 p[MAX_LEN];
	u32 i;

	ASSERT_EQ(fed_handshakes(&state, 0), RG_SRT_RECOGNISED);
	for (i = 0; i < 7; i++) {
		srt_handshake(p, 5, 0, SRT_INDUCTION, 100 + i);
		fed(&state, DOWN, p, SRT_HS_LEN);
	}
	for (i = 0; i < 7; i++) {
		u32 len = srt_data(p, 1000 * i, SRT_EVEN_KEY | 1, 100 + i);

		ASSERT_EQ(fed(&state, UP, p, len), RG_SRT_SECRET);
	}
	/* One packet in clear each is not two. */
	for (i = 3; i < 7; i++) {
		u32 len = srt_data(p, 1000 * i + 1, SRT_UNKEYED | 2, 100 + i);

		ASSERT_EQ(fed(&state, UP, p, len), RG_SRT_SECRET);
	}
}

/* The handshake of old versions: SRT's own is said later. */
TEST(version_four_is_srt_when_it_says_so)
{
	struct rg_srt_state state = { 0 };
	u8 p[MAX_LEN];
	u32 i, len;

	for (i = 0; i < 2; i++) {
		len = srt_handshake(p, 4, 2, SRT_CONCLUSION,
				    i ? SRT_LISTENER : SRT_CALLER);
		ASSERT_EQ(fed(&state, i, p, len), RG_SRT_NOT_YET);
	}
	/* As it is UDT, which has no keys where SRT has them. */
	for (i = 0; i < 5; i++)
		ASSERT_EQ(fed_data(&state, UP, i, SRT_UNKEYED | (i + 1)),
			  RG_SRT_NOT_YET);
	len = srt_control(p, 0xffff0001, 0, SRT_LISTENER, 12);
	EXPECT_EQ(fed(&state, UP, p, len), RG_SRT_CLEAR);
}

/* Who comes late sees no handshake. */
TEST(acknowledgments_tell_the_sockets)
{
	static const struct {
		u32 len;
		u32 sent;
		u32 answered;
		bool known;
	} acks[] = {
		{ 28, 500, 500, true }, { 32, 500, 499, true },
		{ 28, 500, 245, true }, { 28, 500, 244, false },
		{ 28, 500, 501, false }, { 28, 0, 0, false },
		/* UDT's, and the light one. */
		{ 24, 500, 500, false }, { 4, 500, 500, false },
	};
	u8 p[MAX_LEN];
	u32 i, k, len;

	for (i = 0; i < ARRAY_SIZE(acks); i++) {
		struct rg_srt_state state = { 0 };
		u8 want = acks[i].known ? RG_SRT_RECOGNISED : RG_SRT_NOT_YET;

		len = srt_control(p, 0x80020000, acks[i].sent, SRT_CALLER,
				  acks[i].len);
		ASSERT_EQ(fed(&state, DOWN, p, len), RG_SRT_NOT_YET);
		/* The answer comes from the other side. */
		len = srt_control(p, 0x80060000, acks[i].answered, SRT_LISTENER, 4);
		ASSERT_EQ(fed(&state, DOWN, p, len), RG_SRT_NOT_YET);
		ASSERT_EQ(fed(&state, UP, p, len), want)
			TH_LOG("%u", i);
		for (k = 0; k < 2; k++)
			ASSERT_EQ(fed_data(&state, UP, 70 + k,
					   SRT_UNKEYED | 9),
				  !acks[i].known ? RG_SRT_NOT_YET :
				  k ? RG_SRT_CLEAR : RG_SRT_RECOGNISED);
	}
}

TEST(random_bytes_are_nothing)
{
	struct rg_srt_state state = { 0 };
	struct rg_random r;
	u8 p[256];
	u32 i;

	random_seed(&r, 1);
	for (i = 0; i < 2 * RANDOM_MAX; i++) {
		u32 len = random_below(&r, 200);
		u8 answer;

		/* A flow that is known takes nothing else for its own. */
		if (i == RANDOM_MAX)
			ASSERT_EQ(fed_handshakes(&state, 0), RG_SRT_RECOGNISED);
		random_fill(&r, p, len);
		answer = fed(&state, i % 2, p, len);
		ASSERT_TRUE(answer == NOT_SRT || answer == RG_SRT_NOT_YET);
		/* Only what begins with a 0 bit looks like data. */
		ASSERT_EQ(answer == RG_SRT_NOT_YET, len > 16 && p[0] < 128);
	}
}

TEST(media_of_another_kind_is_nothing)
{
	struct rg_srt_state state;
	struct cipher cipher;
	u8 p[MAX_LEN];
	u32 flow, n;

	for (flow = 0; flow < 2000; flow++) {
		memset(&state, 0, sizeof(state));
		cipher_begin(&cipher, flow, 0);
		for (n = 0; n < 50; n++) {
			/* From number 0 on, as control packets have it. */
			u32 len = cipher_rtp(&cipher, p, n, SRT_CALLER + flow);
			u8 answer = fed(&state, 0, p, len);

			ASSERT_TRUE(answer == NOT_SRT || answer == RG_SRT_NOT_YET);
		}
	}
}

TEST_HARNESS_MAIN
