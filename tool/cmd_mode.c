// SPDX-License-Identifier: GPL-2.0
#include "json_print.h"
#include "names.h"
#include "nl.h"
#include "rtpguard.h"

static int mode_show(const struct options *opt, struct nl *nl)
{
	struct nl_status status;
	int ret = nl_get_status(nl, &status);

	if (ret)
		return ret;
	if (opt->json)
		json_print(json_pack("{s:s}", "mode",
				     name_of(mode_names, status.mode)));
	else
		puts(name_of(mode_names, status.mode));
	return STATUS_OK;
}

static int mode_set(const struct options *opt, struct nl *nl, int mode)
{
	int ret = nl_set_mode(nl, (u8)mode);

	if (!ret && opt->json)
		json_print(json_pack("{s:s}", "mode",
				     name_of(mode_names, (u32)mode)));
	return ret;
}

int cmd_mode(const struct options *opt, int argc, char **argv)
{
	char all[128];
	struct nl *nl;
	int mode = -1;
	int ret;

	if (argc > 2)
		return usage_error("mode takes one argument, got '%s' too", argv[2]);
	if (argc == 2) {
		mode = name_find(mode_names, argv[1]);
		if (mode < 0)
			return usage_error("unknown mode '%s', expected one of %s",
					   argv[1],
					   names_join(mode_names, all, sizeof(all)));
	}
	ret = nl_open(&nl);
	if (ret)
		return ret;
	ret = argc == 2 ? mode_set(opt, nl, mode) : mode_show(opt, nl);
	nl_close(nl);
	return ret;
}
