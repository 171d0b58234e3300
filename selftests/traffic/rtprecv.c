// SPDX-License-Identifier: GPL-2.0
/*
 * Says "bound" when it listens at a port, counts the datagrams that arrive until
 * one says "END", and prints "received=N bytes=N". -w is the namespace, -L
 * listens for UDP-Lite as well, -m joins a multicast group on eth0 (up to
 * four), -k begins anew after each END.
 */
#include "netns.h"

#include <arpa/inet.h>
#include <getopt.h>
#include <linux/udp.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef IPPROTO_UDPLITE
#define IPPROTO_UDPLITE 136
#endif

/* Nothing for so long means that the end marker itself was lost. */
#define PATIENCE_MS 60000

struct counts {
	unsigned long received, bytes;
};

static void die(const char *what)
{
	fprintf(stderr, "rtprecv: ");
	perror(what);
	exit(1);
}

static int open_port(int protocol, unsigned short port)
{
	/* One socket takes both families. */
	struct sockaddr_in6 at = { .sin6_family = AF_INET6,
				   .sin6_port = htons(port) };
	int size = 1 << 22;
	int on = 1;
	int sock = socket(AF_INET6, SOCK_DGRAM, protocol);

	if (sock < 0 || bind(sock, (struct sockaddr *)&at, sizeof(at)))
		die("port");
	setsockopt(sock, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	/* The groups another socket joins: for IPv6 that is so anyway. */
	setsockopt(sock, IPPROTO_IP, IP_MULTICAST_ALL, &on, sizeof(on));
	if (protocol == IPPROTO_UDP)
		setsockopt(sock, IPPROTO_UDP, UDP_NO_CHECK6_RX, &on, sizeof(on));
	return sock;
}

/* Whoever joins, all of the host's sockets on that port receive. */
static void join_group(const char *text)
{
	struct group_req request = { .gr_interface = if_nametoindex("eth0") };
	struct sockaddr_in6 *six = (void *)&request.gr_group;
	struct sockaddr_in *four = (void *)&request.gr_group;
	bool is_six = inet_pton(AF_INET6, text, &six->sin6_addr) == 1;
	int sock = socket(is_six ? AF_INET6 : AF_INET, SOCK_DGRAM, 0);

	request.gr_group.ss_family = is_six ? AF_INET6 : AF_INET;
	if (!is_six && inet_pton(AF_INET, text, &four->sin_addr) != 1)
		die("group");
	if (sock < 0 || setsockopt(sock, is_six ? IPPROTO_IPV6 : IPPROTO_IP,
				   MCAST_JOIN_GROUP, &request, sizeof(request)))
		die("group");
}

/* True at the end marker. */
static bool take(int sock, struct counts *counts)
{
	static char buf[65536];
	ssize_t len = recv(sock, buf, sizeof(buf), 0);

	if (len == 3 && !memcmp(buf, "END", 3))
		return true;
	counts->received += len >= 0;
	counts->bytes += len > 0 ? len : 0;
	return false;
}

/* Up to the next end marker. UDP-Lite, which has none, is emptied first. */
static bool count(struct pollfd *fds, int n_fds, int patience_ms)
{
	struct counts counts = { 0, 0 };
	int i;

	while (poll(fds, n_fds, patience_ms) > 0) {
		for (i = n_fds - 1; i >= 0; i--) {
			if (!(fds[i].revents & POLLIN))
				continue;
			if (!take(fds[i].fd, &counts))
				break;
			printf("received=%lu bytes=%lu\n", counts.received,
			       counts.bytes);
			fflush(stdout);
			return true;
		}
	}
	return false;
}

int main(int argc, char **argv)
{
	struct pollfd fds[2] = { { .events = POLLIN }, { .events = POLLIN } };
	int port = 0, n_fds = 1, n_groups = 0, i, c;
	const char *groups[4] = { NULL };
	bool keep = false;

	while ((c = getopt(argc, argv, "p:Lm:kw:")) >= 0) {
		if (c == 'p')
			port = atoi(optarg);
		else if (c == 'L')
			n_fds = 2;
		else if (c == 'm' && n_groups < 4)
			groups[n_groups++] = optarg;
		else if (c == 'k')
			keep = true;
		else if (c != 'w')
			return 2;
		else if (!netns_enter(optarg))
			die(optarg);
	}
	for (i = 0; i < n_groups; i++)
		join_group(groups[i]);
	fds[0].fd = open_port(IPPROTO_UDP, port);
	if (n_fds == 2)
		fds[1].fd = open_port(IPPROTO_UDPLITE, port);
	puts("bound");
	fflush(stdout);
	if (keep) {
		while (count(fds, n_fds, -1))
			;
	} else if (count(fds, n_fds, PATIENCE_MS)) {
		return 0;
	}
	fputs("rtprecv: no end marker came\n", stderr);
	return 1;
}
