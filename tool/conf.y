/* SPDX-License-Identifier: GPL-2.0 */
%define api.pure full
%define api.location.type {struct place}
%define parse.error custom
%define parse.lac full
%locations
%param { void *scanner }
%parse-param { struct parse *parse }

%code requires {
#include "conf_parse.h"
}

%union {
	struct value *value;
	int number;
}

%code {
int yylex(YYSTYPE *value, YYLTYPE *at, void *scanner);

static void yyerror(YYLTYPE *at, void *scanner, struct parse *parse,
			 const char *what)
{
	(void)scanner;
	parse_error(parse, at, "%s", what);
}

/* An action that fails has reported; the parser just stops. What the action
 * was given is its own to free, what stands before it is bison's.
 */
#define DO(action)			\
	do {				\
		if (action)		\
			YYABORT;	\
	} while (0)
}

%initial-action {
	@$ = (struct place){ 1, 1, 1, 1 };
}

%token NEWLINE "end of line"
%token ACCEPT "accept" CLASS "class" COMMENT "comment" DADDR "daddr"
%token DEFAULT "default" DEFINE "define" DPORT "dport" DROP "drop" IP "ip"
%token IP6 "ip6" LOG "log" MODE "mode" OIFNAME "oifname"
%token PROTECTION "protection" RULE "rule" SADDR "saddr" SPORT "sport" TH "th"
%token UDP "udp" UDPLITE "udplite" TCP "tcp"
%token <value> WORD "a name" STRING "a quoted string" NUMBER "a number"
%token <value> RANGE "a range of ports" ADDRESS "an address"
%token <value> VARIABLE "a $name"
%token <value> INVALID "this character"
%token INVALID_REPORTED "an error reported already"

%type <value> words word_list addrs addr_list addr ports port_list port
%type <value> strings string_list
%type <number> l4proto family addr_side port_side opt_log opt_action

%destructor { values_free($$); } <value>

%%

/*
 * Lists are recursive on the left: on the right each element would stay on the
 * parser's stack, and a long file would run out of it.
 */
file:
	  statements
	| statements statement
	;

statements:
	  %empty
	| statements sep
	| statements statement sep
	;

sep:
	  NEWLINE
	| ';'
	;

lines:
	  %empty
	| lines NEWLINE
	;

statement:
	  MODE WORD
		{ int ret = build_mode(parse, $2);
		  values_free($2); DO(ret); }
	| DEFINE WORD '=' addrs
		{ int ret = build_define(parse, $2, $4);
		  values_free($2); values_free($4); DO(ret); }
	| RULE WORD lines '{'
		{ DO(build_rule_begin(parse, $2)); }
	  rule_body '}'
		{ values_free($2); DO(build_rule_end(parse, &@1)); }
	| DEFAULT lines '{'
		{ DO(build_default_begin(parse, &@1)); }
	  default_body '}'
	;

rule_body:
	  rule_parts
	| rule_parts rule_part
	;

rule_parts:
	  %empty
	| rule_parts sep
	| rule_parts rule_part sep
	;

rule_part:
	  WORD words
		{ int ret = build_subject(parse, $1, $2);
		  values_free($1); values_free($2); DO(ret); }
	| CLASS words
		{ int ret = build_once(parse, MATCH_CLASS, &@1) ||
			    build_classes(parse, $2);
		  values_free($2); DO(ret); }
	| PROTECTION words
		{ int ret = build_once(parse, MATCH_PROTECTION, &@1) ||
			    build_protections(parse, $2);
		  values_free($2); DO(ret); }
	| family addr_side addrs
		{ int ret = build_addrs(parse, $1, $2, &@1, $3);
		  values_free($3); DO(ret); }
	| l4proto port_side ports
		{ int ret = build_ports(parse, $1, $2, &@1, $3);
		  values_free($3); DO(ret); }
	| OIFNAME strings
		{ int ret = build_ifnames(parse, &@1, $2);
		  values_free($2); DO(ret); }
	| LOG		{ DO(build_log(parse, &@1)); }
	| ACCEPT	{ DO(build_action(parse, RTPGUARD_ACTION_ACCEPT, &@1)); }
	| DROP		{ DO(build_action(parse, RTPGUARD_ACTION_DROP, &@1)); }
	| COMMENT STRING
		{ int ret = build_comment(parse, $2);
		  values_free($2); DO(ret); }
	;

family:	IP { $$ = 4; } | IP6 { $$ = 6; } ;
addr_side: SADDR { $$ = MATCH_SADDR; } | DADDR { $$ = MATCH_DADDR; } ;
port_side: SPORT { $$ = MATCH_SPORT; } | DPORT { $$ = MATCH_DPORT; } ;
l4proto: TH { $$ = 0; } | UDP { $$ = 17; } | UDPLITE { $$ = 136; }
	| TCP { $$ = 6; } ;

words:
	  WORD
	| '{' lines word_list lines '}'		{ $$ = $3; }
	;
word_list:
	  WORD
	| word_list ',' lines WORD		{ $$ = value_append($1, $4); }
	;

addrs:
	  addr
	| '{' lines addr_list lines '}'		{ $$ = $3; }
	;
addr_list:
	  addr
	| addr_list ',' lines addr		{ $$ = value_append($1, $4); }
	;
addr:
	  ADDRESS
	| VARIABLE
		{ /* A name cannot hold a '$': it marks what stands for a set. */
		  $$ = value_append(value_new(&@1, "$"), $1); }
	;

ports:
	  port
	| '{' lines port_list lines '}'		{ $$ = $3; }
	;
port_list:
	  port
	| port_list ',' lines port		{ $$ = value_append($1, $4); }
	;
port: NUMBER | RANGE ;

strings:
	  STRING
	| '{' lines string_list lines '}'	{ $$ = $3; }
	;
string_list:
	  STRING
	| string_list ',' lines STRING		{ $$ = value_append($1, $4); }
	;

default_body:
	  default_parts
	| default_parts default_part
	;

default_parts:
	  %empty
	| default_parts sep
	| default_parts default_part sep
	;

default_part:
	  WORD words opt_log opt_action
		{ int ret = build_default(parse, $1, $2, $3, $4);
		  values_free($1); values_free($2); DO(ret); }
	| WORD LOG opt_action
		{ int ret = build_default(parse, $1, NULL, true, $3);
		  values_free($1); DO(ret); }
	| WORD ACCEPT
		{ int ret = build_default(parse, $1, NULL, false,
					  RTPGUARD_ACTION_ACCEPT);
		  values_free($1); DO(ret); }
	| WORD DROP
		{ int ret = build_default(parse, $1, NULL, false,
					  RTPGUARD_ACTION_DROP);
		  values_free($1); DO(ret); }
	;

opt_log: %empty { $$ = false; } | LOG { $$ = true; } ;
opt_action:
	  %empty	{ $$ = -1; }
	| ACCEPT	{ $$ = RTPGUARD_ACTION_ACCEPT; }
	| DROP		{ $$ = RTPGUARD_ACTION_DROP; }
	;

%%

/* "unexpected X, expected A, B or C". */
#define EXPECTED_MAX 24

static int yyreport_syntax_error(const yypcontext_t *ctx, void *scanner,
				      struct parse *parse)
{
	yysymbol_kind_t expected[EXPECTED_MAX];
	yysymbol_kind_t got = yypcontext_token(ctx);
	char list[512] = "";
	int i, n, len = 0;

	(void)scanner;
	if (got == YYSYMBOL_INVALID_REPORTED)
		return 0;
	n = yypcontext_expected_tokens(ctx, expected, EXPECTED_MAX);
	for (i = 0; i < n; i++)
		len += snprintf(list + len, sizeof(list) - len, "%s%s",
				!i ? "" : i == n - 1 ? " or " : ", ",
				yysymbol_name(expected[i]));
	parse_error(parse, yypcontext_location(ctx), "unexpected %s%s%s",
		    yysymbol_name(got), n > 0 ? ", expected " : "", list);
	return 0;
}
