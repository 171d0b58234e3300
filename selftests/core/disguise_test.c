// SPDX-License-Identifier: GPL-2.0
/*
 * Media that does not look like a call from a book: odd headers, junk before it and
 * between, long pauses, many SSRCs, bytes behind the payload. It is judged like any,
 * and what enforce and strict let pass of it is counted.
 */
#include "kselftest_harness.h"
#include "memory.h"
#include "random.h"
#include "turn_packets.h"
#include "verdicts.h"

#include <uapi/linux/rtpguard.h>

#define HEADER_MAX	(12 + 4 * 15 + 4 + 4 * 512)
#define PAYLOAD		160

/* Of plain G.711 as below: the third packet decides. */
#define PLAIN_ENFORCE	2

FIXTURE(media)
{
	struct rg_media media;
	struct rg_answer ans;
	struct rg_random random;
	struct tally tally;
	u8 bytes[HEADER_MAX + 65536];
	u64 now_ms;
	u32 step_ms;
};

FIXTURE_SETUP(media)
{
	memset(self, 0, sizeof(*self));
	random_seed(&self->random, 1);
	self->step_ms = 20;
}

FIXTURE_TEARDOWN(media)
{
	media_end(&self->media);
}

/* Bytes of a packet that the module reads. */
#define READ_MAX	2048

static void feed(struct _test_data_media *self, const u8 *bytes, u32 len)
{
	u32 readable = min_t(u32, len, READ_MAX);
	u8 *copy = malloc(readable ? readable : 1);
	struct rg_packet pkt = {
		.data = copy, .len = readable, .wire_len = len,
		.now_ms = self->now_ms += self->step_ms,
	};

	memcpy(copy, bytes, readable);
	media_feed(&self->media, &pkt, true, &self->ans);
	free(copy);
}

static void feed_media(struct _test_data_media *self, u32 len)
{
	feed(self, self->bytes, len);
	tally_add(&self->tally, &self->ans);
}

static void anew(struct _test_data_media *self)
{
	media_end(&self->media);
	memset(&self->tally, 0, sizeof(self->tally));
}

/**
 * struct look - how a packet of G.711 looks
 * @pt: payload type
 * @seq: sequence number
 * @ssrc: synchronisation source
 * @ts: timestamp
 * @csrcs: contributing sources
 * @extended: it has a header extension
 * @padded: it says so
 * @extension: words of the extension
 * @padding: what the last byte says there is
 * @payload: bytes of it, with padding
 * @tail: random bytes behind
 */
struct look {
	u8 pt;
	u16 seq;
	u32 ssrc;
	u32 ts;
	u8 csrcs;
	bool extended;
	bool padded;
	u16 extension;
	u8 padding;
	u32 payload;
	u32 tail;
};

/* G.711 of a room that is quiet but not silent. */
static u32 put_quiet_room(struct _test_data_media *self, u8 *p, u32 len)
{
	u32 i;

	for (i = 0; i < len; i++)
		p[i] = 0x70 | random_below(&self->random, 256);
	return len;
}

static void feed_look(struct _test_data_media *self, const struct look *look)
{
	u8 *p = self->bytes;
	u32 at, i;

	at = packet_rtp(p, look->pt, look->seq, look->ts, look->ssrc, 0);
	p[0] |= look->csrcs | look->extended << 4 | look->padded << 5;
	for (i = 0; i < look->csrcs; i++, at += 4)
		put_be32(p + at, 0x1000 + i);
	if (look->extended) {
		put_be32(p + at, 0xbede0000 | look->extension);
		memset(p + at + 4, 0, 4 * look->extension);
		at += 4 + 4 * look->extension;
	}
	at += put_quiet_room(self, p + at, look->payload);
	if (look->padded && look->payload)
		p[at - 1] = look->padding;
	random_fill(&self->random, p + at, look->tail);
	feed_media(self, at + look->tail);
}

/* @packets that go on, as @look has them. */
static void feed_call(struct _test_data_media *self, struct look look, u32 packets)
{
	if (!look.payload)
		look.payload = PAYLOAD;
	look.ssrc = look.ssrc ? look.ssrc : 0x1234;
	for (; packets; packets--) {
		feed_look(self, &look);
		look.seq++;
		look.ts += 160;
	}
}

/* Is it clear by then, and passed so many in enforce and in strict? */
static void expect_passed(struct __test_metadata *_metadata,
			  const struct _test_data_media *self, u32 in_enforce,
			  u32 in_strict, u32 variant)
{
	EXPECT_EQ(self->ans.class, RTPGUARD_CLASS_RTP) TH_LOG("variant %u", variant);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_CLEAR)
		TH_LOG("variant %u", variant);
	EXPECT_EQ(self->tally.enforce, in_enforce) TH_LOG("variant %u", variant);
	EXPECT_EQ(self->tally.strict, in_strict) TH_LOG("variant %u", variant);
}

#define EXPECT_PASSED(in_enforce, in_strict, variant) \
	expect_passed(_metadata, self, in_enforce, in_strict, variant)

TEST_F(media, contributing_sources_hide_nothing)
{
	u32 n;

	for (n = 0; n <= 15; n++) {
		anew(self);
		feed_call(self, (struct look){ .csrcs = n }, 10);
		EXPECT_PASSED(PLAIN_ENFORCE, 0, n);
		anew(self);
		feed_call(self, (struct look){ .csrcs = n, .pt = 96 }, 10);
		EXPECT_PASSED(PLAIN_ENFORCE, 0, n);
	}
}

/* With a marker and without, among them what RTCP has (RFC 5761, 4). */
TEST_F(media, no_payload_type_hides_anything)
{
	u32 second;

	for (second = 0; second < 256; second++) {
		anew(self);
		feed_call(self, (struct look){ .pt = second, .seq = 300 }, 10);
		EXPECT_PASSED(PLAIN_ENFORCE, 0, second);
	}
}

/* From none to as many words as one datagram has room for. */
TEST_F(media, a_header_extension_hides_nothing)
{
	static const u16 words[] = {
		0, 1, 2, 3, 32, 100, 255, 256, 400, 480, 500, 510, 1000, 4000, 16332,
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		struct look look = { .extended = true, .extension = words[i] };

		anew(self);
		feed_call(self, look, 10);
		EXPECT_PASSED(PLAIN_ENFORCE, 0, words[i]);
		look.csrcs = 15;
		look.padded = true;
		look.padding = 255;
		anew(self);
		feed_call(self, look, 10);
		EXPECT_PASSED(PLAIN_ENFORCE, 0, words[i]);
		look.pt = 96;
		if (words[i] > 480)
			continue;
		anew(self);
		feed_call(self, look, 10);
		EXPECT_PASSED(PLAIN_ENFORCE, 0, words[i]);
	}
}

/* No such packet exists; nothing is known of its payload, and strict holds it. */
TEST_F(media, behind_more_header_than_is_read_nothing_is_known)
{
	struct look look = { .pt = 96, .extended = true, .extension = 510 };

	feed_call(self, look, 100);
	EXPECT_EQ(self->ans.class, RTPGUARD_CLASS_RTP);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_UNDETERMINED);
	EXPECT_EQ(self->tally.enforce, 100);
	EXPECT_EQ(self->tally.strict, 0);
}

/* What a receiver would throw away is no media: it cannot be read as RTP. */
TEST_F(media, a_header_longer_than_the_packet_is_no_rtp)
{
	u32 len, i;

	for (i = 0; i < 20; i++) {
		len = packet_rtp(self->bytes, 0, i, 160 * i, 1, PAYLOAD);
		self->bytes[0] |= 0x10;
		put_be16(self->bytes + 14, i & 1 ? 0xffff : (len - 16) / 4 + 1);
		feed_media(self, len);
		EXPECT_EQ(self->ans.shape, RG_SHAPE_OTHER);
		self->bytes[0] = 0x8f;
		feed_media(self, 12 + 4 * 15 - 1);
		EXPECT_EQ(self->ans.shape, RG_SHAPE_OTHER);
	}
}

/*
 * What is padding nobody hears. Where it leaves a trailer and a few bytes, these are
 * all there is to be read.
 */
TEST_F(media, padding_of_any_count_hides_nothing)
{
	static const u8 counts[] = { 0, 1, 4, 20, 137, 138, 139, 159, 160, 161, 254, 255 };
	static const u8 payloads[] = { 160, 80, 40 };
	static const u8 types[] = { 0, 96 };
	u32 i, j, t;

	for (i = 0; i < ARRAY_SIZE(counts) * ARRAY_SIZE(types); i++) {
		t = types[i % 2];
		for (j = 0; j < ARRAY_SIZE(payloads); j++) {
			struct look look = {
				.pt = t, .padded = true, .padding = counts[i / 2],
				.payload = payloads[j],
			};
			bool few = payloads[j] == 160 && look.padding == 137;

			anew(self);
			feed_call(self, look, 20);
			EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_CLEAR);
			EXPECT_LE(self->tally.enforce, few ? 16 : PLAIN_ENFORCE)
				TH_LOG("%u of %u, type %u", look.padding, payloads[j], t);
			EXPECT_EQ(self->tally.strict, 0);
		}
	}
}

enum junk {
	JUNK_ANY,
	JUNK_NEW_SSRCS,
	JUNK_ONE_SSRC,
	JUNK_ITS_OWN_SSRC,
	JUNK_CRLF,
	JUNK_STUN,
	JUNK_ZEROES,
	JUNKS,
};

static u32 junk_make(struct _test_data_media *self, u32 kind, u32 i)
{
	struct datagram d;
	u32 ssrc;

	switch (kind) {
	case JUNK_NEW_SSRCS:
	case JUNK_ONE_SSRC:
	case JUNK_ITS_OWN_SSRC:
		ssrc = kind == JUNK_ITS_OWN_SSRC ? 0x1234 : 0x8000;
		ssrc += kind == JUNK_NEW_SSRCS ? i : 0;
		packet_rtp(self->bytes, 96, 7919 * i, 104729 * i, ssrc, 100);
		random_fill(&self->random, self->bytes + 12, 100);
		return 112;
	case JUNK_CRLF:
		memcpy(self->bytes, "\r\n\r\n", 4);
		return i & 1 ? 2 : 4;
	case JUNK_STUN:
		make(&d, "b");
		memcpy(self->bytes, d.bytes, d.len);
		return d.len;
	case JUNK_ZEROES:
		memset(self->bytes, 0, 4);
		return 4;
	default:
		random_fill(&self->random, self->bytes, 100);
		return 100;
	}
}

static void feed_junk(struct _test_data_media *self, u32 kind, u32 i)
{
	u32 len = junk_make(self, kind, i);

	feed(self, self->bytes, len);
}

TEST_F(media, junk_before_it_hides_nothing)
{
	static const u8 numbers[] = { 4, 16, 64 };
	u32 i, n, kind;

	for (kind = 0; kind < JUNKS; kind++) {
		for (n = 0; n < ARRAY_SIZE(numbers); n++) {
			anew(self);
			for (i = 1; i <= numbers[n]; i++)
				feed_junk(self, kind, i);
			feed_call(self, (struct look){ .seq = 100 }, 20);
			EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_CLEAR);
			EXPECT_LE(self->tally.enforce, PLAIN_ENFORCE)
				TH_LOG("%u of kind %u", numbers[n], kind);
			EXPECT_LE(self->tally.strict, 1)
				TH_LOG("%u of kind %u", numbers[n], kind);
		}
	}
}

TEST_F(media, crlf_and_stun_between_its_packets_hide_nothing)
{
	struct look look = { .ssrc = 1, .payload = PAYLOAD };
	u32 kind, i;

	for (kind = JUNK_CRLF; kind < JUNKS; kind++) {
		anew(self);
		for (i = 0; i < 20; i++) {
			look.seq = i;
			look.ts = 160 * i;
			feed_look(self, &look);
			if (i < 19)
				feed_junk(self, kind, i);
		}
		EXPECT_PASSED(PLAIN_ENFORCE, 0, kind);
	}
}

/* Timestamps that go on with the clock, and such that count what was sent. */
TEST_F(media, a_packet_every_30_seconds_for_10_minutes_is_clear)
{
	static const u32 steps[] = { 160, 30 * 8000, 30 * 48000, 30 * 90000 };
	u32 i, n;

	self->step_ms = 30000;
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		struct look look = { .ssrc = 1, .payload = PAYLOAD };

		anew(self);
		for (n = 0; n < 20; n++) {
			feed_look(self, &look);
			look.seq++;
			look.ts += steps[i];
		}
		EXPECT_PASSED(PLAIN_ENFORCE, 0, steps[i]);
	}
}

TEST_F(media, ssrcs_in_turn_hide_nothing)
{
	static const u8 numbers[] = { 2, 4, 5, 8, 32 };
	u32 i, n, round;

	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		anew(self);
		for (round = 0; round < 10; round++) {
			for (n = 0; n < numbers[i]; n++) {
				struct look look = { .ssrc = 1000 + n, .seq = round,
					.ts = 160 * round, .payload = PAYLOAD };

				feed_look(self, &look);
			}
		}
		EXPECT_PASSED(PLAIN_ENFORCE * numbers[i], 0, numbers[i]);
	}
}

/* Without an SSRC or a sequence to go on by, it may take some packets more. */
static void expect_few_passed(struct __test_metadata *_metadata,
			      const struct _test_data_media *self, u32 in_enforce,
			      u32 in_strict)
{
	EXPECT_EQ(self->ans.class, RTPGUARD_CLASS_RTP);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_CLEAR);
	EXPECT_LE(self->tally.enforce, in_enforce) TH_LOG("%u", self->tally.enforce);
	EXPECT_LE(self->tally.strict, in_strict) TH_LOG("%u", self->tally.strict);
}

TEST_F(media, an_ssrc_for_each_packet_hides_nothing)
{
	struct look look = { .payload = PAYLOAD };
	u32 i;

	for (i = 0; i < 200; i++) {
		look.ssrc = random_u64(&self->random);
		look.seq = i;
		look.ts = 160 * i;
		feed_look(self, &look);
	}
	expect_few_passed(_metadata, self, PLAIN_ENFORCE + 1, 0);
}

/* The number of a packet whose sequence is none. */
static u16 odd_seq(struct _test_data_media *self, u32 kind, u32 i)
{
	switch (kind) {
	case 0:
		return random_u64(&self->random);
	case 1:
		return 7;
	case 6:
		return i ? 99 : 100;
	default:
		return i % kind;
	}
}

/* It jumps with each packet, it stays, it goes round, it stays behind the first. */
TEST_F(media, a_sequence_that_is_none_hides_nothing)
{
	struct look look = { .payload = PAYLOAD, .ssrc = 1 };
	u32 kind, i;

	for (kind = 0; kind < 7; kind++) {
		anew(self);
		for (i = 0; i < 200; i++) {
			look.seq = odd_seq(self, kind, i);
			look.ts = 160 * i;
			feed_look(self, &look);
		}
		TH_LOG("kind %u", kind);
		expect_few_passed(_metadata, self, 3 * RG_PACED_MIN, 3);
	}
}

/* A number that stays contradicts nothing: strict holds it, whatever its time is. */
TEST_F(media, a_number_that_stays_is_held)
{
	struct look look = { .payload = PAYLOAD, .ssrc = 1, .seq = 7 };
	u32 i;

	for (i = 0; i < 200; i++) {
		look.ts += random_below(&self->random, 5000);
		feed_look(self, &look);
	}
	EXPECT_EQ(self->tally.strict, 0);
}

/* Records of a file where RTP has its timestamp, and what is no sequence. */
TEST_F(media, a_few_regular_offsets_are_no_media)
{
	struct look look = { .payload = PAYLOAD, .ssrc = 1, .pt = 96 };
	u32 i;

	for (i = 0; i < 200; i++) {
		look.seq = random_u64(&self->random);
		look.ts += i % RG_PACED_MIN ? 1024 : 70000;
		feed_look(self, &look);
		EXPECT_EQ(self->ans.class, RTPGUARD_CLASS_UNKNOWN);
	}
	EXPECT_EQ(self->tally.enforce, 200);
}

/* As long as SRTP, whose tag is random: the payload is read all the same. */
TEST_F(media, ten_random_bytes_behind_it_hide_nothing)
{
	static const u8 types[] = { 0, 8, 96 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		anew(self);
		feed_call(self, (struct look){ .pt = types[i], .tail = 10 }, 30);
		EXPECT_PASSED(PLAIN_ENFORCE, 0, types[i]);
	}
}

TEST_HARNESS_MAIN
