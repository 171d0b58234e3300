// SPDX-License-Identifier: GPL-2.0
#include "conf.h"
#include "json_print.h"
#include "nl.h"
#include "rtpguard.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>

static int load_conf(const struct options *opt, const struct conf *conf,
		     const u64 *expected)
{
	u64 generation = 0;
	struct nl *nl;
	int ret;

	ret = nl_open(&nl);
	if (ret)
		return ret;
	ret = nl_load(nl, conf, expected, &generation);
	if (!ret && opt->json)
		json_print(json_pack("{s:I, s:i}",
				     "generation", (json_int_t)generation,
				     "rules", (int)conf->policy.n_rules));
	nl_close(nl);
	return ret;
}

static int number_parse(const char *text, u64 *number)
{
	char *end;

	errno = 0;
	*number = strtoull(text, &end, 10);
	return errno || !*text || *end || *text == '-' ? -1 : 0;
}

int cmd_load(const struct options *opt, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "expect", required_argument, NULL, 'e' },
		{ NULL, 0, NULL, 0 }
	};
	const u64 *has_expected = NULL;
	struct conf conf;
	u64 expected;
	int c, ret;

	optind = 0;
	while ((c = getopt_long(argc, argv, "+e:", longs, NULL)) >= 0) {
		if (c != 'e')
			return STATUS_USAGE;
		if (number_parse(optarg, &expected))
			return usage_error("'%s' is no generation, expected a number",
					   optarg);
		has_expected = &expected;
	}
	if (argc - optind != 1)
		return usage_error("load takes one file, got %d", argc - optind);
	if (conf_read(argv[optind], &conf, stderr))
		return STATUS_USAGE;
	ret = load_conf(opt, &conf, has_expected);
	conf_free(&conf);
	return ret;
}

int cmd_check(const struct options *opt, int argc, char **argv)
{
	static const struct option none[] = { { NULL, 0, NULL, 0 } };
	struct conf conf;

	optind = 0;
	if (getopt_long(argc, argv, "+", none, NULL) >= 0)
		return STATUS_USAGE;
	if (argc - optind != 1)
		return usage_error("check takes one file, got %d", argc - optind);
	if (conf_read(argv[optind], &conf, stderr))
		return STATUS_USAGE;
	if (opt->json)
		json_print(json_pack("{s:o, s:b, s:i}",
				     "file", json_path(argv[optind]),
				     "valid", 1,
				     "rules", (int)conf.policy.n_rules));
	conf_free(&conf);
	return STATUS_OK;
}
