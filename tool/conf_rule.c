// SPDX-License-Identifier: GPL-2.0
#include "conf_parse.h"
#include "core/text.h"
#include "names.h"

#include <stdlib.h>
#include <string.h>

#define PORT_MAX 65535

/* A protection of the interface, by name; the other two words are only ours. */
static int protection_find(struct parse *parse, const struct value *word)
{
	int found = name_find(protection_names, word->text);
	char all[256];

	if (found < 0)
		parse_error(parse, &word->place,
			    "unknown protection '%s', expected any, unprotected or one of %s",
			    word->text,
			    names_join(protection_names, all, sizeof(all)));
	return found;
}

/* "clear", "{ clear, null }", "unprotected" or "any". */
int build_protection_set(struct parse *parse, const struct value *words,
			 u32 *bitmap)
{
	const u32 all = (1u << RG_PROTECTIONS) - 1;
	int found;

	for (*bitmap = 0; words; words = words->next) {
		if (!strcmp(words->text, "unprotected")) {
			*bitmap |= RG_UNPROTECTED;
		} else if (!strcmp(words->text, "any")) {
			*bitmap |= all;
		} else {
			found = protection_find(parse, words);
			if (found < 0)
				return -1;
			*bitmap |= 1u << found;
		}
	}
	if (*bitmap == all)
		*bitmap = RG_ANY;
	return 0;
}

int build_protections(struct parse *parse, const struct value *protections)
{
	return build_protection_set(parse, protections, &parse->rule->protections);
}

int build_subject(struct parse *parse, const struct value *subject,
		  const struct value *protections)
{
	int found = build_word(parse, subject, subject_names, "match");

	if (found < 0 || build_once(parse, MATCH_SUBJECT, &subject->place) ||
	    build_once(parse, MATCH_PROTECTION, &subject->place))
		return -1;
	parse->rule->subjects = 1u << found;
	return build_protections(parse, protections);
}

int build_classes(struct parse *parse, const struct value *classes)
{
	u32 bitmap = 0;
	int found;

	for (; classes; classes = classes->next) {
		found = build_word(parse, classes, class_names, "class");
		if (found < 0)
			return -1;
		bitmap |= 1u << found;
	}
	parse->rule->classes = bitmap;
	return 0;
}

static int set_has_room(struct parse *parse, const struct rg_set *set,
			const struct place *at)
{
	if (set->n < RTPGUARD_SET_MAX)
		return 0;
	parse_error(parse, at, "too many elements, expected at most %d",
		    RTPGUARD_SET_MAX);
	return -1;
}

static int addr_add(struct parse *parse, struct rg_set *set,
		    const struct value *value)
{
	struct rg_policy *policy = &parse->conf->policy;
	struct rg_prefix prefix;

	if (build_prefix(parse, value, &prefix) ||
	    set_has_room(parse, set, &value->place))
		return -1;
	policy->prefixes = build_grow(policy->prefixes, policy->n_prefixes,
				      sizeof(*policy->prefixes));
	policy->prefixes[policy->n_prefixes++] = prefix;
	set->n++;
	return 0;
}

/* A define may mix families; what is written out must be the match's. */
static int family_check(struct parse *parse, int family,
			const struct value *value)
{
	if (family == (strchr(value->text, ':') ? 6 : 4))
		return 0;
	parse_error(parse, &value->place, "'%s' is of the other family, expected IPv%d",
		    value->text, family);
	return -1;
}

int build_addrs(struct parse *parse, int family, enum match match,
		const struct place *at, const struct value *addrs)
{
	struct rg_set *set = match == MATCH_SADDR ? &parse->rule->saddr :
						    &parse->rule->daddr;
	const struct define *define;
	const struct value *value;

	if (build_once(parse, match, at))
		return -1;
	set->first = parse->conf->policy.n_prefixes;
	for (; addrs; addrs = addrs->next) {
		if (addrs->text[0] != '$') {
			if (family_check(parse, family, addrs) ||
			    addr_add(parse, set, addrs))
				return -1;
			continue;
		}
		addrs = addrs->next;
		define = build_variable(parse, addrs);
		if (!define)
			return -1;
		for (value = define->values; value; value = value->next) {
			if (addr_add(parse, set, value))
				return -1;
		}
	}
	return 0;
}

static int ports_parse(struct parse *parse, const struct value *value,
		       struct rg_ports *ports)
{
	unsigned long first, last;
	char *end;

	first = strtoul(value->text, &end, 10);
	last = *end ? strtoul(end + 1, NULL, 10) : first;
	if (first > PORT_MAX || last > PORT_MAX || first > last) {
		parse_error(parse, &value->place,
			    "'%s' is no port or range of ports, expected 0 to %d",
			    value->text, PORT_MAX);
		return -1;
	}
	ports->first = first;
	ports->last = last;
	return 0;
}

int build_ports(struct parse *parse, int l4proto, enum match match,
		const struct place *at, const struct value *list)
{
	struct rg_set *set = match == MATCH_SPORT ? &parse->rule->sport :
						    &parse->rule->dport;
	struct rg_policy *policy = &parse->conf->policy;
	struct rg_ports ports;

	if (build_once(parse, match, at))
		return -1;
	if (parse->seen & 1u << MATCH_L4PROTO &&
	    parse->rule->l4proto != l4proto) {
		parse_error(parse, at,
			    "sport and dport name two protocols, expected the same");
		return -1;
	}
	parse->seen |= 1u << MATCH_L4PROTO;
	parse->rule->l4proto = l4proto;
	set->first = policy->n_ports;
	for (; list; list = list->next) {
		if (ports_parse(parse, list, &ports) ||
		    set_has_room(parse, set, &list->place))
			return -1;
		policy->ports = build_grow(policy->ports, policy->n_ports,
					   sizeof(*policy->ports));
		policy->ports[policy->n_ports++] = ports;
		set->n++;
	}
	return 0;
}

int build_ifnames(struct parse *parse, const struct place *at,
		  const struct value *names)
{
	struct rg_policy *policy = &parse->conf->policy;
	struct rg_set *set = &parse->rule->oifname;
	struct rg_ifname *ifname;
	size_t len;

	if (build_once(parse, MATCH_OIFNAME, at))
		return -1;
	set->first = policy->n_ifnames;
	for (; names; names = names->next) {
		len = strlen(names->text);
		if (len > RTPGUARD_IFNAME_LEN ||
		    !rg_text_is_ifname(names->text, (u32)len)) {
			parse_error(parse, &names->place,
				    "'%s' is no device name, expected 1 to %d bytes, an asterisk only at the end",
				    names->text, RTPGUARD_IFNAME_LEN);
			return -1;
		}
		if (set_has_room(parse, set, &names->place))
			return -1;
		policy->ifnames = build_grow(policy->ifnames, policy->n_ifnames,
					     sizeof(*policy->ifnames));
		ifname = &policy->ifnames[policy->n_ifnames++];
		memset(ifname, 0, sizeof(*ifname));
		memcpy(ifname->name, names->text, strlen(names->text));
		set->n++;
	}
	return 0;
}

int build_action(struct parse *parse, u8 action, const struct place *at)
{
	if (build_once(parse, MATCH_ACTION, at))
		return -1;
	parse->rule->action = action;
	return 0;
}

int build_log(struct parse *parse, const struct place *at)
{
	if (build_once(parse, MATCH_LOG, at))
		return -1;
	parse->rule->log = true;
	return 0;
}

int build_comment(struct parse *parse, const struct value *comment)
{
	size_t len = strlen(comment->text);

	if (build_once(parse, MATCH_COMMENT, &comment->place))
		return -1;
	if (len > RTPGUARD_COMMENT_LEN) {
		parse_error(parse, &comment->place,
			    "comment is too long, expected at most %d bytes",
			    RTPGUARD_COMMENT_LEN);
		return -1;
	}
	if (!rg_text_is_comment(comment->text, (u32)len)) {
		parse_error(parse, &comment->place,
			    "comment has a control character or a backslash, expected plain text");
		return -1;
	}
	memcpy(parse->rule->comment, comment->text, strlen(comment->text) + 1);
	return 0;
}
