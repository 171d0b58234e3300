/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_HOOK_H
#define RG_HOOK_H

int rg_hook_init(void);
void rg_hook_exit(void);

#endif /* RG_HOOK_H */
