// SPDX-License-Identifier: GPL-2.0
/*
 * One datagram through what takes it out of TURN's. The first two bytes of the
 * input say, low first, how much longer the datagram was on the wire than its
 * copy is; with bit 15 set its own length field is made to agree, or few would.
 */
#include "core/carrier.h"
#include "core/classify.h"
#include "core/limits.h"
#include "packets.h"
#include "require.h"

#define HEAD_LEN	2
#define FIT_LENGTH	0x8000
#define MISSING_MASK	0x0fff

/* What says so before the data: a channel's number or an attribute's type. */
#define TYPE_DATA	0x0013

static void length_fit(u8 *bytes, const struct rg_packet *pkt)
{
	u32 head = bytes[0] & 0x40 ? RG_CHANNEL_HEADER_LEN : RG_STUN_HEADER_LEN;

	if (pkt->len >= 4 && pkt->wire_len >= head)
		put_be16(bytes + 2, pkt->wire_len - head);
}

static u32 be16(const u8 *p)
{
	return p[0] << 8 | p[1];
}

/* Right before the data are its length on the wire, and what it is. */
static void inside_check(const struct rg_packet *pkt, const struct rg_packet *inner)
{
	u32 off = inner->data - pkt->data;
	u32 type;

	require(off >= RG_CHANNEL_HEADER_LEN && off <= pkt->len);
	require(inner->len <= pkt->len - off);
	require(inner->wire_len && inner->wire_len <= pkt->wire_len - off);
	require(inner->len <= inner->wire_len);
	/* Of what is on the wire all that was copied can be read. */
	require(inner->len == min_t(u32, pkt->len - off, inner->wire_len));
	require(be16(inner->data - 2) == inner->wire_len);
	type = be16(inner->data - 4);
	require(type == TYPE_DATA || type >> 14 == 1);
	require(inner->peer);
}

/* The headers alone say as much as the whole, but for an address behind. */
static void cut_check(const struct rg_packet *pkt, const struct rg_packet *inner)
{
	struct rg_packet cut = *pkt;

	cut.len = inner->data - pkt->data;
	rg_carrier_open(&cut);
	require(cut.data == inner->data);
	require(!cut.len && cut.wire_len == inner->wire_len);
	require(cut.peer);
}

/* A transport stream, and no channel with media in it. */
static bool is_mpegts(const struct rg_packet *pkt, const struct rg_stun *channel)
{
	struct rg_mpegts mpegts;

	return rg_mpegts_parse(pkt, &mpegts) &&
	       channel->data_len >= RG_HEAD_LEN &&
	       !rg_may_be_media(channel->data, channel->data_wire_len);
}

/* Each carrier by itself; none is two. */
static bool carried(const struct rg_packet *pkt)
{
	struct rg_stun stun, channel;
	bool is_stun = rg_stun_parse(pkt, &stun);
	bool is_channel = rg_channel_parse(pkt, &channel);

	require(!is_stun || !is_channel);
	if (is_stun)
		require(stun.type >> 14 == 0 &&
			(!stun.peer || stun.peer >> 15 || stun.peer == RG_STUN_PEERS));
	if (is_channel)
		require(channel.peer >> 14 == 1 && channel.data_wire_len);
	return (is_stun && stun.data && stun.data_wire_len) ||
	       (is_channel && !is_mpegts(pkt, &channel));
}

static void worth_check(const struct rg_packet *pkt, bool open)
{
	struct rg_answer ans;

	rg_feed(NULL, pkt, &ans);
	if (pkt->len >= RG_HEAD_LEN && !rg_may_be_media(pkt->data, pkt->wire_len))
		require(!open && ans.shape == RG_SHAPE_OTHER);
}

/* A flow of the peer's, and of this datagram alone. */
static void feed_check(const struct rg_packet *pkt)
{
	struct rg_media media = { 0 };
	struct rg_answer ans;

	rg_feed(&media, pkt, &ans);
	require(ans.shape != RG_SHAPE_STUN || !ans.hold);
	require(!rg_media_drain(&media));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct rg_packet pkt = { .now_ms = 1 };
	struct rg_packet inner;
	u32 head;
	u8 *copy;

	if (size < HEAD_LEN)
		return 0;
	head = data[0] | data[1] << 8;
	pkt.len = (u32)size - HEAD_LEN;
	pkt.wire_len = pkt.len + (head & MISSING_MASK);
	copy = malloc(pkt.len ? pkt.len : 1);
	require(copy);
	memcpy(copy, data + HEAD_LEN, pkt.len);
	if (head & FIT_LENGTH)
		length_fit(copy, &pkt);
	pkt.data = copy;
	inner = pkt;
	rg_carrier_open(&inner);
	require((inner.data != pkt.data) == carried(&pkt));
	worth_check(&pkt, inner.data != pkt.data);
	if (inner.data != pkt.data) {
		inside_check(&pkt, &inner);
		cut_check(&pkt, &inner);
	} else {
		require(!inner.peer && inner.len == pkt.len &&
			inner.wire_len == pkt.wire_len);
	}
	feed_check(&inner);
	free(copy);
	return 0;
}
