// SPDX-License-Identifier: GPL-2.0
/* What a rule matches, and what each mode makes of a packet. */
#include "core/policy.h"
#include "kselftest_harness.h"

FIXTURE(policy)
{
	struct rg_policy policy;
	struct rg_rule rules[2];
	struct rg_prefix prefixes[2];
	struct rg_ports ports[2];
	struct rg_ifname ifnames[2];
	struct rg_query query;
	struct rg_match match;
};

FIXTURE_SETUP(policy)
{
	static const struct rg_rule any = {
		.subjects = RG_ANY, .classes = RG_ANY, .protections = RG_ANY,
		.action = RTPGUARD_ACTION_ACCEPT, .name = "any",
	};

	memset(self, 0, sizeof(*self));
	rg_policy_defaults(&self->policy);
	self->rules[0] = any;
	self->rules[1] = any;
	self->policy.rules = self->rules;
	self->policy.prefixes = self->prefixes;
	self->policy.ports = self->ports;
	self->policy.ifnames = self->ifnames;
	self->policy.n_rules = 1;
	self->query.family = 4;
	self->query.l4proto = 17;
	self->query.class = RTPGUARD_CLASS_RTP;
	self->query.protection = RTPGUARD_PROTECTION_CLEAR;
	memcpy(self->query.daddr, "\xc0\x00\x02\x0a", 4);
}

FIXTURE_TEARDOWN(policy)
{
}

static bool matches(struct _test_data_policy *self)
{
	rg_policy_eval(&self->policy, &self->query, &self->match);
	return self->match.rule >= 0;
}

TEST_F(policy, no_rule_means_default)
{
	self->policy.n_rules = 0;
	EXPECT_FALSE(matches(self));
	EXPECT_EQ(self->match.action, RTPGUARD_ACTION_DROP);
	self->query.subject = RTPGUARD_SUBJECT_CONTROL;
	EXPECT_FALSE(matches(self));
	EXPECT_EQ(self->match.action, RTPGUARD_ACTION_ACCEPT);
	EXPECT_TRUE(self->match.log);
	self->query.subject = RTPGUARD_SUBJECT_EMERGENCY;
	matches(self);
	EXPECT_EQ(self->match.action, RTPGUARD_ACTION_ACCEPT);
}

TEST_F(policy, first_match_wins)
{
	self->policy.n_rules = 2;
	self->rules[0].protections = 1u << RTPGUARD_PROTECTION_NULL;
	self->rules[1].action = RTPGUARD_ACTION_DROP;
	EXPECT_TRUE(matches(self));
	EXPECT_EQ(self->match.rule, 1);
	self->rules[0].protections |= 1u << RTPGUARD_PROTECTION_CLEAR;
	EXPECT_TRUE(matches(self));
	EXPECT_EQ(self->match.rule, 0);
}

TEST_F(policy, every_prefix_length)
{
	u32 len, bit;

	self->rules[0].daddr.n = 1;
	for (len = 0; len <= 128; len++) {
		self->query.family = 6;
		memset(self->query.daddr, 0xff, 16);
		memset(&self->prefixes[0], 0, sizeof(self->prefixes[0]));
		self->prefixes[0].family = 6;
		self->prefixes[0].len = len;
		for (bit = 0; bit < len; bit++)
			self->prefixes[0].addr[bit / 8] |= 0x80 >> bit % 8;
		EXPECT_FALSE(rg_policy_overlong(&self->prefixes[0]));
		EXPECT_TRUE(matches(self));
		/* The first bit beyond does not count, the last within does. */
		if (len < 128) {
			self->query.daddr[len / 8] ^= 0x80 >> len % 8;
			EXPECT_TRUE(matches(self));
			self->prefixes[0].addr[len / 8] |= 0x80 >> len % 8;
			EXPECT_TRUE(rg_policy_overlong(&self->prefixes[0]));
			self->prefixes[0].addr[len / 8] ^= 0x80 >> len % 8;
		}
		if (len) {
			self->query.daddr[(len - 1) / 8] ^= 0x80 >> (len - 1) % 8;
			EXPECT_FALSE(matches(self));
		}
	}
	EXPECT_TRUE(self->match.named || !matches(self));
}

TEST_F(policy, prefix_lengths_fit_their_family)
{
	struct rg_prefix prefix = { .family = 4, .len = 33 };

	EXPECT_TRUE(rg_policy_overlong(&prefix));
	prefix.len = 32;
	EXPECT_FALSE(rg_policy_overlong(&prefix));
	prefix.family = 6;
	prefix.len = 129;
	EXPECT_TRUE(rg_policy_overlong(&prefix));
}

TEST_F(policy, families_do_not_mix)
{
	self->rules[0].daddr.n = 1;
	self->prefixes[0].family = 6;
	EXPECT_FALSE(matches(self));
	self->prefixes[0].family = 4;
	EXPECT_TRUE(matches(self));
}

TEST_F(policy, ports_have_both_ends)
{
	static const struct {
		u16 port;
		bool match;
	} cases[] = { { 4999, false }, { 5000, true }, { 5010, true },
		      { 5011, false }, { 0, false }, { 65535, false } };
	u32 i;

	self->rules[0].dport.n = 1;
	self->ports[0].first = 5000;
	self->ports[0].last = 5010;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		self->query.dport = cases[i].port;
		EXPECT_EQ(matches(self), cases[i].match);
	}
}

TEST_F(policy, transport_protocol)
{
	self->rules[0].l4proto = 136;
	EXPECT_FALSE(matches(self));
	self->query.l4proto = 136;
	EXPECT_TRUE(matches(self));
}

TEST_F(policy, device_names)
{
	static const struct {
		const char *pattern, *name;
		bool match;
	} cases[] = {
		{ "eth0", "eth0", true }, { "eth0", "eth", false },
		{ "eth0", "eth00", false }, { "eth*", "eth0", true },
		{ "eth*", "eth", true }, { "eth*", "et", false },
		{ "*", "wlan0", true }, { "eth0", NULL, false },
		{ "abcdefghijklmno", "abcdefghijklmno", true },
	};
	u32 i;

	self->rules[0].oifname.n = 1;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		memset(&self->ifnames[0], 0, sizeof(self->ifnames[0]));
		memcpy(self->ifnames[0].name, cases[i].pattern,
		       strlen(cases[i].pattern));
		self->query.oifname = cases[i].name;
		EXPECT_EQ(matches(self), cases[i].match);
	}
}

struct verdict_case {
	u8 mode, shape, class, protection;
	bool hold;
	u8 action;
	s32 rule;
	bool named;
	u8 want;
};

TEST(verdicts_by_mode)
{
	enum { ACC = RTPGUARD_ACTION_ACCEPT, DRP = RTPGUARD_ACTION_DROP };
	enum { OFF = RTPGUARD_MODE_OFF, MON = RTPGUARD_MODE_MONITOR,
	       ENF = RTPGUARD_MODE_ENFORCE, STR = RTPGUARD_MODE_STRICT };
	enum { UNK = RTPGUARD_CLASS_UNKNOWN, RTP = RTPGUARD_CLASS_RTP };
	enum { CLR = RTPGUARD_PROTECTION_CLEAR,
	       UND = RTPGUARD_PROTECTION_UNDETERMINED,
	       UNI = RTPGUARD_PROTECTION_UNIFORM,
	       PRO = RTPGUARD_PROTECTION_PROTECTED,
	       SUS = RTPGUARD_PROTECTION_SUSPECTED };
	enum { S = RG_SHAPE_RTP };
	static const struct verdict_case cases[] = {
		{ OFF, S, RTP, CLR, 1, DRP, -1, 0, RTPGUARD_VERDICT_ACCEPT },
		{ MON, S, RTP, CLR, 1, DRP, -1, 0, RTPGUARD_VERDICT_WOULD_DROP },
		{ MON, S, RTP, UND, 1, ACC, -1, 0, RTPGUARD_VERDICT_WOULD_HOLD },
		{ MON, S, RTP, UND, 0, ACC, -1, 0, RTPGUARD_VERDICT_ACCEPT },
		{ MON, S, RTP, UNI, 1, ACC, -1, 0, RTPGUARD_VERDICT_ACCEPT },
		{ ENF, S, RTP, CLR, 1, DRP, -1, 0, RTPGUARD_VERDICT_DROP },
		{ ENF, S, RTP, CLR, 1, ACC, 0, 0, RTPGUARD_VERDICT_ACCEPT },
		{ ENF, S, RTP, SUS, 1, DRP, -1, 0, RTPGUARD_VERDICT_DROP },
		{ ENF, S, UNK, UND, 1, DRP, 0, 0, RTPGUARD_VERDICT_ACCEPT },
		{ ENF, S, RTP, UND, 1, ACC, -1, 0, RTPGUARD_VERDICT_ACCEPT },
		{ STR, S, UNK, UND, 1, ACC, -1, 0, RTPGUARD_VERDICT_HOLD },
		{ STR, S, UNK, UND, 0, ACC, -1, 0, RTPGUARD_VERDICT_ACCEPT },
		{ STR, S, RTP, UND, 1, ACC, -1, 0, RTPGUARD_VERDICT_HOLD },
		{ STR, S, RTP, UND, 1, ACC, 0, 0, RTPGUARD_VERDICT_HOLD },
		{ STR, S, RTP, UND, 1, ACC, 0, 1, RTPGUARD_VERDICT_ACCEPT },
		{ STR, S, RTP, CLR, 1, DRP, -1, 0, RTPGUARD_VERDICT_DROP },
		{ STR, S, RTP, CLR, 1, ACC, 0, 1, RTPGUARD_VERDICT_ACCEPT },
		{ STR, S, RTP, UNI, 1, ACC, -1, 0, RTPGUARD_VERDICT_ACCEPT },
		{ STR, S, RTP, PRO, 1, ACC, -1, 0, RTPGUARD_VERDICT_ACCEPT },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct verdict_case *c = &cases[i];
		struct rg_answer ans = { .shape = c->shape, .class = c->class,
					 .protection = c->protection,
					 .hold = c->hold };
		struct rg_match match = { .rule = c->rule, .action = c->action,
					  .named = c->named };

		EXPECT_EQ(rg_policy_verdict(c->mode, &ans, &match), c->want)
			TH_LOG("case %u", i);
	}
}

TEST_HARNESS_MAIN
