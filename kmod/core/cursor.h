/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_CORE_CURSOR_H
#define RG_CORE_CURSOR_H

#include "types.h"

/**
 * struct rg_cur - the only way to read packet bytes
 * @pos: next byte
 * @left: bytes readable from @pos on
 * @err: a read went past the end; sticky, and every later read returns zeroes
 *
 * A parser reads all its fields first and asks for @err once.
 */
struct rg_cur {
	const u8 *pos;
	u32 left;
	bool err;
};

static inline void rg_cur_init(struct rg_cur *cur, const u8 *data, u32 len)
{
	cur->pos = data;
	cur->left = len;
	cur->err = false;
}

/**
 * rg_cur_take() - step over bytes and return where they begin
 * @cur: cursor
 * @len: bytes to step over
 *
 * Return: the first of @len readable bytes, or NULL (and @cur->err set, nothing
 * left) when there are fewer.
 */
static inline const u8 *rg_cur_take(struct rg_cur *cur, u32 len)
{
	const u8 *pos = cur->pos;

	if (cur->err || len > cur->left) {
		cur->err = true;
		cur->left = 0;
		return NULL;
	}
	cur->pos += len;
	cur->left -= len;
	return pos;
}

static inline void rg_cur_skip(struct rg_cur *cur, u32 len)
{
	rg_cur_take(cur, len);
}

static inline u8 rg_cur_u8(struct rg_cur *cur)
{
	const u8 *p = rg_cur_take(cur, 1);

	return p ? p[0] : 0;
}

static inline u16 rg_cur_be16(struct rg_cur *cur)
{
	const u8 *p = rg_cur_take(cur, 2);

	return p ? (u16)(p[0] << 8 | p[1]) : 0;
}

static inline u32 rg_cur_be32(struct rg_cur *cur)
{
	const u8 *p = rg_cur_take(cur, 4);

	return p ? (u32)p[0] << 24 | (u32)p[1] << 16 | (u32)p[2] << 8 | p[3] : 0;
}

static inline u64 rg_cur_be64(struct rg_cur *cur)
{
	const u8 *p = rg_cur_take(cur, 8);

	/* Compilers make one load of this. */
	return p ? (u64)p[0] << 56 | (u64)p[1] << 48 | (u64)p[2] << 40 |
		   (u64)p[3] << 32 | (u64)p[4] << 24 | (u64)p[5] << 16 |
		   (u64)p[6] << 8 | p[7] : 0;
}

/**
 * rg_cur_lanes() - read up to eight bytes into the lanes of a word
 * @cur: cursor
 *
 * Return: the next byte in the lowest eight bits, and so on; where fewer than
 * eight are left the others are 0, and that is no error.
 */
static inline u64 rg_cur_lanes(struct rg_cur *cur)
{
	u32 len = min_t(u32, cur->left, 8);
	const u8 *p = rg_cur_take(cur, len);
	u64 lanes = 0;
	u32 i;

	/* Compilers make one load of this. */
	if (p && len == 8)
		return (u64)p[0] | (u64)p[1] << 8 | (u64)p[2] << 16 |
		       (u64)p[3] << 24 | (u64)p[4] << 32 | (u64)p[5] << 40 |
		       (u64)p[6] << 48 | (u64)p[7] << 56;
	for (i = 0; p && i < len; i++)
		lanes |= (u64)p[i] << 8 * i;
	return lanes;
}

/* Of bytes that were gathered for it. */
static inline u32 rg_be16(const u8 *p)
{
	return (u32)p[0] << 8 | p[1];
}

static inline u32 rg_be32(const u8 *p)
{
	return rg_be16(p) << 16 | rg_be16(p + 2);
}

#endif /* RG_CORE_CURSOR_H */
