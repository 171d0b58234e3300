/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_SELFTESTS_NETNS_H
#define RG_SELFTESTS_NETNS_H

#include <stdbool.h>

/* netns.c */
bool netns_enter(const char *name);

#endif /* RG_SELFTESTS_NETNS_H */
