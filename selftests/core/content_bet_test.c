// SPDX-License-Identifier: GPL-2.0
/*
 * Proof that no bet of the content test is better than fair against cipher text:
 * for all counts that can be, the sum over all outcomes of their probability
 * times 2^gain is at most 1. 2^evidence is then a supermartingale, and Ville's
 * inequality is what keeps calls from being cut; gains that are at most 0 on
 * average would not be enough.
 *
 * No floating point: every power of two, product and sum is rounded up, so a sum
 * that is at most 1 here is at most 1.
 */
#include "core/content_trial.h"
#include "kselftest_harness.h"
#include "random.h"

/* Numbers are in units of 2^-62. */
#define POINT		62
#define ONE		0x4000000000000000ull

/* Counts before a packet, and trials in a packet: 64 bytes of 8 bits. */
#define TRIALS_MAX	(8 * RG_CONTENT_BYTES)
#define COUNTS_MAX	(RG_BETS_MAX + TRIALS_MAX)

static u64 shift_up(__uint128_t x, u32 bits)
{
	if (bits > 126)
		return !!x;
	return (u64)((x + ((__uint128_t)1 << bits) - 1) >> bits);
}

static u64 mul_up(u64 a, u64 b)
{
	return shift_up((__uint128_t)a * b, POINT);
}

/* The square root of x / 2^POINT, not below it. */
static u64 sqrt_up(u64 x)
{
	__uint128_t square = (__uint128_t)x << POINT;
	u64 root = 0, bit;

	for (bit = 1ull << 63; bit; bit >>= 1) {
		if ((__uint128_t)(root | bit) * (root | bit) <= square)
			root |= bit;
	}
	return root + ((__uint128_t)root * root < square);
}

/* 2^(i / RG_BIT) for i below RG_BIT, from 2^(1/2), 2^(1/4), ... */
static void fractions_fill(u64 *fractions)
{
	u64 power = 2 * ONE;
	u32 bit, i;

	for (i = 0; i < RG_BIT; i++)
		fractions[i] = ONE;
	for (bit = RG_BIT / 2; bit; bit /= 2) {
		power = sqrt_up(power);
		for (i = 0; i < RG_BIT; i++) {
			if (i & bit)
				fractions[i] = mul_up(fractions[i], power);
		}
	}
}

/* mantissa * 2^exponent, the mantissa below 2^POINT: for what is very small. */
struct real {
	u64 mantissa;
	s32 exponent;
};

static struct real real_up(__uint128_t mantissa, s32 exponent)
{
	struct real real;
	u32 bits = 0;

	while (mantissa >> bits >= ONE)
		bits++;
	real.mantissa = shift_up(mantissa, bits);
	real.exponent = exponent + bits;
	return real;
}

static struct real real_mul(struct real a, struct real b)
{
	return real_up((__uint128_t)a.mantissa * b.mantissa, a.exponent + b.exponent);
}

static struct real real_mul_ratio(struct real a, u32 up, u32 down)
{
	/* 30 bits more, so that the quotient is precise. */
	__uint128_t product = ((__uint128_t)a.mantissa * up << 30) + down - 1;

	return real_up(product / down, a.exponent - 30);
}

/* In units of 2^-POINT again. */
static u64 real_fixed(struct real a)
{
	s32 bits = -POINT - a.exponent;

	return bits >= 0 ? shift_up(a.mantissa, bits) : a.mantissa << -bits;
}

FIXTURE(bets)
{
	u64 *fractions;
};

FIXTURE_SETUP(bets)
{
	self->fractions = malloc(RG_BIT * sizeof(u64));
	ASSERT_NE(self->fractions, NULL);
	fractions_fill(self->fractions);
}

FIXTURE_TEARDOWN(bets)
{
	free(self->fractions);
}

static struct real power(const u64 *fractions, s32 log2)
{
	/* Rounds down, whatever the sign. */
	s32 whole = log2 >= 0 ? log2 / RG_BIT : -((RG_BIT - 1 - log2) / RG_BIT);

	return real_up(fractions[log2 - whole * RG_BIT], whole - POINT);
}

/* times * 2^(log2 / RG_BIT) */
static u64 scaled(const u64 *fractions, u32 times, s32 log2)
{
	struct real real = power(fractions, log2);

	return real_fixed(real_up((__uint128_t)real.mantissa * times, real.exponent));
}

/* 1 / 2 is a power, so is 0: these are exact, and the others are close. */
TEST_F(bets, powers_are_bounds)
{
	u32 i;

	EXPECT_EQ(scaled(self->fractions, 1, 0), ONE);
	EXPECT_EQ(scaled(self->fractions, 1, -RG_BIT), ONE / 2);
	EXPECT_EQ(scaled(self->fractions, 3, -61 * RG_BIT), 6);
	for (i = 1; i < RG_BIT; i++) {
		u64 square = mul_up(self->fractions[i], self->fractions[i]);
		u64 twice = 2 * i < RG_BIT ? self->fractions[2 * i] :
					     2 * self->fractions[2 * i - RG_BIT];

		ASSERT_GT(self->fractions[i], self->fractions[i - 1]);
		ASSERT_LE(square > twice ? square - twice : twice - square, 256)
			TH_LOG("2^(%u/65536)", i);
	}
	/* The last one's inverse is the first one's half. */
	EXPECT_GE(mul_up(self->fractions[RG_BIT - 1], self->fractions[1]), 2 * ONE);
}

TEST_F(bets, every_step_of_the_tables_is_rounded_against_the_gambler)
{
	s32 i, step;

	EXPECT_EQ(rg_log2_half[0], 0);
	EXPECT_EQ(rg_log2_fact[0], 0);
	for (i = 0; i < RG_LOG2_MAX; i++) {
		step = rg_log2_half[i + 1] - rg_log2_half[i];
		ASSERT_LE(real_fixed(real_mul_ratio(power(self->fractions, step),
						    2, 2 * i + 1)), ONE)
			TH_LOG("2^%d/65536 is above %d.5", step, i);
		step = rg_log2_fact[i + 1] - rg_log2_fact[i];
		ASSERT_LE(scaled(self->fractions, i + 1, -step), ONE)
			TH_LOG("2^%d/65536 is below %d", step, i + 1);
	}
	EXPECT_GE(RG_LOG2_MAX, COUNTS_MAX);
}

TEST_F(bets, hits_and_misses_pay_no_more_than_their_odds)
{
	u32 i;

	for (i = 0; i < RG_FEATURES; i++) {
		const struct rg_feature_info *f = &rg_features[i];
		u32 n = f->p0_log2;

		ASSERT_GE(n, 1);
		ASSERT_LE(n, 16);
		/* 2^hit * 2^-n and 2^miss * (1 - 2^-n) */
		EXPECT_LE(scaled(self->fractions, 1, rg_odds[i].hit - n * RG_BIT), ONE)
			TH_LOG("%s: hit", f->name);
		EXPECT_LE(scaled(self->fractions, (1u << n) - 1,
				 rg_odds[i].miss - n * RG_BIT), ONE)
			TH_LOG("%s: miss", f->name);
	}
}

/* The sum over the numbers of hits there can be, by the code itself. */
static u64 outcomes_sum(const u64 *fractions, u8 feature, u32 h, u32 m, u32 n)
{
	u32 p0_log2 = rg_features[feature].p0_log2, k, i;
	struct real chance = { 1, 0 };
	struct real miss = { (1u << p0_log2) - 1, -(s32)p0_log2 };
	u64 sum = 0;

	for (i = 0; i < n; i++)
		chance = real_mul(chance, miss);
	for (k = 0; k <= n; k++) {
		struct rg_bets bets = { h, m, rg_bets_weight(h, m) };
		s32 gain = rg_bets_gain(&bets, feature, k, n - k);

		if (bets.hits + bets.misses > RG_BETS_MAX)
			return ~0ull;
		sum += real_fixed(real_mul(chance, power(fractions, gain)));
		chance = real_mul_ratio(chance, n - k,
					(k + 1) * ((1u << p0_log2) - 1));
	}
	return sum;
}

/* How many bets a packet can make on a feature; 0: of S0 and LEVELS, see below. */
static u32 trials_max(u8 feature)
{
	switch (feature) {
	case RG_FEATURE_S0:
	case RG_FEATURE_LEVELS:
		return 0;
	case RG_FEATURE_ON:
	case RG_FEATURE_TR:
		return TRIALS_MAX;
	default:
		/* PAR has fewer. */
		return RG_CONTENT_BYTES;
	}
}

/*
 * Every number of trials up to 64 and all multiples of 7 (TR) and of 8 (ON); from
 * counts that begin, end and lie between, next to each other and far apart.
 */
TEST_F_TIMEOUT(bets, outcomes_of_a_packet_sum_to_one_at_most, 300)
{
	static const u16 counts[] = {
		0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 31, 64, 127, 255, 256, 341, 511,
		512, 513, 700, 768, 1000, 1016, 1023, 1024,
	};
	u32 f, i, j, n, cases = 0;

	for (f = 0; f < RG_FEATURES; f++) {
		for (i = 0; i < ARRAY_SIZE(counts) * ARRAY_SIZE(counts); i++) {
			u32 h = counts[i / ARRAY_SIZE(counts)];
			u32 m = counts[i % ARRAY_SIZE(counts)];

			for (n = 1; n <= trials_max(f); n++) {
				if (h + m > RG_BETS_MAX ||
				    (n > 64 && n % 7 && n % 8))
					continue;
				ASSERT_LE(outcomes_sum(self->fractions, f, h, m,
						       n), ONE)
					TH_LOG("%s: %u hits, %u misses, %u trials",
					       rg_features[f].name, h, m, n);
				cases++;
			}
		}
	}
	/* All counts that there can be, of trials the fewest. */
	for (f = 0; f < RG_FEATURES; f++) {
		for (i = 0; i <= RG_BETS_MAX; i++) {
			for (j = 0; i + j <= RG_BETS_MAX && trials_max(f); j++) {
				ASSERT_LE(outcomes_sum(self->fractions, f, i, j,
						       1), ONE);
				cases++;
			}
		}
	}
	TH_LOG("%u sums over all outcomes", cases);
	/* No slack: the first bet on a bit gains nothing and loses nothing. */
	EXPECT_EQ(outcomes_sum(self->fractions, RG_FEATURE_ON, 0, 0, 1), ONE);
}

/* In a triangle of all h + m <= COUNTS_MAX. */
static u32 place(u32 h, u32 m)
{
	return h * (COUNTS_MAX + 1) - h * (h - 1) / 2 + m;
}

struct triangle {
	u64 hit;	/* probability of a hit times 2^gain */
	u64 miss;
	u64 sum;	/* over all outcomes of n trials from here on */
};

static void triangle_fill(const u64 *fractions, struct triangle *all, u8 feature)
{
	u32 n = rg_features[feature].p0_log2, h, m;

	for (h = 0; h <= COUNTS_MAX; h++) {
		for (m = 0; h + m <= COUNTS_MAX; m++) {
			struct triangle *t = &all[place(h, m)];
			struct rg_bets bets = { h, m, rg_bets_weight(h, m) };
			s32 gain = rg_bets_gain(&bets, feature, 1, 0);

			t->hit = scaled(fractions, 1, gain - n * RG_BIT);
			bets = (struct rg_bets){ h, m, rg_bets_weight(h, m) };
			gain = rg_bets_gain(&bets, feature, 0, 1);
			t->miss = scaled(fractions, (1u << n) - 1,
					 gain - n * RG_BIT);
			t->sum = ONE;
		}
	}
}

/* One trial more, from each pair of counts; the highest of those there can be. */
static u64 triangle_step(struct triangle *all, u32 most)
{
	u64 worst = 0;
	u32 h, m;

	for (h = 0; h <= most; h++) {
		struct triangle *t = &all[place(h, 0)];
		const struct triangle *below = &all[place(h + 1, 0)];

		for (m = 0; h + m <= most; m++) {
			t[m].sum = mul_up(t[m].hit, below[m].sum) +
				   mul_up(t[m].miss, t[m + 1].sum);
			if (t[m].sum > worst && h + m <= RG_BETS_MAX)
				worst = t[m].sum;
		}
	}
	return worst;
}

/*
 * All counts and all numbers of trials. The tables are running sums, so a packet's
 * gain is the sum of its trials' gains in any order, and the sum over its outcomes
 * is that over its first trial's, of the sums from there.
 */
TEST_F_TIMEOUT(bets, all_counts_and_trials, 300)
{
	struct triangle *all = malloc((place(COUNTS_MAX, 0) + 1) * sizeof(*all));
	u32 done = 0, f, n;

	ASSERT_NE(all, NULL);
	/* Of features with the same chance the one with the most trials. */
	for (f = RG_FEATURES; f-- > 0;) {
		if (done >> rg_features[f].p0_log2 & 1 ||
		    (rg_features[f].p0_log2 == 1 && f != RG_FEATURE_ON))
			continue;
		done |= 1u << rg_features[f].p0_log2;
		triangle_fill(self->fractions, all, f);
		for (n = 1; n <= trials_max(f); n++)
			ASSERT_LE(triangle_step(all, COUNTS_MAX - n), ONE)
				TH_LOG("%s: %u trials", rg_features[f].name, n);
	}
	for (f = 0; f < RG_FEATURES; f++)
		EXPECT_TRUE(done >> rg_features[f].p0_log2 & 1);
	free(all);
}

/* What a packet gains in feature S0 whose byte 0 is @byte. */
static s32 byte_gain(const struct rg_content *before, u8 feature, u8 byte)
{
	struct rg_content content = *before;
	u8 bytes[RG_TRAILER_MAX + 4] = { byte, byte };
	struct rg_payload payload = {
		.data = bytes, .len = sizeof(bytes), .readable = sizeof(bytes),
	};

	rg_content_feed(&content, &payload);
	return content.bits[feature] - before->bits[feature];
}

static u64 bytes_sum(const u64 *fractions, const struct rg_content *content,
		     u8 feature)
{
	u64 sum = 0;
	u32 byte;

	for (byte = 0; byte < 256; byte++)
		sum += scaled(fractions, 1, byte_gain(content, feature, byte) -
			      8 * RG_BIT);
	return sum;
}

/* S0 for all counts: eight bits of the same, and of different counts. */
TEST_F_TIMEOUT(bets, bits_of_the_first_bytes, 300)
{
	struct rg_content content = { .packets = 1 };
	struct rg_random random;
	u32 seen, ones, bit;

	random_seed(&random, 1);
	for (seen = 0; seen < RG_SEEN_MAX; seen++) {
		for (ones = 0; ones <= 2 * seen; ones++) {
			content.first_seen = seen;
			content.first_ones = 0;
			for (bit = 0; bit < 64; bit += 8) {
				u64 set = ones <= seen ? ones :
					  random_below(&random, seen + 1);

				content.first_ones |= set << bit;
			}
			ASSERT_LE(bytes_sum(self->fractions, &content,
					    RG_FEATURE_S0), ONE)
				TH_LOG("%u of %u", ones, seen);
		}
	}
}

/* The sum over the classes that one sample more can be of, by the code itself. */
static u64 levels_sum(const u64 *fractions, const u16 *levels)
{
	u64 sum = 0;
	u32 i;

	for (i = 0; i < RG_LEVELS; i++) {
		u16 copy[RG_LEVELS];

		memcpy(copy, levels, sizeof(copy));
		sum += scaled(fractions, 1, rg_levels_gain(copy, 1ull << 8 * i) -
			      3 * RG_BIT);
	}
	return sum;
}

/*
 * LEVELS: sample by sample, of counts that are equal, far apart or anything. A packet
 * gains what its samples gain one by one, for the tables are running sums; beyond
 * RG_BETS_MAX too, where it began below.
 */
TEST_F_TIMEOUT(bets, levels_of_a_sample_sum_to_one_at_most, 300)
{
	u16 levels[RG_LEVELS] = { 0 }, copy[RG_LEVELS];
	u32 round, i, n = 0, left;
	struct rg_random random;
	u64 counts;
	s32 gain;

	random_seed(&random, 3);
	for (round = 0; round < 100000; round++) {
		left = random_below(&random, RG_BETS_MAX + 4 * RG_LEVELS_WORDS);
		for (i = 0; i < RG_LEVELS; i++) {
			levels[i] = round & 1 ? left / 8 :
						random_below(&random, left + 1);
			left -= round & 1 ? 0 : levels[i];
		}
		ASSERT_LE(levels_sum(self->fractions, levels), ONE);
	}
	for (round = 0; round < 10000; round++) {
		memset(levels, 0, sizeof(levels));
		for (n = random_below(&random, RG_BETS_MAX - 64); n; n--)
			levels[random_below(&random, 8)]++;
		memcpy(copy, levels, sizeof(copy));
		for (n = 0, gain = 0, counts = 0; n < 64; n++) {
			u64 one = 1ull << 8 * random_below(&random, 8);

			counts += one;
			gain += rg_levels_gain(copy, one);
		}
		ASSERT_EQ(rg_levels_gain(levels, counts), gain);
	}
}

/* Whatever comes, counts stay in the range that was looked at above. */
TEST(counts_stay_in_range)
{
	struct rg_content content = { 0 };
	u8 bytes[RG_LEVELS_LEN_MIN + RG_TRAILER_MAX];
	struct rg_payload payload = { .data = bytes, .pt = 96 };
	struct rg_random random;
	u32 i, bit, f, sum;

	random_seed(&random, 2);
	for (i = 0; i < 20000; i++) {
		random_fill(&random, bytes, sizeof(bytes));
		if (i / 1000 & 1)
			memset(bytes, i / 2000 & 1 ? 0xff : 0, RG_LEVELS_LEN_MIN);
		payload.len = random_below(&random, sizeof(bytes) + 1);
		if (i & 1)
			payload.len = sizeof(bytes);
		payload.readable = payload.len;
		rg_content_feed(&content, &payload);
		/* Beyond a verdict nothing is fed: it could overflow. */
		if (content.best >= RG_CLEAR_BITS)
			memset(content.bits, 0, sizeof(content.bits));
		ASSERT_LT(content.first_seen, RG_SEEN_MAX);
		for (bit = 0; bit < 64; bit += 8)
			ASSERT_LE((u8)(content.first_ones >> bit),
				  content.first_seen);
		for (f = 0; f < ARRAY_SIZE(content.bets); f++)
			ASSERT_LE(content.bets[f].hits + content.bets[f].misses,
				  RG_BETS_MAX);
		for (f = 0, sum = 0; f < RG_LEVELS; f++)
			sum += content.levels[f];
		ASSERT_LE(sum, RG_BETS_MAX);
	}
}

TEST_HARNESS_MAIN
