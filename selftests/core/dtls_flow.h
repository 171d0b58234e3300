/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_SELFTESTS_DTLS_FLOW_H
#define RG_SELFTESTS_DTLS_FLOW_H

#include "core/classify.h"
#include "kselftest_harness.h"
#include "packets.h"

/* A flow's DTLS, with hellos of any contents, cut into any fragments. */

#define BYTES_MAX	2048

#define MSG_CLIENT	RG_DTLS_CLIENT_HELLO
#define MSG_SERVER	RG_DTLS_SERVER_HELLO
#define MSG_FINISHED	20

#define AES_CM_80	1
#define NULL_80		5
#define AEAD_128	7

FIXTURE(dtls)
{
	struct rg_dtls dtls;
	u8 bytes[BYTES_MAX];
	u8 hello[BYTES_MAX];
	u32 hello_len;
	u16 seq;
};

FIXTURE_SETUP(dtls)
{
	memset(self, 0, sizeof(*self));
}

FIXTURE_TEARDOWN(dtls)
{
}

static inline u32 put(u8 *p, u32 at, u32 width, u32 value)
{
	u32 i;

	for (i = 0; i < width; i++)
		p[at + i] = (u8)(value >> 8 * (width - 1 - i));
	return at + width;
}

/* An extension of so many bytes that mean nothing here. */
static inline u32 put_padding(u8 *p, u32 at, u32 len)
{
	if (!len)
		return at;
	at = put(p, at, 2, 21);
	at = put(p, at, 2, len);
	memset(p + at, 0, len);
	return at + len;
}

static inline u32 put_use_srtp(u8 *p, u32 at, const u8 *profiles, u32 mki_len)
{
	u32 n = (u32)strlen((const char *)profiles), i;

	if (!n)
		return at;
	at = put(p, at, 2, 14);
	at = put(p, at, 2, 2 + 2 * n + 1 + mki_len);
	at = put(p, at, 2, 2 * n);
	for (i = 0; i < n; i++)
		at = put(p, at, 2, profiles[i]);
	at = put(p, at, 1, mki_len);
	memset(p + at, 0xaa, mki_len);
	return at + mki_len;
}

/* The bodies of both hellos, without the message's header. */
static inline void client_hello(struct _test_data_dtls *self, const char *profiles,
				u32 before, u32 after)
{
	u8 *p = self->hello;
	u32 at = 0, extensions;

	at = put(p, at, 2, 0xfefd);
	memset(p + at, 0x11, 32);
	at += 32;
	at = put(p, at, 1, 8);
	memset(p + at, 0x22, 8);
	at += 8;
	at = put(p, at, 1, 20);
	memset(p + at, 0x33, 20);
	at += 20;
	at = put(p, at, 2, 4);
	at = put(p, at, 4, 0xc02bc02f);
	at = put(p, at, 2, 0x0100);
	extensions = at;
	at += 2;
	at = put_padding(p, at, before);
	at = put_use_srtp(p, at, (const u8 *)profiles, 4);
	at = put_padding(p, at, after);
	put(p, extensions, 2, at - extensions - 2);
	self->hello_len = at;
}

static inline void server_hello(struct _test_data_dtls *self, const char *profile, bool v13)
{
	u8 *p = self->hello;
	u32 at = 0, extensions;

	at = put(p, at, 2, 0xfefd);
	memset(p + at, 0x44, 32);
	at += 32;
	at = put(p, at, 1, 0);
	at = put(p, at, 3, 0xc02b00);
	extensions = at;
	at += 2;
	if (v13) {
		at = put(p, at, 2, 43);
		at = put(p, at, 2, 2);
		at = put(p, at, 2, 0xfefc);
	}
	at = put_padding(p, at, 3);
	at = put_use_srtp(p, at, (const u8 *)profile, 0);
	put(p, extensions, 2, at - extensions - 2);
	self->hello_len = at;
}

/* A record with a part of the hello. */
static inline u32 fragment(struct _test_data_dtls *self, u32 at, u8 msg, u32 off, u32 len)
{
	u8 *p = self->bytes;

	at = put(p, at, 1, 22);
	at = put(p, at, 2, 0xfefd);
	at = put(p, at, 4, 0);
	at = put(p, at, 4, self->seq++);
	at = put(p, at, 2, 12 + len);
	at = put(p, at, 1, msg);
	at = put(p, at, 3, self->hello_len);
	at = put(p, at, 2, 0);
	at = put(p, at, 3, off);
	at = put(p, at, 3, len);
	memcpy(p + at, self->hello + off, len);
	return at + len;
}

static inline u32 cipher_record(u8 *p, u8 type, u16 epoch, u32 len)
{
	u32 at = put(p, 0, 1, type);

	at = put(p, at, 2, 0xfefd);
	at = put(p, at, 2, epoch);
	at = put(p, at, 2, 0);
	at = put(p, at, 4, 1);
	at = put(p, at, 2, len);
	memset(p + at, 0x5c, len);
	return at + len;
}

/* RFC 9147, 4: 16 bits of sequence number, a length, epoch 2. */
static inline u32 unified_record(u8 *p, u32 len)
{
	u32 at = put(p, 0, 1, 0x2e);

	at = put(p, at, 2, 0x1234);
	at = put(p, at, 2, len);
	memset(p + at, 0x5c, len);
	return at + len;
}

/* In an allocation of its own: reads beyond it are seen. */
static inline bool read_cut(struct _test_data_dtls *self, u32 len, u32 wire_len, u8 dir)
{
	u8 *copy = malloc(len ? len : 1);
	struct rg_packet pkt = {
		.data = copy, .len = len, .wire_len = wire_len, .dir = dir,
	};
	bool is;

	memcpy(copy, self->bytes, len);
	is = rg_dtls_read(&self->dtls, &pkt);
	free(copy);
	return is;
}

static inline bool read_packet(struct _test_data_dtls *self, u32 len, u8 dir)
{
	return read_cut(self, len, len, dir);
}

static inline void feed_hello(struct _test_data_dtls *self, u8 msg, u8 dir)
{
	read_packet(self, fragment(self, 0, msg, 0, self->hello_len), dir);
}

static inline void feed_client(struct _test_data_dtls *self, const char *profiles)
{
	client_hello(self, profiles, 30, 50);
	feed_hello(self, MSG_CLIENT, RG_DIR_ORIGINAL);
}

static inline void feed_server(struct _test_data_dtls *self, const char *profile, bool v13)
{
	server_hello(self, profile, v13);
	feed_hello(self, MSG_SERVER, RG_DIR_REPLY);
}

static inline void feed_finished(struct _test_data_dtls *self, u8 dir)
{
	read_packet(self, cipher_record(self->bytes, 22, 1, 40), dir);
}

static inline void feed_unified(struct _test_data_dtls *self, u8 dir)
{
	read_packet(self, unified_record(self->bytes, 60), dir);
}

#endif /* RG_SELFTESTS_DTLS_FLOW_H */
