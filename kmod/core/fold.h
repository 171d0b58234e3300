/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_CORE_FOLD_H
#define RG_CORE_FOLD_H

#include "cursor.h"

/* FNV-1a: bytes folded into a word, to see whether they are the same again. */

#define RG_FOLD_SEED	0x811c9dc5u
#define RG_FOLD_PRIME	0x01000193u

static inline u32 rg_fold(u32 hash, u8 byte)
{
	return (hash ^ byte) * RG_FOLD_PRIME;
}

/* Up to @most of the bytes that @cur has left, which is used up by so many. */
static inline u32 rg_fold_some(struct rg_cur *cur, u32 most)
{
	u32 n = min_t(u32, cur->left, most);
	u32 hash = RG_FOLD_SEED;

	for (; n; n--)
		hash = rg_fold(hash, rg_cur_u8(cur));
	return hash;
}

#endif /* RG_CORE_FOLD_H */
