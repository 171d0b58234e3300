// SPDX-License-Identifier: GPL-2.0
#include "stream.h"
#include "limits.h"

#include <uapi/linux/rtpguard.h>

/**
 * DOC: A second test of what was clear
 *
 * A call with ZRTP begins in clear, and where encryption is optional its media does
 * not wait: a few packets are readable, and with the keys the same SSRC goes on as
 * SRTP. So a handshake that begins to vouch makes what was clear be tested again.
 *
 *	clear --handshake--> clear, tested anew --16 packets uniform--> protected
 *	                          |
 *	                          | readable, behind RG_ANEW_PACKETS
 *	                          v
 *	                     clear, for good
 *
 * A handshake is no proof. No packet passes for it, and what it takes to be protected
 * is what it takes a stream of which nothing is known. Who is slow to encrypt, as a
 * side that waits for its Confirm2 to be acknowledged, gets other trials for a while.
 */

/* What made it clear sooner, or alone, before it was encrypted. */
#define OUTDATED	(RTPGUARD_EVIDENCE_STATIC_PT_LENGTH | \
			 RTPGUARD_EVIDENCE_RTCP_CHAIN | \
			 RTPGUARD_EVIDENCE_SHORT_PAYLOAD)

/**
 * rg_stream_renew() - a handshake vouches from now on: test what is clear anew
 * @stream: a stream of the flow; one that is not clear stays as it is
 *
 * Context: whatever protects the state.
 */
void rg_stream_renew(struct rg_stream *stream)
{
	if (stream->protection != RTPGUARD_PROTECTION_CLEAR)
		return;
	stream->burst = RG_ANEW_PACKETS + 1;
	stream->short_run = 0;
	rg_stream_restart(stream);
}

/* It is readable still, or again. */
static void trial_failed(struct rg_stream *stream, u8 burst)
{
	if (burst == 1)
		return;
	stream->burst = burst;
	stream->short_run = 0;
	rg_stream_restart(stream);
}

/**
 * rg_stream_test_anew() - test a packet of a stream that rg_stream_is_anew()
 * @stream: its stream, already brought up to date
 * @pkt: the datagram, no duplicate
 * @rtp: its header
 * @vouched: evidence of the handshake
 *
 * Context: whatever protects the state.
 * Return: true when the stream is protected now; else it is clear.
 */
bool rg_stream_test_anew(struct rg_stream *stream, const struct rg_packet *pkt,
			 const struct rg_rtp *rtp, u64 vouched)
{
	u64 decided_at = stream->decided_at;
	u8 burst = stream->burst;

	if (!stream->content || !vouched)
		return false;
	if (burst > 1)
		burst--;
	/* As one of which nothing is known. */
	stream->protection = RTPGUARD_PROTECTION_UNDETERMINED;
	stream->burst = burst;
	rg_stream_test(stream, pkt, rtp, false, vouched);
	if (stream->protection == RTPGUARD_PROTECTION_PROTECTED) {
		stream->evidence &= ~OUTDATED;
		stream->static_run = 0;
		/* It was readable once. */
		stream->burst = RG_RETEST_PACKETS;
		return true;
	}
	if (stream->protection == RTPGUARD_PROTECTION_CLEAR)
		trial_failed(stream, burst);
	stream->protection = RTPGUARD_PROTECTION_CLEAR;
	stream->decided_at = decided_at;
	return false;
}
