/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_TOOL_CONF_H
#define RG_TOOL_CONF_H

#include <stdio.h>

#include "core/policy.h"

/* A rules file is one netlink message of at most 2 MiB. */
#define CONF_SIZE_MAX	(2 << 20)

/**
 * struct conf - a rules file, read
 * @policy: rules, and defaults on top of the built-in ones
 * @has_mode: the file sets @mode
 * @mode: enum rtpguard_mode
 */
struct conf {
	struct rg_policy policy;
	bool has_mode;
	u8 mode;
};

/* conf.c */
void conf_defaults(struct conf *conf);
void conf_free(struct conf *conf);
int conf_parse(const char *path, const char *text, size_t len,
	       struct conf *conf, FILE *errors);
int conf_read(const char *path, struct conf *conf, FILE *errors);

/* policy_print.c */
void policy_print(FILE *to, const struct conf *conf);
void policy_rule_print(FILE *to, const struct rg_policy *policy,
		       const struct rg_rule *rule);

#endif /* RG_TOOL_CONF_H */
