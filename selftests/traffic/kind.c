// SPDX-License-Identifier: GPL-2.0
/* What is sent: packets of each kind; all but RTP ignore most of the job. */
#include "dtls_packets.h"
#include "job.h"
#include "zrtp_packets.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

static void fill_random(u8 *p, u32 len)
{
	if (getrandom(p, len, 0) != (ssize_t)len)
		die("getrandom");
}

/* Header extension (RFC 3550, 5.3.1) and CSRC list go before the payload. */
static u32 rtp_header(const struct job *job, u8 *p)
{
	u32 len = 12;
	u32 i;

	for (i = 0; i < job->csrcs; i++, len += 4)
		put_be32(p + len, 0x1000 + i);
	if (!job->extension)
		return len;
	put_be16(p + len, 0xbede);
	put_be16(p + len + 2, job->extension);
	memset(p + len + 4, 0, 4 * job->extension);
	return len + 4 + 4 * job->extension;
}

/* A header that announces what the packet does not have. */
static void rtp_lie(const struct job *job, u8 *p, u32 len)
{
	if (lies(job, "csrc"))
		p[0] |= 15;
	if (lies(job, "extension")) {
		p[0] |= 0x10;
		put_be16(p + 12 + 4 * job->csrcs + 2, 0xffff);
	}
	if (lies(job, "padding")) {
		p[0] |= 0x20;
		p[len - 1] = 255;
	}
}

static u32 make_rtp(const struct job *job, u32 i, u8 *p)
{
	u32 header = rtp_header(job, p);
	u32 len = header + job->payload;

	packet_rtp(p, job->pt, job->seq + i, 160 * (job->seq + i), job->ssrc, 0);
	p[0] |= job->csrcs | (job->extension ? 0x10 : 0);
	memset(p + header, 0xd5, job->payload);
	if (job->random)
		fill_random(p + header, job->payload);
	memset(p + len, 0x5a + i, job->tag);
	rtp_lie(job, p, len);
	return len + job->tag;
}

/* RTP that ends too early: after 0, 1, ... 40 bytes. */
static u32 make_cuts(const struct job *job, u32 i, u8 *p)
{
	make_rtp(job, i, p);
	return i % 41;
}

static u32 make_rtcp(const struct job *job, u32 i, u8 *p)
{
	(void)i;
	return packet_rtcp_sr_sdes(p, job->ssrc);
}

/* RFC 3550, 6.4.2: of one source, whose highest sequence number goes on. */
static u32 make_rr(const struct job *job, u32 i, u8 *p)
{
	memset(p, 0, 32);
	packet_rtcp_rr(p, job->ssrc);
	p[0] |= 1;
	put_be16(p + 2, 7);
	put_be32(p + 8, 1);
	put_be32(p + 16, i);
	return 32;
}

static u32 dns_query(u8 *p, u32 id)
{
	static const u8 query[] = "\0\0\1\0\0\1\0\0\0\0\0\0\3www\7example\3org\0\0\1\0\1";

	memcpy(p, query, sizeof(query) - 1);
	put_be16(p, id);
	return sizeof(query) - 1;
}

/* A query for www.example.org, and one whose id is in the shape of RTP. */
static u32 make_dns(const struct job *job, u32 i, u8 *p)
{
	(void)job;
	return dns_query(p, i * 7919 & 0x7fff);
}

static u32 make_dns_rtp(const struct job *job, u32 i, u8 *p)
{
	(void)job;
	return dns_query(p, 0x8000 | (i & 0x3f));
}

/* QUIC (RFC 9000, 17): first byte 64 to 127, or 192 to 255 and a version. */
static u32 make_quic(const struct job *job, u32 i, u8 *p)
{
	(void)i;
	fill_random(p, job->payload);
	p[0] = 0x40 | (p[0] & 0x3f);
	/* By chance it would be the length of what a TURN channel carries. */
	p[2] |= 0x80;
	return job->payload;
}

static u32 make_quic_long(const struct job *job, u32 i, u8 *p)
{
	make_quic(job, i, p);
	p[0] |= 0xc0;
	put_be32(p + 1, 1);
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

/* Anything, as long as the job says at the most. */
static u32 make_noise(const struct job *job, u32 i, u8 *p)
{
	u16 len;

	(void)i;
	fill_random((u8 *)&len, sizeof(len));
	len %= job->payload + 1;
	fill_random(p, len);
	return len;
}

/* A Binding request (RFC 8489), and a record of DTLS, as long as RTP would be. */
static u32 make_stun(const struct job *job, u32 i, u8 *p)
{
	u32 len = 12 + job->payload;

	memset(p, 0, len);
	put_be32(p, 0x00010000 | (len - 20));
	put_be32(p + 4, 0x2112a442);
	put_be32(p + 8, i);
	put_be32(p + 20, 0x80220000 | (len - 24));
	return len;
}

static u32 make_dtls(const struct job *job, u32 i, u8 *p)
{
	(void)i;
	memset(p, 0x5c, 12 + job->payload);
	return packet_record(p, 22, 1, job->payload - 1);
}

/* A handshake (RFC 6347): hellos that agree on SRTP, Finished of either side. */
static u32 make_client_hello(const struct job *job, u32 i, u8 *p)
{
	(void)job;
	(void)i;
	return packet_client_hello(p, "\x01\x07");
}

static u32 make_server_hello(const struct job *job, u32 i, u8 *p)
{
	(void)job;
	(void)i;
	return packet_server_hello(p, "\x01");
}

/* With SRTP_NULL_HMAC_SHA1_80 (RFC 5764, 4.1.2). */
static u32 make_client_hello_null(const struct job *job, u32 i, u8 *p)
{
	(void)job;
	(void)i;
	return packet_client_hello(p, "\x05");
}

static u32 make_server_hello_null(const struct job *job, u32 i, u8 *p)
{
	(void)job;
	(void)i;
	return packet_server_hello(p, "\x05");
}

static u32 make_finished(const struct job *job, u32 i, u8 *p)
{
	(void)job;
	(void)i;
	return packet_finished(p);
}

static u32 make_zrtp_commit(const struct job *job, u32 i, u8 *p)
{
	(void)job;
	(void)i;
	return packet_zrtp(p, "Commit  ", 40);
}

static u32 make_zrtp_confirm1(const struct job *job, u32 i, u8 *p)
{
	(void)job;
	(void)i;
	return packet_zrtp(p, "Confirm1", 40);
}

static u32 make_zrtp_confirm2(const struct job *job, u32 i, u8 *p)
{
	(void)job;
	(void)i;
	return packet_zrtp(p, "Confirm2", 40);
}

static u32 make_zrtp_clear(const struct job *job, u32 i, u8 *p)
{
	(void)job;
	(void)i;
	return packet_zrtp(p, "GoClear ", 40);
}

static const struct {
	const char *name;
	u32 (*make)(const struct job *job, u32 i, u8 *p);
} kinds[] = {
	{ "rtp", make_rtp }, { "rtcp", make_rtcp }, { "rr", make_rr },
	{ "dns", make_dns }, { "dns-rtp", make_dns_rtp }, { "quic", make_quic },
	{ "quic-long", make_quic_long }, { "empty", make_empty },
	{ "cut", make_cut }, { "cuts", make_cuts }, { "noise", make_noise },
	{ "stun", make_stun }, { "dtls", make_dtls },
	{ "client-hello", make_client_hello }, { "server-hello", make_server_hello },
	{ "client-hello-null", make_client_hello_null },
	{ "server-hello-null", make_server_hello_null },
	{ "finished", make_finished },
	{ "zrtp-commit", make_zrtp_commit },
	{ "zrtp-confirm1", make_zrtp_confirm1 },
	{ "zrtp-confirm2", make_zrtp_confirm2 }, { "zrtp-clear", make_zrtp_clear },
};

/**
 * kind_make() - make a packet
 * @job: says which kind, and the rest
 * @i: number of the packet
 * @p: filled
 *
 * Return: its length.
 */
u32 kind_make(const struct job *job, u32 i, u8 *p)
{
	size_t k;
	u32 len;

	for (k = 0; k < ARRAY_SIZE(kinds); k++) {
		if (strcmp(kinds[k].name, job->kind))
			continue;
		len = kinds[k].make(job, i, p);
		return job->relay ? relay_wrap(job, job->relay, i, p, len) : len;
	}
	fprintf(stderr, "rtpsend: kind '%s': unknown\n", job->kind);
	exit(2);
}
