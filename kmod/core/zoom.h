/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_CORE_ZOOM_H
#define RG_CORE_ZOOM_H

#include "packet.h"

/* What a datagram to or from a server begins with, and what its eighth byte may be. */
#define RG_ZOOM_SERVER		5
#define RG_ZOOM_SERVER_DOWN	4

/* Kinds of media, and how many of them a flow has. */
enum rg_zoom_kind {
	RG_ZOOM_AUDIO,
	RG_ZOOM_VIDEO,
	RG_ZOOM_SCREEN,
	RG_ZOOM_SCREEN_DIRECT,
	RG_ZOOM_KINDS,
};

/* Between two clients, the first two bytes by kind: a type, and a version. */
#define RG_ZOOM_DIRECT_AUDIO	0x0f01
#define RG_ZOOM_DIRECT_VIDEO	0x1001
#define RG_ZOOM_DIRECT_SCREEN	0x1e01

/**
 * struct rg_zoom - a datagram that may be Zoom's, with the RTP header in it
 * @kind: enum rg_zoom_kind
 * @seq: RTP's
 * @ssrc: RTP's
 */
struct rg_zoom {
	u8 kind;
	u16 seq;
	u32 ssrc;
};

/**
 * struct rg_zoom_run - the packets of one kind that went on from one another
 * @ssrc: of the last
 * @seq: of the last
 * @len: how many, up to what makes it recognised
 */
struct rg_zoom_run {
	u32 ssrc;
	u16 seq;
	u8 len;
};

/**
 * struct rg_zoom_state - one direction of a flow, zeroed at first
 * @runs: by enum rg_zoom_kind
 * @known: one of them was long enough
 */
struct rg_zoom_state {
	struct rg_zoom_run runs[RG_ZOOM_KINDS];
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
