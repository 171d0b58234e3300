// SPDX-License-Identifier: GPL-2.0
#include "carrier.h"
#include "classify.h"
#include "limits.h"
#include "mpegts.h"
#include "stun.h"

/**
 * DOC: Carriers
 *
 * Media between two hosts behind NAT goes through a relay, and what leaves the
 * host then is a datagram in a datagram:
 *
 *	UDP -> ChannelData 4001 -> RTP
 *	UDP -> Send indication to 192.0.2.1 -> ChannelData 4000 -> RTP
 *
 * What is inside is judged as if it were bare. A host may talk to several peers
 * through one relay, and encrypt with one of them only: each peer is a flow.
 */

static bool inside_may_be_media(const struct rg_stun *stun)
{
	/* Of a copy that is cut there is nothing to ask. */
	return stun->data_len < RG_HEAD_LEN ||
	       rg_may_be_media(stun->data, stun->data_wire_len);
}

static bool open_one(const struct rg_packet *pkt, struct rg_stun *stun)
{
	struct rg_mpegts mpegts;

	if (!rg_stun_parse(pkt, stun) && !rg_channel_parse(pkt, stun))
		return false;
	if (!stun->data || !stun->data_wire_len)
		return false;
	/*
	 * A transport stream's first bytes may be a channel and a length that fits.
	 * Media shall not hide there: 184 bytes in channel 4700 are both.
	 */
	return inside_may_be_media(stun) || !rg_mpegts_parse(pkt, &mpegts);
}

/**
 * rg_carrier_open_any() - rg_carrier_open() behind its first look
 * @pkt: likewise
 *
 * Context: any.
 */
void rg_carrier_open_any(struct rg_packet *pkt)
{
	struct rg_stun stun;
	u16 peer;
	u32 i;

	for (i = 0; i < RG_CARRIERS_MAX && open_one(pkt, &stun); i++) {
		pkt->data = stun.data;
		pkt->len = stun.data_len;
		pkt->wire_len = stun.data_wire_len;
		/* A peer of the outer one's, and never nobody. */
		peer = (pkt->peer << 5 | pkt->peer >> 11) ^ stun.peer;
		pkt->peer = peer ? peer : 1;
		pkt->carried = true;
	}
}
