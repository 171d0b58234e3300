// SPDX-License-Identifier: GPL-2.0
/*
 * The fuzzer's bytes as a rules file. What is accepted is within the limits, and
 * comes back the same when it is printed and read again; what is refused has a
 * message with a place in the file, and nothing is left of it.
 */
#include "conf.h"
#include "core/text.h"
#include "require.h"

#include <netinet/in.h>

/* Text that a stream is written to, and its end. */
struct text {
	char *bytes;
	size_t len;
	FILE *to;
};

static void text_open(struct text *text)
{
	text->to = open_memstream(&text->bytes, &text->len);
	require(text->to);
}

static void text_close(struct text *text)
{
	require(!fclose(text->to));
}

static void set_check(const struct rg_set *set, u32 n)
{
	require(set->n <= RTPGUARD_SET_MAX);
	require(!set->n || (set->first < n && set->n <= n - set->first));
}

static void rule_check(const struct rg_policy *policy, const struct rg_rule *rule)
{
	require(rg_text_is_name(rule->name, (u32)strlen(rule->name)));
	require(rg_text_is_comment(rule->comment, (u32)strlen(rule->comment)));
	require(rule->subjects == RG_ANY ||
		__builtin_ctz(rule->subjects) < RG_SUBJECTS);
	require(rule->classes == RG_ANY ||
		(rule->classes && !(rule->classes >> RG_CLASSES)));
	require(rule->protections == RG_ANY ||
		(rule->protections && !(rule->protections >> RG_PROTECTIONS)));
	require(rule->action <= RTPGUARD_ACTION_DROP);
	require(!rule->l4proto || rule->l4proto == IPPROTO_TCP ||
		rule->l4proto == IPPROTO_UDP || rule->l4proto == IPPROTO_UDPLITE);
	set_check(&rule->saddr, policy->n_prefixes);
	set_check(&rule->daddr, policy->n_prefixes);
	set_check(&rule->sport, policy->n_ports);
	set_check(&rule->dport, policy->n_ports);
	set_check(&rule->oifname, policy->n_ifnames);
}

/* What the module would refuse, the tool has to refuse before. */
static void policy_check(const struct rg_policy *policy)
{
	const char *name;
	u32 i;

	require(policy->n_rules <= RTPGUARD_RULES_MAX);
	for (i = 0; i < policy->n_rules; i++)
		rule_check(policy, &policy->rules[i]);
	for (i = 0; i < policy->n_prefixes; i++)
		require(!rg_policy_overlong(&policy->prefixes[i]));
	for (i = 0; i < policy->n_ports; i++)
		require(policy->ports[i].first <= policy->ports[i].last);
	for (i = 0; i < policy->n_ifnames; i++) {
		name = policy->ifnames[i].name;
		require(rg_text_is_ifname(name, (u32)strlen(name)));
	}
}

/* The elements of a set, wherever in its pool it is. */
static bool set_equal(const struct rg_set *a, const void *pool_a,
		      const struct rg_set *b, const void *pool_b, size_t size)
{
	return a->n == b->n &&
	       (!a->n || !memcmp((const u8 *)pool_a + a->first * size,
				 (const u8 *)pool_b + b->first * size,
				 a->n * size));
}

static bool rule_equal(const struct rg_policy *a, const struct rg_policy *b, u32 i)
{
	const struct rg_rule *x = &a->rules[i], *y = &b->rules[i];

	return x->subjects == y->subjects && x->classes == y->classes &&
	       x->protections == y->protections && x->l4proto == y->l4proto &&
	       x->action == y->action && x->log == y->log &&
	       !strcmp(x->name, y->name) && !strcmp(x->comment, y->comment) &&
	       set_equal(&x->saddr, a->prefixes, &y->saddr, b->prefixes,
			 sizeof(*a->prefixes)) &&
	       set_equal(&x->daddr, a->prefixes, &y->daddr, b->prefixes,
			 sizeof(*a->prefixes)) &&
	       set_equal(&x->sport, a->ports, &y->sport, b->ports,
			 sizeof(*a->ports)) &&
	       set_equal(&x->dport, a->ports, &y->dport, b->ports,
			 sizeof(*a->ports)) &&
	       set_equal(&x->oifname, a->ifnames, &y->oifname, b->ifnames,
			 sizeof(*a->ifnames));
}

static bool default_equal(const struct rg_default *a, const struct rg_default *b)
{
	return a->action == b->action && a->log == b->log;
}

static void conf_check_equal(const struct conf *a, const struct conf *b)
{
	u32 i;

	require(a->has_mode == b->has_mode && a->mode == b->mode);
	require(a->policy.n_rules == b->policy.n_rules);
	for (i = 0; i < a->policy.n_rules; i++)
		require(rule_equal(&a->policy, &b->policy, i));
	for (i = 0; i < RG_SUBJECTS * RG_PROTECTIONS; i++)
		require(default_equal(&a->policy.defaults[0][0] + i,
				      &b->policy.defaults[0][0] + i));
}

static void printed_again(const struct conf *conf)
{
	struct text first, second, errors;
	struct conf again;

	text_open(&first);
	policy_print(first.to, conf);
	text_close(&first);
	text_open(&errors);
	require(!conf_parse("printed", first.bytes, first.len, &again, errors.to));
	text_close(&errors);
	conf_check_equal(conf, &again);
	text_open(&second);
	policy_print(second.to, &again);
	text_close(&second);
	require(first.len == second.len &&
		!memcmp(first.bytes, second.bytes, first.len));
	conf_free(&again);
	free(first.bytes);
	free(second.bytes);
	free(errors.bytes);
}

/* "fuzz:LINE:COLUMN: error: ...", both from 1, then the line and a caret. */
static void message_check(const struct text *errors, size_t size)
{
	u32 line, column;
	int at = 0;

	require(sscanf(errors->bytes, "fuzz:%u:%u: error: %n", &line, &column,
		       &at) == 2 && at);
	require(line >= 1 && line <= size + 1);
	require(column >= 1 && column <= size + 1);
	require(errors->len >= 2 &&
		!memcmp(errors->bytes + errors->len - 2, "^\n", 2));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	char *copy = malloc(size ? size : 1);
	struct text errors;
	struct conf conf;
	int ret;

	/* Of its own length, which nothing terminates. */
	require(copy);
	if (size)
		memcpy(copy, data, size);
	text_open(&errors);
	ret = conf_parse("fuzz", copy, size, &conf, errors.to);
	text_close(&errors);
	if (ret) {
		message_check(&errors, size);
	} else {
		require(!errors.len);
		policy_check(&conf.policy);
		printed_again(&conf);
		conf_free(&conf);
	}
	free(errors.bytes);
	free(copy);
	return 0;
}
