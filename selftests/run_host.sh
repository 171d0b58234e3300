#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run_host.sh NAME PROGRAM...: runs kselftest programs on this machine and prints
# nested KTAP, then the totals of their tests. A program that fails without a
# failed test counts as one.

set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd -P)
set_name=$1
shift

log=$(mktemp)
trap 'rm -f "$log"' EXIT

# What is wrong with a program's results, or nothing.
fault() # exit-code
{
	awk -v rc="$1" '
		/^1\.\.[0-9]+/ { plan = substr($1, 4); planned = 1 }
		/^(not ok|ok) [0-9]/ { results++ }
		/^not ok [0-9]/ { failed++ }
		END {
			if (!planned)
				print "no KTAP, exit code " rc
			else if (results + 0 != plan + 0)
				print "planned " plan " tests, ran " results + 0
			else if (failed)
				print failed " failed"
			else if (rc != 0 && rc != 4)
				print "exit code " rc
		}' "$log"
}

# Adds the program's tests to the totals.
count() # exit-code fault
{
	local ok bad skipped

	bad=$(grep -cE '^not ok [0-9]' "$log")
	skipped=$(grep -cE '^ok [0-9].*# SKIP' "$log")
	ok=$(($(grep -cE '^ok [0-9]' "$log") - skipped))
	[ "$bad" -gt 0 ] || [ -z "$2" ] || bad=1
	[ "$1" -ne 4 ] || [ "$ok" -gt 0 ] || skipped=$((skipped > 0 ? skipped : 1))
	passed=$((passed + ok)) failed=$((failed + bad))
	skips=$((skips + skipped))
}

echo "KTAP version 1"
echo "1..$#"
n=0 passed=0 failed=0 skips=0
for program; do
	n=$((n + 1))
	name=${program##*/selftests/}
	echo "# Subtest: $name"
	begin=$SECONDS
	"$program" </dev/null 2>&1 | tee "$log" | awk -f "$here/vm/indent.awk"
	rc=${PIPESTATUS[0]}
	why=$(fault "$rc")
	count "$rc" "$why"
	echo "# $name: $((SECONDS - begin)) s"
	if [ -n "$why" ]; then
		echo "not ok $n $name # $why"
	elif [ "$rc" -eq 4 ]; then
		echo "ok $n $name # SKIP"
	else
		echo "ok $n $name"
	fi
done
echo "# totals: set=$set_name pass:$passed fail:$failed skip:$skips"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
