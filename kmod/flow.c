// SPDX-License-Identifier: GPL-2.0
#include "flow.h"
#include "flow_absent.h"
#include "core/content.h"
#include "packet.h"
#include "stats.h"

#include <linux/jiffies.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/rculist.h>
#include <linux/rcupdate_wait.h>
#include <linux/siphash.h>
#include <linux/workqueue.h>

/**
 * DOC: Theory of operation
 *
 *	key -> siphash -> buckets[]      fixed at load, one a flow
 *	                    |
 *	                    +-> flow -> flow      at most 16, RCU
 *	                    |
 *	                  locks[hash & 255]       for add and delete only
 *
 * Only a flow that once sent something in the shape of media has an entry; all
 * else costs a look-up, which flow_absent.c mostly spares, and no memory. Readers
 * hold only the RCU read lock. A flow leaves the table when it was idle for
 * flow_timeout_ms, or, if nothing was recognised in it, when a new one needs the
 * place. What was recognised stays: a full table must be no way to shed a verdict.
 *
 * A user may have a quarter of the table, a namespace likewise for what has no
 * socket. They are counted in slots by keyed hash, which two share by chance only.
 */

#define FLOW_LOCKS		256
#define FLOW_CHAIN_MAX		16
#define FLOW_OWNERS		4096
#define FLOW_EVICT_BUCKETS	8
#define FLOW_RESCHED		1024	/* buckets */
#define FLOW_MAX_MIN		16
#define FLOW_MAX_MAX		BIT(24)
#define FLOW_GC_MIN_MS		50
#define FLOW_GC_MAX_MS		10000

static unsigned int max_flows = 65536;
module_param(max_flows, uint, 0444);
MODULE_PARM_DESC(max_flows, "Most flows in the table, 16 to 16777216 (65536)");

static unsigned int flow_timeout_ms = 180000;
module_param(flow_timeout_ms, uint, 0444);
MODULE_PARM_DESC(flow_timeout_ms, "Idle time after which a flow is forgotten, in ms (180000)");

static struct {
	struct hlist_head *buckets;	/* RCU, writers hold locks[] */
	u32 mask;			/* set once */
	siphash_key_t key;		/* set once */
	spinlock_t locks[FLOW_LOCKS];
	atomic_t count;
	atomic_t owners[FLOW_OWNERS];	/* flows charged to each slot */
	struct kmem_cache *cache;	/* set once */
	struct kmem_cache *content_cache; /* set once */
	struct delayed_work gc;
} table;

static spinlock_t *bucket_lock(u32 bucket)
{
	return &table.locks[bucket % FLOW_LOCKS];
}

/**
 * rg_flow_now_ms() - the time that flows are stamped with
 *
 * Context: any.
 * Return: monotonic milliseconds; neither the clock's setting nor suspend moves
 * it.
 */
u64 rg_flow_now_ms(void)
{
	return jiffies64_to_msecs(get_jiffies_64());
}

u32 rg_flow_count(void)
{
	return atomic_read(&table.count);
}

u32 rg_flow_max(void)
{
	return max_flows;
}

u32 rg_flow_timeout_ms(void)
{
	return flow_timeout_ms;
}

/**
 * rg_flow_key() - the key of a packet's flow
 * @head: headers of a datagram
 * @netns: cookie of the namespace the packet is in
 * @peer: of the datagram, see struct rg_packet
 * @key: filled; the same for both directions but for @key->from
 *
 * Context: any.
 */
void rg_flow_key(const struct rg_headers *head, u64 netns, u16 peer,
		 struct rg_flow_key *key)
{
	key->from = rg_tuple_fill(head, netns, peer, &key->tuple);
	key->hash = siphash(&key->tuple, sizeof(key->tuple), &table.key);
}

/**
 * rg_flow_dir() - which way a packet goes
 * @flow: its flow
 * @key: the packet's key
 *
 * Context: any.
 * Return: enum rg_dir.
 */
u8 rg_flow_dir(const struct rg_flow *flow, const struct rg_flow_key *key)
{
	return key->from == flow->from ? RG_DIR_ORIGINAL : RG_DIR_REPLY;
}

/**
 * rg_flow_feed() - classify a datagram of a flow
 * @flow: its flow
 * @pkt: the datagram
 * @ans: filled, see rg_feed()
 *
 * Lends the flow the memory of its content tests. For want of memory a stream
 * is not tested and stays undetermined, which is counted.
 *
 * Context: RCU read side with BH disabled, @flow->lock held.
 */
void rg_flow_feed(struct rg_flow *flow, const struct rg_packet *pkt,
		  struct rg_answer *ans)
{
	struct rg_content *content;

	lockdep_assert_held(&flow->lock);
	if (rg_media_hungry(&flow->media, pkt)) {
		content = kmem_cache_alloc(table.content_cache,
					   GFP_ATOMIC | __GFP_NOWARN);
		if (!content)
			rg_stats_add(RG_STAT_NO_MEMORY, 1);
		rg_media_give(&flow->media, content);
	}
	rg_feed(&flow->media, pkt, ans);
	content = rg_media_take(&flow->media);
	if (content)
		kmem_cache_free(table.content_cache, content);
}

static bool flow_has_key(const struct rg_flow *flow,
			 const struct rg_flow_key *key)
{
	return flow->hash == key->hash &&
	       !memcmp(&flow->tuple, &key->tuple, sizeof(key->tuple));
}

/**
 * rg_flow_find() - look a flow up
 * @key: from rg_flow_key()
 *
 * Context: RCU read side; the flow is valid until its end.
 * Return: the flow or NULL.
 */
struct rg_flow *rg_flow_find(const struct rg_flow_key *key)
{
	struct rg_flow *flow;

	hlist_for_each_entry_rcu(flow, &table.buckets[key->hash & table.mask],
				 node) {
		if (flow_has_key(flow, key))
			return flow;
	}
	return NULL;
}

static void flow_free_rcu(struct rcu_head *rcu)
{
	struct rg_flow *flow = container_of(rcu, struct rg_flow, rcu);
	struct rg_content *content;

	while ((content = rg_media_drain(&flow->media)))
		kmem_cache_free(table.content_cache, content);
	kmem_cache_free(table.cache, flow);
}

static void flow_del(struct rg_flow *flow)
{
	lockdep_assert_held(bucket_lock(flow->hash & table.mask));
	hlist_del_rcu(&flow->node);
	atomic_dec(&table.owners[flow->owner]);
	atomic_dec(&table.count);
	call_rcu(&flow->rcu, flow_free_rcu);
}

/* Delete an unrecognised flow of a bucket, the longest idle. */
static bool bucket_evict(u32 bucket, bool any_owner, u32 owner)
{
	struct rg_flow *victim = NULL, *flow;

	spin_lock_bh(bucket_lock(bucket));
	hlist_for_each_entry(flow, &table.buckets[bucket], node) {
		if (READ_ONCE(flow->kept) || (!any_owner && flow->owner != owner))
			continue;
		if (!victim ||
		    READ_ONCE(flow->last_ms) < READ_ONCE(victim->last_ms))
			victim = flow;
	}
	if (victim)
		flow_del(victim);
	spin_unlock_bh(bucket_lock(bucket));
	return victim;
}

static bool flow_evict(u32 hash, bool any_owner, u32 owner)
{
	u32 i;

	for (i = 0; i < FLOW_EVICT_BUCKETS; i++) {
		if (!bucket_evict((hash + i) & table.mask, any_owner, owner))
			continue;
		rg_stats_add(RG_STAT_EVICTED, 1);
		return true;
	}
	return false;
}

static u32 owner_slot(const struct rg_flow_owner *owner)
{
	u64 id = owner->has_uid ? owner->uid : owner->netns;

	return siphash_2u64(id, owner->has_uid, &table.key) % FLOW_OWNERS;
}

/* Take a place for one flow, in the table and in the owner's quarter. */
static bool place_take(u32 hash, u32 owner)
{
	unsigned int quarter = max_flows / 4;

	if (atomic_read(&table.owners[owner]) >= quarter &&
	    !flow_evict(hash, false, owner)) {
		rg_stats_add(RG_STAT_OWNER_FULL, 1);
		return false;
	}
	if (atomic_read(&table.count) >= max_flows &&
	    !flow_evict(hash, true, owner)) {
		rg_stats_add(RG_STAT_TABLE_FULL, 1);
		return false;
	}
	if (!atomic_add_unless(&table.count, 1, max_flows)) {
		rg_stats_add(RG_STAT_TABLE_FULL, 1);
		return false;
	}
	if (!atomic_add_unless(&table.owners[owner], 1, quarter)) {
		atomic_dec(&table.count);
		rg_stats_add(RG_STAT_OWNER_FULL, 1);
		return false;
	}
	return true;
}

static void place_give(u32 owner)
{
	atomic_dec(&table.owners[owner]);
	atomic_dec(&table.count);
}

static struct rg_flow *flow_create(const struct rg_flow_key *key, u32 slot,
				   const struct rg_flow_owner *owner,
				   u64 now_ms)
{
	struct rg_flow *flow;

	flow = kmem_cache_zalloc(table.cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!flow)
		return NULL;
	spin_lock_init(&flow->lock);
	flow->tuple = key->tuple;
	flow->hash = key->hash;
	flow->from = key->from;
	flow->owner = slot;
	flow->uid = owner->has_uid ? owner->uid : (u32)-1;
	flow->last_ms = now_ms;
	return flow;
}

/*
 * Publish a flow, unless another CPU was faster or the chain is full. Return:
 * the flow that is in the table now, or NULL.
 */
static struct rg_flow *flow_insert(struct rg_flow *flow,
				   const struct rg_flow_key *key)
{
	u32 bucket = key->hash & table.mask;
	struct rg_flow *other = NULL;
	u32 chain = 0;

	spin_lock_bh(bucket_lock(bucket));
	hlist_for_each_entry(other, &table.buckets[bucket], node) {
		if (flow_has_key(other, key))
			break;
		chain++;
	}
	if (!other && chain < FLOW_CHAIN_MAX) {
		hlist_add_head_rcu(&flow->node, &table.buckets[bucket]);
		rg_flow_absent_void();
		other = flow;
	}
	spin_unlock_bh(bucket_lock(bucket));
	if (!other)
		rg_stats_add(RG_STAT_CHAIN_FULL, 1);
	return other;
}

/**
 * rg_flow_add() - make an entry for a flow that has none
 * @key: from rg_flow_key()
 * @owner: who pays for it
 * @now_ms: from rg_flow_now_ms()
 *
 * Context: RCU read side with BH disabled; the flow is valid until its end.
 * Return: the flow, which another CPU may have added meanwhile; or NULL, and
 * the reason is counted: table, chain or owner full, no memory.
 */
struct rg_flow *rg_flow_add(const struct rg_flow_key *key,
			    const struct rg_flow_owner *owner, u64 now_ms)
{
	u32 slot = owner_slot(owner);
	struct rg_flow *flow, *in;

	if (!place_take(key->hash, slot))
		return NULL;
	flow = flow_create(key, slot, owner, now_ms);
	if (!flow) {
		rg_stats_add(RG_STAT_NO_MEMORY, 1);
		goto err_place_give;
	}
	in = flow_insert(flow, key);
	if (in == flow)
		return flow;
	kmem_cache_free(table.cache, flow);
	place_give(slot);
	return in;

err_place_give:
	place_give(slot);
	return NULL;
}

/**
 * rg_flow_walk() - visit the flows
 * @cursor: where to go on; zeroed at first, and where to resume afterwards
 * @fn: called for each; non-zero stops the walk before that flow
 * @arg: for @fn
 *
 * Flows that come or go meanwhile may be missed or seen twice.
 *
 * Context: process, may sleep between flows; takes the RCU read lock.
 * Return: what @fn returned, or 0 at the end of the table.
 */
int rg_flow_walk(struct rg_flow_cursor *cursor,
		 int (*fn)(struct rg_flow *flow, void *arg), void *arg)
{
	struct rg_flow *flow;
	int ret = 0;
	u32 i;

	rcu_read_lock();
	for (; cursor->bucket <= table.mask; cursor->bucket++) {
		i = 0;
		hlist_for_each_entry_rcu(flow, &table.buckets[cursor->bucket],
					 node) {
			if (i++ < cursor->skip)
				continue;
			ret = fn(flow, arg);
			if (ret)
				goto out;
			cursor->skip++;
		}
		cursor->skip = 0;
		if (cursor->bucket % FLOW_RESCHED == FLOW_RESCHED - 1)
			cond_resched_rcu();
	}
out:
	rcu_read_unlock();
	return ret;
}

static void bucket_expire(u32 bucket, u64 now_ms)
{
	struct hlist_node *next;
	struct rg_flow *flow;

	if (hlist_empty(&table.buckets[bucket]))
		return;
	spin_lock_bh(bucket_lock(bucket));
	hlist_for_each_entry_safe(flow, next, &table.buckets[bucket], node) {
		/* Some were in use since the walk began. */
		if ((s64)(now_ms - READ_ONCE(flow->last_ms)) > flow_timeout_ms)
			flow_del(flow);
	}
	spin_unlock_bh(bucket_lock(bucket));
}

static unsigned long gc_period(void)
{
	return msecs_to_jiffies(clamp_t(u32, flow_timeout_ms / 4,
					FLOW_GC_MIN_MS, FLOW_GC_MAX_MS));
}

static void flow_gc(struct work_struct *work)
{
	u64 now_ms = rg_flow_now_ms();
	u32 bucket;

	for (bucket = 0; bucket <= table.mask; bucket++) {
		bucket_expire(bucket, now_ms);
		if (bucket % FLOW_RESCHED == FLOW_RESCHED - 1)
			cond_resched();
	}
	queue_delayed_work(system_power_efficient_wq, &table.gc, gc_period());
}

/**
 * rg_flow_init() - allocate the table and start its upkeep
 *
 * Context: process.
 * Return: 0, -EINVAL for a parameter out of range, or -ENOMEM.
 */
int rg_flow_init(void)
{
	u32 i;

	if (max_flows < FLOW_MAX_MIN || max_flows > FLOW_MAX_MAX) {
		pr_err("max_flows=%u: expected %u to %lu\n", max_flows,
		       FLOW_MAX_MIN, FLOW_MAX_MAX);
		return -EINVAL;
	}
	if (!flow_timeout_ms) {
		pr_err("flow_timeout_ms=0: expected 1 or more\n");
		return -EINVAL;
	}
	table.mask = roundup_pow_of_two(max_flows) - 1;
	table.cache = KMEM_CACHE(rg_flow, 0);
	if (!table.cache)
		return -ENOMEM;
	table.content_cache = KMEM_CACHE(rg_content, 0);
	if (!table.content_cache)
		goto err_destroy_cache;
	table.buckets = kvcalloc(table.mask + 1, sizeof(*table.buckets),
				 GFP_KERNEL);
	if (!table.buckets)
		goto err_destroy_content_cache;
	for (i = 0; i < FLOW_LOCKS; i++)
		spin_lock_init(&table.locks[i]);
	get_random_bytes(&table.key, sizeof(table.key));
	INIT_DELAYED_WORK(&table.gc, flow_gc);
	queue_delayed_work(system_power_efficient_wq, &table.gc, gc_period());
	return 0;

err_destroy_content_cache:
	kmem_cache_destroy(table.content_cache);
err_destroy_cache:
	kmem_cache_destroy(table.cache);
	return -ENOMEM;
}

/**
 * rg_flow_exit() - free the table
 *
 * Context: process, after the last hook has returned.
 */
void rg_flow_exit(void)
{
	u32 bucket;

	cancel_delayed_work_sync(&table.gc);
	for (bucket = 0; bucket <= table.mask; bucket++) {
		struct hlist_node *next;
		struct rg_flow *flow;

		spin_lock_bh(bucket_lock(bucket));
		hlist_for_each_entry_safe(flow, next, &table.buckets[bucket], node)
			flow_del(flow);
		spin_unlock_bh(bucket_lock(bucket));
		if (bucket % FLOW_RESCHED == FLOW_RESCHED - 1)
			cond_resched();
	}
	/* flow_free_rcu() must have run before the cache and we can go. */
	rcu_barrier();
	kvfree(table.buckets);
	kmem_cache_destroy(table.content_cache);
	kmem_cache_destroy(table.cache);
}
