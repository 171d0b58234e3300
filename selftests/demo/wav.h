/* SPDX-License-Identifier: GPL-2.0 */
#ifndef DEMO_WAV_H
#define DEMO_WAV_H

#include "core/types.h"

/* wav.c */
int wav_write(const char *path, const short *const *channels, u16 n_channels,
	      u32 n);
short *wav_read(const char *path, u32 *n);

#endif /* DEMO_WAV_H */
