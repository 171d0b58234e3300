/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_SELFTESTS_CONTENT_FLOW_H
#define RG_SELFTESTS_CONTENT_FLOW_H

#include "cipher.h"
#include "kselftest_harness.h"
#include "memory.h"

#include <uapi/linux/rtpguard.h>

/* A flow of some streams, encrypted or readable as the test wants them. */

#define STREAMS 40

FIXTURE(flow)
{
	struct rg_media media;
	struct rg_answer ans;
	struct rg_random random;
	struct cipher ciphers[STREAMS];
	u16 seq[STREAMS];
	u8 bytes[12 + CIPHER_LEN_MAX];
	u64 now_ms;
};

FIXTURE_SETUP(flow)
{
	u32 i;

	memset(self, 0, sizeof(*self));
	random_seed(&self->random, 1);
	for (i = 0; i < STREAMS; i++) {
		random_seed(&self->ciphers[i].random, 100 + i);
		self->ciphers[i].pt = 96;
		self->ciphers[i].len = 60 + 5 * i;
		self->ciphers[i].tag_len = 10;
	}
}

FIXTURE_TEARDOWN(flow)
{
	media_end(&self->media);
}

static inline void feed(struct _test_data_flow *self, u32 len)
{
	struct rg_packet pkt = {
		.data = self->bytes, .len = len, .wire_len = len,
		.now_ms = self->now_ms += 5,
	};

	media_feed(&self->media, &pkt, true, &self->ans);
}

static inline void feed_cipher(struct _test_data_flow *self, u32 i)
{
	feed(self, cipher_rtp(&self->ciphers[i], self->bytes, self->seq[i]++,
			      1000 + i));
}

/* G.711 of a room that is quiet but not silent. */
static inline void feed_clear(struct _test_data_flow *self, u32 i)
{
	u32 len = self->ciphers[i].len + self->ciphers[i].tag_len, j;

	packet_rtp(self->bytes, self->ciphers[i].pt, self->seq[i],
		   160 * self->seq[i], 1000 + i, 0);
	self->seq[i]++;
	for (j = 0; j < len; j++)
		self->bytes[12 + j] = 0x70 | random_below(&self->random, 256);
	feed(self, 12 + len);
}

/* Byte 0 is constant, the rest is random: 8 bits a packet. */
static inline void feed_faint(struct _test_data_flow *self, u32 i)
{
	u32 len = cipher_rtp(&self->ciphers[i], self->bytes, self->seq[i]++,
			     1000 + i);

	self->bytes[12] = 0x5a;
	feed(self, len);
}

#endif /* RG_SELFTESTS_CONTENT_FLOW_H */
