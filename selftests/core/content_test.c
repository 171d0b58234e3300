// SPDX-License-Identifier: GPL-2.0
/*
 * What the content test is fed, and what it makes of short payloads: whatever
 * the length of an MKI, a keep-alive is no readable media, and what codecs send
 * in as few bytes is. content_flow_test.c has flows of more than one stream.
 */
#include "cipher.h"
#include "kselftest_harness.h"
#include "memory.h"

#include <assert.h>
#include <uapi/linux/rtpguard.h>

/* What a flow costs: 11 tests at the most, one of them spare, and 32 notes. */
static_assert(sizeof(struct rg_content) <= 288, "memory of a content test");
static_assert(sizeof(struct rg_note) <= 12, "memory of a decided stream");
static_assert(RTPGUARD_PROTECTION_CLEAR < 8, "rg_note.protection has 3 bits");

#define DATA_MAX 320

/* Feeds a payload in an allocation of its own: a read too many is seen. */
static void feed(struct rg_content *content, const u8 *bytes, u32 len,
		 u32 readable, u8 pt, bool alone)
{
	u8 *copy = malloc(readable ? readable : 1);
	struct rg_payload payload = {
		.data = copy, .len = len, .readable = readable,
		.pt = pt, .alone = alone,
	};

	memcpy(copy, bytes, readable);
	rg_content_feed(content, &payload);
	free(copy);
}

TEST(every_length_readable_or_cut)
{
	static const u8 types[] = { 0, 18, 96 };
	struct rg_content content;
	struct rg_random random;
	u8 bytes[DATA_MAX];
	u32 len, readable, i;

	random_seed(&random, 1);
	for (len = 0; len <= 300; len++) {
		for (readable = 0; readable <= len; readable++) {
			memset(&content, 0, sizeof(content));
			/* Some rules begin with the third packet of a length. */
			for (i = 0; i < 6; i++) {
				random_fill(&random, bytes, len);
				feed(&content, bytes, len, readable,
				     types[(len + i / 5) % 3], i == 5);
				ASSERT_LT(content.best, RG_SUSPECTED_BITS);
			}
			ASSERT_EQ(content.packets, 6);
			ASSERT_EQ(content.len, len);
		}
	}
}

/* Nothing that was not seen is bet on: zeroes behind the cut would be hits. */
TEST(what_is_cut_off_is_no_evidence)
{
	struct rg_content content = { 0 };
	u8 bytes[DATA_MAX] = { 0 };
	struct rg_random random;
	u32 i, readable;

	random_seed(&random, 2);
	for (readable = 0; readable <= 40; readable++) {
		memset(&content, 0, sizeof(content));
		for (i = 0; i < 200; i++) {
			random_fill(&random, bytes, readable);
			feed(&content, bytes, 300, readable, 96, false);
		}
		EXPECT_LT(content.best, RG_SUSPECTED_BITS)
			TH_LOG("%u bytes readable", readable);
		EXPECT_LE(content.positions, 200 * readable);
	}
}

/* The length that is tested of a packet whose last byte counts the padding. */
static u32 tested_len(u8 first, u32 payload_len, u8 last, u32 cut)
{
	struct rg_content content = { 0 };
	u8 bytes[12 + DATA_MAX];
	struct rg_packet pkt = { .data = bytes };
	struct rg_rtp rtp;

	pkt.wire_len = packet_rtp(bytes, 96, 1, 1, 1, payload_len);
	bytes[0] = first;
	if (payload_len)
		bytes[pkt.wire_len - 1] = last;
	pkt.len = pkt.wire_len - cut;
	if (!rg_rtp_parse(&pkt, &rtp))
		return ~0u;
	rg_content_feed_rtp(&content, &pkt, &rtp, false);
	return content.len;
}

TEST(padding_is_stripped_where_its_count_can_be_true)
{
	u32 len, count;

	for (len = 0; len <= 60; len++) {
		for (count = 0; count < 256; count++) {
			u32 want = len;

			/* More than a trailer is left. */
			if (count < len && len - count > RG_TRAILER_MAX + 2)
				want = len - count;

			ASSERT_EQ(tested_len(0xa0, len, count, 0), want);
			/* Without the P bit, or without the last byte. */
			ASSERT_EQ(tested_len(0x80, len, count, 0), len);
			if (len)
				ASSERT_EQ(tested_len(0xa0, len, count, 1), len);
		}
	}
	/* The padding is as constant as can be. */
	EXPECT_EQ(tested_len(0xa0, 300, 255, 0), 45);
}

/* A flow of packets with one SSRC. */
struct flow {
	struct rg_media media;
	struct rg_answer ans;
	u8 bytes[12 + CIPHER_LEN_MAX];
	u32 packets;
	u8 worst;
};

static void flow_feed(struct flow *flow, u32 len)
{
	struct rg_packet pkt = {
		.data = flow->bytes, .len = len, .wire_len = len,
		.now_ms = 20 * flow->packets,
	};

	media_feed(&flow->media, &pkt, true, &flow->ans);
	flow->packets++;
	if (rg_protection_worse(flow->ans.protection, flow->worst))
		flow->worst = flow->ans.protection;
}

static void flow_end(struct flow *flow)
{
	media_end(&flow->media);
	memset(flow, 0, sizeof(*flow));
}

TEST(duplicates_are_fed_once)
{
	struct flow flow = { 0 };
	struct cipher cipher;
	u32 i, again, len;

	cipher_begin(&cipher, 3, 10);
	for (i = 0; i < 20; i++) {
		len = cipher_rtp(&cipher, flow.bytes, i, 1);
		for (again = 0; again < 4; again++) {
			flow_feed(&flow, len);
			ASSERT_EQ(flow.ans.duplicate, again > 0);
		}
		ASSERT_NE(flow.ans.stream->content, NULL);
		EXPECT_EQ(flow.ans.stream->content->packets, i + 1);
		/* And late ones, up to the window. */
		if (i == 10) {
			put_be16(flow.bytes + 2, 3);
			flow_feed(&flow, len);
			EXPECT_TRUE(flow.ans.duplicate);
		}
	}
	flow_end(&flow);
}

enum {
	KEEP_ALIVES_ONLY,
	KEEP_ALIVES_REKEYED,
	KEEP_ALIVES_AND_SPEECH,
	KEEP_ALIVES_IN_BURSTS,
	KEEP_ALIVES,
};

/* The worst that 2,000 packets of empty SRTP with an MKI are taken for. */
static u8 keep_alive_worst(struct cipher *cipher, u32 kind)
{
	struct flow flow = { 0 };
	u8 worst;
	u32 i;

	for (i = 0; i < 2000; i++) {
		if (kind != KEEP_ALIVES_ONLY && i % 100 == 99)
			cipher_rekey(cipher);
		cipher->keep_alive = true;
		if (kind == KEEP_ALIVES_AND_SPEECH)
			cipher->keep_alive = i & 1;
		if (kind == KEEP_ALIVES_IN_BURSTS)
			cipher->keep_alive = i % 20 > 10;
		flow_feed(&flow, cipher_rtp(cipher, flow.bytes, i, 1));
	}
	worst = flow.worst;
	flow_end(&flow);
	return worst;
}

TEST(keep_alives_with_an_mki_are_not_suspected)
{
	static const u8 tags[] = { 4, 8, 10, 16 };
	static const u8 types[] = { 0, 18, 96 };
	struct cipher cipher;
	u32 mki, t, kind, pt;

	for (mki = 1; mki <= CIPHER_MKI_MAX; mki++) {
		for (t = 0; t < ARRAY_SIZE(tags) * KEEP_ALIVES; t++) {
			kind = t % KEEP_ALIVES;
			pt = types[(mki + t) % ARRAY_SIZE(types)];
			memset(&cipher, 0, sizeof(cipher));
			random_seed(&cipher.random, 100 * mki + t);
			cipher.pt = pt;
			cipher.len = 20 + 10 * (t % 3);
			cipher.spread = mki & 1 ? 30 : 0;
			cipher.tag_len = tags[t / KEEP_ALIVES];
			/* AES-CCM has tags of 8 bytes too. */
			cipher.mki_last = cipher.tag_len == 16 ||
					  (cipher.tag_len == 8 && mki & 1);
			cipher.mki_len = mki;
			cipher_rekey(&cipher);
			EXPECT_LT(keep_alive_worst(&cipher, kind),
				  RTPGUARD_PROTECTION_SUSPECTED)
				TH_LOG("MKI %u, tag %u, kind %u, type %u", mki,
				       cipher.tag_len, kind, pt);
		}
	}
}

/*
 * SRTP of padded packets: the last byte of the tag is no count of padding, and
 * what it seems to leave of a short packet is no payload.
 */
TEST(padding_behind_srtp_does_not_uncover_the_mki)
{
	static const u8 tags[] = { 4, 8, 10, 16 };
	struct flow flow = { 0 };
	struct cipher cipher;
	u32 t, i, len;

	for (t = 0; t < 10 * ARRAY_SIZE(tags); t++) {
		memset(&cipher, 0, sizeof(cipher));
		random_seed(&cipher.random, t);
		cipher.pt = 96;
		/* The padding is all there is, as in probes for bandwidth. */
		cipher.len = 1 + t % 3;
		cipher.spread = t & 4 ? 8 : 0;
		cipher.tag_len = tags[t / 10];
		cipher.mki_len = 4;
		cipher_rekey(&cipher);
		for (i = 0; i < 3000; i++) {
			len = cipher_rtp(&cipher, flow.bytes, i, 1);
			flow.bytes[0] |= 0x20;
			flow_feed(&flow, len);
		}
		EXPECT_LT(flow.worst, RTPGUARD_PROTECTION_SUSPECTED)
			TH_LOG("length %u, tag %u", cipher.len, cipher.tag_len);
		flow_end(&flow);
	}
}

/* The best evidence of SRTP whose lengths are two, by chance. */
static s32 two_lengths_best(struct cipher *cipher, u16 a, u16 b)
{
	struct rg_content content = { 0 };
	u8 bytes[CIPHER_LEN_MAX];
	s32 best = 0;
	u32 i, len;

	for (i = 0; i < 3000; i++) {
		cipher->len = random_below(&cipher->random, 2) ? a : b;
		len = cipher_payload(cipher, bytes);
		feed(&content, bytes, len, len, cipher->pt, false);
		if (content.best > best)
			best = content.best;
	}
	return best;
}

/*
 * Where frames of a codec would be is an MKI in one packet, and cipher text in
 * the next: that it changes does not mean that it is random.
 */
TEST(an_mki_that_lengths_move_is_not_bet_on)
{
	static const u8 tags[] = { 4, 8, 10, 16 };
	struct cipher cipher;
	u32 t, mki, a, b;

	for (t = 0; t < ARRAY_SIZE(tags) * CIPHER_MKI_MAX; t++) {
		memset(&cipher, 0, sizeof(cipher));
		random_seed(&cipher.random, t);
		mki = 1 + t % CIPHER_MKI_MAX;
		/* A longer trailer is in reach of other bets, see RG_TRAILER_MAX. */
		if (mki + tags[t / CIPHER_MKI_MAX] > RG_TRAILER_MAX)
			continue;
		cipher.pt = t & 1 ? 18 : 96;
		cipher.tag_len = tags[t / CIPHER_MKI_MAX];
		cipher.mki_last = cipher.tag_len == 16;
		cipher.mki_len = mki;
		cipher_rekey(&cipher);
		/* Frames of G.729, with and without a comfort noise frame. */
		a = 40 - (mki + cipher.tag_len) % 10;
		for (b = a - 10; b <= a + 10; b += 2) {
			EXPECT_LT(two_lengths_best(&cipher, a, b),
				  RG_SUSPECTED_BITS)
				TH_LOG("MKI %u, tag %u, lengths %u and %u", mki,
				       cipher.tag_len, a, b);
		}
	}
}

/* Payloads of codecs: number, what the packet before had, random bytes. */
static u32 telephone_event(u8 *p, u32 n, struct rg_random *random)
{
	p[0] = 5;
	p[1] = 0x0a;
	put_be16(p + 2, 160 * (n + 1));
	return 4;
}

/* RFC 4867, bandwidth-efficient, 4.75 kbit/s: 10 bits of header. */
static u32 amr_475(u8 *p, u32 n, struct rg_random *random)
{
	random_fill(random, p, 14);
	p[0] = 0xf0;
	p[1] = (p[1] & 0x3f) | 0x40;
	return 14;
}

/* RFC 4867, octet-aligned, 12.2 kbit/s. */
static u32 amr_122(u8 *p, u32 n, struct rg_random *random)
{
	random_fill(random, p, 33);
	p[0] = 0xf0;
	p[1] = 0x3c;
	return 33;
}

/* Comfort noise (RFC 3389) with a spectrum that hardly moves. */
static u32 comfort_noise(u8 *p, u32 n, struct rg_random *random)
{
	memset(p, 0x40, 11);
	p[0] = 60 + random_below(random, 4);
	return 11;
}

/* Text (RFC 4103), two characters a packet. */
static u32 text(u8 *p, u32 n, struct rg_random *random)
{
	u32 i;

	for (i = 0; i < 5; i++)
		p[i] = 'a' + random_below(random, 26);
	return 5;
}

/* G.711 of a quiet room: a few codes around zero. */
static u32 quiet_g711(u8 *p, u32 n, struct rg_random *random)
{
	u32 i;

	for (i = 0; i < 160; i++)
		p[i] = (random_below(random, 2) ? 0xf8 : 0x78) +
		       random_below(random, 8);
	return 160;
}

TEST(short_payloads_of_codecs_are_found)
{
	static const struct {
		const char *name;
		u32 (*payload)(u8 *p, u32 n, struct rg_random *random);
		u8 pt;
		u8 within;
	} cases[] = {
		{ "telephone-event", telephone_event, 101, 10 },
		{ "AMR 4.75", amr_475, 97, 15 },
		{ "AMR 12.2", amr_122, 97, 10 },
		{ "comfort noise", comfort_noise, 13, 30 },
		{ "text", text, 98, 30 },
		{ "G.711", quiet_g711, 0, 3 },
	};
	struct flow flow = { 0 };
	struct rg_random random;
	u32 c, i, len;

	random_seed(&random, 4);
	for (c = 0; c < ARRAY_SIZE(cases); c++) {
		for (i = 0; i < cases[c].within; i++) {
			packet_rtp(flow.bytes, cases[c].pt, i, 160 * i, 1, 0);
			len = cases[c].payload(flow.bytes + 12, i, &random);
			flow_feed(&flow, 12 + len);
			if (flow.ans.protection == RTPGUARD_PROTECTION_CLEAR)
				break;
		}
		EXPECT_EQ(flow.ans.protection, RTPGUARD_PROTECTION_CLEAR)
			TH_LOG("%s", cases[c].name);
		TH_LOG("%s: %u packets", cases[c].name, flow.packets);
		flow_end(&flow);
	}
}

TEST_HARNESS_MAIN
