// SPDX-License-Identifier: GPL-2.0
#include "content_trial.h"

const struct rg_feature_info rg_features[RG_FEATURES] = {
	[RG_FEATURE_S0] = { "S0", 1, "bits of byte 0" },
	[RG_FEATURE_STEADY] = { "STEADY", 1, "bits of bytes 0-7" },
	[RG_FEATURE_D1] = { "D1", 4, "bytes 1-39" },
	[RG_FEATURE_ON] = { "ON", 1, "bits of bytes 0-39, of video 0-255" },
	[RG_FEATURE_TR] = { "TR", 1, "bits of bytes 0-39" },
	[RG_FEATURE_PAR] = { "PAR", 1, "bytes 2-3 of 10" },
	[RG_FEATURE_LEVELS] = { "LEVELS", 1, "bits of even bytes of long payloads" },
};

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
	return rg_weight(hits, misses);
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
	return rg_gain(bets, feature, hits, misses);
}
