// SPDX-License-Identifier: GPL-2.0
/* Packets whose IP header is made by hand, and fragments of them. */
#include "job.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/ip6.h>
#include <netpacket/packet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UDP_LEN 8
#define EXTHDR_LEN_MAX 24

/* A network header: what goes before the transport header, in both families. */
struct net_header {
	u8 bytes[40 + EXTHDRS_MAX * EXTHDR_LEN_MAX + 8];
	u32 len;
};

/**
 * open_raw() - open a socket that takes whole IP packets
 * @job: says the family
 */
void open_raw(struct job *job)
{
	open_socket(job, SOCK_RAW, IPPROTO_RAW);
	/* A raw socket of IPv6 takes a protocol for a port. */
	if (job->family == AF_INET6)
		((struct sockaddr_in6 *)&job->to)->sin6_port = 0;
}

static u32 sum_bytes(const u8 *p, u32 len, u32 sum)
{
	u32 i;

	for (i = 0; i < len; i++)
		sum += i & 1 ? p[i] : p[i] << 8;
	return sum;
}

static u16 folded(u32 sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* Source and destination, one after the other, as in the header. */
static u32 addresses(const struct job *job, u8 *p)
{
	const struct sockaddr_in *to4 = (const void *)&job->to;
	const struct sockaddr_in6 *to6 = (const void *)&job->to;
	u32 len = job->family == AF_INET ? 4 : 16;

	if (inet_pton(job->family, job->src, p) != 1)
		die("source address");
	if (job->family == AF_INET)
		memcpy(p + len, &to4->sin_addr, len);
	else
		memcpy(p + len, &to6->sin6_addr, len);
	return 2 * len;
}

static u16 checksum(const struct job *job, const u8 *udp, u32 len)
{
	u32 sum = IPPROTO_UDP + len;
	u8 pseudo[32];

	sum = sum_bytes(pseudo, addresses(job, pseudo), sum);
	sum = sum_bytes(udp, len, sum);
	sum = folded(sum);
	return sum == 0xffff ? sum : ~sum;
}

/* The receiver reads a shorter or no length as the datagram's: it is right. */
static u32 make_udp(const struct job *job, u8 *udp, const u8 *p, u32 len)
{
	u32 said = UDP_LEN + len;
	u32 summed;

	if (lies(job, "udp-short"))
		said -= job->tag;
	if (lies(job, "udp-long"))
		said += 100;
	summed = said < UDP_LEN + len ? said : UDP_LEN + len;
	if (lies(job, "udp-zero"))
		said = 0;
	put_be16(udp, job->sport);
	put_be16(udp + 2, job->dport);
	put_be16(udp + 4, said);
	put_be16(udp + 6, 0);
	memcpy(udp + UDP_LEN, p, len);
	put_be16(udp + 6, checksum(job, udp, summed));
	return UDP_LEN + len;
}

static void ipv4_header(const struct job *job, struct net_header *net,
			u16 id, u32 off, bool more)
{
	u8 *ip = net->bytes;

	net->len = 20;
	memset(ip, 0, net->len);
	ip[0] = 0x45;
	put_be16(ip + 4, id);
	put_be16(ip + 6, off / 8 | (more ? 0x2000 : 0));
	ip[8] = 64;
	ip[9] = IPPROTO_UDP;
	addresses(job, ip + 12);
}

/*
 * Extension headers by their letters. Options are a PadN; a routing header has no
 * segments left, that is, the packet is where it was to go; a fragment is all of a
 * datagram (RFC 6946); and AH has a value that nobody has checked yet.
 */
static const struct {
	char letter;
	u8 number;
	u8 len;
	u8 bytes[EXTHDR_LEN_MAX];
} exthdrs[] = {
	{ 'h', IPPROTO_HOPOPTS, 8, { 0, 0, 1, 4 } },
	{ 'd', IPPROTO_DSTOPTS, 8, { 0, 0, 1, 4 } },
	{ 'r', IPPROTO_ROUTING, 8, { 0, 0, 0, 0 } },
	{ 'R', IPPROTO_ROUTING, 24, { 0, 2, 2, 0, 0, 0, 0, 0, 0x20, 0x01, 0x0d, 0xb8 } },
	{ 'f', IPPROTO_FRAGMENT, 8, { 0, 0, 0, 0, 0, 0, 0, 1 } },
	{ 'a', IPPROTO_AH, 24, { 0, 4, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1 } },
};

static u32 exthdr_find(char letter)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(exthdrs); i++) {
		if (exthdrs[i].letter == letter)
			return i;
	}
	fprintf(stderr, "rtpsend: %c: no extension header\n", letter);
	exit(2);
}

/* Each with what comes after it; without letters so many of destination options. */
static void ipv6_chain(const struct job *job, struct net_header *net, u8 last)
{
	u32 i, n = job->chain ? strlen(job->chain) : job->headers;
	u8 *ip = net->bytes, *next = ip + 6;

	for (i = 0; i < n; i++) {
		u32 at = exthdr_find(job->chain ? job->chain[i] : 'd');

		*next = exthdrs[at].number;
		next = ip + net->len;
		memcpy(next, exthdrs[at].bytes, exthdrs[at].len);
		net->len += exthdrs[at].len;
	}
	*next = last;
}

static void ipv6_header(const struct job *job, struct net_header *net,
			u16 id, u32 off, bool more)
{
	u8 *ip = net->bytes;
	bool fragment = off || more;
	u8 *frag;

	net->len = 40;
	memset(ip, 0, net->len);
	ip[0] = 0x60;
	ip[7] = 64;
	addresses(job, ip + 8);
	ipv6_chain(job, net, fragment ? IPPROTO_FRAGMENT : IPPROTO_UDP);
	if (!fragment)
		return;
	frag = ip + net->len;
	net->len += 8;
	memset(frag, 0, 8);
	frag[0] = IPPROTO_UDP;
	put_be16(frag + 2, off | more);
	put_be32(frag + 4, id);
}

/* A part of a datagram, or all of it, behind a header that says so. */
static u32 make_part(const struct job *job, u8 *packet, const u8 *p, u32 len, u16 id,
		     u32 off, bool more)
{
	struct net_header net;

	if (job->family == AF_INET)
		ipv4_header(job, &net, id, off, more);
	else
		ipv6_header(job, &net, id, off, more);
	memcpy(packet, net.bytes, net.len);
	memcpy(packet + net.len, p, len);
	if (job->family == AF_INET)
		put_be16(packet + 2, net.len + len);
	else
		put_be16(packet + 4, net.len - 40 + len);
	return net.len + len;
}

static void send_part(struct job *job, const u8 *p, u32 len, u16 id, u32 off,
		      bool more)
{
	static u8 packet[2 * PACKET_MAX];

	send_plain(job, packet, make_part(job, packet, p, len, id, off, more), 0);
}

/**
 * send_raw() - send a whole datagram
 * @job: says addresses, ports and extension headers
 * @p: payload
 * @len: of @p
 */
void send_raw(struct job *job, const u8 *p, u32 len)
{
	static u8 udp[PACKET_MAX + UDP_LEN];

	send_part(job, udp, make_udp(job, udp, p, len), 0, 0, false);
}

/**
 * open_line() - open a socket that no netfilter hook of the sender's sees
 * @job: to open it for
 */
void open_line(struct job *job)
{
	job->sock = socket(AF_PACKET, SOCK_DGRAM, 0);
	if (job->sock < 0)
		die("packet socket");
}

/**
 * send_line() - send a whole datagram from eth0 to the router
 * @job: says addresses, ports and extension headers
 * @p: payload
 * @len: of @p
 *
 * As from a machine that has no rtpguard. The router is who has the address that the
 * tests give one.
 */
void send_line(struct job *job, const u8 *p, u32 len)
{
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(job->family == AF_INET ? 0x0800 : 0x86dd),
		.sll_ifindex = if_nametoindex("eth0"),
		.sll_halen = 6,
		.sll_addr = { 2, 0, 0, 0, 0, 0xfe },
	};
	static u8 udp[PACKET_MAX + UDP_LEN], packet[2 * PACKET_MAX];

	len = make_part(job, packet, udp, make_udp(job, udp, p, len), 0, 0, false);
	if (job->family == AF_INET)
		put_be16(packet + 10, ~folded(sum_bytes(packet, 20, 0)));
	account(job, sendto(job->sock, packet, len, 0, (struct sockaddr *)&to,
			    sizeof(to)));
}

/* Two fragments: the first ends at @first, the second begins at @second. */
static void send_two(struct job *job, const u8 *p, u32 len, u32 first, u32 second)
{
	static u8 udp[PACKET_MAX + UDP_LEN];
	static u16 id;

	len = make_udp(job, udp, p, len);
	id++;
	send_part(job, udp, first, id, 0, true);
	send_part(job, udp + second, len - second, id, second, false);
}

/**
 * send_frag() - the UDP header and 8 bytes first, then the rest
 * @job: says addresses, ports and extension headers
 * @p: payload
 * @len: of @p
 */
void send_frag(struct job *job, const u8 *p, u32 len)
{
	send_two(job, p, len, 16, 16);
}

/**
 * send_frag8() - the smallest first fragment: the UDP header alone
 * @job: says addresses, ports and extension headers
 * @p: payload
 * @len: of @p
 */
void send_frag8(struct job *job, const u8 *p, u32 len)
{
	send_two(job, p, len, 8, 8);
}

/**
 * send_overlap() - the second fragment has some of the first's bytes as well
 * @job: says addresses, ports and extension headers
 * @p: payload
 * @len: of @p
 */
void send_overlap(struct job *job, const u8 *p, u32 len)
{
	send_two(job, p, len, 32, 16);
}

/**
 * send_cut() - the packet ends within its last extension header
 * @job: says addresses and extension headers
 * @p: not sent
 * @len: of @p
 */
void send_cut(struct job *job, const u8 *p, u32 len)
{
	struct net_header net;

	(void)p;
	(void)len;
	ipv6_header(job, &net, 0, 0, false);
	net.len -= 7;
	put_be16(net.bytes + 4, net.len - 40);
	send_plain(job, net.bytes, net.len, 0);
}

/**
 * send_stub() - the packet ends within the UDP header
 * @job: says addresses, ports and extension headers
 * @p: not sent
 * @len: of @p
 */
void send_stub(struct job *job, const u8 *p, u32 len)
{
	u8 udp[UDP_LEN];

	(void)len;
	make_udp(job, udp, p, 0);
	send_part(job, udp, UDP_LEN / 2, 0, 0, false);
}
