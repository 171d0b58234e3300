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

/**
 * struct rg_odds - what a bet pays, in units of 1 / RG_BIT bit
 * @hit: -log2 of the chance of a hit in cipher text
 * @miss: -log2 of the chance of a miss, rounded down: 1 - 2^-n is, for n = 4,
 *	floor(65536 * log2(16 / 15))
 */
struct rg_odds {
	s32 hit;
	s32 miss;
};

#define RG_ODDS_BIT	{ RG_BIT, RG_BIT }
#define RG_ODDS_NIBBLE	{ 4 * RG_BIT, 6102 }

static const struct rg_odds rg_odds[RG_FEATURES] = {
	[RG_FEATURE_S0] = RG_ODDS_BIT,
	[RG_FEATURE_STEADY] = RG_ODDS_BIT,
	[RG_FEATURE_D1] = RG_ODDS_NIBBLE,
	[RG_FEATURE_ON] = RG_ODDS_BIT,
	[RG_FEATURE_TR] = RG_ODDS_BIT,
	[RG_FEATURE_PAR] = RG_ODDS_BIT,
	[RG_FEATURE_LEVELS] = RG_ODDS_BIT,
};

/*
 * Inline from here on, and the odds where the compiler sees them: these are
 * called for each feature of each packet.
 */

/* Of even odds no more than one product is left. */
static inline s32 rg_stake(const struct rg_odds *odds, u32 hits, u32 misses)
{
	return (s32)(hits + misses) * odds->miss +
	       (s32)hits * (odds->hit - odds->miss);
}

static inline s32 rg_weight(u32 hits, u32 misses)
{
	return rg_log2_half[hits] + rg_log2_half[misses] -
	       rg_log2_fact[hits + misses];
}

/* See rg_bets_gain(). */
static inline s32 rg_gain(struct rg_bets *bets, u8 feature, u32 hits, u32 misses)
{
	u32 h = bets->hits + hits;
	u32 m = bets->misses + misses;
	s32 log2 = rg_weight(h, m);
	s32 gain = log2 - bets->log2 + rg_stake(&rg_odds[feature], hits, misses);

	if (h + m > RG_BETS_MAX) {
		h /= 2;
		m /= 2;
		log2 = rg_weight(h, m);
	}
	bets->hits = h;
	bets->misses = m;
	bets->log2 = log2;
	return gain;
}

/* Whoever stops betting keeps what evidence there is: that is fair too. */
static inline bool rg_bet_frozen(const struct rg_content *content, u8 feature)
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
static inline void rg_bet(struct rg_content *content, u8 feature, u32 hits,
			  u32 misses)
{
	if (!rg_bet_frozen(content, feature))
		content->bits[feature] += rg_gain(&content->bets[feature],
						  feature, hits, misses);
}

/* Bytes before a trailer, at the most so many; none where all may be one. */
static inline u32 rg_body_len(const struct rg_payload *payload, u32 most)
{
	u32 len = payload->len > RG_TRAILER_MAX + 2 ?
		  payload->len - RG_TRAILER_MAX : 0;

	if (len > payload->readable)
		len = payload->readable;
	return min_t(u32, len, most);
}

/* content_parity.c */
void rg_bet_parity(const struct rg_trial *trial);

/* content_long.c */
void rg_bet_by_len(const struct rg_trial *trial, u32 from);

#endif /* RG_CORE_CONTENT_TRIAL_H */
