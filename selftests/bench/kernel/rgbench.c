// SPDX-License-Identifier: GPL-2.0
/*
 * Sends packets as a local sender does, through ip_local_out() and a device that
 * takes everything, and says what they cost: "rgbench: KIND FAMILY N NS". With
 * QEMU's -icount a nanosecond is an instruction. Never stays loaded.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/prandom.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/route.h>

#define RTP_LEN		12
#define UDP_PAYLOAD	172
#define TCP_PAYLOAD	1400
#define FRAME_HEADER	2
#define DADDR4		0x0a090202 /* 10.9.2.2 */
#define TURN_STEP	7919 /* a prime */

static char *kind = "other";
module_param(kind, charp, 0);
MODULE_PARM_DESC(kind, "other, clear or cipher; tcp, tcp-clear or tcp-cipher");

static unsigned int family = 4;
module_param(family, uint, 0);
MODULE_PARM_DESC(family, "4 or 6");

static unsigned int packets = 20000;
module_param(packets, uint, 0);
MODULE_PARM_DESC(packets, "Packets that are measured");

static unsigned int warm = 400;
module_param(warm, uint, 0);
MODULE_PARM_DESC(warm, "Packets before those");

static unsigned int per_flow;
module_param(per_flow, uint, 0);
MODULE_PARM_DESC(per_flow, "Packets of a source port; 0: there is one port. With flows: those of each before they are measured");

static unsigned int flows;
module_param(flows, uint, 0);
MODULE_PARM_DESC(flows, "Flows that take turns; 0: one, or as per_flow says");

static unsigned int rounds = 1;
module_param(rounds, uint, 0);
MODULE_PARM_DESC(rounds, "How often the packets are sent and measured");

static unsigned int port = 20000;
module_param(port, uint, 0);
MODULE_PARM_DESC(port, "First source port");

static struct dst_entry *dst;
static struct in6_addr saddr6, daddr6;
static __be32 saddr4;
static struct rnd_state random;

/* Which packet it is: of which flow, and what comes in turn there. */
struct packet_id {
	u32 host; /* the last bits of the source: each destination is a neighbour */
	u16 sport;
	u32 seq;
	u32 ssrc;
};

static bool is(const char *name)
{
	return !strcmp(kind, name);
}

static bool is_tcp(void)
{
	return is("tcp") || is("tcp-clear") || is("tcp-cipher");
}

/* Media has a frame in a segment (RFC 4571): its length, and what UDP would carry. */
static unsigned int payload_len(void)
{
	if (is("tcp"))
		return TCP_PAYLOAD;
	return is_tcp() ? FRAME_HEADER + UDP_PAYLOAD : UDP_PAYLOAD;
}

/*
 * Flows that take turns do so in an order that no prefetcher knows; those before
 * that are measured, flow by flow.
 */
static struct packet_id packet_id(unsigned int i)
{
	struct packet_id id = { .sport = port, .ssrc = 0x1234, .seq = i };

	if (flows && i < warm) {
		id.host = i / per_flow;
		id.seq = i % per_flow;
	} else if (flows) {
		id.host = (u64)(i - warm) * TURN_STEP % flows;
		id.seq = per_flow + (i - warm) / flows;
	} else if (per_flow) {
		id.sport += i / per_flow;
		id.ssrc = i / per_flow;
		id.seq = i % per_flow;
	}
	return id;
}

/* A connection that is no media stays none. */
static u16 tcp_port(void)
{
	if (is("tcp"))
		return 7000;
	return is("tcp-clear") ? 7001 : 7002;
}

static void payload_fill(u8 *p, const struct packet_id *id)
{
	if (is("other") || is("tcp")) {
		memset(p, 0x40, payload_len());
		return;
	}
	if (is_tcp()) {
		*(__be16 *)p = cpu_to_be16(UDP_PAYLOAD);
		p += FRAME_HEADER;
	}
	p[0] = 0x80;
	p[1] = 96;
	*(__be16 *)(p + 2) = cpu_to_be16(id->seq);
	*(__be32 *)(p + 4) = cpu_to_be32(160 * id->seq);
	*(__be32 *)(p + 8) = cpu_to_be32(id->ssrc);
	if (is("cipher") || is("tcp-cipher"))
		prandom_bytes_state(&random, p + RTP_LEN, UDP_PAYLOAD - RTP_LEN);
	else
		memset(p + RTP_LEN, 0x7f, UDP_PAYLOAD - RTP_LEN);
}

static void header_fill(struct sk_buff *skb, u8 proto, const struct packet_id *id)
{
	unsigned int len = skb->len;
	struct ipv6hdr *ip6h;
	struct iphdr *iph;

	if (family == 6) {
		ip6h = skb_push(skb, sizeof(*ip6h));
		memset(ip6h, 0, sizeof(*ip6h));
		ip6h->version = 6;
		ip6h->payload_len = cpu_to_be16(len);
		ip6h->nexthdr = proto;
		ip6h->hop_limit = 64;
		ip6h->saddr = saddr6;
		ip6h->daddr = daddr6;
		ip6h->saddr.s6_addr32[2] = cpu_to_be32(id->host);
	} else {
		iph = skb_push(skb, sizeof(*iph));
		memset(iph, 0, sizeof(*iph));
		iph->version = 4;
		iph->ihl = 5;
		iph->ttl = 64;
		iph->protocol = proto;
		iph->saddr = cpu_to_be32(be32_to_cpu(saddr4) + id->host);
		iph->daddr = cpu_to_be32(DADDR4);
	}
	skb_reset_network_header(skb);
}

static struct sk_buff *packet_make(unsigned int i)
{
	struct packet_id id = packet_id(i);
	bool tcp = is_tcp();
	struct sk_buff *skb;
	struct tcphdr *th;
	struct udphdr *uh;

	skb = alloc_skb(LL_MAX_HEADER + 128 + TCP_PAYLOAD, GFP_KERNEL);
	if (!skb)
		return NULL;
	skb_reserve(skb, LL_MAX_HEADER + 128);
	payload_fill(skb_put(skb, payload_len()), &id);
	if (tcp) {
		th = skb_push(skb, sizeof(*th));
		memset(th, 0, sizeof(*th));
		th->source = cpu_to_be16(id.sport);
		th->dest = cpu_to_be16(tcp_port());
		/* A stream that goes on: what is sent again is another matter. */
		th->seq = cpu_to_be32(i * payload_len());
		th->doff = sizeof(*th) / 4;
		th->ack = 1;
	} else {
		uh = skb_push(skb, sizeof(*uh));
		uh->source = cpu_to_be16(id.sport);
		uh->dest = cpu_to_be16(7000);
		uh->len = cpu_to_be16(skb->len);
		uh->check = 0;
	}
	skb_reset_transport_header(skb);
	header_fill(skb, tcp ? IPPROTO_TCP : IPPROTO_UDP, &id);
	skb->protocol = family == 6 ? htons(ETH_P_IPV6) : htons(ETH_P_IP);
	skb->ip_summed = CHECKSUM_UNNECESSARY;
	skb_dst_set(skb, dst_clone(dst));
	return skb;
}

/* Making it is not what is measured; what the hooks refuse is sent as well. */
static int packet_send(unsigned int i, u64 *spent)
{
	struct sk_buff *skb = packet_make(i);
	u64 begin;

	if (!skb)
		return -ENOMEM;
	local_bh_disable();
	begin = ktime_get_ns();
	if (family == 6)
		ip6_local_out(&init_net, NULL, skb);
	else
		ip_local_out(&init_net, NULL, skb);
	*spent += ktime_get_ns() - begin;
	local_bh_enable();
	return 0;
}

static int route_find(void)
{
	struct flowi6 fl6 = { .flowi6_proto = IPPROTO_UDP };
	struct flowi4 fl4 = { .daddr = cpu_to_be32(DADDR4) };
	struct rtable *rt;

	if (family == 6) {
		ipv6_addr_set(&daddr6, htonl(0x20010db8), 0, 0, htonl(0x00020002));
		ipv6_addr_set(&saddr6, htonl(0x20010db8), 0, 0, htonl(0x00020001));
		fl6.daddr = daddr6;
		dst = ip6_route_output(&init_net, NULL, &fl6);
		return dst->error;
	}
	rt = ip_route_output_key(&init_net, &fl4);
	if (IS_ERR(rt))
		return PTR_ERR(rt);
	dst = &rt->dst;
	saddr4 = fl4.saddr;
	return 0;
}

static int round_run(unsigned int first)
{
	u64 spent = 0;
	unsigned int i;
	int ret = 0;

	for (i = 0; i < packets && !ret; i++) {
		ret = packet_send(first + i, &spent);
		cond_resched();
	}
	if (!ret)
		pr_info("rgbench: %s %u %u %llu\n", kind, family, packets, spent);
	return ret;
}

static int __init rgbench_init(void)
{
	unsigned int i;
	u64 ignored;
	int ret;

	if (flows)
		warm = flows * per_flow;
	prandom_seed_state(&random, 1);
	ret = route_find();
	for (i = 0; i < warm && !ret; i++) {
		ret = packet_send(i, &ignored);
		cond_resched();
	}
	for (i = 0; i < rounds && !ret; i++)
		ret = round_run(warm + i * packets);
	if (dst)
		dst_release(dst);
	return ret ? ret : -ECANCELED;
}
module_init(rgbench_init);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("What sending a packet costs");
