/* SPDX-License-Identifier: GPL-2.0 */
#ifndef DEMO_LIKENESS_H
#define DEMO_LIKENESS_H

#include "core/types.h"

/* likeness.c */
int likeness_find(const short *heard, u32 n_heard, const short *played,
		  u32 n_played, double *likeness);

#endif /* DEMO_LIKENESS_H */
