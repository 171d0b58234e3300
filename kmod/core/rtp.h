/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_CORE_RTP_H
#define RG_CORE_RTP_H

#include "limits.h"
#include "packet.h"

/* RFC 3550, 5.1: the two bits that come first. */
#define RG_RTP_VERSION	2

/**
 * struct rg_rtp - an RTP fixed header (RFC 3550, 5.1) and what follows it
 * @pt: payload type
 * @marker: the M bit
 * @padding: the P bit; in SRTP the count it announces is encrypted
 * @seq: sequence number
 * @ts: timestamp, in units of the payload's clock
 * @ssrc: synchronisation source
 * @payload_off: bytes before the payload: header, CSRCs and extension
 * @payload_len: bytes of payload on the wire, padding included
 */
struct rg_rtp {
	u8 pt;
	bool marker;
	bool padding;
	u16 seq;
	u32 ts;
	u32 ssrc;
	u32 payload_off;
	u32 payload_len;
};

/* Payload types up to this one say what the payload is (RFC 3551, table 5). */
#define RG_RTP_PT_STATIC_LAST	34

/* May one timestamp follow another? */
static inline bool rg_ts_goes_on(u32 from, u32 to)
{
	/* Modulo 2^32: one comparison covers both directions. */
	return to - from + RG_TS_BEHIND_MAX <= RG_TS_AHEAD_MAX + RG_TS_BEHIND_MAX;
}

/* Do timestamps step as audio's do, this time as before? */
static inline bool rg_ts_is_paced(u32 ts_step, u32 before)
{
	return ts_step == before && ts_step >= RG_PACE_MIN && ts_step <= RG_PACE_MAX;
}

bool rg_rtp_parse(const struct rg_packet *pkt, struct rg_rtp *rtp);
u8 rg_rtp_static_unit(u8 pt);
bool rg_rtp_static_length(const struct rg_rtp *rtp);

/* Does the payload type fix the length? Most packets have none that does. */
static inline bool rg_rtp_static_type(const struct rg_rtp *rtp)
{
	return rtp->pt <= RG_RTP_PT_STATIC_LAST && rg_rtp_static_unit(rtp->pt);
}

#endif /* RG_CORE_RTP_H */
