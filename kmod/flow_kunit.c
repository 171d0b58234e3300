// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the flow table, in kernels that have KUnit built in.
 *
 * They run on a table of their own: flow.c once more, with other names, a clock
 * that the tests set and counters that nobody else counts with. The table that
 * judges packets meanwhile does not notice.
 */
#define rg_flow_init		flow_kunit_init
#define rg_flow_exit		flow_kunit_exit
/* There is a struct of this name, which keeps it. */
#define rg_flow_key(head, netns, peer, key) flow_kunit_key(head, netns, peer, key)
#define rg_flow_find		flow_kunit_find
#define rg_flow_add		flow_kunit_add
#define rg_flow_feed		flow_kunit_feed
#define rg_flow_dir		flow_kunit_dir
#define rg_flow_walk		flow_kunit_walk
#define rg_flow_count		flow_kunit_count
#define rg_flow_max		flow_kunit_max
#define rg_flow_timeout_ms	flow_kunit_timeout_ms
#define rg_flow_now_ms		flow_kunit_now_ms
#include "flow.h"
#include "packet.h"
#include "stats.h"

#include <kunit/test.h>
#include <linux/in.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/slab.h>

static u64 clock; /* jiffies */
static u64 counts[RG_STATS];

#define rg_stats_add(stat, n)	(counts[stat] += (n))
#define get_jiffies_64()	clock

#undef module_param
#define module_param(...)
#undef MODULE_PARM_DESC
#define MODULE_PARM_DESC(...)
/* Two caches of one name are a warning, and may be one cache. */
#undef KMEM_CACHE
#define KMEM_CACHE(type, flags) \
	kmem_cache_create("kunit_" #type, sizeof(struct type), \
			  __alignof__(struct type), (flags), NULL)

#include "flow.c"

/* Small, so that it is full soon; a quarter is one owner's. */
#define TEST_FLOWS	64
#define TEST_QUARTER	(TEST_FLOWS / 4)
#define TEST_TIMEOUT_MS	1000
#define TEST_NETNS	7

static const siphash_key_t test_key = { { 1, 2 } };
static const struct rg_flow_owner nobody = { .netns = TEST_NETNS };

static struct rg_headers head_of(u32 n)
{
	struct rg_headers head = {
		.family = 4,
		.l4proto = IPPROTO_UDP,
		.saddr = { 10, 0, n >> 8, n },
		.daddr = { 192, 0, 2, 1 },
		.sport = 4000,
		.dport = 5004,
	};

	return head;
}

static struct rg_flow_key key_of(u32 n)
{
	struct rg_headers head = head_of(n);
	struct rg_flow_key key;

	rg_flow_key(&head, TEST_NETNS, 0, &key);
	return key;
}

static struct rg_flow_owner user(u32 uid)
{
	return (struct rg_flow_owner){ .has_uid = true, .uid = uid };
}

static struct rg_flow *find(const struct rg_flow_key *key)
{
	struct rg_flow *flow;

	rcu_read_lock_bh();
	flow = rg_flow_find(key);
	rcu_read_unlock_bh();
	return flow; /* nothing is freed but by the test itself */
}

static struct rg_flow *add(const struct rg_flow_key *key,
			   const struct rg_flow_owner *owner)
{
	struct rg_flow *flow;

	rcu_read_lock_bh();
	flow = rg_flow_add(key, owner, rg_flow_now_ms());
	rcu_read_unlock_bh();
	return flow;
}

/* Those of failed tests end here, and not in an oops. */
static struct rg_flow *must_find(struct kunit *test,
				 const struct rg_flow_key *key)
{
	struct rg_flow *flow = find(key);

	KUNIT_ASSERT_NOT_NULL(test, flow);
	return flow;
}

/* Flows from first on, each with an owner of its own, until one is refused. */
static u32 add_many(u32 first, u32 n)
{
	struct rg_flow_owner owner;
	struct rg_flow_key key;
	u32 i;

	for (i = 0; i < n; i++) {
		key = key_of(first + i);
		owner = user(first + i);
		if (!add(&key, &owner))
			break;
	}
	return i;
}

static void clock_advance(u32 ms)
{
	clock += msecs_to_jiffies(ms);
}

static int table_up(struct kunit *test)
{
	memset(&table, 0, sizeof(table)); /* whatever a failed test left */
	memset(counts, 0, sizeof(counts));
	clock = INITIAL_JIFFIES;
	max_flows = TEST_FLOWS;
	flow_timeout_ms = TEST_TIMEOUT_MS;
	KUNIT_ASSERT_EQ(test, rg_flow_init(), 0);
	/* The same flows collide in every run, and upkeep waits for the test. */
	table.key = test_key;
	cancel_delayed_work_sync(&table.gc);
	return 0;
}

/* The cache complains, as does the test of it, if an object is left. */
static void table_down(struct kunit *test)
{
	rg_flow_exit();
	KUNIT_EXPECT_EQ(test, rg_flow_count(), 0);
}

static void gc_run(void)
{
	flow_gc(&table.gc.work);
	cancel_delayed_work_sync(&table.gc);
}

static void added_is_found(struct kunit *test)
{
	struct rg_flow_key one = key_of(1), two = key_of(2);
	struct rg_flow *flow;

	KUNIT_EXPECT_NULL(test, find(&one));
	flow = add(&one, &nobody);
	KUNIT_ASSERT_NOT_NULL(test, flow);
	KUNIT_EXPECT_PTR_EQ(test, find(&one), flow);
	KUNIT_EXPECT_NULL(test, find(&two));
	KUNIT_EXPECT_EQ(test, rg_flow_count(), 1);
	KUNIT_EXPECT_EQ(test, flow->uid, (u32)-1);
	KUNIT_EXPECT_EQ(test, flow->last_ms, rg_flow_now_ms());
}

static void added_twice_is_one(struct kunit *test)
{
	struct rg_flow_owner owner = user(1000);
	struct rg_flow_key key = key_of(1);
	struct rg_flow *flow = add(&key, &owner);

	KUNIT_ASSERT_NOT_NULL(test, flow);
	KUNIT_EXPECT_PTR_EQ(test, add(&key, &owner), flow);
	KUNIT_EXPECT_EQ(test, rg_flow_count(), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&table.owners[flow->owner]), 1);
}

static void both_directions_are_one(struct kunit *test)
{
	struct rg_headers head = head_of(1), back = head;
	struct rg_flow_key key, reply;
	struct rg_flow *flow;

	memcpy(back.saddr, head.daddr, sizeof(back.saddr));
	memcpy(back.daddr, head.saddr, sizeof(back.daddr));
	back.sport = head.dport;
	back.dport = head.sport;
	rg_flow_key(&head, TEST_NETNS, 0, &key);
	rg_flow_key(&back, TEST_NETNS, 0, &reply);
	flow = add(&key, &nobody);
	KUNIT_ASSERT_NOT_NULL(test, flow);
	KUNIT_EXPECT_PTR_EQ(test, find(&reply), flow);
	KUNIT_EXPECT_EQ(test, rg_flow_dir(flow, &key), RG_DIR_ORIGINAL);
	KUNIT_EXPECT_EQ(test, rg_flow_dir(flow, &reply), RG_DIR_REPLY);
}

/* Between two ports of one address the port tells the ends apart. */
static void directions_of_one_address(struct kunit *test)
{
	struct rg_headers head = head_of(1), back;
	struct rg_flow_key key, reply;

	memcpy(head.daddr, head.saddr, sizeof(head.daddr));
	back = head;
	back.sport = head.dport;
	back.dport = head.sport;
	rg_flow_key(&head, TEST_NETNS, 0, &key);
	rg_flow_key(&back, TEST_NETNS, 0, &reply);
	KUNIT_EXPECT_MEMEQ(test, &key.tuple, &reply.tuple, sizeof(key.tuple));
	KUNIT_EXPECT_NE(test, key.from, reply.from);
}

/* Whatever differs is another flow: ends, protocol, family, namespace. */
static void every_part_of_the_key_counts(struct kunit *test)
{
	struct rg_headers heads[6];
	struct rg_flow_key key, other;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(heads); i++)
		heads[i] = head_of(1);
	heads[0].saddr[3]++;
	heads[1].daddr[15]++;
	heads[2].sport++;
	heads[3].dport++;
	heads[4].l4proto = IPPROTO_UDPLITE;
	heads[5].family = 6;
	key = key_of(1);
	KUNIT_ASSERT_NOT_NULL(test, add(&key, &nobody));
	for (i = 0; i < ARRAY_SIZE(heads); i++) {
		rg_flow_key(&heads[i], TEST_NETNS, 0, &other);
		KUNIT_EXPECT_NULL_MSG(test, find(&other), "part %u", i);
	}
	heads[0] = head_of(1);
	rg_flow_key(&heads[0], TEST_NETNS + 1, 0, &other);
	KUNIT_EXPECT_NULL(test, find(&other));
	KUNIT_EXPECT_NOT_NULL(test, add(&other, &nobody));
	KUNIT_EXPECT_EQ(test, rg_flow_count(), 2);
}

static void table_is_capped(struct kunit *test)
{
	struct rg_flow_key key;
	u32 i;

	KUNIT_ASSERT_EQ(test, add_many(0, TEST_FLOWS), TEST_FLOWS);
	for (i = 0; i < TEST_FLOWS; i++) {
		key = key_of(i);
		must_find(test, &key)->kept = true;
	}
	/* Media everywhere: nothing makes room. */
	KUNIT_EXPECT_EQ(test, add_many(TEST_FLOWS, 1), 0);
	KUNIT_EXPECT_EQ(test, rg_flow_count(), TEST_FLOWS);
	KUNIT_EXPECT_EQ(test, counts[RG_STAT_TABLE_FULL], 1);
}

/* In the eight buckets from the newcomer's on: all others stay. */
static void the_longest_idle_is_evicted(struct kunit *test)
{
	struct rg_flow_key old = key_of(0), key = key_of(1000);
	struct rg_flow_owner owner = user(1000);
	struct rg_flow *flow;
	u32 i;

	/* All in one chain but the last ones, the first is the oldest. */
	for (i = 0; i < FLOW_CHAIN_MAX; i++) {
		struct rg_flow_owner each = user(i);
		struct rg_flow_key one = key_of(i);

		one.hash = key.hash;
		KUNIT_ASSERT_NOT_NULL(test, add(&one, &each));
		clock_advance(10);
	}
	old.hash = key.hash;
	must_find(test, &old)->kept = true; /* recognised: not evicted */
	atomic_set(&table.count, max_flows);
	flow = add(&key, &owner);
	KUNIT_EXPECT_NOT_NULL(test, flow);
	KUNIT_EXPECT_EQ(test, counts[RG_STAT_EVICTED], 1);
	KUNIT_EXPECT_NOT_NULL(test, find(&old));
	for (i = 1; i < FLOW_CHAIN_MAX; i++) {
		struct rg_flow_key one = key_of(i);

		one.hash = key.hash;
		KUNIT_EXPECT_EQ_MSG(test, !find(&one), i == 1, "flow %u", i);
	}
	atomic_set(&table.count, FLOW_CHAIN_MAX);
}

static void chains_are_bounded(struct kunit *test)
{
	struct rg_flow_key key, other = key_of(1000);
	struct rg_flow_owner owner;
	u32 i;

	for (i = 0; i <= FLOW_CHAIN_MAX; i++) {
		key = key_of(i);
		key.hash = 5;
		owner = user(i);
		KUNIT_EXPECT_EQ_MSG(test, !add(&key, &owner),
				    i == FLOW_CHAIN_MAX, "flow %u", i);
	}
	KUNIT_EXPECT_EQ(test, counts[RG_STAT_CHAIN_FULL], 1);
	KUNIT_EXPECT_EQ(test, rg_flow_count(), FLOW_CHAIN_MAX);
	KUNIT_EXPECT_EQ(test, atomic_read(&table.owners[owner_slot(&owner)]),
			0); /* the refused one gave its place back */
	/* Others are unharmed. */
	other.hash = 6;
	KUNIT_EXPECT_NOT_NULL(test, add(&other, &nobody));
	KUNIT_EXPECT_NOT_NULL(test, find(&other));
}

/* Whoever knows which flows collide in one table knows nothing of another. */
static void the_hash_is_keyed(struct kunit *test)
{
	struct rg_flow_key before = key_of(1);

	rg_flow_exit();
	KUNIT_ASSERT_EQ(test, rg_flow_init(), 0);
	KUNIT_EXPECT_MEMNEQ(test, &table.key, &test_key, sizeof(test_key));
	table.key.key[1] = 3;
	KUNIT_EXPECT_NE(test, before.hash, key_of(1).hash);
}

static void an_owner_has_a_quarter(struct kunit *test)
{
	struct rg_flow_owner one = user(1000), two = user(1001);
	struct rg_flow_key key;
	u32 i;

	for (i = 0; i < TEST_QUARTER; i++) {
		key = key_of(i);
		KUNIT_ASSERT_NOT_NULL(test, add(&key, &one));
		must_find(test, &key)->kept = true;
	}
	key = key_of(100);
	KUNIT_EXPECT_NULL(test, add(&key, &one));
	KUNIT_EXPECT_EQ(test, counts[RG_STAT_OWNER_FULL], 1);
	KUNIT_EXPECT_EQ(test, rg_flow_count(), TEST_QUARTER);
	KUNIT_EXPECT_NOT_NULL(test, add(&key, &two));
	KUNIT_EXPECT_EQ(test, must_find(test, &key)->uid, 1001);
}

/* One user's flows make room for that user's, and not for another's. */
static void an_owner_evicts_its_own(struct kunit *test)
{
	struct rg_flow_owner one = user(1000), two = user(1001);
	struct rg_flow_key key, other = { .hash = 0 };
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, add(&other, &two)); /* the longest idle */
	clock_advance(10);
	for (i = 0; i <= TEST_QUARTER; i++) {
		key = key_of(i);
		key.hash = i % FLOW_EVICT_BUCKETS;
		KUNIT_ASSERT_NOT_NULL(test, add(&key, &one));
	}
	KUNIT_EXPECT_EQ(test, counts[RG_STAT_EVICTED], 1);
	KUNIT_EXPECT_NOT_NULL(test, find(&other));
	KUNIT_EXPECT_EQ(test, rg_flow_count(), TEST_QUARTER + 1);
}

static void idle_flows_expire(struct kunit *test)
{
	struct rg_flow_key idle = key_of(1), kept = key_of(2), busy = key_of(3);

	KUNIT_ASSERT_NOT_NULL(test, add(&idle, &nobody));
	KUNIT_ASSERT_NOT_NULL(test, add(&kept, &nobody));
	KUNIT_ASSERT_NOT_NULL(test, add(&busy, &nobody));
	/* Keeps it from eviction, not from this. */
	must_find(test, &kept)->kept = true;
	clock_advance(TEST_TIMEOUT_MS);
	gc_run();
	KUNIT_EXPECT_EQ(test, rg_flow_count(), 3); /* not yet */
	/* It takes the time before it walks, and a packet may come while it does. */
	must_find(test, &busy)->last_ms = rg_flow_now_ms() + 1000;
	clock_advance(2 * MSEC_PER_SEC / HZ);
	gc_run();
	KUNIT_EXPECT_NULL(test, find(&idle));
	KUNIT_EXPECT_NULL(test, find(&kept));
	KUNIT_EXPECT_NOT_NULL(test, find(&busy));
	KUNIT_EXPECT_EQ(test, rg_flow_count(), 1);
	KUNIT_EXPECT_EQ(test, counts[RG_STAT_EVICTED], 0);
}

/* Upkeep finds all of a full table in one go, and gives each place back. */
static void gc_empties_the_table(struct kunit *test)
{
	u32 i, owned = 0;

	KUNIT_ASSERT_EQ(test, add_many(0, TEST_FLOWS), TEST_FLOWS);
	clock_advance(2 * TEST_TIMEOUT_MS);
	gc_run();
	KUNIT_EXPECT_EQ(test, rg_flow_count(), 0);
	for (i = 0; i < FLOW_OWNERS; i++)
		owned += atomic_read(&table.owners[i]);
	KUNIT_EXPECT_EQ(test, owned, 0);
	KUNIT_EXPECT_EQ(test, add_many(0, TEST_FLOWS), TEST_FLOWS);
}

static void gc_goes_on(struct kunit *test)
{
	flow_gc(&table.gc.work);
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&table.gc));
	flow_timeout_ms = 1;
	KUNIT_EXPECT_EQ(test, gc_period(), msecs_to_jiffies(FLOW_GC_MIN_MS));
	flow_timeout_ms = UINT_MAX;
	KUNIT_EXPECT_EQ(test, gc_period(), msecs_to_jiffies(FLOW_GC_MAX_MS));
}

static int flow_visit(struct rg_flow *flow, void *arg)
{
	u32 *left = arg;

	return (*left)-- ? 0 : 1;
}

/* Stopped after every few flows, a walk still sees each of them once. */
static void walks_resume(struct kunit *test)
{
	struct rg_flow_cursor cursor = {};
	u32 seen = 0, left;

	KUNIT_ASSERT_EQ(test, add_many(0, TEST_FLOWS), TEST_FLOWS);
	for (;;) {
		left = 3;
		if (!rg_flow_walk(&cursor, flow_visit, &left))
			break;
		seen += 3;
		KUNIT_ASSERT_LT(test, seen, 2 * TEST_FLOWS);
	}
	KUNIT_EXPECT_EQ(test, seen + 3 - left, TEST_FLOWS);
}

static void limits_are_checked(struct kunit *test)
{
	static const u32 bad[] = { 0, FLOW_MAX_MIN - 1, FLOW_MAX_MAX + 1 };
	u32 i;

	rg_flow_exit();
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		max_flows = bad[i];
		KUNIT_EXPECT_EQ(test, rg_flow_init(), -EINVAL);
	}
	max_flows = FLOW_MAX_MIN;
	flow_timeout_ms = 0;
	KUNIT_EXPECT_EQ(test, rg_flow_init(), -EINVAL);
	flow_timeout_ms = 1;
	KUNIT_ASSERT_EQ(test, rg_flow_init(), 0);
	KUNIT_EXPECT_EQ(test, rg_flow_max(), FLOW_MAX_MIN);
}

static struct kunit_case flow_cases[] = {
	KUNIT_CASE(added_is_found),
	KUNIT_CASE(added_twice_is_one),
	KUNIT_CASE(both_directions_are_one),
	KUNIT_CASE(directions_of_one_address),
	KUNIT_CASE(every_part_of_the_key_counts),
	KUNIT_CASE(table_is_capped),
	KUNIT_CASE(the_longest_idle_is_evicted),
	KUNIT_CASE(chains_are_bounded),
	KUNIT_CASE(the_hash_is_keyed),
	KUNIT_CASE(an_owner_has_a_quarter),
	KUNIT_CASE(an_owner_evicts_its_own),
	KUNIT_CASE(idle_flows_expire),
	KUNIT_CASE(gc_empties_the_table),
	KUNIT_CASE(gc_goes_on),
	KUNIT_CASE(walks_resume),
	KUNIT_CASE(limits_are_checked),
	{}
};

static struct kunit_suite flow_suite = {
	.name = "rtpguard-flow",
	.init = table_up,
	.exit = table_down,
	.test_cases = flow_cases,
};

kunit_test_suite(flow_suite);
