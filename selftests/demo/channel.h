/* SPDX-License-Identifier: GPL-2.0 */
#ifndef DEMO_CHANNEL_H
#define DEMO_CHANNEL_H

#include "stream.h"

/* G.711 samples a second, and so many make a millisecond. */
#define CHANNEL_RATE	8000
#define CHANNEL_MS	(CHANNEL_RATE / 1000)

/**
 * struct channel - what was said in one direction
 * @samples: linear, 16 bit; silence where nothing was heard
 * @n: their number
 * @heard: samples that came from packets
 * @packets: these packets
 * @lost: sequence numbers missing between them
 */
struct channel {
	short *samples;
	u32 n;
	u64 heard;
	u64 packets;
	u64 lost;
};

/* channel.c */
const char *channel_lay(struct channel *channel, const struct stream *stream,
			u64 start, unsigned long *number);
int channel_grow(struct channel *channel, u32 n);

#endif /* DEMO_CHANNEL_H */
