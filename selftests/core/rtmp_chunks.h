/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_SELFTESTS_RTMP_CHUNKS_H
#define RG_SELFTESTS_RTMP_CHUNKS_H

#include "packets.h"

/* What one side of RTMP sends. Each function returns its length. */

#define RTMP_HANDSHAKE	3073
#define RTMP_SIZE	128	/* of chunks, at first */

/* Message type ids. */
#define RTMP_CHUNK_SIZE	1
#define RTMP_ABORT	2
#define RTMP_ACK	3
#define RTMP_USER	4
#define RTMP_WINDOW	5
#define RTMP_BANDWIDTH	6
#define RTMP_AUDIO	8
#define RTMP_VIDEO	9
#define RTMP_DATA	18
#define RTMP_COMMAND	20
#define RTMP_AGGREGATE	22

/* Forms of a header. */
#define RTMP_WHOLE	0
#define RTMP_LENGTH	1
#define RTMP_TIME	2
#define RTMP_NONE	3

/* A handshake with what FFmpeg has for a version. */
static inline u32 rtmp_handshake(u8 *p, u8 version)
{
	memset(p, 0x5a, RTMP_HANDSHAKE);
	p[0] = version;
	put_be32(p + 1, 0);
	put_be32(p + 5, 0x09007c02);
	return RTMP_HANDSHAKE;
}

static inline void put_be24(u8 *p, u32 v)
{
	p[0] = (u8)(v >> 16);
	put_be16(p + 1, v);
}

/* The shortest form of the id. */
static inline u32 rtmp_basic(u8 *p, u8 fmt, u32 id)
{
	p[0] = (u8)(fmt << 6 | (id < 64 ? id : id >= 320));
	if (id < 64)
		return 1;
	p[1] = (u8)(id - 64);
	p[2] = (u8)((id - 64) >> 8);
	return id < 320 ? 2 : 3;
}

/* @time that has no room is extended; RTMP_NONE never has one here. */
static inline u32 rtmp_header(u8 *p, u8 fmt, u32 id, u32 time, u32 len, u8 type)
{
	u32 n = rtmp_basic(p, fmt, id);

	if (fmt <= RTMP_TIME) {
		put_be24(p + n, min_t(u32, time, 0xffffff));
		n += 3;
	}
	if (fmt <= RTMP_LENGTH) {
		put_be24(p + n, len);
		p[n + 3] = type;
		n += 4;
	}
	if (fmt == RTMP_WHOLE) {
		/* Low byte first. */
		put_be32(p + n, type == RTMP_AUDIO || type == RTMP_VIDEO ? 0x01000000 : 0);
		n += 4;
	}
	if (fmt <= RTMP_TIME && time >= 0xffffff) {
		put_be32(p + n, time);
		n += 4;
	}
	return n;
}

/* The rest of a message behind its header: @size a chunk; @len bytes of @payload. */
static inline u32 rtmp_payload(u8 *p, u32 size, u32 id, const u8 *payload, u32 len)
{
	u32 at, part, n = 0;

	for (at = 0; at < len; at += part) {
		if (at)
			n += rtmp_basic(p + n, RTMP_NONE, id);
		part = min_t(u32, len - at, size);
		memcpy(p + n, payload + at, part);
		n += part;
	}
	return n;
}

static inline u32 rtmp_message(u8 *p, u32 size, u32 id, u8 type, const u8 *payload,
			       u32 len)
{
	u32 n = rtmp_header(p, RTMP_WHOLE, id, 40, len, type);

	return n + rtmp_payload(p + n, size, id, payload, len);
}

/* A message of one number. */
static inline u32 rtmp_number(u8 *p, u32 size, u8 type, u32 number)
{
	u8 payload[5] = { 0 };

	put_be32(payload, number);
	return rtmp_message(p, size, 2, type, payload, type == RTMP_BANDWIDTH ? 5 : 4);
}

/* A command, @len bytes of it, at the most 1,024. */
static inline u32 rtmp_command(u8 *p, u32 size, const char *name, u32 len)
{
	u8 payload[1024] = { 2, 0, (u8)strlen(name) };

	memcpy(payload + 3, name, strlen(name));
	return rtmp_message(p, size, 3, RTMP_COMMAND, payload, len);
}

/* Media, @len bytes of it, at the most 4,096. */
static inline u32 rtmp_media(u8 *p, u32 size, u8 type, u32 len)
{
	u8 payload[4096];

	memset(payload, 0xc3, sizeof(payload));
	payload[0] = type == RTMP_AUDIO ? 0xaf : 0x17;
	return rtmp_message(p, size, type == RTMP_AUDIO ? 4 : 6, type, payload, len);
}

#endif /* RG_SELFTESTS_RTMP_CHUNKS_H */
