// SPDX-License-Identifier: GPL-2.0
#include "stats.h"
#include "core/policy.h"

#include <linux/netdevice.h>
#include <linux/percpu.h>
#include <linux/u64_stats_sync.h>

#define N_DIRECTIONS	(RTPGUARD_DIRECTION_IN + 1)
#define N_VERDICTS	(RTPGUARD_VERDICT_WOULD_HOLD + 1)
#define N_CELLS		(N_DIRECTIONS * RG_CLASSES * RG_PROTECTIONS * N_VERDICTS)

/*
 * One host-wide set: namespaces come and go by any user's will, and some 25 kB
 * a CPU for each of them would be theirs to multiply.
 */
struct pcpu_stats {
	u64_stats_t packets[N_CELLS];
	u64_stats_t bytes[N_CELLS];
	u64_stats_t stats[RG_STATS];
	struct u64_stats_sync syncp;
};

static struct pcpu_stats __percpu *pcpu_stats;	/* set once, before the hooks */

/**
 * rg_stats_init() - allocate the counters
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int rg_stats_init(void)
{
	/* The first chunk of per-CPU memory serves no larger requests. */
	BUILD_BUG_ON(sizeof(struct pcpu_stats) > PCPU_MIN_UNIT_SIZE);

	pcpu_stats = netdev_alloc_pcpu_stats(struct pcpu_stats);
	return pcpu_stats ? 0 : -ENOMEM;
}

/**
 * rg_stats_exit() - free the counters
 *
 * Context: process, after the last hook has returned.
 */
void rg_stats_exit(void)
{
	free_percpu(pcpu_stats);
}

static u32 cell_index(const struct rg_cell *cell)
{
	u32 index = cell->direction;

	index = index * RG_CLASSES + cell->class;
	index = index * RG_PROTECTIONS + cell->protection;
	return index * N_VERDICTS + cell->verdict;
}

/**
 * rg_stats_count() - count one packet
 * @cell: what it was and what became of it
 * @bytes: its length at the network layer
 *
 * Context: BH disabled.
 */
void rg_stats_count(const struct rg_cell *cell, u32 bytes)
{
	struct pcpu_stats *stats = this_cpu_ptr(pcpu_stats);
	u32 index = cell_index(cell);

	u64_stats_update_begin(&stats->syncp);
	u64_stats_inc(&stats->packets[index]);
	u64_stats_add(&stats->bytes[index], bytes);
	u64_stats_update_end(&stats->syncp);
}

/**
 * rg_stats_add() - count something besides verdicts
 * @stat: what
 * @n: how often
 *
 * Context: BH disabled.
 */
void rg_stats_add(enum rg_stat stat, u64 n)
{
	struct pcpu_stats *stats = this_cpu_ptr(pcpu_stats);

	u64_stats_update_begin(&stats->syncp);
	u64_stats_add(&stats->stats[stat], n);
	u64_stats_update_end(&stats->syncp);
}

static void cell_sum(u32 index, struct rg_count *count)
{
	struct rg_count one;
	unsigned int start;
	int cpu;

	memset(count, 0, sizeof(*count));
	for_each_possible_cpu(cpu) {
		struct pcpu_stats *stats = per_cpu_ptr(pcpu_stats, cpu);

		do {
			start = u64_stats_fetch_begin(&stats->syncp);
			one.packets = u64_stats_read(&stats->packets[index]);
			one.bytes = u64_stats_read(&stats->bytes[index]);
		} while (u64_stats_fetch_retry(&stats->syncp, start));
		count->packets += one.packets;
		count->bytes += one.bytes;
	}
}

/**
 * rg_stats_cell() - read a counter by its place
 * @index: 0 and up
 * @cell: filled with what the counter counts
 * @count: filled with the sum over all CPUs
 *
 * Context: any.
 * Return: false when there is no such place.
 */
bool rg_stats_cell(u32 index, struct rg_cell *cell, struct rg_count *count)
{
	if (index >= N_CELLS)
		return false;

	cell_sum(index, count);
	cell->verdict = index % N_VERDICTS;
	index /= N_VERDICTS;
	cell->protection = index % RG_PROTECTIONS;
	index /= RG_PROTECTIONS;
	cell->class = index % RG_CLASSES;
	cell->direction = index / RG_CLASSES;
	return true;
}

/**
 * rg_stats_by_verdict() - packets of one direction by verdict
 * @direction: enum rtpguard_direction
 * @packets: array indexed by enum rtpguard_verdict, filled
 *
 * Context: any.
 */
void rg_stats_by_verdict(u8 direction, u64 *packets)
{
	struct rg_count count;
	struct rg_cell cell;
	u32 i;

	memset(packets, 0, N_VERDICTS * sizeof(*packets));
	for (i = 0; rg_stats_cell(i, &cell, &count); i++) {
		if (cell.direction == direction)
			packets[cell.verdict] += count.packets;
	}
}

/**
 * rg_stats_get() - read a counter of things besides verdicts
 * @stat: which
 *
 * Context: any.
 * Return: the sum over all CPUs.
 */
u64 rg_stats_get(enum rg_stat stat)
{
	unsigned int start;
	u64 sum = 0;
	u64 one;
	int cpu;

	for_each_possible_cpu(cpu) {
		struct pcpu_stats *stats = per_cpu_ptr(pcpu_stats, cpu);

		do {
			start = u64_stats_fetch_begin(&stats->syncp);
			one = u64_stats_read(&stats->stats[stat]);
		} while (u64_stats_fetch_retry(&stats->syncp, start));
		sum += one;
	}
	return sum;
}
