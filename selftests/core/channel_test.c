// SPDX-License-Identifier: GPL-2.0
/*
 * TURN's channels to 7FFF (RFC 5766, 11): what they are taken for, and what for them.
 *
 * QUIC's short header (RFC 9000, 17.3.1) has their first bits, and any bytes where their
 * length is. What that costs QUIC: in enforce nothing, and in strict a packet where
 * chance would have it.
 */
#include "core/carrier.h"
#include "framer_streams.h"
#include "kselftest_harness.h"
#include "memory.h"
#include "random.h"
#include "verdicts.h"

#include <uapi/linux/rtpguard.h>

#define CONNECTIONS	500
#define PACKETS		400
#define LEN		1200
#define COPIED		64
#define PEERS		0x10000
#define IDS_MAX		20

/**
 * struct quic - a connection, as one side of it sends
 * @random: where its bytes come from
 * @id: the connection's
 * @id_len: bytes of it
 * @peers: a flow for each channel that was seen
 * @opened: packets that were taken for ChannelData
 * @media: of these, what may be media
 * @tally: of all
 */
struct quic {
	struct rg_random random;
	u8 id[IDS_MAX];
	u32 id_len;
	struct rg_media *peers[PEERS];
	u32 opened;
	u32 media;
	struct tally tally;
};

static struct quic quic;

static void connection_begin(u32 id_len)
{
	quic.id_len = id_len;
	random_fill(&quic.random, quic.id, sizeof(quic.id));
}

static void connection_end(void)
{
	u32 i;

	for (i = 0; i < PEERS; i++) {
		if (!quic.peers[i])
			continue;
		media_end(quic.peers[i]);
		free(quic.peers[i]);
		quic.peers[i] = NULL;
	}
}

/* @as_channel: the length field is one, by chance. */
static void packet_send(u64 now_ms, bool as_channel)
{
	struct rg_packet pkt = { .len = COPIED, .wire_len = LEN, .now_ms = now_ms };
	struct rg_answer ans;
	u8 p[COPIED];

	random_fill(&quic.random, p, sizeof(p));
	p[0] = 0x40 | (p[0] & 0x3f);
	memcpy(p + 1, quic.id, quic.id_len);
	if (as_channel)
		put_be16(p + 2, LEN - RG_CHANNEL_HEADER_LEN);
	pkt.data = p;
	rg_carrier_open(&pkt);
	quic.opened += pkt.carried;
	if (!quic.peers[pkt.peer])
		quic.peers[pkt.peer] = calloc(1, sizeof(struct rg_media));
	media_feed(quic.peers[pkt.peer], &pkt, true, &ans);
	quic.media += rg_shape_is_media(ans.shape);
	tally_add(&quic.tally, &ans);
}

FIXTURE(quic)
{
	u32 sent;
};

FIXTURE_SETUP(quic)
{
	memset(&quic, 0, sizeof(quic));
	random_seed(&quic.random, 1);
	self->sent = CONNECTIONS * PACKETS;
}

FIXTURE_TEARDOWN(quic)
{
}

/* The length field is where the connection's number is, or random. */
TEST_F(quic, by_chance_it_is_nearly_never_channel_data)
{
	u32 i, n;

	for (i = 0; i < CONNECTIONS; i++) {
		connection_begin(i % (IDS_MAX + 1));
		for (n = 0; n < PACKETS; n++)
			packet_send(20 * n, false);
		connection_end();
	}
	EXPECT_EQ(quic.tally.fed, self->sent);
	EXPECT_EQ(quic.tally.enforce, self->sent);
	/* One in 2^14 at most, and a quarter of these begins like RTP. */
	EXPECT_LE(quic.opened, 2 * self->sent >> 14);
	EXPECT_GE(quic.tally.strict, self->sent - (self->sent >> 15));
}

/* Without a number of the connection: one packet of each has a length that fits. */
TEST_F(quic, one_that_is_by_chance_costs_strict_no_other)
{
	u32 i, n, opened, held;

	for (i = 0; i < CONNECTIONS; i++) {
		connection_begin(0);
		held = quic.tally.fed - quic.tally.strict;
		opened = quic.opened;
		for (n = 0; n < PACKETS; n++)
			packet_send(20 * n, n == i % PACKETS);
		ASSERT_LE(quic.tally.fed - quic.tally.strict - held,
			  quic.opened - opened);
		connection_end();
	}
	EXPECT_GE(quic.opened, CONNECTIONS);
	EXPECT_EQ(quic.tally.enforce, self->sent);
	/* A quarter begins like RTP. */
	EXPECT_LE(quic.media, CONNECTIONS / 3);
	EXPECT_GE(quic.tally.strict, self->sent - CONNECTIONS / 3);
}

/* The manual says so: where the number itself is the length, it goes on. */
TEST_F(quic, a_connection_whose_number_is_the_length_passes_enforce)
{
	u32 i, n;

	for (i = 0; i < CONNECTIONS; i++) {
		connection_begin(4 + i % (IDS_MAX - 3));
		quic.id[3] = 0x80 | i % 0x40;
		for (n = 0; n < PACKETS; n++)
			packet_send(20 * n, true);
		connection_end();
	}
	EXPECT_EQ(quic.opened, self->sent);
	EXPECT_EQ(quic.tally.enforce, self->sent);
	EXPECT_LT(quic.tally.strict, self->sent);
}

static struct caller caller;

static void connection_known(u16 number)
{
	caller_end(&caller);
	channels_make(number, 4);
	caller_segment(&caller, stream.bytes, stream.len, true);
}

static void connection_goes_on(u16 number, u32 count)
{
	channels_make(number, count);
	caller_segment(&caller, stream.bytes + RG_STUN_HEADER_LEN,
		       stream.len - RG_STUN_HEADER_LEN, false);
}

static const u16 channels[] = { 0x4000, 0x4fff, 0x5000, 0x5185, 0x69de, 0x7fff };

TEST(on_tcp_each_channel_has_frames)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(channels); i++) {
		connection_known(channels[i]);
		EXPECT_EQ(caller.count, 5) TH_LOG("%04x", channels[i]);
		connection_goes_on(channels[i], 3);
		EXPECT_EQ(caller.count, 8) TH_LOG("%04x", channels[i]);
		EXPECT_EQ(caller.framer.framing, RG_FRAMING_TURN);
	}
	caller_end(&caller);
}

/* What has the first two bits of no message, nor of a channel. */
TEST(on_tcp_none_is_above_7fff)
{
	static const u16 numbers[] = { 0x8000, 0xbfff, 0xc000, 0xffff };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		connection_known(0x4001);
		connection_goes_on(numbers[i], 1);
		EXPECT_EQ(caller.count, 5) TH_LOG("%04x", numbers[i]);
		EXPECT_EQ(caller.framer.framing, RG_FRAMING_HUNT);
	}
	caller_end(&caller);
}

TEST(on_tcp_they_are_found_again)
{
	u32 i, junk;

	for (i = 0; i < ARRAY_SIZE(channels); i++) {
		for (junk = 1; junk < 3000; junk += 613) {
			connection_known(channels[i]);
			rg_framer_hole(&caller.framer);
			stream.len = 0;
			stream_fill(&stream, 0x55, junk);
			caller_segment(&caller, stream.bytes, stream.len, false);
			channels_make(channels[i], 20);
			/* The first is cut, and all others are whole. */
			caller_segment(&caller, stream.bytes + 50, stream.len - 50, false);
			EXPECT_EQ(caller.framer.framing, RG_FRAMING_TURN);
			EXPECT_EQ(caller.count, 5 + 19)
				TH_LOG("%04x, %u", channels[i], junk);
		}
	}
	caller_end(&caller);
}

/* Where frames were lost each byte may be a channel's first. */
TEST(on_tcp_chance_finds_none_in_cipher_text)
{
	static u8 noise[1448];
	struct rg_random r;
	u32 i, fed;

	random_seed(&r, 1);
	for (i = 0; i < 20; i++) {
		connection_known(0x4001);
		rg_framer_hole(&caller.framer);
		for (fed = 0; fed <= RG_HUNT_MAX; fed += sizeof(noise)) {
			random_fill(&r, noise, sizeof(noise));
			caller_segment(&caller, noise, sizeof(noise), false);
		}
		EXPECT_EQ(caller.framer.framing, RG_FRAMING_OTHER);
		EXPECT_EQ(caller.count, 5);
	}
	caller_end(&caller);
}

/* No connection begins with a channel: what does is TLS, HTTP or any other. */
TEST(on_tcp_no_connection_begins_with_one)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(channels); i++) {
		caller_end(&caller);
		connection_goes_on(channels[i], 20);
		connection_goes_on(channels[i], 20);
		EXPECT_EQ(caller.count, 0);
	}
	caller_end(&caller);
}

TEST_HARNESS_MAIN
