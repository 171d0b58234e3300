#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The tool dies, or cannot write: the module has the old ruleset or the new one,
# whole, and who asks next is answered.

# The tests are called by their names.
# shellcheck disable=SC2317,SC2119,SC2034
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/traffic.sh"

KILLAT=$build/selftests/killat
CALLS_MAX=2000 # no command of the tool makes more

ruleset_is() # file that list ruleset printed
{
	"$RTPGUARD" list ruleset >"$tmp/listed" && cmp -s "$tmp/listed" "$1"
}

# The generation stands in none of both.
rulesets_make()
{
	echo 'mode enforce
		rule old { media any; ip daddr 192.0.2.1; accept }' >"$tmp/old.conf"
	{
		echo 'mode strict'
		for i in {1..50}; do
			echo "rule new$i { media any; ip daddr 192.0.2.$i; drop }"
		done
	} >"$tmp/new.conf"
	"$RTPGUARD" load "$tmp/new.conf" && "$RTPGUARD" list ruleset >"$tmp/new" &&
		"$RTPGUARD" load "$tmp/old.conf" &&
		"$RTPGUARD" list ruleset >"$tmp/old" &&
		! cmp -s "$tmp/old" "$tmp/new"
}

# A user-mode kernel does not tell its tracers of system calls.
require_killat()
{
	"$KILLAT" 1 true >/dev/null 2>&1 && return
	echo 'the kernel has no PTRACE_GET_SYSCALL_INFO'
	return "$KSFT_SKIP"
}

# Once the new one is there no later kill takes it away.
load_is_killed_at_every_system_call()
{
	local n said is=old was=old

	require_killat || return
	rulesets_make || return 1
	for ((n = 1; n <= CALLS_MAX; n++)); do
		said=$("$KILLAT" "$n" "$RTPGUARD" load "$tmp/new.conf") || return 1
		[ "$said" = killed ] || break
		if ruleset_is "$tmp/new"; then
			is=new
			"$RTPGUARD" load "$tmp/old.conf" || return 1
		else
			is=old
			ruleset_is "$tmp/old" || return 1
		fi
		[ "$was$is" != newold ] || { echo "call $n: old again"; return 1; }
		was=$is
	done
	echo "$n system calls"
	expect said 'exit 0' was new && ruleset_is "$tmp/new" && [ "$n" -gt 10 ]
}

# A reader that is killed in the middle of a dump leaves nothing that waits.
list_is_killed_at_every_system_call()
{
	local n said

	require_killat || return
	mode enforce && transfer -n 10 || return 1
	for ((n = 1; n <= CALLS_MAX; n++)); do
		said=$("$KILLAT" "$n" "$RTPGUARD" list flows 2>&1 | tail -n 1)
		[ "$said" = killed ] || break
	done
	echo "$n system calls"
	expect said 'exit 0' && [ "$n" -gt 10 ] &&
		"$RTPGUARD" list flows | grep -q 'rtp clear'
}

# Whoever listens and is stopped holds nobody up; whoever dies does not either.
stopped_and_killed_readers_hold_nobody_up()
{
	local stopped killed

	"$RTPGUARD" monitor >"$tmp/stopped" 2>&1 &
	stopped=$!
	"$RTPGUARD" monitor >"$tmp/killed" 2>&1 &
	killed=$!
	mode enforce
	busywait 30000 both_hear || return 1
	kill -STOP "$stopped"
	kill -KILL "$killed"
	wait "$killed" 2>/dev/null
	transfer -n 10 && expect received 2 && mode enforce && mode monitor ||
		return 1
	kill -CONT "$stopped"
	busywait 30000 heard_all || return 1
	kill "$stopped"
	wait "$stopped" 2>/dev/null
	return 0
}

both_hear()
{
	mode strict && mode enforce
	grep -q 'mode enforce' "$tmp/stopped" && grep -q 'mode enforce' "$tmp/killed"
}

heard_all()
{
	tail -n 1 "$tmp/stopped" | grep -q 'mode monitor'
}

make_tmp
bring_up mode=enforce
run_tests \
	load_is_killed_at_every_system_call \
	list_is_killed_at_every_system_call \
	stopped_and_killed_readers_hold_nobody_up
