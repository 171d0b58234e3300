// SPDX-License-Identifier: GPL-2.0
#include "conf.h"
#include "conf_parse.h"
#include "core/text.h"
#include "conf.tab.h"
#include "conf.lex.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct value *value_new(const struct place *at, const char *text)
{
	struct value *value = calloc(1, sizeof(*value));

	if (!value)
		abort();
	value->place = *at;
	value->last = value;
	value->text = strdup(text);
	if (!value->text)
		abort();
	return value;
}

/* Both are lists; returns the first, which is longer by the second then. */
struct value *value_append(struct value *list, struct value *more)
{
	list->last->next = more;
	list->last = more->last;
	return list;
}

void values_free(struct value *list)
{
	struct value *next;

	for (; list; list = next) {
		next = list->next;
		free(list->text);
		free(list);
	}
}

/*
 * The source line, and a caret under the column: below a tab is a tab, below a
 * character of several bytes one space.
 */
static void caret_print(const struct parse *parse, const struct place *at)
{
	const char *line = parse->text;
	const char *end = parse->text + parse->len;
	const char *stop;
	int i;

	for (i = 1; i < at->first_line && line < end; line++)
		i += *line == '\n';
	for (stop = line; stop < end && *stop != '\n'; stop++)
		;
	fprintf(parse->errors, "%.*s\n", (int)(stop - line), line);
	for (i = 1; i < at->first_column && line < stop; i++, line++) {
		if ((*line & 0xc0) != 0x80)
			fputc(*line == '\t' ? '\t' : ' ', parse->errors);
	}
	fputs("^\n", parse->errors);
}

/**
 * parse_error() - report the first error of a file
 * @parse: the file
 * @at: where
 * @format: what, and what was expected
 *
 * Later errors follow from the first more often than not: they are not shown.
 */
void parse_error(struct parse *parse, const struct place *at,
		 const char *format, ...)
{
	va_list args;

	if (parse->failed)
		return;
	parse->failed = true;
	fprintf(parse->errors, "%s:%d:%d: error: ", parse->path, at->first_line,
		at->first_column);
	va_start(args, format);
	vfprintf(parse->errors, format, args);
	va_end(args);
	fputc('\n', parse->errors);
	caret_print(parse, at);
}

/* The place of a rule's parts 1 to @n; without any, of what stands before. */
void place_span(struct place *place, const struct place *parts, int n)
{
	*place = parts[n ? 1 : 0];
	place->last_line = parts[n].last_line;
	place->last_column = parts[n].last_column;
}

static int text_check(struct parse *parse)
{
	struct place at = { 1, 1, 1, 1 };
	size_t i, len;

	for (i = 0; i < parse->len; i += len) {
		len = rg_text_utf8_len(parse->text + i, (u32)(parse->len - i));
		if (!len || !parse->text[i]) {
			parse_error(parse, &at, "%s, expected text in UTF-8",
				    len ? "NUL byte" : "byte that is not UTF-8");
			return -1;
		}
		at.first_column += len;
		if (parse->text[i] == '\n') {
			at.first_line++;
			at.first_column = 1;
		}
	}
	return 0;
}

static char *stream_slurp(FILE *file, const char *path, size_t *len, FILE *errors)
{
	struct stat st = { 0 };
	char *text;

	text = malloc(CONF_SIZE_MAX + 1);
	if (!text)
		abort();
	*len = 0;
	if (!fstat(fileno(file), &st) && S_ISDIR(st.st_mode))
		errno = EISDIR;
	else
		*len = fread(text, 1, CONF_SIZE_MAX + 1, file);
	if (S_ISDIR(st.st_mode) || ferror(file)) {
		fprintf(errors, "%s: %s, expected a rules file\n", path,
			strerror(errno));
		goto err_free;
	}
	if (*len > CONF_SIZE_MAX) {
		fprintf(errors, "%s: larger than %d bytes, expected a rules file\n",
			path, CONF_SIZE_MAX);
		goto err_free;
	}
	return text;

err_free:
	free(text);
	return NULL;
}

static char *file_slurp(const char *path, size_t *len, FILE *errors)
{
	char *text;
	FILE *file;

	if (!strcmp(path, "-"))
		return stream_slurp(stdin, path, len, errors);
	file = fopen(path, "re");
	if (!file) {
		fprintf(errors, "%s: %s, expected a rules file\n", path,
			strerror(errno));
		return NULL;
	}
	text = stream_slurp(file, path, len, errors);
	fclose(file);
	return text;
}

static void defines_free(struct define *define)
{
	struct define *next;

	for (; define; define = next) {
		next = define->next;
		values_free(define->values);
		free(define->name);
		free(define);
	}
}

static int text_parse(struct parse *parse)
{
	yyscan_t scanner;
	int ret;

	if (text_check(parse))
		return -1;
	if (yylex_init_extra(parse, &scanner))
		abort();
	yy_scan_bytes(parse->text, (int)parse->len, scanner);
	ret = yyparse(scanner, parse);
	yylex_destroy(scanner);
	return ret || parse->failed ? -1 : 0;
}

/**
 * conf_defaults() - what is in force without a rules file
 * @conf: filled; conf_free() is due
 */
void conf_defaults(struct conf *conf)
{
	memset(conf, 0, sizeof(*conf));
	rg_policy_defaults(&conf->policy);
}

/**
 * conf_free() - free what conf_read() or a dump allocated
 * @conf: may be zeroed
 */
void conf_free(struct conf *conf)
{
	free(conf->policy.rules);
	free(conf->policy.prefixes);
	free(conf->policy.ports);
	free(conf->policy.ifnames);
	memset(conf, 0, sizeof(*conf));
}

/**
 * conf_parse() - read the text of a rules file
 * @path: for messages
 * @text: the file, not terminated
 * @len: bytes of it, at most CONF_SIZE_MAX
 * @conf: filled on success; conf_free() is due then
 * @errors: where the first error goes, with file, line, column and a caret
 *
 * Return: 0 or -1.
 */
int conf_parse(const char *path, const char *text, size_t len,
	       struct conf *conf, FILE *errors)
{
	struct parse parse = {
		.conf = conf,
		.path = path,
		.text = text,
		.len = len,
		.errors = errors,
	};
	int ret;

	conf_defaults(conf);
	ret = text_parse(&parse);
	if (ret)
		conf_free(conf);
	defines_free(parse.defines);
	return ret;
}

/**
 * conf_read() - read a rules file
 * @path: file, or "-" for standard input
 * @conf: filled on success; conf_free() is due then
 * @errors: where the first error goes, with file, line, column and a caret
 *
 * Return: 0 or -1.
 */
int conf_read(const char *path, struct conf *conf, FILE *errors)
{
	size_t len;
	char *text;
	int ret;

	text = file_slurp(path, &len, errors);
	if (!text)
		return -1;
	ret = conf_parse(strcmp(path, "-") ? path : "stdin", text, len, conf,
			 errors);
	free(text);
	return ret;
}
