/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_COMPAT_H
#define RG_COMPAT_H

/*
 * Backfills the newest kernel's interfaces; included before every other header
 * (see Kbuild). Macros are tested, since stable kernels backport; versions only
 * where nothing else tells.
 */

/* Not a backfill, but it has to stand before the first header that prints. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/sched.h> /* current: local_lock.h takes it for granted */
#include <linux/local_lock.h>
#include <linux/version.h>
#include <net/genetlink.h>

/* Delete with 6.1: local_lock_nested_bh() came in 6.11. */
#ifndef local_lock_nested_bh
#define local_lock_nested_bh(lock)	((void)(lock))
#define local_unlock_nested_bh(lock)	((void)(lock))
#endif

/* Delete with 6.1: split operations came in 6.2. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
struct genl_split_ops {
	int (*doit)(struct sk_buff *skb, struct genl_info *info);
	int (*dumpit)(struct sk_buff *skb, struct netlink_callback *cb);
	const struct nla_policy *policy;
	unsigned int maxattr;
	u8 cmd;
	u8 flags;
};

#define RG_GENL_OPS_MAX 16

/*
 * No command of ours has both a do and a dump, so one old entry for each new
 * one is enough.
 */
static inline void rg_genl_set_ops(struct genl_family *family,
				   const struct genl_split_ops *from, u8 n)
{
	static struct genl_ops to[RG_GENL_OPS_MAX];
	u8 i;

	for (i = 0; i < n && i < RG_GENL_OPS_MAX; i++) {
		to[i].cmd = from[i].cmd;
		to[i].doit = from[i].doit;
		to[i].dumpit = from[i].dumpit;
		to[i].policy = from[i].policy;
		to[i].maxattr = from[i].maxattr;
		to[i].flags = from[i].flags & GENL_ADMIN_PERM;
	}
	family->ops = to;
	family->n_ops = i;
}
#else
static inline void rg_genl_set_ops(struct genl_family *family,
				   const struct genl_split_ops *from, u8 n)
{
	family->split_ops = from;
	family->n_split_ops = n;
}
#endif

#endif /* RG_COMPAT_H */
