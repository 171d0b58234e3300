/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_CONN_H
#define RG_CONN_H

#include "core/tcp.h"

#include <linux/spinlock.h>
#include <linux/types.h>

struct rg_headers;

/* Connections that share a lock: those whose hash is alike. */
#define RG_CONN_WAYS	4

/**
 * enum rg_conn_worth - what is forgotten last
 * @RG_CONN_OTHER: nothing is known of it
 * @RG_CONN_MEDIA: its bytes are frames
 * @RG_CONN_STOPPED: some of them were not let out
 */
enum rg_conn_worth {
	RG_CONN_OTHER,
	RG_CONN_MEDIA,
	RG_CONN_STOPPED,
};

/**
 * struct rg_conn - a TCP connection
 * @hash: of its ends and namespace, by which it is known; 0: a free place
 * @last_ms: time of the last segment
 * @sides: directions in which something is under way, or NULL
 * @rests: what is known of the others
 * @from: which end of its tuple sent the first segment
 * @worth: enum rg_conn_worth
 */
struct rg_conn {
	u64 hash;
	u64 last_ms;
	struct rg_tcp_side *sides[RG_DIRS];
	struct rg_tcp_rest rests[RG_DIRS];
	u8 from;
	u8 worth;
};

/**
 * struct rg_conn_set - connections of one lock
 * @lock: protects all below
 * @ways: the connections
 */
struct rg_conn_set {
	spinlock_t lock; /* protects the rest */
	struct rg_conn ways[RG_CONN_WAYS];
};

/**
 * struct rg_conn_key - a segment's way to its connection
 * @hash: of the connection
 * @set: where it is, if it is
 * @from: which end sent this segment
 */
struct rg_conn_key {
	u64 hash;
	struct rg_conn_set *set;
	u8 from;
};

int rg_conn_init(void);
void rg_conn_exit(void);
void rg_conn_key(const struct rg_headers *head, u64 netns, struct rg_conn_key *key);
struct rg_conn *rg_conn_get(const struct rg_conn_key *key, u64 now_ms);
void rg_conn_forget(const struct rg_conn_key *key, bool begins);
struct rg_tcp_side *rg_conn_wake(struct rg_conn *conn, u8 dir);
void rg_conn_rest(struct rg_conn *conn, u8 dir);
void rg_conn_feed_memory(struct rg_framer *framer);

#endif /* RG_CONN_H */
