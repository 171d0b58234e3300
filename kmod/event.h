/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_EVENT_H
#define RG_EVENT_H

#include <linux/types.h>

struct rg_flow;
struct rg_rule;

void rg_event_flow(struct rg_flow *flow);
void rg_event_log(struct rg_flow *flow, const struct rg_rule *rule, u8 verdict);
void rg_event_mode(u8 mode);
void rg_event_ruleset(u64 generation);

#endif /* RG_EVENT_H */
