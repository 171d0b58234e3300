/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_CORE_RTCP_H
#define RG_CORE_RTCP_H

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
 * struct rg_rtcp_state - the RTCP of one direction of a flow
 * @packets: datagrams; 0: none yet
 * @decided_at: @packets when the first was shown to be clear; 0: none was
 * @evidence: enum rtpguard_evidence bits
 * @ssrc: sender of the last
 * @exact_run: datagrams in a row without room for a trailer, up to 2
 * @sender: a sender report was among them
 */
struct rg_rtcp_state {
	u64 packets;
	u64 decided_at;
	u64 evidence;
	u32 ssrc;
	u8 exact_run;
	bool sender;
};

bool rg_rtcp_recognised(const struct rg_rtcp_state *state);
bool rg_rtcp_parse(const struct rg_packet *pkt, struct rg_rtcp *rtcp);

#endif /* RG_CORE_RTCP_H */
