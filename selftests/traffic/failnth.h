/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_SELFTESTS_FAILNTH_H
#define RG_SELFTESTS_FAILNTH_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Documentation/fault-injection/fault-injection.rst: one allocation of a thread. */

static int failnth_file = -1;

/**
 * failnth_begin() - let the n-th allocation of this thread fail
 * @n: from 1 on
 */
static inline void failnth_begin(int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%d", n);

	failnth_file = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (failnth_file < 0 || write(failnth_file, text, len) != len) {
		perror("/proc/thread-self/fail-nth");
		exit(2);
	}
}

/**
 * failnth_end() - no further one
 *
 * Return: 1 when there was an n-th, which failed.
 */
static inline int failnth_end(void)
{
	char text[16] = "";

	if (pread(failnth_file, text, sizeof(text) - 1, 0) < 1 ||
	    pwrite(failnth_file, "0", 1, 0) != 1) {
		perror("/proc/thread-self/fail-nth");
		exit(2);
	}
	close(failnth_file);
	return !atoi(text);
}

#endif /* RG_SELFTESTS_FAILNTH_H */
