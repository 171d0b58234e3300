/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_CORE_POLICY_H
#define RG_CORE_POLICY_H

#include "classify.h"

#include <uapi/linux/rtpguard.h>

#define RG_SUBJECTS	(RTPGUARD_SUBJECT_EMERGENCY + 1)
#define RG_PROTECTIONS	(RTPGUARD_PROTECTION_CLEAR + 1)
#define RG_CLASSES	(RTPGUARD_CLASS_ZOOM + 1)

#define RG_UNPROTECTED	(BIT(RTPGUARD_PROTECTION_CLEAR) | \
			 BIT(RTPGUARD_PROTECTION_NULL) | \
			 BIT(RTPGUARD_PROTECTION_EXPOSED))

/* A bitmap in a rule that matches anything. */
#define RG_ANY		(~0u)

/**
 * struct rg_prefix - an address with a prefix length
 * @addr: network byte order; an IPv4 address is in the first four bytes
 * @family: 4 or 6
 * @len: bits that have to agree; no bit of @addr beyond it is set
 */
struct rg_prefix {
	u8 addr[16];
	u8 family;
	u8 len;
};

struct rg_ports {
	u16 first;	/* host byte order */
	u16 last;
};

/* A device name; a trailing asterisk matches any ending. */
struct rg_ifname {
	char name[RTPGUARD_IFNAME_LEN + 1];
};

/* A set of a rule: @n elements of the policy's pool, from @first on; 0: any. */
struct rg_set {
	u32 first;
	u32 n;
};

/**
 * struct rg_rule - one rule; every match it has must hold
 * @subjects: bitmap of enum rtpguard_subject, or RG_ANY
 * @classes: bitmap of enum rtpguard_class, or RG_ANY
 * @protections: bitmap of enum rtpguard_protection, or RG_ANY
 * @saddr: set in rg_policy.prefixes
 * @daddr: set in rg_policy.prefixes
 * @sport: set in rg_policy.ports
 * @dport: set in rg_policy.ports
 * @oifname: set in rg_policy.ifnames
 * @l4proto: IPPROTO_UDP, IPPROTO_UDPLITE, IPPROTO_TCP, or 0 for any
 * @action: enum rtpguard_action
 * @log: report the flow in an event
 * @name: at most RTPGUARD_RULE_NAME_LEN bytes
 * @comment: may be empty
 */
struct rg_rule {
	u32 subjects;
	u32 classes;
	u32 protections;
	struct rg_set saddr;
	struct rg_set daddr;
	struct rg_set sport;
	struct rg_set dport;
	struct rg_set oifname;
	u8 l4proto;
	u8 action;
	bool log;
	char name[RTPGUARD_RULE_NAME_LEN + 1];
	char comment[RTPGUARD_COMMENT_LEN + 1];
};

struct rg_default {
	u8 action;	/* enum rtpguard_action */
	bool log;
};

/**
 * struct rg_policy - rules in order, then defaults; never edited once in use
 * @defaults: by subject and protection, for what no rule matches
 * @rules: first match wins
 * @prefixes: pool of the rules' addresses
 * @ports: pool of the rules' ports
 * @ifnames: pool of the rules' devices
 * @n_rules: at most RTPGUARD_RULES_MAX
 * @n_prefixes: elements of @prefixes
 * @n_ports: elements of @ports
 * @n_ifnames: elements of @ifnames
 */
struct rg_policy {
	struct rg_default defaults[RG_SUBJECTS][RG_PROTECTIONS];
	struct rg_rule *rules;
	struct rg_prefix *prefixes;
	struct rg_ports *ports;
	struct rg_ifname *ifnames;
	u32 n_rules;
	u32 n_prefixes;
	u32 n_ports;
	u32 n_ifnames;
};

/**
 * struct rg_query - what a packet offers to match on
 * @saddr: as in struct rg_prefix
 * @daddr: as in struct rg_prefix
 * @oifname: output device, or NULL where it is not the host's to name
 * @sport: host byte order
 * @dport: host byte order
 * @family: 4 or 6
 * @l4proto: IPPROTO_*
 * @subject: enum rtpguard_subject
 * @class: enum rtpguard_class
 * @protection: enum rtpguard_protection
 */
struct rg_query {
	u8 saddr[16];
	u8 daddr[16];
	const char *oifname;
	u16 sport;
	u16 dport;
	u8 family;
	u8 l4proto;
	u8 subject;
	u8 class;
	u8 protection;
};

/**
 * struct rg_match - what the policy says about a packet
 * @rule: index of the rule that matched; -1: a default
 * @action: enum rtpguard_action
 * @log: report it
 * @named: the rule names an address or a device
 */
struct rg_match {
	s32 rule;
	u8 action;
	bool log;
	bool named;
};

/* policy.c */
void rg_policy_defaults(struct rg_policy *policy);
bool rg_policy_overlong(const struct rg_prefix *prefix);
void rg_policy_eval(const struct rg_policy *policy, const struct rg_query *query,
		    struct rg_match *match);
u8 rg_policy_verdict(u8 mode, const struct rg_answer *ans,
		     const struct rg_match *match);

#endif /* RG_CORE_POLICY_H */
