/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_SELFTESTS_IAX2_FRAMES_H
#define RG_SELFTESTS_IAX2_FRAMES_H

#include "packets.h"

/* Frames of IAX2. Each function returns their length. */

/* Numbers of the side that calls, and of the other. */
#define IAX_CALLER	0x0123
#define IAX_CALLEE	0x4567

/* Frame types, and subclasses of control frames. */
#define IAX_VOICE	2
#define IAX_VIDEO	3
#define IAX_CONTROL	6
#define IAX_NEW		1
#define IAX_ACK		4
#define IAX_HANGUP	5
#define IAX_ACCEPT	7
#define IAX_AUTHREQ	8
#define IAX_REGREQ	13
#define IAX_LAGRQ	11
#define IAX_CALLTOKEN	40

/* A full frame; @order: both sequence numbers. */
static inline u32 iax_full(u8 *p, u16 source, u16 dest, u16 order, u8 type,
			   u8 subclass)
{
	put_be16(p, 0x8000 | source);
	put_be16(p + 2, dest);
	put_be32(p + 4, 20);
	put_be16(p + 8, order);
	p[10] = type;
	p[11] = subclass;
	return 12;
}

/* A new call: VERSION 2, a number, and an element that nobody knows. */
static inline u32 iax_new(u8 *p, u16 source)
{
	iax_full(p, source, 0, 0, IAX_CONTROL, IAX_NEW);
	memcpy(p + 12, (u8[]){ 11, 2, 0, 2, 1, 3, '1', '0', '0', 0xff, 0 }, 11);
	return 23;
}

/* ENCRYPTION: AES-128. */
static inline u32 iax_aes(u8 *p)
{
	memcpy(p, (u8[]){ 43, 2, 0, 1 }, 4);
	return 4;
}

#endif /* RG_SELFTESTS_IAX2_FRAMES_H */
