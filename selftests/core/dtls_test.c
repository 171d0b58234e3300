// SPDX-License-Identifier: GPL-2.0
/*
 * DTLS as an observer reads it: what was offered, what was chosen, who encrypts;
 * with hellos in any fragments, and with lengths that lie.
 */
#include "core/classify.h"
#include "kselftest_harness.h"
#include "packets.h"
#include "random.h"

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

static u32 put(u8 *p, u32 at, u32 width, u32 value)
{
	u32 i;

	for (i = 0; i < width; i++)
		p[at + i] = (u8)(value >> 8 * (width - 1 - i));
	return at + width;
}

/* An extension of so many bytes that mean nothing here. */
static u32 put_padding(u8 *p, u32 at, u32 len)
{
	if (!len)
		return at;
	at = put(p, at, 2, 21);
	at = put(p, at, 2, len);
	memset(p + at, 0, len);
	return at + len;
}

static u32 put_use_srtp(u8 *p, u32 at, const u8 *profiles, u32 mki_len)
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
static void client_hello(struct _test_data_dtls *self, const char *profiles,
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

static void server_hello(struct _test_data_dtls *self, const char *profile, bool v13)
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
static u32 fragment(struct _test_data_dtls *self, u32 at, u8 msg, u32 off, u32 len)
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

static u32 cipher_record(u8 *p, u8 type, u16 epoch, u32 len)
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
static u32 unified_record(u8 *p, u32 len)
{
	u32 at = put(p, 0, 1, 0x2e);

	at = put(p, at, 2, 0x1234);
	at = put(p, at, 2, len);
	memset(p + at, 0x5c, len);
	return at + len;
}

/* In an allocation of its own: reads beyond it are seen. */
static bool read_cut(struct _test_data_dtls *self, u32 len, u32 wire_len, u8 dir)
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

static bool read_packet(struct _test_data_dtls *self, u32 len, u8 dir)
{
	return read_cut(self, len, len, dir);
}

static void feed_hello(struct _test_data_dtls *self, u8 msg, u8 dir)
{
	read_packet(self, fragment(self, 0, msg, 0, self->hello_len), dir);
}

static void feed_client(struct _test_data_dtls *self, const char *profiles)
{
	client_hello(self, profiles, 30, 50);
	feed_hello(self, MSG_CLIENT, RG_DIR_ORIGINAL);
}

static void feed_server(struct _test_data_dtls *self, const char *profile, bool v13)
{
	server_hello(self, profile, v13);
	feed_hello(self, MSG_SERVER, RG_DIR_REPLY);
}

static void feed_finished(struct _test_data_dtls *self, u8 dir)
{
	read_packet(self, cipher_record(self->bytes, 22, 1, 40), dir);
}

static void feed_unified(struct _test_data_dtls *self, u8 dir)
{
	read_packet(self, unified_record(self->bytes, 60), dir);
}

TEST_F(dtls, both_have_to_encrypt)
{
	feed_client(self, "\x01\x07");
	EXPECT_EQ(self->dtls.hellos[0].profiles, BIT(AES_CM_80) | BIT(AEAD_128));
	feed_server(self, "\x01", false);
	EXPECT_EQ(self->dtls.hellos[1].profiles, BIT(AES_CM_80));
	feed_finished(self, RG_DIR_ORIGINAL);
	EXPECT_FALSE(self->dtls.done);
	feed_finished(self, RG_DIR_REPLY);
	EXPECT_TRUE(self->dtls.done);
	EXPECT_FALSE(self->dtls.null);
}

TEST_F(dtls, either_side_may_be_the_client)
{
	client_hello(self, "\x01", 0, 0);
	feed_hello(self, MSG_CLIENT, RG_DIR_REPLY);
	server_hello(self, "\x01", false);
	feed_hello(self, MSG_SERVER, RG_DIR_ORIGINAL);
	feed_finished(self, RG_DIR_REPLY);
	feed_finished(self, RG_DIR_ORIGINAL);
	EXPECT_TRUE(self->dtls.done);
}

TEST_F(dtls, one_side_alone_is_no_handshake)
{
	client_hello(self, "\x01", 0, 0);
	feed_hello(self, MSG_CLIENT, RG_DIR_ORIGINAL);
	server_hello(self, "\x01", false);
	feed_hello(self, MSG_SERVER, RG_DIR_ORIGINAL);
	feed_finished(self, RG_DIR_ORIGINAL);
	feed_finished(self, RG_DIR_REPLY);
	EXPECT_FALSE(self->dtls.done);
}

TEST_F(dtls, srtp_has_to_be_agreed_on)
{
	feed_client(self, "");
	feed_server(self, "", false);
	feed_finished(self, RG_DIR_ORIGINAL);
	feed_finished(self, RG_DIR_REPLY);
	EXPECT_FALSE(self->dtls.done);
	/* Offered, and not taken. */
	feed_client(self, "\x01");
	feed_server(self, "", false);
	feed_finished(self, RG_DIR_ORIGINAL);
	feed_finished(self, RG_DIR_REPLY);
	EXPECT_FALSE(self->dtls.done);
}

TEST_F(dtls, in_1_3_the_offer_has_to_do)
{
	feed_client(self, "\x07\x01");
	feed_server(self, "", true);
	EXPECT_TRUE(self->dtls.hellos[1].v13);
	feed_unified(self, RG_DIR_REPLY);
	EXPECT_FALSE(self->dtls.done);
	feed_unified(self, RG_DIR_ORIGINAL);
	EXPECT_TRUE(self->dtls.done);
}

/* RFC 9147, 5.1: a ServerHello that asks again, and a second ClientHello. */
TEST_F(dtls, a_retry_changes_nothing)
{
	feed_client(self, "\x07");
	feed_server(self, "", true);
	feed_client(self, "\x07");
	feed_server(self, "", true);
	feed_unified(self, RG_DIR_REPLY);
	feed_unified(self, RG_DIR_ORIGINAL);
	EXPECT_TRUE(self->dtls.done);
}

TEST_F(dtls, a_null_profile_that_is_chosen)
{
	feed_client(self, "\x05\x01");
	EXPECT_TRUE(rg_dtls_offers_null(&self->dtls));
	feed_server(self, "\x05", false);
	feed_finished(self, RG_DIR_ORIGINAL);
	feed_finished(self, RG_DIR_REPLY);
	EXPECT_TRUE(self->dtls.done);
	EXPECT_TRUE(self->dtls.null);
}

TEST_F(dtls, a_null_profile_that_is_offered)
{
	feed_client(self, "\x01\x06");
	feed_server(self, "\x01", false);
	feed_finished(self, RG_DIR_ORIGINAL);
	feed_finished(self, RG_DIR_REPLY);
	EXPECT_TRUE(rg_dtls_offers_null(&self->dtls));
	EXPECT_TRUE(self->dtls.done);
	EXPECT_FALSE(self->dtls.null);
}

TEST_F(dtls, a_hello_in_fragments_is_the_same)
{
	u32 at, wanted = BIT(AES_CM_80) | BIT(AEAD_128);

	client_hello(self, "\x01\x07", 30, 50);
	for (at = 1; at < self->hello_len; at++) {
		memset(&self->dtls, 0, sizeof(self->dtls));
		read_packet(self, fragment(self, 0, MSG_CLIENT, 0, at), 0);
		EXPECT_FALSE(self->dtls.hellos[0].whole);
		read_packet(self, fragment(self, 0, MSG_CLIENT, at,
					   self->hello_len - at), 0);
		EXPECT_TRUE(self->dtls.hellos[0].whole);
		ASSERT_EQ(self->dtls.hellos[0].profiles, wanted)
			TH_LOG("split at %u", at);
	}
}

TEST_F(dtls, a_hello_byte_by_byte_is_the_same)
{
	u32 at;

	client_hello(self, "\x01\x07", 30, 50);
	for (at = 0; at < self->hello_len; at++)
		read_packet(self, fragment(self, 0, MSG_CLIENT, at, 1), 0);
	EXPECT_TRUE(self->dtls.hellos[0].whole);
	EXPECT_EQ(self->dtls.hellos[0].profiles, BIT(AES_CM_80) | BIT(AEAD_128));
}

TEST_F(dtls, several_records_in_a_datagram)
{
	u32 at;

	client_hello(self, "\x01\x07", 30, 50);
	at = fragment(self, 0, MSG_CLIENT, 0, 60);
	at = fragment(self, at, MSG_CLIENT, 60, 40);
	at = fragment(self, at, MSG_CLIENT, 100, self->hello_len - 100);
	EXPECT_TRUE(read_packet(self, at, 0));
	EXPECT_TRUE(self->dtls.hellos[0].whole);
	EXPECT_EQ(self->dtls.hellos[0].profiles, BIT(AES_CM_80) | BIT(AEAD_128));
}

/* What is lost or comes in another order is sent again, RFC 6347, 4.2.4. */
TEST_F(dtls, a_lost_fragment_leaves_a_hole)
{
	client_hello(self, "\x01", 30, 50);
	read_packet(self, fragment(self, 0, MSG_CLIENT, 0, 60), 0);
	read_packet(self, fragment(self, 0, MSG_CLIENT, 80, self->hello_len - 80), 0);
	EXPECT_FALSE(self->dtls.hellos[0].whole);
	read_packet(self, fragment(self, 0, MSG_CLIENT, 0, 60), 0);
	read_packet(self, fragment(self, 0, MSG_CLIENT, 60, self->hello_len - 60), 0);
	EXPECT_TRUE(self->dtls.hellos[0].whole);
	EXPECT_EQ(self->dtls.hellos[0].profiles, BIT(AES_CM_80));
}

/* Every two bytes of a hello in turn say the most: no loop, no read beyond. */
TEST_F(dtls, a_length_that_lies_does_no_harm)
{
	u32 at;

	for (at = 0; at + 1 < 120; at++) {
		memset(&self->dtls, 0, sizeof(self->dtls));
		client_hello(self, "\x01\x07", 10, 10);
		put(self->hello, at, 2, 0xffff);
		feed_hello(self, MSG_CLIENT, 0);
		EXPECT_LE(self->dtls.hellos[0].at, self->hello_len);
	}
}

TEST_F(dtls, a_list_longer_than_its_extension)
{
	client_hello(self, "\x01", 0, 0);
	/* From the end: MKI of 4, its length, one profile, the list's length. */
	put(self->hello, self->hello_len - 9, 2, 200);
	feed_hello(self, MSG_CLIENT, 0);
	EXPECT_FALSE(self->dtls.hellos[0].whole);
	EXPECT_EQ(self->dtls.hellos[0].profiles, 0);
}

TEST_F(dtls, lengths_of_messages_that_lie)
{
	static const u32 places[] = { 14, 19, 22 };
	u32 i, len;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		client_hello(self, "\x01", 0, 0);
		len = fragment(self, 0, MSG_CLIENT, 0, self->hello_len);
		put(self->bytes, places[i], 3, 0xffffff);
		read_packet(self, len, 0);
		EXPECT_FALSE(self->dtls.hellos[0].whole);
	}
}

TEST_F(dtls, a_shorter_datagram_is_no_whole_hello)
{
	u32 len, cut;

	client_hello(self, "\x01\x07", 30, 50);
	len = fragment(self, 0, MSG_CLIENT, 0, self->hello_len);
	for (cut = 0; cut < len; cut++) {
		memset(&self->dtls, 0, sizeof(self->dtls));
		EXPECT_FALSE(read_cut(self, cut, cut, 0));
		EXPECT_FALSE(self->dtls.hellos[0].whole);
		/* A bounded copy. */
		read_cut(self, cut, len, 0);
		EXPECT_FALSE(self->dtls.hellos[0].whole);
	}
}

static bool begins(struct _test_data_dtls *self, u32 len)
{
	struct rg_packet pkt = {
		.data = self->bytes, .len = len, .wire_len = len,
	};

	return rg_dtls_parse(&pkt);
}

TEST_F(dtls, what_begins_a_handshake)
{
	u32 len, cut;

	client_hello(self, "\x01\x07", 30, 50);
	len = fragment(self, 0, MSG_CLIENT, 0, self->hello_len);
	EXPECT_TRUE(begins(self, len));
	EXPECT_TRUE(rg_may_be_media(self->bytes, len));
	for (cut = 0; cut < len; cut++)
		EXPECT_FALSE(begins(self, cut));
	len = fragment(self, 0, MSG_CLIENT, 60, 40);
	EXPECT_TRUE(begins(self, len));
	/* An alert, application data, an epoch with keys, TLS. */
	EXPECT_FALSE(begins(self, cipher_record(self->bytes, 21, 0, 2)));
	EXPECT_FALSE(begins(self, cipher_record(self->bytes, 23, 1, 90)));
	EXPECT_FALSE(begins(self, cipher_record(self->bytes, 22, 1, 40)));
	len = fragment(self, 0, MSG_CLIENT, 0, self->hello_len);
	put(self->bytes, 1, 2, 0x0303);
	EXPECT_FALSE(begins(self, len));
}

TEST_F(dtls, without_a_hello_nothing_is_dtls_1_3)
{
	u32 len = unified_record(self->bytes, 60);

	EXPECT_FALSE(read_packet(self, len, 0));
	EXPECT_EQ(self->dtls.encrypted, 0);
	feed_client(self, "\x01");
	unified_record(self->bytes, 60);
	EXPECT_FALSE(read_packet(self, len - 1, 0));
	EXPECT_TRUE(read_packet(self, len, 0));
	/* Epoch 0 has no keys, a connection ID no known length. */
	self->bytes[0] = 0x2c;
	EXPECT_FALSE(read_packet(self, len, 0));
	self->bytes[0] = 0x3e;
	EXPECT_FALSE(read_packet(self, len, 0));
}

TEST_F(dtls, random_bytes_do_no_harm)
{
	struct rg_random random;
	u32 i, len;

	random_seed(&random, 7);
	for (i = 0; i < 200000; i++) {
		len = random_below(&random, 200);
		random_fill(&random, self->bytes, len);
		if (i & 1 && len > 14)
			memcpy(self->bytes, "\x16\xfe\xfd\0\0", 5);
		if (i & 2 && len > 14)
			put(self->bytes, 11, 2, len - 13);
		read_packet(self, len, i & 1);
		EXPECT_FALSE(self->dtls.done);
	}
}

TEST_HARNESS_MAIN
