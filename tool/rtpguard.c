// SPDX-License-Identifier: GPL-2.0
#include "rtpguard.h"

#include "core/types.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#ifdef WITH_PCAP
#define REPLAY cmd_replay
#else
#define REPLAY NULL
#endif

static const struct {
	const char *word;
	int (*run)(const struct options *opt, int argc, char **argv);
	const char *args;
	const char *what;
} commands[] = {
	{ "status", cmd_status, "", "mode, coverage and totals" },
	{ "load", cmd_load, "[--expect GENERATION] FILE",
	  "replace the ruleset, all or nothing" },
	{ "check", cmd_check, "FILE", "is it a valid rules file?" },
	{ "mode", cmd_mode, "[off|monitor|enforce|strict]",
	  "show or set the mode" },
	{ "list", cmd_list, "ruleset|flows|counters", "what is in force" },
	{ "monitor", cmd_monitor, "", "print events as they happen" },
	{ "replay", REPLAY,
	  "[--mode MODE] [--rules FILE] [--local PREFIX] CAPTURE...",
	  "what it would have said of captures" },
	{ "version", cmd_version, "", "version of the tool" },
};

static const struct option options[] = {
	{ "check", required_argument, NULL, 'c' },
	{ "file", required_argument, NULL, 'f' },
	{ "help", no_argument, NULL, 'h' },
	{ "json", no_argument, NULL, 'j' },
	{ "numeric", no_argument, NULL, 'n' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 }
};

static void help(FILE *to)
{
	size_t i;

	fputs("usage: rtpguard [-j|--json] [-n|--numeric] COMMAND [ARGUMENT...]\n"
	      "       rtpguard -f FILE    the same as load FILE\n"
	      "       rtpguard -c FILE    the same as check FILE\n\n", to);
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		if (commands[i].run)
			fprintf(to, "  %s %s\n        %s\n", commands[i].word,
				commands[i].args, commands[i].what);
	}
}

/**
 * usage_error() - tell the user what is wrong with the command line
 * @format: what, and what was expected
 *
 * Return: STATUS_USAGE.
 */
int usage_error(const char *format, ...)
{
	va_list args;

	fputs("rtpguard: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputs(" (rtpguard --help)\n", stderr);
	return STATUS_USAGE;
}

static int command_run(const struct options *opt, int argc, char **argv)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		if (strcmp(commands[i].word, argv[0]))
			continue;
		if (!commands[i].run)
			return usage_error("%s is not built in: this is a tool without libpcap",
					   argv[0]);
		return commands[i].run(opt, argc, argv);
	}
	return usage_error("unknown command '%s'", argv[0]);
}

/*
 * --json and --numeric are read wherever they stand: "list flows --json" is
 * what everybody types first. What follows "--" is left alone.
 */
static int globals_take(struct options *opt, int argc, char **argv)
{
	int i, kept = 0;

	for (i = 0; i < argc; i++) {
		if (!strcmp(argv[i], "--")) {
			while (i < argc)
				argv[kept++] = argv[i++];
			break;
		}
		if (!strcmp(argv[i], "--json") || !strcmp(argv[i], "-j"))
			opt->json = true;
		else if (!strcmp(argv[i], "--numeric") || !strcmp(argv[i], "-n"))
			opt->numeric = true;
		else
			argv[kept++] = argv[i];
	}
	argv[kept] = NULL;
	return kept;
}

static int file_command(const struct options *opt, char *word, int argc,
			char **argv)
{
	char *command[3] = { word, optarg, NULL };

	/* A second file must not seem to have been read. */
	if (optind < argc)
		return usage_error("%s takes one file, got '%s' too", word,
				   argv[optind]);
	return command_run(opt, 2, command);
}

static int options_run(struct options *opt, int argc, char **argv)
{
	char load[] = "load", check[] = "check", version[] = "version";
	char *none[2] = { version, NULL };
	int c;

	while ((c = getopt_long(argc, argv, "+c:f:hjnV", options, NULL)) >= 0) {
		switch (c) {
		case 'c':
			return file_command(opt, check, argc, argv);
		case 'f':
			return file_command(opt, load, argc, argv);
		case 'h':
			help(stdout);
			return STATUS_OK;
		case 'j':
			opt->json = true;
			break;
		case 'n':
			opt->numeric = true;
			break;
		case 'V':
			return cmd_version(opt, 1, none);
		default:
			return usage_error("see the options");
		}
	}
	if (optind == argc) {
		help(stderr);
		return STATUS_USAGE;
	}
	return command_run(opt, argc - optind, argv + optind);
}

/*
 * A closed standard stream's number would go to the next file or socket that is
 * opened, and what is printed into that. One that cannot be used has it instead.
 */
static void streams_reserve(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_PATH | O_CLOEXEC);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	close(fd);
}

/* An answer that could not be written is no answer, whoever reads it. */
static int output_end(int ret)
{
	bool failed;

	errno = 0;
	failed = fflush(stdout) || ferror(stdout);
	if (ret || !failed)
		return ret;
	fprintf(stderr, "rtpguard: cannot write the answer: %s\n",
		errno ? strerror(errno) : "write error");
	return STATUS_FAILED;
}

/* A rules file's first line calls us as "rtpguard -f FILE". */
int main(int argc, char **argv)
{
	struct options opt = { 0 };

	streams_reserve();
	argc = globals_take(&opt, argc, argv);
	return output_end(options_run(&opt, argc, argv));
}
