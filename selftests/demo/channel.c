// SPDX-License-Identifier: GPL-2.0
/*
 * From the packets of a stream to sound.
 */
#include "channel.h"

#include <stdlib.h>

/* An hour: more would only be a broken or hostile capture's timestamps. */
#define SAMPLES_MAX	(3600u * CHANNEL_RATE)

/* A pause in a stream longer than 10 s is one that timestamps do not tell. */
#define PAUSE_MAX	(10u * CHANNEL_RATE)

/* ITU-T G.711: sign, 3 bits of exponent, 4 of mantissa, all bits inverted. */
static short pcmu_decode(u8 code)
{
	u8 bits = ~code;
	int level = (((bits & 15) << 3) + 0x84) << (bits >> 4 & 7);

	return bits & 0x80 ? 0x84 - level : level - 0x84;
}

/* ITU-T G.711: the same, every second bit inverted and exponent 0 linear. */
static short pcma_decode(u8 code)
{
	u8 bits = code ^ 0x55;
	int exponent = bits >> 4 & 7;
	int level = ((bits & 15) << 4) + 8;

	if (exponent)
		level = (level + 0x100) << (exponent - 1);
	return bits & 0x80 ? level : -level;
}

static short decode(u8 type, u8 code)
{
	return type == STREAM_PCMU ? pcmu_decode(code) : pcma_decode(code);
}

static short mix(int a, int b)
{
	int sum = a + b;

	if (sum > 32767)
		return 32767;
	return sum < -32768 ? -32768 : sum;
}

/**
 * channel_grow() - make a channel longer
 * @channel: the channel
 * @n: samples it shall have at least; new ones are silence
 *
 * Return: 0, or -1 for want of memory.
 */
int channel_grow(struct channel *channel, u32 n)
{
	short *samples;

	if (n <= channel->n)
		return 0;
	samples = realloc(channel->samples, n * sizeof(*samples));
	if (!samples)
		return -1;
	memset(samples + channel->n, 0, (n - channel->n) * sizeof(*samples));
	channel->samples = samples;
	channel->n = n;
	return 0;
}

/*
 * Samples from a packet to the next, as its timestamp says. Timestamps that
 * stand still or jump are no help: then one packet follows on the other.
 */
static u32 step(const struct stream_packet *packet)
{
	u32 ts_step = packet[1].ts - packet[0].ts;

	return ts_step && ts_step <= PAUSE_MAX ? ts_step : packet->len;
}

/* Of a packet that reaches into the next (SRTP's tag) the excess is not heard. */
static void packet_lay(struct channel *channel,
		       const struct stream_packet *packet, u64 at, u32 len)
{
	u32 i;

	for (i = 0; i < len; i++)
		channel->samples[at + i] = mix(channel->samples[at + i],
					       decode(packet->type, packet->data[i]));
	channel->heard += len;
	channel->packets++;
}

/**
 * channel_lay() - add a stream to a channel
 * @channel: all zero before the first stream
 * @stream: sorted
 * @start: samples from the channel's start to the stream's
 * @number: of the packet at which it went wrong
 *
 * Return: NULL, or what went wrong.
 */
const char *channel_lay(struct channel *channel, const struct stream *stream,
			u64 start, unsigned long *number)
{
	u64 at = start;
	u32 i, len, next;

	for (i = 0; i < stream->n_packets; i++) {
		const struct stream_packet *packet = &stream->packets[i];

		*number = packet->number;
		next = i + 1 < stream->n_packets ? step(packet) : packet->len;
		len = packet->len < next ? packet->len : next;
		if (at + len > SAMPLES_MAX)
			return "its voice would lie more than an hour after the first";
		if (channel_grow(channel, at + len))
			return "out of memory";
		packet_lay(channel, packet, at, len);
		at += next;
	}
	channel->lost += stream->lost;
	return NULL;
}
