// SPDX-License-Identifier: GPL-2.0
/*
 * Sends what a test needs through real sockets, and says what became of it:
 * "sent=N eperm=N other=N".
 */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netdb.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "packets.h"

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef IPPROTO_UDPLITE
#define IPPROTO_UDPLITE 136
#endif

#define PACKET_MAX 65507

struct job {
	const char *dst, *src, *kind, *via;
	u16 dport, sport;
	u32 count, interval_us, payload, tag, pt, ssrc, seq, segments;
	bool end, random, junk_first, new_ports;
	struct sockaddr_storage to;
	socklen_t to_len;
	int family;
	int sock;
	u32 sent, eperm, other;
};

static void die(const char *what)
{
	fprintf(stderr, "rtpsend: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void resolve(const char *addr, u16 port, struct sockaddr_storage *to,
		    socklen_t *len)
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST,
				  .ai_socktype = SOCK_DGRAM };
	struct addrinfo *info;
	char text[8];

	snprintf(text, sizeof(text), "%u", port);
	if (getaddrinfo(addr, text, &hints, &info)) {
		fprintf(stderr, "rtpsend: %s: no address\n", addr);
		exit(2);
	}
	memcpy(to, info->ai_addr, info->ai_addrlen);
	*len = info->ai_addrlen;
	freeaddrinfo(info);
}

/* Packets of each kind; all but RTP ignore most of the job. */
static u32 make_rtp(const struct job *job, u32 i, u8 *p)
{
	u32 len = packet_rtp(p, job->pt, job->seq + i, 160 * (job->seq + i),
			     job->ssrc, job->payload);

	if (job->random && getrandom(p + 12, job->payload, 0) < 0)
		die("getrandom");
	memset(p + len, 0x5a + i, job->tag);
	return len + job->tag;
}

static u32 make_rtcp(const struct job *job, u32 i, u8 *p)
{
	(void)i;
	return packet_rtcp_sr_sdes(p, job->ssrc);
}

static u32 make_rr(const struct job *job, u32 i, u8 *p)
{
	(void)i;
	return packet_rtcp_rr(p, job->ssrc);
}

/* A query whose id has the top bits of RTP's version, for www.example.org. */
static u32 make_dns(const struct job *job, u32 i, u8 *p)
{
	static const u8 query[] = "\0\0\1\0\0\1\0\0\0\0\0\0\3www\7example\3org\0\0\1\0\1";

	(void)job;
	memcpy(p, query, sizeof(query) - 1);
	put_be16(p, 0x8000 | (i * 7919 & 0x3fff));
	return sizeof(query) - 1;
}

/* Short header of QUIC: first byte 64 to 127, the rest random. */
static u32 make_quic(const struct job *job, u32 i, u8 *p)
{
	(void)i;
	if (getrandom(p, job->payload, 0) < 0)
		die("getrandom");
	p[0] = 0x40 | (p[0] & 0x3f);
	return job->payload;
}

static u32 make_empty(const struct job *job, u32 i, u8 *p)
{
	(void)job;
	(void)i;
	(void)p;
	return 0;
}

/* RTP's first byte, and then as few or as many bytes as the job says. */
static u32 make_cut(const struct job *job, u32 i, u8 *p)
{
	memset(p, 0x9f, job->payload);
	if (job->payload)
		p[0] = 0x80 | (i & 0x3f);
	return job->payload;
}

static const struct {
	const char *name;
	u32 (*make)(const struct job *job, u32 i, u8 *p);
} kinds[] = {
	{ "rtp", make_rtp }, { "rtcp", make_rtcp }, { "rr", make_rr },
	{ "dns", make_dns }, { "quic", make_quic }, { "empty", make_empty },
	{ "cut", make_cut },
};

static u32 make(const struct job *job, u32 i, u8 *p)
{
	size_t k;

	for (k = 0; k < ARRAY_SIZE(kinds); k++) {
		if (!strcmp(kinds[k].name, job->kind))
			return kinds[k].make(job, i, p);
	}
	fprintf(stderr, "rtpsend: kind '%s': unknown\n", job->kind);
	exit(2);
}

static void account(struct job *job, ssize_t ret)
{
	if (ret >= 0)
		job->sent++;
	else if (errno == EPERM)
		job->eperm++;
	else
		job->other++;
}

static void send_plain(struct job *job, const u8 *p, u32 len, int flags)
{
	account(job, sendto(job->sock, p, len, flags,
			    (struct sockaddr *)&job->to, job->to_len));
}

static void send_udp(struct job *job, const u8 *p, u32 len)
{
	send_plain(job, p, len, 0);
}

static void send_zerocopy(struct job *job, const u8 *p, u32 len)
{
	send_plain(job, p, len, MSG_ZEROCOPY);
}

/* Two calls, one datagram: the second part lands in a page of its own. */
static void send_more(struct job *job, const u8 *p, u32 len)
{
	u32 half = len / 2;

	if (sendto(job->sock, p, half, MSG_MORE, (struct sockaddr *)&job->to,
		   job->to_len) < 0)
		account(job, -1);
	else
		send_plain(job, p + half, len - half, 0);
}

static u32 make_ip_udp(const struct job *job, u8 *ip, const u8 *p, u32 len,
		       u16 id, u16 frag)
{
	const struct sockaddr_in *to = (const void *)&job->to;

	memset(ip, 0, 28);
	ip[0] = 0x45;
	put_be16(ip + 2, 28 + len);
	put_be16(ip + 4, id);
	put_be16(ip + 6, frag);
	ip[8] = 64;
	ip[9] = IPPROTO_UDP;
	inet_pton(AF_INET, job->src, ip + 12);
	memcpy(ip + 16, &to->sin_addr, 4);
	put_be16(ip + 20, job->sport);
	put_be16(ip + 22, job->dport);
	put_be16(ip + 24, 8 + len);
	memcpy(ip + 28, p, len);
	return 28 + len;
}

static void send_raw(struct job *job, const u8 *p, u32 len)
{
	static u8 ip[PACKET_MAX + 64];

	send_plain(job, ip, make_ip_udp(job, ip, p, len, 0, 0), 0);
}

/* The UDP header and 8 bytes first, then the rest: made by hand. */
static void send_frag(struct job *job, const u8 *p, u32 len)
{
	static u8 ip[PACKET_MAX + 64];
	static u16 id;

	make_ip_udp(job, ip, p, len, ++id, 0x2000);
	put_be16(ip + 2, 20 + 16);
	send_plain(job, ip, 20 + 16, 0);
	put_be16(ip + 2, 20 + len - 8);
	put_be16(ip + 6, 2);
	memmove(ip + 20, ip + 20 + 16, len - 8);
	send_plain(job, ip, 20 + len - 8, 0);
}

static void set_option(struct job *job, int level, int name, const void *value,
		       socklen_t len)
{
	if (setsockopt(job->sock, level, name, value, len))
		die("setsockopt");
}

static void open_socket(struct job *job, int type, int protocol)
{
	struct sockaddr_storage from;
	socklen_t len;
	int on = 1;

	job->sock = socket(job->family, type, protocol);
	if (job->sock < 0)
		die("socket");
	set_option(job, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on));
	set_option(job, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (!job->src || type == SOCK_RAW)
		return;
	resolve(job->src, job->sport, &from, &len);
	if (bind(job->sock, (struct sockaddr *)&from, len))
		die("bind");
}

static void open_udp(struct job *job)
{
	open_socket(job, SOCK_DGRAM, IPPROTO_UDP);
}

static void open_udplite(struct job *job)
{
	open_socket(job, SOCK_DGRAM, IPPROTO_UDPLITE);
}

static void open_zerocopy(struct job *job)
{
	int on = 1;

	open_udp(job);
	set_option(job, SOL_SOCKET, SO_ZEROCOPY, &on, sizeof(on));
}

static void open_raw(struct job *job)
{
	open_socket(job, SOCK_RAW, IPPROTO_RAW);
}

/* Four NOPs (RFC 791, 3.1) or a PadN in each IPv6 option header. */
static void open_options(struct job *job)
{
	static const u8 padn[8] = { 0, 0, 1, 4 };

	open_udp(job);
	if (job->family == AF_INET) {
		set_option(job, IPPROTO_IP, IP_OPTIONS, "\1\1\1\1", 4);
	} else {
		set_option(job, IPPROTO_IPV6, IPV6_HOPOPTS, padn, sizeof(padn));
		set_option(job, IPPROTO_IPV6, IPV6_DSTOPTS, padn, sizeof(padn));
	}
}

static const struct {
	const char *name;
	void (*open)(struct job *job);
	void (*send)(struct job *job, const u8 *p, u32 len);
} vias[] = {
	{ "udp", open_udp, send_udp }, { "udplite", open_udplite, send_udp },
	{ "zerocopy", open_zerocopy, send_zerocopy },
	{ "more", open_udp, send_more }, { "raw", open_raw, send_raw },
	{ "frag", open_raw, send_frag }, { "options", open_options, send_udp },
	{ "gso", open_udp, send_udp },
};

static size_t via_find(const struct job *job)
{
	size_t v;

	for (v = 0; v < ARRAY_SIZE(vias); v++) {
		if (!strcmp(vias[v].name, job->via))
			return v;
	}
	fprintf(stderr, "rtpsend: via '%s': unknown\n", job->via);
	exit(2);
}

/* Several packets in one send: the kernel cuts them apart after the hooks. */
static u32 make_gso(struct job *job, u32 i, u8 *p)
{
	u32 s, len, all = 0;
	int size;

	for (s = 0; s < job->segments; s++) {
		len = make(job, i * job->segments + s, p + all);
		/* STUN in the first segment must not speak for the others. */
		if (job->junk_first && !s)
			p[all] = 0;
		all += len;
	}
	size = all / job->segments;
	set_option(job, IPPROTO_UDP, UDP_SEGMENT, &size, sizeof(size));
	return all;
}

static void run(struct job *job)
{
	struct timespec pause = { job->interval_us / 1000000,
				  job->interval_us % 1000000 * 1000L };
	static u8 p[2 * PACKET_MAX];
	size_t v = via_find(job);
	u32 i, len;

	vias[v].open(job);
	for (i = 0; i < job->count; i++) {
		if (job->new_ports && i) {
			close(job->sock);
			job->sport++;
			vias[v].open(job);
		}
		len = job->segments > 1 ? make_gso(job, i, p) : make(job, i, p);
		vias[v].send(job, p, len);
		if (job->interval_us)
			nanosleep(&pause, NULL);
	}
	close(job->sock);
}

/* What tells the receiver that nothing follows; in no shape of media. */
static void run_end(struct job *job)
{
	struct job end = *job;

	end.src = NULL;
	open_udp(&end);
	if (sendto(end.sock, "END", 3, 0, (struct sockaddr *)&end.to,
		   end.to_len) != 3)
		die("END");
	close(end.sock);
}

static void help_exit(void)
{
	fputs("usage: rtpsend -d ADDR -p PORT [-a SRC] [-s SPORT] [-k KIND] [-v VIA]\n"
	      "  [-n COUNT] [-i USEC] [-l PAYLOAD] [-t TAG] [-P PT] [-S SSRC] [-q SEQ]\n"
	      "  [-g SEGMENTS] [-e end marker] [-r random payload] [-j junk first]\n"
	      "  [-N new source port for every packet]\n", stderr);
	exit(2);
}

static void parse(struct job *job, int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv,
			   "a:d:eg:i:jk:l:n:Np:P:q:rs:S:t:v:")) >= 0) {
		switch (c) {
		case 'a':
			job->src = optarg;
			break;
		case 'd':
			job->dst = optarg;
			break;
		case 'e':
			job->end = true;
			break;
		case 'g':
			job->segments = atoi(optarg);
			break;
		case 'i':
			job->interval_us = atoi(optarg);
			break;
		case 'j':
			job->junk_first = true;
			break;
		case 'k':
			job->kind = optarg;
			break;
		case 'l':
			job->payload = atoi(optarg);
			break;
		case 'n':
			job->count = atoi(optarg);
			break;
		case 'N':
			job->new_ports = true;
			break;
		case 'p':
			job->dport = atoi(optarg);
			break;
		case 'P':
			job->pt = atoi(optarg);
			break;
		case 'q':
			job->seq = atoi(optarg);
			break;
		case 'r':
			job->random = true;
			break;
		case 's':
			job->sport = atoi(optarg);
			break;
		case 'S':
			job->ssrc = strtoul(optarg, NULL, 0);
			break;
		case 't':
			job->tag = atoi(optarg);
			break;
		case 'v':
			job->via = optarg;
			break;
		default:
			help_exit();
		}
	}
	if (!job->dst || !job->dport || optind != argc ||
	    job->segments * (job->payload + job->tag + 12) > PACKET_MAX)
		help_exit();
}

int main(int argc, char **argv)
{
	struct job job = { .kind = "rtp", .via = "udp", .count = 1,
			   .payload = 160, .ssrc = 0x1234, .segments = 1,
			   .sport = 4000 };

	parse(&job, argc, argv);
	resolve(job.dst, job.dport, &job.to, &job.to_len);
	job.family = job.to.ss_family;
	if (job.count)
		run(&job);
	if (job.end)
		run_end(&job);
	printf("sent=%u eperm=%u other=%u\n", job.sent, job.eperm, job.other);
	return 0;
}
