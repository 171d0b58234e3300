/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_SELFTESTS_ZRTP_PACKETS_H
#define RG_SELFTESTS_ZRTP_PACKETS_H

#include "packets.h"

#define ZRTP_LEN_MAX	200

/* Bit by bit, from the polynomial. */
static inline u32 zrtp_crc(const u8 *data, u32 len)
{
	u32 crc = ~0u, i, bit;

	for (i = 0; i < len; i++) {
		crc ^= data[i];
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
	}
	return ~crc;
}

/* A message (RFC 6189, 5) with so many bytes, a multiple of 4, behind its type. */
static inline u32 packet_zrtp(u8 *p, const char *type, u32 len)
{
	u32 n = 24 + len, crc;

	memset(p, 0x5a, n);
	put_be32(p, 0x10000001);
	put_be32(p + 4, 0x5a525450);
	put_be32(p + 8, 0x11223344);
	put_be16(p + 12, 0x505a);
	put_be16(p + 14, 3 + len / 4);
	memcpy(p + 16, type, 8);
	crc = zrtp_crc(p, n);
	p[n] = (u8)crc;
	p[n + 1] = (u8)(crc >> 8);
	p[n + 2] = (u8)(crc >> 16);
	p[n + 3] = (u8)(crc >> 24);
	return n + 4;
}

#endif /* RG_SELFTESTS_ZRTP_PACKETS_H */
