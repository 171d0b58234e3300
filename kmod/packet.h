/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_PACKET_H
#define RG_PACKET_H

#include <linux/types.h>

struct sk_buff;

/* Bytes of one datagram that are read at the most. */
#define RG_COPY_MAX	2048

/* IPv6 extension headers that are walked at the most. */
#define RG_EXTHDR_MAX	8

/**
 * enum rg_kind - what the network layer says about a packet
 * @RG_KIND_OTHER: neither UDP nor TCP
 * @RG_KIND_DATAGRAM: a whole UDP or UDP-Lite datagram, or a GSO run of them
 * @RG_KIND_SEGMENT: of TCP, or a GSO run of them
 * @RG_KIND_FRAGMENT: a fragment of UDP or TCP; local ones come from raw sockets only,
 *	the kernel fragments after POST_ROUTING
 * @RG_KIND_UNDECODABLE: UDP or TCP with broken headers, or too many of them
 */
enum rg_kind {
	RG_KIND_OTHER,
	RG_KIND_DATAGRAM,
	RG_KIND_SEGMENT,
	RG_KIND_FRAGMENT,
	RG_KIND_UNDECODABLE,
};

/**
 * struct rg_headers - what the headers of a packet say
 * @saddr: source; an IPv4 address is in the first four bytes
 * @daddr: destination
 * @sport: host byte order
 * @dport: host byte order
 * @family: 4 or 6
 * @l4proto: IPPROTO_*
 * @multicast: to a multicast or broadcast address
 * @payload_off: where the transport payload begins, from the skb's first byte
 * @payload_len: bytes of it on the wire, all segments
 * @segment_len: bytes of one datagram; @payload_len unless GSO
 * @seq: TCP: sequence number of the payload's first byte
 * @opens: TCP: the first segment of a direction
 * @begins: TCP: and of its connection
 */
struct rg_headers {
	u8 saddr[16] __aligned(8);
	u8 daddr[16];
	u16 sport;
	u16 dport;
	u8 family;
	u8 l4proto;
	bool multicast;
	u32 payload_off;
	u32 payload_len;
	u32 segment_len;
	u32 seq;
	bool opens;
	bool begins;
};

enum rg_kind rg_packet_parse(const struct sk_buff *skb, u8 pf,
			     struct rg_headers *head);

#endif /* RG_PACKET_H */
