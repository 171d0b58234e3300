/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_SELFTESTS_RANDOM_H
#define RG_SELFTESTS_RANDOM_H

#include "core/types.h"

/*
 * xoshiro256++ 1.0 by Blackman and Vigna, seeded by their splitmix64: no bias
 * that our tests could find, 1 ns for 8 bytes, and the same on every machine.
 */
struct rg_random {
	u64 s[4];
};

static inline u64 random_u64(struct rg_random *r)
{
	u64 sum = r->s[0] + r->s[3];
	u64 ret = (sum << 23 | sum >> 41) + r->s[0];
	u64 t = r->s[1] << 17;

	r->s[2] ^= r->s[0];
	r->s[3] ^= r->s[1];
	r->s[1] ^= r->s[2];
	r->s[0] ^= r->s[3];
	r->s[2] ^= t;
	r->s[3] = r->s[3] << 45 | r->s[3] >> 19;
	return ret;
}

static inline void random_seed(struct rg_random *r, u64 seed)
{
	u32 i;

	for (i = 0; i < 4; i++) {
		u64 z = seed += 0x9e3779b97f4a7c15ull;

		z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
		z = (z ^ z >> 27) * 0x94d049bb133111ebull;
		r->s[i] = z ^ z >> 31;
	}
}

/* Below n; for an n of a test the bias is below 2^-32. */
static inline u32 random_below(struct rg_random *r, u32 n)
{
	return (u32)((random_u64(r) >> 32) * n >> 32);
}

/* What cipher text looks like. */
static inline void random_fill(struct rg_random *r, u8 *p, u32 len)
{
	u64 word;

	for (; len >= 8; len -= 8, p += 8) {
		word = random_u64(r);
		memcpy(p, &word, 8);
	}
	word = random_u64(r);
	memcpy(p, &word, len);
}

#endif /* RG_SELFTESTS_RANDOM_H */
