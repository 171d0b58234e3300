/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_TOOL_RTPGUARD_H
#define RG_TOOL_RTPGUARD_H

#include "attributes.h"

#include <stdbool.h>

#define RG_TOOL_VERSION "0.1"

/* Schema of all JSON that we print; rises when a reader has to change. */
#define RG_JSON_SCHEMA 1

enum exit_status {
	STATUS_OK = 0,
	STATUS_FAILED = 1,	/* refused or failed */
	STATUS_USAGE = 2,	/* of the command line or the rules file */
	STATUS_ABSENT = 3,	/* the module is not loaded */
	STATUS_PERMISSION = 4,	/* no privilege, or another namespace */
	STATUS_SEALED = 5,
	STATUS_VERSION = 6,	/* tool and module do not fit */
};

/**
 * struct options - options that every command takes
 * @json: print JSON
 * @numeric: look no names up
 */
struct options {
	bool json;
	bool numeric;
};

/*
 * cmd_*.c: argv[0] is the command's word, options before it are in @opt. Each
 * returns enum exit_status.
 */
int cmd_check(const struct options *opt, int argc, char **argv);
int cmd_list(const struct options *opt, int argc, char **argv);
int cmd_load(const struct options *opt, int argc, char **argv);
int cmd_mode(const struct options *opt, int argc, char **argv);
int cmd_monitor(const struct options *opt, int argc, char **argv);
int cmd_replay(const struct options *opt, int argc, char **argv);
int cmd_status(const struct options *opt, int argc, char **argv);
int cmd_version(const struct options *opt, int argc, char **argv);

/* rtpguard.c */
__printf(1, 2)
int usage_error(const char *format, ...);

#endif /* RG_TOOL_RTPGUARD_H */
