// SPDX-License-Identifier: GPL-2.0
/*
 * From the link layer's header of a captured packet to its network header.
 */
#include "replay_packet.h"
#include "capture.h"

#include "core/cursor.h"

/* Tags of one frame: 802.1ad allows two, some carriers stack more. */
#define VLAN_TAGS_MAX	4

#define ETHERTYPE_IPV4	0x0800
#define ETHERTYPE_IPV6	0x86dd
#define ETHERTYPE_PPPOE	0x8864	/* session stage */

#define PPP_IPV4	0x0021
#define PPP_IPV6	0x0057

/* struct link - a packet whose link layer is being read */
struct link {
	struct rg_cur cur;
	u32 wire_len;	/* of the whole packet */
	u32 len;	/* of it, captured */
	struct replay_headers *head;
};

/* The rest is an IP packet. */
static enum replay_kind ip_parse(struct link *link, u8 family)
{
	u32 off = link->len - link->cur.left;
	u32 wire_len = link->wire_len > off ? link->wire_len - off : 0;

	if (link->cur.err)
		return REPLAY_KIND_UNDECODED;
	return replay_ip_parse(&link->cur, family, wire_len, link->head);
}

/* RFC 2516, 4, then the protocol field of RFC 1661, 2, never compressed. */
static enum replay_kind pppoe_parse(struct link *link)
{
	u8 version_type = rg_cur_u8(&link->cur);
	u8 code = rg_cur_u8(&link->cur);

	rg_cur_skip(&link->cur, 4);
	if (link->cur.err || version_type != 0x11 || code)
		return REPLAY_KIND_UNDECODED;
	switch (rg_cur_be16(&link->cur)) {
	case PPP_IPV4:
		return ip_parse(link, 4);
	case PPP_IPV6:
		return ip_parse(link, 6);
	default:
		return REPLAY_KIND_OTHER;
	}
}

static bool is_vlan_tag(u16 type)
{
	return type == 0x8100 || type == 0x88a8 || type == 0x9100;
}

static enum replay_kind ethertype_parse(struct link *link, u16 type)
{
	u32 i;

	for (i = 0; is_vlan_tag(type); i++) {
		if (i == VLAN_TAGS_MAX)
			return REPLAY_KIND_UNDECODED;
		rg_cur_skip(&link->cur, 2);
		type = rg_cur_be16(&link->cur);
	}
	if (link->cur.err)
		return REPLAY_KIND_UNDECODED;
	switch (type) {
	case ETHERTYPE_IPV4:
		return ip_parse(link, 4);
	case ETHERTYPE_IPV6:
		return ip_parse(link, 6);
	case ETHERTYPE_PPPOE:
		return pppoe_parse(link);
	default:
		return REPLAY_KIND_OTHER;
	}
}

static enum replay_kind ethernet_parse(struct link *link)
{
	rg_cur_skip(&link->cur, 12);
	return ethertype_parse(link, rg_cur_be16(&link->cur));
}

static enum replay_kind sll_parse(struct link *link)
{
	rg_cur_skip(&link->cur, 14);
	return ethertype_parse(link, rg_cur_be16(&link->cur));
}

static enum replay_kind sll2_parse(struct link *link)
{
	u16 type = rg_cur_be16(&link->cur);

	rg_cur_skip(&link->cur, 18);
	return ethertype_parse(link, type);
}

static enum replay_kind raw_parse(struct link *link)
{
	struct rg_cur peek = link->cur;
	u8 version = rg_cur_u8(&peek) >> 4;

	if (version != 4 && version != 6)
		return REPLAY_KIND_UNDECODED;
	return ip_parse(link, version);
}

/* AF_INET is 2 everywhere, AF_INET6 differs. */
static enum replay_kind bsd_family_parse(struct link *link, u32 family)
{
	if (link->cur.err)
		return REPLAY_KIND_UNDECODED;
	switch (family) {
	case 2:
		return ip_parse(link, 4);
	case 10:	/* Linux */
	case 24:	/* NetBSD, OpenBSD */
	case 28:	/* FreeBSD */
	case 30:	/* Darwin */
		return ip_parse(link, 6);
	default:
		return REPLAY_KIND_OTHER;
	}
}

/* The capturing host's byte order is not known: a family is a small number. */
static enum replay_kind null_parse(struct link *link)
{
	u32 family = rg_cur_be32(&link->cur);

	if (family > 0xffff)
		family = (family & 0xff) << 24 | (family & 0xff00) << 8 |
			 (family >> 8 & 0xff00) | family >> 24;
	return bsd_family_parse(link, family);
}

static enum replay_kind loop_parse(struct link *link)
{
	return bsd_family_parse(link, rg_cur_be32(&link->cur));
}

static enum replay_kind (*const parsers[])(struct link *link) = {
	[CAPTURE_LINK_ETHERNET] = ethernet_parse,
	[CAPTURE_LINK_SLL] = sll_parse,
	[CAPTURE_LINK_SLL2] = sll2_parse,
	[CAPTURE_LINK_RAW] = raw_parse,
	[CAPTURE_LINK_NULL] = null_parse,
	[CAPTURE_LINK_LOOP] = loop_parse,
};

/**
 * replay_packet_parse() - read the headers of a captured packet
 * @pkt: the packet
 * @link: enum capture_link
 * @head: filled as far as the answer says: all of it for REPLAY_KIND_FLOW
 *
 * Return: enum replay_kind.
 */
enum replay_kind replay_packet_parse(const struct capture_packet *pkt, u8 link,
				     struct replay_headers *head)
{
	struct link l = {
		.wire_len = pkt->wire_len > pkt->len ? pkt->wire_len : pkt->len,
		.len = pkt->len,
		.head = head,
	};

	memset(head, 0, sizeof(*head));
	rg_cur_init(&l.cur, pkt->data, pkt->len);
	return parsers[link](&l);
}
