#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The command line: what it says and how it exits without the module, on bad
# usage and when nobody can read the answer; help, manual page, completion; the
# tool built without libpcap.

# The tests are called by their names.
# shellcheck disable=SC2317
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

root=$RG_LIB_DIR/..
man_page=$root/tool/man/rtpguard.8
completion=$root/tool/completion/rtpguard

STATUS_OK=0
STATUS_FAILED=1
STATUS_USAGE=2
STATUS_ABSENT=3

# What every tool has; replay needs libpcap.
commands='status load check mode list monitor version'

make_tmp
printf 'mode enforce\nrule a { media unprotected; drop }\n' >"$tmp/good"
printf 'mode bogus\n' >"$tmp/bad"

## Checks: each says what is wrong and fails

# Runs the tool; sets status, its output is in $tmp/out and $tmp/err.
run() # argument...
{
	status=0
	"$RTPGUARD" "$@" </dev/null >"$tmp/out" 2>"$tmp/err" || status=$?
	what="rtpguard $*"
}

wrong() # text...
{
	ktap_print_msg "$what: $*"
	sed 's/^/#   /' "$tmp/err"
	return 1
}

exits() # status
{
	[ "$status" -eq "$1" ] || wrong "exit status $status, expected $1"
}

silent() # out|err
{
	[ ! -s "$tmp/$1" ] || wrong "std$1 is not empty: $(head -c 200 "$tmp/$1")"
}

lines() # out|err number
{
	[ "$(wc -l <"$tmp/$1")" -eq "$2" ] || wrong "std$1 has not $2 line(s)"
}

says() # out|err text
{
	grep -qF -- "$2" "$tmp/$1" || wrong "std$1 does not say '$2'"
}

# One line with an object whose schema is 1 and that has these keys and values.
json() # key=value...
{
	lines out 1 || return
	python3 -c '
import json, sys
got = json.loads(sys.stdin.read())
want = dict((arg.split("=", 1) for arg in sys.argv[1:]), schema="1")
bad = {k: got.get(k) for k in want if str(got.get(k)) != want[k]}
sys.exit(f"expected {want}, got {got}" if bad else 0)' "$@" \
		<"$tmp/out" 2>"$tmp/err" || wrong "wrong JSON"
}

refused() # text argument...
{
	run "${@:2}"
	exits "$STATUS_USAGE" && silent out && says err "$1"
}

absent() # argument...
{
	run "$@"
	exits "$STATUS_ABSENT" && silent out && lines err 1 &&
		says err 'the module is not loaded'
}

## Usage

no_command()
{
	local args

	for args in '' --json '-jn'; do
		# shellcheck disable=SC2086 # none, or one word
		run $args
		exits "$STATUS_USAGE" && silent out && says err 'usage: rtpguard' ||
			return
	done
}

# What the tool itself lists, one word a line.
listed()
{
	"$RTPGUARD" --help | sed -n 's/^  \([a-z]\+\) .*/\1/p'
}

help_lists_all()
{
	local option word

	for option in -h --help '--help status'; do
		# shellcheck disable=SC2086 # one word or two
		run $option
		exits "$STATUS_OK" && silent err && says out 'usage: rtpguard' || return
		for word in $commands; do
			grep -q "^  $word " "$tmp/out" || wrong "no $word" || return
		done
	done
	# And nothing that is not there.
	for word in $(listed); do
		run "$word" --frobnicate
		! grep -q 'unknown command' "$tmp/err" || wrong 'listed' || return
	done
}

bad_words()
{
	refused "unknown command 'frob'" frob &&
	refused "unknown command 'frob'" --json frob status &&
	refused "unknown command 'stat'" stat &&
	refused "unknown command ''" '' &&
	refused 'frobnicate' --frobnicate status &&
	refused "'x'" -x status &&
	refused "'c'" -c &&
	refused "'f'" -f &&
	refused 'requires an argument' --file
}

bad_arguments()
{
	local modes='expected one of off, monitor, enforce, strict'
	local lists='expected ruleset, flows or counters'

	refused "status takes no argument, got 'x'" status x &&
	refused "monitor takes no argument, got 'x'" monitor x --json &&
	refused "version takes no argument, got 'x'" version x &&
	refused "unknown mode 'bogus', $modes" mode bogus &&
	refused "unknown mode '', $modes" mode '' &&
	refused "mode takes one argument, got 'x' too" mode off x &&
	refused "list takes one word, $lists" list &&
	refused "list takes one word, $lists" list flows x &&
	refused "cannot list 'calls', $lists" list calls &&
	refused 'check takes one file, got 0' check &&
	refused 'check takes one file, got 2' check "$tmp/good" "$tmp/good" &&
	refused 'load takes one file, got 0' load &&
	refused 'load takes one file, got 2' load "$tmp/good" "$tmp/good" &&
	refused 'frobnicate' load --frobnicate "$tmp/good" &&
	refused 'requires an argument' load --expect
}

bad_generations()
{
	local number

	for number in x -1 1x '' 18446744073709551616; do
		refused "'$number' is no generation, expected a number" \
			load "--expect=$number" "$tmp/good" || return
	done
	absent load --expect 18446744073709551615 "$tmp/good"
}

# -f and -c take one file: a second one must not seem to have been read.
one_file_only()
{
	refused "$tmp/bad" -c "$tmp/good" "$tmp/bad" &&
	refused "$tmp/bad" -f "$tmp/good" "$tmp/bad"
}

end_of_options()
{
	local rc_good

	run check -- "$tmp/good"
	exits "$STATUS_OK" || return
	absent load -- "$tmp/good" || return
	cp "$tmp/good" "$tmp/--json" || return
	(cd "$tmp" && "$RTPGUARD" check -- --json >"$tmp/out" 2>"$tmp/err")
	rc_good=$?
	what='check -- --json'
	[ "$rc_good" -eq 0 ] || wrong "exit status $rc_good" || return
	silent out
}

## Without the module

absent_everywhere()
{
	local command option
	local all=("status" "mode" "mode off" "mode strict" "list ruleset"
		"list flows" "list counters" "monitor")

	for command in "${all[@]}"; do
		for option in '' --json -j -n; do
			# shellcheck disable=SC2086 # words
			absent $command $option && absent $option $command || return
		done
	done
}

absent_load()
{
	local option

	for option in '' --json -n; do
		# shellcheck disable=SC2086 # none, or one word
		absent load $option "$tmp/good" && absent $option -f "$tmp/good" &&
			absent load $option --expect 7 "$tmp/good" || return
	done
	absent --file "$tmp/good" && absent "--file=$tmp/good"
}

# The rules file's fault is found first.
bad_file_first()
{
	local rules

	for rules in "load $tmp/bad" "-f $tmp/bad" "--json load $tmp/bad"; do
		# shellcheck disable=SC2086 # words
		refused "$tmp/bad:1:6: error: " $rules && lines err 3 || return
	done
	refused "$tmp/none: No such file" load "$tmp/none"
}

load_script()
{
	{ printf '#!%s -f\n' "$RTPGUARD"; cat "$tmp/good"; } >"$tmp/script"
	chmod +x "$tmp/script"
	status=0
	"$tmp/script" >"$tmp/out" 2>"$tmp/err" || status=$?
	what='a script of rules'
	exits "$STATUS_ABSENT" && lines err 1 && says err 'not loaded'
}

## Output

version()
{
	local option

	for option in version -V --version; do
		run "$option"
		exits "$STATUS_OK" && silent err && lines out 1 || return
		grep -qxE 'rtpguard [0-9]+(\.[0-9]+)+' "$tmp/out" ||
			wrong "said $(cat "$tmp/out")" || return
	done
}

version_json()
{
	local number args

	number=$("$RTPGUARD" version | sed 's/^rtpguard //')
	for args in 'version --json' '--json version' '-j version' \
		'-jn version' '-j -V' '-V --json'; do
		# shellcheck disable=SC2086 # words
		run $args
		exits "$STATUS_OK" && silent err &&
			json "version=$number" netlink_version=1 || return
	done
}

check_json()
{
	local args

	for args in "check --json $tmp/good" "check $tmp/good -j" \
		"--json -c $tmp/good" "-c $tmp/good --json"; do
		# shellcheck disable=SC2086 # words
		run $args
		exits "$STATUS_OK" && silent err &&
			json "file=$tmp/good" valid=True rules=1 || return
	done
}

# An answer that could not be written is no answer: a script that redirects it
# must not go on.
unwritable() # argument...
{
	what="rtpguard $* >/dev/full"
	status=0
	"$RTPGUARD" "$@" >/dev/full 2>"$tmp/err" || status=$?
	exits "$STATUS_FAILED" && lines err 1 || return
	what="rtpguard $* >&-"
	status=0
	"$RTPGUARD" "$@" >&- 2>"$tmp/err" || status=$?
	exits "$STATUS_FAILED" && lines err 1
}

# Nothing to write is no failure.
needs_no_output()
{
	status=0
	"$RTPGUARD" check "$tmp/good" >&- 2>"$tmp/err" || status=$?
	what='rtpguard check >&-'
	exits "$STATUS_OK" && silent err
}

## Manual page and completion

man_names_all()
{
	local word

	what=rtpguard.8
	: >"$tmp/err"
	sed -n '/^\.SH COMMANDS/,/^\.SH MODES/p' "$man_page" >"$tmp/out"
	for word in $(listed); do
		grep -qE "^\.(B|BR|BI|RB) $word( |$)" "$tmp/out" ||
			wrong "no command $word" || return
	done
	for word in json numeric expect mode rules local; do
		grep -qE "\\\\-\\\\-$word([^a-z]|$)" "$man_page" ||
			wrong "no option --$word" || return
	done
	for word in rtp rtcp; do
		! grep -qw "$word" "$tmp/out" || wrong "COMMANDS goes too far" ||
			return
	done
}

man_renders()
{
	what='groff rtpguard.8'
	groff -man -Tutf8 -ww -P-cbou "$man_page" >"$tmp/out" 2>"$tmp/err" ||
		wrong 'groff fails' || return
	silent err && says out 'RTPGUARD(8)' && says out 'EXIT STATUS'
}

# What bash offers after these words, one a line; the last is being typed.
offered() # word...
{
	bash -c '. "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
		_rtpguard; printf "%s\n" "${COMPREPLY[@]}"' "$completion" "$@" |
		sort
}

offers() # expected-words word...
{
	local got expected

	got=$(offered "${@:2}" | xargs)
	expected=$(xargs -n 1 <<<"$1" | sort | xargs)
	what="completion of '${*:2}'"
	: >"$tmp/err"
	[ "$got" = "$expected" ] || wrong "offers '$got', expected '$expected'"
}

completion_is_shell()
{
	what='bash -n'
	bash -n "$completion" 2>"$tmp/err" || wrong 'fails' || return
	silent err
}

completion_names_all()
{
	local word

	for word in $(listed); do
		offered rtpguard '' | grep -qx "$word" || {
			ktap_print_msg "completion does not offer $word"
			return 1
		}
		# The word is a whole one, so it is the only one offered.
		offers "$word" rtpguard "$word" || return
	done
	offers 'mode monitor' rtpguard mo
}

completion_of_arguments()
{
	offers 'off monitor enforce strict' rtpguard mode '' &&
	offers 'strict' rtpguard mode s &&
	offers 'ruleset flows counters' rtpguard list '' &&
	offers "$tmp/good" rtpguard load "$tmp/g" &&
	offers "$tmp/bad" rtpguard -c "$tmp/b" &&
	offers 'enforce' rtpguard replay --mode e
}

## The tool without libpcap

needed() # program
{
	readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'
}

# Only what the tool was built with can say that the other is without.
nopcap_is_not_linked()
{
	what='make WITH_PCAP=0'
	make -s -C "$root/tool" O="$tmp/nopcap" WITH_PCAP=0 >"$tmp/err" 2>&1 ||
		wrong 'fails' || return
	needed "$tmp/nopcap/rtpguard" >"$tmp/out"
	says out libc.so && says out libmnl.so || return
	! grep libpcap "$tmp/out" || wrong 'linked with libpcap' || return
	! "$RTPGUARD" --help | grep -q '^  replay ' ||
		needed "$RTPGUARD" | grep -q libpcap ||
		wrong "replay, but no libpcap in $RTPGUARD"
}

nopcap_works()
{
	local RTPGUARD=$tmp/nopcap/rtpguard

	[ "$(listed | xargs)" = "$commands" ] || {
		ktap_print_msg "lists $(listed | xargs)"
		return 1
	}
	run version --json
	exits "$STATUS_OK" && json netlink_version=1 || return
	run check "$tmp/good"
	exits "$STATUS_OK"
}

nopcap_says_so()
{
	local RTPGUARD=$tmp/nopcap/rtpguard

	run replay "$RG_LIB_DIR/pcaps/g711.pcap"
	exits "$STATUS_USAGE" && silent out && lines err 1 || return
	grep -qE 'replay.*(not built|without)' "$tmp/err" ||
		wrong 'does not say that replay is not built in'
}

## The tests

require_cmd python3 make cc flex bison readelf
[ -x "$RTPGUARD" ] || ktap_skip_all "$RTPGUARD is missing"
! module_loaded || ktap_skip_all "the module is loaded"

RTPGUARD=$(realpath "$RTPGUARD")

# Without groff nobody sees the page either: that test is left out.
planned=26
! command -v groff >/dev/null || planned=$((planned + 1))
ktap_set_plan "$planned"

ktap_test_result "no command: usage, status 2" no_command
ktap_test_result "--help lists every command, and no other" help_lists_all
ktap_test_result "unknown commands and options are named, status 2" bad_words
ktap_test_result "wrong arguments are named, with what is expected" bad_arguments
ktap_test_result "load --expect takes a number" bad_generations
ktap_test_result "-f and -c refuse a second file" one_file_only
ktap_test_result "-- ends the options" end_of_options
ktap_test_result "without the module: one line, status 3" absent_everywhere
ktap_test_result "without the module: load and -f" absent_load
ktap_test_result "a bad rules file is refused first, status 2" bad_file_first
ktap_test_result "a rules file with #!rtpguard -f runs" load_script
ktap_test_result "version, -V, --version" version
ktap_test_result "version --json" version_json
ktap_test_result "check --json" check_json
ktap_test_result "version fails if it cannot be written" unwritable version
ktap_test_result "version --json fails if it cannot be written" unwritable version --json
ktap_test_result "--help fails if it cannot be written" unwritable --help
ktap_test_result "check --json fails if it cannot be written" unwritable check --json "$tmp/good"
ktap_test_result "check needs no standard output" needs_no_output
ktap_test_result "the manual page names every command and option" man_names_all
! command -v groff >/dev/null ||
	ktap_test_result "groff renders the manual page in silence" man_renders
ktap_test_result "bash reads the completion" completion_is_shell
ktap_test_result "the completion offers every command" completion_names_all
ktap_test_result "the completion offers modes, lists and files" completion_of_arguments
ktap_test_result "WITH_PCAP=0 is built without libpcap" nopcap_is_not_linked
ktap_test_result "WITH_PCAP=0 has all other commands" nopcap_works
ktap_test_result "WITH_PCAP=0 says that replay is not built in" nopcap_says_so
ksft_exit
