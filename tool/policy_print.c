// SPDX-License-Identifier: GPL-2.0
#include "conf.h"
#include "names.h"

#include <arpa/inet.h>

#define ALL_PROTECTIONS ((1u << RG_PROTECTIONS) - 1)

/* One element as it is, more of them in braces. */
static void open_set(FILE *to, u32 n)
{
	fputs(n == 1 ? " " : " { ", to);
}

static void close_set(FILE *to, u32 n)
{
	if (n != 1)
		fputs(" }", to);
}

static void bitmap_print(FILE *to, u32 bitmap, const char *const *names)
{
	const char *comma = "";
	u32 n = (u32)__builtin_popcount(bitmap);
	u32 i;

	open_set(to, n);
	for (i = 0; i < 32; i++) {
		if (!(bitmap & 1u << i))
			continue;
		fprintf(to, "%s%s", comma, name_of(names, i));
		comma = ", ";
	}
	close_set(to, n);
}

static void protections_print(FILE *to, u32 bitmap)
{
	if ((bitmap & ALL_PROTECTIONS) == ALL_PROTECTIONS)
		fputs(" any", to);
	else if (bitmap == RG_UNPROTECTED)
		fputs(" unprotected", to);
	else
		bitmap_print(to, bitmap, protection_names);
}

static void prefix_print(FILE *to, const struct rg_prefix *prefix)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(prefix->family == 6 ? AF_INET6 : AF_INET, prefix->addr, text,
		  sizeof(text));
	fputs(text, to);
	if (prefix->len != (prefix->family == 6 ? 128 : 32))
		fprintf(to, "/%u", prefix->len);
}

/*
 * A set of one family reads back as it is written. A mixed one comes from a
 * define, and only a define may mix: it gets one again.
 */
static int set_family(const struct rg_policy *policy, const struct rg_set *set)
{
	int family = policy->prefixes[set->first].family;
	u32 i;

	for (i = 1; i < set->n; i++) {
		if (policy->prefixes[set->first + i].family != family)
			return 0;
	}
	return family;
}

static void prefixes_print(FILE *to, const struct rg_policy *policy,
			   const struct rg_set *set)
{
	u32 i;

	open_set(to, set->n);
	for (i = 0; i < set->n; i++) {
		if (i)
			fputs(", ", to);
		prefix_print(to, &policy->prefixes[set->first + i]);
	}
	close_set(to, set->n);
}

static void addrs_print(FILE *to, const struct rg_policy *policy,
			const struct rg_rule *rule, const struct rg_set *set,
			const char *side)
{
	int family;

	if (!set->n)
		return;
	family = set_family(policy, set);
	fprintf(to, "\t%s %s", family == 6 ? "ip6" : "ip", side);
	if (family)
		prefixes_print(to, policy, set);
	else
		fprintf(to, " $%s_%s", rule->name, side);
	fputc('\n', to);
}

static void define_print(FILE *to, const struct rg_policy *policy,
			 const struct rg_rule *rule, const struct rg_set *set,
			 const char *side)
{
	if (!set->n || set_family(policy, set))
		return;
	fprintf(to, "define %s_%s =", rule->name, side);
	prefixes_print(to, policy, set);
	fputc('\n', to);
}

/* Without a protocol a rule's ports are those of any. */
static const char *ports_word(const struct rg_rule *rule)
{
	return rule->l4proto ? l4proto_name(rule->l4proto) : "th";
}

static void ports_print(FILE *to, const struct rg_policy *policy,
			const struct rg_rule *rule, const struct rg_set *set,
			const char *side)
{
	const struct rg_ports *ports;
	u32 i;

	if (!set->n)
		return;
	fprintf(to, "\t%s %s", ports_word(rule), side);
	open_set(to, set->n);
	for (i = 0; i < set->n; i++) {
		ports = &policy->ports[set->first + i];
		fprintf(to, "%s%u", i ? ", " : "", ports->first);
		if (ports->first != ports->last)
			fprintf(to, "-%u", ports->last);
	}
	close_set(to, set->n);
	fputc('\n', to);
}

static void ifnames_print(FILE *to, const struct rg_policy *policy,
			  const struct rg_set *set)
{
	u32 i;

	if (!set->n)
		return;
	fputs("\toifname", to);
	open_set(to, set->n);
	for (i = 0; i < set->n; i++)
		fprintf(to, "%s\"%s\"", i ? ", " : "",
			policy->ifnames[set->first + i].name);
	close_set(to, set->n);
	fputc('\n', to);
}

/* "media unprotected" where one subject is named, else "protection ..." */
static void subject_print(FILE *to, const struct rg_rule *rule)
{
	if (rule->subjects != RG_ANY) {
		fprintf(to, "\t%s", name_of(subject_names,
					    __builtin_ctz(rule->subjects)));
		protections_print(to, rule->protections);
		fputc('\n', to);
	} else if (rule->protections != RG_ANY) {
		fputs("\tprotection", to);
		protections_print(to, rule->protections);
		fputc('\n', to);
	}
}

/**
 * policy_rule_print() - print a rule as a rules file has it
 * @to: stream
 * @policy: that the rule is of
 * @rule: the rule
 */
void policy_rule_print(FILE *to, const struct rg_policy *policy,
		       const struct rg_rule *rule)
{
	define_print(to, policy, rule, &rule->saddr, "saddr");
	define_print(to, policy, rule, &rule->daddr, "daddr");
	fprintf(to, "rule %s {\n", rule->name);
	subject_print(to, rule);
	if (rule->classes != RG_ANY) {
		fputs("\tclass", to);
		bitmap_print(to, rule->classes, class_names);
		fputc('\n', to);
	}
	addrs_print(to, policy, rule, &rule->saddr, "saddr");
	addrs_print(to, policy, rule, &rule->daddr, "daddr");
	/* A protocol has no word of its own: any port of it says the same. */
	if (rule->l4proto && !rule->sport.n && !rule->dport.n)
		fprintf(to, "\t%s sport 0-65535\n", ports_word(rule));
	ports_print(to, policy, rule, &rule->sport, "sport");
	ports_print(to, policy, rule, &rule->dport, "dport");
	ifnames_print(to, policy, &rule->oifname);
	if (rule->log)
		fputs("\tlog\n", to);
	fprintf(to, "\t%s\n", name_of(action_names, rule->action));
	if (rule->comment[0])
		fprintf(to, "\tcomment \"%s\"\n", rule->comment);
	fputs("}\n", to);
}

static bool default_equal(const struct rg_default *a, const struct rg_default *b)
{
	return a->action == b->action && a->log == b->log;
}

/* The protections from @i on that are treated like it, as one line. */
static u32 default_print(FILE *to, u32 subject, const struct rg_default *row,
			 u32 i)
{
	u32 bitmap = 0;
	u32 j;

	for (j = i; j < RG_PROTECTIONS; j++)
		bitmap |= (u32)default_equal(&row[i], &row[j]) << j;
	fprintf(to, "\t%s", name_of(subject_names, subject));
	protections_print(to, bitmap);
	fprintf(to, "%s %s\n", row[i].log ? " log" : "",
		name_of(action_names, row[i].action));
	return bitmap;
}

static void defaults_print(FILE *to, const struct rg_policy *policy)
{
	u32 subject, i, done;

	fputs("default {\n", to);
	for (subject = 0; subject < RG_SUBJECTS; subject++) {
		done = 0;
		for (i = 0; i < RG_PROTECTIONS; i++) {
			if (!(done & 1u << i))
				done |= default_print(to, subject,
						      policy->defaults[subject],
						      i);
		}
	}
	fputs("}\n", to);
}

/**
 * policy_print() - print a ruleset so that `load` takes it
 * @to: stream
 * @conf: the ruleset
 *
 * Printed, loaded and printed again it is the same, byte for byte.
 */
void policy_print(FILE *to, const struct conf *conf)
{
	u32 i;

	if (conf->has_mode)
		fprintf(to, "mode %s\n", name_of(mode_names, conf->mode));
	for (i = 0; i < conf->policy.n_rules; i++)
		policy_rule_print(to, &conf->policy, &conf->policy.rules[i]);
	defaults_print(to, &conf->policy);
}
