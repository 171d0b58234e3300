/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_SELFTESTS_NONRTP_FLOW_H
#define RG_SELFTESTS_NONRTP_FLOW_H

#include "content_flow.h"
#include "mpegts_packets.h"

/* A flow that has media which is not RTP. */

static inline void feed_dir(struct _test_data_flow *self, const u8 *bytes, u32 len, u8 dir)
{
	u8 *copy = malloc(len ? len : 1);
	struct rg_packet pkt = {
		.data = copy, .len = len, .wire_len = len, .dir = dir,
		.now_ms = self->now_ms += 5,
	};
	struct rg_answer blind;

	memcpy(copy, bytes, len);
	rg_feed(NULL, &pkt, &blind);
	if (len >= RG_HEAD_LEN && rg_shape_has_state(blind.shape) &&
	    !rg_may_be_media(copy, len))
		abort();
	media_feed(&self->media, &pkt, true, &self->ans);
	free(copy);
}

static inline void expect_answer(struct __test_metadata *_metadata,
				 const struct rg_answer *ans, u8 class, u8 protection)
{
	EXPECT_EQ(ans->shape, RG_SHAPE_NONRTP);
	EXPECT_EQ(ans->class, class);
	EXPECT_EQ(ans->protection, protection);
	EXPECT_EQ(ans->subject, RTPGUARD_SUBJECT_MEDIA);
}

#define EXPECT_ANSWER(class, protection) \
	expect_answer(_metadata, &self->ans, class, protection)

/* A datagram of seven packets, the first of which begins a PES of video. */
static inline void feed_ts(struct _test_data_flow *self, u32 n, u8 scrambling)
{
	u8 p[7 * TS];
	u32 i;

	memset(p, 0x35, sizeof(p));
	for (i = 0; i < 7; i++) {
		u8 *at = p + i * TS;

		put_be32(at, 0x47000010u | VIDEO << 8 | scrambling << 6 |
			     ((7 * n + i) & 15) | (i ? 0 : 0x400000));
		if (!i)
			memcpy(at + 4, "\0\0\1\xe0\0\0\x80\x80\5", 9);
	}
	feed_dir(self, p, sizeof(p), RG_DIR_ORIGINAL);
}

#endif /* RG_SELFTESTS_NONRTP_FLOW_H */
