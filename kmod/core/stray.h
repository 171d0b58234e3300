/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_CORE_STRAY_H
#define RG_CORE_STRAY_H

#include "limits.h"
#include "types.h"

struct rg_rtp;

/**
 * struct rg_stray - an SSRC that had no place among the streams, or had to find one
 * @seen: sequence numbers seen, bit n is @seq - n
 * @ssrc: synchronisation source
 * @ts: timestamp of the packet @seq
 * @ts_step: of the timestamp, to the last packet that did not go on
 * @seq: highest sequence number
 * @pt: payload type
 * @run: packets in continuity, up to RG_CONTINUITY_MIN; 0: there is none here
 * @paced: packets in a row that went on by their timestamps alone
 * @again: it was heard again since its turn to give way came last
 */
struct rg_stray {
	u64 seen;
	u32 ssrc;
	u32 ts;
	u32 ts_step;
	u16 seq;
	u8 pt;
	u8 run;
	u8 paced;
	bool again;
};

/**
 * struct rg_strays - the last SSRCs of one direction that had no place
 * @of: these
 * @ts_step: of the timestamp, to the last packet from the one before
 * @last: whose packet was the last, in @of
 * @next: whose turn it is to give way to a new one, in @of
 * @fruitless: packets of no recognised side since one went on, up to RG_FRUITLESS_MAX
 */
struct rg_strays {
	struct rg_stray of[RG_STRAYS_KEPT];
	u32 ts_step;
	u8 last;
	u8 next;
	u8 fruitless;
};

bool rg_strays_seen(struct rg_strays *strays, const struct rg_rtp *rtp);
u8 rg_strays_run(struct rg_strays *strays, const struct rg_rtp *rtp);

#endif /* RG_CORE_STRAY_H */
