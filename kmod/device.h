/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_DEVICE_H
#define RG_DEVICE_H

#include <linux/types.h>

u32 rg_device_names(void);
int rg_device_init(void);
void rg_device_exit(void);

#endif /* RG_DEVICE_H */
