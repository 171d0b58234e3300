// SPDX-License-Identifier: GPL-2.0
/* What is taken for another protocol than RTP, and that media never is. */
#include "core/lookalike.h"
#include "core/classify.h"
#include "kselftest_harness.h"
#include "lookalike_vectors.h"
#include "packets.h"

#define BYTES_MAX	2048
#define MEDIA_PACKETS	1000000u

static u32 hex_digit(char c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

static u32 hex_read(const char *hex, u8 *bytes)
{
	u32 n;

	for (n = 0; hex[2 * n]; n++)
		bytes[n] = (u8)(hex_digit(hex[2 * n]) << 4 |
				hex_digit(hex[2 * n + 1]));
	return n;
}

/* In an allocation of its own: reads beyond it are seen. */
static bool asked(const u8 *bytes, u32 len, u32 wire_len)
{
	u8 *copy = malloc(len ? len : 1);
	struct rg_packet pkt = {
		.data = copy,
		.len = len,
		.wire_len = wire_len,
	};
	bool answer;

	memcpy(copy, bytes, len);
	answer = rg_lookalike(&pkt);
	free(copy);
	return answer;
}

static bool hex_asked(const char *hex)
{
	u8 bytes[BYTES_MAX];
	u32 len = hex_read(hex, bytes);

	return asked(bytes, len, len);
}

static u32 random_next(u32 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

TEST(each_vector_is_recognised)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(vectors); i++) {
		EXPECT_TRUE(hex_asked(vectors[i].hex))
			TH_LOG("%s", vectors[i].name);
	}
}

TEST(a_shorter_datagram_is_not)
{
	u8 bytes[BYTES_MAX];
	u32 len, cut;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(vectors); i++) {
		len = hex_read(vectors[i].hex, bytes);
		for (cut = 0; cut < len; cut++) {
			bool answer = asked(bytes, cut, cut);

			if (vectors[i].prefix == PREFIX_NEVER ||
			    (vectors[i].prefix == PREFIX_WORDS && cut % 4)) {
				EXPECT_FALSE(answer)
					TH_LOG("%s, %u bytes", vectors[i].name,
					       cut);
			}
		}
	}
}

/* One byte more: there is no exact end. */
TEST(a_longer_datagram_is_not)
{
	u8 bytes[BYTES_MAX];
	size_t i;
	u32 len;

	for (i = 0; i < ARRAY_SIZE(vectors); i++) {
		len = hex_read(vectors[i].hex, bytes);
		bytes[len] = 0;
		if (vectors[i].prefix != PREFIX_MAYBE) {
			EXPECT_FALSE(asked(bytes, len + 1, len + 1))
				TH_LOG("%s", vectors[i].name);
		}
	}
}

/* A bounded copy: the answer is free, the reads are not. */
TEST(a_truncated_capture_does_no_harm)
{
	u8 bytes[BYTES_MAX];
	u32 len, cut;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(vectors); i++) {
		len = hex_read(vectors[i].hex, bytes);
		for (cut = 0; cut < len; cut++) {
			bool answer = asked(bytes, cut, len);

			EXPECT_FALSE(answer && cut < 12);
			/* More readable than there is: our bug, and no answer. */
			EXPECT_FALSE(asked(bytes, len, cut));
		}
	}
}

TEST(a_truncated_answer_of_dns_is_recognised)
{
	u8 bytes[BYTES_MAX];
	u32 question = hex_read(vectors[0].hex, bytes);
	u32 len = hex_read(vectors[1].hex, bytes);

	EXPECT_TRUE(asked(bytes, question, len));
	EXPECT_TRUE(asked(bytes, len - 1, len));
	/* Not without a whole question. */
	EXPECT_FALSE(asked(bytes, question - 1, len));
	/* Not when bytes are left beyond the last record. */
	EXPECT_FALSE(asked(bytes, len, len + 1));
}

TEST(every_flipped_bit_does_no_harm)
{
	u32 len, bit, yes = 0, all = 0;
	u8 bytes[BYTES_MAX];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(vectors); i++) {
		len = hex_read(vectors[i].hex, bytes);
		for (bit = 0; bit < 8 * len; bit++) {
			bytes[bit / 8] ^= 1 << bit % 8;
			yes += asked(bytes, len, len);
			asked(bytes, len, len + 1400);
			bytes[bit / 8] ^= 1 << bit % 8;
			all++;
		}
	}
	/* Names, keys and cipher text are free; all else is not. */
	TH_LOG("%u of %u flipped bits are not noticed", yes, all);
	EXPECT_LT(yes, all);
}

TEST(each_byte_replaced_does_no_harm)
{
	static const u8 values[] = { 0x00, 0x7f, 0x80, 0xc0, 0xff };
	u8 bytes[BYTES_MAX];
	u32 len, at;
	size_t i, v;
	u8 before;

	for (i = 0; i < ARRAY_SIZE(vectors); i++) {
		len = hex_read(vectors[i].hex, bytes);
		for (at = 0; at + 1 < len; at++) {
			for (v = 0; v < ARRAY_SIZE(values); v++) {
				before = bytes[at];
				bytes[at] = values[v];
				asked(bytes, len, len);
				asked(bytes, len, 65507);
				bytes[at] = before;
			}
		}
	}
}

static const char *const hostile_dns[] = {
	/* A pointer to itself, to behind, to ahead, and into the header. */
	"800001000001000000000000c00c00010001",
	"8000010000010000000000000161c00c00010001",
	"800001000001000000000000c01000010001",
	"800001000001000000000000c00000010001",
	/* Two names that point at each other. */
	"800001000002000000000000c01200010001c00c00010001",
	/* A label of 64 bytes does not exist. */
	"8000010000010000000000004000010001000100010001",
	/* Counts of 65535, and none. */
	"80000100ffffffffffffffff0000010001",
	"800001000001ffff000000000000010001",
	"800001000000000000000000",
	/* A record that claims 65535 bytes, and one that claims too few. */
	"800081800000000100000000000001000100000000ffff01020304",
	"800081800000000100000000000001000100000000000301020304",
	/* Type 0, and a class that does not exist. */
	"8000010000010000000000000000000001",
	"8000010000010000000000000000010002",
};

TEST(hostile_dns_is_refused)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(hostile_dns); i++) {
		EXPECT_FALSE(hex_asked(hostile_dns[i]))
			TH_LOG("%s", hostile_dns[i]);
	}
}

TEST(a_name_of_256_bytes_is_refused)
{
	u8 bytes[BYTES_MAX] = { 0x80, 0, 1, 0, 0, 1 };
	u32 i, len = 12;

	/* 127 labels of one byte are 254, and the last, empty one makes 255. */
	for (i = 0; i < 127; i++) {
		bytes[len++] = 1;
		bytes[len++] = 'a';
	}
	memcpy(bytes + len, "\0\0\1\0\1", 5);
	EXPECT_TRUE(asked(bytes, len + 5, len + 5));
	bytes[len] = 1;
	memcpy(bytes + len + 2, "\0\0\1\0\1", 5);
	EXPECT_FALSE(asked(bytes, len + 7, len + 7));
}

static const char *const hostile_lengths[] = {
	/* BACnet: a tag of 4 GiB, and an address of 255 bytes. */
	"810b00120100100005ffffffffff00010203",
	"810b00120120ffffffff1008096f196f0000",
	/* RakNet: 65535 bits, 65535 ranges, part 2^32 - 2 of as many. */
	"8400000000fff8000000000000000000",
	"a0ffff01050000010900000109000001",
	"84000000100008ffffffff0000fffffffe61",
	/* KCP: a segment of 4 GiB, and an acknowledgment alone. */
	"8011223351000001785634120500000004000000ffffffff6162",
	"801122335200000178563412050000000400000000000000",
	/* ONC RPC: credentials of 2^32 - 1 and of 401 bytes. */
	"a4279a550000000000000002000186a5000000030000000000000000ffffffff0000000000000000",
	"a4279a550000000000000002000186a5000000030000000000000000000001910000000000000000",
	/* Rx: 255 acknowledgments in no bytes. */
	"a7f019fe5ba81d4800000001000000000000000202210000000000010000000000000002000000010000000008ff000000",
	/* IKE: payloads of 0, 3 and 65535 bytes. */
	"88694881497528ad000000000000000021202208000000000000002021000000",
	"88694881497528ad000000000000000021202208000000000000002021000003",
	"88694881497528ad00000000000000002120220800000000000000202100ffff",
	/* QUIC: ids of 255 bytes, a token and a packet of 2^62 - 1. */
	"a000000001ff08a307bd979311dda1401c993b7c",
	"80000000010000ffffffffffffffff4040",
	"a0000000010000ffffffffffffffff4040",
	/* QUIC: versions of which none is one. */
	"8000000000001a2a3a4a12345678",
	/* C37.118: a length that is too much, and one that leaves no room. */
	"aa01ffff003c48933743000802c7",
	"aa010000003c48933743000802c7",
	/* LISP: IP in a length of 65535, and a header that is cut off. */
	"800000004500ffff00000000401100007f0000017f000001",
	"8000000045000008000000004011",
};

TEST(hostile_lengths_are_refused)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(hostile_lengths); i++) {
		EXPECT_FALSE(hex_asked(hostile_lengths[i]))
			TH_LOG("%s", hostile_lengths[i]);
	}
}

/* Media of one kind, random otherwise. */
static void payload_fill(u8 *p, u32 len, u32 kind, u32 *state)
{
	static const u8 silence[] = { 0x00, 0xff, 0xd5, 0x7f };
	u32 i, wave = random_next(state) % 64;

	for (i = 0; i < len; i++) {
		switch (kind) {
		case 0:	/* silence, linear and of G.711 */
			p[i] = silence[wave % 4];
			break;
		case 1:	/* a quiet room: linear, one bit of noise */
			p[i] = i & 1 ? random_next(state) & 1 : 0;
			break;
		case 2:	/* G.711: small steps around silence */
			p[i] = 0xd5 ^ (random_next(state) & 0x1f);
			break;
		default:
			p[i] = (u8)random_next(state);
		}
	}
	/* Opus: a table of contents (RFC 6716, 3.1) that stays. */
	if (kind == 4 && len)
		p[0] = 0x78;
}

/*
 * The only media that passes: at most twelve bytes next to silence, with
 * timestamp 1 and SSRC 0 or 1, are what an empty reply of ONC RPC is.
 */
static bool empty_reply(const u8 *bytes, u32 len)
{
	static const u8 head[7] = { 0, 0, 0, 1 };

	return len <= 24 && !memcmp(bytes + 4, head, sizeof(head)) &&
	       bytes[11] <= 1;
}

/* Some senders begin with small numbers. */
static u32 number_make(u32 *state)
{
	u32 number = random_next(state);

	return number & 3 ? random_next(state) : number >> 2 & 3;
}

TEST(media_is_never_taken_for_anything)
{
	static const u16 lengths[] = { 0, 4, 12, 20, 24, 33, 36, 48, 60, 80,
				       160, 172, 240, 320 };
	u32 state = 0x2545f491, i, len, taken = 0;
	u8 bytes[BYTES_MAX];

	for (i = 0; i < MEDIA_PACKETS; i++) {
		len = i & 1 ? lengths[random_next(&state) % ARRAY_SIZE(lengths)] :
			      random_next(&state) % 200;
		payload_fill(bytes + 12, len, i % 6, &state);
		bytes[0] = 0x80;
		/* Padding, extension and contributors: RTP allows it all. */
		if (i % 8 == 7)
			bytes[0] |= random_next(&state) & 0x3f;
		bytes[1] = (u8)random_next(&state);
		put_be16(bytes + 2, number_make(&state));
		put_be32(bytes + 4, number_make(&state));
		put_be32(bytes + 8, number_make(&state));
		taken += asked(bytes, len + 12, len + 12) &&
			 !empty_reply(bytes, len + 12);
	}
	EXPECT_EQ(taken, 0);
}

/* From the first packet on, as strict meets it: it never waits for a chance. */
TEST(a_stream_from_zero_is_never_taken)
{
	u32 state = 1, ssrc, pt, i, taken = 0;
	u8 bytes[BYTES_MAX];

	for (ssrc = 0; ssrc < 64; ssrc++) {
		for (pt = 0; pt < 128; pt++) {
			for (i = 0; i < 8; i++) {
				payload_fill(bytes + 12, 160, ssrc % 4, &state);
				bytes[0] = 0x80;
				bytes[1] = pt;
				put_be16(bytes + 2, i);
				put_be32(bytes + 4, (ssrc & 4 ? 160 : 1) * i);
				put_be32(bytes + 8, ssrc / 8);
				taken += asked(bytes, 172, 172);
			}
		}
	}
	EXPECT_EQ(taken, 0);
}

static void vector_feed(struct rg_media *media, size_t i, struct rg_answer *ans)
{
	u8 bytes[BYTES_MAX];
	struct rg_packet pkt = { .data = bytes };

	pkt.len = hex_read(vectors[i].hex, bytes);
	pkt.wire_len = pkt.len;
	rg_feed(media, &pkt, ans);
}

TEST(strict_holds_no_lookalike_until_there_is_media)
{
	struct rg_media media = { 0 };
	struct rg_answer ans;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(vectors); i++) {
		vector_feed(NULL, i, &ans);
		EXPECT_EQ(ans.shape, RG_SHAPE_OTHER);
		EXPECT_FALSE(ans.hold);
		vector_feed(&media, i, &ans);
		EXPECT_EQ(ans.shape, RG_SHAPE_OTHER);
	}
	EXPECT_EQ(media.sides[0].streams[0].packets, 0);
	/* What sends media is not excused. */
	media.sides[0].media = true;
	vector_feed(&media, 0, &ans);
	EXPECT_EQ(ans.shape, RG_SHAPE_RTP);
	EXPECT_TRUE(ans.hold);
}

TEST_HARNESS_MAIN
