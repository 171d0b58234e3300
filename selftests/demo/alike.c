// SPDX-License-Identifier: GPL-2.0
/*
 * How alike are two recordings? The demo asks it of what one phone played and
 * the other one heard.
 */
#include "likeness.h"
#include "wav.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	short *heard, *played = NULL;
	u32 n_heard, n_played;
	double likeness;
	int ret = 1;

	if (argc != 3) {
		fputs("usage: alike HEARD.wav PLAYED.wav\n", stderr);
		return 2;
	}
	heard = wav_read(argv[1], &n_heard);
	if (heard)
		played = wav_read(argv[2], &n_played);
	if (played)
		ret = likeness_find(heard, n_heard, played, n_played, &likeness);
	if (played && ret)
		fputs("alike: out of memory\n", stderr);
	if (!ret)
		printf("%.3f\n", likeness);
	free(heard);
	free(played);
	return ret ? 1 : 0;
}
