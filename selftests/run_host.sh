#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run_host.sh NAME PROGRAM...: runs kselftest programs on this machine and prints
# nested KTAP, then the totals of their tests. A program that fails without a
# failed test counts as one. As many run at a time as there are processors; what they
# print stays in their order.

set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd -P)
set_name=$1
shift

tmp=$(mktemp -d)
# What runs in the background does not hear of an interrupt.
trap 'jobs -p | xargs -r -n 1 pkill -P; rm -rf "$tmp"' EXIT

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

# Those from the one that is waited for on, as many as may run.
start_until() # number
{
	while [ "$started" -lt "$1" ] && [ "$started" -lt "${#programs[@]}" ]; do
		started=$((started + 1))
		(
			begin=$SECONDS
			"${programs[started - 1]}" </dev/null >"$tmp/$started" 2>&1
			rc=$?
			echo $((SECONDS - begin)) >"$tmp/$started.seconds"
			exit "$rc"
		) &
		pids[started]=$!
	done
}

programs=("$@")
pids=()
at_once=$(nproc)
echo "KTAP version 1"
echo "1..$#"
started=0 passed=0 failed=0 skips=0
for ((n = 1; n <= $#; n++)); do
	start_until $((n + at_once - 1))
	log=$tmp/$n
	name=${programs[n - 1]##*/selftests/}
	wait "${pids[n]}"
	rc=$?
	echo "# Subtest: $name"
	sed -E -f "$here/vm/indent.sed" "$log"
	why=$(fault "$rc")
	count "$rc" "$why"
	echo "# $name: $(cat "$log.seconds") s"
	if [ -n "$why" ]; then
		echo "not ok $n $name # $why"
	elif [ "$rc" -eq 4 ]; then
		echo "ok $n $name # SKIP"
	else
		echo "ok $n $name"
	fi
	rm "$log"
done
echo "# totals: set=$set_name pass:$passed fail:$failed skip:$skips"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
