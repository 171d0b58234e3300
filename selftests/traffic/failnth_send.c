// SPDX-License-Identifier: GPL-2.0
/*
 * For LD_PRELOAD: while the program hands netlink a message of the family, and
 * that is answered, the FAILNTH-th allocation fails. The file FAILNTH_SAID gets a line
 * each time: "injected", or "all" where there were fewer. Look-ups of the family are
 * left alone.
 */
#include "failnth.h"

#include <dlfcn.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>

typedef ssize_t (*sendto_fn)(int, const void *, size_t, int,
			     const struct sockaddr *, socklen_t);

static void say(int injected)
{
	FILE *file = fopen(getenv("FAILNTH_SAID"), "ae");

	if (!file)
		exit(2);
	fputs(injected ? "injected\n" : "all\n", file);
	fclose(file);
}

ssize_t sendto(int fd, const void *data, size_t len, int flags,
	       __CONST_SOCKADDR_ARG to, socklen_t to_len)
{
	const struct sockaddr *at = to.__sockaddr__;
	const struct nlmsghdr *head = data;
	sendto_fn real;
	ssize_t ret;

	*(void **)&real = dlsym(RTLD_NEXT, "sendto");
	if (!at || at->sa_family != AF_NETLINK || head->nlmsg_type == GENL_ID_CTRL)
		return real(fd, data, len, flags, at, to_len);
	failnth_begin(atoi(getenv("FAILNTH")));
	ret = real(fd, data, len, flags, at, to_len);
	say(failnth_end());
	return ret;
}
