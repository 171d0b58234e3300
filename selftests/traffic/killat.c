// SPDX-License-Identifier: GPL-2.0
/*
 * killat N COMMAND...: kills the command where it enters its N-th system call. The
 * first is the first socket(): before it nobody else can know of the command. Prints
 * "killed", or "exit CODE" where it has fewer.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void die(const char *what)
{
	fprintf(stderr, "killat: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void run(char **command)
{
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL))
		die("PTRACE_TRACEME");
	execvp(command[0], command);
	die(command[0]);
}

/* Goes on to the next entry or exit of a system call; false: there is none. */
static int next_stop(pid_t pid, int *status)
{
	long signal = 0;

	for (;;) {
		if (ptrace(PTRACE_SYSCALL, pid, NULL, (void *)signal) ||
		    waitpid(pid, status, 0) != pid)
			die("PTRACE_SYSCALL");
		if (!WIFSTOPPED(*status))
			return 0;
		if (WSTOPSIG(*status) == (SIGTRAP | 0x80))
			return 1;
		signal = WSTOPSIG(*status);
	}
}

/* Is this the entry to a call that counts? */
static int counts(pid_t pid, int *begun)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, (void *)sizeof(info), &info) < 0)
		die("PTRACE_GET_SYSCALL_INFO");
	if (info.op != PTRACE_SYSCALL_INFO_ENTRY)
		return 0;
	*begun |= info.entry.nr == SYS_socket;
	return *begun;
}

int main(int argc, char **argv)
{
	long at = argc > 2 ? atol(argv[1]) : 0;
	int status, begun = 0;
	pid_t pid;

	if (at < 1) {
		fputs("usage: killat N COMMAND...\n", stderr);
		return 2;
	}
	pid = fork();
	if (!pid)
		run(argv + 2);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_SETOPTIONS, pid, NULL,
		   (void *)(PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL)))
		die(argv[2]);
	while (next_stop(pid, &status)) {
		if (!counts(pid, &begun) || --at)
			continue;
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		puts("killed");
		return 0;
	}
	printf("exit %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : 255);
	return 0;
}
