// SPDX-License-Identifier: GPL-2.0
/* ZRTP: what is a message, and when keys are in use. */
#include "core/classify.h"
#include "kselftest_harness.h"
#include "packets.h"
#include "random.h"
#include "zrtp_packets.h"

static const char *const types[] = {
	"Hello   ", "HelloACK", "Commit  ", "DHPart1 ", "DHPart2 ", "Confirm1",
	"Confirm2", "Conf2ACK", "GoClear ", "ClearACK", "Ping    ", "Error   ",
};

static bool parse_cut(const u8 *bytes, u32 len, u32 wire_len, u8 *msg)
{
	u8 *copy = malloc(len ? len : 1);
	struct rg_packet pkt = {
		.data = copy, .len = len, .wire_len = wire_len,
	};
	bool is;

	memcpy(copy, bytes, len);
	is = rg_zrtp_parse(&pkt, msg);
	free(copy);
	return is;
}

static bool parse(const u8 *bytes, u32 len)
{
	u8 msg;

	return parse_cut(bytes, len, len, &msg);
}

TEST(each_type_is_a_message)
{
	u8 bytes[ZRTP_LEN_MAX];
	size_t i;
	u32 len;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		len = packet_zrtp(bytes, types[i], 40);
		EXPECT_TRUE(parse(bytes, len));
		EXPECT_TRUE(rg_may_be_media(bytes, len));
	}
}

/* RFC 3720, B.4: 32 bytes of zeroes. */
TEST(the_checksum_is_castagnoli_s)
{
	u8 zeroes[32] = { 0 };

	EXPECT_EQ(zrtp_crc(zeroes, sizeof(zeroes)), 0x8a9136aau);
}

TEST(a_wrong_checksum_is_none)
{
	u8 bytes[ZRTP_LEN_MAX];
	u32 len = packet_zrtp(bytes, "Hello   ", 40), bit;

	for (bit = 0; bit < 8 * len; bit++) {
		bytes[bit / 8] ^= 1 << bit % 8;
		EXPECT_FALSE(parse(bytes, len)) TH_LOG("bit %u", bit);
		bytes[bit / 8] ^= 1 << bit % 8;
	}
	EXPECT_TRUE(parse(bytes, len));
}

TEST(the_other_byte_order_is_one)
{
	u8 bytes[ZRTP_LEN_MAX], swap;
	u32 len = packet_zrtp(bytes, "Hello   ", 40), i;

	for (i = 0; i < 2; i++) {
		swap = bytes[len - 4 + i];
		bytes[len - 4 + i] = bytes[len - 1 - i];
		bytes[len - 1 - i] = swap;
	}
	EXPECT_TRUE(parse(bytes, len));
}

TEST(another_length_is_none)
{
	u8 bytes[ZRTP_LEN_MAX] = { 0 };
	u32 len = packet_zrtp(bytes, "Commit  ", 40), cut;
	u8 msg;

	for (cut = 0; cut < len; cut++) {
		EXPECT_FALSE(parse(bytes, cut));
		EXPECT_FALSE(parse_cut(bytes, cut, len, &msg));
	}
	EXPECT_FALSE(parse(bytes, len + 1));
	/* Words of a message that has no room for its type. */
	put_be16(bytes + 14, 2);
	EXPECT_FALSE(parse(bytes, len));
	put_be16(bytes + 14, 0xffff);
	EXPECT_FALSE(parse(bytes, len));
}

TEST(random_bytes_are_none)
{
	u8 bytes[ZRTP_LEN_MAX];
	struct rg_random random;
	u32 i, len;

	random_seed(&random, 3);
	for (i = 0; i < 200000; i++) {
		len = 4 * random_below(&random, ZRTP_LEN_MAX / 4);
		random_fill(&random, bytes, len);
		if (i & 1 && len >= 28) {
			packet_zrtp(bytes, "Hello   ", len - 28);
			random_fill(&random, bytes + 24, len - 24);
		}
		EXPECT_FALSE(parse(bytes, len));
	}
}

/* Order: who commits, who confirms first, who confirms second. */
static bool done(const u8 *order, const u8 *dirs, u32 n)
{
	struct rg_zrtp zrtp = { 0 };
	u32 i;

	for (i = 0; i < n; i++)
		rg_zrtp_read(&zrtp, dirs[i], order[i]);
	return zrtp.done;
}

#define DONE(order, dirs) done((const u8 *)(order), (const u8 *)(dirs), sizeof(order) - 1)
#define C "\1"
#define F1 "\2"
#define F2 "\3"
#define CLEAR "\4"

TEST(keys_are_in_use_behind_both_confirms)
{
	EXPECT_TRUE(DONE(C F1 F2, "\0\1\0"));
	EXPECT_TRUE(DONE(C F1 F2, "\1\0\1"));
	/* Both commit, RFC 6189, 4.2: one of them goes on. */
	EXPECT_TRUE(DONE(C C F1 F2, "\0\1\1\0"));
	EXPECT_TRUE(DONE(C F1 F1 F2 F2, "\0\1\1\0\0"));
}

TEST(a_part_of_it_is_not_enough)
{
	EXPECT_FALSE(DONE(C F1, "\0\1"));
	EXPECT_FALSE(DONE(C F2, "\0\0"));
	EXPECT_FALSE(DONE(F1 F2, "\1\0"));
	EXPECT_FALSE(DONE(F1 C F2, "\1\0\0"));
	/* All of it from one side. */
	EXPECT_FALSE(DONE(C F1 F2, "\0\0\0"));
	EXPECT_FALSE(DONE(C F1 F2, "\0\1\1"));
}

TEST(go_clear_ends_it)
{
	EXPECT_FALSE(DONE(C F1 F2 CLEAR, "\0\1\0\1"));
	EXPECT_FALSE(DONE(C F1 F2 CLEAR F2, "\0\1\0\1\0"));
	EXPECT_TRUE(DONE(C F1 F2 CLEAR C F1 F2, "\0\1\0\1\1\0\1"));
}

TEST_HARNESS_MAIN
