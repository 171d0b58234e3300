// SPDX-License-Identifier: GPL-2.0
/*
 * Counts the datagrams that arrive at a port until one says "END", and prints
 * "received=N bytes=N". -L listens for UDP-Lite as well.
 */
#include <getopt.h>
#include <netinet/in.h>
#include <poll.h>
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

static int open_port(int protocol, unsigned short port)
{
	/* One socket takes both families. */
	struct sockaddr_in6 at = { .sin6_family = AF_INET6,
				   .sin6_port = htons(port) };
	int size = 1 << 22;
	int sock = socket(AF_INET6, SOCK_DGRAM, protocol);

	if (sock < 0 || bind(sock, (struct sockaddr *)&at, sizeof(at))) {
		perror("rtprecv");
		exit(1);
	}
	setsockopt(sock, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	return sock;
}

int main(int argc, char **argv)
{
	unsigned long received = 0, bytes = 0;
	static char buf[65536];
	struct pollfd fds[2] = { { .events = POLLIN }, { .events = POLLIN } };
	int port = 0, n_fds = 1, i, c;
	ssize_t len;

	while ((c = getopt(argc, argv, "p:L")) >= 0) {
		if (c == 'p')
			port = atoi(optarg);
		else if (c == 'L')
			n_fds = 2;
		else
			return 2;
	}
	fds[0].fd = open_port(IPPROTO_UDP, port);
	if (n_fds == 2)
		fds[1].fd = open_port(IPPROTO_UDPLITE, port);
	while (poll(fds, n_fds, PATIENCE_MS) > 0) {
		for (i = n_fds - 1; i >= 0; i--) {
			if (!(fds[i].revents & POLLIN))
				continue;
			len = recv(fds[i].fd, buf, sizeof(buf), 0);
			if (len == 3 && !memcmp(buf, "END", 3)) {
				printf("received=%lu bytes=%lu\n", received,
				       bytes);
				return 0;
			}
			received += len >= 0;
			bytes += len > 0 ? len : 0;
		}
	}
	fputs("rtprecv: no end marker came\n", stderr);
	return 1;
}
