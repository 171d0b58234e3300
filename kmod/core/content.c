// SPDX-License-Identifier: GPL-2.0
#include "content_trial.h"

/**
 * DOC: Theory of operation
 *
 * Under encryption every payload byte is independent and uniform. Each feature
 * bets against that, at odds that would be fair if it were so: its evidence,
 * as a power of two, is then a non-negative supermartingale, and by Ville's
 * inequality the chance that any of J features ever shows T bits is at most
 * J * 2^-T, however long one waits and whenever one stops.
 *
 *	payload --> which bytes?   lanes_bettable(), rg_body_len()
 *	              |
 *	              +-- first 8 bytes, one a lane of a u64: S0 STEADY
 *	              +-- up to 40 bytes, 8 at a time: D1 ON TR
 *	              +-- 16 times 8 of long payloads: LEVELS
 *	              `-- G.729 frames: PAR
 *	              |
 *	              v
 *	      rg_bets_gain()  Krichevsky-Trofimov, see content_bet.c
 *
 * What makes it true: which bytes are bet on, and on what, depends only on
 * earlier packets, on this packet's header and length, and on bytes that are
 * never bet on. STEADY chooses its bits by what those bits were before. SRTP's
 * trailer (MKI, tag) is cipher text only in part: an MKI is constant. So the
 * last RG_TRAILER_MAX bytes are left alone; or bet on only while they are seen
 * to change, which an MKI does not, or where the stream had payloads too short
 * to have a trailer so long.
 */

/* 1 in each of the first n lanes. */
static u64 lanes_first(u32 n)
{
	return n >= 8 ? LANES_1 : LANES_1 & ~(~0ull << 8 * n);
}

/* 1 in each lane that is not zero. */
static u64 lanes_nonzero(u64 x)
{
	return (((x & LANES_7F) + LANES_7F) | x) >> 7 & LANES_1;
}

/* All bits of each lane that has a 1. */
static u64 lanes_full(u64 lanes)
{
	return (lanes << 8) - lanes;
}

/*
 * SRTP without a payload is MKI and tag (RFC 3711, 3.1), keep-alives are sent
 * so, and an MKI is constant. Could bytes 0 and 1 be one?
 *
 * With a tag of 4, 8, 10 or 16 bytes and at most one byte of payload before
 * it, an MKI fills the bytes from 1 up to where the tag begins. If one of these
 * changes it is none; the shortest such MKI is the last to be ruled out. Where
 * it could be byte 0 alone, only byte 0 can rule it out.
 */
static u64 lanes_not_mki(u32 len, u64 moved)
{
	static const u8 tags[] = { 16, 10, 8, 4 };
	u64 lanes = lanes_first(2);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tags); i++) {
		if (len <= tags[i])
			continue;
		if (len - tags[i] == 1) {
			lanes &= ~lanes_first(1);
		} else {
			if (!(moved & lanes_first(len - tags[i]) & ~lanes_first(1)))
				lanes = 0;
			break;
		}
	}
	return lanes;
}

/*
 * A payload with room for little but a trailer. A stream's trailers are of one
 * length, no longer than its shortest payload: what exceeds that is bet on. The
 * rest is from the third packet of one length on, where it cannot be an MKI or
 * changed twice in a row. The last four bytes may be a nonce that counts.
 */
static u64 lanes_bettable_short(const struct rg_content *content, u32 len)
{
	u64 moved = content->moved_twice;
	u64 lanes = 0;

	if (content->len_min && len > content->len_min)
		lanes = lanes_first(len - content->len_min);
	if (content->len_run < 3 || content->len != len)
		return lanes;
	return lanes | lanes_not_mki(len, moved) | (moved & lanes_first(len - 4));
}

static u64 lanes_bettable(const struct rg_content *content,
			  const struct rg_payload *payload)
{
	u32 len = payload->len;

	if (len > RG_TRAILER_MAX + 2)
		return lanes_first(len - RG_TRAILER_MAX);
	if (payload->alone)
		return 0;
	/* The shortest tag leaves no room for an MKI. */
	if (len <= RG_TAG_MIN)
		return lanes_first(len);
	return lanes_bettable_short(content, len);
}

/* S0, eight bets, one a bit of byte 0, each with counts of its own. */
static void bet_first(const struct rg_trial *trial)
{
	struct rg_content *content = trial->content;
	u64 set = lanes_nonzero((trial->head & 0xff) * LANES_1 & LANES_BIT);
	u64 ones = content->first_ones;
	u32 n = content->first_seen;
	s32 gain = 8 * (RG_BIT - (rg_log2_fact[n + 1] - rg_log2_fact[n]));
	u32 i, same;

	for (i = 0; i < 64; i += 8) {
		same = ones >> i & 0xff;
		if (!(set >> i & 1))
			same = n - same;
		gain += rg_log2_half[same + 1] - rg_log2_half[same];
	}
	content->bits[RG_FEATURE_S0] += gain;
	content->first_ones += set;
	content->first_seen++;
	if (content->first_seen == RG_SEEN_MAX) {
		content->first_ones = content->first_ones >> 1 & LANES_7F;
		content->first_seen /= 2;
	}
}

/* STEADY, one bet for all bits that are steady. */
static void bet_steady(const struct rg_trial *trial)
{
	struct rg_content *content = trial->content;
	u64 steady = ~content->doubt[2] & lanes_full(trial->bettable);
	u64 stayed = ~(trial->head ^ content->prev);
	u32 hits, n;

	if (content->packets < RG_STEADY_MIN || !steady)
		return;
	n = hweight64(steady);
	hits = hweight64(steady & stayed);
	rg_bet(content, RG_FEATURE_STEADY, hits, n - hits);
}

/* Counts 64 counters of three digits, a digit a word: down to 0, or up to 7. */
static void learn_steady(const struct rg_trial *trial)
{
	u64 *doubt = trial->content->doubt;
	u64 readable = lanes_full(trial->readable);
	u64 changed = (trial->head ^ trial->content->prev) & readable;
	u64 borrow = readable & ~changed & (doubt[0] | doubt[1] | doubt[2]);
	u32 i;

	for (i = 0; i < 3; i++) {
		u64 digit = doubt[i];

		doubt[i] = (digit ^ borrow) | changed;
		borrow &= ~digit;
	}
}

/* 1 in each lane whose high nibble is not zero. */
static u64 lanes_high(u64 x)
{
	return ((x >> 1 & LANES_1 * 0x78) + LANES_1 * 0x78) >> 7 & LANES_1;
}

/* ON, TR and D1, eight bytes at a time. */
static void bet_body(const struct rg_trial *trial, u32 len)
{
	struct rg_content *content = trial->content;
	u64 before = 0, valid = LANES_1;
	u32 on = 0, tr = 0, d1 = 0;
	struct rg_cur cur;

	rg_cur_init(&cur, trial->payload->data, len);
	while (cur.left) {
		u64 word, change;

		if (cur.left < 8)
			valid = lanes_first(cur.left);
		/* Bytes that are not there are 0, which no count sees. */
		word = rg_cur_lanes(&cur);
		change = word ^ (word << 8 | before >> 56);
		on += hweight64(word);
		tr += hweight64((word ^ word >> 1) & LANES_7F);
		d1 += hweight64(lanes_high(change) & valid);
		before = word;
	}
	rg_bet(content, RG_FEATURE_ON, on, 8 * len - on);
	rg_bet(content, RG_FEATURE_TR, tr, 7 * len - tr);
	/* The first byte has none before it. */
	d1 -= lanes_high(trial->head) & 1;
	if (len > 1)
		rg_bet(content, RG_FEATURE_D1, len - 1 - d1, d1);
}

/* What this packet teaches about the first bytes, after the bets on them. */
static void learn(const struct rg_trial *trial)
{
	struct rg_content *content = trial->content;
	u32 len = trial->payload->len;
	u64 moved = lanes_nonzero(trial->head ^ content->prev) & trial->readable;

	if (content->packets)
		learn_steady(trial);
	if (content->len != len)
		content->len_run = 1;
	else if (content->len_run < 3)
		content->len_run++;
	if (len >= RG_TAG_MIN && (!content->len_min || len < content->len_min))
		content->len_min = min_t(u32, len, 255);
	content->moved_twice = moved & content->moved;
	content->moved = moved;
	content->prev = trial->head;
	content->len = len;
}

static s32 best(const struct rg_content *content)
{
	s32 most = max_t(s32, content->bits[0], content->bits[RG_FEATURE_LEVELS]);
	u32 i;

	/* Compilers unroll this, but not if it were one longer. */
	for (i = 1; i < RG_FEATURE_LEVELS; i++)
		most = max_t(s32, most, content->bits[i]);
	return most;
}

/**
 * rg_content_feature() - which feature is the best?
 * @content: a test
 *
 * Context: as for rg_content_feed().
 * Return: enum rg_feature of the one that has @content->best.
 */
u8 rg_content_feature(const struct rg_content *content)
{
	u8 i, most = 0;

	for (i = 1; i < RG_FEATURES; i++) {
		if (content->bits[i] > content->bits[most])
			most = i;
	}
	return most;
}

static u32 positions(const struct rg_trial *trial, u32 body)
{
	/* The body, where there is one, has all of the head that is bet on. */
	u32 sum = trial->content->positions +
		  (body ? body : hweight64(trial->bettable));

	return min_t(u32, sum, RG_POSITIONS_MAX);
}

/**
 * rg_content_feed() - test one packet's payload
 * @content: the stream's test; its @best is brought up to date
 * @payload: a payload that was not fed before; the caller leaves out what the
 *	network duplicated
 *
 * Evidence of T bits in any feature comes from cipher text with a chance of at
 * most RG_FEATURES * 2^-T, over all packets of the test together.
 *
 * Context: any; the caller serialises callers of the same @content.
 */
void rg_content_feed(struct rg_content *content,
		     const struct rg_payload *payload)
{
	struct rg_trial trial = { .content = content, .payload = payload };
	u32 len = rg_body_len(payload, RG_CONTENT_BYTES);
	struct rg_cur cur;

	rg_cur_init(&cur, payload->data, payload->readable);
	trial.readable = lanes_first(cur.left);
	trial.head = rg_cur_lanes(&cur);
	trial.bettable = lanes_bettable(content, payload) & trial.readable;
	if (trial.bettable & 1 && !rg_bet_frozen(content, RG_FEATURE_S0))
		bet_first(&trial);
	bet_steady(&trial);
	if (len)
		bet_body(&trial, len);
	/* One comparison for both ends. */
	if (payload->len - (RG_PARITY_BYTES_MAX + 1) >=
	    RG_LEVELS_LEN_MIN - (RG_PARITY_BYTES_MAX + 1))
		rg_bet_by_len(&trial, len);
	content->best = best(content);
	content->positions = positions(&trial, len);
	learn(&trial);
	if (content->packets < RG_PACKETS_MAX)
		content->packets++;
}
