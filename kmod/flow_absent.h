/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_FLOW_ABSENT_H
#define RG_FLOW_ABSENT_H

#include <linux/types.h>

struct rg_headers;

int rg_flow_absent_init(void);
void rg_flow_absent_exit(void);
bool rg_flow_absent(const struct rg_headers *head, u64 netns);
bool rg_flow_absent_lately(const struct rg_headers *head, u64 netns);
u64 rg_flow_absent_since(void);
void rg_flow_absent_note(const struct rg_headers *head, u64 netns, u64 since);
void rg_flow_absent_void(void);

#endif /* RG_FLOW_ABSENT_H */
