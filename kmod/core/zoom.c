// SPDX-License-Identifier: GPL-2.0
#include "zoom.h"
#include "cursor.h"
#include "limits.h"

/*
 * There is no specification. What its datagrams look like was measured from outside
 * (Michel et al., "Enabling Passive Measurement of Zoom Performance in Production
 * Networks", IMC 2022), and was so in every capture that is public:
 *
 *	to and from a server: 5, number, 4 bytes, direction: 0 up, 4 down
 *	always:               type, ..., at a place that the type says: RTP
 *
 * RTP's payload has a length, a counter and a nonce of its own in front of cipher text.
 * A test of its content would find these, and call readable what is not: none is made.
 */
/* Where RTP is, from the byte of the type on. */
static const struct {
	u8 type;
	u8 rtp_at;
	u8 kind;
} types[] = {
	{ RG_ZOOM_DIRECT_AUDIO >> 8, 19, RG_ZOOM_AUDIO },
	{ RG_ZOOM_DIRECT_VIDEO >> 8, 24, RG_ZOOM_VIDEO },
	{ RG_ZOOM_DIRECT_SCREEN >> 8, 20, RG_ZOOM_SCREEN_DIRECT },
	{ 13, 27, RG_ZOOM_SCREEN },
};

/* An RTP header as Zoom sends them: no padding and no contributing sources. */
#define ZOOM_RTP_MASK		0xef
#define ZOOM_RTP_FIRST		0x80

/* Payload types that RTCP has taken, as RFC 5761 (4) draws the line. */
static bool is_rtcp(u8 second)
{
	return (second & 0x60) == 0x40;
}

static bool rtp_read(struct rg_cur *cur, struct rg_zoom *zoom)
{
	u8 first = rg_cur_u8(cur);
	u8 second = rg_cur_u8(cur);

	zoom->seq = rg_cur_be16(cur);
	rg_cur_skip(cur, 4);
	zoom->ssrc = rg_cur_be32(cur);
	return !cur->err && (first & ZOOM_RTP_MASK) == ZOOM_RTP_FIRST &&
	       !is_rtcp(second);
}

/**
 * rg_zoom_parse() - read a datagram as one of Zoom's that carries media, by itself
 * @pkt: the datagram
 * @zoom: filled when the answer is true
 *
 * Context: any.
 * Return: true when it could be; by chance once in 2^28 or, between clients, in 2^21.
 */
bool rg_zoom_parse(const struct rg_packet *pkt, struct rg_zoom *zoom)
{
	struct rg_cur cur;
	u64 head;
	u32 read = sizeof(head); /* from the type on */
	u8 type;
	size_t i;

	rg_cur_init(&cur, pkt->data, pkt->len);
	head = rg_cur_be64(&cur);
	if (cur.err || !rg_zoom_begins(head))
		return false;
	type = head >> 56;
	if (type == RG_ZOOM_SERVER) {
		type = rg_cur_u8(&cur);
		read = 1;
	}
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		if (types[i].type != type)
			continue;
		rg_cur_skip(&cur, types[i].rtp_at - read);
		zoom->kind = types[i].kind;
		return rtp_read(&cur, zoom);
	}
	return false;
}

/**
 * rg_zoom_feed() - bring up to date what is known of a direction
 * @state: of the packet's direction
 * @zoom: from rg_zoom_parse()
 *
 * Recognised by RG_CONTINUITY_MIN packets of one kind that go on from one another, in
 * SSRC and sequence number.
 *
 * Context: whatever protects the state.
 * Return: true when it is Zoom's.
 */
bool rg_zoom_feed(struct rg_zoom_state *state, const struct rg_zoom *zoom)
{
	struct rg_zoom_run *run = &state->runs[zoom->kind];
	u16 step = zoom->seq - run->seq;

	if (state->known)
		return true;
	/* What is sent again says nothing. */
	if (run->len && zoom->ssrc == run->ssrc && !step)
		return false;
	if (!run->len || zoom->ssrc != run->ssrc || step > RG_SEQ_AHEAD_MAX)
		run->len = 0;
	run->ssrc = zoom->ssrc;
	run->seq = zoom->seq;
	state->known = ++run->len >= RG_CONTINUITY_MIN;
	return state->known;
}
