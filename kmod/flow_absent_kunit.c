// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the memory of absent flows, in kernels that have KUnit built in.
 * As those of the flow table, they run on a copy of their own.
 */
#define rg_flow_absent_init	absent_kunit_init
#define rg_flow_absent_exit	absent_kunit_exit
#define rg_flow_absent		absent_kunit_is
#define rg_flow_absent_lately	absent_kunit_lately
#define rg_flow_absent_since	absent_kunit_since
#define rg_flow_absent_note	absent_kunit_note
#define rg_flow_absent_void	absent_kunit_void

#include "flow_absent.c"

#include <kunit/test.h>
#include <linux/bottom_half.h>
#include <linux/in.h>
#include <linux/sched.h>

#define TEST_NETNS	7

static const struct rg_headers test_head = {
	.family = 4,
	.l4proto = IPPROTO_UDP,
	.saddr = { 10, 0, 0, 1 },
	.daddr = { 192, 0, 2, 1 },
	.sport = 4000,
	.dport = 53,
};

static void note(const struct rg_headers *head)
{
	local_bh_disable();
	rg_flow_absent_note(head, TEST_NETNS, rg_flow_absent_since());
	local_bh_enable();
}

static bool is_absent_in(const struct rg_headers *head, u64 netns)
{
	bool is;

	local_bh_disable();
	is = rg_flow_absent(head, netns);
	local_bh_enable();
	return is;
}

static bool is_absent(const struct rg_headers *head)
{
	return is_absent_in(head, TEST_NETNS);
}

static void noted_is_absent(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, is_absent(&test_head));
	note(&test_head);
	KUNIT_EXPECT_TRUE(test, is_absent(&test_head));
	KUNIT_EXPECT_TRUE(test, is_absent(&test_head));
}

static void any_flow_that_is_added_ends_it(struct kunit *test)
{
	note(&test_head);
	rg_flow_absent_void();
	KUNIT_EXPECT_FALSE(test, is_absent(&test_head));
	note(&test_head);
	KUNIT_EXPECT_TRUE(test, is_absent(&test_head));
}

/* Looked for, added by another CPU, and noted only then. */
static void a_flow_added_meanwhile_is_seen(struct kunit *test)
{
	u64 since = rg_flow_absent_since();

	rg_flow_absent_void();
	local_bh_disable();
	rg_flow_absent_note(&test_head, TEST_NETNS, since);
	local_bh_enable();
	KUNIT_EXPECT_FALSE(test, is_absent(&test_head));
}

static void every_part_of_the_head_counts(struct kunit *test)
{
	struct rg_headers head = test_head;
	u8 *bytes = (u8 *)&head;
	u32 i;

	note(&test_head);
	for (i = 0; i < ABSENT_HEAD; i++) {
		bytes[i] ^= 1;
		KUNIT_EXPECT_FALSE_MSG(test, is_absent(&head), "byte %u", i);
		bytes[i] ^= 1;
	}
	KUNIT_EXPECT_FALSE(test, is_absent_in(&head, TEST_NETNS + 1));
	KUNIT_EXPECT_TRUE(test, is_absent(&head));
}

static void payload_does_not_count(struct kunit *test)
{
	struct rg_headers head = test_head;

	note(&head);
	head.payload_off = 28;
	head.payload_len = 100;
	head.segment_len = 100;
	KUNIT_EXPECT_TRUE(test, is_absent(&head));
}

static bool is_absent_lately(void)
{
	bool is;

	local_bh_disable();
	is = rg_flow_absent_lately(&test_head, TEST_NETNS);
	local_bh_enable();
	return is;
}

/* Time cannot be waited for here: what was noted is made older. */
static void lately_is_not_for_ever(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, is_absent_lately());
	note(&test_head);
	KUNIT_EXPECT_TRUE(test, is_absent_lately());
	local_bh_disable();
	absent_place(&test_head, TEST_NETNS)->noted -= ABSENT_LATELY + 1;
	local_bh_enable();
	KUNIT_EXPECT_FALSE(test, is_absent_lately());
	KUNIT_EXPECT_TRUE(test, is_absent(&test_head));
	note(&test_head);
	KUNIT_EXPECT_TRUE(test, is_absent_lately());
	rg_flow_absent_void();
	KUNIT_EXPECT_FALSE(test, is_absent_lately());
}

/* More than there are places: the later ones stay, none is mistaken. */
static void places_are_overwritten(struct kunit *test)
{
	struct rg_headers head = test_head;
	u32 known = 0, i;

	for (i = 0; i < 4 << ABSENT_BITS; i++) {
		head.sport = i;
		KUNIT_EXPECT_FALSE(test, is_absent(&head));
		note(&head);
		KUNIT_EXPECT_TRUE(test, is_absent(&head));
	}
	for (i = 0; i < 4 << ABSENT_BITS; i++) {
		head.sport = i;
		known += is_absent(&head);
	}
	KUNIT_EXPECT_LE(test, known, 1U << ABSENT_BITS);
	KUNIT_EXPECT_GE(test, known, 1U << (ABSENT_BITS - 1));
}

/* The places of one CPU all the time. */
static int places_up(struct kunit *test)
{
	unsigned int cpu = cpumask_first(cpu_online_mask);
	int ret;

	ret = set_cpus_allowed_ptr(current, cpumask_of(cpu));
	return ret ? ret : rg_flow_absent_init();
}

static void places_down(struct kunit *test)
{
	rg_flow_absent_exit();
}

static struct kunit_case absent_cases[] = {
	KUNIT_CASE(noted_is_absent),
	KUNIT_CASE(any_flow_that_is_added_ends_it),
	KUNIT_CASE(a_flow_added_meanwhile_is_seen),
	KUNIT_CASE(every_part_of_the_head_counts),
	KUNIT_CASE(payload_does_not_count),
	KUNIT_CASE(lately_is_not_for_ever),
	KUNIT_CASE(places_are_overwritten),
	{}
};

static struct kunit_suite absent_suite = {
	.name = "rtpguard-flow-absent",
	.init = places_up,
	.exit = places_down,
	.test_cases = absent_cases,
};

kunit_test_suite(absent_suite);
