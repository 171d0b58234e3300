/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_JUDGE_H
#define RG_JUDGE_H

#include <linux/types.h>

struct nf_hook_state;
struct sk_buff;

u8 rg_judge_output(struct sk_buff *skb, const struct nf_hook_state *state);
void rg_judge_input(struct sk_buff *skb, const struct nf_hook_state *state);

#endif /* RG_JUDGE_H */
