// SPDX-License-Identifier: GPL-2.0
#include "conf_parse.h"
#include "names.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

static const char *const match_names[] = {
	[MATCH_SUBJECT] = "subject",
	[MATCH_CLASS] = "class",
	[MATCH_PROTECTION] = "protection",
	[MATCH_SADDR] = "saddr",
	[MATCH_DADDR] = "daddr",
	[MATCH_SPORT] = "sport",
	[MATCH_DPORT] = "dport",
	[MATCH_L4PROTO] = "transport protocol",
	[MATCH_OIFNAME] = "oifname",
	[MATCH_LOG] = "log",
	[MATCH_ACTION] = "accept or drop",
	[MATCH_COMMENT] = "comment",
};

/* Make room for one more element of an array that doubles. */
void *build_grow(void *array, u32 n, size_t size)
{
	if (n & (n - 1))
		return array;
	array = realloc(array, (n ? 2 * n : 1) * size);
	if (!array)
		abort();
	return array;
}

int build_once(struct parse *parse, enum match match, const struct place *at)
{
	if (parse->seen & 1u << match) {
		parse_error(parse, at, "%s stands twice in this rule, expected once",
			    match_names[match]);
		return -1;
	}
	parse->seen |= 1u << match;
	return 0;
}

int build_word(struct parse *parse, const struct value *value,
	       const char *const *names, const char *what)
{
	int found = name_find(names, value->text);
	char all[256];

	if (found < 0)
		parse_error(parse, &value->place, "unknown %s '%s', expected one of %s",
			    what, value->text, names_join(names, all, sizeof(all)));
	return found;
}

int build_mode(struct parse *parse, const struct value *mode)
{
	int found = build_word(parse, mode, mode_names, "mode");

	if (found < 0)
		return -1;
	if (parse->mode_seen) {
		parse_error(parse, &mode->place, "mode is set twice, expected once");
		return -1;
	}
	parse->mode_seen = true;
	parse->conf->has_mode = true;
	parse->conf->mode = found;
	return 0;
}

static const struct define *define_find(const struct parse *parse,
					const char *name)
{
	const struct define *define;

	for (define = parse->defines; define; define = define->next) {
		if (!strcmp(define->name, name))
			return define;
	}
	return NULL;
}

/* Reads "192.0.2.0/24": the family is the text's. */
int build_prefix(struct parse *parse, const struct value *value,
		 struct rg_prefix *prefix)
{
	char text[INET6_ADDRSTRLEN + 8];
	char *slash;
	unsigned long len;

	memset(prefix, 0, sizeof(*prefix));
	if (strlen(value->text) >= sizeof(text))
		goto err_address;
	memcpy(text, value->text, strlen(value->text) + 1);
	slash = strchr(text, '/');
	if (slash)
		*slash++ = '\0';
	prefix->family = strchr(text, ':') ? 6 : 4;
	if (inet_pton(prefix->family == 6 ? AF_INET6 : AF_INET, text,
		      prefix->addr) != 1)
		goto err_address;
	len = prefix->family == 6 ? 128 : 32;
	if (slash && strtoul(slash, NULL, 10) > len) {
		parse_error(parse, &value->place,
			    "prefix length of '%s' is too large, expected at most %lu",
			    value->text, len);
		return -1;
	}
	prefix->len = slash ? strtoul(slash, NULL, 10) : len;
	if (rg_policy_overlong(prefix)) {
		parse_error(parse, &value->place,
			    "'%s' has bits set beyond its prefix length, expected a network address",
			    value->text);
		return -1;
	}
	return 0;

err_address:
	parse_error(parse, &value->place,
		    "'%s' is no address, expected IPv4 or IPv6, with or without /length",
		    value->text);
	return -1;
}

static struct value *values_copy(const struct value *from)
{
	struct value *list = NULL;
	struct value *value;

	for (; from; from = from->next) {
		value = value_new(&from->place, from->text);
		list = list ? value_append(list, value) : value;
	}
	return list;
}

/* A "$" is followed by the name of the set that it stands for. */
const struct define *build_variable(struct parse *parse,
				    const struct value *name)
{
	const struct define *define = define_find(parse, name->text);

	if (!define)
		parse_error(parse, &name->place,
			    "$%s is not defined, expected a 'define %s = ...' above",
			    name->text, name->text);
	return define;
}

/* No set can use more: what names others must not double without bound. */
static int define_has_room(struct parse *parse, const struct define *define,
			   u32 n, const struct place *at)
{
	if (define->n + n <= RTPGUARD_SET_MAX)
		return 0;
	parse_error(parse, at, "too many elements, expected at most %d",
		    RTPGUARD_SET_MAX);
	return -1;
}

static void define_append(struct define *define, struct value *list, u32 n)
{
	define->values = define->values ? value_append(define->values, list) :
					  list;
	define->n += n;
}

static int define_add(struct parse *parse, struct define *define,
		      const struct value *value)
{
	struct rg_prefix prefix;

	if (build_prefix(parse, value, &prefix) ||
	    define_has_room(parse, define, 1, &value->place))
		return -1;
	define_append(define, value_new(&value->place, value->text), 1);
	return 0;
}

static int define_add_variable(struct parse *parse, struct define *define,
			       const struct value *name)
{
	const struct define *other = build_variable(parse, name);

	if (!other || define_has_room(parse, define, other->n, &name->place))
		return -1;
	define_append(define, values_copy(other->values), other->n);
	return 0;
}

static struct define *define_new(const char *name)
{
	struct define *define = calloc(1, sizeof(*define));

	if (!define)
		abort();
	define->name = strdup(name);
	if (!define->name)
		abort();
	return define;
}

int build_define(struct parse *parse, const struct value *name,
		 const struct value *values)
{
	struct define *define;
	int ret = 0;

	if (define_find(parse, name->text)) {
		parse_error(parse, &name->place, "'%s' is defined twice, expected once",
			    name->text);
		return -1;
	}
	define = define_new(name->text);
	for (; values && !ret; values = values->next) {
		if (values->text[0] == '$') {
			values = values->next;
			ret = define_add_variable(parse, define, values);
		} else {
			ret = define_add(parse, define, values);
		}
	}
	define->next = parse->defines;
	parse->defines = define;
	return ret;
}

static int rule_name_check(struct parse *parse, const struct value *name)
{
	const struct rg_policy *policy = &parse->conf->policy;
	u32 i;

	if (policy->n_rules >= RTPGUARD_RULES_MAX) {
		parse_error(parse, &name->place, "too many rules, expected at most %d",
			    RTPGUARD_RULES_MAX);
		return -1;
	}
	if (strlen(name->text) > RTPGUARD_RULE_NAME_LEN) {
		parse_error(parse, &name->place,
			    "name of the rule is too long, expected at most %d bytes",
			    RTPGUARD_RULE_NAME_LEN);
		return -1;
	}
	for (i = 0; i < policy->n_rules; i++) {
		if (strcmp(policy->rules[i].name, name->text))
			continue;
		parse_error(parse, &name->place,
			    "a rule named '%s' stands above, expected another name",
			    name->text);
		return -1;
	}
	return 0;
}

int build_rule_begin(struct parse *parse, const struct value *name)
{
	struct rg_policy *policy = &parse->conf->policy;

	if (rule_name_check(parse, name))
		return -1;
	policy->rules = build_grow(policy->rules, policy->n_rules,
				   sizeof(*policy->rules));
	parse->rule = &policy->rules[policy->n_rules++];
	memset(parse->rule, 0, sizeof(*parse->rule));
	parse->rule->subjects = RG_ANY;
	parse->rule->classes = RG_ANY;
	parse->rule->protections = RG_ANY;
	memcpy(parse->rule->name, name->text, strlen(name->text) + 1);
	parse->seen = 0;
	return 0;
}

int build_rule_end(struct parse *parse, const struct place *at)
{
	if (parse->seen & 1u << MATCH_ACTION)
		return 0;
	parse_error(parse, at, "rule '%s' decides nothing, expected accept or drop",
		    parse->rule->name);
	return -1;
}

int build_default_begin(struct parse *parse, const struct place *at)
{
	if (parse->default_seen) {
		parse_error(parse, at, "default stands twice, expected once");
		return -1;
	}
	parse->default_seen = true;
	return 0;
}

/* @action is -1 where the line names none: `log` alone accepts. */
int build_default(struct parse *parse, const struct value *subject,
		  const struct value *protections, bool log, int action)
{
	int found = build_word(parse, subject, subject_names, "subject");
	u32 bitmap = RG_ANY;
	u32 i;

	if (found < 0 ||
	    (protections && build_protection_set(parse, protections, &bitmap)))
		return -1;
	if (!log && action < 0) {
		parse_error(parse, &subject->place,
			    "this default decides nothing, expected accept, drop or log");
		return -1;
	}
	bitmap &= (1u << RG_PROTECTIONS) - 1;
	if (parse->defaults[found] & bitmap) {
		parse_error(parse, &subject->place,
			    "a default for the same subject and protection stands above, expected one");
		return -1;
	}
	parse->defaults[found] |= bitmap;
	for (i = 0; i < RG_PROTECTIONS; i++) {
		if (!(bitmap & 1u << i))
			continue;
		parse->conf->policy.defaults[found][i].log = log;
		parse->conf->policy.defaults[found][i].action =
			action < 0 ? RTPGUARD_ACTION_ACCEPT : action;
	}
	return 0;
}
