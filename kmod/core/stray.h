/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_CORE_STRAY_H
#define RG_CORE_STRAY_H

#include "limits.h"
#include "types.h"

struct rg_rtp;

/**
 * struct rg_stray - an SSRC that has no place among the streams yet
 * @seen: sequence numbers seen, bit n is @seq - n
 * @ssrc: synchronisation source
 * @ts: timestamp of the packet @seq
 * @seq: highest sequence number
 * @pt: payload type
 * @run: packets in continuity, up to RG_CONTINUITY_MIN; 0: there is none here
 */
struct rg_stray {
	u64 seen;
	u32 ssrc;
	u32 ts;
	u16 seq;
	u8 pt;
	u8 run;
};

/**
 * struct rg_strays - the last SSRCs of one direction that had no place
 * @of: these, in the order of their first packets
 * @ts_step: of the timestamp, to the last packet from the one before
 * @last: whose packet was the last, in @of
 * @next: who gives way to the next new one, in @of
 * @fruitless: packets since one went on, up to RG_STRAYS_MAX
 */
struct rg_strays {
	struct rg_stray of[RG_STRAYS_KEPT];
	u32 ts_step;
	u8 last;
	u8 next;
	u8 fruitless;
};

bool rg_strays_seen(const struct rg_strays *strays, const struct rg_rtp *rtp);
u8 rg_strays_run(struct rg_strays *strays, const struct rg_rtp *rtp);

#endif /* RG_CORE_STRAY_H */
