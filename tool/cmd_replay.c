// SPDX-License-Identifier: GPL-2.0
#include "capture.h"
#include "conf.h"
#include "names.h"
#include "replay.h"
#include "rtpguard.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

/* struct arguments - what the command line says, besides the files */
struct arguments {
	int mode;		/* -1: as the rules say, else enforce */
	const char *rules;	/* NULL: the built-in defaults */
	struct rg_prefix *locals;
	u32 n_locals;
};

static int error_print(const char *path, const char *error)
{
	fprintf(stderr, "rtpguard: %s: %s\n", path, error);
	return STATUS_FAILED;
}

/*
 * What could be read of a broken file is printed too, with "error" in its
 * object, so that each file has its line.
 */
static int file_replay(const struct replay_config *config, const char *path,
		       bool json)
{
	static const char no_memory[] = "out of memory";
	struct capture *cap = capture_open(path);
	const char *error = NULL;
	struct replay replay;
	int ret = STATUS_OK;

	if (!cap)
		return error_print(path, no_memory);
	if (replay_init(&replay, config)) {
		ret = error_print(path, no_memory);
		goto err_free_capture;
	}
	if (!capture_error(cap) && replay_run(&replay, cap))
		error = no_memory;
	else
		error = capture_error(cap);
	if (replay_print(&replay, path, error, json))
		ret = error_print(path, "cannot write the result");
	if (error)
		ret = error_print(path, error);
	replay_exit(&replay);

err_free_capture:
	capture_free(cap);
	return ret;
}

static int files_replay(const struct options *opt, const struct arguments *args,
			char **paths)
{
	struct replay_config config = {
		.mode = RTPGUARD_MODE_ENFORCE,
		.locals = args->locals,
		.n_locals = args->n_locals,
	};
	struct conf conf;
	int ret = STATUS_OK;

	if (!args->rules)
		conf_defaults(&conf);
	else if (conf_read(args->rules, &conf, stderr))
		return STATUS_USAGE;
	config.policy = &conf.policy;
	if (args->mode >= 0)
		config.mode = args->mode;
	else if (conf.has_mode)
		config.mode = conf.mode;
	for (; *paths; paths++) {
		if (file_replay(&config, *paths, opt->json))
			ret = STATUS_FAILED;
	}
	conf_free(&conf);
	return ret;
}

static int mode_parse(const char *word, int *mode)
{
	*mode = name_find(mode_names, word);
	if (*mode > RTPGUARD_MODE_OFF)
		return STATUS_OK;
	return usage_error("--mode '%s': expected monitor, enforce or strict",
			   word);
}

static int option_take(struct arguments *args, int c)
{
	switch (c) {
	case 'l':
		return replay_local_parse(optarg, &args->locals[args->n_locals++]);
	case 'm':
		return mode_parse(optarg, &args->mode);
	case 'r':
		args->rules = optarg;
		return STATUS_OK;
	default:
		return STATUS_USAGE;
	}
}

int cmd_replay(const struct options *opt, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "local", required_argument, NULL, 'l' },
		{ "mode", required_argument, NULL, 'm' },
		{ "rules", required_argument, NULL, 'r' },
		{ NULL, 0, NULL, 0 }
	};
	struct arguments args = { .mode = -1 };
	int ret = STATUS_OK;
	int c;

	/* Each --local is an argument at least: there is room for all. */
	args.locals = calloc(argc, sizeof(*args.locals));
	if (!args.locals)
		return error_print("--local", "out of memory");
	optind = 0;
	while (!ret && (c = getopt_long(argc, argv, "l:m:r:", longs, NULL)) >= 0)
		ret = option_take(&args, c);
	if (!ret && optind == argc)
		ret = usage_error("replay takes capture files, got none");
	if (!ret)
		ret = files_replay(opt, &args, argv + optind);
	free(args.locals);
	return ret;
}
