// SPDX-License-Identifier: GPL-2.0
#include "hook.h"
#include "judge.h"

#include <linux/limits.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/skbuff.h>
#include <net/net_namespace.h>

#include <uapi/linux/rtpguard.h>

/*
 * Loopback never leaves the host. A VRF's master device passes POST_ROUTING
 * too, before the device that sends: it is judged there.
 */
static bool leaves_host(const struct net_device *out)
{
	return !(out->flags & IFF_LOOPBACK) && !netif_is_l3_master(out);
}

static unsigned int post_routing(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	if (!leaves_host(state->out))
		return NF_ACCEPT;

	switch (rg_judge_output(skb, state)) {
	case RTPGUARD_VERDICT_DROP:
		return NF_DROP;
	case RTPGUARD_VERDICT_HOLD:
		/* Like loss on the wire: the sender is not told. */
		kfree_skb_reason(skb, SKB_DROP_REASON_NETFILTER_DROP);
		return NF_STOLEN;
	default:
		return NF_ACCEPT;
	}
}

/*
 * The host's own copy of a multicast or broadcast it sends comes back through
 * the device it left by: it was judged, counted and charged as it left.
 */
static bool comes_from_outside(const struct sk_buff *skb,
			       const struct net_device *in)
{
	return !(in->flags & IFF_LOOPBACK) &&
	       skb->pkt_type != PACKET_LOOPBACK;
}

static unsigned int pre_routing(void *priv, struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	if (comes_from_outside(skb, state->in))
		rg_judge_input(skb, state);
	return NF_ACCEPT;
}

static const struct nf_hook_ops hook_ops[] = {
	{
		/* After NAT; before conntrack confirms, at INT_MAX. */
		.hook = post_routing,
		.pf = NFPROTO_INET,
		.hooknum = NF_INET_POST_ROUTING,
		.priority = INT_MAX - 1,
	},
	{
		/* After defragmentation, before NAT: the tuple of the wire. */
		.hook = pre_routing,
		.pf = NFPROTO_INET,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP_PRI_CONNTRACK_DEFRAG + 1,
	},
};

static int __net_init hook_net_init(struct net *net)
{
	return nf_register_net_hooks(net, hook_ops, ARRAY_SIZE(hook_ops));
}

static void __net_exit hook_net_pre_exit(struct net *net)
{
	nf_unregister_net_hooks(net, hook_ops, ARRAY_SIZE(hook_ops));
}

static struct pernet_operations hook_net_ops = {
	.init = hook_net_init,
	.pre_exit = hook_net_pre_exit,
};

/**
 * rg_hook_init() - see packets, in every namespace there is and will be
 *
 * Context: process; all that a packet needs must be there.
 * Return: 0 or -errno.
 */
int rg_hook_init(void)
{
	return register_pernet_subsys(&hook_net_ops);
}

/**
 * rg_hook_exit() - see no packet any more
 *
 * Context: process; returns when no hook is running any more.
 */
void rg_hook_exit(void)
{
	unregister_pernet_subsys(&hook_net_ops);
}
