/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_CORE_CONTENT_H
#define RG_CORE_CONTENT_H

#include "limits.h"
#include "log2_table.h"
#include "types.h"

/**
 * enum rg_feature - ways in which a payload may differ from cipher text
 * @RG_FEATURE_S0: each bit of byte 0 is biased
 * @RG_FEATURE_STEADY: bits that did not change lately stay as they are
 * @RG_FEATURE_D1: a high nibble is that of the byte before
 * @RG_FEATURE_ON: a bit is 1
 * @RG_FEATURE_TR: a bit is not its neighbour
 * @RG_FEATURE_PAR: the parity of a G.729 frame holds (G.729, 4.1.4)
 * @RG_FEATURE_LEVELS: samples of 16 bits have some levels more often than others
 */
enum rg_feature {
	RG_FEATURE_S0,
	RG_FEATURE_STEADY,
	RG_FEATURE_D1,
	RG_FEATURE_ON,
	RG_FEATURE_TR,
	RG_FEATURE_PAR,
	RG_FEATURE_LEVELS,
	RG_FEATURES,
};

/**
 * struct rg_bets - how a feature's bets went
 * @hits: it was as the feature says
 * @misses: it was not; both are halved together, see RG_BETS_MAX
 * @log2: rg_bets_weight() of both
 */
struct rg_bets {
	u16 hits;
	u16 misses;
	s32 log2;
};

/**
 * struct rg_content - the content test of one stream, zeroed at first
 * @prev: first bytes of the packet before, byte i in lane i
 * @moved: 1 in each lane whose byte the packet before had changed
 * @moved_twice: and the one before that too
 * @doubt: for each bit of @prev the digits of a counter, @doubt[2] the highest:
 *	7 when it changed, one less for each time it stayed; steady below 4
 * @first_ones: in lane i, how many of @first_seen had bit i set
 * @bits: evidence of each feature, in units of 1 / RG_BIT bit
 * @bets: of each feature; S0 has its own in @first_ones, LEVELS in @levels
 * @best: highest of @bits
 * @packets: tested
 * @positions: bytes bet on, up to RG_POSITIONS_MAX
 * @levels: how many samples were of each class, for LEVELS; all of them halved
 *	together, see RG_BETS_MAX
 * @len: payload length of the packet before
 * @first_seen: packets with a first byte, halved at RG_SEEN_MAX
 * @len_min: shortest payload with room for a tag, up to 255
 * @tail: sources of the parities of the last two frames, for PAR
 * @len_run: packets in a row with that length, up to 3
 * @tail_run: packets in a row whose @tail changed, up to 2
 */
struct rg_content {
	u64 prev;
	u64 moved;
	u64 moved_twice;
	u64 doubt[3];
	u64 first_ones;
	s32 bits[RG_FEATURES];
	struct rg_bets bets[RG_FEATURE_LEVELS];
	s32 best;
	u16 packets;
	u16 positions;
	u16 levels[RG_LEVELS];
	u16 len;
	u16 tail[2];
	u8 first_seen;
	u8 len_min;
	u8 len_run;
	u8 tail_run;
};

/**
 * struct rg_payload - what a packet offers to the test
 * @data: RTP payload
 * @len: bytes of it on the wire, padding stripped
 * @readable: bytes at @data, at most @len
 * @pt: payload type
 * @alone: the packet before may be another stream's
 */
struct rg_payload {
	const u8 *data;
	u32 len;
	u32 readable;
	u8 pt;
	bool alone;
};

/**
 * struct rg_feature_info - one row of the table of features
 * @name: for people
 * @p0_log2: minus the exponent of the chance of a hit
 * @at: which bytes are bet on
 */
struct rg_feature_info {
	const char *name;
	u8 p0_log2;
	const char *at;
};

extern const struct rg_feature_info rg_features[RG_FEATURES];

/* content.c */
void rg_content_feed(struct rg_content *content,
		     const struct rg_payload *payload);
u8 rg_content_feature(const struct rg_content *content);

/* content_bet.c */
s32 rg_bets_weight(u32 hits, u32 misses);
s32 rg_bets_gain(struct rg_bets *bets, u8 feature, u32 hits, u32 misses);

/* content_long.c */
s32 rg_levels_gain(u16 *levels, u64 counts);

#endif /* RG_CORE_CONTENT_H */
