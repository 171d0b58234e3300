/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_SELFTESTS_TURN_PACKETS_H
#define RG_SELFTESTS_TURN_PACKETS_H

#include "core/stun.h"
#include "packets.h"

/* STUN messages and ChannelData, and what they carry. */

#define DATAGRAM_MAX	1024

#define BINDING_REQUEST	0x0001
#define TURN_SEND		0x0016
#define TURN_DATA		0x0017
#define ATTR_PEER	0x0012
#define ATTR_DATA	0x0013
#define ATTR_SOFTWARE	0x8022

/* A datagram in the making. */
struct datagram {
	u8 bytes[DATAGRAM_MAX];
	u32 len;
};

/* Whom a relay sends it to. */
struct peer {
	u32 address_len;
	u16 port;
	u8 address[16];
};

static const struct peer ipv4 = { 4, 40000, { 192, 0, 2, 1 } };
static const struct peer ipv6 = { 16, 40000, { 0x20, 1, 0xd, 0xb8, [15] = 1 } };

static inline void stun_begin(struct datagram *d, u16 type, u32 id)
{
	put_be32(d->bytes, (u32)type << 16);
	put_be32(d->bytes + 4, RG_STUN_COOKIE);
	put_be32(d->bytes + 8, id);
	put_be32(d->bytes + 12, ~id);
	put_be32(d->bytes + 16, id * 0x9e3779b9);
	d->len = RG_STUN_HEADER_LEN;
}

/* Its padding may be anything (RFC 8489, 14). */
static inline void attribute_add(struct datagram *d, u16 type, const u8 *value, u32 len)
{
	u8 *p = d->bytes + d->len;

	put_be32(p, (u32)type << 16 | len);
	memset(p + 4, 0xee, (len + 3) & ~3u);
	memcpy(p + 4, value, len);
	d->len += 4 + ((len + 3) & ~3u);
	put_be16(d->bytes + 2, d->len - RG_STUN_HEADER_LEN);
}

static inline void peer_add(struct datagram *d, const struct peer *peer)
{
	u8 value[20] = { 0, peer->address_len == 4 ? 1 : 2 };
	u32 i;

	put_be16(value + 2, peer->port ^ RG_STUN_COOKIE >> 16);
	for (i = 0; i < peer->address_len; i++)
		value[4 + i] = peer->address[i] ^ d->bytes[4 + i];
	attribute_add(d, ATTR_PEER, value, 4 + peer->address_len);
}

static inline void indication(struct datagram *d, u16 type, u32 id,
			      const struct peer *peer, const struct datagram *inner)
{
	stun_begin(d, type, id);
	peer_add(d, peer);
	attribute_add(d, ATTR_DATA, inner->bytes, inner->len);
}

static inline void channel(struct datagram *d, u16 number, const struct datagram *inner)
{
	put_be32(d->bytes, (u32)number << 16 | inner->len);
	memcpy(d->bytes + 4, inner->bytes, inner->len);
	d->len = 4 + inner->len;
}

/* Channels: RFC 8656's, and those that RFC 5766 had as well. */
static inline u16 channel_of(char layer)
{
	switch (layer) {
	case 'c':
		return 0x4001;
	case 'p':
		return 0x5185;
	case 'q':
		return 0x69de;
	case 'r':
		return 0x7fff;
	}
	return 0;
}

static inline void wrap(struct datagram *d, char layer)
{
	struct datagram inner = *d;

	if (channel_of(layer))
		channel(d, channel_of(layer), &inner);
	else if (layer == 'b')
		stun_begin(d, BINDING_REQUEST, 3);
	else if (layer == 's' || layer == 'S')
		indication(d, TURN_SEND, 1, layer == 's' ? &ipv4 : &ipv6, &inner);
	else
		indication(d, TURN_DATA, 2, layer == 'd' ? &ipv4 : &ipv6, &inner);
}

/* RTP of 172 bytes in these; the first is the outer one. */
static inline void make(struct datagram *d, const char *layers)
{
	size_t i;

	memset(d, 0, sizeof(*d));
	d->len = packet_rtp(d->bytes, 0, 1, 160, 1, 160);
	for (i = strlen(layers); i; i--)
		wrap(d, layers[i - 1]);
}

#endif /* RG_SELFTESTS_TURN_PACKETS_H */
