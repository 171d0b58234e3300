/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_SELFTESTS_FRAMER_CALLER_H
#define RG_SELFTESTS_FRAMER_CALLER_H

#include "core/framer.h"
#include "core/limits.h"

#include <stdlib.h>

/* A caller of the framer, as there is one for each direction of a connection. */

#define TOLD_MAX	512

/**
 * struct told - a frame that was told of
 * @len: bytes that were there
 * @wire_len: bytes of it
 * @peer: whose
 * @framing: enum rg_framing
 * @type: of RTMP
 * @head: sum of the bytes that are there without memory, too
 * @sum: of all
 */
struct told {
	u32 len;
	u32 wire_len;
	u16 peer;
	u8 framing;
	u8 type;
	u32 head;
	u32 sum;
};

/**
 * struct caller - who feeds it
 * @framer: its state
 * @poor: has no memory to give
 * @count: frames so far
 * @told: the first of these
 */
struct caller {
	struct rg_framer framer;
	bool poor;
	u32 count;
	struct told told[TOLD_MAX];
};

static inline u32 bytes_sum(const u8 *p, u32 len)
{
	u32 i, sum = 0;

	for (i = 0; i < len; i++)
		sum = sum * 31 + p[i] + 1;
	return sum;
}

/* What is kept of a frame of @len bytes. */
static inline u32 frame_kept(u32 len, bool poor)
{
	return min_t(u32, len, poor ? RG_FRAME_HEAD_LEN : RG_FRAME_BYTES_MAX);
}

static inline void told_fill(struct told *told, const struct rg_packet *pkt)
{
	*told = (struct told){
		.len = pkt->len, .wire_len = pkt->wire_len, .peer = pkt->peer,
		.framing = pkt->framing, .type = pkt->type,
		.head = bytes_sum(pkt->data, min_t(u32, pkt->len, RG_FRAME_HEAD_LEN)),
		.sum = bytes_sum(pkt->data, pkt->len),
	};
}

static inline void caller_note(struct caller *c, const struct rg_packet *pkt)
{
	if (pkt->carried || pkt->len > pkt->wire_len)
		abort();
	if (pkt->framing != RG_FRAMING_RTMP &&
	    pkt->len != frame_kept(pkt->wire_len, !c->framer.bytes))
		abort();
	told_fill(&c->told[c->count++ % TOLD_MAX], pkt);
}

/* Not the bytes of the frame before: what is not overwritten is seen. */
static inline void caller_give(struct caller *c)
{
	u8 *bytes = c->poor ? NULL : malloc(RG_FRAME_BYTES_MAX);

	if (bytes)
		memset(bytes, 0xaa, RG_FRAME_BYTES_MAX);
	rg_framer_give(&c->framer, bytes);
}

/* A piece of a segment: an allocation of its own length. */
static inline void caller_piece(struct caller *c, const u8 *data, u32 len)
{
	u8 *copy = malloc(len ? len : 1);
	struct rg_packet pkt;
	u32 off = 0, taken;

	memcpy(copy, data, len);
	while (off < len || rg_framer_goes_on(&c->framer)) {
		if (rg_framer_hungry(&c->framer))
			caller_give(c);
		memset(&pkt, 0xaa, sizeof(pkt));
		pkt.carried = false;
		taken = rg_framer_feed(&c->framer, copy + off, len - off, &pkt);
		if (taken > len - off)
			abort();
		off += taken;
		if (pkt.wire_len)
			caller_note(c, &pkt);
	}
	free(copy);
}

static inline void caller_segment(struct caller *c, const u8 *data, u32 len, bool fresh)
{
	rg_framer_segment(&c->framer, len, fresh);
	caller_piece(c, data, len);
}

static inline void caller_end(struct caller *c)
{
	bool poor = c->poor;

	free(c->framer.bytes);
	memset(c, 0, sizeof(*c));
	c->poor = poor;
}

/* A connection of segments of @step bytes, the first of @first. */
static inline void caller_run(struct caller *c, const u8 *p, u32 len, u32 first, u32 step)
{
	u32 at, n = first;

	caller_end(c);
	for (at = 0; at < len; at += n, n = step) {
		n = min_t(u32, n, len - at);
		caller_segment(c, p + at, n, !at);
	}
}

/* The same frames; of bytes those that both have. */
static inline bool callers_agree(const struct caller *a, const struct caller *b)
{
	const struct told *x, *y;
	u32 i;

	if (a->count != b->count)
		return false;
	for (i = 0; i < min_t(u32, a->count, TOLD_MAX); i++) {
		x = &a->told[i];
		y = &b->told[i];
		if (x->wire_len != y->wire_len || x->peer != y->peer ||
		    x->framing != y->framing || x->type != y->type ||
		    x->head != y->head)
			return false;
		if (a->poor == b->poor && (x->len != y->len || x->sum != y->sum))
			return false;
	}
	return true;
}

#endif /* RG_SELFTESTS_FRAMER_CALLER_H */
