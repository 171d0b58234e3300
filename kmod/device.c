// SPDX-License-Identifier: GPL-2.0
#include "device.h"

#include <linux/netdevice.h>
#include <net/net_namespace.h>

/* How often one of the host's devices came or was renamed; written under RTNL. */
static u32 names;

static int device_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	const struct net_device *dev = netdev_notifier_info_to_dev(ptr);

	if (!net_eq(dev_net(dev), &init_net))
		return NOTIFY_DONE;
	if (event == NETDEV_CHANGENAME || event == NETDEV_REGISTER)
		WRITE_ONCE(names, names + 1);
	return NOTIFY_DONE;
}

static struct notifier_block device_notifier = {
	.notifier_call = device_event,
};

/**
 * rg_device_names() - which names do the host's devices have?
 *
 * What a rule said of an output device by its name holds while this number does
 * not change. Read it before the name: a change in between is noticed then.
 *
 * Context: any.
 * Return: a number that is another one after each change.
 */
u32 rg_device_names(void)
{
	return READ_ONCE(names);
}

/**
 * rg_device_init() - watch the names of devices
 *
 * Context: module init.
 * Return: 0 or a negative error.
 */
int rg_device_init(void)
{
	return register_netdevice_notifier(&device_notifier);
}

/**
 * rg_device_exit() - watch them no more
 *
 * Context: process; no hook runs any more.
 */
void rg_device_exit(void)
{
	unregister_netdevice_notifier(&device_notifier);
}
