/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_CORE_ZOOM_H
#define RG_CORE_ZOOM_H

#include "packet.h"

/* What a datagram to or from a server begins with, and what its eighth byte may be. */
#define RG_ZOOM_SERVER		5
#define RG_ZOOM_SERVER_DOWN	4

/* Between two clients, the first two bytes: a type of media, and a version. */
#define RG_ZOOM_DIRECT_AUDIO	0x0f01
#define RG_ZOOM_DIRECT_VIDEO	0x1001
#define RG_ZOOM_DIRECT_SCREEN	0x1e01

/* Streams of a direction that are followed: three of media, and a correcting one. */
#define RG_ZOOM_RUNS_MAX	4

/**
 * struct rg_zoom - a datagram that may be Zoom's: of the RTP header in it
 * @seq: sequence number
 * @ts: timestamp
 * @ssrc: SSRC
 * @pt: payload type
 */
struct rg_zoom {
	u16 seq;
	u32 ts;
	u32 ssrc;
	u8 pt;
};

/**
 * struct rg_zoom_run - packets that went on from one another
 * @last: the last of them
 * @len: how many, up to what makes it recognised; 0: there is none
 */
struct rg_zoom_run {
	struct rg_zoom last;
	u8 len;
};

/**
 * struct rg_zoom_state - one direction of a flow, zeroed at first
 * @runs: each of another SSRC or payload type
 * @next: the one of these that goes when there is no place left
 * @known: one of them was long enough
 */
struct rg_zoom_state {
	struct rg_zoom_run runs[RG_ZOOM_RUNS_MAX];
	u8 next;
	bool known;
};

/**
 * rg_zoom_begins() - could a datagram be Zoom's, by its first eight bytes?
 * @head: these, as one number
 *
 * Context: any.
 */
static inline bool rg_zoom_begins(u64 head)
{
	u16 direct = head >> 48;

	return direct == RG_ZOOM_DIRECT_AUDIO || direct == RG_ZOOM_DIRECT_VIDEO ||
	       direct == RG_ZOOM_DIRECT_SCREEN ||
	       (head >> 56 == RG_ZOOM_SERVER && !((u8)head & ~RG_ZOOM_SERVER_DOWN));
}

bool rg_zoom_parse(const struct rg_packet *pkt, struct rg_zoom *zoom);
bool rg_zoom_feed(struct rg_zoom_state *state, const struct rg_zoom *zoom);

#endif /* RG_CORE_ZOOM_H */
