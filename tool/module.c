// SPDX-License-Identifier: GPL-2.0
#include "module.h"
#include "rtpguard.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/**
 * module_live() - which module is loaded?
 *
 * Return: a number that is another one after each load; 0 when there is none, or
 * it is on its way in or out.
 */
ino_t module_live(void)
{
	FILE *file = fopen("/sys/module/rtpguard/initstate", "re");
	char state[16] = "";
	struct stat st;
	ino_t ino = 0;

	if (!file)
		return 0;
	state[fread(state, 1, sizeof(state) - 1, file)] = '\0';
	if (!strcmp(state, "live\n") && !fstat(fileno(file), &st))
		ino = st.st_ino;
	fclose(file);
	return ino;
}

/**
 * module_absent() - tell that no module is loaded
 *
 * Return: the exit status for it.
 */
int module_absent(void)
{
	fputs("rtpguard: the module is not loaded, expected 'modprobe rtpguard' before\n",
	      stderr);
	return STATUS_ABSENT;
}

/**
 * module_out_of_reach() - tell that a module is loaded, but not for us
 *
 * The family is the host namespace's; modules are everybody's to see.
 *
 * Return: the exit status for it.
 */
int module_out_of_reach(void)
{
	fputs("rtpguard: module out of reach, expected the host's network namespace\n",
	      stderr);
	return STATUS_PERMISSION;
}
