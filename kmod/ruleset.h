/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_RULESET_H
#define RG_RULESET_H

#include "core/policy.h"
#include "stats.h"

#include <linux/rcupdate.h>

struct netlink_ext_ack;
struct nlattr;
struct rg_rule_stats;

/**
 * struct rg_ruleset - policy and mode in force; never edited once published,
 *	but for the mode
 * @policy: rules and defaults
 * @stats: per CPU, one for each rule
 * @generation: counts the rulesets, 1 is the built-in one
 * @mode: enum rtpguard_mode; READ_ONCE, writers hold the ruleset mutex
 * @rcu: frees it after a grace period
 */
struct rg_ruleset {
	struct rg_policy policy;
	struct rg_rule_stats __percpu *stats;
	u64 generation;
	u8 mode;
	struct rcu_head rcu;
};

/**
 * struct rg_ruleset_request - what a load asks for
 * @attrs: attributes of enum RTPGUARD_A_RULESET_*, validated by the policy
 * @len: bytes of @attrs
 * @expected: refuse unless it holds the generation in force; or NULL
 * @has_mode: set @mode too
 * @mode: enum rtpguard_mode
 */
struct rg_ruleset_request {
	const struct nlattr *attrs;
	int len;
	const struct nlattr *expected;
	bool has_mode;
	u8 mode;
};

int rg_ruleset_init(void);
void rg_ruleset_exit(void);
const struct rg_ruleset *rg_ruleset_get(void);
void rg_ruleset_set_mode(u8 mode);
int rg_ruleset_load(const struct rg_ruleset_request *req, u64 *generation,
		    struct netlink_ext_ack *extack);
void rg_ruleset_count(const struct rg_ruleset *ruleset, u32 rule, u32 bytes);
void rg_ruleset_rule_count(const struct rg_ruleset *ruleset, u32 rule,
			   struct rg_count *count);

/* ruleset_parse.c */
int rg_ruleset_parse(struct rg_policy *policy, const struct nlattr *attrs,
		     int len, struct netlink_ext_ack *extack);
void rg_ruleset_parse_free(struct rg_policy *policy);

#endif /* RG_RULESET_H */
