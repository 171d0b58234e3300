// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the ruleset, in kernels that have KUnit built in.
 *
 * They load into a ruleset of their own: ruleset.c once more, with other names.
 * The one in force does not notice.
 */
#define rg_ruleset_init		ruleset_kunit_init
#define rg_ruleset_exit		ruleset_kunit_exit
#define rg_ruleset_get		ruleset_kunit_get
#define rg_ruleset_set_mode	ruleset_kunit_set_mode
#define rg_ruleset_load		ruleset_kunit_load
#define rg_ruleset_count	ruleset_kunit_count
#define rg_ruleset_rule_count	ruleset_kunit_rule_count
#include "ruleset.h"

#include <kunit/test.h>
#include <linux/in.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <net/netlink.h>

#undef module_param
#define module_param(...)
#undef MODULE_PARM_DESC
#define MODULE_PARM_DESC(...)

#include "ruleset.c"

/* The largest message that is built here: one rule more than there may be. */
#define MESSAGE_SIZE	(64 * (RTPGUARD_RULES_MAX + 1))
#define READERS		2
#define REPLACEMENTS	200
#define RULES_MOST	7

/* A load being put together. */
struct load {
	struct kunit *test;
	struct sk_buff *skb;
	struct nlmsghdr *nlh;
	struct rg_ruleset_request req;
	struct netlink_ext_ack extack;
	u64 generation;
};

static void load_begin(struct load *load, struct kunit *test)
{
	memset(load, 0, sizeof(*load));
	load->test = test;
	load->skb = nlmsg_new(MESSAGE_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, load->skb);
	load->nlh = nlmsg_put(load->skb, 0, 0, 0, 0, 0);
	KUNIT_ASSERT_NOT_NULL(test, load->nlh);
}

static int load_end(struct load *load)
{
	int ret;

	nlmsg_end(load->skb, load->nlh);
	load->req.attrs = nlmsg_data(load->nlh);
	load->req.len = nlmsg_len(load->nlh);
	ret = rg_ruleset_load(&load->req, &load->generation, &load->extack);
	nlmsg_free(load->skb);
	return ret;
}

static struct nlattr *rule_begin(struct load *load, const char *name, u8 action)
{
	struct nlattr *nest;

	nest = nla_nest_start(load->skb, RTPGUARD_A_RULESET_RULE);
	KUNIT_ASSERT_NOT_NULL(load->test, nest);
	KUNIT_ASSERT_EQ(load->test, 0,
			nla_put_string(load->skb, RTPGUARD_A_RULE_NAME, name));
	KUNIT_ASSERT_EQ(load->test, 0,
			nla_put_u8(load->skb, RTPGUARD_A_RULE_ACTION, action));
	return nest;
}

static void rule_put(struct load *load, const char *name, u8 action)
{
	nla_nest_end(load->skb, rule_begin(load, name, action));
}

/* Rules r0, r1 and so on, all of which accept anything. */
static int load_rules(struct kunit *test, u32 n)
{
	struct load load;
	char name[8];
	u32 i;

	load_begin(&load, test);
	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "r%u", i);
		rule_put(&load, name, RTPGUARD_ACTION_ACCEPT);
	}
	return load_end(&load);
}

static int load_ports(struct kunit *test, u32 n)
{
	struct nlattr *rule, *nest;
	struct load load;
	u32 i;

	load_begin(&load, test);
	rule = rule_begin(&load, "ports", RTPGUARD_ACTION_DROP);
	for (i = 0; i < n; i++) {
		nest = nla_nest_start(load.skb, RTPGUARD_A_RULE_DPORT);
		KUNIT_ASSERT_NOT_NULL(test, nest);
		nla_put_u16(load.skb, RTPGUARD_A_PORT_RANGE_FIRST, i);
		nla_put_u16(load.skb, RTPGUARD_A_PORT_RANGE_LAST, i);
		nla_nest_end(load.skb, nest);
	}
	nla_nest_end(load.skb, rule);
	return load_end(&load);
}

/* Only this test replaces it: it stays until then. */
static const struct rg_ruleset *in_force(void)
{
	const struct rg_ruleset *ruleset;

	rcu_read_lock();
	ruleset = rg_ruleset_get();
	rcu_read_unlock();
	return ruleset;
}

static void match_port(u16 dport, struct rg_match *match)
{
	struct rg_query query = {
		.family = 4,
		.l4proto = IPPROTO_UDP,
		.dport = dport,
		.subject = RTPGUARD_SUBJECT_MEDIA,
		.class = RTPGUARD_CLASS_RTP,
		.protection = RTPGUARD_PROTECTION_CLEAR,
	};

	rg_policy_eval(&in_force()->policy, &query, match);
}

static int ruleset_up(struct kunit *test)
{
	mode = "monitor";
	KUNIT_ASSERT_EQ(test, rg_ruleset_init(), 0);
	return 0;
}

static void ruleset_down(struct kunit *test)
{
	rg_ruleset_exit();
	rcu_barrier();
}

static void a_fresh_one_has_defaults(struct kunit *test)
{
	struct rg_policy policy = {};

	rg_policy_defaults(&policy);
	KUNIT_EXPECT_EQ(test, in_force()->generation, 1);
	KUNIT_EXPECT_EQ(test, in_force()->mode, RTPGUARD_MODE_MONITOR);
	KUNIT_EXPECT_EQ(test, in_force()->policy.n_rules, 0);
	KUNIT_EXPECT_MEMEQ(test, in_force()->policy.defaults, policy.defaults,
			   sizeof(policy.defaults));
}

static void the_parameter_is_a_mode(struct kunit *test)
{
	rg_ruleset_exit();
	mode = "nonsense";
	KUNIT_EXPECT_EQ(test, rg_ruleset_init(), -EINVAL);
	mode = "strict";
	KUNIT_ASSERT_EQ(test, rg_ruleset_init(), 0);
	KUNIT_EXPECT_EQ(test, in_force()->mode, RTPGUARD_MODE_STRICT);
}

static void a_load_replaces_all(struct kunit *test)
{
	struct load load;

	load_begin(&load, test);
	rule_put(&load, "one", RTPGUARD_ACTION_DROP);
	rule_put(&load, "two", RTPGUARD_ACTION_ACCEPT);
	KUNIT_ASSERT_EQ(test, load_end(&load), 0);
	KUNIT_EXPECT_EQ(test, load.generation, 2);
	KUNIT_EXPECT_EQ(test, in_force()->generation, 2);
	KUNIT_ASSERT_EQ(test, in_force()->policy.n_rules, 2);
	KUNIT_EXPECT_STREQ(test, in_force()->policy.rules[0].name, "one");
	KUNIT_EXPECT_STREQ(test, in_force()->policy.rules[1].name, "two");
	KUNIT_EXPECT_EQ(test, in_force()->policy.rules[0].action,
			RTPGUARD_ACTION_DROP);
	KUNIT_ASSERT_EQ(test, load_rules(test, 1), 0);
	KUNIT_EXPECT_EQ(test, in_force()->generation, 3);
	KUNIT_EXPECT_EQ(test, in_force()->policy.n_rules, 1);
}

static void the_mode_stays_unless_told(struct kunit *test)
{
	struct load load;

	rg_ruleset_set_mode(RTPGUARD_MODE_ENFORCE);
	KUNIT_EXPECT_EQ(test, in_force()->mode, RTPGUARD_MODE_ENFORCE);
	KUNIT_EXPECT_EQ(test, in_force()->generation, 1);
	KUNIT_ASSERT_EQ(test, load_rules(test, 1), 0);
	KUNIT_EXPECT_EQ(test, in_force()->mode, RTPGUARD_MODE_ENFORCE);
	load_begin(&load, test);
	load.req.has_mode = true;
	load.req.mode = RTPGUARD_MODE_OFF;
	KUNIT_ASSERT_EQ(test, load_end(&load), 0);
	KUNIT_EXPECT_EQ(test, in_force()->mode, RTPGUARD_MODE_OFF);
}

/* The second rule is bad: nothing of the load is in force, the mode neither. */
static void a_refusal_changes_nothing(struct kunit *test)
{
	const struct rg_ruleset *before = in_force();
	struct load load;

	load_begin(&load, test);
	load.req.has_mode = true;
	load.req.mode = RTPGUARD_MODE_OFF;
	rule_put(&load, "twin", RTPGUARD_ACTION_DROP);
	rule_put(&load, "twin", RTPGUARD_ACTION_DROP);
	KUNIT_EXPECT_EQ(test, load_end(&load), -EINVAL);
	KUNIT_EXPECT_STREQ(test, load.extack._msg, "rule name is used twice");
	KUNIT_EXPECT_PTR_EQ(test, in_force(), before);
	KUNIT_EXPECT_EQ(test, before->mode, RTPGUARD_MODE_MONITOR);
	KUNIT_EXPECT_EQ(test, before->generation, 1);
}

static int load_expecting(struct kunit *test, u64 generation)
{
	struct {
		struct nlattr attr;
		u64 value;
	} __packed expected = {
		.attr = {
			.nla_len = sizeof(expected),
			.nla_type = RTPGUARD_A_RULESET_EXPECTED_GENERATION,
		},
		.value = generation,
	};
	struct load load;

	load_begin(&load, test);
	load.req.expected = &expected.attr;
	return load_end(&load);
}

static void the_generation_is_compared(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, load_expecting(test, 2), -EAGAIN);
	KUNIT_EXPECT_EQ(test, load_expecting(test, 0), -EAGAIN);
	KUNIT_EXPECT_EQ(test, in_force()->generation, 1);
	KUNIT_EXPECT_EQ(test, load_expecting(test, 1), 0);
	KUNIT_EXPECT_EQ(test, load_expecting(test, 1), -EAGAIN);
	KUNIT_EXPECT_EQ(test, in_force()->generation, 2);
}

static void rules_are_limited(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, load_rules(test, RTPGUARD_RULES_MAX), 0);
	KUNIT_EXPECT_EQ(test, in_force()->policy.n_rules, RTPGUARD_RULES_MAX);
	KUNIT_EXPECT_EQ(test, load_rules(test, RTPGUARD_RULES_MAX + 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, in_force()->policy.n_rules, RTPGUARD_RULES_MAX);
}

static void sets_are_limited(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, load_ports(test, RTPGUARD_SET_MAX), 0);
	KUNIT_EXPECT_EQ(test, in_force()->policy.n_ports, RTPGUARD_SET_MAX);
	KUNIT_EXPECT_EQ(test, load_ports(test, RTPGUARD_SET_MAX + 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, in_force()->policy.n_ports, RTPGUARD_SET_MAX);
}

static void the_first_match_decides(struct kunit *test)
{
	struct nlattr *rule, *nest;
	struct rg_match match;
	struct load load;

	load_begin(&load, test);
	rule = rule_begin(&load, "port", RTPGUARD_ACTION_ACCEPT);
	nest = nla_nest_start(load.skb, RTPGUARD_A_RULE_DPORT);
	KUNIT_ASSERT_NOT_NULL(test, nest);
	nla_put_u16(load.skb, RTPGUARD_A_PORT_RANGE_FIRST, 4000);
	nla_put_u16(load.skb, RTPGUARD_A_PORT_RANGE_LAST, 4001);
	nla_nest_end(load.skb, nest);
	nla_nest_end(load.skb, rule);
	rule_put(&load, "all", RTPGUARD_ACTION_DROP);
	rule_put(&load, "never", RTPGUARD_ACTION_ACCEPT);
	KUNIT_ASSERT_EQ(test, load_end(&load), 0);
	match_port(4001, &match);
	KUNIT_EXPECT_EQ(test, match.rule, 0);
	KUNIT_EXPECT_EQ(test, match.action, RTPGUARD_ACTION_ACCEPT);
	match_port(4002, &match);
	KUNIT_EXPECT_EQ(test, match.rule, 1);
	KUNIT_EXPECT_EQ(test, match.action, RTPGUARD_ACTION_DROP);
	KUNIT_ASSERT_EQ(test, load_rules(test, 0), 0);
	match_port(4001, &match);
	KUNIT_EXPECT_EQ(test, match.rule, -1);
}

static void count_twice(u32 rule)
{
	local_bh_disable();
	rcu_read_lock();
	rg_ruleset_count(rg_ruleset_get(), rule, 100);
	rg_ruleset_count(rg_ruleset_get(), rule, 60);
	rcu_read_unlock();
	local_bh_enable();
}

static void each_rule_counts_for_itself(struct kunit *test)
{
	struct rg_count count;
	u32 i;

	KUNIT_ASSERT_EQ(test, load_rules(test, 3), 0);
	count_twice(1);
	for (i = 0; i < 3; i++) {
		rg_ruleset_rule_count(in_force(), i, &count);
		KUNIT_EXPECT_EQ(test, count.packets, i == 1 ? 2 : 0);
		KUNIT_EXPECT_EQ(test, count.bytes, i == 1 ? 160 : 0);
	}
	/* The next ruleset begins with nothing. */
	KUNIT_ASSERT_EQ(test, load_rules(test, 3), 0);
	rg_ruleset_rule_count(in_force(), 1, &count);
	KUNIT_EXPECT_EQ(test, count.packets, 0);
}

/* How many rules a generation has in the test of replacements. */
static u32 rules_of(u64 generation)
{
	return generation == 1 ? 0 : 1 + (u32)generation % RULES_MOST;
}

static bool is_of_one_load(const struct rg_ruleset *ruleset)
{
	u32 n = ruleset->policy.n_rules;

	return n == rules_of(ruleset->generation) &&
	       (!n || !strcmp(ruleset->policy.rules[0].name, "r0"));
}

struct reader {
	struct task_struct *task;
	u32 seen; /* READ_ONCE */
	u32 torn; /* written by the reader, read when it has ended */
	u64 last;
};

static int read_on(void *arg)
{
	const struct rg_ruleset *ruleset;
	struct reader *reader = arg;

	while (!kthread_should_stop()) {
		rcu_read_lock();
		ruleset = rg_ruleset_get();
		if (!is_of_one_load(ruleset) ||
		    ruleset->generation < reader->last)
			reader->torn++;
		reader->last = ruleset->generation;
		rcu_read_unlock();
		WRITE_ONCE(reader->seen, reader->seen + 1);
		cond_resched();
	}
	return 0;
}

/* Readers see one load or the other, never a mix, and never what was freed. */
static void readers_see_whole_rulesets(struct kunit *test)
{
	struct reader *readers;
	u32 i;

	readers = kunit_kcalloc(test, READERS, sizeof(*readers), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, readers);
	for (i = 0; i < READERS; i++) {
		readers[i].task = kthread_run(read_on, &readers[i],
					      "rtpguard-kunit/%u", i);
		KUNIT_EXPECT_NOT_ERR_OR_NULL(test, readers[i].task);
	}
	for (i = 2; i < 2 + REPLACEMENTS; i++)
		KUNIT_EXPECT_EQ(test, load_rules(test, rules_of(i)), 0);
	for (i = 0; i < READERS; i++) {
		if (IS_ERR(readers[i].task))
			continue;
		while (!READ_ONCE(readers[i].seen))
			schedule_timeout_uninterruptible(1);
		kthread_stop(readers[i].task);
		KUNIT_EXPECT_EQ(test, readers[i].torn, 0);
	}
	KUNIT_EXPECT_EQ(test, in_force()->generation, 1 + REPLACEMENTS);
}

static struct kunit_case ruleset_cases[] = {
	KUNIT_CASE(a_fresh_one_has_defaults),
	KUNIT_CASE(the_parameter_is_a_mode),
	KUNIT_CASE(a_load_replaces_all),
	KUNIT_CASE(the_mode_stays_unless_told),
	KUNIT_CASE(a_refusal_changes_nothing),
	KUNIT_CASE(the_generation_is_compared),
	KUNIT_CASE(rules_are_limited),
	KUNIT_CASE(sets_are_limited),
	KUNIT_CASE(the_first_match_decides),
	KUNIT_CASE(each_rule_counts_for_itself),
	KUNIT_CASE(readers_see_whole_rulesets),
	{}
};

static struct kunit_suite ruleset_suite = {
	.name = "rtpguard-ruleset",
	.init = ruleset_up,
	.exit = ruleset_down,
	.test_cases = ruleset_cases,
};

kunit_test_suite(ruleset_suite);
