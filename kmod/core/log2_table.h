/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_CORE_LOG2_TABLE_H
#define RG_CORE_LOG2_TABLE_H

#include "types.h"

/* One bit of evidence in the unit of the content test. */
#define RG_BIT			65536

/* Highest index of the tables: hits and misses remembered, and one packet's. */
#define RG_LOG2_MAX		1600

/*
 * Each table is a running sum of single steps that are rounded against the
 * gambler, so a difference of two entries is a sum of such steps: whatever the
 * order of hits and misses, no rounding adds to a bet.
 */
extern const s32 rg_log2_half[RG_LOG2_MAX + 1];
extern const s32 rg_log2_fact[RG_LOG2_MAX + 1];

#endif /* RG_CORE_LOG2_TABLE_H */
