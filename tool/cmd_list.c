// SPDX-License-Identifier: GPL-2.0
#include "flow_print.h"
#include "json_print.h"
#include "names.h"
#include "nl.h"
#include "rtpguard.h"

#include <stdlib.h>
#include <string.h>

/* What a walk prints into: lines as they come, or one array at the end. */
struct listing {
	const struct options *opt;
	json_t *array;
};

static void flow_list(const struct nl_flow *flow, void *arg)
{
	struct listing *listing = arg;

	if (listing->array)
		json_array_append_new(listing->array, flow_json(flow));
	else
		flow_print(flow, listing->opt->numeric);
}

static int list_flows(struct nl *nl, struct listing *listing)
{
	int ret = nl_walk_flows(nl, flow_list, listing);

	if (!ret && listing->array)
		json_print(json_pack("{s:O}", "flows", listing->array));
	return ret;
}

static void counter_list(const struct nl_counter *counter, void *arg)
{
	struct listing *listing = arg;
	const char *direction = name_of(direction_names, counter->direction);
	const char *class = name_of(class_names, counter->class);
	const char *protection = name_of(protection_names, counter->protection);
	const char *verdict = name_of(verdict_names, counter->verdict);

	if (listing->array)
		json_array_append_new(listing->array,
				      json_pack("{s:s, s:s, s:s, s:s, s:I, s:I}",
						"direction", direction,
						"class", class,
						"protection", protection,
						"verdict", verdict,
						"packets",
						(json_int_t)counter->packets,
						"bytes",
						(json_int_t)counter->bytes));
	else
		printf("%-9s %-10s %-12s %-10s %12llu %14llu\n",
		       direction, class, protection, verdict, counter->packets,
		       counter->bytes);
}

static int list_counters(struct nl *nl, struct listing *listing)
{
	int ret;

	if (!listing->array)
		printf("%-9s %-10s %-12s %-10s %12s %14s\n", "direction",
		       "class", "protection", "verdict", "packets", "bytes");
	ret = nl_walk_counters(nl, counter_list, listing);
	if (!ret && listing->array)
		json_print(json_pack("{s:O}", "counters", listing->array));
	return ret;
}

static char *ruleset_text(const struct conf *conf)
{
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	if (!to)
		abort();
	policy_print(to, conf);
	fclose(to);
	return text;
}

static json_t *rule_json(const struct nl_ruleset *ruleset, u32 i)
{
	const struct rg_rule *rule = &ruleset->conf.policy.rules[i];

	return json_pack("{s:s, s:s, s:b, s:s, s:I, s:I}", "name", rule->name,
			 "action", name_of(action_names, rule->action),
			 "log", rule->log, "comment", rule->comment,
			 "packets", (json_int_t)ruleset->counts[i].packets,
			 "bytes", (json_int_t)ruleset->counts[i].bytes);
}

static void ruleset_json(const struct nl_ruleset *ruleset, struct listing *listing)
{
	char *text = ruleset_text(&ruleset->conf);
	u32 i;

	for (i = 0; i < ruleset->conf.policy.n_rules; i++)
		json_array_append_new(listing->array, rule_json(ruleset, i));
	json_print(json_pack("{s:I, s:s, s:O, s:s}",
			     "generation", (json_int_t)ruleset->generation,
			     "mode", name_of(mode_names, ruleset->conf.mode),
			     "rules", listing->array, "text", text));
	free(text);
}

static int list_ruleset(struct nl *nl, struct listing *listing)
{
	struct nl_ruleset ruleset;
	int ret = nl_get_ruleset(nl, &ruleset);

	if (ret)
		return ret;
	if (listing->array)
		ruleset_json(&ruleset, listing);
	else
		policy_print(stdout, &ruleset.conf);
	nl_ruleset_free(&ruleset);
	return STATUS_OK;
}

static const struct {
	const char *what;
	int (*list)(struct nl *nl, struct listing *listing);
} lists[] = {
	{ "ruleset", list_ruleset },
	{ "flows", list_flows },
	{ "counters", list_counters },
};

int cmd_list(const struct options *opt, int argc, char **argv)
{
	struct listing listing = { .opt = opt };
	struct nl *nl;
	size_t i;
	int ret;

	if (argc != 2)
		return usage_error("list takes one word, expected ruleset, flows or counters");
	for (i = 0; i < ARRAY_SIZE(lists); i++) {
		if (!strcmp(lists[i].what, argv[1]))
			break;
	}
	if (i == ARRAY_SIZE(lists))
		return usage_error("cannot list '%s', expected ruleset, flows or counters",
				   argv[1]);
	ret = nl_open(&nl);
	if (ret)
		return ret;
	if (opt->json)
		listing.array = json_array();
	ret = lists[i].list(nl, &listing);
	json_decref(listing.array);
	nl_close(nl);
	return ret;
}
