// SPDX-License-Identifier: GPL-2.0
/*
 * How alike two recordings are: the best normalised cross-correlation over all
 * lags. 1 is the same sound, louder or softer, earlier or later; noise of some
 * seconds is below 0.05.
 *
 * The correlation is computed through the Fourier transform: seconds of sound
 * have 10^9 pairs of samples, too many for an emulated CPU.
 */
#include "likeness.h"

#include <complex.h>
#include <math.h>
#include <stdlib.h>

/* One minute of each is compared. */
#define SAMPLES_MAX	(60u * 8000)

/**
 * struct sound - a recording made ready
 * @spectrum: of the samples, followed by silence
 * @energy: @energy[i] is that of the samples before @i
 * @samples: of it
 * @n: their number
 */
struct sound {
	double complex *spectrum;
	double *energy;
	const short *samples;
	u32 n;
};

static void bit_reverse(double complex *x, u32 size)
{
	u32 i, j = 0, bit;

	for (i = 1; i < size; i++) {
		for (bit = size >> 1; j & bit; bit >>= 1)
			j ^= bit;
		j |= bit;
		if (i < j) {
			double complex swap = x[i];

			x[i] = x[j];
			x[j] = swap;
		}
	}
}

/* Joins the transforms of pairs of neighbours, @half long each. */
static void butterflies(double complex *x, u32 size, u32 half)
{
	double complex turn = cexp(-I * M_PI / half);
	u32 i, k;

	for (i = 0; i < size; i += 2 * half) {
		double complex root = 1;

		for (k = i; k < i + half; k++) {
			double complex odd = root * x[k + half];

			x[k + half] = x[k] - odd;
			x[k] += odd;
			root *= turn;
		}
	}
}

/* Fourier transform in place; @size is a power of two. */
static void transform(double complex *x, u32 size)
{
	u32 half;

	bit_reverse(x, size);
	for (half = 1; half < size; half *= 2)
		butterflies(x, size, half);
}

static int sound_init(struct sound *sound, const short *samples, u32 n, u32 size)
{
	u32 i;

	sound->samples = samples;
	sound->n = n;
	sound->energy = calloc(n + 1, sizeof(*sound->energy));
	sound->spectrum = calloc(size, sizeof(*sound->spectrum));
	if (!sound->energy || !sound->spectrum)
		return -1;
	for (i = 0; i < n; i++) {
		sound->energy[i + 1] = sound->energy[i] +
				       (double)samples[i] * samples[i];
		sound->spectrum[i] = samples[i];
	}
	transform(sound->spectrum, size);
	return 0;
}

static void sound_exit(struct sound *sound)
{
	free(sound->energy);
	free(sound->spectrum);
}

static double energy(const struct sound *sound, u32 from, u32 to)
{
	return sound->energy[to] - sound->energy[from];
}

/*
 * heard[i] meets played[i + lag]. Where the two hardly overlap anything looks
 * alike, so a lag counts if half of what was heard has its partner.
 */
static double at_lag(const struct sound *heard, const struct sound *played,
		     long lag, double product)
{
	long from = lag < 0 ? -lag : 0;
	long to = (long)played->n - lag;
	double power;

	if (to > (long)heard->n)
		to = heard->n;
	if (to - from < (long)(heard->n + 1) / 2)
		return 0;
	power = energy(heard, from, to) * energy(played, from + lag, to + lag);
	return power > 0 ? fabs(product) / sqrt(power) : 0;
}

static double best(struct sound *heard, struct sound *played, u32 size)
{
	double complex *x = heard->spectrum;
	double most = 0, here;
	long lag;
	u32 i;

	/* The conjugate of the inverse transform is a transform: see below. */
	for (i = 0; i < size; i++)
		x[i] = x[i] * conj(played->spectrum[i]);
	transform(x, size);
	for (lag = -(long)heard->n; lag <= (long)played->n; lag++) {
		here = at_lag(heard, played, lag,
			      creal(x[(lag + size) % size]) / size);
		if (here > most)
			most = here;
	}
	return most;
}

/**
 * likeness_find() - how alike are two recordings?
 * @heard: one
 * @n_heard: its samples
 * @played: the other, which may be longer and go on before and after
 * @n_played: its samples
 * @likeness: set to a number from 0 to 1; 0 if one is empty
 *
 * Return: 0, or -1 for want of memory.
 */
int likeness_find(const short *heard, u32 n_heard, const short *played,
		  u32 n_played, double *likeness)
{
	struct sound a = { 0 }, b = { 0 };
	u32 size = 1;
	int ret;

	*likeness = 0;
	n_heard = n_heard < SAMPLES_MAX ? n_heard : SAMPLES_MAX;
	n_played = n_played < SAMPLES_MAX ? n_played : SAMPLES_MAX;
	if (!n_heard || !n_played)
		return 0;
	while (size < n_heard + n_played + 1)
		size *= 2;
	ret = sound_init(&a, heard, n_heard, size) |
	      sound_init(&b, played, n_played, size);
	if (!ret)
		*likeness = best(&a, &b, size);
	sound_exit(&a);
	sound_exit(&b);
	return ret;
}
