// SPDX-License-Identifier: GPL-2.0
#include "packet.h"

#include <linux/in.h>
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/route.h>

static bool l4_is_judged(u8 l4proto)
{
	return l4proto == IPPROTO_UDP || l4proto == IPPROTO_UDPLITE ||
	       l4proto == IPPROTO_TCP;
}

/* The route knows broadcast; the address alone does not. */
static bool ipv4_is_multicast_route(const struct sk_buff *skb, __be32 daddr)
{
	const struct rtable *rt = skb_rtable(skb);

	return ipv4_is_multicast(daddr) || ipv4_is_lbcast(daddr) ||
	       (rt && rt->rt_flags & (RTCF_MULTICAST | RTCF_BROADCAST));
}

static enum rg_kind ipv4_parse(const struct sk_buff *skb,
			       struct rg_headers *head, u32 *off)
{
	struct iphdr buf;
	const struct iphdr *iph;

	iph = skb_header_pointer(skb, *off, sizeof(buf), &buf);
	if (!iph || iph->version != 4 || iph->ihl < 5)
		return RG_KIND_OTHER;

	head->family = 4;
	head->l4proto = iph->protocol;
	memcpy(head->saddr, &iph->saddr, 4);
	memcpy(head->daddr, &iph->daddr, 4);
	head->multicast = ipv4_is_multicast_route(skb, iph->daddr);
	*off += iph->ihl * 4;
	if (!l4_is_judged(head->l4proto))
		return RG_KIND_OTHER;
	if (iph->frag_off & htons(IP_MF | IP_OFFSET))
		return RG_KIND_FRAGMENT;
	return RG_KIND_DATAGRAM;
}

/* Bytes of an extension header; 0: not one that another header follows. */
static u32 exthdr_len(u8 nexthdr, const struct ipv6_opt_hdr *opt)
{
	switch (nexthdr) {
	case NEXTHDR_HOP:
	case NEXTHDR_ROUTING:
	case NEXTHDR_DEST:
	case NEXTHDR_MOBILITY:
		return ipv6_optlen(opt);
	case NEXTHDR_AUTH:
		return ipv6_authlen(opt);
	case NEXTHDR_FRAGMENT:
		return sizeof(struct frag_hdr);
	default:
		return 0;
	}
}

/* An atomic fragment (RFC 6946) is a whole datagram. */
static bool frag_is_whole(const struct sk_buff *skb, u32 off)
{
	struct frag_hdr buf;
	const struct frag_hdr *frag;

	frag = skb_header_pointer(skb, off, sizeof(buf), &buf);
	return frag && !(frag->frag_off & htons(IP6_OFFSET | IP6_MF));
}

/* RFC 8200, 4.1: the chain of extension headers, bounded. */
static enum rg_kind exthdrs_skip(const struct sk_buff *skb,
				 struct rg_headers *head, u8 nexthdr, u32 *off)
{
	static const struct ipv6_opt_hdr none;
	const struct ipv6_opt_hdr *opt;
	struct ipv6_opt_hdr buf;
	u32 i, at;

	for (i = 0; i <= RG_EXTHDR_MAX; i++) {
		head->l4proto = nexthdr;
		if (l4_is_judged(nexthdr))
			return RG_KIND_DATAGRAM;
		if (!exthdr_len(nexthdr, &none))
			return RG_KIND_OTHER;
		at = *off;
		opt = skb_header_pointer(skb, at, sizeof(buf), &buf);
		if (!opt)
			return RG_KIND_UNDECODABLE;
		*off += exthdr_len(nexthdr, opt);
		if (nexthdr == NEXTHDR_FRAGMENT && !frag_is_whole(skb, at)) {
			/* Options may stand between fragment header and these. */
			head->l4proto = opt->nexthdr;
			return l4_is_judged(opt->nexthdr) ||
			       exthdr_len(opt->nexthdr, &none) ?
			       RG_KIND_FRAGMENT : RG_KIND_OTHER;
		}
		nexthdr = opt->nexthdr;
	}
	return RG_KIND_UNDECODABLE;
}

static enum rg_kind ipv6_parse(const struct sk_buff *skb,
			       struct rg_headers *head, u32 *off)
{
	struct ipv6hdr buf;
	const struct ipv6hdr *ip6h;

	ip6h = skb_header_pointer(skb, *off, sizeof(buf), &buf);
	if (!ip6h || ip6h->version != 6)
		return RG_KIND_OTHER;

	head->family = 6;
	memcpy(head->saddr, &ip6h->saddr, 16);
	memcpy(head->daddr, &ip6h->daddr, 16);
	head->multicast = ipv6_addr_is_multicast(&ip6h->daddr);
	*off += sizeof(*ip6h);
	return exthdrs_skip(skb, head, ip6h->nexthdr, off);
}

/*
 * UDP's own length ends the payload where it is shorter than the packet; in a
 * GSO run it is the first segment's, and in UDP-Lite the checksum's coverage.
 */
static u32 payload_len(const struct sk_buff *skb, const struct rg_headers *head,
		       const struct udphdr *udph)
{
	u32 len = skb->len - head->payload_off;
	u32 said = ntohs(udph->len);

	if (head->l4proto == IPPROTO_UDPLITE || skb_is_gso(skb) ||
	    said < sizeof(*udph))
		return len;
	return min_t(u32, len, said - sizeof(*udph));
}

static enum rg_kind udp_parse(const struct sk_buff *skb,
			      struct rg_headers *head, u32 off)
{
	struct udphdr buf;
	const struct udphdr *udph;

	udph = skb_header_pointer(skb, off, sizeof(buf), &buf);
	if (!udph)
		return RG_KIND_UNDECODABLE;

	head->sport = ntohs(udph->source);
	head->dport = ntohs(udph->dest);
	head->payload_off = off + sizeof(*udph);
	head->payload_len = payload_len(skb, head, udph);
	head->segment_len = head->payload_len;
	/* Only here is gso_size a datagram's size; UFO carries one datagram. */
	if (skb_is_gso(skb) && skb_shinfo(skb)->gso_type & SKB_GSO_UDP_L4 &&
	    skb_shinfo(skb)->gso_size)
		head->segment_len = skb_shinfo(skb)->gso_size;
	return RG_KIND_DATAGRAM;
}

/*
 * RFC 9293, 3.1. A SYN has a sequence number of its own, before those of the data
 * that it may bring (RFC 7413).
 */
static enum rg_kind tcp_parse(const struct sk_buff *skb, struct rg_headers *head,
			      u32 off)
{
	const struct tcphdr *th;
	struct tcphdr buf;

	th = skb_header_pointer(skb, off, sizeof(buf), &buf);
	if (!th || th->doff * 4 < sizeof(buf) || off + th->doff * 4 > skb->len)
		return RG_KIND_UNDECODABLE;

	head->sport = ntohs(th->source);
	head->dport = ntohs(th->dest);
	head->payload_off = off + th->doff * 4;
	head->payload_len = skb->len - head->payload_off;
	head->segment_len = head->payload_len;
	head->seq = ntohl(th->seq) + th->syn;
	head->opens = th->syn;
	head->begins = th->syn && !th->ack;
	return RG_KIND_SEGMENT;
}

static enum rg_kind l4_parse(const struct sk_buff *skb, struct rg_headers *head,
			     u32 off)
{
	if (head->l4proto == IPPROTO_TCP)
		return tcp_parse(skb, head, off);
	return udp_parse(skb, head, off);
}

/**
 * rg_packet_parse() - read the network and transport headers
 * @skb: packet at a netfilter hook; never changed, may be non-linear
 * @pf: NFPROTO_IPV4 or NFPROTO_IPV6
 * @head: filled as far as the answer says; addresses for all but a broken IP
 *	header, ports and payload for RG_KIND_DATAGRAM and RG_KIND_SEGMENT
 *
 * Context: any.
 * Return: enum rg_kind.
 */
enum rg_kind rg_packet_parse(const struct sk_buff *skb, u8 pf,
			     struct rg_headers *head)
{
	u32 off = skb_network_offset(skb);
	enum rg_kind kind;

	memset(head, 0, sizeof(*head));
	kind = pf == NFPROTO_IPV6 ? ipv6_parse(skb, head, &off) :
				    ipv4_parse(skb, head, &off);
	return kind == RG_KIND_DATAGRAM ? l4_parse(skb, head, off) : kind;
}
