// SPDX-License-Identifier: GPL-2.0
/*
 * T.38 in UDPTL: vectors made from annex A, every truncation, hostile ones, and what
 * a direction of a flow is taken for, packet by packet. Each packet is an allocation
 * of its own length.
 */
#include "core/t38.h"
#include "cipher.h"
#include "kselftest_harness.h"

#define MAX_LEN		1500
#define NOT_T38		0xff
#define RANDOM_MAX	100000

/* UDPTL packets, each with number 0x1234. */
static const char *const vectors[] = {
	/* no-signal, CNG, CED, V.21 preamble, V.17 long training; no recovery. */
	"1234 01 00 0000",
	"1234 01 02 0000",
	"1234 01 04 0000",
	"1234 01 06 0000",
	"1234 01 1e 0000",
	/* V.8 ANSam and V.33 training, which came later. */
	"1234 02 2000 0000",
	"1234 02 2180 0000",
	/* V.21: HDLC data of one byte. */
	"1234 06 c001 800000ff 0000",
	/* ... as of 1998 is the same; FCS OK without data, in either packing. */
	"1234 03 c001 20 0000",
	"1234 03 c001 10 0000",
	/* Data, and FCS OK and end of signal, each in a byte of its own. */
	"1234 08 c002 80000112c0 20 0000",
	/* Two types without data: of four bits, of five bits, of a byte each. */
	"1234 03 c002 24 0000",
	"1234 04 c002 1100 0000",
	"1234 04 c002 1020 0000",
	/* V.17, 14,400: image data of three bytes; V.34 with its rate. */
	"1234 08 d001 b00002aabbcc 0000",
	"1234 08 e080 01 c1800000aa 0000",
	/* Data without a field. */
	"1234 01 40 0000",
	/* One packet that was sent before, an empty one, and three. */
	"1234 01 02 00 01 0102",
	"1234 01 02 00 01 00",
	"1234 01 02 00 03 0100 0102 06c001800000ff",
	/* Parity: none, of one packet, of two in two strings. */
	"1234 01 06 80 0100 00",
	"1234 01 06 80 0101 01 0106",
	"1234 01 06 80 0102 02 0106 02ffff",
};

/* What no sender makes. */
static const char *const hostile[] = {
	/* No packet, and lengths that claim too much, too little, pieces, 127. */
	"1234 00 0000",
	"1234 02 00 0000",
	"1234 7f 00 0000",
	"1234 c1 00 0000",
	"1234 bfff 00 0000",
	"1234 ff 00 0000",
	/* A long form of a short length. */
	"1234 8001 00 0000",
	/* Bits that are 0, types there are not, an indicator with fields. */
	"1234 01 01 0000",
	"1234 01 52 0000",
	"1234 02 21c0 0000",
	"1234 02 3000 0000",
	"1234 02 2001 0000",
	"1234 03 8001 20 0000",
	/* No fields, 255, 127 of nothing; data of 65,536 bytes. */
	"1234 02 c000 0000",
	"1234 03 c0ff 20 0000",
	"1234 03 c07f 20 0000",
	"1234 06 c001 80ffffff 0000",
	/* A byte behind an indicator, behind a field, behind it all. */
	"1234 02 0200 0000",
	"1234 07 c001 800000ff00 0000",
	"1234 01 02 000000",
	/* A recovery there is not; counts that claim too much; bad packets in it. */
	"1234 01 02 4000",
	"1234 01 02 8100 0000",
	"1234 01 02 00ff",
	"1234 01 02 0002 0102",
	"1234 01 02 0001 0101",
	"1234 01 02 0001 01",
	"1234 01 02 0080 0102",
	/* Parity: numbers of two bytes, of none, and too many strings. */
	"1234 01 06 80 020001 00",
	"1234 01 06 80 00 00",
	"1234 01 06 80 01ff 00",
	"1234 01 06 80 0101 ff",
	"1234 01 06 80 0101 01 05ff",
	"1234 01 06 80 0101 01 c1ff",
};

static u32 hex_digit(char c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

static u32 hex_read(const char *hex, u8 *bytes)
{
	u32 n = 0;

	for (; *hex; hex++) {
		if (*hex == ' ')
			continue;
		bytes[n++] = hex_digit(hex[0]) << 4 | hex_digit(hex[1]);
		hex++;
	}
	return n;
}

static bool parse_copy(const u8 *bytes, u32 len, u32 wire_len, struct rg_t38 *t38)
{
	u8 *copy = malloc(len ? len : 1);
	struct rg_packet pkt = { .data = copy, .len = len, .wire_len = wire_len };
	bool ok;

	memcpy(copy, bytes, len);
	ok = rg_t38_parse(&pkt, t38);
	free(copy);
	return ok;
}

/* Return: enum rg_t38_answer, or NOT_T38. */
static u8 fed(struct rg_t38_state *state, const u8 *bytes, u32 len)
{
	struct rg_packet pkt = { .data = bytes, .len = len, .wire_len = len };
	struct rg_t38 t38;

	if (!parse_copy(bytes, len, len, &t38))
		return NOT_T38;
	return rg_t38_feed(state, &pkt, &t38);
}

static u8 fed_seq(struct rg_t38_state *state, u16 seq)
{
	u8 p[] = { seq >> 8, seq, 1, 6, 0, 0 };

	return fed(state, p, sizeof(p));
}

TEST(each_vector_is_read)
{
	struct rg_t38 t38;
	u8 p[MAX_LEN];
	u32 i, len;

	for (i = 0; i < ARRAY_SIZE(vectors); i++) {
		len = hex_read(vectors[i], p);
		EXPECT_TRUE(parse_copy(p, len, len, &t38))
			TH_LOG("%s", vectors[i]);
		EXPECT_EQ(t38.seq, 0x1234);
	}
}

/* None of the vectors begins with another, and all has to be readable. */
TEST(a_shorter_or_longer_packet_is_not)
{
	struct rg_t38 t38;
	u8 p[MAX_LEN];
	u32 i, n, len;

	for (i = 0; i < ARRAY_SIZE(vectors); i++) {
		len = hex_read(vectors[i], p);
		for (n = 0; n < len; n++) {
			ASSERT_FALSE(parse_copy(p, n, n, &t38))
				TH_LOG("%s, %u bytes", vectors[i], n);
			ASSERT_FALSE(parse_copy(p, n, len, &t38));
			ASSERT_FALSE(parse_copy(p, len, n, &t38));
		}
		p[len] = 0;
		ASSERT_FALSE(parse_copy(p, len + 1, len + 1, &t38));
	}
}

TEST(hostile_packets_are_not)
{
	struct rg_t38 t38;
	u8 p[MAX_LEN];
	u32 i, len;

	for (i = 0; i < ARRAY_SIZE(hostile); i++) {
		len = hex_read(hostile[i], p);
		EXPECT_FALSE(parse_copy(p, len, len, &t38))
			TH_LOG("%s", hostile[i]);
	}
}

TEST(every_first_byte_of_a_message)
{
	struct rg_t38 t38;
	u8 p[] = { 0, 0, 1, 0, 0, 0 };
	u32 first;

	for (first = 0; first < 256; first++) {
		bool indicator = first < 0x20 && first % 2 == 0;
		bool data = first >= 0x40 && first <= 0x50 && first % 2 == 0;

		p[3] = first;
		ASSERT_EQ(parse_copy(p, sizeof(p), sizeof(p), &t38),
			  indicator || data);
	}
}

/* An image's data at the most a datagram has, with a length of two bytes. */
TEST(long_packets_are_read)
{
	struct rg_t38 t38;
	u8 p[MAX_LEN];
	u32 len;

	for (len = 1; len <= 1400; len++) {
		u32 n = 2, ifp = 5 + len;

		memset(p, 0xff, sizeof(p));
		if (ifp < 128) {
			p[n++] = ifp;
		} else {
			put_be16(p + n, 0x8000 | ifp);
			n += 2;
		}
		memcpy(p + n, (u8[]){ 0xd0, 1, 0xb0 }, 3);
		put_be16(p + n + 3, len - 1);
		n += ifp;
		p[n++] = 0;
		p[n++] = 0;
		ASSERT_TRUE(parse_copy(p, n, n, &t38));
		ASSERT_FALSE(parse_copy(p, n - 1, n - 1, &t38));
	}
}

/* As many as there may be, and one more. */
TEST(parts_are_bounded)
{
	struct rg_t38 t38;
	u8 p[MAX_LEN];
	u32 count;

	for (count = 0; count < 256; count++) {
		memset(p, 0, sizeof(p));
		p[2] = 1;
		p[5] = count;
		ASSERT_EQ(parse_copy(p, 6 + count, 6 + count, &t38), count < 128);
		p[4] = 0x80;
		p[5] = 1;
		p[7] = count;
		ASSERT_EQ(parse_copy(p, 8 + count, 8 + count, &t38), count < 128);
	}
	for (count = 0; count < 256; count++) {
		/* Fields of five bits, packed. */
		u32 ifp = 2 + (5 * count + 7) / 8;

		if (ifp > 127)
			break;
		memset(p, 0, sizeof(p));
		p[2] = ifp;
		p[3] = 0xc0;
		p[4] = count;
		ASSERT_EQ(parse_copy(p, 5 + ifp, 5 + ifp, &t38),
			  count && count < 128);
	}
}

TEST(four_packets_in_sequence_recognise_it)
{
	static const struct {
		u16 seqs[6];
		u8 at;
	} runs[] = {
		{ { 0, 1, 2, 3, 4, 5 }, 3 },
		{ { 0xfffe, 0xffff, 0, 1, 2, 3 }, 3 },
		/* Sent again, and one is lost. */
		{ { 7, 7, 7, 8, 8, 8 }, 3 },
		{ { 7, 9, 11, 13, 15, 17 }, 3 },
		/* A jump, and one back: begin anew. */
		{ { 0, 1, 4, 5, 6, 7 }, 5 },
		{ { 5, 4, 5, 6, 7, 8 }, 4 },
		/* Only jumps; only the same. */
		{ { 0, 3, 6, 9, 12, 15 }, 6 },
		{ { 1, 1, 1, 1, 1, 1 }, 6 },
		{ { 1, 1, 1, 1, 1, 2 }, 5 },
	};
	u32 i, k;

	for (i = 0; i < ARRAY_SIZE(runs); i++) {
		struct rg_t38_state state = { 0 };

		for (k = 0; k < 6; k++) {
			ASSERT_EQ(fed_seq(&state, runs[i].seqs[k]),
				  k < runs[i].at ? RG_T38_NOT_YET : RG_T38_CLEAR)
				TH_LOG("run %u, packet %u", i, k);
		}
	}
}

TEST(what_is_recognised_stays)
{
	struct rg_t38_state state = { 0 };
	u32 i;

	for (i = 0; i < 4; i++)
		fed_seq(&state, i);
	EXPECT_EQ(fed_seq(&state, 500), RG_T38_CLEAR);
	EXPECT_EQ(fed_seq(&state, 2), RG_T38_CLEAR);
}

TEST(every_flipped_bit_does_no_harm)
{
	struct rg_t38 t38;
	u8 p[MAX_LEN];
	u32 i, bit, len;

	for (i = 0; i < ARRAY_SIZE(vectors); i++) {
		len = hex_read(vectors[i], p);
		for (bit = 0; bit < 8 * len; bit++) {
			p[bit / 8] ^= 1 << bit % 8;
			parse_copy(p, len, len, &t38);
			p[bit / 8] ^= 1 << bit % 8;
		}
	}
}

TEST(random_bytes_are_nothing)
{
	struct rg_t38_state state = { 0 };
	u32 i, parsed = 0;
	struct rg_random r;
	u8 p[256];

	random_seed(&r, 1);
	for (i = 0; i < 10 * RANDOM_MAX; i++) {
		/* The shortest, of which the most fit, and others. */
		u32 len = i % 2 ? 6 + i / 2 % 8 : random_below(&r, 200);
		u8 answer;

		random_fill(&r, p, len);
		answer = fed(&state, p, len);
		parsed += answer != NOT_T38;
		ASSERT_NE(answer, RG_T38_CLEAR);
	}
	TH_LOG("%u of %u look like it", parsed, 10 * RANDOM_MAX);
	EXPECT_LT(parsed, 3);
}

TEST(media_of_another_kind_is_nothing)
{
	struct rg_t38_state state;
	struct cipher cipher;
	u8 p[MAX_LEN];
	u32 flow, n;

	for (flow = 0; flow < 2000; flow++) {
		memset(&state, 0, sizeof(state));
		cipher_begin(&cipher, flow, 0);
		for (n = 0; n < 50; n++) {
			u32 len = cipher_rtp(&cipher, p, n, 0x01000000 + flow);

			ASSERT_NE(fed(&state, p, len), RG_T38_CLEAR);
		}
	}
}

TEST_HARNESS_MAIN
