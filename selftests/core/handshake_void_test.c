// SPDX-License-Identifier: GPL-2.0
/* What ends the worth of a handshake: GoClear, and a NULL profile in another one. */
#include "handshake_flow.h"

/* Packets of a stream that is decided, which need no closer look. */
static void feed_established(struct _test_data_flow *self, u32 stream)
{
	u32 i;

	for (i = 0; i < 4; i++)
		feed_cipher(self, stream);
}

/* DTLS alone has keyed it: GoClear is of a ZRTP that was not seen to be done. */
TEST_F(flow, go_clear_voids_what_dtls_alone_vouches_for)
{
	feed_dtls(self, "\x01", "\x01");
	EXPECT_EQ(until_passed(self, 0), 16);
	feed_established(self, 0);
	feed_zrtp(self, "GoClear ", RG_DIR_REPLY);
	feed_cipher(self, 0);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_UNDETERMINED);
	EXPECT_TRUE(self->ans.hold);
}

/* The second time there is no evidence that is new. */
TEST_F(flow, a_null_profile_is_heard_of_again)
{
	feed_dtls(self, "\x05\x01", "\x05");
	EXPECT_EQ(until_passed(self, 0), 3);
	feed_dtls(self, "", "");
	feed_cipher(self, 0);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_UNDETERMINED);
	EXPECT_EQ(until_passed(self, 0), 44);
	feed_established(self, 0);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_UNIFORM);
	feed_dtls(self, "\x05\x01", "\x05");
	feed_cipher(self, 0);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_NULL);
}

/* Without keys of ZRTP's own, too: media may be in clear from now on. */
TEST_F(flow, go_clear_ends_what_was_observed)
{
	u32 leaked;

	EXPECT_EQ(until_passed(self, 0), 48);
	feed_established(self, 0);
	feed_zrtp(self, "GoClear ", RG_DIR_REPLY);
	EXPECT_TRUE(self->ans.changed);
	feed_cipher(self, 0);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_UNDETERMINED);
	EXPECT_TRUE(self->ans.evidence & RTPGUARD_EVIDENCE_GOCLEAR);
	EXPECT_LE(until_clear(self, 0, &leaked), 16);
	EXPECT_EQ(leaked, 0);
}

TEST_F(flow, go_clear_ends_protection)
{
	u32 leaked;

	feed_zrtp_all(self);
	EXPECT_EQ(until_passed(self, 0), 16);
	feed_zrtp(self, "GoClear ", RG_DIR_REPLY);
	feed_cipher(self, 0);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_UNDETERMINED);
	EXPECT_TRUE(self->ans.hold);
	EXPECT_TRUE(self->ans.evidence & RTPGUARD_EVIDENCE_GOCLEAR);
	EXPECT_FALSE(self->ans.evidence & RTPGUARD_EVIDENCE_ZRTP_CONFIRMED);
	EXPECT_LE(until_clear(self, 0, &leaked), 16);
	EXPECT_EQ(leaked, 0);
}

/* Keyed by both: GoClear is ZRTP's alone. */
TEST_F(flow, go_clear_voids_what_dtls_vouches_for_as_well)
{
	feed_dtls(self, "\x01", "\x01");
	feed_zrtp_all(self);
	EXPECT_EQ(until_passed(self, 0), 16);
	feed_zrtp(self, "GoClear ", RG_DIR_REPLY);
	feed_cipher(self, 0);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_UNDETERMINED);
	EXPECT_EQ(until_passed(self, 0), 15);
	EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_PROTECTED);
}

TEST_HARNESS_MAIN
