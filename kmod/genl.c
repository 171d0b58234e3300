// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	include/netlink/rtpguard.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "genl.h"

#include <uapi/linux/rtpguard.h>

/* Common nested types */
const struct nla_policy rtpguard_default_nl_policy[RTPGUARD_A_DEFAULT_LOG + 1] = {
	[RTPGUARD_A_DEFAULT_SUBJECT] = NLA_POLICY_MAX(NLA_U8, 3),
	[RTPGUARD_A_DEFAULT_PROTECTIONS] = { .type = NLA_U32, },
	[RTPGUARD_A_DEFAULT_ACTION] = NLA_POLICY_MAX(NLA_U8, 1),
	[RTPGUARD_A_DEFAULT_LOG] = { .type = NLA_FLAG, },
};

const struct nla_policy rtpguard_port_range_nl_policy[RTPGUARD_A_PORT_RANGE_LAST + 1] = {
	[RTPGUARD_A_PORT_RANGE_FIRST] = { .type = NLA_U16, },
	[RTPGUARD_A_PORT_RANGE_LAST] = { .type = NLA_U16, },
};

const struct nla_policy rtpguard_prefix_nl_policy[RTPGUARD_A_PREFIX_LEN + 1] = {
	[RTPGUARD_A_PREFIX_ADDR] = { .type = NLA_BINARY, },
	[RTPGUARD_A_PREFIX_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
};

const struct nla_policy rtpguard_rule_nl_policy[RTPGUARD_A_RULE_BYTES + 1] = {
	[RTPGUARD_A_RULE_INDEX] = { .type = NLA_U32, },
	[RTPGUARD_A_RULE_NAME] = { .type = NLA_NUL_STRING, .len = RTPGUARD_RULE_NAME_LEN, },
	[RTPGUARD_A_RULE_COMMENT] = { .type = NLA_NUL_STRING, .len = RTPGUARD_COMMENT_LEN, },
	[RTPGUARD_A_RULE_SUBJECTS] = { .type = NLA_U32, },
	[RTPGUARD_A_RULE_CLASSES] = { .type = NLA_U32, },
	[RTPGUARD_A_RULE_PROTECTIONS] = { .type = NLA_U32, },
	[RTPGUARD_A_RULE_L4PROTO] = { .type = NLA_U8, },
	[RTPGUARD_A_RULE_SADDR] = NLA_POLICY_NESTED(rtpguard_prefix_nl_policy),
	[RTPGUARD_A_RULE_DADDR] = NLA_POLICY_NESTED(rtpguard_prefix_nl_policy),
	[RTPGUARD_A_RULE_SPORT] = NLA_POLICY_NESTED(rtpguard_port_range_nl_policy),
	[RTPGUARD_A_RULE_DPORT] = NLA_POLICY_NESTED(rtpguard_port_range_nl_policy),
	[RTPGUARD_A_RULE_OIFNAME] = { .type = NLA_STRING, .len = RTPGUARD_IFNAME_LEN, },
	[RTPGUARD_A_RULE_ACTION] = NLA_POLICY_MAX(NLA_U8, 1),
	[RTPGUARD_A_RULE_LOG] = { .type = NLA_FLAG, },
	[RTPGUARD_A_RULE_PACKETS] = { .type = NLA_U64, },
	[RTPGUARD_A_RULE_BYTES] = { .type = NLA_U64, },
};

/* RTPGUARD_CMD_SET_MODE - do */
static const struct nla_policy rtpguard_set_mode_nl_policy[RTPGUARD_A_STATUS_MODE + 1] = {
	[RTPGUARD_A_STATUS_MODE] = NLA_POLICY_MAX(NLA_U8, 3),
};

/* RTPGUARD_CMD_LOAD_RULESET - do */
static const struct nla_policy rtpguard_load_ruleset_nl_policy[RTPGUARD_A_RULESET_RULE + 1] = {
	[RTPGUARD_A_RULESET_MODE] = NLA_POLICY_MAX(NLA_U8, 3),
	[RTPGUARD_A_RULESET_EXPECTED_GENERATION] = { .type = NLA_U64, },
	[RTPGUARD_A_RULESET_DEFAULT] = NLA_POLICY_NESTED(rtpguard_default_nl_policy),
	[RTPGUARD_A_RULESET_RULE] = NLA_POLICY_NESTED(rtpguard_rule_nl_policy),
};

/* Ops table for rtpguard */
const struct genl_split_ops rtpguard_nl_ops[6] = {
	{
		.cmd	= RTPGUARD_CMD_GET_STATUS,
		.doit	= rtpguard_nl_get_status_doit,
		.flags	= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= RTPGUARD_CMD_SET_MODE,
		.doit		= rtpguard_nl_set_mode_doit,
		.policy		= rtpguard_set_mode_nl_policy,
		.maxattr	= RTPGUARD_A_STATUS_MODE,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= RTPGUARD_CMD_LOAD_RULESET,
		.doit		= rtpguard_nl_load_ruleset_doit,
		.policy		= rtpguard_load_ruleset_nl_policy,
		.maxattr	= RTPGUARD_A_RULESET_RULE,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= RTPGUARD_CMD_GET_RULESET,
		.dumpit	= rtpguard_nl_get_ruleset_dumpit,
		.flags	= GENL_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd	= RTPGUARD_CMD_GET_FLOW,
		.dumpit	= rtpguard_nl_get_flow_dumpit,
		.flags	= GENL_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd	= RTPGUARD_CMD_GET_COUNTER,
		.dumpit	= rtpguard_nl_get_counter_dumpit,
		.flags	= GENL_CMD_CAP_DUMP,
	},
};
