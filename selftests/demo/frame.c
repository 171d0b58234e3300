// SPDX-License-Identifier: GPL-2.0
/*
 * From a captured frame to the UDP datagram in it.
 *
 * The tool's replay has a parser for the same headers. This one is not shared
 * with it on purpose: a packet the product cannot see must not disappear from
 * the eyes of who measures the product. Later fragments, IPv6 extension headers
 * and UDP-Lite are not read: the demo's phones send none.
 */
#include "frame.h"

#include "core/cursor.h"

#include <arpa/inet.h>
#include <pcap/dlt.h>
#include <stdio.h>
#include <sys/socket.h>

#define ETHERTYPE_IPV4	0x0800
#define ETHERTYPE_IPV6	0x86dd
#define VLAN_TAGS_MAX	4
#define PROTO_UDP	17
#define UDP_HEADER_LEN	8

static bool is_vlan_tag(u16 type)
{
	return type == 0x8100 || type == 0x88a8;
}

/* Returns the ethertype of what @cur then stands at; 0: none. */
static u16 link_parse(int dlt, struct rg_cur *cur)
{
	u16 type;
	int tags;

	if (dlt == DLT_RAW)
		return cur->left && *cur->pos >> 4 == 6 ? ETHERTYPE_IPV6 :
							  ETHERTYPE_IPV4;
	if (dlt == DLT_LINUX_SLL2) {
		type = rg_cur_be16(cur);
		rg_cur_skip(cur, 18);
		return type;
	}
	rg_cur_skip(cur, dlt == DLT_LINUX_SLL ? 14 : 12);
	type = rg_cur_be16(cur);
	for (tags = 0; is_vlan_tag(type) && tags < VLAN_TAGS_MAX; tags++) {
		rg_cur_skip(cur, 2);
		type = rg_cur_be16(cur);
	}
	return type;
}

static void end_parse(struct rg_cur *cur, int family, struct frame_end *end)
{
	u32 len = family == AF_INET ? 4 : 16;
	const u8 *address = rg_cur_take(cur, len);

	memset(end, 0, sizeof(*end));
	end->family = family;
	if (address)
		memcpy(end->address, address, len);
}

/* Ethernet pads short frames: nothing behind the IP packet is read. */
static void cut(struct rg_cur *cur, u32 len)
{
	if (cur->left > len)
		cur->left = len;
}

/*
 * A later fragment has no UDP header; a first one is heard as far as it goes.
 * Without a length the capture is of what a network card had yet to cut.
 */
static bool ipv4_parse(struct rg_cur *cur, struct frame_udp *udp)
{
	u8 version_ihl = rg_cur_u8(cur);
	u32 header_len = (version_ihl & 15) * 4;
	u16 total_len, fragment;
	u8 proto;

	rg_cur_skip(cur, 1);
	total_len = rg_cur_be16(cur);
	rg_cur_skip(cur, 2);
	fragment = rg_cur_be16(cur);
	rg_cur_skip(cur, 1);
	proto = rg_cur_u8(cur);
	rg_cur_skip(cur, 2);
	end_parse(cur, AF_INET, &udp->from);
	end_parse(cur, AF_INET, &udp->to);
	if (version_ihl >> 4 != 4 || header_len < 20 ||
	    (total_len && total_len < header_len))
		return false;
	if (total_len)
		cut(cur, total_len - 20);
	rg_cur_skip(cur, header_len - 20);
	return !cur->err && proto == PROTO_UDP && !(fragment & 0x1fff);
}

static bool ipv6_parse(struct rg_cur *cur, struct frame_udp *udp)
{
	u8 version = rg_cur_u8(cur) >> 4;
	u16 payload_len;
	u8 next_header;

	rg_cur_skip(cur, 3);
	payload_len = rg_cur_be16(cur);
	next_header = rg_cur_u8(cur);
	rg_cur_skip(cur, 1);
	end_parse(cur, AF_INET6, &udp->from);
	end_parse(cur, AF_INET6, &udp->to);
	cut(cur, payload_len);
	return !cur->err && version == 6 && next_header == PROTO_UDP;
}

static bool udp_parse(struct rg_cur *cur, struct frame_udp *udp)
{
	u16 len;

	udp->from.port = rg_cur_be16(cur);
	udp->to.port = rg_cur_be16(cur);
	len = rg_cur_be16(cur);
	rg_cur_skip(cur, 2);
	if (cur->err || (len && len < UDP_HEADER_LEN))
		return false;
	if (len)
		cut(cur, len - UDP_HEADER_LEN);
	udp->data = cur->pos;
	udp->len = cur->left;
	return true;
}

/**
 * frame_link_known() - can frames of this link type be read?
 * @dlt: libpcap's DLT_*
 *
 * Return: true for Ethernet, Linux cooked version 1 and 2, and IP alone.
 */
bool frame_link_known(int dlt)
{
	return dlt == DLT_EN10MB || dlt == DLT_LINUX_SLL ||
	       dlt == DLT_LINUX_SLL2 || dlt == DLT_RAW;
}

/**
 * frame_udp_parse() - find the UDP datagram in a captured frame
 * @dlt: libpcap's DLT_*, one that frame_link_known()
 * @data: frame
 * @len: bytes captured of it
 * @udp: filled when there is one
 *
 * Return: whether there is one.
 */
bool frame_udp_parse(int dlt, const u8 *data, u32 len, struct frame_udp *udp)
{
	struct rg_cur cur;

	rg_cur_init(&cur, data, len);
	switch (link_parse(dlt, &cur)) {
	case ETHERTYPE_IPV4:
		return ipv4_parse(&cur, udp) && udp_parse(&cur, udp);
	case ETHERTYPE_IPV6:
		return ipv6_parse(&cur, udp) && udp_parse(&cur, udp);
	default:
		return false;
	}
}

/**
 * frame_address_same() - have two ends the same address?
 * @a: one end
 * @b: the other
 *
 * Return: true or false; ports are not compared.
 */
bool frame_address_same(const struct frame_end *a, const struct frame_end *b)
{
	return a->family == b->family &&
	       !memcmp(a->address, b->address, sizeof(a->address));
}

/**
 * frame_end_same() - are two ends the same address and port?
 * @a: one end
 * @b: the other
 *
 * Return: true or false.
 */
bool frame_end_same(const struct frame_end *a, const struct frame_end *b)
{
	return a->port == b->port && frame_address_same(a, b);
}

/**
 * frame_end_name() - write an end as text
 * @end: the end
 * @name: of FRAME_NAME_LEN bytes
 */
void frame_end_name(const struct frame_end *end, char *name)
{
	char text[INET6_ADDRSTRLEN];

	if (!inet_ntop(end->family, end->address, text, sizeof(text)))
		text[0] = '\0';
	snprintf(name, FRAME_NAME_LEN,
		 end->family == AF_INET6 ? "[%s]:%u" : "%s:%u", text, end->port);
}

/**
 * frame_address_parse() - read an address from text
 * @text: IPv4 or IPv6
 * @end: filled, with port 0
 *
 * Return: whether @text is an address.
 */
bool frame_address_parse(const char *text, struct frame_end *end)
{
	memset(end, 0, sizeof(*end));
	end->family = AF_INET;
	if (inet_pton(AF_INET, text, end->address) == 1)
		return true;
	end->family = AF_INET6;
	return inet_pton(AF_INET6, text, end->address) == 1;
}
