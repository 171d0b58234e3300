/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_TOOL_NAMES_H
#define RG_TOOL_NAMES_H

#include <stddef.h>

#include <linux/types.h>

/*
 * The words of include/netlink/rtpguard.yaml. An array ends with NULL; its
 * index is the value of the enum, or the bit of a flags enum.
 */
extern const char *const mode_names[];
extern const char *const class_names[];
extern const char *const protection_names[];
extern const char *const subject_names[];
extern const char *const action_names[];
extern const char *const verdict_names[];
extern const char *const direction_names[];
extern const char *const evidence_names[];
extern const char *const path_names[];
extern const char *const event_names[];

const char *name_of(const char *const *names, __u32 value);
int name_find(const char *const *names, const char *word);
const char *l4proto_name(__u8 l4proto);
const char *names_join(const char *const *names, char *buf, size_t size);

#endif /* RG_TOOL_NAMES_H */
