// SPDX-License-Identifier: GPL-2.0
#include "content_trial.h"

/*
 * Before they are remembered, each class was seen 3 times and a half: what is near to
 * uniform costs little. rg_log2_half[i + 1] - rg_log2_half[i] is log2(i + 1/2).
 */
#define LEVELS_BIAS	3
#define LEVELS_BIAS_SUM	(8 * LEVELS_BIAS + 3)

/**
 * rg_levels_gain() - what one packet's bets on levels gain
 * @levels: samples of each class so far; brought up to date
 * @counts: samples of each class in this packet, a lane each
 *
 * A class is bet on with its share, (level + 7/2) / (all levels + 28), against 1/8:
 * the Krichevsky-Trofimov estimate for eight outcomes instead of two.
 *
 * Context: any.
 * Return: evidence, in units of 1 / RG_BIT bit.
 */
s32 rg_levels_gain(u16 *levels, u64 counts)
{
	u32 before = LEVELS_BIAS_SUM, n = 0, i;
	s32 gain = 0;

	for (i = 0; i < RG_LEVELS; i++) {
		u32 at = levels[i] + LEVELS_BIAS;
		u32 count = counts >> 8 * i & 0xff;

		gain += rg_log2_half[at + count] - rg_log2_half[at];
		before += levels[i];
		n += count;
		levels[i] += count;
	}
	gain += 3 * RG_BIT * (s32)n;
	gain -= rg_log2_fact[before + n] - rg_log2_fact[before];
	for (i = 0; before + n - LEVELS_BIAS_SUM > RG_BETS_MAX && i < RG_LEVELS; i++)
		levels[i] /= 2;
	return gain;
}

/*
 * LEVELS: samples of 16 bits, the high byte first (L16: RFC 3551, 4.5.11). A tone's
 * are near its peaks more often than anywhere else, and those of what is not so loud
 * near zero, while bit by bit a loud one looks like cipher text. Where it is negative
 * its bits are turned over: a sample's class are three bits, each of which is the
 * sum of two neighbours. From all over the payload: a low tone hardly moves meanwhile.
 */
static void bet_levels(const struct rg_trial *trial)
{
	u32 len = rg_body_len(trial->payload, trial->payload->len);
	struct rg_content *content = trial->content;
	u32 step = max_t(u32, len / RG_LEVELS_WORDS & ~7u, 8), words;
	struct rg_cur cur;
	u64 counts = 0;

	if (content->bits[RG_FEATURE_LEVELS] < -RG_LEVELS_FROZEN_BITS * RG_BIT)
		return;
	rg_cur_init(&cur, trial->payload->data, len);
	/* Whole words, lest bytes that are not there be counted. */
	for (words = min_t(u32, len / step, RG_LEVELS_WORDS); words; words--) {
		u64 word = rg_cur_lanes(&cur);

		rg_cur_skip(&cur, min_t(u32, step - 8, cur.left));
		/* Eight times the class, in each second lane from bit 0 on. */
		word = (word ^ word >> 1) >> 1;
		counts += (1ull << (word & 0x38)) + (1ull << (word >> 16 & 0x38)) +
			  (1ull << (word >> 32 & 0x38)) +
			  (1ull << (word >> 48 & 0x38));
	}
	content->bits[RG_FEATURE_LEVELS] += rg_levels_gain(content->levels, counts);
}

/* Video has little bias a byte, and many bytes: ON goes on. */
static void bet_video(const struct rg_trial *trial, u32 from)
{
	u32 len = rg_body_len(trial->payload, RG_VIDEO_BYTES);
	struct rg_cur cur;
	u32 left, bytes, on;

	rg_cur_init(&cur, trial->payload->data, len);
	rg_cur_skip(&cur, from);
	for (left = cur.left; left; left -= bytes) {
		bytes = min_t(u32, left, RG_CONTENT_BYTES);
		for (on = 0; cur.left > left - bytes; )
			on += hweight64(rg_cur_lanes(&cur));
		rg_bet(trial->content, RG_FEATURE_ON, on, 8 * bytes - on);
	}
}

/**
 * rg_bet_by_len() - bet on what only long payloads have enough of, or only short ones
 * @trial: a payload of RG_LEVELS_LEN_MIN bytes or more, or of RG_PARITY_BYTES_MAX or
 *	less; the caller leaves others out, which saves him the call
 * @from: bytes that ON was bet on already
 *
 * Context: as for rg_content_feed().
 */
void rg_bet_by_len(const struct rg_trial *trial, u32 from)
{
	u32 len = trial->payload->len;

	if (len >= RG_LEVELS_LEN_MIN)
		bet_levels(trial);
	else
		rg_bet_parity(trial);
	if (len >= RG_VIDEO_LEN_MIN)
		bet_video(trial, from);
}
