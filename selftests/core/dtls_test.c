// SPDX-License-Identifier: GPL-2.0
/*
 * DTLS as an observer reads it: what was offered, what was chosen, who encrypts;
 * with hellos in any fragments, and with lengths that lie.
 */
#include "dtls_flow.h"
#include "random.h"

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

/* In the datagram of its ServerHello. */
TEST_F(dtls, a_server_may_encrypt_at_once)
{
	u32 len;

	feed_client(self, "\x01");
	server_hello(self, "", true);
	len = fragment(self, 0, MSG_SERVER, 0, self->hello_len);
	len += unified_record(self->bytes + len, 60);
	read_packet(self, len, RG_DIR_REPLY);
	EXPECT_EQ(self->dtls.encrypted, BIT(RG_DIR_REPLY));
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

/* RFC 9147: the choice is not seen. Where all that is offered is NULL, so is that. */
TEST_F(dtls, in_1_3_an_offer_of_null_alone_is_null)
{
	feed_client(self, "\x05\x06");
	feed_server(self, "", true);
	feed_unified(self, RG_DIR_REPLY);
	feed_unified(self, RG_DIR_ORIGINAL);
	EXPECT_TRUE(self->dtls.done);
	EXPECT_TRUE(self->dtls.null);
}

TEST_F(dtls, a_hello_behind_a_handshake_changes_nothing)
{
	feed_client(self, "\x05\x01");
	feed_server(self, "\x05", false);
	feed_finished(self, RG_DIR_ORIGINAL);
	feed_finished(self, RG_DIR_REPLY);
	feed_server(self, "\x01", false);
	feed_finished(self, RG_DIR_ORIGINAL);
	feed_finished(self, RG_DIR_REPLY);
	EXPECT_TRUE(self->dtls.null);
	/* A whole one does. */
	feed_client(self, "\x05\x01");
	feed_server(self, "\x01", false);
	feed_finished(self, RG_DIR_ORIGINAL);
	feed_finished(self, RG_DIR_REPLY);
	EXPECT_TRUE(self->dtls.done);
	EXPECT_FALSE(self->dtls.null);
	feed_client(self, "\x01");
	feed_server(self, "", false);
	feed_finished(self, RG_DIR_ORIGINAL);
	feed_finished(self, RG_DIR_REPLY);
	EXPECT_FALSE(self->dtls.done);
}

/* RFC 6347, 4.2.4: its sender has not seen yet what was encrypted since. */
TEST_F(dtls, a_flight_that_is_sent_again_forgets_nothing)
{
	feed_client(self, "\x01");
	feed_client(self, "\x01");
	feed_server(self, "\x01", false);
	feed_finished(self, RG_DIR_ORIGINAL);
	feed_server(self, "\x01", false);
	feed_finished(self, RG_DIR_REPLY);
	EXPECT_TRUE(self->dtls.done);
	/* Another handshake's hello is another one. */
	memset(&self->dtls, 0, sizeof(self->dtls));
	feed_client(self, "\x01");
	feed_server(self, "\x01", false);
	feed_finished(self, RG_DIR_ORIGINAL);
	server_hello(self, "\x01", false);
	self->hello[33] ^= 1;
	read_packet(self, fragment(self, 0, MSG_SERVER, 0, self->hello_len),
		    RG_DIR_REPLY);
	feed_finished(self, RG_DIR_REPLY);
	EXPECT_FALSE(self->dtls.done);
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

TEST_F(dtls, before_a_server_chose_1_3_nothing_is_dtls_1_3)
{
	u32 len = unified_record(self->bytes, 60);

	EXPECT_FALSE(read_packet(self, len, 0));
	EXPECT_EQ(self->dtls.encrypted, 0);
	feed_client(self, "\x01");
	unified_record(self->bytes, 60);
	EXPECT_FALSE(read_packet(self, len, 0));
	/* Of 1.2 neither: it has other records. */
	feed_server(self, "\x01", false);
	unified_record(self->bytes, 60);
	EXPECT_FALSE(read_packet(self, len, 0));
	feed_server(self, "", true);
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
