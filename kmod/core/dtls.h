/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_CORE_DTLS_H
#define RG_CORE_DTLS_H

#include "cursor.h"
#include "packet.h"

/* RFC 6347, 4.3.2 and RFC 9147, 5.2. */
#define RG_DTLS_CLIENT_HELLO	1
#define RG_DTLS_SERVER_HELLO	2

/* Bytes that either begins with: version and random (RFC 5246, 7.4.1.2). */
#define RG_DTLS_VERSION_RANDOM	34

/* Protection profiles without encryption (RFC 5764, 4.1.2), as bits. */
#define RG_DTLS_NULL_PROFILES	(BIT(5) | BIT(6))

/**
 * struct rg_dtls_hello - a ClientHello or ServerHello, read as its fragments come
 * @at: bytes of the message read, where the next fragment has to begin
 * @len: bytes of the message
 * @digest: of its first bytes, which have its random
 * @skip: bytes to step over before the next field
 * @number: what is read of a field
 * @left: bytes left in the extension that is read
 * @list: of these, in its list of profiles
 * @type: of the extension that is read
 * @field: enum hello_field that @number becomes
 * @wanted: bytes that @number still wants
 * @msg: RG_DTLS_CLIENT_HELLO or RG_DTLS_SERVER_HELLO; 0: none was begun
 * @whole: all of it was read, and not yet made use of
 * @v13: a ServerHello that chose DTLS 1.3
 * @profiles: bitmap of the SRTP profiles in it, offered or chosen
 *
 * No byte of the message is kept.
 */
struct rg_dtls_hello {
	u32 at;
	u32 len;
	u32 digest;
	u32 skip;
	u32 number;
	u16 left;
	u16 list;
	u16 type;
	u8 field;
	u8 wanted;
	u8 msg;
	bool whole;
	bool v13;
	u32 profiles;
};

/**
 * struct rg_dtls - what is seen of one flow's DTLS-SRTP (RFC 5764), zeroed at first
 * @hellos: by enum rg_dir, the last of each side
 * @begun: a hello was seen
 * @encrypted: bitmap of enum rg_dir: who was seen to encrypt since the hellos
 * @done: a handshake that agreed on SRTP came to its end
 * @null: it agreed on a profile without encryption
 */
struct rg_dtls {
	struct rg_dtls_hello hellos[2];
	bool begun;
	u8 encrypted;
	bool done;
	bool null;
};

/* dtls_hello.c */
void rg_dtls_hello_begin(struct rg_dtls_hello *hello, u8 msg, u32 len);
void rg_dtls_hello_read(struct rg_dtls_hello *hello, const u8 *data, u32 len);

/* dtls.c */
bool rg_dtls_parse(const struct rg_packet *pkt);
bool rg_dtls_offers_null(const struct rg_dtls *dtls);
bool rg_dtls_read(struct rg_dtls *dtls, const struct rg_packet *pkt);

#endif /* RG_CORE_DTLS_H */
