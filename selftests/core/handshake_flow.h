/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_SELFTESTS_HANDSHAKE_FLOW_H
#define RG_SELFTESTS_HANDSHAKE_FLOW_H

#include "content_flow.h"
#include "dtls_packets.h"
#include "zrtp_packets.h"

/* A flow that has handshakes, too. */

static inline void feed_dir(struct _test_data_flow *self, const u8 *bytes, u32 len, u8 dir)
{
	u8 *copy = malloc(len ? len : 1);
	struct rg_packet pkt = {
		.data = copy, .len = len, .wire_len = len, .dir = dir,
		.now_ms = self->now_ms += 5,
	};

	memcpy(copy, bytes, len);
	media_feed(&self->media, &pkt, true, &self->ans);
	free(copy);
}

static inline void feed_dtls(struct _test_data_flow *self, const char *offer,
			     const char *choice)
{
	u8 p[DTLS_LEN_MAX];
	u8 dir;

	feed_dir(self, p, packet_client_hello(p, offer), RG_DIR_ORIGINAL);
	feed_dir(self, p, packet_server_hello(p, choice), RG_DIR_REPLY);
	for (dir = 0; dir < RG_DIRS; dir++)
		feed_dir(self, p, packet_finished(p), dir);
}

static inline void feed_zrtp(struct _test_data_flow *self, const char *type, u8 dir)
{
	u8 p[ZRTP_LEN_MAX];

	feed_dir(self, p, packet_zrtp(p, type, 40), dir);
}

static inline void feed_zrtp_all(struct _test_data_flow *self)
{
	feed_zrtp(self, "Hello   ", RG_DIR_ORIGINAL);
	feed_zrtp(self, "Commit  ", RG_DIR_ORIGINAL);
	feed_zrtp(self, "DHPart1 ", RG_DIR_REPLY);
	feed_zrtp(self, "Confirm1", RG_DIR_REPLY);
	feed_zrtp(self, "Confirm2", RG_DIR_ORIGINAL);
}

/* Return: packets of the stream up to and with the first that is not held. */
static inline u32 until_passed(struct _test_data_flow *self, u32 stream)
{
	u32 n;

	for (n = 1; n < 300; n++) {
		feed_cipher(self, stream);
		if (!self->ans.hold ||
		    self->ans.protection != RTPGUARD_PROTECTION_UNDETERMINED)
			break;
	}
	return n;
}

/* Return: packets up to and with the first that is clear; or that would leave strict. */
static inline u32 until_clear(struct _test_data_flow *self, u32 stream, u32 *leaked)
{
	u32 n;

	*leaked = 0;
	for (n = 1; n < 300; n++) {
		feed_clear(self, stream);
		if (self->ans.protection == RTPGUARD_PROTECTION_CLEAR)
			break;
		*leaked += !self->ans.hold || (self->ans.protection !=
				RTPGUARD_PROTECTION_UNDETERMINED &&
				self->ans.protection !=
				RTPGUARD_PROTECTION_SUSPECTED);
	}
	return n;
}

#endif /* RG_SELFTESTS_HANDSHAKE_FLOW_H */
