/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_TOOL_CONF_PARSE_H
#define RG_TOOL_CONF_PARSE_H

#include "attributes.h"
#include "conf.h"

/* What the grammar in conf.y calls; nobody else includes this. */

/* A place in the file: lines and columns from 1, columns in bytes. */
struct place {
	int first_line;
	int first_column;
	int last_line;
	int last_column;
};

#define YYLLOC_DEFAULT(cur, rhs, n) place_span(&(cur), rhs, n)

/**
 * struct value - an address or a named set of them, a range of ports, a word
 * @place: where it stands
 * @text: as it stands there
 * @next: in a list, or NULL
 * @last: of the list that this one begins; not kept for the others
 */
struct value {
	struct place place;
	char *text;
	struct value *next;
	struct value *last;
};

/**
 * struct define - a named set of addresses
 * @name: without the "$"
 * @values: addresses, no names
 * @n: their number
 * @next: the one defined before it
 */
struct define {
	char *name;
	struct value *values;
	u32 n;
	struct define *next;
};

/* Matches that may stand once in a rule. */
enum match {
	MATCH_SUBJECT,
	MATCH_CLASS,
	MATCH_PROTECTION,
	MATCH_SADDR,
	MATCH_DADDR,
	MATCH_SPORT,
	MATCH_DPORT,
	MATCH_L4PROTO,
	MATCH_OIFNAME,
	MATCH_LOG,
	MATCH_ACTION,
	MATCH_COMMENT,
};

/**
 * struct parse - a file while it is read
 * @conf: being built
 * @defines: known so far
 * @rule: being built, also the last of @conf->policy.rules
 * @seen: bitmap of enum match in @rule
 * @mode_seen: the file has a mode statement
 * @default_seen: the file has a default block
 * @defaults: bitmap of protections that the file sets, by subject
 * @failed: an error was reported; the first one only
 * @path: for messages
 * @text: the whole file
 * @len: bytes of @text
 * @errors: where messages go
 */
struct parse {
	struct conf *conf;
	struct define *defines;
	struct rg_rule *rule;
	u32 seen;
	bool mode_seen;
	bool default_seen;
	u32 defaults[RG_SUBJECTS];
	bool failed;
	const char *path;
	const char *text;
	size_t len;
	FILE *errors;
};

/* conf.c */
void place_span(struct place *place, const struct place *parts, int n);
__printf(3, 4)
void parse_error(struct parse *parse, const struct place *at,
		 const char *format, ...);
struct value *value_new(const struct place *at, const char *text);
struct value *value_append(struct value *list, struct value *more);
void values_free(struct value *list);

/* conf_build.c, conf_rule.c; what returns int returns -1 after parse_error() */
void *build_grow(void *array, u32 n, size_t size);
int build_word(struct parse *parse, const struct value *value,
	       const char *const *names, const char *what);
int build_prefix(struct parse *parse, const struct value *value,
		 struct rg_prefix *prefix);
const struct define *build_variable(struct parse *parse,
				    const struct value *name);
int build_protection_set(struct parse *parse, const struct value *words,
			 u32 *bitmap);
int build_mode(struct parse *parse, const struct value *mode);
int build_define(struct parse *parse, const struct value *name,
		 const struct value *values);
int build_rule_begin(struct parse *parse, const struct value *name);
int build_rule_end(struct parse *parse, const struct place *at);
int build_once(struct parse *parse, enum match match, const struct place *at);
int build_subject(struct parse *parse, const struct value *subject,
		  const struct value *protections);
int build_classes(struct parse *parse, const struct value *classes);
int build_protections(struct parse *parse, const struct value *protections);
int build_addrs(struct parse *parse, int family, enum match match,
		const struct place *at, const struct value *addrs);
int build_ports(struct parse *parse, int l4proto, enum match match,
		const struct place *at, const struct value *ports);
int build_ifnames(struct parse *parse, const struct place *at,
		  const struct value *names);
int build_action(struct parse *parse, u8 action, const struct place *at);
int build_log(struct parse *parse, const struct place *at);
int build_comment(struct parse *parse, const struct value *comment);
int build_default_begin(struct parse *parse, const struct place *at);
int build_default(struct parse *parse, const struct value *subject,
		  const struct value *protections, bool log, int action);

#endif /* RG_TOOL_CONF_PARSE_H */
