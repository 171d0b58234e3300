/* SPDX-License-Identifier: GPL-2.0 */
#ifndef DEMO_STREAM_H
#define DEMO_STREAM_H

#include "frame.h"

#define STREAM_PCMU	0
#define STREAM_PCMA	8

/**
 * struct stream_packet - one RTP packet with voice
 * @seq: sequence number, extended over wraps
 * @ts: timestamp, in samples
 * @type: payload type: STREAM_PCMU or STREAM_PCMA
 * @number: of the record in the capture, for messages
 * @data: payload, a copy
 * @len: bytes, that is samples, at @data
 */
struct stream_packet {
	long long seq;
	u32 ts;
	u8 type;
	unsigned long number;
	u8 *data;
	u32 len;
};

/**
 * struct stream - RTP packets of one source in continuity
 * @from: who speaks
 * @to: to whom
 * @ssrc: synchronisation source
 * @start_us: when its first packet was captured
 * @highest: the highest @seq so far
 * @lost: sequence numbers missing; stream_sort() counts
 * @duplicates: packets that came again; stream_sort() counts and removes
 * @packets: in the order of capture, after stream_sort() of sequence
 * @n_packets: their number
 * @room: there is memory for this many
 */
struct stream {
	struct frame_end from;
	struct frame_end to;
	u32 ssrc;
	u64 start_us;
	long long highest;
	u64 lost;
	u64 duplicates;
	struct stream_packet *packets;
	u32 n_packets;
	u32 room;
};

/**
 * struct stream_table - what an eavesdropper has found
 * @streams: in the order of their first packets
 * @n: their number
 */
struct stream_table {
	struct stream *streams;
	u32 n;
};

/* stream.c */
const char *stream_feed(struct stream_table *table, const struct frame_udp *udp,
			unsigned long number, u64 time_us);
void stream_sort(struct stream *stream);
void stream_table_free(struct stream_table *table);

#endif /* DEMO_STREAM_H */
