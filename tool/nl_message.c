// SPDX-License-Identifier: GPL-2.0
#include "nl_message.h"

#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>

#define TB_MAX 64

/* One attribute of a message and where it goes. */
struct field {
	u16 type;
	u16 size;
	size_t offset;
};

#define FIELD(attr, structure, member)					\
	{ attr, sizeof(((structure *)0)->member), offsetof(structure, member) }

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

/* Integers are the host's on both sides: the same bytes. */
static void fields_get(const struct nlattr *const *tb,
		       const struct field *fields, size_t n, void *to)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (has_size(tb[fields[i].type], fields[i].size))
			memcpy((char *)to + fields[i].offset,
			       mnl_attr_get_payload(tb[fields[i].type]),
			       fields[i].size);
	}
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
	static const struct field fields[] = {
		FIELD(RTPGUARD_A_STATUS_MODE, struct nl_status, mode),
		FIELD(RTPGUARD_A_STATUS_GENERATION, struct nl_status, generation),
		FIELD(RTPGUARD_A_STATUS_RULES, struct nl_status, rules),
		FIELD(RTPGUARD_A_STATUS_FLOWS, struct nl_status, flows),
		FIELD(RTPGUARD_A_STATUS_FLOWS_MAX, struct nl_status, flows_max),
		FIELD(RTPGUARD_A_STATUS_CLASSES, struct nl_status, classes),
		FIELD(RTPGUARD_A_STATUS_PATHS, struct nl_status, paths),
	};
	const struct nlattr *tb[TB_MAX], *totals[TB_MAX];
	struct nl_status *status = nl_status;
	u32 i;

	collect_message(nlh, tb);
	fields_get(tb, fields, sizeof(fields) / sizeof(fields[0]), status);
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
	static const struct field fields[] = {
		FIELD(RTPGUARD_A_STREAM_SSRC, struct nl_stream, ssrc),
		FIELD(RTPGUARD_A_STREAM_PAYLOAD_TYPE, struct nl_stream, pt),
		FIELD(RTPGUARD_A_STREAM_CLASS, struct nl_stream, class),
		FIELD(RTPGUARD_A_STREAM_PROTECTION, struct nl_stream, protection),
		FIELD(RTPGUARD_A_STREAM_EVIDENCE, struct nl_stream, evidence),
		FIELD(RTPGUARD_A_STREAM_PACKETS, struct nl_stream, packets),
	};
	const struct nlattr *tb[TB_MAX];
	struct nl_stream *stream;

	if (flow->n_streams >= NL_STREAMS_MAX)
		return;
	stream = &flow->streams[flow->n_streams++];
	collect_nested(nest, tb);
	fields_get(tb, fields, sizeof(fields) / sizeof(fields[0]), stream);
	stream->reply = tb[RTPGUARD_A_STREAM_REPLY];
}

static void flow_get(const struct nlattr *nest, struct nl_flow *flow)
{
	static const struct field fields[] = {
		FIELD(RTPGUARD_A_FLOW_L4PROTO, struct nl_flow, l4proto),
		FIELD(RTPGUARD_A_FLOW_SPORT, struct nl_flow, sport),
		FIELD(RTPGUARD_A_FLOW_DPORT, struct nl_flow, dport),
		FIELD(RTPGUARD_A_FLOW_NETNS, struct nl_flow, netns),
		FIELD(RTPGUARD_A_FLOW_UID, struct nl_flow, uid),
		FIELD(RTPGUARD_A_FLOW_CLASS, struct nl_flow, class),
		FIELD(RTPGUARD_A_FLOW_PROTECTION, struct nl_flow, protection),
		FIELD(RTPGUARD_A_FLOW_EVIDENCE, struct nl_flow, evidence),
		FIELD(RTPGUARD_A_FLOW_PACKETS, struct nl_flow, packets),
		FIELD(RTPGUARD_A_FLOW_BYTES, struct nl_flow, bytes),
		FIELD(RTPGUARD_A_FLOW_MEDIA_PACKETS, struct nl_flow, media_packets),
		FIELD(RTPGUARD_A_FLOW_PASSED, struct nl_flow, passed),
		FIELD(RTPGUARD_A_FLOW_DROPPED, struct nl_flow, dropped),
		FIELD(RTPGUARD_A_FLOW_HELD, struct nl_flow, held),
		FIELD(RTPGUARD_A_FLOW_BEFORE_VERDICT, struct nl_flow, before_verdict),
		FIELD(RTPGUARD_A_FLOW_IDLE_MS, struct nl_flow, idle_ms),
	};
	const struct nlattr *tb[TB_MAX];
	const struct nlattr *attr;

	memset(flow, 0, sizeof(*flow));
	collect_nested(nest, tb);
	fields_get(tb, fields, sizeof(fields) / sizeof(fields[0]), flow);
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
	static const struct field fields[] = {
		FIELD(RTPGUARD_A_COUNTER_DIRECTION, struct nl_counter, direction),
		FIELD(RTPGUARD_A_COUNTER_CLASS, struct nl_counter, class),
		FIELD(RTPGUARD_A_COUNTER_PROTECTION, struct nl_counter, protection),
		FIELD(RTPGUARD_A_COUNTER_VERDICT, struct nl_counter, verdict),
		FIELD(RTPGUARD_A_COUNTER_PACKETS, struct nl_counter, packets),
		FIELD(RTPGUARD_A_COUNTER_BYTES, struct nl_counter, bytes),
	};
	struct message_walk *walk = message_walk;
	struct nl_counter counter = { 0 };
	const struct nlattr *tb[TB_MAX];

	collect_message(nlh, tb);
	fields_get(tb, fields, sizeof(fields) / sizeof(fields[0]), &counter);
	walk->counter(&counter, walk->arg);
	return MNL_CB_OK;
}

int message_event(const struct nlmsghdr *nlh, void *message_walk)
{
	static const struct field fields[] = {
		FIELD(RTPGUARD_A_EVENT_SEQ, struct nl_event, seq),
		FIELD(RTPGUARD_A_EVENT_TYPE, struct nl_event, type),
		FIELD(RTPGUARD_A_EVENT_MODE, struct nl_event, mode),
		FIELD(RTPGUARD_A_EVENT_GENERATION, struct nl_event, generation),
		FIELD(RTPGUARD_A_EVENT_VERDICT, struct nl_event, verdict),
	};
	struct message_walk *walk = message_walk;
	const struct nlattr *tb[TB_MAX];
	struct nl_event event = { 0 };
	u64 lost = 0;

	collect_message(nlh, tb);
	fields_get(tb, fields, sizeof(fields) / sizeof(fields[0]), &event);
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
	static const struct field fields[] = {
		FIELD(RTPGUARD_A_PORT_RANGE_FIRST, struct rg_ports, first),
		FIELD(RTPGUARD_A_PORT_RANGE_LAST, struct rg_ports, last),
	};
	const struct nlattr *tb[TB_MAX];

	policy->ports = extend(policy->ports, policy->n_ports,
			       sizeof(*policy->ports));
	if (!set->n++)
		set->first = policy->n_ports;
	collect_nested(nest, tb);
	memset(&policy->ports[policy->n_ports], 0, sizeof(*policy->ports));
	fields_get(tb, fields, sizeof(fields) / sizeof(fields[0]),
		   &policy->ports[policy->n_ports++]);
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
	static const struct field fields[] = {
		FIELD(RTPGUARD_A_RULE_SUBJECTS, struct rg_rule, subjects),
		FIELD(RTPGUARD_A_RULE_CLASSES, struct rg_rule, classes),
		FIELD(RTPGUARD_A_RULE_PROTECTIONS, struct rg_rule, protections),
		FIELD(RTPGUARD_A_RULE_L4PROTO, struct rg_rule, l4proto),
		FIELD(RTPGUARD_A_RULE_ACTION, struct rg_rule, action),
	};
	static const struct field counts[] = {
		FIELD(RTPGUARD_A_RULE_PACKETS, struct nl_rule_count, packets),
		FIELD(RTPGUARD_A_RULE_BYTES, struct nl_rule_count, bytes),
	};
	struct rg_policy *policy = &ruleset->conf.policy;
	const struct nlattr *tb[TB_MAX];
	u32 n = policy->n_rules++;
	struct rg_rule *rule;

	policy->rules = extend(policy->rules, n, sizeof(*policy->rules));
	ruleset->counts = extend(ruleset->counts, n, sizeof(*ruleset->counts));
	memset(&ruleset->counts[n], 0, sizeof(*ruleset->counts));
	rule = &policy->rules[n];
	memset(rule, 0, sizeof(*rule));
	rule->subjects = RG_ANY;
	rule->classes = RG_ANY;
	rule->protections = RG_ANY;
	collect_nested(nest, tb);
	fields_get(tb, fields, sizeof(fields) / sizeof(fields[0]), rule);
	fields_get(tb, counts, 2, &ruleset->counts[n]);
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
