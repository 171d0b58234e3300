// SPDX-License-Identifier: GPL-2.0
/*
 * Media that is not RTP from the fuzzer's bytes: a row of datagrams, each with its
 * direction and length (2 bytes, low first) before it, in an allocation of its own.
 */
#include "core/classify.h"
#include "require.h"

#include <uapi/linux/rtpguard.h>

#include <stdlib.h>

#define RECORD_HEAD	3
#define LEN_MAX		2048

#define CLASSES		(BIT(RTPGUARD_CLASS_UNKNOWN) | BIT(RTPGUARD_CLASS_MPEGTS) | \
			 BIT(RTPGUARD_CLASS_SRT) | BIT(RTPGUARD_CLASS_IAX2) | \
			 BIT(RTPGUARD_CLASS_T38) | BIT(RTPGUARD_CLASS_ZOOM))

static void answer_check(const struct rg_nonrtp *nonrtp, const struct rg_answer *ans)
{
	if (ans->shape != RG_SHAPE_NONRTP)
		return;
	require(CLASSES & BIT(ans->class));
	require(!ans->stream);
	/* What is known of a packet is known of the flow, and no better. */
	require(ans->class == RTPGUARD_CLASS_UNKNOWN ||
		nonrtp->class != RTPGUARD_CLASS_UNKNOWN);
	require(ans->protection == RTPGUARD_PROTECTION_UNDETERMINED ||
		!rg_protection_worse(ans->protection, nonrtp->protection));
	require(!ans->hold || ans->passed);
	require(!ans->passed || ans->passed == &nonrtp->passed);
}

static void datagram_feed(struct rg_media *media, const u8 *bytes, u32 len,
			  u32 wire_len, u8 dir)
{
	u8 *copy = malloc(len ? len : 1);
	struct rg_packet pkt = {
		.data = copy, .len = len, .wire_len = wire_len, .dir = dir,
	};
	struct rg_answer blind, ans;

	require(copy);
	if (len)
		memcpy(copy, bytes, len);
	rg_feed(NULL, &pkt, &blind);
	require(blind.shape != RG_SHAPE_NONRTP || rg_nonrtp_begins(&pkt));
	require(blind.shape == RG_SHAPE_OTHER || len < RG_HEAD_LEN ||
		rg_may_be_media(copy, wire_len));
	rg_feed(media, &pkt, &ans);
	answer_check(&media->nonrtp, &ans);
	free(copy);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct rg_media media = { 0 };
	struct rg_summary sum;
	u32 len;

	while (size >= RECORD_HEAD) {
		u8 flags = data[0];

		len = (data[1] | data[2] << 8) % LEN_MAX;
		data += RECORD_HEAD;
		size -= RECORD_HEAD;
		if (len > size)
			len = size;
		datagram_feed(&media, data, flags & 2 ? len / 2 : len, len, flags & 1);
		data += len;
		size -= len;
	}
	rg_media_summary(&media, &sum);
	require(sum.protection <= RTPGUARD_PROTECTION_CLEAR);
	require(!rg_media_drain(&media));
	return 0;
}
