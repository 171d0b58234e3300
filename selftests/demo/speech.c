// SPDX-License-Identifier: GPL-2.0
/*
 * Makes a voice for the demo's phones: no words, but like speech it has a pitch
 * that moves, vowels (two resonances each), hissed consonants and pauses. No two
 * numbers give the same voice.
 */
#include "wav.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define RATE		8000
#define SECONDS_MAX	600

/* First and second formant of some vowels in Hz. */
static const double vowels[][2] = {
	{ 730, 1090 }, { 270, 2290 }, { 300, 870 }, { 530, 1840 }, { 570, 840 },
};

/* struct resonance - a damped oscillator: y = x + a y[-1] + b y[-2] */
struct resonance {
	double a, b;
	double y1, y2;
};

/* struct voice - who speaks, and where in a syllable */
struct voice {
	u32 random;
	double pitch;
	double phase;
	bool hissed;
	struct resonance formants[2];
};

static u32 random_next(struct voice *voice)
{
	voice->random = voice->random * 1664525 + 1013904223;
	return voice->random >> 8;
}

/* From @low to @high. */
static double random_between(struct voice *voice, double low, double high)
{
	return low + (high - low) * random_next(voice) / 0x1000000;
}

static void resonance_tune(struct resonance *res, double hz)
{
	double radius = exp(-M_PI * 90 / RATE);

	res->a = 2 * radius * cos(2 * M_PI * hz / RATE);
	res->b = -radius * radius;
}

static double resonance_pass(struct resonance *res, double x)
{
	double y = x + res->a * res->y1 + res->b * res->y2;

	res->y2 = res->y1;
	res->y1 = y;
	return y;
}

static void syllable_begin(struct voice *voice, double base_pitch)
{
	const double *vowel;

	vowel = vowels[random_next(voice) % ARRAY_SIZE(vowels)];
	resonance_tune(&voice->formants[0], vowel[0]);
	resonance_tune(&voice->formants[1], vowel[1]);
	voice->pitch = base_pitch * random_between(voice, 0.85, 1.2);
	voice->hissed = random_next(voice) % 4 == 0;
}

/* One sample from the larynx: a pulse each period, or hiss. */
static double breath(struct voice *voice)
{
	double pulse = 0;

	if (voice->hissed)
		return random_between(voice, -0.3, 0.3);
	voice->phase += voice->pitch / RATE;
	if (voice->phase >= 1) {
		voice->phase -= 1;
		pulse = 1;
	}
	return pulse;
}

static short loud(double level)
{
	level *= 2500;
	if (level > 32000)
		return 32000;
	return level < -32000 ? -32000 : level;
}

/* A syllable swells and fades; @len samples. */
static void syllable_speak(struct voice *voice, short *samples, u32 len)
{
	double x;
	u32 i;

	for (i = 0; i < len; i++) {
		x = breath(voice) * sin(M_PI * i / len);
		x = resonance_pass(&voice->formants[0], x) +
		    resonance_pass(&voice->formants[1], x);
		samples[i] = loud(x);
	}
}

static void speak(struct voice *voice, short *samples, u32 n)
{
	double base_pitch = random_between(voice, 95, 210);
	u32 len, at = 0;

	while (at < n) {
		syllable_begin(voice, base_pitch);
		len = random_between(voice, 0.10, 0.35) * RATE;
		len = len < n - at ? len : n - at;
		syllable_speak(voice, samples + at, len);
		at += len;
		/* Between words there is silence: the samples are zero. */
		if (random_next(voice) % 3 == 0)
			at += random_between(voice, 0.03, 0.25) * RATE;
	}
}

/* Returns -1 if @text is not a number from @min to @max. */
static long number(const char *text, long min, long max)
{
	char *end;
	long value;

	errno = 0;
	value = strtol(text, &end, 10);
	if (errno || *end || end == text || value < min || value > max)
		return -1;
	return value;
}

int main(int argc, char **argv)
{
	struct voice voice = { 0 };
	long who, seconds;
	short *samples;
	int ret;

	who = argc == 4 ? number(argv[1], 0, 1000000) : -1;
	seconds = argc == 4 ? number(argv[2], 1, SECONDS_MAX) : -1;
	if (who < 0 || seconds < 0) {
		fprintf(stderr, "usage: speech VOICE SECONDS FILE.wav\n"
			"VOICE is a number, SECONDS up to %d\n", SECONDS_MAX);
		return 2;
	}
	samples = calloc(seconds * RATE, sizeof(*samples));
	if (!samples) {
		fputs("speech: out of memory\n", stderr);
		return 1;
	}
	voice.random = who * 2654435761u;
	speak(&voice, samples, seconds * RATE);
	ret = wav_write(argv[3], (const short *[]){ samples }, 1, seconds * RATE);
	free(samples);
	return ret ? 1 : 0;
}
