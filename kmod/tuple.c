// SPDX-License-Identifier: GPL-2.0
#include "tuple.h"
#include "packet.h"

#include <linux/string.h>

/**
 * rg_tuple_fill() - the ends of a packet, in the same order both ways
 * @head: headers of a datagram or segment
 * @netns: cookie of the namespace the packet is in
 * @peer: of a datagram in it, see struct rg_packet
 * @tuple: filled, without padding
 *
 * Context: any.
 * Return: which end sent the packet.
 */
u8 rg_tuple_fill(const struct rg_headers *head, u64 netns, u16 peer,
		 struct rg_tuple *tuple)
{
	int order = memcmp(head->saddr, head->daddr, sizeof(head->saddr));
	u8 from = order > 0 || (!order && head->sport > head->dport);

	memset(tuple, 0, sizeof(*tuple));
	memcpy(tuple->addr[from], head->saddr, sizeof(head->saddr));
	memcpy(tuple->addr[!from], head->daddr, sizeof(head->daddr));
	tuple->port[from] = head->sport;
	tuple->port[!from] = head->dport;
	tuple->netns = netns;
	tuple->l4proto = head->l4proto;
	tuple->family = head->family;
	tuple->peer = peer;
	return from;
}
