// SPDX-License-Identifier: GPL-2.0
#include "json_print.h"
#include "rtpguard.h"

#include <stdio.h>

#include <linux/rtpguard.h>

int cmd_version(const struct options *opt, int argc, char **argv)
{
	if (argc > 1)
		return usage_error("version takes no argument, got '%s'", argv[1]);
	if (opt->json)
		json_print(json_pack("{s:s, s:i}", "version", RG_TOOL_VERSION,
				     "netlink_version",
				     RTPGUARD_FAMILY_VERSION));
	else
		puts("rtpguard " RG_TOOL_VERSION);
	return STATUS_OK;
}
