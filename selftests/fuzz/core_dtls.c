// SPDX-License-Identifier: GPL-2.0
/*
 * A flow's DTLS and ZRTP from the fuzzer's bytes: a row of datagrams, each with its
 * direction and length (2 bytes, low first) before it, in an allocation of its own.
 */
#include "core/classify.h"
#include "require.h"

#include <stdlib.h>

#define RECORD_HEAD	3
#define LEN_MAX		2048

static void datagram_feed(struct rg_media *media, const u8 *bytes, u32 len,
			  u32 wire_len, u8 dir)
{
	u8 *copy = malloc(len ? len : 1);
	struct rg_packet pkt = {
		.data = copy, .len = len, .wire_len = wire_len, .dir = dir,
	};
	const struct rg_dtls *dtls = &media->dtls;
	struct rg_answer ans;
	u8 msg;

	require(copy);
	if (len)
		memcpy(copy, bytes, len);
	/* What begins a handshake by itself is one where there is a state, too. */
	if (rg_dtls_parse(&pkt) || rg_zrtp_parse(&pkt, &msg)) {
		rg_feed(media, &pkt, &ans);
		require(ans.shape == RG_SHAPE_HANDSHAKE);
		require(len < RG_HEAD_LEN || rg_may_be_media(copy, wire_len));
	} else {
		rg_feed(media, &pkt, &ans);
	}
	require(dtls->hellos[dir].at <= dtls->hellos[dir].len);
	require(!dtls->done || dtls->begun);
	require(!(media->vouched & RTPGUARD_EVIDENCE_DTLS_DONE) || !dtls->null);
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
	require(!rg_media_drain(&media));
	return 0;
}
