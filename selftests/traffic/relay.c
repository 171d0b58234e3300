// SPDX-License-Identifier: GPL-2.0
/* TURN (RFC 8656) around what another kind made. */
#include "job.h"

#define COOKIE		0x2112a442u
#define SEND		0x0016
#define DATA		0x0017
#define CHANNEL		0x4000
#define CHANNEL_5766	0x69de
#define XOR_PEER_ADDRESS 0x0012
#define ATTR_DATA	0x0013
#define PEERS_IN_TURN	256
#define PEER_PORT	40000
#define PEER_NET	0xc0000200u /* 192.0.2.0 */

/* Channel and length; padding is for TCP. */
static u32 channel_wrap(u32 number, u8 *p, u32 len)
{
	memmove(p + 4, p, len);
	put_be16(p, number);
	put_be16(p + 2, len);
	return 4 + len;
}

/* XOR-PEER-ADDRESS and DATA behind the header, and padding. */
static u32 indication_wrap(u32 peer, u16 type, u32 i, u8 *p, u32 len)
{
	u32 padding = -len & 3;

	memmove(p + 36, p, len);
	memset(p + 36 + len, 0, padding);
	put_be16(p, type);
	put_be16(p + 2, 16 + len + padding);
	put_be32(p + 4, COOKIE);
	memset(p + 8, 0x10 + i, 12);
	put_be16(p + 20, XOR_PEER_ADDRESS);
	put_be16(p + 22, 8);
	put_be16(p + 24, 1);
	put_be16(p + 26, PEER_PORT ^ COOKIE >> 16);
	put_be32(p + 28, (PEER_NET + peer) ^ COOKIE);
	put_be16(p + 32, ATTR_DATA);
	put_be16(p + 34, len);
	return 36 + len + padding;
}

/**
 * relay_wrap() - put a packet into those of a relay
 * @job: says which peer
 * @how: a letter for each level, the innermost first: c is a channel, C one of those
 *	that RFC 5766 had, s a Send and d a Data indication
 * @i: number of the packet
 * @p: the packet, and what it becomes
 * @len: its length
 *
 * Return: the length that it becomes.
 */
u32 relay_wrap(const struct job *job, const char *how, u32 i, u8 *p, u32 len)
{
	u32 peer = job->peer == PEERS_IN_TURN ? i % 2 : job->peer;

	for (; *how; how++) {
		if (*how == 'c')
			len = channel_wrap(CHANNEL + peer, p, len);
		else if (*how == 'C')
			len = channel_wrap(CHANNEL_5766 + peer, p, len);
		else
			len = indication_wrap(peer, *how == 's' ? SEND : DATA, i, p,
					      len);
	}
	return len;
}
