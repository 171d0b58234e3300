// SPDX-License-Identifier: GPL-2.0
/* IAX2: what a flow is taken for, frame by frame, whose calls its frames are of. */
#include "kselftest_harness.h"
#include "iax2_flow.h"

TEST(voice_that_is_not_encrypted)
{
	struct rg_iax2_state state = { 0 };
	u8 p[MAX_LEN];

	/* Voice, before anybody knows whose. */
	EXPECT_EQ(fed_mini(&state, UP, IAX_CALLER, 164), RG_IAX2_NOT_YET);
	EXPECT_EQ(fed_full(&state, UP, IAX_VOICE, 4, 172), RG_IAX2_NOT_YET);
	ASSERT_EQ(fed_call(&state, false), RG_IAX2_RECOGNISED);
	EXPECT_EQ(fed_control(&state, UP, IAX_ACK), RG_IAX2_RECOGNISED);
	iax_full(p, IAX_CALLER, 0, 0x0101, IAX_CONTROL, IAX_ACK);
	EXPECT_EQ(fed(&state, UP, p, 12), RG_IAX2_RECOGNISED);
	/* Of no call, and of the other side's number. */
	EXPECT_EQ(fed_mini(&state, UP, IAX_CALLER + 1, 164), RG_IAX2_NOT_YET);
	EXPECT_EQ(fed_mini(&state, UP, IAX_CALLEE, 164), RG_IAX2_NOT_YET);
	iax_full(p, IAX_CALLER, IAX_CALLEE + 1, 0, IAX_VOICE, 4);
	EXPECT_EQ(fed(&state, UP, p, 172), RG_IAX2_NOT_YET);
	/* DTMF is no media. */
	EXPECT_EQ(fed_full(&state, UP, 1, '5', 12), RG_IAX2_RECOGNISED);
	EXPECT_EQ(fed_full(&state, UP, IAX_VOICE, 4, 172), RG_IAX2_RECOGNISED);
	EXPECT_EQ(fed_mini(&state, UP, IAX_CALLER, 164), RG_IAX2_CLEAR);
	EXPECT_EQ(fed_mini(&state, DOWN, IAX_CALLEE, 164), RG_IAX2_CLEAR);
	EXPECT_EQ(fed_control(&state, UP, IAX_LAGRQ), RG_IAX2_RECOGNISED);
	/* DTMF of a call that is clear. */
	EXPECT_EQ(fed_full(&state, UP, 1, '5', 12), RG_IAX2_CLEAR);
}

TEST(voice_that_is_encrypted)
{
	struct rg_iax2_state state = { 0 };
	u32 i;

	ASSERT_EQ(fed_call(&state, true), RG_IAX2_RECOGNISED);
	/* All but the numbers is cipher text, in blocks. */
	for (i = 0; i < 5; i++) {
		EXPECT_EQ(fed_full(&state, UP, 0x99, 0x99, 4 + 16 * (2 + i)),
			  RG_IAX2_SECRET);
		EXPECT_EQ(fed_mini(&state, UP, IAX_CALLER, 2 + 192), RG_IAX2_SECRET);
		EXPECT_EQ(fed_mini(&state, DOWN, IAX_CALLEE, 34), RG_IAX2_SECRET);
	}
	/* By chance a type of voice. */
	EXPECT_EQ(fed_full(&state, UP, IAX_VOICE, 4, 4 + 48), RG_IAX2_SECRET);
	EXPECT_EQ(fed_full(&state, UP, IAX_CONTROL, 0xff, 4 + 48), RG_IAX2_SECRET);
}

/* Encryption that is agreed on, and not done. */
TEST(what_is_no_blocks_is_not_encrypted)
{
	struct rg_iax2_state state = { 0 };

	ASSERT_EQ(fed_call(&state, true), RG_IAX2_RECOGNISED);
	EXPECT_EQ(fed_full(&state, UP, IAX_VOICE, 4, 172), RG_IAX2_RECOGNISED);
	EXPECT_EQ(fed_mini(&state, UP, IAX_CALLER, 2 + 192), RG_IAX2_SECRET);
	EXPECT_EQ(fed_mini(&state, UP, IAX_CALLER, 164), RG_IAX2_CLEAR);
}

TEST(encryption_without_a_request)
{
	struct rg_iax2_state state = { 0 };
	u8 p[MAX_LEN];
	u32 len;

	/* In an ACCEPT. */
	ASSERT_EQ(fed_call(&state, false), RG_IAX2_RECOGNISED);
	len = iax_full(p, IAX_CALLEE, IAX_CALLER, 0x0101, IAX_CONTROL, IAX_ACCEPT);
	EXPECT_EQ(fed(&state, DOWN, p, len + iax_aes(p + len)), RG_IAX2_RECOGNISED);
	EXPECT_EQ(fed_mini(&state, UP, IAX_CALLER, 2 + 192), RG_IAX2_SECRET);
	/* Offered by the caller only: nothing is encrypted. */
	memset(&state, 0, sizeof(state));
	len = iax_new(p, IAX_CALLER);
	EXPECT_EQ(fed(&state, UP, p, len + iax_aes(p + len)), RG_IAX2_RECOGNISED);
	EXPECT_EQ(fed_mini(&state, UP, IAX_CALLER, 2 + 192), RG_IAX2_RECOGNISED);
	EXPECT_EQ(fed_mini(&state, UP, IAX_CALLER, 2 + 192), RG_IAX2_CLEAR);
}

/* Number 1 answers for a call that is none yet. */
TEST(a_token_is_asked_for)
{
	struct rg_iax2_state state = { 0 };
	u8 p[MAX_LEN];
	u32 len = iax_new(p, IAX_CALLER);

	ASSERT_EQ(fed(&state, UP, p, len), RG_IAX2_RECOGNISED);
	iax_full(p, 1, IAX_CALLER, 1, IAX_CONTROL, IAX_CALLTOKEN);
	memcpy(p + 12, (u8[]){ 54, 2, 'a', 'b' }, 4);
	ASSERT_EQ(fed(&state, DOWN, p, 16), RG_IAX2_RECOGNISED);
	ASSERT_EQ(fed_call(&state, false), RG_IAX2_RECOGNISED);
	EXPECT_EQ(fed_mini(&state, DOWN, 1, 164), RG_IAX2_NOT_YET);
	EXPECT_EQ(fed_mini(&state, DOWN, IAX_CALLEE, 164), RG_IAX2_RECOGNISED);
}

/* Its beginning was not seen: frames of both sides name it. */
TEST(a_call_under_way)
{
	struct rg_iax2_state state = { 0 };

	EXPECT_EQ(fed_control(&state, UP, IAX_LAGRQ), RG_IAX2_NOT_YET);
	EXPECT_EQ(fed_mini(&state, UP, IAX_CALLER, 164), RG_IAX2_NOT_YET);
	EXPECT_EQ(fed_control(&state, DOWN, IAX_ACK), RG_IAX2_RECOGNISED);
	EXPECT_EQ(fed_mini(&state, UP, IAX_CALLER, 164), RG_IAX2_RECOGNISED);
	EXPECT_EQ(fed_mini(&state, DOWN, IAX_CALLEE, 164), RG_IAX2_CLEAR);
}

TEST(a_call_that_is_over)
{
	struct rg_iax2_state state = { 0 };

	ASSERT_EQ(fed_call(&state, false), RG_IAX2_RECOGNISED);
	ASSERT_EQ(fed_control(&state, DOWN, IAX_HANGUP), RG_IAX2_RECOGNISED);
	EXPECT_EQ(fed_control(&state, UP, IAX_ACK), RG_IAX2_RECOGNISED);
	EXPECT_EQ(fed_mini(&state, UP, IAX_CALLER, 164), RG_IAX2_NOT_YET);
	/* Its numbers come again, with encryption. */
	ASSERT_EQ(fed_call(&state, true), RG_IAX2_RECOGNISED);
	EXPECT_EQ(fed_mini(&state, UP, IAX_CALLER, 2 + 192), RG_IAX2_SECRET);
	EXPECT_EQ(fed_mini(&state, DOWN, IAX_CALLEE, 2 + 192), RG_IAX2_SECRET);
}

/* Peers have one flow for all their calls. */
TEST(a_call_in_clear_leaves_others_alone)
{
	struct rg_iax2_state state = { 0 };
	u32 i;

	ASSERT_EQ(fed_call(&state, false), RG_IAX2_RECOGNISED);
	for (i = 0; i < 9; i++)
		EXPECT_EQ(fed_mini(&state, UP, IAX_CALLER, 164),
			  i ? RG_IAX2_CLEAR : RG_IAX2_RECOGNISED);
	ASSERT_EQ(fed_control(&state, DOWN, IAX_HANGUP), RG_IAX2_RECOGNISED);
	ASSERT_EQ(fed_call(&state, true), RG_IAX2_RECOGNISED);
	EXPECT_EQ(fed_mini(&state, UP, IAX_CALLER, 2 + 192), RG_IAX2_SECRET);
	/* What is clear there is dropped at once, and soon all of that call. */
	EXPECT_EQ(fed_mini(&state, UP, IAX_CALLER, 164), RG_IAX2_CLEAR);
	EXPECT_EQ(fed_mini(&state, UP, IAX_CALLER, 2 + 192), RG_IAX2_SECRET);
	EXPECT_EQ(fed_mini(&state, UP, IAX_CALLER, 164), RG_IAX2_CLEAR);
	EXPECT_EQ(fed_mini(&state, UP, IAX_CALLER, 2 + 192), RG_IAX2_CLEAR);
}

/* Of more encrypted calls than are followed none is taken for a clear one. */
TEST(an_encrypted_call_that_is_forgotten)
{
	struct rg_iax2_state state = { 0 };
	u8 p[MAX_LEN];
	u32 i, k;

	ASSERT_EQ(fed_call(&state, true), RG_IAX2_RECOGNISED);
	for (i = 0; i < RG_IAX2_CALLS_MAX; i++) {
		u32 len = iax_new(p, 100 + i);

		ASSERT_EQ(fed(&state, UP, p, len), RG_IAX2_RECOGNISED);
		len = iax_full(p, 200 + i, 100 + i, 0x0001, IAX_CONTROL, IAX_AUTHREQ);
		ASSERT_EQ(fed(&state, DOWN, p, len + iax_aes(p + len)),
			  RG_IAX2_RECOGNISED);
	}
	for (k = 0; k < 3; k++) {
		EXPECT_EQ(fed_mini(&state, UP, IAX_CALLER, 2 + 192), RG_IAX2_SECRET);
		for (i = 0; i < RG_IAX2_CALLS_MAX; i++)
			EXPECT_EQ(fed_mini(&state, UP, 100 + i, 2 + 192),
				  RG_IAX2_SECRET);
	}
	EXPECT_EQ(fed_mini(&state, UP, IAX_CALLER, 164), RG_IAX2_RECOGNISED);
	EXPECT_EQ(fed_mini(&state, UP, IAX_CALLER, 164), RG_IAX2_CLEAR);
}

TEST(calls_are_bounded)
{
	struct rg_iax2_state state = { 0 };
	u8 p[MAX_LEN];
	u32 i;

	/* Frames of no call take no place of one, and give up theirs. */
	for (i = 0; i < 1000; i++) {
		u32 len = !i || (i > 20 && i < 30) ? iax_new(p, 100 + i) :
			  iax_full(p, 1000 + i, 7, 1, IAX_CONTROL, IAX_ACK);

		ASSERT_EQ(fed(&state, UP, p, len), RG_IAX2_RECOGNISED);
	}
	/* The first call had to give up its place: its voice is voice all the same. */
	EXPECT_EQ(fed_mini(&state, UP, 100, 164), RG_IAX2_RECOGNISED);
	for (i = 21; i < 30; i++)
		ASSERT_EQ(fed_mini(&state, UP, 100 + i, 164), RG_IAX2_CLEAR);
}

/* A call's number at a side is that of one call. */
TEST(numbers_that_come_again)
{
	struct rg_iax2_state state = { 0 };
	u8 p[MAX_LEN];
	u32 len = iax_new(p, 0x77);

	/* A call to IAX_CALLEE whose end nobody saw. */
	ASSERT_EQ(fed(&state, UP, p, len), RG_IAX2_RECOGNISED);
	len = iax_full(p, 0x77, IAX_CALLEE, 1, IAX_CONTROL, IAX_ACK);
	ASSERT_EQ(fed(&state, UP, p, len), RG_IAX2_RECOGNISED);
	ASSERT_EQ(fed_call(&state, true), RG_IAX2_RECOGNISED);
	EXPECT_EQ(fed_mini(&state, DOWN, IAX_CALLEE, 2 + 192), RG_IAX2_SECRET);
	EXPECT_EQ(fed_mini(&state, UP, 0x77, 164), RG_IAX2_NOT_YET);
}

TEST_HARNESS_MAIN
