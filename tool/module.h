/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_TOOL_MODULE_H
#define RG_TOOL_MODULE_H

#include <sys/types.h>

ino_t module_live(void);
int module_absent(void);
int module_out_of_reach(void);

#endif /* RG_TOOL_MODULE_H */
