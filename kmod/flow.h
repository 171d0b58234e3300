/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_FLOW_H
#define RG_FLOW_H

#include "core/policy.h"
#include "tuple.h"

#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct rg_headers;
struct sk_buff;

/* What the ruleset said last; asked again when any of it changes. */
struct rg_flow_match {
	u64 generation;
	u32 names;
	int oif;
	u8 class;
	u8 protection;
	u8 subject;
	struct rg_match match;
};

/**
 * struct rg_flow - a flow that at least once looked like media
 * @node: in its bucket; RCU, writers hold the bucket's lock
 * @rcu: for kfree_rcu-like freeing
 * @tuple: set once
 * @hash: of @tuple, set once
 * @from: which end of @tuple sent the first packet, set once
 * @owner: slot that the flow is charged to, set once
 * @uid: of the socket that created it, or (u32)-1; set once
 * @last_ms: time of the last packet; READ_ONCE, lossy
 * @kept: not to be evicted: media was recognised; READ_ONCE, lossy
 * @lock: protects all below
 * @media: the classifier's state
 * @matches: by enum rg_dir; RTP and RTCP
 * @packets: both directions
 * @bytes: of these, at the network layer
 * @media_packets: of these, in the shape of RTP, or media that is not RTP
 * @passed: packets we let out
 * @dropped: packets dropped by verdict
 * @held: packets dropped before a proof
 */
struct rg_flow {
	struct hlist_node node;
	struct rcu_head rcu;
	struct rg_tuple tuple;
	u32 hash;
	u32 owner;
	u32 uid;
	u8 from;
	bool kept;
	u64 last_ms;

	spinlock_t lock; /* protects the next 8 fields */
	struct rg_media media;
	struct rg_flow_match matches[RG_DIRS][2];
	u64 packets;
	u64 bytes;
	u64 media_packets;
	u64 passed;
	u64 dropped;
	u64 held;
};

/**
 * struct rg_flow_key - a packet's way to its flow
 * @tuple: the flow's key
 * @hash: of @tuple
 * @from: which end of @tuple sent this packet
 */
struct rg_flow_key {
	struct rg_tuple tuple;
	u32 hash;
	u8 from;
};

/* Who pays for a flow: a user by its socket, else the namespace. */
struct rg_flow_owner {
	bool has_uid;
	u32 uid;
	u64 netns;
};

/* Where a walk over the table goes on. */
struct rg_flow_cursor {
	u32 bucket;
	u32 skip;
};

int rg_flow_init(void);
void rg_flow_exit(void);
void rg_flow_key(const struct rg_headers *head, u64 netns, u16 peer,
		 struct rg_flow_key *key);
struct rg_flow *rg_flow_find(const struct rg_flow_key *key);
struct rg_flow *rg_flow_add(const struct rg_flow_key *key,
			    const struct rg_flow_owner *owner, u64 now_ms);
void rg_flow_feed(struct rg_flow *flow, const struct rg_packet *pkt,
		  struct rg_answer *ans);
u8 rg_flow_dir(const struct rg_flow *flow, const struct rg_flow_key *key);
int rg_flow_walk(struct rg_flow_cursor *cursor,
		 int (*fn)(struct rg_flow *flow, void *arg), void *arg);
u32 rg_flow_count(void);
u32 rg_flow_max(void);
u32 rg_flow_timeout_ms(void);
u64 rg_flow_now_ms(void);

/* flow_nl.c */
int rg_flow_fill(struct sk_buff *skb, int attrtype, struct rg_flow *flow);

#endif /* RG_FLOW_H */
