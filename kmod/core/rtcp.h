/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_CORE_RTCP_H
#define RG_CORE_RTCP_H

#include "limits.h"
#include "packet.h"

/**
 * struct rg_rtcp - a (compound) RTCP datagram (RFC 3550, 6.1; RFC 5506)
 * @ssrc: SSRC of the first packet's sender; clear in SRTCP too
 * @chain: RTCP packets whose headers are valid one after the other
 * @exact: their lengths use up the datagram, which leaves no room for the
 *	trailer that SRTCP has (RFC 3711, 3.4)
 * @sender: a sender report is among them: this side sends media
 */
struct rg_rtcp {
	u32 ssrc;
	u32 chain;
	bool exact;
	bool sender;
};

/**
 * struct rg_srtcp_index - what stands where an SRTCP index could be
 * @word: E bit and index of the last datagram
 * @run: times in a row that the index grew, up to RG_SRTCP_RUN_MIN
 */
struct rg_srtcp_index {
	u32 word;
	u8 run;
};

/**
 * struct rg_rtcp_state - the RTCP of one direction of a flow
 * @packets: datagrams; 0: none yet
 * @decided_at: @packets when the protection was first decided; 0: undecided
 * @evidence: enum rtpguard_evidence bits
 * @last_ms: time of the last
 * @ssrc: sender of the last
 * @digest: of the last
 * @shown: enum rtpguard_protection that the last showed
 * @exact_run: datagrams in a row without room for a trailer, up to 2
 * @chains: datagrams in a row with a second header, up to RG_RTCP_CHAINS_MIN
 * @sender: a sender report was among them
 * @class: enum rtpguard_class, once decided
 * @protection: enum rtpguard_protection, the worst that was shown
 * @index: by place, see rtcp.c
 */
struct rg_rtcp_state {
	u64 packets;
	u64 decided_at;
	u64 evidence;
	u64 last_ms;
	u32 ssrc;
	u32 digest;
	u8 shown;
	u8 exact_run;
	u8 chains;
	bool sender;
	u8 class;
	u8 protection;
	struct rg_srtcp_index index[RG_SRTCP_PLACES];
};

bool rg_rtcp_recognised(const struct rg_rtcp_state *state);
bool rg_rtcp_parse(const struct rg_packet *pkt, struct rg_rtcp *rtcp);

#endif /* RG_CORE_RTCP_H */
