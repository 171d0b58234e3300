/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_CORE_STREAM_H
#define RG_CORE_STREAM_H

#include "limits.h"
#include "types.h"

/**
 * struct rg_stream - one SSRC in one direction of a flow
 * @seen: sequence numbers seen, bit n is @seq - n
 * @packets: packets, duplicates left out; 0: this place is free
 * @evidence: enum rtpguard_evidence bits
 * @last_ms: time of the last packet
 * @decided_at: @packets when the protection was decided; 0: undecided
 * @passed: packets that left undecided; the caller counts them
 * @ssrc: synchronisation source
 * @ts: timestamp of the packet @seq
 * @seq: highest sequence number
 * @pt: payload type of the last packet
 * @run: packets in continuity, counted up to RG_CONTINUITY_MIN
 * @static_run: of them in a row with a length only clear frames have
 * @class: enum rtpguard_class
 * @protection: enum rtpguard_protection
 */
struct rg_stream {
	u64 seen;
	u64 packets;
	u64 evidence;
	u64 last_ms;
	u64 decided_at;
	u64 passed;
	u32 ssrc;
	u32 ts;
	u16 seq;
	u8 pt;
	u8 run;
	u8 static_run;
	u8 class;
	u8 protection;
};

bool rg_stream_recognised(const struct rg_stream *stream);

#endif /* RG_CORE_STREAM_H */
