// SPDX-License-Identifier: GPL-2.0
/*
 * What the module answers, byte by byte: attributes that belong there, as long as
 * they should be, and nothing between or behind them that nobody wrote.
 */
#include "nlfuzz.h"

#include <stdio.h>
#include <string.h>

/* What the slab writes into memory that is free, or not written to yet. */
#define POISON_FREE	0x6b
#define POISON_INUSE	0x5a
#define POISON_RUN	8

enum kind { NOTHING, PAD, FLAG, U8, U16, U32, U64, ADDR, TEXT, NEST };

struct set;

/**
 * struct field - an attribute of a set
 * @kind: how long it is
 * @most: of its value, where that is an enum
 * @set: what is in it
 * @free: it may be missing
 * @many: it may come again
 */
struct field {
	enum kind kind;
	u8 most;
	const struct set *set;
	bool free;
	bool many;
};

struct set {
	const char *name;
	u32 n;
	const struct field *fields;
};

#define SET(name) { #name, ARRAY_SIZE(name##_fields), name##_fields }

static const struct field totals_fields[] = {
	[RTPGUARD_A_TOTALS_PAD] = { PAD, .free = true, .many = true },
	[RTPGUARD_A_TOTALS_PACKETS ... RTPGUARD_A_TOTALS_MAX] = { U64 },
};

static const struct set totals = SET(totals);

static const struct field status_fields[] = {
	[RTPGUARD_A_STATUS_PAD] = { PAD, .free = true, .many = true },
	[RTPGUARD_A_STATUS_VERSION] = { TEXT },
	[RTPGUARD_A_STATUS_MODE] = { U8, RTPGUARD_MODE_STRICT },
	[RTPGUARD_A_STATUS_GENERATION] = { U64 },
	[RTPGUARD_A_STATUS_RULES ... RTPGUARD_A_STATUS_PATHS] = { U32 },
	[RTPGUARD_A_STATUS_TOTALS] = { NEST, .set = &totals },
};

static const struct field default_fields[] = {
	[RTPGUARD_A_DEFAULT_SUBJECT] = { U8, RTPGUARD_SUBJECT_EMERGENCY },
	[RTPGUARD_A_DEFAULT_PROTECTIONS] = { U32 },
	[RTPGUARD_A_DEFAULT_ACTION] = { U8, RTPGUARD_ACTION_DROP },
	[RTPGUARD_A_DEFAULT_LOG] = { FLAG, .free = true },
};

static const struct set default_set = SET(default);

static const struct field prefix_fields[] = {
	[RTPGUARD_A_PREFIX_ADDR] = { ADDR },
	[RTPGUARD_A_PREFIX_LEN] = { U8, 128 },
};

static const struct set prefix = SET(prefix);

static const struct field ports_fields[] = {
	[RTPGUARD_A_PORT_RANGE_FIRST ... RTPGUARD_A_PORT_RANGE_LAST] = { U16 },
};

static const struct set ports = SET(ports);

static const struct field rule_fields[] = {
	[RTPGUARD_A_RULE_PAD] = { PAD, .free = true, .many = true },
	[RTPGUARD_A_RULE_INDEX] = { U32 },
	[RTPGUARD_A_RULE_NAME] = { TEXT },
	[RTPGUARD_A_RULE_COMMENT] = { TEXT, .free = true },
	[RTPGUARD_A_RULE_SUBJECTS ... RTPGUARD_A_RULE_PROTECTIONS] = {
		U32, .free = true },
	[RTPGUARD_A_RULE_L4PROTO] = { U8, 136, .free = true },
	[RTPGUARD_A_RULE_SADDR ... RTPGUARD_A_RULE_DADDR] = {
		NEST, .set = &prefix, .free = true, .many = true },
	[RTPGUARD_A_RULE_SPORT ... RTPGUARD_A_RULE_DPORT] = {
		NEST, .set = &ports, .free = true, .many = true },
	[RTPGUARD_A_RULE_OIFNAME] = { TEXT, .free = true, .many = true },
	[RTPGUARD_A_RULE_ACTION] = { U8, RTPGUARD_ACTION_DROP },
	[RTPGUARD_A_RULE_LOG] = { FLAG, .free = true },
	[RTPGUARD_A_RULE_PACKETS ... RTPGUARD_A_RULE_BYTES] = { U64 },
};

static const struct set rule = SET(rule);

static const struct field ruleset_fields[] = {
	[RTPGUARD_A_RULESET_PAD] = { PAD, .free = true, .many = true },
	[RTPGUARD_A_RULESET_MODE] = { U8, RTPGUARD_MODE_STRICT, .free = true },
	[RTPGUARD_A_RULESET_GENERATION] = { U64, .free = true },
	[RTPGUARD_A_RULESET_DEFAULT] = {
		NEST, .set = &default_set, .free = true, .many = true },
	[RTPGUARD_A_RULESET_RULE] = { NEST, .set = &rule, .free = true },
};

static const struct field stream_fields[] = {
	[RTPGUARD_A_STREAM_PAD] = { PAD, .free = true, .many = true },
	[RTPGUARD_A_STREAM_SSRC] = { U32 },
	[RTPGUARD_A_STREAM_PAYLOAD_TYPE] = { U8, 127 },
	[RTPGUARD_A_STREAM_REPLY] = { FLAG, .free = true },
	[RTPGUARD_A_STREAM_CLASS] = { U8, RTPGUARD_CLASS_ZOOM },
	[RTPGUARD_A_STREAM_PROTECTION] = { U8, RTPGUARD_PROTECTION_CLEAR },
	[RTPGUARD_A_STREAM_EVIDENCE ... RTPGUARD_A_STREAM_PACKETS] = { U64 },
	[RTPGUARD_A_STREAM_FEATURE] = { TEXT, .free = true },
	[RTPGUARD_A_STREAM_BITS] = { U32, .free = true },
};

static const struct set stream = SET(stream);

static const struct field flow_fields[] = {
	[RTPGUARD_A_FLOW_PAD] = { PAD, .free = true, .many = true },
	[RTPGUARD_A_FLOW_L4PROTO] = { U8, 136 },
	[RTPGUARD_A_FLOW_SADDR ... RTPGUARD_A_FLOW_DADDR] = { ADDR },
	[RTPGUARD_A_FLOW_SPORT ... RTPGUARD_A_FLOW_DPORT] = { U16 },
	[RTPGUARD_A_FLOW_NETNS] = { U64 },
	[RTPGUARD_A_FLOW_UID] = { U32, .free = true },
	[RTPGUARD_A_FLOW_CLASS] = { U8, RTPGUARD_CLASS_ZOOM },
	[RTPGUARD_A_FLOW_PROTECTION] = { U8, RTPGUARD_PROTECTION_CLEAR },
	[RTPGUARD_A_FLOW_EVIDENCE ... RTPGUARD_A_FLOW_HELD] = { U64 },
	[RTPGUARD_A_FLOW_BEFORE_VERDICT] = { U32, .free = true },
	[RTPGUARD_A_FLOW_IDLE_MS] = { U64 },
	[RTPGUARD_A_FLOW_STREAM] = {
		NEST, .set = &stream, .free = true, .many = true },
};

static const struct set flow = SET(flow);

static const struct field entry_fields[] = {
	[RTPGUARD_A_FLOW_ENTRY_FLOW] = { NEST, .set = &flow },
};

static const struct field counter_fields[] = {
	[RTPGUARD_A_COUNTER_PAD] = { PAD, .free = true, .many = true },
	[RTPGUARD_A_COUNTER_DIRECTION] = { U8, RTPGUARD_DIRECTION_IN },
	[RTPGUARD_A_COUNTER_CLASS] = { U8, RTPGUARD_CLASS_ZOOM },
	[RTPGUARD_A_COUNTER_PROTECTION] = { U8, RTPGUARD_PROTECTION_CLEAR },
	[RTPGUARD_A_COUNTER_VERDICT] = { U8, RTPGUARD_VERDICT_WOULD_HOLD },
	[RTPGUARD_A_COUNTER_PACKETS ... RTPGUARD_A_COUNTER_BYTES] = { U64 },
};

static const struct field event_fields[] = {
	[RTPGUARD_A_EVENT_PAD] = { PAD, .free = true, .many = true },
	[RTPGUARD_A_EVENT_SEQ] = { U64 },
	[RTPGUARD_A_EVENT_TYPE] = { U8, RTPGUARD_EVENT_TYPE_RULESET },
	[RTPGUARD_A_EVENT_MODE] = { U8, RTPGUARD_MODE_STRICT, .free = true },
	[RTPGUARD_A_EVENT_GENERATION] = { U64, .free = true },
	[RTPGUARD_A_EVENT_FLOW] = { NEST, .set = &flow, .free = true },
	[RTPGUARD_A_EVENT_VERDICT] = {
		U8, RTPGUARD_VERDICT_WOULD_HOLD, .free = true },
	[RTPGUARD_A_EVENT_RULE] = { TEXT, .free = true },
};

static const struct set replies[] = {
	[RTPGUARD_CMD_GET_STATUS] = SET(status),
	[RTPGUARD_CMD_LOAD_RULESET] = SET(ruleset),
	[RTPGUARD_CMD_GET_RULESET] = SET(ruleset),
	[RTPGUARD_CMD_GET_FLOW] = SET(entry),
	[RTPGUARD_CMD_GET_COUNTER] = SET(counter),
	[RTPGUARD_CMD_EVENT] = SET(event),
};

static const char *wrong(const struct set *set, u32 type, const char *what)
{
	static char text[128];

	snprintf(text, sizeof(text), "%s, attribute %u: %s", set->name, type,
		 what);
	return text;
}

static bool length_fits(enum kind kind, const u8 *payload, u32 len)
{
	switch (kind) {
	case PAD:
	case FLAG: return len == 0;
	case U8: return len == 1;
	case U16: return len == 2;
	case U32: return len == 4;
	case U64: return len == 8;
	case ADDR: return len == 4 || len == 16;
	case TEXT: return len && memchr(payload, 0, len) == payload + len - 1;
	default: return true;
	}
}

static const char *set_wrong(const struct set *set, const u8 *p, u32 len);

static const char *attr_wrong(const struct set *set, const struct nlattr *attr)
{
	u32 type = mnl_attr_get_type(attr), len = mnl_attr_get_payload_len(attr);
	const u8 *payload = mnl_attr_get_payload(attr);
	const struct field *field = &set->fields[type];
	bool nested;
	u32 i;

	if (type >= set->n || field->kind == NOTHING)
		return wrong(set, type, "does not belong there");
	nested = field->kind == NEST;
	if (!(attr->nla_type & NLA_F_NESTED) == nested)
		return wrong(set, type, "flags");
	if (!length_fits(field->kind, payload, len))
		return wrong(set, type, "length");
	if (field->kind == U8 && field->most && *payload > field->most)
		return wrong(set, type, "value");
	for (i = len; i % MNL_ALIGNTO; i++) {
		if (payload[i])
			return wrong(set, type, "padding");
	}
	return nested ? set_wrong(field->set, payload, len) : NULL;
}

/* Every byte belongs to an attribute, and none is missing or there twice. */
static const char *set_wrong(const struct set *set, const u8 *p, u32 len)
{
	const struct nlattr *attr;
	const char *what;
	u32 seen = 0, size, type;

	for (; len; p += size, len -= size) {
		attr = (const struct nlattr *)p;
		size = len < MNL_ATTR_HDRLEN ? 0 : MNL_ALIGN(attr->nla_len);
		if (size < MNL_ATTR_HDRLEN || size > len)
			return wrong(set, 0, "left over");
		what = attr_wrong(set, attr);
		if (what)
			return what;
		type = mnl_attr_get_type(attr);
		if (seen & 1u << type && !set->fields[type].many)
			return wrong(set, type, "twice");
		seen |= 1u << type;
	}
	for (type = 1; type < set->n; type++) {
		if (set->fields[type].kind != NOTHING &&
		    !set->fields[type].free && !(seen & 1u << type))
			return wrong(set, type, "missing");
	}
	return NULL;
}

static bool is_poisoned(const u8 *p, u32 len)
{
	u32 run = 0, i;

	for (i = 1; i < len; i++) {
		run = p[i] == p[i - 1] ? run + 1 : 0;
		if (run >= POISON_RUN - 1 &&
		    (p[i] == POISON_FREE || p[i] == POISON_INUSE))
			return true;
	}
	return false;
}

/**
 * fuzz_reply_wrong() - look at a message of the family
 * @nlh: the message, complete
 *
 * Return: what is wrong with it, or NULL.
 */
const char *fuzz_reply_wrong(const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct set *set;

	if (nlh->nlmsg_len < MNL_NLMSG_HDRLEN + GENL_HDRLEN)
		return "no command";
	if (genl->cmd >= ARRAY_SIZE(replies) || !replies[genl->cmd].name)
		return "command without a reply";
	if (genl->version != RTPGUARD_FAMILY_VERSION || genl->reserved)
		return "version";
	if (is_poisoned((const u8 *)nlh, nlh->nlmsg_len))
		return "memory that nobody wrote";
	set = &replies[genl->cmd];
	return set_wrong(set, (const u8 *)genl + GENL_HDRLEN,
			 nlh->nlmsg_len - MNL_NLMSG_HDRLEN - GENL_HDRLEN);
}

/**
 * fuzz_reply_state() - what a status says
 * @nlh: the reply to get-status, looked at before
 * @state: filled
 */
void fuzz_reply_state(const struct nlmsghdr *nlh, struct fuzz_state *state)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, GENL_HDRLEN) {
		switch (mnl_attr_get_type(attr)) {
		case RTPGUARD_A_STATUS_MODE:
			state->mode = mnl_attr_get_u8(attr);
			break;
		case RTPGUARD_A_STATUS_RULES:
			state->rules = mnl_attr_get_u32(attr);
			break;
		case RTPGUARD_A_STATUS_GENERATION:
			state->generation = mnl_attr_get_u64(attr);
			break;
		}
	}
}

/* FNV-1a. */
static u64 attr_sum(const struct nlattr *attr)
{
	const u8 *p = (const u8 *)attr;
	u64 sum = 0xcbf29ce484222325ull;
	u32 i;

	for (i = 0; i < attr->nla_len; i++)
		sum = (sum ^ p[i]) * 0x100000001b3ull;
	return sum;
}

/* A rules file has no other way to say UDP, and no more than that. */
static bool is_any_port(const struct nlattr *range)
{
	const struct nlattr *attr;
	u32 width = 0;

	mnl_attr_for_each_nested(attr, range) {
		width = mnl_attr_get_type(attr) == RTPGUARD_A_PORT_RANGE_LAST ?
			width + mnl_attr_get_u16(attr) :
			width - mnl_attr_get_u16(attr);
	}
	return width == 0xffff;
}

/* Sets may be listed in another order, and counters move. */
static u64 rule_sum(const struct nlattr *rule)
{
	const struct nlattr *attr;
	u64 sum = 0;

	mnl_attr_for_each_nested(attr, rule) {
		switch (mnl_attr_get_type(attr)) {
		case RTPGUARD_A_RULE_PAD:
		case RTPGUARD_A_RULE_PACKETS:
		case RTPGUARD_A_RULE_BYTES:
			break;
		case RTPGUARD_A_RULE_SPORT:
			if (is_any_port(attr))
				break;
			__attribute__((fallthrough));
		default:
			sum += attr_sum(attr);
			break;
		}
	}
	return sum;
}

static u64 message_sum(const struct nlmsghdr *nlh)
{
	const struct nlattr *attr;
	u64 sum = 0;

	mnl_attr_for_each(attr, nlh, GENL_HDRLEN) {
		switch (mnl_attr_get_type(attr)) {
		case RTPGUARD_A_RULESET_PAD:
		case RTPGUARD_A_RULESET_GENERATION:
			break;
		case RTPGUARD_A_RULESET_RULE:
			sum += rule_sum(attr);
			break;
		default:
			sum += attr_sum(attr);
			break;
		}
	}
	return sum;
}

/**
 * fuzz_ruleset_sum() - read the reply to get-ruleset
 * @nl: the socket that asked
 *
 * Return: a number that is the same for the same ruleset, whichever its
 * generation; 0 if there was no complete reply.
 */
u64 fuzz_ruleset_sum(struct mnl_socket *nl)
{
	static u8 buf[FUZZ_MESSAGE_MAX];
	const struct nlmsghdr *nlh;
	u64 sum = 1;
	int len;

	for (;;) {
		len = mnl_socket_recvfrom(nl, buf, sizeof(buf));
		if (len <= 0)
			return 0;
		for (nlh = (const struct nlmsghdr *)buf; mnl_nlmsg_ok(nlh, len);
		     nlh = mnl_nlmsg_next(nlh, &len)) {
			if (nlh->nlmsg_type == NLMSG_DONE)
				return sum;
			if (nlh->nlmsg_type == NLMSG_ERROR)
				return 0;
			sum = sum * 31 + message_sum(nlh);
		}
	}
}
