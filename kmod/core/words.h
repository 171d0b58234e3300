/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_CORE_WORDS_H
#define RG_CORE_WORDS_H

#include "types.h"

/**
 * struct rg_words - which of some words the bytes that come may still become
 * @left: these, a bit each
 * @pos: bytes that they have had
 */
struct rg_words {
	u8 left;
	u8 pos;
};

static inline bool rg_is_digit(u8 c)
{
	return c >= '0' && c <= '9';
}

static inline bool rg_is_upper(u8 c)
{
	return c >= 'A' && c <= 'Z';
}

/* Of a line: its end may have a carriage return. */
static inline bool rg_is_blank(u8 c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static inline u8 rg_lower(u8 c)
{
	return rg_is_upper(c) ? c + ('a' - 'A') : c;
}

void rg_words_begin(struct rg_words *words, u8 left);
void rg_words_feed(struct rg_words *words, const char *const *table, u8 c);
u8 rg_words_done(const struct rg_words *words, const char *const *table);

#endif /* RG_CORE_WORDS_H */
