// SPDX-License-Identifier: GPL-2.0
#include "netns.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

/**
 * netns_enter() - have this process go on in another network namespace
 * @name: as ip-netns(8) knows it; it is entered as by that program, less one
 *	program to start
 *
 * Return: true, or false and errno.
 */
bool netns_enter(const char *name)
{
	char path[256];
	int ns, ret;

	snprintf(path, sizeof(path), "/run/netns/%s", name);
	ns = open(path, O_RDONLY);
	if (ns < 0)
		return false;
	ret = setns(ns, CLONE_NEWNET);
	close(ns);
	return !ret;
}
