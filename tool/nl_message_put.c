// SPDX-License-Identifier: GPL-2.0
#include "nl_message.h"

#include <libmnl/libmnl.h>

static bool put_prefixes(struct nlmsghdr *nlh, u16 type,
			 const struct rg_policy *policy,
			 const struct rg_set *set)
{
	const struct rg_prefix *prefix;
	struct nlattr *nest;
	u32 i;

	for (i = 0; i < set->n; i++) {
		prefix = &policy->prefixes[set->first + i];
		nest = mnl_attr_nest_start_check(nlh, NL_LOAD_SIZE_MAX, type);
		if (!nest ||
		    !mnl_attr_put_check(nlh, NL_LOAD_SIZE_MAX,
					RTPGUARD_A_PREFIX_ADDR,
					prefix->family == 4 ? 4 : 16,
					prefix->addr) ||
		    !mnl_attr_put_u8_check(nlh, NL_LOAD_SIZE_MAX,
					   RTPGUARD_A_PREFIX_LEN, prefix->len))
			return false;
		mnl_attr_nest_end(nlh, nest);
	}
	return true;
}

static bool put_ports(struct nlmsghdr *nlh, u16 type,
		      const struct rg_policy *policy, const struct rg_set *set)
{
	const struct rg_ports *ports;
	struct nlattr *nest;
	u32 i;

	for (i = 0; i < set->n; i++) {
		ports = &policy->ports[set->first + i];
		nest = mnl_attr_nest_start_check(nlh, NL_LOAD_SIZE_MAX, type);
		if (!nest ||
		    !mnl_attr_put_u16_check(nlh, NL_LOAD_SIZE_MAX,
					    RTPGUARD_A_PORT_RANGE_FIRST,
					    ports->first) ||
		    !mnl_attr_put_u16_check(nlh, NL_LOAD_SIZE_MAX,
					    RTPGUARD_A_PORT_RANGE_LAST,
					    ports->last))
			return false;
		mnl_attr_nest_end(nlh, nest);
	}
	return true;
}

static bool put_ifnames(struct nlmsghdr *nlh, const struct rg_policy *policy,
			const struct rg_set *set)
{
	u32 i;

	for (i = 0; i < set->n; i++) {
		if (!mnl_attr_put_strz_check(nlh, NL_LOAD_SIZE_MAX,
					     RTPGUARD_A_RULE_OIFNAME,
					     policy->ifnames[set->first + i].name))
			return false;
	}
	return true;
}

static bool put_bitmap(struct nlmsghdr *nlh, u16 type, u32 bitmap)
{
	return bitmap == RG_ANY ||
	       mnl_attr_put_u32_check(nlh, NL_LOAD_SIZE_MAX, type, bitmap);
}

static bool put_matches(struct nlmsghdr *nlh, const struct rg_policy *policy,
			const struct rg_rule *rule)
{
	return put_bitmap(nlh, RTPGUARD_A_RULE_SUBJECTS, rule->subjects) &&
	       put_bitmap(nlh, RTPGUARD_A_RULE_CLASSES, rule->classes) &&
	       put_bitmap(nlh, RTPGUARD_A_RULE_PROTECTIONS,
			  rule->protections) &&
	       (!rule->l4proto ||
		mnl_attr_put_u8_check(nlh, NL_LOAD_SIZE_MAX,
				      RTPGUARD_A_RULE_L4PROTO,
				      rule->l4proto)) &&
	       put_prefixes(nlh, RTPGUARD_A_RULE_SADDR, policy, &rule->saddr) &&
	       put_prefixes(nlh, RTPGUARD_A_RULE_DADDR, policy, &rule->daddr) &&
	       put_ports(nlh, RTPGUARD_A_RULE_SPORT, policy, &rule->sport) &&
	       put_ports(nlh, RTPGUARD_A_RULE_DPORT, policy, &rule->dport) &&
	       put_ifnames(nlh, policy, &rule->oifname);
}

static bool put_rule(struct nlmsghdr *nlh, const struct rg_policy *policy,
		     const struct rg_rule *rule)
{
	struct nlattr *nest;

	nest = mnl_attr_nest_start_check(nlh, NL_LOAD_SIZE_MAX,
					 RTPGUARD_A_RULESET_RULE);
	if (!nest ||
	    !mnl_attr_put_strz_check(nlh, NL_LOAD_SIZE_MAX,
				     RTPGUARD_A_RULE_NAME, rule->name) ||
	    (rule->comment[0] &&
	     !mnl_attr_put_strz_check(nlh, NL_LOAD_SIZE_MAX,
				      RTPGUARD_A_RULE_COMMENT,
				      rule->comment)) ||
	    !put_matches(nlh, policy, rule) ||
	    !mnl_attr_put_u8_check(nlh, NL_LOAD_SIZE_MAX,
				   RTPGUARD_A_RULE_ACTION, rule->action) ||
	    (rule->log &&
	     !mnl_attr_put_check(nlh, NL_LOAD_SIZE_MAX, RTPGUARD_A_RULE_LOG, 0,
				 NULL)))
		return false;
	mnl_attr_nest_end(nlh, nest);
	return true;
}

static bool put_default(struct nlmsghdr *nlh, u8 subject, u32 protections,
			const struct rg_default *def)
{
	struct nlattr *nest;

	nest = mnl_attr_nest_start_check(nlh, NL_LOAD_SIZE_MAX,
					 RTPGUARD_A_RULESET_DEFAULT);
	if (!nest ||
	    !mnl_attr_put_u8_check(nlh, NL_LOAD_SIZE_MAX,
				   RTPGUARD_A_DEFAULT_SUBJECT, subject) ||
	    !mnl_attr_put_u32_check(nlh, NL_LOAD_SIZE_MAX,
				    RTPGUARD_A_DEFAULT_PROTECTIONS,
				    protections) ||
	    !mnl_attr_put_u8_check(nlh, NL_LOAD_SIZE_MAX,
				   RTPGUARD_A_DEFAULT_ACTION, def->action) ||
	    (def->log &&
	     !mnl_attr_put_check(nlh, NL_LOAD_SIZE_MAX,
				 RTPGUARD_A_DEFAULT_LOG, 0, NULL)))
		return false;
	mnl_attr_nest_end(nlh, nest);
	return true;
}

/**
 * message_put_ruleset() - write a ruleset into a load message
 * @nlh: the message, NL_LOAD_SIZE_MAX bytes long
 * @conf: the ruleset; the kernel gets all defaults, set or built-in
 *
 * Return: 0, or -1 when it does not fit.
 */
int message_put_ruleset(struct nlmsghdr *nlh, const struct conf *conf)
{
	u8 subject, i;
	u32 rule;

	if (conf->has_mode &&
	    !mnl_attr_put_u8_check(nlh, NL_LOAD_SIZE_MAX,
				   RTPGUARD_A_RULESET_MODE, conf->mode))
		return -1;
	for (subject = 0; subject < RG_SUBJECTS; subject++) {
		for (i = 0; i < RG_PROTECTIONS; i++) {
			if (!put_default(nlh, subject, 1u << i,
					 &conf->policy.defaults[subject][i]))
				return -1;
		}
	}
	for (rule = 0; rule < conf->policy.n_rules; rule++) {
		if (!put_rule(nlh, &conf->policy, &conf->policy.rules[rule]))
			return -1;
	}
	return 0;
}
