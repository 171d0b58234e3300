/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_SELFTESTS_PACKETS_H
#define RG_SELFTESTS_PACKETS_H

#include "core/types.h"

/* Packets that several test programs make. Each returns its length. */

static inline void put_be16(u8 *p, u32 v)
{
	p[0] = (u8)(v >> 8);
	p[1] = (u8)v;
}

static inline void put_be32(u8 *p, u32 v)
{
	put_be16(p, v >> 16);
	put_be16(p + 2, v);
}

static inline u32 packet_rtp(u8 *p, u8 pt, u16 seq, u32 ts, u32 ssrc,
			     u32 payload_len)
{
	memset(p, 0xd5, 12 + payload_len);
	p[0] = 0x80;
	p[1] = pt;
	put_be16(p + 2, seq);
	put_be32(p + 4, ts);
	put_be32(p + 8, ssrc);
	return 12 + payload_len;
}

/* A sender report and an SDES with a CNAME of 8 bytes. */
static inline u32 packet_rtcp_sr_sdes(u8 *p, u32 ssrc)
{
	memset(p, 0, 28 + 20);
	p[0] = 0x80;
	p[1] = 200;
	put_be16(p + 2, 6);
	put_be32(p + 4, ssrc);
	p[28] = 0x81;
	p[29] = 202;
	put_be16(p + 30, 4);
	put_be32(p + 32, ssrc);
	p[36] = 1;
	p[37] = 8;
	memcpy(p + 38, "a@b.test", 8);
	return 48;
}

static inline u32 packet_rtcp_rr(u8 *p, u32 ssrc)
{
	memset(p, 0, 8);
	p[0] = 0x80;
	p[1] = 201;
	put_be16(p + 2, 1);
	put_be32(p + 4, ssrc);
	return 8;
}

#endif /* RG_SELFTESTS_PACKETS_H */
