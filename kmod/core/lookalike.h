/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_CORE_LOOKALIKE_H
#define RG_CORE_LOOKALIKE_H

#include "cursor.h"
#include "packet.h"

/* lookalike.c */
bool rg_lookalike(const struct rg_packet *pkt);

/*
 * The recognisers, each with its own chance of taking media for its protocol.
 * They check all they are told: what the table asks before is only to save
 * time.
 */

/* lookalike_dns.c */
bool rg_dns_parse(const struct rg_packet *pkt);

/* lookalike_bacnet.c */
bool rg_bacnet_parse(const struct rg_packet *pkt);

/* lookalike_ike.c */
bool rg_ike_parse(const struct rg_packet *pkt);

/* lookalike_quic.c */
bool rg_quic_parse(const struct rg_packet *pkt);

/* lookalike_rpc.c */
bool rg_rpc_call_parse(const struct rg_packet *pkt);
bool rg_rpc_reply_parse(const struct rg_packet *pkt);
bool rg_rx_parse(const struct rg_packet *pkt);

/* lookalike_game.c */
bool rg_raknet_frames_parse(const struct rg_packet *pkt);
bool rg_raknet_nack_parse(const struct rg_packet *pkt);
bool rg_kcp_parse(const struct rg_packet *pkt);
bool rg_kcp_token_parse(const struct rg_packet *pkt);
bool rg_crynet_parse(const struct rg_packet *pkt);

/* lookalike_time.c */
bool rg_ntp_parse(const struct rg_packet *pkt);
bool rg_synchrophasor_parse(const struct rg_packet *pkt);

/* lookalike_lisp.c */
bool rg_lisp_parse(const struct rg_packet *pkt);

/* Bytes that the datagram has on the wire behind a cursor without an error. */
static inline u32 rg_wire_left(const struct rg_packet *pkt,
			       const struct rg_cur *cur)
{
	return pkt->wire_len - pkt->len + cur->left;
}

/* Has the walk come to the datagram's end, neither before nor after it? */
static inline bool rg_wire_done(const struct rg_packet *pkt,
				const struct rg_cur *cur)
{
	return !cur->err && !rg_wire_left(pkt, cur);
}

/* Step over bytes that a length field claims; false: the datagram has fewer. */
static inline bool rg_wire_skip(const struct rg_packet *pkt, struct rg_cur *cur,
				u32 len)
{
	if (cur->err || len > rg_wire_left(pkt, cur))
		return false;
	rg_cur_skip(cur, len);
	return true;
}

#endif /* RG_CORE_LOOKALIKE_H */
