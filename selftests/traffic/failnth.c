// SPDX-License-Identifier: GPL-2.0
/*
 * failnth N module FILE [PARAMETERS]: loads a module while its N-th allocation fails
 * failnth N netns: makes a network namespace likewise
 *
 * Prints what became of it: "ok" or the errno's name, and "injected" where there was
 * an N-th allocation, else "all". failnth_send.c does so for netlink messages.
 */
#include "failnth.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int help(void)
{
	fputs("usage: failnth N module FILE [PARAMETERS]\n"
	      "       failnth N netns\n", stderr);
	return 2;
}

int main(int argc, char **argv)
{
	const char *parameters = argc > 4 ? argv[4] : "";
	int file = -1, module, injected, error = 0;
	long ret;

	if (argc < 3)
		return help();
	module = !strcmp(argv[2], "module") && argc > 3;
	if (!module && strcmp(argv[2], "netns"))
		return help();
	if (module) {
		file = open(argv[3], O_RDONLY | O_CLOEXEC);
		if (file < 0) {
			perror(argv[3]);
			return 2;
		}
	}
	failnth_begin(atoi(argv[1]));
	if (module)
		ret = syscall(SYS_finit_module, file, parameters, 0);
	else
		ret = unshare(CLONE_NEWNET);
	if (ret)
		error = errno;
	injected = failnth_end();
	printf("%s %s\n", ret ? strerrorname_np(error) : "ok",
	       injected ? "injected" : "all");
	return 0;
}
