/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_CORE_STUN_H
#define RG_CORE_STUN_H

#include "packet.h"

/* RFC 8489, 5: the header, and the cookie in it. */
#define RG_STUN_HEADER_LEN	20
#define RG_STUN_COOKIE		0x2112a442u

/*
 * RFC 8656, 12: channel number and length. The number's first two bits, which are no
 * other message's (RFC 5766, 11).
 */
#define RG_CHANNEL_HEADER_LEN	4
#define RG_CHANNEL_PADDING_MAX	3
#define RG_CHANNEL_BITS		1

/* The peer of a message that names two: neither a channel's nor an address's number. */
#define RG_STUN_PEERS		0x3fff

/**
 * struct rg_stun - a STUN message
 * @type: class and method, as they are on the wire
 * @peer: of a Send or Data indication: whom the data is for or from, folded, or
 *	RG_STUN_PEERS; not 0
 * @data: of these, the data that is carried, or NULL
 * @data_len: bytes readable at @data
 * @data_wire_len: bytes of it on the wire
 */
struct rg_stun {
	u16 type;
	u16 peer;
	const u8 *data;
	u32 data_len;
	u32 data_wire_len;
};

bool rg_stun_parse(const struct rg_packet *pkt, struct rg_stun *stun);
bool rg_channel_parse(const struct rg_packet *pkt, struct rg_stun *stun);

#endif /* RG_CORE_STUN_H */
