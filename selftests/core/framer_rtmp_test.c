// SPDX-License-Identifier: GPL-2.0
/* What of RTMP has no messages to be told of. */
#include "framer_streams.h"
#include "kselftest_harness.h"

static struct caller caller;

/* Each segment of it, so that each can be held. */
TEST(rtmpe_is_told_of_segment_by_segment)
{
	u32 n;

	rtmp_make();
	stream.bytes[0] = 6;
	caller_end(&caller);
	caller_segment(&caller, stream.bytes, 3000, true);
	EXPECT_EQ(caller.count, 0);
	for (n = 3000; n < stream.len; n += 100) {
		caller_segment(&caller, stream.bytes + n,
			       min_t(u32, stream.len - n, 100), false);
		ASSERT_EQ(caller.count, (n - 3000) / 100 + 1);
		ASSERT_EQ(caller.told[caller.count - 1].type, RG_RTMP_ENCRYPTED);
	}
	caller_end(&caller);
}

/* A hole, or a chunk stream that never began: whoever serves it may know better. */
TEST(rtmp_that_is_lost_is_told_of_segment_by_segment)
{
	static const u8 unknown[] = { 0xc0 | 47, 1, 2, 3 };
	u32 kind, n, told;

	for (kind = 0; kind < 2; kind++) {
		rtmp_make();
		caller_end(&caller);
		caller_segment(&caller, stream.bytes, stream.len, true);
		ASSERT_TRUE(as_expected(&caller));
		told = caller.count;
		if (kind)
			rg_framer_hole(&caller.framer);
		for (n = 1; n <= 50; n++) {
			caller_segment(&caller, unknown, sizeof(unknown), false);
			/* The first byte is that which does not fit. */
			ASSERT_EQ(caller.count, told + n);
			ASSERT_EQ(caller.told[caller.count - 1].type,
				  RG_RTMP_UNREADABLE);
		}
	}
	caller_end(&caller);
}

TEST_HARNESS_MAIN
