// SPDX-License-Identifier: GPL-2.0
#include "conn.h"
#include "core/limits.h"
#include "flow.h"
#include "packet.h"
#include "stats.h"
#include "tuple.h"

#include <linux/atomic.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

/**
 * DOC: Theory of operation
 *
 *	segment -> siphash -> sets[]      fixed at load
 *	                        |
 *	                        +-- 4 connections, one lock
 *
 * Every connection that carries data has a place, and 64 bytes with it: whether its
 * bytes are still to be looked at. Only where something is under way it has more. A
 * connection that finds its set full gets the place of the one that was silent for
 * the longest, if it can of one in which no media was recognised, and none stopped. To
 * be forgotten means to be looked at anew, from some later segment on; what its media
 * is, its flow knows.
 *
 * A set's lock is held while a segment is judged: its bytes are fed in order. It is
 * taken before any lock of the flow table.
 */

/* Most places. */
#define CONN_MAX		BIT(18)

/* What frames that are not complete may have, together. */
#define CONN_BYTES_MAX		(8 << 20)

/* How often what was closed without a word, or not at all, is looked for. */
#define CONN_GC_MS		30000

static struct {
	struct rg_conn_set *sets;	/* set once */
	u32 mask;			/* set once */
	siphash_key_t key;		/* set once */
	struct kmem_cache *side_cache;	/* set once */
	struct kmem_cache *bytes_cache;	/* set once */
	atomic_t frames;		/* that have memory */
	struct delayed_work gc;
} conns;

/**
 * rg_conn_key() - where a segment's connection is
 * @head: headers of a segment
 * @netns: cookie of the namespace the packet is in
 * @key: filled
 *
 * Two connections are one by chance once in 2^64.
 *
 * Context: any.
 */
void rg_conn_key(const struct rg_headers *head, u64 netns, struct rg_conn_key *key)
{
	struct rg_tuple tuple;

	key->from = rg_tuple_fill(head, netns, 0, &tuple);
	key->hash = siphash(&tuple, sizeof(tuple), &conns.key);
	key->hash = key->hash ? key->hash : 1;
	key->set = &conns.sets[key->hash & conns.mask];
}

static void side_free(struct rg_conn *conn, u8 dir)
{
	struct rg_tcp_side *side = conn->sides[dir];

	if (!side)
		return;
	if (side->framer.bytes) {
		kmem_cache_free(conns.bytes_cache, side->framer.bytes);
		atomic_dec(&conns.frames);
	}
	kmem_cache_free(conns.side_cache, side);
	conn->sides[dir] = NULL;
}

static void conn_clear(struct rg_conn *conn)
{
	side_free(conn, RG_DIR_ORIGINAL);
	side_free(conn, RG_DIR_REPLY);
	memset(conn, 0, sizeof(*conn));
}

static struct rg_conn *conn_find(const struct rg_conn_key *key)
{
	u32 i;

	lockdep_assert_held(&key->set->lock);
	for (i = 0; i < RG_CONN_WAYS; i++) {
		if (key->set->ways[i].hash == key->hash)
			return &key->set->ways[i];
	}
	return NULL;
}

/* Is a place better to give to another? A free one was silent for ever. */
static bool is_better_place(const struct rg_conn *conn, const struct rg_conn *place)
{
	if (conn->worth != place->worth)
		return conn->worth < place->worth;
	return conn->last_ms < place->last_ms;
}

static struct rg_conn *place_find(struct rg_conn_set *set)
{
	struct rg_conn *place = &set->ways[0];
	u32 i;

	for (i = 1; i < RG_CONN_WAYS; i++) {
		if (is_better_place(&set->ways[i], place))
			place = &set->ways[i];
	}
	return place;
}

/**
 * rg_conn_get() - a segment's connection
 * @key: from rg_conn_key(), and its set's lock is held
 * @now_ms: from rg_flow_now_ms()
 *
 * Context: BH disabled; the connection is valid as long as the lock is held.
 * Return: the connection.
 */
struct rg_conn *rg_conn_get(const struct rg_conn_key *key, u64 now_ms)
{
	struct rg_conn *conn = conn_find(key);

	if (!conn) {
		conn = place_find(key->set);
		conn_clear(conn);
		conn->hash = key->hash;
		conn->from = key->from;
	}
	conn->last_ms = now_ms;
	return conn;
}

/**
 * rg_conn_forget() - a connection opens: there may have been one with its ends
 * @key: from rg_conn_key(), and its set's lock is held
 * @begins: with this segment; else the other end has opened it before
 *
 * Context: BH disabled.
 */
void rg_conn_forget(const struct rg_conn_key *key, bool begins)
{
	struct rg_conn *conn = conn_find(key);
	u8 dir;

	if (!conn)
		return;
	dir = key->from == conn->from ? RG_DIR_ORIGINAL : RG_DIR_REPLY;
	/* Nothing was sent yet: the other end's SYN is all that is known. */
	if (!begins && !conn->sides[dir] && conn->rests[dir].phase == RG_TCP_UNSEEN)
		return;
	conn_clear(conn);
}

/**
 * rg_conn_wake() - the state of a direction in which bytes come
 * @conn: connection, its set's lock held
 * @dir: enum rg_dir
 *
 * Context: BH disabled.
 * Return: the state, or NULL: there is no memory. The bytes are missing then, as if
 * they had not come.
 */
struct rg_tcp_side *rg_conn_wake(struct rg_conn *conn, u8 dir)
{
	struct rg_tcp_side *side = conn->sides[dir];

	if (side)
		return side;
	side = kmem_cache_zalloc(conns.side_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!side)
		return NULL;
	rg_tcp_wake(side, &conn->rests[dir]);
	conn->sides[dir] = side;
	return side;
}

/**
 * rg_conn_rest() - free the state of a direction where nothing is under way
 * @conn: connection, its set's lock held
 * @dir: enum rg_dir
 *
 * Context: BH disabled.
 */
void rg_conn_rest(struct rg_conn *conn, u8 dir)
{
	if (rg_tcp_rests(conn->sides[dir], &conn->rests[dir]))
		side_free(conn, dir);
}

/**
 * rg_conn_feed_memory() - give a framer memory for its frames
 * @framer: that is hungry
 *
 * Without it frames are told of by their first bytes, which is counted.
 *
 * Context: BH disabled.
 */
void rg_conn_feed_memory(struct rg_framer *framer)
{
	u8 *bytes = NULL;

	if (atomic_add_unless(&conns.frames, 1, CONN_BYTES_MAX / RG_FRAME_BYTES_MAX)) {
		bytes = kmem_cache_alloc(conns.bytes_cache,
					 GFP_ATOMIC | __GFP_NOWARN);
		if (!bytes)
			atomic_dec(&conns.frames);
	}
	if (!bytes)
		rg_stats_add(RG_STAT_NO_MEMORY, 1);
	rg_framer_give(framer, bytes);
}

static void set_expire(struct rg_conn_set *set, u64 now_ms)
{
	u32 i;

	spin_lock_bh(&set->lock);
	for (i = 0; i < RG_CONN_WAYS; i++) {
		/* Some were in use since the walk began. */
		if (set->ways[i].hash &&
		    (s64)(now_ms - set->ways[i].last_ms) > rg_flow_timeout_ms())
			conn_clear(&set->ways[i]);
	}
	spin_unlock_bh(&set->lock);
}

static void conn_gc(struct work_struct *work)
{
	u64 now_ms = rg_flow_now_ms();
	u32 i;

	for (i = 0; i <= conns.mask; i++) {
		set_expire(&conns.sets[i], now_ms);
		cond_resched();
	}
	queue_delayed_work(system_power_efficient_wq, &conns.gc,
			   msecs_to_jiffies(CONN_GC_MS));
}

/**
 * rg_conn_init() - allocate the places and start their upkeep
 *
 * As many as there may be flows, up to CONN_MAX.
 *
 * Context: process, after rg_flow_init().
 * Return: 0 or -ENOMEM.
 */
int rg_conn_init(void)
{
	u32 i;

	conns.mask = roundup_pow_of_two(min_t(u32, rg_flow_max(), CONN_MAX)) /
		     RG_CONN_WAYS - 1;
	conns.side_cache = KMEM_CACHE(rg_tcp_side, 0);
	if (!conns.side_cache)
		return -ENOMEM;
	conns.bytes_cache = kmem_cache_create("rg_frame_bytes", RG_FRAME_BYTES_MAX,
					      0, 0, NULL);
	if (!conns.bytes_cache)
		goto err_destroy_side_cache;
	conns.sets = kvcalloc(conns.mask + 1, sizeof(*conns.sets), GFP_KERNEL);
	if (!conns.sets)
		goto err_destroy_bytes_cache;
	for (i = 0; i <= conns.mask; i++)
		spin_lock_init(&conns.sets[i].lock);
	get_random_bytes(&conns.key, sizeof(conns.key));
	INIT_DELAYED_WORK(&conns.gc, conn_gc);
	queue_delayed_work(system_power_efficient_wq, &conns.gc,
			   msecs_to_jiffies(CONN_GC_MS));
	return 0;

err_destroy_bytes_cache:
	kmem_cache_destroy(conns.bytes_cache);
err_destroy_side_cache:
	kmem_cache_destroy(conns.side_cache);
	return -ENOMEM;
}

/**
 * rg_conn_exit() - free the places and what is in them
 *
 * Context: process, after the last hook has returned.
 */
void rg_conn_exit(void)
{
	u32 set, way;

	cancel_delayed_work_sync(&conns.gc);
	for (set = 0; set <= conns.mask; set++) {
		for (way = 0; way < RG_CONN_WAYS; way++)
			conn_clear(&conns.sets[set].ways[way]);
		cond_resched();
	}
	kvfree(conns.sets);
	kmem_cache_destroy(conns.bytes_cache);
	kmem_cache_destroy(conns.side_cache);
}
