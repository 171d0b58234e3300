// SPDX-License-Identifier: GPL-2.0
/*
 * IPv4 and IPv6 headers of a captured packet, and the ports behind them.
 *
 * The lengths are those that the module sees: the IP header says where the
 * packet ends (a short Ethernet frame is padded beyond it), UDP's own length
 * where the payload does. A fragmented UDP datagram is judged by its first
 * fragment, which says how long the whole is: the module sees it whole, before
 * the kernel fragments what leaves and after it defragments what comes in.
 */
#include "replay_packet.h"

#include "core/cursor.h"

#include <netinet/in.h>

/* IPv6 extension headers that are walked at the most, as in the module. */
#define EXTHDR_MAX	8

#define IP4_MF		0x2000
#define IP4_OFFSET	0x1fff
#define IP6_OFFSET	0xfff8
#define IP6_MF		0x0001

/* The flags of RFC 9293, 3.1. */
#define TCP_SYN		0x0002
#define TCP_RST		0x0004
#define TCP_ACK		0x0010

#ifndef IPPROTO_MH
#define IPPROTO_MH	135	/* RFC 6275 */
#endif

/* struct ip - the part of a packet behind the headers read so far */
struct ip {
	struct rg_cur cur;
	u32 left;	/* bytes up to the packet's end on the wire */
	u8 proto;	/* what comes next */
	bool first;	/* the first of several fragments */
};

/* Cut a cursor at the packet's end: what follows in the frame is padding. */
static void cut(struct rg_cur *cur, u32 len)
{
	if (cur->left > len)
		cur->left = len;
}

static void skip(struct ip *ip, u32 len)
{
	rg_cur_skip(&ip->cur, len);
	ip->left = ip->left > len ? ip->left - len : 0;
}

static bool addr_read(struct rg_cur *cur, u8 *addr, u32 len)
{
	const u8 *from = rg_cur_take(cur, len);

	if (from)
		memcpy(addr, from, len);
	return from;
}

/*
 * UDP's own length ends the payload where it is shorter than the packet. Of a
 * first fragment it is the only one that counts. In UDP-Lite it is the
 * checksum's coverage, and a fragment's datagram has no known length.
 */
static u32 payload_len(const struct ip *ip, u16 said)
{
	if (ip->proto == IPPROTO_UDPLITE)
		return ip->first ? 0 : ip->left;
	if (said < 8 || (!ip->first && said - 8u > ip->left))
		return ip->left;
	return said - 8u;
}

static enum replay_kind udp_parse(struct ip *ip, struct replay_headers *head)
{
	u16 said = rg_cur_be16(&ip->cur);

	rg_cur_skip(&ip->cur, 2);
	if (ip->cur.err || ip->left < 8)
		return REPLAY_KIND_UNDECODED;
	ip->left -= 8;
	head->wire_len = payload_len(ip, said);
	cut(&ip->cur, head->wire_len);
	head->len = ip->cur.left;
	head->payload = ip->cur.pos;
	return REPLAY_KIND_FLOW;
}

/* RFC 9293, 3.1, behind the ports. */
static enum replay_kind tcp_parse(struct ip *ip, struct replay_headers *head)
{
	u32 header_len, flags;

	head->seq = rg_cur_be32(&ip->cur);
	rg_cur_skip(&ip->cur, 4);
	flags = rg_cur_be16(&ip->cur);
	header_len = (flags >> 12) * 4;
	if (ip->cur.err || header_len < 20 || ip->left < header_len)
		return REPLAY_KIND_UNDECODED;
	head->opens = flags & TCP_SYN;
	head->begins = (flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
	head->ends = flags & TCP_RST;
	head->seq += flags & TCP_SYN ? 1 : 0;
	rg_cur_skip(&ip->cur, header_len - 14);
	/* Of a fragment there is nothing to put in order. */
	if (ip->cur.err || ip->first)
		return REPLAY_KIND_FLOW;
	ip->left -= header_len;
	head->wire_len = ip->left;
	cut(&ip->cur, head->wire_len);
	head->len = ip->cur.left;
	head->payload = ip->cur.pos;
	return REPLAY_KIND_FLOW;
}

static enum replay_kind ports_parse(struct ip *ip, struct replay_headers *head)
{
	head->l4proto = ip->proto;
	switch (ip->proto) {
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_TCP:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
		break;
	default:
		return REPLAY_KIND_OTHER;
	}
	head->sport = rg_cur_be16(&ip->cur);
	head->dport = rg_cur_be16(&ip->cur);
	if (ip->cur.err)
		return REPLAY_KIND_UNDECODED;
	if (ip->proto == IPPROTO_UDP || ip->proto == IPPROTO_UDPLITE)
		return udp_parse(ip, head);
	if (ip->proto == IPPROTO_TCP)
		return tcp_parse(ip, head);
	return REPLAY_KIND_FLOW;
}

/* Where the packet ends; 0 is for segments larger than the field can say. */
static bool end_set(struct ip *ip, struct replay_headers *head, u32 header_len,
		    u32 said, u32 wire_len)
{
	head->ip_len = said ? said : wire_len;
	if (head->ip_len < header_len)
		return false;
	ip->left = head->ip_len - header_len;
	return true;
}

static enum replay_kind ipv4_parse(struct ip *ip, u32 wire_len,
				   struct replay_headers *head)
{
	u8 first = rg_cur_u8(&ip->cur);
	u32 header_len = (first & 0x0f) * 4;
	u16 total, frag;

	rg_cur_skip(&ip->cur, 1);
	total = rg_cur_be16(&ip->cur);
	rg_cur_skip(&ip->cur, 2);
	frag = rg_cur_be16(&ip->cur);
	rg_cur_skip(&ip->cur, 1);
	ip->proto = rg_cur_u8(&ip->cur);
	rg_cur_skip(&ip->cur, 2);
	addr_read(&ip->cur, head->saddr, 4);
	addr_read(&ip->cur, head->daddr, 4);
	if (ip->cur.err || first >> 4 != 4 || header_len < 20 ||
	    !end_set(ip, head, header_len, total, wire_len))
		return REPLAY_KIND_UNDECODED;

	if (frag & IP4_OFFSET)
		return REPLAY_KIND_FRAGMENT;
	ip->first = frag & IP4_MF;
	rg_cur_skip(&ip->cur, header_len - 20);
	cut(&ip->cur, ip->left);
	return ports_parse(ip, head);
}

/* RFC 8200, 4.1; a later fragment ends the walk. */
static enum replay_kind exthdrs_parse(struct ip *ip, struct replay_headers *head)
{
	u32 i, len;
	u16 frag;
	u8 next;

	for (i = 0; i <= EXTHDR_MAX; i++) {
		struct rg_cur peek = ip->cur;

		next = rg_cur_u8(&peek);
		len = rg_cur_u8(&peek);
		frag = rg_cur_be16(&peek);
		switch (ip->proto) {
		case IPPROTO_HOPOPTS:
		case IPPROTO_ROUTING:
		case IPPROTO_DSTOPTS:
		case IPPROTO_MH:
			len = (len + 1) * 8;
			break;
		case IPPROTO_AH:
			len = (len + 2) * 4;
			break;
		case IPPROTO_FRAGMENT:
			len = 8;
			if (!peek.err && frag & IP6_OFFSET)
				return REPLAY_KIND_FRAGMENT;
			ip->first |= frag & IP6_MF;
			break;
		default:
			return ports_parse(ip, head);
		}
		if (peek.err)
			return REPLAY_KIND_UNDECODED;
		ip->proto = next;
		skip(ip, len);
	}
	return REPLAY_KIND_UNDECODED;
}

static enum replay_kind ipv6_parse(struct ip *ip, u32 wire_len,
				   struct replay_headers *head)
{
	u8 first = rg_cur_u8(&ip->cur);
	u16 len;

	rg_cur_skip(&ip->cur, 3);
	len = rg_cur_be16(&ip->cur);
	ip->proto = rg_cur_u8(&ip->cur);
	rg_cur_skip(&ip->cur, 1);
	addr_read(&ip->cur, head->saddr, 16);
	addr_read(&ip->cur, head->daddr, 16);
	if (ip->cur.err || first >> 4 != 6 ||
	    !end_set(ip, head, 40, len ? len + 40u : 0, wire_len))
		return REPLAY_KIND_UNDECODED;
	cut(&ip->cur, ip->left);
	return exthdrs_parse(ip, head);
}

/**
 * replay_ip_parse() - read the network and transport headers
 * @cur: at the network header
 * @family: 4 or 6, as the link layer says
 * @wire_len: bytes from @cur on that there were on the wire
 * @head: zeroed; filled as far as the answer says
 *
 * Return: enum replay_kind.
 */
enum replay_kind replay_ip_parse(struct rg_cur *cur, u8 family, u32 wire_len,
				 struct replay_headers *head)
{
	struct ip ip = { .cur = *cur };

	head->family = family;
	return family == 6 ? ipv6_parse(&ip, wire_len, head) :
			     ipv4_parse(&ip, wire_len, head);
}
