/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_CORE_CONTENT_TRIAL_H
#define RG_CORE_CONTENT_TRIAL_H

#include "content.h"
#include "cursor.h"

/* What the files of the content test share, and nobody else needs. */

#define LANES_1		0x0101010101010101ull
#define LANES_7F	(LANES_1 * 0x7f)
#define LANES_BIT	0x8040201008040201ull	/* bit i in lane i */

/**
 * struct rg_trial - one payload on its way through the test
 * @content: the stream's test
 * @payload: the payload
 * @head: the first bytes, byte i in lane i
 * @readable: 1 in each lane that has a byte
 * @bettable: 1 in each lane that may be bet on
 */
struct rg_trial {
	struct rg_content *content;
	const struct rg_payload *payload;
	u64 head;
	u64 readable;
	u64 bettable;
};

/* content_bet.c */
bool rg_bet_frozen(const struct rg_content *content, u8 feature);
void rg_bet(struct rg_content *content, u8 feature, u32 hits, u32 misses);

/* content_parity.c */
void rg_bet_parity(const struct rg_trial *trial);

#endif /* RG_CORE_CONTENT_TRIAL_H */
