/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_CORE_NONRTP_H
#define RG_CORE_NONRTP_H

#include "iax2.h"
#include "mpegts.h"
#include "packet.h"
#include "srt.h"
#include "t38.h"
#include "zoom.h"

struct rg_answer;
struct rg_media;

/**
 * struct rg_nonrtp - the media of a flow that is not RTP, zeroed at first
 * @mpegts: by enum rg_dir
 * @t38: likewise
 * @zoom: likewise
 * @srt: of the flow
 * @iax2: of the flow
 * @packets: that carry media
 * @decided_at: @packets when the protection was decided; 0: undecided
 * @passed: packets that left undecided; the caller counts them
 * @evidence: enum rtpguard_evidence bits
 * @begun: bitmap of enum rtpguard_class: what was seen to begin, by itself
 * @class: enum rtpguard_class, when one is recognised
 * @protection: enum rtpguard_protection
 */
struct rg_nonrtp {
	struct rg_mpegts_state mpegts[2];
	struct rg_t38_state t38[2];
	struct rg_zoom_state zoom[2];
	struct rg_srt_state srt;
	struct rg_iax2_state iax2;
	u64 packets;
	u64 decided_at;
	u64 passed;
	u64 evidence;
	u32 begun;
	u8 class;
	u8 protection;
};

u8 rg_nonrtp_begins(const struct rg_packet *pkt);
bool rg_nonrtp_goes_on(struct rg_media *media, const struct rg_packet *pkt,
		       struct rg_answer *ans);

#endif /* RG_CORE_NONRTP_H */
