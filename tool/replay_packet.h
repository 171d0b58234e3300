/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_REPLAY_PACKET_H
#define RG_REPLAY_PACKET_H

#include "core/types.h"

struct capture_packet;
struct rg_cur;

/**
 * enum replay_kind - what a captured packet is to us
 * @REPLAY_KIND_OTHER: not IP, or IP without ports
 * @REPLAY_KIND_FLOW: has ports, and so a flow
 * @REPLAY_KIND_FRAGMENT: a later fragment: of a flow, but it does not say which
 * @REPLAY_KIND_UNDECODED: broken headers, or cut off before the ports
 */
enum replay_kind {
	REPLAY_KIND_OTHER,
	REPLAY_KIND_FLOW,
	REPLAY_KIND_FRAGMENT,
	REPLAY_KIND_UNDECODED,
	REPLAY_KINDS,
};

/**
 * struct replay_headers - what the headers of a packet say
 * @saddr: source; an IPv4 address is in the first four bytes
 * @daddr: destination
 * @sport: host byte order
 * @dport: host byte order
 * @family: 4 or 6
 * @l4proto: IPPROTO_*
 * @ip_len: bytes at the network layer, headers included
 * @payload: of UDP, UDP-Lite and TCP
 * @len: bytes captured at @payload
 * @wire_len: bytes of the whole datagram's or segment's payload on the wire; 0:
 *	there is none, it is neither, or its length is not known
 * @seq: TCP: sequence number of the payload's first byte
 * @opens: TCP: the first segment of a direction
 * @begins: TCP: and of its connection
 * @ends: TCP: the connection is given up
 */
struct replay_headers {
	u8 saddr[16];
	u8 daddr[16];
	u16 sport;
	u16 dport;
	u8 family;
	u8 l4proto;
	u32 ip_len;
	const u8 *payload;
	u32 len;
	u32 wire_len;
	u32 seq;
	bool opens;
	bool begins;
	bool ends;
};

/* replay_link.c */
enum replay_kind replay_packet_parse(const struct capture_packet *pkt, u8 link,
				     struct replay_headers *head);

/* replay_ip.c */
enum replay_kind replay_ip_parse(struct rg_cur *cur, u8 family, u32 wire_len,
				 struct replay_headers *head);

#endif /* RG_REPLAY_PACKET_H */
