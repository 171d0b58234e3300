// SPDX-License-Identifier: GPL-2.0
#include "zoom.h"
#include "cursor.h"
#include "limits.h"
#include "rtp.h"

/*
 * There is no specification. What its datagrams look like was measured from outside
 * (Michel et al., "Enabling Passive Measurement of Zoom Performance in Production
 * Networks", IMC 2022):
 *
 *	to and from a server: 5, number, 4 bytes, direction: 0 up, 4 down
 *	always:               type, ..., at a place that the type says: RTP
 *
 * RTP's payload has a length, a counter and a nonce of its own in front of cipher text.
 * A test of its content would find these, and call readable what is not: none is made.
 */

/* Where RTP is, from the byte of the type on. Video has two forms. */
static const struct {
	u8 type;
	u8 rtp_at;
} places[] = {
	{ RG_ZOOM_DIRECT_AUDIO >> 8, 19 },
	{ RG_ZOOM_DIRECT_VIDEO >> 8, 20 },
	{ RG_ZOOM_DIRECT_VIDEO >> 8, 24 },
	{ RG_ZOOM_DIRECT_SCREEN >> 8, 20 },
	{ 13, 27 },
};

/* An RTP header as Zoom sends them: no padding and no contributing sources. */
#define ZOOM_RTP_MASK		0xef
#define ZOOM_RTP_FIRST		0x80
#define ZOOM_PT_MASK		0x7f

/* Payload types that RTCP has taken, as RFC 5761 (4) draws the line. */
static bool is_rtcp(u8 pt)
{
	return pt >> 5 == 2;
}

static bool rtp_read(struct rg_cur cur, u32 skip, struct rg_zoom *zoom)
{
	u8 first;

	rg_cur_skip(&cur, skip);
	first = rg_cur_u8(&cur);
	zoom->pt = rg_cur_u8(&cur) & ZOOM_PT_MASK;
	zoom->seq = rg_cur_be16(&cur);
	zoom->ts = rg_cur_be32(&cur);
	zoom->ssrc = rg_cur_be32(&cur);
	return !cur.err && (first & ZOOM_RTP_MASK) == ZOOM_RTP_FIRST &&
	       !is_rtcp(zoom->pt);
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
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		if (places[i].type == type &&
		    rtp_read(cur, places[i].rtp_at - read, zoom))
			return true;
	}
	return false;
}

/* Of its SSRC and payload type, or a new one. */
static struct rg_zoom_run *run_find(struct rg_zoom_state *state, const struct rg_zoom *zoom)
{
	struct rg_zoom_run *run;
	u32 i;

	for (i = 0; i < RG_ZOOM_RUNS_MAX; i++) {
		run = &state->runs[i];
		if (run->len && run->last.ssrc == zoom->ssrc && run->last.pt == zoom->pt)
			return run;
	}
	run = &state->runs[state->next++ % RG_ZOOM_RUNS_MAX];
	run->len = 0;
	return run;
}

/**
 * rg_zoom_feed() - bring up to date what is known of a direction
 * @state: of the packet's direction
 * @zoom: from rg_zoom_parse()
 *
 * Recognised by RG_CONTINUITY_MIN packets that go on from one another: one SSRC and
 * payload type, sequence number and timestamp. What is sent again, or comes late, says
 * nothing.
 *
 * Context: whatever protects the state.
 * Return: true when it is Zoom's.
 */
bool rg_zoom_feed(struct rg_zoom_state *state, const struct rg_zoom *zoom)
{
	struct rg_zoom_run *run;
	u16 back, step;

	if (state->known)
		return true;
	run = run_find(state, zoom);
	step = zoom->seq - run->last.seq;
	back = -step;
	if (run->len && back <= RG_SEQ_BEHIND_MAX)
		return false;
	if (step > RG_SEQ_AHEAD_MAX || !rg_ts_goes_on(run->last.ts, zoom->ts))
		run->len = 0;
	run->last = *zoom;
	state->known = ++run->len >= RG_CONTINUITY_MIN;
	return state->known;
}
