// SPDX-License-Identifier: GPL-2.0
#include "content_trial.h"

/*
 * -log2(1 - 2^-n) in units of 1 / RG_BIT bit, rounded down:
 * floor(65536 * log2(2^n / (2^n - 1))).
 */
#define MISS_1	65536
#define MISS_4	6102

const struct rg_feature_info rg_features[RG_FEATURES] = {
	[RG_FEATURE_S0] = {
		"S0", 1 * RG_BIT, MISS_1, 1, "bits of byte 0"
	},
	[RG_FEATURE_STEADY] = {
		"STEADY", 1 * RG_BIT, MISS_1, 1, "bits of bytes 0-7"
	},
	[RG_FEATURE_D1] = {
		"D1", 4 * RG_BIT, MISS_4, 4, "bytes 1-39"
	},
	[RG_FEATURE_ON] = {
		"ON", 1 * RG_BIT, MISS_1, 1, "bits of bytes 0-39, of video 0-255"
	},
	[RG_FEATURE_TR] = {
		"TR", 1 * RG_BIT, MISS_1, 1, "bits of bytes 0-39"
	},
	[RG_FEATURE_PAR] = {
		"PAR", 1 * RG_BIT, MISS_1, 1, "bytes 2-3 of 10"
	},
};

static s32 weight(u32 hits, u32 misses)
{
	return rg_log2_half[hits] + rg_log2_half[misses] -
	       rg_log2_fact[hits + misses];
}

/* Inline: called for each feature of each packet. */
static inline s32 bets_gain(struct rg_bets *bets, u8 feature, u32 hits, u32 misses)
{
	const struct rg_feature_info *info = &rg_features[feature];
	u32 h = bets->hits + hits;
	u32 m = bets->misses + misses;
	s32 log2 = weight(h, m);
	s32 gain = log2 - bets->log2 + (s32)hits * info->hit +
		   (s32)misses * info->miss;

	if (h + m > RG_BETS_MAX) {
		h /= 2;
		m /= 2;
		log2 = weight(h, m);
	}
	bets->hits = h;
	bets->misses = m;
	bets->log2 = log2;
	return gain;
}

/**
 * rg_bets_weight() - what the estimate gives a sequence of hits and misses
 * @hits: how many
 * @misses: how many
 *
 * Context: any.
 * Return: log2 of it, in units of 1 / RG_BIT, rounded down.
 */
s32 rg_bets_weight(u32 hits, u32 misses)
{
	return weight(hits, misses);
}

/**
 * rg_bets_gain() - what one packet's bets on a feature gain
 * @bets: how the feature's bets went so far; brought up to date
 * @feature: enum rg_feature
 * @hits: of this packet
 * @misses: of this packet; both together at most 8 * RG_CONTENT_BYTES
 *
 * The Krichevsky-Trofimov estimate is exchangeable: bet by bet or a packet at a
 * time is the same, a difference of sums of logarithms. Every single step is
 * rounded against the gambler, see log2_table.h.
 *
 * Context: any.
 * Return: evidence, in units of 1 / RG_BIT bit.
 */
s32 rg_bets_gain(struct rg_bets *bets, u8 feature, u32 hits, u32 misses)
{
	return bets_gain(bets, feature, hits, misses);
}

/**
 * rg_bet_frozen() - has a feature lost too much to go on betting?
 * @content: the stream's test
 * @feature: enum rg_feature
 *
 * Whoever stops betting keeps what evidence there is: that is fair too.
 *
 * Context: as for rg_content_feed().
 */
bool rg_bet_frozen(const struct rg_content *content, u8 feature)
{
	return content->bits[feature] < -RG_FROZEN_BITS * RG_BIT;
}

/**
 * rg_bet() - bet on a feature of one packet
 * @content: the stream's test
 * @feature: enum rg_feature
 * @hits: how often it was as the feature says
 * @misses: how often it was not
 *
 * Context: as for rg_content_feed().
 */
void rg_bet(struct rg_content *content, u8 feature, u32 hits, u32 misses)
{
	if (!rg_bet_frozen(content, feature))
		content->bits[feature] += bets_gain(&content->bets[feature],
						    feature, hits, misses);
}
