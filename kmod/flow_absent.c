// SPDX-License-Identifier: GPL-2.0
#include "flow_absent.h"
#include "packet.h"

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/hash.h>
#include <linux/jiffies.h>
#include <linux/local_lock.h>
#include <linux/percpu.h>
#include <linux/string.h>

/**
 * DOC: Theory of operation
 *
 * Most of what a host sends is no media and has no entry in the flow table. To
 * find that out costs a keyed hash and a search, packet after packet. Each CPU
 * therefore remembers some headers whose flow it looked for in vain:
 *
 *	addresses, ports, namespace -> fold -> places[]   one each, overwritten
 *
 * A place holds what it stands for in full, so that a fold which is easily made
 * to collide costs the search and nothing else. It holds until any flow is added
 * to the table: that only something in the shape of media brings about.
 *
 * Likewise of TCP: the directions of connections that are no media for good. They hold
 * until any connection opens, and for seconds only, so that conn.c, which forgets who is
 * silent, hears of them.
 */

#define ABSENT_BITS	6

#define ABSENT_LATELY	(5 * HZ)

/* The part of struct rg_headers that is the same for all packets of a flow. */
#define ABSENT_HEAD	offsetof(struct rg_headers, payload_off)

struct absent {
	u8 head[ABSENT_HEAD] __aligned(8);
	u64 netns;
	u64 since;
	unsigned long noted; /* jiffies */
} ____cacheline_aligned;

struct absents {
	struct absent places[BIT(ABSENT_BITS)];
	local_lock_t lock;
};

static struct absents __percpu *absents;	/* set once, before the hooks */

/* How often a flow was added to the table. */
static atomic64_t additions;

static inline struct absent *absent_place(const struct rg_headers *head, u64 netns)
{
	u32 fold = ((u32)head->sport << 16 | head->dport) + (u32)netns;
	u32 words[4];

	memcpy(words, head->daddr, sizeof(words));
	fold += words[0] ^ words[3];
	return &this_cpu_ptr(absents)->places[hash_32(fold, ABSENT_BITS)];
}

/* By words: memcmp() is a call that costs as much as all the rest. */
static bool head_is(const u64 *a, const u64 *b)
{
	u64 differ = 0;
	u32 i;

	for (i = 0; i < ABSENT_HEAD / sizeof(*a); i++)
		differ |= a[i] ^ b[i];
	return !differ;
}

static bool absent_is(const struct absent *place, const struct rg_headers *head,
		      u64 netns)
{
	return place->netns == netns &&
	       place->since == rg_flow_absent_since() &&
	       head_is((const u64 *)place->head, (const u64 *)head);
}

/**
 * rg_flow_absent() - is it known that a packet's flow has no entry?
 * @head: headers of a datagram
 * @netns: cookie of the namespace the packet is in
 *
 * Context: BH disabled.
 * Return: true when it has none; false when it is to be looked for.
 */
bool rg_flow_absent(const struct rg_headers *head, u64 netns)
{
	bool is;

	local_lock_nested_bh(&absents->lock);
	is = absent_is(absent_place(head, netns), head, netns);
	local_unlock_nested_bh(&absents->lock);
	return is;
}

/**
 * rg_flow_absent_lately() - rg_flow_absent(), and noted not long ago
 * @head: headers of a segment
 * @netns: cookie of the namespace the packet is in
 *
 * Context: BH disabled.
 * Return: true when it was noted in the last seconds, and nothing was added since.
 */
bool rg_flow_absent_lately(const struct rg_headers *head, u64 netns)
{
	const struct absent *place;
	bool is;

	local_lock_nested_bh(&absents->lock);
	place = absent_place(head, netns);
	is = absent_is(place, head, netns) &&
	     time_before(jiffies, place->noted + ABSENT_LATELY);
	local_unlock_nested_bh(&absents->lock);
	return is;
}

/**
 * rg_flow_absent_since() - the time of a search, in flows that were added
 *
 * Asked before the search: a flow that is added meanwhile makes what the search
 * did not find worth nothing.
 *
 * Context: any.
 * Return: for rg_flow_absent_note().
 */
u64 rg_flow_absent_since(void)
{
	return atomic64_read_acquire(&additions);
}

/**
 * rg_flow_absent_note() - remember that a packet's flow has no entry
 * @head: headers of a datagram, or of a segment whose direction is no media
 * @netns: cookie of the namespace the packet is in
 * @since: rg_flow_absent_since() of before the search
 *
 * Context: BH disabled.
 */
void rg_flow_absent_note(const struct rg_headers *head, u64 netns, u64 since)
{
	struct absent *place;

	local_lock_nested_bh(&absents->lock);
	place = absent_place(head, netns);
	memcpy(place->head, head, ABSENT_HEAD);
	place->netns = netns;
	place->since = since;
	place->noted = jiffies;
	local_unlock_nested_bh(&absents->lock);
}

/**
 * rg_flow_absent_void() - a flow has been added: forget what was noted
 *
 * Or a connection opens, whose ends another may have had.
 *
 * Context: any, after the flow can be found, and the connection is forgotten.
 */
void rg_flow_absent_void(void)
{
	atomic64_inc_return(&additions); /* ordered after what it is told of */
}

/**
 * rg_flow_absent_init() - allocate the places
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int rg_flow_absent_init(void)
{
	int cpu;

	/* Compared as words, without padding: rg_packet_parse() zeroes. */
	BUILD_BUG_ON(ABSENT_HEAD % sizeof(u64));
	BUILD_BUG_ON(__alignof__(struct rg_headers) < sizeof(u64));

	absents = alloc_percpu(struct absents);
	if (!absents)
		return -ENOMEM;
	for_each_possible_cpu(cpu)
		local_lock_init(&per_cpu_ptr(absents, cpu)->lock);
	return 0;
}

/**
 * rg_flow_absent_exit() - free the places
 *
 * Context: process, after the last hook has returned.
 */
void rg_flow_absent_exit(void)
{
	free_percpu(absents);
}
