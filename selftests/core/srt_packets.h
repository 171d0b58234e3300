/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_SELFTESTS_SRT_PACKETS_H
#define RG_SELFTESTS_SRT_PACKETS_H

#include "packets.h"

/* SRT packets. Each function returns their length. */

/* Sockets of the caller, which sends first, and of the listener. */
#define SRT_CALLER	0x1a2b3c4d
#define SRT_LISTENER	0x0badcafe

#define SRT_HS_LEN	64
#define SRT_INDUCTION	1
#define SRT_CONCLUSION	0xffffffffu

#define SRT_UNKEYED	0xe0000000u
#define SRT_EVEN_KEY	0xe8000000u
#define SRT_ODD_KEY	0xf0000000u

static inline u32 srt_control(u8 *p, u32 first, u32 info, u32 dest, u32 len)
{
	memset(p, 0, 16 + len);
	put_be32(p, first);
	put_be32(p + 4, info);
	put_be32(p + 8, 1000);
	put_be32(p + 12, dest);
	return 16 + len;
}

/* The fixed part; @fields: encryption and extensions. */
static inline u32 srt_handshake(u8 *p, u32 version, u32 fields, u32 type, u32 socket)
{
	srt_control(p, 0x80000000, 0, 0, 48);
	put_be32(p + 16, version);
	put_be32(p + 20, fields);
	put_be32(p + 24, 0x12345678);
	put_be32(p + 28, 1500);
	put_be32(p + 32, 8192);
	put_be32(p + 36, type);
	put_be32(p + 40, socket);
	put_be32(p + 44, 0xdeadbeef);
	put_be32(p + 48, 0x0100007f);
	return SRT_HS_LEN;
}

static inline u32 srt_extension(u8 *p, u16 type, u16 words)
{
	memset(p, 0x5a, 4 + 4 * words);
	put_be16(p, type);
	put_be16(p + 2, words);
	return 4 + 4 * words;
}

static inline u32 srt_data(u8 *p, u32 seq, u32 info, u32 dest)
{
	memset(p, 0x47, 16 + 1316);
	put_be32(p, seq);
	put_be32(p + 4, info);
	put_be32(p + 8, 2000);
	put_be32(p + 12, dest);
	return 16 + 1316;
}

#endif /* RG_SELFTESTS_SRT_PACKETS_H */
