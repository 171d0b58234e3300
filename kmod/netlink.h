/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_NETLINK_H
#define RG_NETLINK_H

#define RG_VERSION "0.1"

struct genl_family;

extern struct genl_family rg_netlink_family;

int rg_netlink_init(void);
void rg_netlink_exit(void);

#endif /* RG_NETLINK_H */
