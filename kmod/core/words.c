// SPDX-License-Identifier: GPL-2.0
#include "words.h"

/**
 * rg_words_begin() - another word begins
 * @words: state
 * @left: which it may be, by their places in a table; 0: it is of no interest
 *
 * Context: whatever protects the state.
 */
void rg_words_begin(struct rg_words *words, u8 left)
{
	words->left = left;
	words->pos = 0;
}

/**
 * rg_words_feed() - another byte of a word: which are left?
 * @words: state
 * @table: up to eight words; '#' in them stands for a digit
 * @c: the byte; NUL fits none
 *
 * A word that was complete fits no more byte.
 *
 * Context: whatever protects the state.
 */
void rg_words_feed(struct rg_words *words, const char *const *table, u8 c)
{
	char want;
	u8 i;

	for (i = 0; words->left >> i; i++) {
		if (!(words->left & BIT(i)))
			continue;
		want = table[i][words->pos];
		if (!c || (want == '#' ? !rg_is_digit(c) : (u8)want != c))
			words->left &= ~BIT(i);
	}
	if (words->left)
		words->pos++;
}

/**
 * rg_words_done() - is a word complete?
 * @words: state
 * @table: as it was fed with
 *
 * Context: whatever protects the state.
 * Return: its bit, or 0.
 */
u8 rg_words_done(const struct rg_words *words, const char *const *table)
{
	u8 i;

	for (i = 0; words->left >> i; i++) {
		if (words->left & BIT(i) && !table[i][words->pos])
			return BIT(i);
	}
	return 0;
}
