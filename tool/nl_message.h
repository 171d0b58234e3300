/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_TOOL_NL_MESSAGE_H
#define RG_TOOL_NL_MESSAGE_H

#include "nl.h"

struct nlmsghdr;

/* A load is one message of at most 2 MiB. */
#define NL_LOAD_SIZE_MAX (2 << 20)

/* Whom to call with what a message says. */
struct message_walk {
	nl_flow_fn flow;
	nl_counter_fn counter;
	nl_event_fn event;
	u64 last_seq;
	void *arg;
};

/* nl_message.c: callbacks of libmnl, the second argument as named */
int message_status(const struct nlmsghdr *nlh, void *nl_status);
int message_generation(const struct nlmsghdr *nlh, void *u64_generation);
int message_ruleset(const struct nlmsghdr *nlh, void *nl_ruleset);
int message_flow(const struct nlmsghdr *nlh, void *message_walk);
int message_counter(const struct nlmsghdr *nlh, void *message_walk);
int message_event(const struct nlmsghdr *nlh, void *message_walk);

/* nl_message_put.c */
int message_put_ruleset(struct nlmsghdr *nlh, const struct conf *conf);

#endif /* RG_TOOL_NL_MESSAGE_H */
