// SPDX-License-Identifier: GPL-2.0
/* How it is sent: through each kind of socket and system call. */
#include "job.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

#ifndef IPPROTO_UDPLITE
#define IPPROTO_UDPLITE 136
#endif
#define UDPLITE_SEND_CSCOV 10

/**
 * send_plain() - send with one call of sendto()
 * @job: its socket and address
 * @p: what to send
 * @len: of @p
 * @flags: MSG_*
 */
void send_plain(struct job *job, const u8 *p, u32 len, int flags)
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

static void send_mmsg(struct job *job, const u8 *p, u32 len)
{
	struct iovec iov = { .iov_base = (void *)p, .iov_len = len };
	struct mmsghdr msg = {
		.msg_hdr = { .msg_name = &job->to, .msg_namelen = job->to_len,
			     .msg_iov = &iov, .msg_iovlen = 1 },
	};

	account(job, sendmmsg(job->sock, &msg, 1, 0));
}

/* The payload's pages go from a pipe, or from a file, into the packet. */
static void send_splice(struct job *job, const u8 *p, u32 len)
{
	static int ends[2] = { -1, -1 };

	if (ends[0] < 0 && pipe(ends))
		die("pipe");
	if (write(ends[1], p, len) != (ssize_t)len)
		die("write to the pipe");
	account(job, splice(ends[0], NULL, job->sock, NULL, len, 0));
}

static void send_file(struct job *job, const u8 *p, u32 len)
{
	int file = memfd_create("rtpsend", 0);
	off_t from = 0;

	if (file < 0 || write(file, p, len) != (ssize_t)len)
		die("memfd");
	account(job, sendfile(job->sock, file, &from, len));
	close(file);
}

/**
 * set_option() - setsockopt() or the end
 * @job: its socket
 * @level: as in setsockopt()
 * @name: as in setsockopt()
 * @value: as in setsockopt()
 * @len: as in setsockopt()
 */
void set_option(struct job *job, int level, int name, const void *value,
		socklen_t len)
{
	if (setsockopt(job->sock, level, name, value, len))
		die("setsockopt");
}

/**
 * open_socket() - open and bind the job's socket
 * @job: says family, address and port
 * @type: SOCK_*
 * @protocol: IPPROTO_*
 */
void open_socket(struct job *job, int type, int protocol)
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

/**
 * open_udp() - open the job's UDP socket
 * @job: says family, address and port
 */
void open_udp(struct job *job)
{
	open_socket(job, SOCK_DGRAM, IPPROTO_UDP);
}

/**
 * open_connected() - for calls that take no address
 * @job: says family, addresses and ports
 */
void open_connected(struct job *job)
{
	open_udp(job);
	if (connect(job->sock, (struct sockaddr *)&job->to, job->to_len))
		die("connect");
}

static void open_udplite(struct job *job)
{
	int coverage = job->coverage;

	open_socket(job, SOCK_DGRAM, IPPROTO_UDPLITE);
	set_option(job, IPPROTO_UDPLITE, UDPLITE_SEND_CSCOV, &coverage,
		   sizeof(coverage));
}

static void open_zerocopy(struct job *job)
{
	int on = 1;

	open_udp(job);
	set_option(job, SOL_SOCKET, SO_ZEROCOPY, &on, sizeof(on));
}

static void open_no_checksum(struct job *job)
{
	int on = 1;

	open_udp(job);
	if (job->family == AF_INET)
		set_option(job, SOL_SOCKET, SO_NO_CHECK, &on, sizeof(on));
	else
		set_option(job, IPPROTO_UDP, UDP_NO_CHECK6_TX, &on, sizeof(on));
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

static const struct via vias[] = {
	{ "udp", open_udp, send_udp },
	{ "udplite", open_udplite, send_udp },
	{ "zerocopy", open_zerocopy, send_zerocopy },
	{ "more", open_udp, send_more },
	{ "mmsg", open_udp, send_mmsg },
	{ "splice", open_connected, send_splice },
	{ "sendfile", open_connected, send_file },
	{ "uring", open_uring, send_uring },
	{ "no-checksum", open_no_checksum, send_udp },
	{ "options", open_options, send_udp },
	{ "gso", open_udp, send_udp },
	{ "raw", open_raw, send_raw },
	{ "line", open_line, send_line },
	{ "frag", open_raw, send_frag },
	{ "frag8", open_raw, send_frag8 },
	{ "overlap", open_raw, send_overlap },
	{ "cut", open_raw, send_cut },
	{ "stub", open_raw, send_stub },
};

/**
 * via_find() - look a way to send up
 * @name: word for it
 *
 * Return: it; there is no return without.
 */
const struct via *via_find(const char *name)
{
	size_t v;

	for (v = 0; v < ARRAY_SIZE(vias); v++) {
		if (!strcmp(vias[v].name, name))
			return &vias[v];
	}
	fprintf(stderr, "rtpsend: via '%s': unknown\n", name);
	exit(2);
}
