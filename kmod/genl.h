/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	include/netlink/rtpguard.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_RTPGUARD_GEN_H
#define _LINUX_RTPGUARD_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/rtpguard.h>

/* Common nested types */
extern const struct nla_policy rtpguard_default_nl_policy[RTPGUARD_A_DEFAULT_LOG + 1];
extern const struct nla_policy rtpguard_port_range_nl_policy[RTPGUARD_A_PORT_RANGE_LAST + 1];
extern const struct nla_policy rtpguard_prefix_nl_policy[RTPGUARD_A_PREFIX_LEN + 1];
extern const struct nla_policy rtpguard_rule_nl_policy[RTPGUARD_A_RULE_BYTES + 1];

/* Ops table for rtpguard */
extern const struct genl_split_ops rtpguard_nl_ops[6];

int rtpguard_nl_get_status_doit(struct sk_buff *skb, struct genl_info *info);
int rtpguard_nl_set_mode_doit(struct sk_buff *skb, struct genl_info *info);
int rtpguard_nl_load_ruleset_doit(struct sk_buff *skb, struct genl_info *info);
int rtpguard_nl_get_ruleset_dumpit(struct sk_buff *skb,
				   struct netlink_callback *cb);
int rtpguard_nl_get_flow_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);
int rtpguard_nl_get_counter_dumpit(struct sk_buff *skb,
				   struct netlink_callback *cb);

enum {
	RTPGUARD_NLGRP_EVENTS,
};

#endif /* _LINUX_RTPGUARD_GEN_H */
