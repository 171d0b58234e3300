/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_TOOL_NL_H
#define RG_TOOL_NL_H

#include "conf.h"

#include <linux/rtpguard.h>

/* Only nl*.c use libmnl; what they read from the module is here. */

#define NL_STREAMS_MAX 16

struct nl;

/**
 * struct nl_status - answer to get-status
 * @totals: by RTPGUARD_A_TOTALS_*
 */
struct nl_status {
	char version[32];
	u8 mode;
	u64 generation;
	u32 rules;
	u32 flows;
	u32 flows_max;
	u32 classes;
	u32 paths;
	u64 totals[RTPGUARD_A_TOTALS_MAX + 1];
};

struct nl_stream {
	u32 ssrc;
	u8 pt;
	bool reply;
	u8 class;
	u8 protection;
	u64 evidence;
	u64 packets;
	char feature[16];
	u32 bits;
};

struct nl_flow {
	u8 l4proto;
	u8 family;
	u8 saddr[16];
	u8 daddr[16];
	u16 sport;
	u16 dport;
	u64 netns;
	bool has_uid;
	u32 uid;
	u8 class;
	u8 protection;
	u64 evidence;
	u64 packets;
	u64 bytes;
	u64 media_packets;
	u64 passed;
	u64 dropped;
	u64 held;
	bool has_before_verdict;
	u32 before_verdict;
	u64 idle_ms;
	u32 n_streams;
	struct nl_stream streams[NL_STREAMS_MAX];
};

struct nl_counter {
	u8 direction;
	u8 class;
	u8 protection;
	u8 verdict;
	u64 packets;
	u64 bytes;
};

/**
 * struct nl_rule_count - what a rule has decided
 * @packets: since it was loaded
 * @bytes: of these
 */
struct nl_rule_count {
	u64 packets;
	u64 bytes;
};

/**
 * struct nl_ruleset - the ruleset in force
 * @conf: its rules, defaults and mode
 * @generation: its number
 * @counts: one for each rule
 */
struct nl_ruleset {
	struct conf conf;
	u64 generation;
	struct nl_rule_count *counts;
};

struct nl_event {
	u64 seq;
	u8 type;
	u8 mode;
	u64 generation;
	bool has_flow;
	bool has_verdict;
	u8 verdict;
	char rule[RTPGUARD_RULE_NAME_LEN + 1];
	struct nl_flow flow;
};

typedef void (*nl_flow_fn)(const struct nl_flow *flow, void *arg);
typedef void (*nl_counter_fn)(const struct nl_counter *counter, void *arg);

/* Called for each event; @lost events are missing before it. */
typedef void (*nl_event_fn)(const struct nl_event *event, u64 lost, void *arg);

/* All return enum exit_status and have told the user why. */
int nl_open(struct nl **nl);
void nl_close(struct nl *nl);
int nl_get_status(struct nl *nl, struct nl_status *status);
int nl_set_mode(struct nl *nl, u8 mode);
int nl_load(struct nl *nl, const struct conf *conf, const u64 *expected,
	    u64 *generation);
int nl_get_ruleset(struct nl *nl, struct nl_ruleset *ruleset);
void nl_ruleset_free(struct nl_ruleset *ruleset);
int nl_walk_flows(struct nl *nl, nl_flow_fn fn, void *arg);
int nl_walk_counters(struct nl *nl, nl_counter_fn fn, void *arg);
int nl_follow(struct nl *nl, nl_event_fn fn, void *arg);

#endif /* RG_TOOL_NL_H */
