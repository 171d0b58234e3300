// SPDX-License-Identifier: GPL-2.0
/*
 * Tones as L16 (RFC 3551, 4.5.11): samples of 16 bits, the high byte first. The low
 * bytes are as good as random, and so are the high ones of a loud tone, bit by bit.
 */
#include "kselftest_harness.h"
#include "memory.h"
#include "packets.h"
#include "random.h"

#include <uapi/linux/rtpguard.h>

#define PAYLOAD_MAX	1400
#define WITHIN		30

/**
 * struct tone - what is sent
 * @hz: its frequency
 * @rate: samples a second, of each channel
 * @len: bytes of a payload
 * @channels: that have it, the second an eighth of a turn later
 * @level: of full scale, in percent
 * @noise: at the most, in units of the lowest bit
 */
struct tone {
	double hz;
	u32 rate;
	u32 len;
	u32 channels;
	u32 level;
	u32 noise;
};

/* The sine of a number of turns: a series, there is no libm here. */
static double sine(double turns)
{
	double x, term, sum;
	u32 i;

	turns -= (double)(u64)turns;
	if (turns > 0.5)
		return -sine(turns - 0.5);
	if (turns > 0.25)
		turns = 0.5 - turns;
	x = turns * 6.283185307179586;
	term = x;
	sum = x;
	for (i = 2; i < 20; i += 2) {
		term *= -x * x / (i * (i + 1));
		sum += term;
	}
	return sum;
}

static s32 sample(const struct tone *tone, u32 n, struct rg_random *random)
{
	double turns = tone->hz * (n / tone->channels) / tone->rate +
		       0.125 * (n % tone->channels);
	double value = sine(turns) * 327.67 * tone->level;
	s32 noise = (s32)random_below(random, 2 * tone->noise + 1) -
		    (s32)tone->noise;
	s32 ret = (s32)(value + 32768.5) - 32768 + noise;

	return min_t(s32, max_t(s32, ret, -32768), 32767);
}

/* Return: packets until the verdict, or 0 if there is none, or another. */
static u32 packets_until_clear(const struct tone *tone)
{
	u8 bytes[12 + PAYLOAD_MAX];
	struct rg_packet pkt = {
		.data = bytes, .len = 12 + tone->len, .wire_len = 12 + tone->len,
	};
	struct rg_media media = { 0 };
	struct rg_answer ans = { 0 };
	struct rg_random random;
	u32 i, j, n = 0;

	random_seed(&random, 1);
	for (i = 0; i < WITHIN && ans.protection != RTPGUARD_PROTECTION_CLEAR; i++) {
		packet_rtp(bytes, 96, i, n / tone->channels, 1, 0);
		for (j = 0; j < tone->len; j += 2)
			put_be16(bytes + 12 + j, sample(tone, n++, &random));
		pkt.now_ms = 10 * i;
		media_feed(&media, &pkt, true, &ans);
	}
	media_end(&media);
	return ans.protection == RTPGUARD_PROTECTION_CLEAR ? i : 0;
}

struct tally {
	u32 tones;
	u32 missed;
	u32 slowest;
};

static void judge(struct __test_metadata *_metadata, const struct tone *tone,
		  struct tally *tally)
{
	u32 packets = packets_until_clear(tone);

	tally->tones++;
	tally->slowest = max_t(u32, tally->slowest, packets);
	if (packets)
		return;
	tally->missed++;
	if (tally->missed <= 10)
		TH_LOG("missed: %u Hz, %u a second, %u channels, %u %%, %u bytes",
		       (u32)tone->hz, tone->rate, tone->channels, tone->level,
		       tone->len);
}

/* Levels, noise and channels of one frequency, rate and length. */
static void judge_levels(struct __test_metadata *_metadata, struct tone tone,
			 struct tally *tally)
{
	static const u8 levels[] = { 10, 25, 50, 71, 80, 90, 100 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(levels); i++) {
		tone.level = levels[i];
		for (tone.noise = 0; tone.noise <= 2; tone.noise++) {
			for (tone.channels = 1; tone.channels <= 2; tone.channels++)
				judge(_metadata, &tone, tally);
		}
	}
}

TEST(tones_are_readable)
{
	static const double hertz[] = { 100, 261.63, 440, 1000, 3100 };
	static const u32 rates[] = { 8000, 16000, 44100, 48000 };
	static const u32 lens[] = { 320, 512, 640, 884, 960, 1388, 1400 };
	struct tally tally = { 0 };
	u32 f, r, l;

	for (f = 0; f < ARRAY_SIZE(hertz); f++) {
		for (r = 0; r < ARRAY_SIZE(rates); r++) {
			for (l = 0; l < ARRAY_SIZE(lens); l++) {
				struct tone tone = {
					.hz = hertz[f], .rate = rates[r],
					.len = lens[l],
				};

				judge_levels(_metadata, tone, &tally);
			}
		}
	}
	TH_LOG("%u tones, %u missed, at most %u packets", tally.tones,
	       tally.missed, tally.slowest);
	EXPECT_EQ(tally.missed, 0);
}

TEST_HARNESS_MAIN
