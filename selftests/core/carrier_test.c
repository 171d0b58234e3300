// SPDX-License-Identifier: GPL-2.0
/* What is taken out of TURN's datagrams, and that nothing else is opened. */
#include "core/carrier.h"
#include "core/limits.h"
#include "kselftest_harness.h"
#include "memory.h"
#include "random.h"
#include "turn_packets.h"

#include <uapi/linux/rtpguard.h>

/* What is in them, and where it begins. A third stays closed. */
static const struct {
	const char *layers;
	u32 off;
	u8 shape;
} vectors[] = {
	{ "", 0, RG_SHAPE_RTP }, { "b", 0, RG_SHAPE_STUN },
	{ "c", 4, RG_SHAPE_RTP }, { "cb", 4, RG_SHAPE_STUN },
	{ "s", 36, RG_SHAPE_RTP }, { "d", 36, RG_SHAPE_RTP },
	{ "S", 48, RG_SHAPE_RTP }, { "D", 48, RG_SHAPE_RTP },
	{ "cc", 8, RG_SHAPE_RTP }, { "sc", 40, RG_SHAPE_RTP },
	{ "ss", 72, RG_SHAPE_RTP }, { "dD", 84, RG_SHAPE_RTP },
	{ "ccc", 8, RG_SHAPE_OTHER }, { "sss", 72, RG_SHAPE_STUN },
	{ "p", 4, RG_SHAPE_RTP }, { "q", 4, RG_SHAPE_RTP }, { "r", 4, RG_SHAPE_RTP },
	{ "pb", 4, RG_SHAPE_STUN }, { "pq", 8, RG_SHAPE_RTP }, { "qc", 8, RG_SHAPE_RTP },
	{ "cr", 8, RG_SHAPE_RTP }, { "sq", 40, RG_SHAPE_RTP }, { "rS", 52, RG_SHAPE_RTP },
	{ "pqr", 8, RG_SHAPE_OTHER }, { "qqb", 8, RG_SHAPE_STUN },
};

struct inner {
	u32 off;
	u32 len;
	u32 wire_len;
	u16 peer;
	struct rg_answer ans;
};

/* In an allocation of its own: reads beyond it are seen. */
static struct inner copy_open(const u8 *bytes, u32 len, u32 wire_len)
{
	u8 *copy = malloc(len ? len : 1);
	struct rg_packet pkt = { .data = copy, .len = len, .wire_len = wire_len };
	struct inner inner;

	memcpy(copy, bytes, len);
	rg_carrier_open(&pkt);
	inner.off = pkt.data - copy;
	inner.len = pkt.len;
	inner.wire_len = pkt.wire_len;
	inner.peer = pkt.peer;
	rg_feed(NULL, &pkt, &inner.ans);
	free(copy);
	return inner;
}

static struct inner opened(const struct datagram *d)
{
	return copy_open(d->bytes, d->len, d->len);
}

/* Of any bytes: what is opened is inside, and was worth a look. */
static bool sound(const u8 *bytes, u32 len, u32 wire_len)
{
	struct inner inner = copy_open(bytes, len, wire_len);

	if (len >= RG_HEAD_LEN && !rg_may_be_media(bytes, wire_len) &&
	    (inner.off || inner.ans.shape != RG_SHAPE_OTHER))
		return false;
	if (!inner.off)
		return !inner.peer && inner.len == len && inner.wire_len == wire_len;
	return inner.peer && inner.off <= len && inner.len <= len - inner.off &&
	       inner.wire_len && inner.len <= inner.wire_len &&
	       inner.wire_len <= wire_len - inner.off;
}

static bool bare(const struct datagram *d)
{
	return sound(d->bytes, d->len, d->len) && !opened(d).off;
}

static u16 peer_of(u16 type, u32 id, const struct peer *peer)
{
	struct datagram media, d;

	make(&media, "");
	indication(&d, type, id, peer, &media);
	return opened(&d).peer;
}

TEST(each_vector_is_opened_up_to_twice)
{
	struct inner inner;
	struct datagram d;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(vectors); i++) {
		make(&d, vectors[i].layers);
		inner = opened(&d);
		EXPECT_EQ(inner.off, vectors[i].off)
			TH_LOG("%s", vectors[i].layers);
		EXPECT_EQ(inner.ans.shape, vectors[i].shape);
		EXPECT_EQ(inner.wire_len, d.len - inner.off);
		EXPECT_EQ(inner.len, inner.wire_len);
		EXPECT_TRUE(sound(d.bytes, d.len, d.len));
	}
}

TEST(channel_data_may_have_three_bytes_behind_it)
{
	struct datagram media, d;
	s32 rest, more;
	bool may;

	make(&media, "");
	for (rest = 0; rest < 4; rest++) {
		for (more = -1; more <= 8; more++) {
			may = more >= 0 && more <= 3;
			media.len = 172 + rest;
			channel(&d, 0x4001, &media);
			d.len += more;
			EXPECT_EQ(opened(&d).off, may ? 4 : 0);
			EXPECT_EQ(opened(&d).len, may ? media.len : d.len);
			EXPECT_TRUE(sound(d.bytes, d.len, d.len));
		}
	}
}

TEST(channels_have_numbers_and_data)
{
	struct datagram d;
	u32 number;

	make(&d, "c");
	for (number = 0; number <= 0xffff; number++) {
		put_be16(d.bytes, number);
		ASSERT_EQ(opened(&d).peer, number >> 14 == 1 ? number : 0)
			TH_LOG("%04x", number);
	}
	put_be32(d.bytes, 0x40010000);
	for (d.len = 4; d.len < 12; d.len++)
		EXPECT_TRUE(bare(&d));
	put_be32(d.bytes, 0x40010001);
	d.len = 5;
	EXPECT_EQ(opened(&d).len, 1);
}

/* Channel 4700 and 184 bytes are a transport stream's header, too. */
TEST(media_in_a_channel_is_opened_where_a_transport_stream_is_not)
{
	struct datagram d = { .len = 184 };
	struct datagram inner;

	packet_rtp(d.bytes, 0, 1, 160, 1, 172);
	inner = d;
	channel(&d, 0x4700, &inner);
	EXPECT_EQ(opened(&d).off, 4);
	EXPECT_EQ(opened(&d).ans.shape, RG_SHAPE_RTP);
	EXPECT_TRUE(sound(d.bytes, d.len, d.len));
	/* An adaptation field of 7 bytes. */
	d.bytes[4] = 7;
	EXPECT_EQ(opened(&d).off, 0);
	EXPECT_EQ(opened(&d).ans.shape, RG_SHAPE_NONRTP);
	EXPECT_TRUE(sound(d.bytes, d.len, d.len));
}

TEST(a_peer_has_one_number_in_all_messages)
{
	u16 four = peer_of(TURN_SEND, 0, &ipv4), six = peer_of(TURN_SEND, 0, &ipv6);
	u32 id;

	for (id = 1; id; id <<= 1) {
		EXPECT_EQ(peer_of(TURN_SEND, id, &ipv4), four);
		EXPECT_EQ(peer_of(TURN_DATA, id, &ipv4), four);
		EXPECT_EQ(peer_of(TURN_SEND, id, &ipv6), six);
		EXPECT_EQ(peer_of(TURN_DATA, id, &ipv6), six);
	}
}

TEST(another_address_or_port_has_another_number)
{
	u16 four = peer_of(TURN_SEND, 1, &ipv4), six = peer_of(TURN_SEND, 1, &ipv6);
	struct peer peer;
	u32 bit;

	EXPECT_NE(four, six);
	/* No channel's. */
	EXPECT_TRUE(four & six & 0x8000);
	for (bit = 0; bit < 128; bit++) {
		peer = ipv6;
		peer.address[bit / 8] ^= 1u << bit % 8;
		EXPECT_NE(peer_of(TURN_SEND, 1, &peer), six);
		peer = ipv4;
		peer.address[bit / 8 % 4] ^= 1u << bit % 8;
		EXPECT_NE(peer_of(TURN_SEND, 1, &peer), four);
		peer = ipv4;
		peer.port ^= 1u << bit % 16;
		EXPECT_NE(peer_of(TURN_SEND, 1, &peer), four);
	}
}

/* A sender could be another peer in each packet. */
TEST(what_a_receiver_ignores_of_an_address_is_ignored)
{
	struct datagram d;

	/* The first byte (RFC 8489, 14.1). */
	make(&d, "s");
	d.bytes[RG_STUN_HEADER_LEN + 4] = 0x5a;
	EXPECT_EQ(opened(&d).peer, peer_of(TURN_SEND, 1, &ipv4));
	/* The second, where it is the same. */
	make(&d, "s");
	peer_add(&d, &ipv4);
	EXPECT_EQ(opened(&d).peer, peer_of(TURN_SEND, 1, &ipv4));
}

/* Some servers take the first, some the last: whichever varies, it is one flow. */
TEST(two_addresses_are_one_peer)
{
	struct datagram d;

	make(&d, "s");
	peer_add(&d, &ipv6);
	EXPECT_EQ(opened(&d).peer, RG_STUN_PEERS);
}

TEST(attributes_come_in_any_order)
{
	static const u8 text[8] = "rtpguard";
	struct datagram media, d;
	struct inner inner;
	u32 i;

	make(&media, "");
	for (i = 0; i < 16; i++) {
		media.len = 172 + i % 4;
		stun_begin(&d, TURN_SEND, i);
		attribute_add(&d, ATTR_SOFTWARE, text, i / 2);
		if (i & 1)
			peer_add(&d, &ipv4);
		attribute_add(&d, 0x0000, text, i / 2);
		attribute_add(&d, ATTR_DATA, media.bytes, media.len);
		attribute_add(&d, 0xffff, text, i / 2);
		if (!(i & 1))
			peer_add(&d, &ipv4);
		inner = opened(&d);
		EXPECT_EQ(inner.peer, peer_of(TURN_SEND, 1, &ipv4));
		EXPECT_EQ(inner.len, media.len);
		EXPECT_EQ(inner.wire_len, media.len);
		EXPECT_EQ(inner.ans.shape, RG_SHAPE_RTP);
	}
}

TEST(all_attributes_are_read)
{
	struct datagram media, d;
	u32 before, i;

	make(&media, "");
	for (before = 0; before < 60; before++) {
		stun_begin(&d, TURN_SEND, 1);
		for (i = 0; i < before; i++)
			attribute_add(&d, ATTR_SOFTWARE, media.bytes, 0);
		attribute_add(&d, ATTR_DATA, media.bytes, media.len);
		EXPECT_FALSE(bare(&d));
	}
}

TEST(what_is_no_whole_indication_stays_bare)
{
	/* Where two bytes of it are, and what stands there instead. */
	static const u16 wrong[][2] = {
		/* Requests, answers, other methods, and what is no STUN. */
		{ 0, 0x0001 }, { 0, 0x0006 }, { 0, 0x0007 }, { 0, 0x0015 },
		{ 0, 0x0018 }, { 0, 0x0106 }, { 0, 0x0116 }, { 0, 0x0117 },
		{ 0, 0x4016 }, { 0, 0x8016 }, { 0, 0xc017 },
		/* The length, which is 188, and the cookie. */
		{ 2, 0 }, { 2, 184 }, { 2, 187 }, { 2, 189 }, { 2, 192 },
		{ 4, 0x2113 }, { 4, 0xa112 }, { 6, 0xa443 }, { 6, 0x2442 },
		/* The data's length: none, or more than there is. */
		{ 34, 0 }, { 34, 173 }, { 34, 176 }, { 34, 1024 }, { 34, 0xffff },
	};
	struct datagram d;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		make(&d, "s");
		put_be16(d.bytes + wrong[i][0], wrong[i][1]);
		EXPECT_TRUE(bare(&d))
			TH_LOG("%04x at %u", wrong[i][1], wrong[i][0]);
	}
	/* Nor where the length is right, and not a multiple of four. */
	for (i = 0; i < 8; i++) {
		make(&d, "s");
		d.len += i;
		put_be16(d.bytes + 2, d.len - RG_STUN_HEADER_LEN);
		EXPECT_EQ(bare(&d), i % 4 != 0);
	}
}

TEST(peers_behind_one_peer_differ_and_behind_two_as_well)
{
	bool seen[0x10000] = { false };
	struct peer peer = ipv4;
	struct datagram mid, d;
	u32 i;

	make(&mid, "c");
	for (i = 0; i < 64; i++) {
		put_be16(mid.bytes, 0x4000 + i / 8);
		peer.port = 40000 + i % 8;
		indication(&d, TURN_SEND, i, &peer, &mid);
		EXPECT_FALSE(seen[opened(&d).peer]);
		seen[opened(&d).peer] = true;
		channel(&d, 0x4100 + i % 8, &mid);
		EXPECT_FALSE(seen[opened(&d).peer]);
		seen[opened(&d).peer] = true;
	}
}

TEST(bare_media_and_nothing_are_untouched)
{
	struct datagram d = { .len = 0 };
	u32 first;

	EXPECT_TRUE(bare(&d));
	for (first = 0x80; first <= 0xff; first++) {
		make(&d, first & 1 ? "c" : "s");
		d.bytes[0] = first;
		EXPECT_TRUE(bare(&d));
	}
}

TEST(a_cut_copy_is_opened_and_a_cut_datagram_is_not)
{
	struct inner whole, cut;
	struct datagram d;
	u32 len, wire_len;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(vectors); i++) {
		make(&d, vectors[i].layers);
		whole = opened(&d);
		wire_len = d.len;
		for (len = 0; len < wire_len; len++) {
			d.len = len;
			EXPECT_TRUE(bare(&d));
			ASSERT_TRUE(sound(d.bytes, len, wire_len));
			cut = copy_open(d.bytes, len, wire_len);
			if (len < whole.off)
				continue;
			EXPECT_EQ(cut.off, whole.off);
			EXPECT_EQ(cut.len, len - whole.off);
			EXPECT_EQ(cut.wire_len, whole.wire_len);
			EXPECT_EQ(cut.peer, whole.peer);
		}
	}
}

TEST(random_datagrams_do_no_harm)
{
	u32 i, j, len, wire_len;
	struct rg_random r;
	struct datagram d;

	random_seed(&r, 1);
	for (i = 0; i < 100000; i++) {
		make(&d, vectors[random_below(&r, ARRAY_SIZE(vectors))].layers);
		if (i % 4 == 0)
			random_fill(&r, d.bytes, d.len);
		for (j = random_below(&r, 4); j; j--)
			d.bytes[random_below(&r, 96)] = random_below(&r, 256);
		len = i % 3 ? d.len : random_below(&r, d.len + 1);
		wire_len = i % 8 ? d.len : d.len + random_below(&r, 8);
		ASSERT_TRUE(sound(d.bytes, len, wire_len));
	}
}

TEST(what_begins_like_no_media_is_not_looked_at)
{
	static const u8 heads[][RG_HEAD_LEN] = {
		/* QUIC's short and long header, WireGuard's handshake and data. */
		{ 0x43, 0x9a, 0x1f, 0x77, 2, 0xbb, 0x58, 0x10 },
		{ 0xc3, 0, 0, 0, 1, 8, 0x11, 0x42 },
		{ 1, 0, 0, 0, 0x7d, 0x3e, 0x11, 0x42 },
		{ 4, 0, 0, 0, 0x7d, 0x3e, 0x11, 0x42 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(heads); i++)
		EXPECT_FALSE(rg_may_be_media(heads[i], 1200));
}

/* Letters are lengths that no datagram has on a line of 1,500 bytes, nor of 8,000. */
TEST(text_is_no_channel_data)
{
	static const char *const texts[] = {
		"INVITE sip:a@192.0.2.1 SIP/2.0\r\n", "ACK sip:a@192.0.2.1 SIP/2.0\r\n",
		"BYE sip:a@192.0.2.1 SIP/2.0\r\n", "OPTIONS sip:a@192.0.2.1 SIP/2.0\r\n",
		"REGISTER sip:192.0.2.1 SIP/2.0\r\n", "SIP/2.0 200 OK\r\n",
		"NOTIFY * HTTP/1.1\r\n", "M-SEARCH * HTTP/1.1\r\n", "HTTP/1.1 200 OK\r\n",
		"d1:ad2:id20:aaaaaaaaaaaaaaaaaaaa", "CRCX 1 a/1@192.0.2.1 MGCP 1.0\r\n",
	};
	u32 i, len;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		for (len = RG_HEAD_LEN; len <= 8000; len++) {
			ASSERT_FALSE(rg_may_be_media((const u8 *)texts[i], len));
			ASSERT_FALSE(copy_open((const u8 *)texts[i], 16, len).off);
		}
	}
}

/*
 * BER's tag of an application, and a length of two bytes: what Kerberos sends (RFC 4120,
 * 5.10) is a channel's header, too. What is inside is no media, and passes.
 */
TEST(kerberos_is_no_media)
{
	struct rg_answer ans;
	struct datagram d;
	u32 tag, len;

	for (tag = 0x60; tag < 0x80; tag++) {
		for (len = 256; len < 1000; len++) {
			put_be32(d.bytes, tag << 24 | 0x820000 | len);
			put_be32(d.bytes + 4, 0x30820000 | (len - 4));
			memset(d.bytes + 8, 0xa0, len - 4);
			d.len = len + 4;
			ans = opened(&d).ans;
			ASSERT_EQ(ans.shape, RG_SHAPE_OTHER);
			ASSERT_FALSE(ans.hold);
		}
	}
}

TEST(a_binding_request_is_stun)
{
	struct datagram d;

	make(&d, "b");
	EXPECT_EQ(opened(&d).ans.shape, RG_SHAPE_STUN);
	EXPECT_EQ(opened(&d).ans.class, RTPGUARD_CLASS_STUN);
}

TEST(readable_media_is_clear)
{
	static const char *const layers[] = { "c", "s", "D", "sc", "p", "q", "r", "sq" };
	struct rg_media media = { 0 };
	struct rg_answer ans;
	struct rg_packet pkt;
	struct datagram d;
	u32 i, seq;
	u8 *copy;

	for (i = 0; i < ARRAY_SIZE(layers); i++) {
		for (seq = 1; seq <= 3; seq++) {
			make(&d, layers[i]);
			packet_rtp(d.bytes + d.len - 172, 0, seq, 160 * seq, 1, 160);
			copy = malloc(d.len);
			memcpy(copy, d.bytes, d.len);
			pkt = (struct rg_packet){ .data = copy, .len = d.len,
						  .wire_len = d.len };
			rg_carrier_open(&pkt);
			media_feed(&media, &pkt, true, &ans);
			free(copy);
		}
		EXPECT_EQ(ans.class, RTPGUARD_CLASS_RTP);
		EXPECT_EQ(ans.protection, RTPGUARD_PROTECTION_CLEAR);
		EXPECT_EQ(ans.evidence, RTPGUARD_EVIDENCE_RTP_CONTINUITY |
			  RTPGUARD_EVIDENCE_STATIC_PT_LENGTH |
			  RTPGUARD_EVIDENCE_PAYLOAD_STRUCTURE |
			  RTPGUARD_EVIDENCE_TURN_CARRIED);
		media_end(&media);
	}
}

/* Of what two peers of a relay have; with no evidence a class is nothing but a name. */
TEST(the_stun_of_a_relay_does_not_name_its_flow)
{
	struct rg_summary sum = { .class = RTPGUARD_CLASS_STUN, .ssrcs = 1 };
	struct rg_summary turn = { .class = RTPGUARD_CLASS_TURN, .ssrcs = 2 };
	struct rg_summary stun = { .class = RTPGUARD_CLASS_STUN };
	struct rg_summary dtls = { .class = RTPGUARD_CLASS_DTLS, .evidence = 1 };

	rg_summary_merge(&sum, &turn);
	EXPECT_EQ(RTPGUARD_CLASS_TURN, sum.class);
	EXPECT_EQ(3, sum.ssrcs);
	rg_summary_merge(&sum, &stun);
	EXPECT_EQ(RTPGUARD_CLASS_TURN, sum.class);
	rg_summary_merge(&sum, &dtls);
	rg_summary_merge(&sum, &turn);
	EXPECT_EQ(RTPGUARD_CLASS_DTLS, sum.class);
	stun.protection = RTPGUARD_PROTECTION_CLEAR;
	rg_summary_merge(&sum, &stun);
	EXPECT_EQ(RTPGUARD_CLASS_STUN, sum.class);
}

TEST_HARNESS_MAIN
