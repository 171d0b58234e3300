/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_STATS_H
#define RG_STATS_H

#include <linux/types.h>

/* Things that happen besides verdicts; one counter each. */
enum rg_stat {
	RG_STAT_BEFORE_VERDICT,
	RG_STAT_TABLE_FULL,
	RG_STAT_CHAIN_FULL,
	RG_STAT_OWNER_FULL,
	RG_STAT_NO_MEMORY,
	RG_STAT_UNDECODABLE,
	RG_STAT_FRAG_UNJUDGED,
	RG_STAT_EVENTS_LOST,
	RG_STAT_EVICTED,
	RG_STAT_RESTORED,
	RG_STAT_CREDITED,
	RG_STAT_DROPPED_AGAIN,
	RG_STATS,
};

/**
 * struct rg_cell - a place in the counters
 * @direction: enum rtpguard_direction
 * @class: enum rtpguard_class
 * @protection: enum rtpguard_protection
 * @verdict: enum rtpguard_verdict
 */
struct rg_cell {
	u8 direction;
	u8 class;
	u8 protection;
	u8 verdict;
};

/* Packets, and bytes of them at the network layer. */
struct rg_count {
	u64 packets;
	u64 bytes;
};

int rg_stats_init(void);
void rg_stats_exit(void);
void rg_stats_count(const struct rg_cell *cell, u32 bytes);
void rg_stats_add(enum rg_stat stat, u64 n);
bool rg_stats_cell(u32 index, struct rg_cell *cell, struct rg_count *count);
void rg_stats_by_verdict(u8 direction, u64 *packets);
u64 rg_stats_get(enum rg_stat stat);

#endif /* RG_STATS_H */
