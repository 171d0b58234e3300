// SPDX-License-Identifier: GPL-2.0
#include "lookalike.h"
#include "limits.h"

#define LISP_TYPE_ECM		8
#define IPPROTO_NUMBER_UDP	17
#define IPV4_WORDS		10	/* of 16 bits: a header without options */

/*
 * The inner header, without options, and its check sum (RFC 791, 3.1): the sum
 * of its words has to be all ones.
 */
static bool ipv4_walk(const struct rg_packet *pkt, struct rg_cur *cur)
{
	u32 wire_left = rg_wire_left(pkt, cur);
	u32 i, word, len = 0, sum = 0;
	u8 protocol = 0;

	for (i = 0; i < IPV4_WORDS; i++) {
		word = rg_cur_be16(cur);
		sum += word;
		if (!i && word >> 8 != 0x45)
			return false;
		if (i == 1)
			len = word;
		if (i == 4)
			protocol = word & 0xff;
	}
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return !cur->err && len == wire_left && sum == 0xffff &&
	       protocol == IPPROTO_NUMBER_UDP;
}

/* The inner header (RFC 8200, 3), with UDP right behind it. */
static bool ipv6_walk(const struct rg_packet *pkt, struct rg_cur *cur)
{
	u32 version = rg_cur_be32(cur) >> 28;
	u16 len = rg_cur_be16(cur);
	u8 next = rg_cur_u8(cur);

	rg_cur_skip(cur, 33);
	return !cur->err && version == 6 && next == IPPROTO_NUMBER_UDP &&
	       len == rg_wire_left(pkt, cur);
}

/**
 * rg_lisp_parse() - is it a LISP control message in an encapsulation?
 * @pkt: the datagram
 *
 * RFC 9301, 5.8: a word of flags, an IP header, a UDP header, the message.
 *
 * RTP would need payload type 0 and sequence number 0 (2^-16 beside the type),
 * a timestamp that begins as IP does (2^-8; IPv6: 2^-4) and goes on with the
 * length (2^-16; IPv6: in its SSRC), a protocol, and UDP's length (2^-16); IPv4
 * a check sum beside.
 *
 * Context: any.
 * Return: true when it is.
 */
bool rg_lisp_parse(const struct rg_packet *pkt)
{
	struct rg_cur cur, ip;
	u32 head, len, udp_left;
	u8 version;

	rg_cur_init(&cur, pkt->data, pkt->len);
	head = rg_cur_be32(&cur);
	ip = cur;
	version = rg_cur_u8(&cur) >> 4;
	if (cur.err || head >> 28 != LISP_TYPE_ECM || head & 0xffffff)
		return false;
	if (version == 4 ? !ipv4_walk(pkt, &ip) : !ipv6_walk(pkt, &ip))
		return false;
	udp_left = rg_wire_left(pkt, &ip);
	rg_cur_skip(&ip, 4);
	len = rg_cur_be16(&ip);
	rg_cur_skip(&ip, 2);
	return !ip.err && len == udp_left;
}
