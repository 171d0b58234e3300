/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_SELFTESTS_MPEGTS_PACKETS_H
#define RG_SELFTESTS_MPEGTS_PACKETS_H

#include "core/mpegts.h"
#include "packets.h"

/* Packets of a transport stream, of RG_MPEGTS_LEN bytes. */

#define TS		RG_MPEGTS_LEN

#define VIDEO		0x100
#define AUDIO		0x101

/* A packet with a payload of 0xff. Returns its length. */
static inline u32 ts_packet(u8 *p, u16 pid, u8 counter)
{
	memset(p, 0xff, TS);
	p[0] = 0x47;
	put_be16(p + 1, pid);
	p[3] = 0x10 | (counter & 15);
	return TS;
}

/* The same, and media begins in it. */
static inline u32 ts_media(u8 *p, u16 pid, u8 counter, u8 stream, u8 flags)
{
	ts_packet(p, pid, counter);
	p[1] |= 0x40;
	memcpy(p + 4, (u8[]){ 0, 0, 1, stream, 0, 0, flags }, 7);
	return TS;
}

static inline u32 ts_scrambled(u8 *p, u16 pid, u8 counter, u8 control)
{
	ts_packet(p, pid, counter);
	p[3] |= control << 6;
	return TS;
}

#endif /* RG_SELFTESTS_MPEGTS_PACKETS_H */
