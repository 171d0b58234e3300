/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_SELFTESTS_ZOOM_PACKETS_H
#define RG_SELFTESTS_ZOOM_PACKETS_H

#include "packets.h"

/**
 * struct zoom_kind - what a client sends
 * @type: of its header
 * @rtp_at: bytes from the type to RTP
 * @direct: it is sent to other clients, too
 */
struct zoom_kind {
	u8 type;
	u8 rtp_at;
	bool direct;
};

static const struct zoom_kind zoom_kinds[] = {
	{ 15, 19, true },
	{ 16, 24, true },
	{ 16, 20, true },
	{ 30, 20, true },
	{ 13, 27, false },
};

/**
 * zoom_head() - headers of a datagram, with RTP's
 * @p: room for 64 bytes; those that say nothing here stay what they are
 * @kind: what it is
 * @server: to a server, or to another client
 * @seq: RTP's
 * @ssrc: RTP's
 *
 * Return: bytes of them.
 */
static inline u32 zoom_head(u8 *p, const struct zoom_kind *kind, bool server, u16 seq,
			    u32 ssrc)
{
	u8 *type = p;

	if (server) {
		p[0] = 5;
		put_be16(p + 1, seq);
		p[7] = 0;
		type = p + 8;
	}
	type[0] = kind->type;
	type[1] = 1;
	/* What says that video's RTP is further back. */
	if (kind->rtp_at == 24)
		type[20] = 2;
	packet_rtp(type + kind->rtp_at, 98, seq, 960 * (short)seq, ssrc, 0);
	return type - p + kind->rtp_at + 12;
}

#endif /* RG_SELFTESTS_ZOOM_PACKETS_H */
