/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_CORE_CARRIER_H
#define RG_CORE_CARRIER_H

#include "cursor.h"
#include "packet.h"

void rg_carrier_open_any(struct rg_packet *pkt);

/**
 * rg_carrier_open() - take a datagram out of what carries it
 * @pkt: the datagram as it was sent; becomes the one inside, if there is one, and
 *	gets its @peer, a number that tells the peers of one 5-tuple apart
 *
 * TURN's ChannelData, Send and Data indications (RFC 8656, 11 and 12), one in
 * another RG_CARRIERS_MAX times.
 *
 * Context: any.
 */
static inline void rg_carrier_open(struct rg_packet *pkt)
{
	struct rg_cur cur;

	rg_cur_init(&cur, pkt->data, pkt->len);
	/* No carrier begins as media does. */
	if (rg_cur_u8(&cur) < 0x80)
		rg_carrier_open_any(pkt);
}

#endif /* RG_CORE_CARRIER_H */
