// SPDX-License-Identifier: GPL-2.0
#include "nl_message.h"

#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>

#define TB_MAX 64

static int collect(const struct nlattr *attr, void *data)
{
	const struct nlattr **tb = data;
	u16 type = mnl_attr_get_type(attr);

	/* What a newer module sends on top is not ours to read. */
	if (type < TB_MAX)
		tb[type] = attr;
	return MNL_CB_OK;
}

static void collect_message(const struct nlmsghdr *nlh, const struct nlattr **tb)
{
	memset(tb, 0, TB_MAX * sizeof(*tb));
	mnl_attr_parse(nlh, sizeof(struct genlmsghdr), collect, tb);
}

static void collect_nested(const struct nlattr *nest, const struct nlattr **tb)
{
	memset(tb, 0, TB_MAX * sizeof(*tb));
	mnl_attr_parse_nested(nest, collect, tb);
}

static bool has_size(const struct nlattr *attr, size_t size)
{
	return attr && mnl_attr_get_payload_len(attr) >= size;
}

/*
 * Integers are the host's on both sides: the same bytes. What is absent or too
 * short leaves @to alone.
 */
static void bytes_get(const struct nlattr *attr, void *to, size_t size)
{
	if (has_size(attr, size))
		memcpy(to, mnl_attr_get_payload(attr), size);
}

static void u8_get(const struct nlattr *attr, u8 *to)
{
	bytes_get(attr, to, sizeof(*to));
}

static void u16_get(const struct nlattr *attr, u16 *to)
{
	bytes_get(attr, to, sizeof(*to));
}

static void u32_get(const struct nlattr *attr, u32 *to)
{
	bytes_get(attr, to, sizeof(*to));
}

static void u64_get(const struct nlattr *attr, u64 *to)
{
	bytes_get(attr, to, sizeof(*to));
}

static void string_get(const struct nlattr *attr, char *to, size_t size)
{
	size_t len;

	if (!attr)
		return;
	len = strnlen(mnl_attr_get_payload(attr), mnl_attr_get_payload_len(attr));
	if (len >= size)
		len = size - 1;
	memcpy(to, mnl_attr_get_payload(attr), len);
	to[len] = '\0';
}

int message_status(const struct nlmsghdr *nlh, void *nl_status)
{
	const struct nlattr *tb[TB_MAX], *totals[TB_MAX];
	struct nl_status *status = nl_status;
	u32 i;

	collect_message(nlh, tb);
	u8_get(tb[RTPGUARD_A_STATUS_MODE], &status->mode);
	u64_get(tb[RTPGUARD_A_STATUS_GENERATION], &status->generation);
	u32_get(tb[RTPGUARD_A_STATUS_RULES], &status->rules);
	u32_get(tb[RTPGUARD_A_STATUS_FLOWS], &status->flows);
	u32_get(tb[RTPGUARD_A_STATUS_FLOWS_MAX], &status->flows_max);
	u32_get(tb[RTPGUARD_A_STATUS_CLASSES], &status->classes);
	u32_get(tb[RTPGUARD_A_STATUS_PATHS], &status->paths);
	string_get(tb[RTPGUARD_A_STATUS_VERSION], status->version,
		   sizeof(status->version));
	if (!tb[RTPGUARD_A_STATUS_TOTALS])
		return MNL_CB_OK;
	collect_nested(tb[RTPGUARD_A_STATUS_TOTALS], totals);
	for (i = 0; i <= RTPGUARD_A_TOTALS_MAX; i++) {
		if (has_size(totals[i], sizeof(u64)))
			status->totals[i] = mnl_attr_get_u64(totals[i]);
	}
	return MNL_CB_OK;
}

int message_generation(const struct nlmsghdr *nlh, void *u64_generation)
{
	const struct nlattr *tb[TB_MAX];

	collect_message(nlh, tb);
	if (has_size(tb[RTPGUARD_A_RULESET_GENERATION], sizeof(u64)))
		*(u64 *)u64_generation =
			mnl_attr_get_u64(tb[RTPGUARD_A_RULESET_GENERATION]);
	return MNL_CB_OK;
}

static void stream_get(const struct nlattr *nest, struct nl_flow *flow)
{
	const struct nlattr *tb[TB_MAX];
	struct nl_stream *stream;

	if (flow->n_streams >= NL_STREAMS_MAX)
		return;
	stream = &flow->streams[flow->n_streams++];
	collect_nested(nest, tb);
	u32_get(tb[RTPGUARD_A_STREAM_SSRC], &stream->ssrc);
	u8_get(tb[RTPGUARD_A_STREAM_PAYLOAD_TYPE], &stream->pt);
	u8_get(tb[RTPGUARD_A_STREAM_CLASS], &stream->class);
	u8_get(tb[RTPGUARD_A_STREAM_PROTECTION], &stream->protection);
	u64_get(tb[RTPGUARD_A_STREAM_EVIDENCE], &stream->evidence);
	u64_get(tb[RTPGUARD_A_STREAM_PACKETS], &stream->packets);
	string_get(tb[RTPGUARD_A_STREAM_FEATURE], stream->feature,
		   sizeof(stream->feature));
	u32_get(tb[RTPGUARD_A_STREAM_BITS], &stream->bits);
	stream->reply = tb[RTPGUARD_A_STREAM_REPLY];
}

static void flow_get(const struct nlattr *nest, struct nl_flow *flow)
{
	const struct nlattr *tb[TB_MAX];
	const struct nlattr *attr;

	memset(flow, 0, sizeof(*flow));
	collect_nested(nest, tb);
	u8_get(tb[RTPGUARD_A_FLOW_L4PROTO], &flow->l4proto);
	u16_get(tb[RTPGUARD_A_FLOW_SPORT], &flow->sport);
	u16_get(tb[RTPGUARD_A_FLOW_DPORT], &flow->dport);
	u64_get(tb[RTPGUARD_A_FLOW_NETNS], &flow->netns);
	u32_get(tb[RTPGUARD_A_FLOW_UID], &flow->uid);
	u8_get(tb[RTPGUARD_A_FLOW_CLASS], &flow->class);
	u8_get(tb[RTPGUARD_A_FLOW_PROTECTION], &flow->protection);
	u64_get(tb[RTPGUARD_A_FLOW_EVIDENCE], &flow->evidence);
	u64_get(tb[RTPGUARD_A_FLOW_PACKETS], &flow->packets);
	u64_get(tb[RTPGUARD_A_FLOW_BYTES], &flow->bytes);
	u64_get(tb[RTPGUARD_A_FLOW_MEDIA_PACKETS], &flow->media_packets);
	u64_get(tb[RTPGUARD_A_FLOW_PASSED], &flow->passed);
	u64_get(tb[RTPGUARD_A_FLOW_DROPPED], &flow->dropped);
	u64_get(tb[RTPGUARD_A_FLOW_HELD], &flow->held);
	u32_get(tb[RTPGUARD_A_FLOW_BEFORE_VERDICT], &flow->before_verdict);
	u64_get(tb[RTPGUARD_A_FLOW_IDLE_MS], &flow->idle_ms);
	flow->has_uid = tb[RTPGUARD_A_FLOW_UID];
	flow->has_before_verdict = tb[RTPGUARD_A_FLOW_BEFORE_VERDICT];
	flow->family = has_size(tb[RTPGUARD_A_FLOW_SADDR], 16) ? 6 : 4;
	if (has_size(tb[RTPGUARD_A_FLOW_SADDR], 4))
		memcpy(flow->saddr, mnl_attr_get_payload(tb[RTPGUARD_A_FLOW_SADDR]),
		       flow->family == 6 ? 16 : 4);
	if (has_size(tb[RTPGUARD_A_FLOW_DADDR], flow->family == 6 ? 16 : 4))
		memcpy(flow->daddr, mnl_attr_get_payload(tb[RTPGUARD_A_FLOW_DADDR]),
		       flow->family == 6 ? 16 : 4);
	mnl_attr_for_each_nested(attr, nest) {
		if (mnl_attr_get_type(attr) == RTPGUARD_A_FLOW_STREAM)
			stream_get(attr, flow);
	}
}

int message_flow(const struct nlmsghdr *nlh, void *message_walk)
{
	struct message_walk *walk = message_walk;
	const struct nlattr *tb[TB_MAX];
	struct nl_flow flow;

	collect_message(nlh, tb);
	if (!tb[RTPGUARD_A_FLOW_ENTRY_FLOW])
		return MNL_CB_OK;
	flow_get(tb[RTPGUARD_A_FLOW_ENTRY_FLOW], &flow);
	walk->flow(&flow, walk->arg);
	return MNL_CB_OK;
}

int message_counter(const struct nlmsghdr *nlh, void *message_walk)
{
	struct message_walk *walk = message_walk;
	struct nl_counter counter = { 0 };
	const struct nlattr *tb[TB_MAX];

	collect_message(nlh, tb);
	u8_get(tb[RTPGUARD_A_COUNTER_DIRECTION], &counter.direction);
	u8_get(tb[RTPGUARD_A_COUNTER_CLASS], &counter.class);
	u8_get(tb[RTPGUARD_A_COUNTER_PROTECTION], &counter.protection);
	u8_get(tb[RTPGUARD_A_COUNTER_VERDICT], &counter.verdict);
	u64_get(tb[RTPGUARD_A_COUNTER_PACKETS], &counter.packets);
	u64_get(tb[RTPGUARD_A_COUNTER_BYTES], &counter.bytes);
	walk->counter(&counter, walk->arg);
	return MNL_CB_OK;
}

int message_event(const struct nlmsghdr *nlh, void *message_walk)
{
	struct message_walk *walk = message_walk;
	const struct nlattr *tb[TB_MAX];
	struct nl_event event = { 0 };
	u64 lost = 0;

	collect_message(nlh, tb);
	u64_get(tb[RTPGUARD_A_EVENT_SEQ], &event.seq);
	u8_get(tb[RTPGUARD_A_EVENT_TYPE], &event.type);
	u8_get(tb[RTPGUARD_A_EVENT_MODE], &event.mode);
	u64_get(tb[RTPGUARD_A_EVENT_GENERATION], &event.generation);
	u8_get(tb[RTPGUARD_A_EVENT_VERDICT], &event.verdict);
	event.has_verdict = tb[RTPGUARD_A_EVENT_VERDICT];
	string_get(tb[RTPGUARD_A_EVENT_RULE], event.rule, sizeof(event.rule));
	event.has_flow = tb[RTPGUARD_A_EVENT_FLOW];
	if (event.has_flow)
		flow_get(tb[RTPGUARD_A_EVENT_FLOW], &event.flow);
	/* Two CPUs may send out of order by one: that is no loss. */
	if (walk->last_seq && event.seq > walk->last_seq + 1)
		lost = event.seq - walk->last_seq - 1;
	if (event.seq > walk->last_seq)
		walk->last_seq = event.seq;
	walk->event(&event, lost, walk->arg);
	return MNL_CB_OK;
}

static void *extend(void *array, u32 n, size_t size)
{
	if (n & (n - 1))
		return array;
	array = realloc(array, (n ? 2 * n : 1) * size);
	if (!array)
		abort();
	return array;
}

static void prefix_get(const struct nlattr *nest, struct rg_policy *policy,
		       struct rg_set *set)
{
	const struct nlattr *tb[TB_MAX];
	struct rg_prefix *prefix;

	policy->prefixes = extend(policy->prefixes, policy->n_prefixes,
				  sizeof(*policy->prefixes));
	if (!set->n++)
		set->first = policy->n_prefixes;
	prefix = &policy->prefixes[policy->n_prefixes++];
	memset(prefix, 0, sizeof(*prefix));
	collect_nested(nest, tb);
	prefix->family = has_size(tb[RTPGUARD_A_PREFIX_ADDR], 16) ? 6 : 4;
	if (has_size(tb[RTPGUARD_A_PREFIX_ADDR], 4))
		memcpy(prefix->addr,
		       mnl_attr_get_payload(tb[RTPGUARD_A_PREFIX_ADDR]),
		       prefix->family == 6 ? 16 : 4);
	if (has_size(tb[RTPGUARD_A_PREFIX_LEN], 1))
		prefix->len = mnl_attr_get_u8(tb[RTPGUARD_A_PREFIX_LEN]);
}

static void ports_get(const struct nlattr *nest, struct rg_policy *policy,
		      struct rg_set *set)
{
	const struct nlattr *tb[TB_MAX];
	struct rg_ports *ports;

	policy->ports = extend(policy->ports, policy->n_ports,
			       sizeof(*policy->ports));
	if (!set->n++)
		set->first = policy->n_ports;
	collect_nested(nest, tb);
	ports = &policy->ports[policy->n_ports++];
	memset(ports, 0, sizeof(*ports));
	u16_get(tb[RTPGUARD_A_PORT_RANGE_FIRST], &ports->first);
	u16_get(tb[RTPGUARD_A_PORT_RANGE_LAST], &ports->last);
}

static void ifname_get(const struct nlattr *attr, struct rg_policy *policy,
		       struct rg_set *set)
{
	policy->ifnames = extend(policy->ifnames, policy->n_ifnames,
				 sizeof(*policy->ifnames));
	if (!set->n++)
		set->first = policy->n_ifnames;
	string_get(attr, policy->ifnames[policy->n_ifnames++].name,
		   sizeof(policy->ifnames->name));
}

static void sets_get(const struct nlattr *nest, struct rg_policy *policy,
		     struct rg_rule *rule)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, nest) {
		switch (mnl_attr_get_type(attr)) {
		case RTPGUARD_A_RULE_SADDR:
			prefix_get(attr, policy, &rule->saddr);
			break;
		case RTPGUARD_A_RULE_DADDR:
			prefix_get(attr, policy, &rule->daddr);
			break;
		case RTPGUARD_A_RULE_SPORT:
			ports_get(attr, policy, &rule->sport);
			break;
		case RTPGUARD_A_RULE_DPORT:
			ports_get(attr, policy, &rule->dport);
			break;
		case RTPGUARD_A_RULE_OIFNAME:
			ifname_get(attr, policy, &rule->oifname);
			break;
		}
	}
}

static void rule_get(const struct nlattr *nest, struct nl_ruleset *ruleset)
{
	struct rg_policy *policy = &ruleset->conf.policy;
	const struct nlattr *tb[TB_MAX];
	u32 n = policy->n_rules++;
	struct nl_rule_count *count;
	struct rg_rule *rule;

	policy->rules = extend(policy->rules, n, sizeof(*policy->rules));
	ruleset->counts = extend(ruleset->counts, n, sizeof(*ruleset->counts));
	count = &ruleset->counts[n];
	memset(count, 0, sizeof(*count));
	rule = &policy->rules[n];
	memset(rule, 0, sizeof(*rule));
	rule->subjects = RG_ANY;
	rule->classes = RG_ANY;
	rule->protections = RG_ANY;
	collect_nested(nest, tb);
	u32_get(tb[RTPGUARD_A_RULE_SUBJECTS], &rule->subjects);
	u32_get(tb[RTPGUARD_A_RULE_CLASSES], &rule->classes);
	u32_get(tb[RTPGUARD_A_RULE_PROTECTIONS], &rule->protections);
	u8_get(tb[RTPGUARD_A_RULE_L4PROTO], &rule->l4proto);
	u8_get(tb[RTPGUARD_A_RULE_ACTION], &rule->action);
	u64_get(tb[RTPGUARD_A_RULE_PACKETS], &count->packets);
	u64_get(tb[RTPGUARD_A_RULE_BYTES], &count->bytes);
	string_get(tb[RTPGUARD_A_RULE_NAME], rule->name, sizeof(rule->name));
	string_get(tb[RTPGUARD_A_RULE_COMMENT], rule->comment,
		   sizeof(rule->comment));
	rule->log = tb[RTPGUARD_A_RULE_LOG];
	sets_get(nest, policy, rule);
}

static void default_get(const struct nlattr *nest, struct rg_policy *policy)
{
	const struct nlattr *tb[TB_MAX];
	u32 protections, i;
	u8 subject;

	collect_nested(nest, tb);
	if (!has_size(tb[RTPGUARD_A_DEFAULT_SUBJECT], 1) ||
	    !has_size(tb[RTPGUARD_A_DEFAULT_PROTECTIONS], 4) ||
	    !has_size(tb[RTPGUARD_A_DEFAULT_ACTION], 1))
		return;
	subject = mnl_attr_get_u8(tb[RTPGUARD_A_DEFAULT_SUBJECT]);
	protections = mnl_attr_get_u32(tb[RTPGUARD_A_DEFAULT_PROTECTIONS]);
	for (i = 0; subject < RG_SUBJECTS && i < RG_PROTECTIONS; i++) {
		if (!(protections & 1u << i))
			continue;
		policy->defaults[subject][i].action =
			mnl_attr_get_u8(tb[RTPGUARD_A_DEFAULT_ACTION]);
		policy->defaults[subject][i].log = tb[RTPGUARD_A_DEFAULT_LOG];
	}
}

int message_ruleset(const struct nlmsghdr *nlh, void *nl_ruleset)
{
	struct nl_ruleset *ruleset = nl_ruleset;
	const struct nlattr *tb[TB_MAX];
	const struct nlattr *attr;

	collect_message(nlh, tb);
	if (has_size(tb[RTPGUARD_A_RULESET_MODE], 1)) {
		ruleset->conf.has_mode = true;
		ruleset->conf.mode = mnl_attr_get_u8(tb[RTPGUARD_A_RULESET_MODE]);
	}
	if (has_size(tb[RTPGUARD_A_RULESET_GENERATION], 8))
		ruleset->generation =
			mnl_attr_get_u64(tb[RTPGUARD_A_RULESET_GENERATION]);
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) == RTPGUARD_A_RULESET_RULE)
			rule_get(attr, ruleset);
		if (mnl_attr_get_type(attr) == RTPGUARD_A_RULESET_DEFAULT)
			default_get(attr, &ruleset->conf.policy);
	}
	return MNL_CB_OK;
}
