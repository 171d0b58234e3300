#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module comes and goes: parameters, what a fresh one is like, what a refused
# one leaves behind, and loading and unloading under traffic, readers and
# namespaces that come and go as well.

# The tests are called by their names, and expect reads variables by theirs.
# shellcheck disable=SC2317,SC2034,SC2119
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/traffic.sh"

make_tmp

## The kernel's log from here on

log_mark()
{
	log_mark="mark $BASHPID $RANDOM$RANDOM"
	echo "$log_mark" >/dev/kmsg
}

log_says() # text, since the mark
{
	local log
	log=$(dmesg)
	log=${log##*"$log_mark"}
	[[ $log = *"rtpguard: $1"$'\n'* ]] || [[ $log = *"rtpguard: $1" ]] && return
	echo "# the log does not say '$1' but:$log"
	return 1
}

## Loading and its refusal

# As load_module does it, but without its undoing: that is tested here. A test
# that failed may have left one.
load() # parameters
{
	unload_leftover
	insmod "$RTPGUARD_KO" "$@" 2>"$tmp/insmod"
}

# refused REASON PARAMETER...: the reason is a line of the kernel's log
refused()
{
	local reason=$1
	shift
	log_mark
	if load "$@"; then
		echo "# insmod $* was not refused"
		return 1
	fi
	if module_loaded; then
		echo "# insmod $* left /sys/module/rtpguard"
		return 1
	fi
	[ -z "$reason" ] || log_says "$reason"
}

# Nothing is left of a refused one: the next is as if it had never been.
nothing_remains()
{
	absent && load && fresh && unload_module
}

absent()
{
	local rc=0
	"$RTPGUARD" status >/dev/null 2>&1 || rc=$?
	expect rc 3
}

# What a module says of itself that nobody has told anything yet.
fresh() # [mode]
{
	status=$("$RTPGUARD" status)
	ruleset=$("$RTPGUARD" list ruleset)
	status=${status#*$'\n'} status=${status%%flows*}
	expect status "mode ${1:-monitor}"$'\ngeneration 1\nrules 0\n' \
		ruleset "mode ${1:-monitor}"$'\n'"$DEFAULTS"
}

parameter() # name
{
	cat "/sys/module/rtpguard/parameters/$1"
}

modinfo_says_what_it_is()
{
	license=$(modinfo -F license "$RTPGUARD_KO")
	version=$(modinfo -F version "$RTPGUARD_KO")
	alias=$(modinfo -F alias "$RTPGUARD_KO")
	tool=$("$RTPGUARD" version)
	parameters=$(modinfo -F parm "$RTPGUARD_KO" | cut -d : -f 1 | sort |
		paste -sd ' ')
	expect license GPL alias net-pf-16-proto-16-family-rtpguard \
		tool "rtpguard $version" parameters 'flow_timeout_ms max_flows mode selftest'
}

a_fresh_module_is_in_monitor()
{
	log_mark
	load && fresh || return 1
	version=$(</sys/module/rtpguard/version)
	says=$("$RTPGUARD" status | sed -n 's/^version //p')
	flows=$("$RTPGUARD" status | sed -n 's/^flows //p')
	mode=$(parameter mode)
	max=$(parameter max_flows)
	timeout=$(parameter flow_timeout_ms)
	expect says "$version" flows '0 of 65536' mode monitor max 65536 \
		timeout 180000 || return 1
	log_says "version $version loaded" && unload_module
}

no_counter_is_left_of_the_last_one()
{
	local rc
	load && transfer -n 5 && expect received 5 && [ "$(total packets)" -ge 5 ] &&
		[ "$("$RTPGUARD" list flows | wc -l)" -gt 0 ] || return 1
	load_rules 'rule a { media any; drop }' && mode strict &&
		unload_module && load mode=off && fresh off
	rc=$?
	packets=$(total packets)
	flows=$("$RTPGUARD" list flows)
	unload_module
	[ "$rc" -eq 0 ] && expect packets 0 flows ''
}

every_mode_can_be_the_first()
{
	local m
	for m in off monitor enforce strict; do
		load "mode=$m" && fresh "$m" &&
			[ "$(parameter mode)" = "$m" ] && unload_module || return 1
	done
}

# The classifier against known answers and a second reading of the RFCs, before it is
# used: the module does not load otherwise. Says how much was tested.
self_test_passes()
{
	log_mark
	load selftest=1 && fresh &&
		log_says 'self-test: 67 vectors, 1000000 generated datagrams and 2 streams are read as they should' &&
		unload_module
}

# In force from the first packet, not only in what status says.
the_first_mode_is_in_force()
{
	load mode=enforce && transfer -n 10 &&
		expect sent 2 received 2 && unload_module || return 1
	load mode=off && transfer -n 10 && expect sent 10 received 10 &&
		unload_module
}

a_bad_mode_is_refused()
{
	local mode
	for mode in bogus '' Enforce enforced; do
		refused "mode=$mode: expected off, monitor, enforce or strict" \
			"mode=$mode" || return 1
	done
	nothing_remains
}

a_bad_size_is_refused()
{
	local max
	for max in 0 15 16777217 4294967295; do
		refused "max_flows=$max: expected 16 to 16777216" \
			"max_flows=$max" || return 1
	done
	# No number for the kernel, before any of ours is asked.
	refused '' max_flows=4294967296 && refused '' max_flows=many &&
		nothing_remains
}

a_bad_timeout_is_refused()
{
	refused 'flow_timeout_ms=0: expected 1 or more' flow_timeout_ms=0 &&
		nothing_remains
}

the_smallest_table_works()
{
	load max_flows=16 flow_timeout_ms=4294967295 || return 1
	flows=$("$RTPGUARD" status | sed -n 's/^flows //p')
	expect flows '0 of 16' && transfer -n 20 -N && expect received 20 ||
		return 1
	# A quarter is root's in h1, another is h2's, which only learns.
	flows=$("$RTPGUARD" status | sed -n 's/^flows //p')
	expect flows '8 of 16' && unload_module
}

parameters_can_be_read_and_not_written()
{
	local name value perms rc=0
	load mode=strict max_flows=100 flow_timeout_ms=7000 || return 1
	for name in mode=strict max_flows=100 flow_timeout_ms=7000; do
		value=${name#*=}
		name=/sys/module/rtpguard/parameters/${name%%=*}
		perms=$(stat -c %a "$name")
		expect perms 444 || rc=1
		if echo 17 2>/dev/null >"$name"; then
			echo "# $name could be written"
			rc=1
		fi
		[ "$(<"$name")" = "$value" ] || rc=1
	done
	unload_module
	return "$rc"
}

# Only what needs no module works without it.
every_command_says_that_it_is_absent()
{
	local command rc bad=0
	echo 'mode enforce' >"$tmp/rules"
	for command in status mode 'mode enforce' "load $tmp/rules" \
			"-f $tmp/rules" 'list ruleset' 'list flows' \
			'list counters' monitor 'status --json'; do
		rc=0
		# shellcheck disable=SC2086 # words
		"$RTPGUARD" $command >"$tmp/out" 2>"$tmp/err" || rc=$?
		err=$(<"$tmp/err")
		out=$(<"$tmp/out")
		expect rc 3 out '' err \
			"rtpguard: the module is not loaded, expected 'modprobe rtpguard' before" &&
			continue
		echo "# rtpguard $command"
		bad=1
	done
	"$RTPGUARD" check "$tmp/rules" && "$RTPGUARD" version >/dev/null &&
		[ "$bad" -eq 0 ]
}

## Under traffic

# traffic NAMESPACE SPORT ADDRESS...: media without an end from there
traffic()
{
	background on "$1" "$RTPSEND" -p 5006 -s "$2" -a "$3" -d "$4" \
		-n 1000000000 -i 1000
	sender=$background_pid
}

some_are_dropped()
{
	[ "$(total dropped)" -gt 0 ]
}

load_and_unload_under_traffic()
{
	local round
	traffic "$h1" 7001 10.0.0.1 10.0.0.2
	for round in 1 2 3 4; do
		busywait 30000 more_arrive "$(arrived)" || return 1
		load mode=enforce &&
			busywait 30000 some_are_dropped &&
			unload_module || return 1
	done
	busywait 30000 more_arrive "$(arrived)"
	round=$?
	stop "$sender"
	return "$round"
}

# Without a rest in between, so that the traffic meets each step of both.
load_and_unload_at_once()
{
	local round rc=0
	traffic "$h1" 7002 10.0.0.1 10.0.0.2
	busywait 30000 more_arrive "$(arrived)" || rc=1
	for round in 1 2 3 4 5 6; do
		load mode=strict && unload_module || rc=1
	done
	busywait 30000 more_arrive "$(arrived)" || rc=1
	stop "$sender"
	return "$rc"
}

# add_ns NAME NUMBER: a namespace with a link to h2, 10.0.NUMBER.1 and .2
add_ns()
{
	ip netns add "$1" && ip link add name eth0 netns "$1" type veth \
		peer name "p$2" netns "$h2" &&
		ip -n "$1" addr add "10.0.$2.1/24" dev eth0 &&
		ip -n "$1" link set eth0 up &&
		ip -n "$h2" addr add "10.0.$2.2/24" dev "p$2" &&
		ip -n "$h2" link set "p$2" up
}

flow_of() # source address, source port: is it dropped?
{
	"$RTPGUARD" list flows --json | python3 -c '
import json, sys
src, sport = sys.argv[1], int(sys.argv[2])
sys.exit(not any(f["dropped"] for f in json.load(sys.stdin)["flows"]
		 if f["src"] == src and f["sport"] == sport))' "$1" "$2"
}

namespaces_older_and_younger_than_the_module()
{
	local early late rc=0
	add_ns "rg-early-$$" 11 && defer ip netns del "rg-early-$$" &&
		load mode=enforce &&
		add_ns "rg-late-$$" 12 && defer ip netns del "rg-late-$$" || return 1
	traffic "rg-early-$$" 7003 10.0.11.1 10.0.11.2
	early=$sender
	traffic "rg-late-$$" 7004 10.0.12.1 10.0.12.2
	late=$sender
	busywait 30000 flow_of 10.0.11.1 7003 &&
		busywait 30000 flow_of 10.0.12.1 7004 || rc=1
	# And once more, when both are older.
	unload_module && load mode=enforce || rc=1
	busywait 30000 flow_of 10.0.11.1 7003 &&
		busywait 30000 flow_of 10.0.12.1 7004 || rc=1
	stop "$early"
	stop "$late"
	unload_module || rc=1
	return "$rc"
}

link_is_gone() # of h2
{
	! ip -n "$h2" link show dev "$1" >/dev/null 2>&1
}

# A namespace goes with the last process in it: it is killed while it sends, and
# while h2 sends to it.
a_namespace_is_destroyed_under_traffic()
{
	local round rc=0 name inner outer
	load mode=monitor || return 1
	for round in 21 22 23; do
		name=rg-gone-$$-$round
		add_ns "$name" "$round" || return 1
		traffic "$name" 7005 "10.0.$round.1" "10.0.$round.2"
		inner=$sender
		traffic "$h2" 7006 "10.0.$round.2" "10.0.$round.1"
		outer=$sender
		busywait 30000 flow_media "10.0.$round.1" 7005 &&
			busywait 30000 flow_media "10.0.$round.2" 7006 || rc=1
		ip netns del "$name" || rc=1
		stop "$inner"
		busywait 30000 link_is_gone "p$round" || rc=1
		stop "$outer"
	done
	# What is left of them can be listed, and goes with the module.
	"$RTPGUARD" list flows | grep -q '10\.0\.21\.1' || rc=1
	unload_module || rc=1
	return "$rc"
}

flow_media() # source address, source port: is it known as media?
{
	"$RTPGUARD" list flows | grep -q "^udp $1:$2 > .* rtp clear"
}

## Under readers

event_heard() # file
{
	mode enforce
	grep -q 'mode enforce' "$1"
}

# A reader that is not told would wait for events that never come.
monitor_ends_with_the_module()
{
	local rc=0
	load || return 1
	"$RTPGUARD" monitor >"$tmp/out" 2>"$tmp/err" &
	local monitor=$!
	if ! busywait 30000 event_heard "$tmp/out" || ! unload_module ||
	   ! busywait 30000 grep -q . "$tmp/err"; then
		kill "$monitor"
	fi
	wait "$monitor" || rc=$?
	err=$(<"$tmp/err")
	expect rc 3 err \
		'rtpguard: monitor: the module was unloaded meanwhile, expected it to stay loaded'
}

# Whoever reads a dump keeps the module until it is read, and not longer.
a_dump_keeps_the_module()
{
	local hold rc=0
	load mode=enforce && mkfifo "$tmp/release" || return 1
	python3 "$RG_LIB_DIR/netlink_raw.py" hold <"$tmp/release" >"$tmp/out" &
	hold=$!
	exec 9>"$tmp/release"
	busywait 30000 grep -q held "$tmp/out" && it_is_in_use || rc=1
	exec 9>&-
	wait "$hold" && unload_module && ! module_loaded && [ "$rc" -eq 0 ]
}

# Not unloaded, and as good as before.
it_is_in_use()
{
	local rc=0
	rmmod rtpguard 2>"$tmp/err" || rc=$?
	expect rc 1 && grep -q 'in use' "$tmp/err" && transfer -n 10 &&
		expect received 2
}

# Each ends with 0, or 3 when the module is not there: nothing else is an answer.
list_until() # file
{
	local what rc
	until [ -e "$1" ]; do
		for what in counters ruleset; do
			rc=0
			"$RTPGUARD" list "$what" >/dev/null 2>"$tmp/reader" || rc=$?
			[ "$rc" -eq 0 ] || [ "$rc" -eq 3 ] ||
				echo "exit $rc: $(<"$tmp/reader")" >>"$tmp/wrong"
		done
	done
}

load_and_unload_under_readers()
{
	local round reader rc=0
	list_until "$tmp/end" &
	reader=$!
	traffic "$h1" 7007 10.0.0.1 10.0.0.2
	for round in 1 2 3 4 5; do
		load mode=enforce &&
			busywait 30000 some_are_dropped || rc=1
		busywait 30000 unload_module 2>/dev/null || rc=1
	done
	: >"$tmp/end"
	wait "$reader"
	stop "$sender"
	[ ! -s "$tmp/wrong" ] || { cat "$tmp/wrong"; rc=1; }
	return "$rc"
}

nothing_is_left()
{
	unload_leftover
	! module_loaded && absent && ! grep -q '^rtpguard ' /proc/modules
}

skip_unless_root
require_cmd python3
if ! make_pair >/dev/null || ! load_module || ! unload_module; then
	echo 'Bail out! no hosts, or no module'
	exit "$KSFT_FAIL"
fi
run_tests \
	modinfo_says_what_it_is \
	every_command_says_that_it_is_absent \
	a_fresh_module_is_in_monitor \
	no_counter_is_left_of_the_last_one \
	every_mode_can_be_the_first \
	self_test_passes \
	the_first_mode_is_in_force \
	a_bad_mode_is_refused \
	a_bad_size_is_refused \
	a_bad_timeout_is_refused \
	the_smallest_table_works \
	parameters_can_be_read_and_not_written \
	load_and_unload_under_traffic \
	load_and_unload_at_once \
	namespaces_older_and_younger_than_the_module \
	a_namespace_is_destroyed_under_traffic \
	monitor_ends_with_the_module \
	a_dump_keeps_the_module \
	load_and_unload_under_readers \
	nothing_is_left
