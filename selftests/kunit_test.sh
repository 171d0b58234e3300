#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the module's KUnit suites say, which run when it is loaded: one result for
# each case, and one for each suite, that it has run to its end.

# The tests are called by their names.
# shellcheck disable=SC2317,SC2119
. "$(dirname "$0")/lib.sh"

RESULTS=/sys/kernel/debug/kunit
SUITES='rtpguard-flow rtpguard-flow-absent rtpguard-ruleset'

# Bare lines of a suite's KTAP: "plan N", "pass CASE", "fail CASE", "skip CASE WHY",
# "end ok" or "end not", and "note TEXT".
suite_read() # suite
{
	awk '
		/^ +1\.\.[0-9]+$/ { print "plan", substr($1, 4); next }
		/^ +(not )?ok [0-9]+ / {
			word = $1 == "ok" ? "pass" : "fail"
			if (/# SKIP/)
				word = "skip"
			sub(/^ *(not )?ok [0-9]+ -? */, "")
			sub(/ # (SKIP)? */, " ")
			print word, $0
			next
		}
		/^(not )?ok 1 / { print "end", $1; next }
		/^ *# .*pass:[0-9]/ { next } # counted anew
		/^ *# / { sub(/^ *# /, ""); print "note", $0 }
	' "$RESULTS/$1/results"
}

suite_cases() # suite: their number by its plan, 0 if it is not there
{
	local n

	n=$(suite_read "$1" 2>/dev/null | awk '$1 == "plan" { print $2 }')
	echo "${n:-0}"
}

suite_report() # suite
{
	local planned=0 ran=0 verdict=not word rest

	while read -r word rest; do
		case $word in
		plan) planned=$rest ;;
		end) verdict=$rest ;;
		note) ktap_print_msg "$rest" ;;
		pass) ktap_test_pass "$1: $rest" ;;
		fail) ktap_test_fail "$1: $rest" ;;
		skip) ktap_test_skip "$1: ${rest%% *}" "${rest#* }" ;;
		esac
		case $word in pass|fail|skip) ran=$((ran + 1)) ;; esac
	done < <(suite_read "$1")
	[ "$ran" -gt 0 ] || verdict=empty
	ktap_test_result "$1 has run to its end" \
		[ "$verdict $planned" = "ok $ran" ]
}

skip_unless_root
if ! load_module; then
	echo 'Bail out! no module'
	exit "$KSFT_FAIL"
fi
planned=0
for suite in $SUITES; do
	planned=$((planned + $(suite_cases "$suite") + 1))
done
ktap_set_plan "$planned"
for suite in $SUITES; do
	suite_report "$suite"
done
ksft_exit
