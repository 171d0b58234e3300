// SPDX-License-Identifier: GPL-2.0
/*
 * RTP streams in a heap of datagrams, found without any signalling.
 *
 * What this finds is the measure of rtpguard, so it errs on the eavesdropper's
 * side: a single packet is a stream, any port will do, and a payload of any
 * length is voice.
 */
#include "stream.h"

#include "core/cursor.h"

#include <stdlib.h>

/* A step of more than this starts another stream: RFC 3550, appendix A.1. */
#define SEQ_DROPOUT_MAX	3000

/* More sources than this on one line are not calls. */
#define STREAMS_MAX	4096

struct header {
	u8 type;
	u16 seq;
	u32 ts;
	u32 ssrc;
};

static bool is_g711(u8 type)
{
	return type == STREAM_PCMU || type == STREAM_PCMA;
}

/* After it @cur stands at the payload. Padding is left in: SRTP encrypts it. */
static bool header_parse(struct rg_cur *cur, struct header *head)
{
	u8 flags = rg_cur_u8(cur);

	head->type = rg_cur_u8(cur) & 0x7f;
	head->seq = rg_cur_be16(cur);
	head->ts = rg_cur_be32(cur);
	head->ssrc = rg_cur_be32(cur);
	rg_cur_skip(cur, (flags & 15) * 4);
	if (flags & 0x10) {
		rg_cur_skip(cur, 2);
		rg_cur_skip(cur, rg_cur_be16(cur) * 4);
	}
	return !cur->err && cur->left && flags >> 6 == 2 && is_g711(head->type);
}

static int seq_step(const struct stream *stream, u16 seq)
{
	int step = (u16)(seq - (u16)stream->highest);

	return step < 0x8000 ? step : step - 0x10000;
}

static bool goes_on(const struct stream *stream, const struct frame_udp *udp,
		    const struct header *head)
{
	return stream->ssrc == head->ssrc &&
	       frame_end_same(&stream->from, &udp->from) &&
	       frame_end_same(&stream->to, &udp->to) &&
	       abs(seq_step(stream, head->seq)) <= SEQ_DROPOUT_MAX;
}

static struct stream *stream_add(struct stream_table *table,
				 const struct frame_udp *udp,
				 const struct header *head, u64 time_us)
{
	struct stream *streams, *stream;

	streams = realloc(table->streams, (table->n + 1) * sizeof(*streams));
	if (!streams)
		return NULL;
	table->streams = streams;
	stream = &streams[table->n++];
	memset(stream, 0, sizeof(*stream));
	stream->from = udp->from;
	stream->to = udp->to;
	stream->ssrc = head->ssrc;
	stream->start_us = time_us;
	stream->highest = head->seq;
	return stream;
}

/* The newest first: what a restarted sender sends belongs to its last stream. */
static struct stream *stream_find(const struct stream_table *table,
				  const struct frame_udp *udp,
				  const struct header *head)
{
	u32 i;

	for (i = table->n; i; i--) {
		if (goes_on(&table->streams[i - 1], udp, head))
			return &table->streams[i - 1];
	}
	return NULL;
}

static struct stream_packet *packet_add(struct stream *stream)
{
	u32 room = stream->room ? stream->room * 2 : 64;
	struct stream_packet *packets;

	if (stream->n_packets == stream->room) {
		packets = realloc(stream->packets, room * sizeof(*packets));
		if (!packets)
			return NULL;
		stream->packets = packets;
		stream->room = room;
	}
	return &stream->packets[stream->n_packets];
}

/* Returns what went wrong, or NULL. */
static const char *packet_keep(struct stream *stream, const struct header *head,
			       const struct rg_cur *payload,
			       unsigned long number)
{
	struct stream_packet *packet = packet_add(stream);
	u8 *data = malloc(payload->left);

	if (!packet || !data) {
		free(data);
		return "out of memory";
	}
	memcpy(data, payload->pos, payload->left);
	packet->seq = stream->highest + seq_step(stream, head->seq);
	packet->ts = head->ts;
	packet->type = head->type;
	packet->number = number;
	packet->data = data;
	packet->len = payload->left;
	if (packet->seq > stream->highest)
		stream->highest = packet->seq;
	stream->n_packets++;
	return NULL;
}

/**
 * stream_feed() - look at a datagram, and keep it if it is voice
 * @table: all zero before the first
 * @udp: the datagram
 * @number: of the record in the capture
 * @time_us: when it was captured
 *
 * Return: NULL, or a sentence saying why the capture cannot be read further.
 */
const char *stream_feed(struct stream_table *table, const struct frame_udp *udp,
			unsigned long number, u64 time_us)
{
	struct header head;
	struct stream *stream;
	struct rg_cur cur;

	rg_cur_init(&cur, udp->data, udp->len);
	if (!header_parse(&cur, &head))
		return NULL;
	stream = stream_find(table, udp, &head);
	if (!stream && table->n == STREAMS_MAX)
		return "more than 4096 streams, expected a few calls";
	if (!stream)
		stream = stream_add(table, udp, &head, time_us);
	if (!stream)
		return "out of memory";
	return packet_keep(stream, &head, &cur, number);
}

/* Of packets with one sequence number the first one captured comes first. */
static int packet_order(const void *a, const void *b)
{
	const struct stream_packet *x = a, *y = b;

	if (x->seq != y->seq)
		return x->seq < y->seq ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

/**
 * stream_sort() - put packets in the order in which they were spoken
 * @stream: all of it, with at least one packet
 */
void stream_sort(struct stream *stream)
{
	struct stream_packet *packets = stream->packets;
	u32 i, kept = 1;

	qsort(packets, stream->n_packets, sizeof(*packets), packet_order);
	for (i = 1; i < stream->n_packets; i++) {
		if (packets[i].seq == packets[kept - 1].seq) {
			stream->duplicates++;
			free(packets[i].data);
			continue;
		}
		stream->lost += packets[i].seq - packets[kept - 1].seq - 1;
		packets[kept++] = packets[i];
	}
	stream->n_packets = kept;
}

/**
 * stream_table_free() - forget all streams
 * @table: filled by stream_feed()
 */
void stream_table_free(struct stream_table *table)
{
	u32 i, j;

	for (i = 0; i < table->n; i++) {
		for (j = 0; j < table->streams[i].n_packets; j++)
			free(table->streams[i].packets[j].data);
		free(table->streams[i].packets);
	}
	free(table->streams);
}
