/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_SELFTEST_H
#define RG_SELFTEST_H

/* selftest.c */
int rg_selftest(void);

/* selftest_vectors.c */
int rg_selftest_vectors(void);

#endif /* RG_SELFTEST_H */
