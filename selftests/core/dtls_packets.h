/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_SELFTESTS_DTLS_PACKETS_H
#define RG_SELFTESTS_DTLS_PACKETS_H

#include "packets.h"

/* Datagrams of a DTLS 1.2 handshake, as short as they may be. */

#define DTLS_LEN_MAX	200

static inline u32 packet_record(u8 *p, u8 type, u16 epoch, u32 len)
{
	memset(p, 0, 13);
	p[0] = type;
	put_be16(p + 1, 0xfefd);
	put_be16(p + 3, epoch);
	put_be16(p + 11, len);
	return 13 + len;
}

/* A hello with use_srtp, whose profiles are single bytes here. */
static inline u32 packet_hello(u8 *p, u8 msg, const u8 *fields, u32 n_fields,
			       const char *profiles)
{
	u32 n = (u32)strlen(profiles), at = 25, i;

	memset(p, 0x11, DTLS_LEN_MAX);
	put_be16(p + at, 0xfefd);
	at += 34;
	memcpy(p + at, fields, n_fields);
	at += n_fields;
	put_be16(p + at, 4 + 2 + 2 * n + 1);
	put_be16(p + at + 2, 14);
	put_be16(p + at + 4, 2 + 2 * n + 1);
	put_be16(p + at + 6, 2 * n);
	at += 8;
	for (i = 0; i < n; i++, at += 2)
		put_be16(p + at, (u8)profiles[i]);
	p[at++] = 0;
	packet_record(p, 22, 0, at - 13);
	p[13] = msg;
	p[14] = 0;
	put_be16(p + 15, at - 25);
	memset(p + 17, 0, 5);
	p[22] = 0;
	put_be16(p + 23, at - 25);
	return at;
}

static inline u32 packet_client_hello(u8 *p, const char *profiles)
{
	/* No session, no cookie, one suite, one method. */
	static const u8 fields[] = { 0, 0, 0, 2, 0xc0, 0x2b, 1, 0 };

	return packet_hello(p, 1, fields, sizeof(fields), profiles);
}

static inline u32 packet_server_hello(u8 *p, const char *profile)
{
	static const u8 fields[] = { 0, 0xc0, 0x2b, 0 };

	return packet_hello(p, 2, fields, sizeof(fields), profile);
}

static inline u32 packet_finished(u8 *p)
{
	memset(p, 0x5c, 13 + 40);
	return packet_record(p, 22, 1, 40);
}

static inline u32 packet_alert(u8 *p)
{
	p[13] = 2;
	p[14] = 40;
	return packet_record(p, 21, 0, 2);
}

#endif /* RG_SELFTESTS_DTLS_PACKETS_H */
