#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Each allocation fails once: what needed it fails as a whole, says so, and leaves
# all as it was; or it can do without. Needs a kernel with failslab. FAULTS=release
# lets every allocation of loading and of a namespace fail. Else those at the end, which
# are the module's own, and some twenty of the three hundred that come before them.

# The tests are called by their names.
# shellcheck disable=SC2317,SC2119,SC2034
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/traffic.sh"
. "$(dirname "$0")/streams.sh"
. "$(dirname "$0")/vm/kmemleak.sh"

FAILNTH=$build/selftests/failnth
SLAB=/sys/kernel/debug/failslab
FILTER=/sys/module/kunit/parameters/filter_glob
COMPLAINTS='RIP:|Call Trace:|BUG:|WARNING:|KASAN|UBSAN|ref_tracker: [^m]'
POINTS_MAX=3000
LOADING_OWN=320
NAMESPACE_OWN=60
step=10
[ "${FAULTS:-}" != release ] || step=$POINTS_MAX

# Sleeping allocations are left alone otherwise; atomic ones never are.
knob() # name value
{
	echo "$2" >"$SLAB/$1"
}

## What the kernel itself says and loses when it has no memory

# Some of its own callers ask for a call trace: as told, and no complaint.
quiet_begin()
{
	dmesg -n 1
	# Of a failed KUnit run the framework does not clean up.
	[ ! -w "$FILTER" ] || echo none >"$FILTER"
}

without_the_kernels_own()
{
	awk '
		/BUG:|KASAN|UBSAN|WARNING:|ref_tracker: [^m]/ { own = 0 }
		/vmalloc error|allocation failure|kmem_cache_create_args.* failed/ { own = 1 }
		!own { print }
		/<\/TASK>|end trace/ { own = 0 }'
}

# Slab caches that it cannot enter into sysfs lose their name there.
lost_by_the_module()
{
	awk -v RS='unreferenced object' '!/sysfs_slab_add/ && NF { print RS $0 }'
}

nothing_else_is_wrong()
{
	local wrong lost

	wrong=$(dmesg | without_the_kernels_own | grep -E "$COMPLAINTS")
	[ -z "$wrong" ] || { echo "$wrong"; return 1; }
	dmesg -C
	dmesg -n 5
	[ ! -w "$FILTER" ] || echo '*' >"$FILTER"
	[ -w "$KMEMLEAK" ] || return 0
	lost=$(kmemleak_scan | lost_by_the_module)
	[ -z "$lost" ] || { echo "$lost"; return 1; }
	echo clear >"$KMEMLEAK"
}

## Allocations by their numbers

# By doubling, then by halves: how many there are. It may be a few more the next time.
allocations_count() # function that lets number n fail and sets all: sets n
{
	local low=0 high=1

	"$1" "$high" || return
	until [ "$all" = all ]; do
		low=$high
		high=$((2 * high))
		[ "$high" -le $((2 * POINTS_MAX)) ] && "$1" "$high" || return
	done
	while [ $((high - low)) -gt 1 ]; do
		n=$(((low + high) / 2))
		"$1" "$n" || return
		[ "$all" = all ] && high=$n || low=$n
	done
	n=$high
}

# Some in front, and each of the last.
allocations_fail_one_by_one() # function, how many of the last: sets n
{
	local n own next

	allocations_count "$1" || { echo "allocation $n"; return 1; }
	own=$((n > $2 ? n - $2 : 1))
	for ((n = 1; n <= POINTS_MAX; n = next)); do
		"$1" "$n" || { echo "allocation $n"; return 1; }
		[ "$all" = injected ] || break
		next=$((n + 1))
		[ "$n" -ge "$own" ] || next=$((n + 1 + n / step))
		[ "$n" -ge "$own" ] || [ "$next" -le "$own" ] || next=$own
	done
	echo "$n allocations"
	expect all all && [ "$n" -gt 50 ]
}

## Loading the module

# No part of a table of 16 flows is so large that pages would do for it instead.
module_loads_or_does_not() # n: sets all
{
	local ret said

	read -r ret said < <("$FAILNTH" "$1" module "$RTPGUARD_KO" \
		"mode=enforce max_flows=16")
	all=$said
	if [ "$ret" = ok ]; then
		module_loaded && unload_module
	else
		[ "$ret" = ENOMEM ] || echo "allocation $1: $ret"
		! module_loaded
	fi
}

# The loader's are among them: whoever calls the module is no better off.
allocations_of_loading_fail()
{
	unload_module &&
		allocations_fail_one_by_one module_loads_or_does_not "$LOADING_OWN" &&
		load_module mode=enforce && transfer -n 10 && expect received 2
}

## The tool's requests

request_fails() # n, arguments of the tool: sets rc and all
{
	rc=0 all=all
	rm -f "$tmp/said"
	FAILNTH=$1 FAILNTH_SAID=$tmp/said LD_PRELOAD=$build/selftests/failnth_send.so \
		"$RTPGUARD" "${@:2}" >"$tmp/out" 2>"$tmp/err" || rc=$?
	[ -s "$tmp/said" ] || return 1
	! grep -q injected "$tmp/said" || all=injected
}

# Either it says why not, or all is as it has to be.
each_allocation_fails_once() # function that checks $rc, arguments of the tool
{
	local n

	for ((n = 1; n <= POINTS_MAX; n++)); do
		request_fails "$n" "${@:2}" || { echo 'nothing was sent'; return 1; }
		[ "$rc" -eq 0 ] || [ -s "$tmp/err" ] || return 1
		"$1" || { echo "allocation $n, exit code $rc"; return 1; }
		[ "$all" = injected ] || break
	done
	echo "$n allocations"
	[ "$all" = all ] && [ "$n" -gt 2 ] && [ "$rc" -eq 0 ]
}

# Where the answer is what there is no memory for, it is done and the tool fails: it
# cannot know. But never is it half done, nor said to be done when it is not.
loaded_or_not()
{
	"$RTPGUARD" list ruleset >"$tmp/listed" || return 1
	if ! cmp -s "$tmp/listed" "$tmp/new"; then
		[ "$rc" -ne 0 ] && cmp -s "$tmp/listed" "$tmp/old" || return 1
	fi
	"$RTPGUARD" load "$tmp/old.conf"
}

of_a_load()
{
	local i

	for ((i = 0; i < 20; i++)); do
		echo "rule r$i { media any; ip daddr 192.0.2.$i; oifname \"a$i\"; drop }"
	done >"$tmp/new.conf"
	echo 'rule old { media any; drop }' >"$tmp/old.conf"
	"$RTPGUARD" load "$tmp/new.conf" && "$RTPGUARD" list ruleset >"$tmp/new" &&
		"$RTPGUARD" load "$tmp/old.conf" &&
		"$RTPGUARD" list ruleset >"$tmp/old" &&
		each_allocation_fails_once loaded_or_not load "$tmp/new.conf" &&
		no_rules
}

mode_is_set_or_not() # likewise
{
	local now

	now=$("$RTPGUARD" status | sed -n 's/^mode //p')
	case $now/$rc in
	strict/*) ;;
	monitor/0) return 1 ;;
	monitor/*) ;;
	*) return 1 ;;
	esac
	mode monitor
}

of_a_mode()
{
	mode monitor && each_allocation_fails_once mode_is_set_or_not mode strict &&
		mode enforce
}

# A dump that ends well is whole.
dump_is_whole_or_refused()
{
	[ "$rc" -ne 0 ] || cmp -s "$tmp/out" "$tmp/whole"
}

of_a_dump_of_rules()
{
	"$RTPGUARD" list ruleset >"$tmp/whole" &&
		each_allocation_fails_once dump_is_whole_or_refused list ruleset
}

of_a_dump_of_counters()
{
	"$RTPGUARD" list counters >"$tmp/whole" &&
		each_allocation_fails_once dump_is_whole_or_refused list counters
}

# Idle times differ.
flows_are_all_there_or_refused()
{
	[ "$rc" -ne 0 ] ||
		[ "$(grep -c '^udp ' "$tmp/out")" -eq "$(grep -c '^udp ' "$tmp/whole")" ]
}

of_a_dump_of_flows()
{
	transfer -n 10 && transfer6 -n 10 && "$RTPGUARD" list flows >"$tmp/whole" &&
		each_allocation_fails_once flows_are_all_there_or_refused list flows
}

namespace_comes_or_does_not() # n: sets all
{
	local ret

	read -r ret all < <("$FAILNTH" "$1" netns)
	[ "$ret" = ok ] || [ "$all" = injected ]
}

of_a_namespace()
{
	allocations_fail_one_by_one namespace_comes_or_does_not "$NAMESPACE_OWN" &&
		mode enforce && transfer -n 10 && expect received 2
}

## The data path

# Every atomic allocation of a sending process fails.
starve()
{
	knob task-filter 0 && knob ignore-gfp-wait 1 &&
		knob times -1 && knob interval 1 && knob probability "${1:-100}"
}

feed_again()
{
	knob probability 0 && knob cache-filter 0
}

# Likewise of the module only: the kernel's own TCP does not go far without.
starve_module() # [percent]
{
	module_caches_marked && starve "${1:-100}"
}

module_caches_marked()
{
	local cache

	for cache in /sys/kernel/slab/rg_*; do
		echo 1 >"$cache/failslab" || return 1
	done
	knob cache-filter 1
}

no_memory()
{
	"$RTPGUARD" status | sed -n 's/^no-memory \([0-9]*\)$/\1/p'
}

# What has no state is held in strict. The end marker is no media, and comes.
nothing_passes_in_strict_without_memory()
{
	local before rc=0

	before=$(no_memory)
	mode strict && transfer -n 1 && starve || return 1
	transfer -n 50 || rc=1
	feed_again
	expect received 0 || rc=1
	[ "$(no_memory)" -gt "$before" ] || { echo 'nothing was missing'; rc=1; }
	return "$rc"
}

# In enforce it passes, for it is not known to be readable, and is counted.
media_passes_in_enforce_without_memory()
{
	local before rc=0

	before=$(no_memory)
	mode enforce && transfer -n 1 && starve || return 1
	transfer -n 50 || rc=1
	feed_again
	expect received 50 || rc=1
	[ "$(no_memory)" -gt "$before" ] || { echo 'nothing was missing'; rc=1; }
	return "$rc"
}

# Half of them: whatever was tested and then not is a stream still.
memory_that_comes_and_goes_does_no_harm()
{
	local i rc=0

	mode strict && starve 50 || return 1
	for ((i = 0; i < 20; i++)); do
		transfer_send -a 10.0.0.1 -d 10.0.0.2 -n 20
		transfer_send -a 2001:db8::1 -d 2001:db8::2 -rt 10 -n 100
	done
	feed_again
	mode enforce && transfer -n 10 && expect received 2 || rc=1
	return "$rc"
}

## TCP: bytes of a connection are looked at where it has memory

no_memory_grew() # by, since totals_start
{
	totals_read
	[ $((totals[no-memory] - totals_then[no-memory])) -ge "$1" ]
}

# Media or not: nobody knows. What was sent in vain is sent again, and is looked at then.
strict_holds_new_connections_without_memory()
{
	local rc=0

	mode strict && totals_start && starve_module || return 1
	stream rfc4571-pcmu && expect outcome stalled received 0 &&
		stream rtsp-record && expect outcome stalled received 0 &&
		streaming_start tls --frames 4 || rc=1
	feed_again
	no_memory_grew 3 && totals_moved dropped 0 && streaming_end || rc=1
	return "$rc"
}

enforce_passes_connections_without_memory()
{
	local rc=0

	mode enforce && totals_start && starve_module || return 1
	stream rfc4571-pcmu && expect outcome complete received "$sent" &&
		stream tls --frames 4 && expect outcome complete received "$sent" &&
		totals_moved held 0 dropped 0 && no_memory_grew 50 || rc=1
	feed_again
	return "$rc"
}

# At most one segment is not looked at, or one frame not as a whole.
each_allocation_of_a_connection_fails_once() # mode bytes-at-most
{
	local n rc=0

	mode "$1" && module_caches_marked || return 1
	for ((n = 1; n <= POINTS_MAX; n++)); do
		stream rfc4571-pcmu --frames 8 --patience 1 --fail-nth "$n" &&
			expect outcome stalled && at_most received "$2" || rc=1
		[ "$rc/$all" = 0/injected ] || break
	done
	feed_again
	echo "$n allocations"
	[ "$rc" -eq 0 ] && expect all all && [ "$n" -gt 2 ]
}

of_a_connection()
{
	each_allocation_of_a_connection_fails_once enforce $((3 * FRAME))
}

of_a_connection_in_strict()
{
	each_allocation_of_a_connection_fails_once strict 0
}

# Half of the time, for connections that end and begin. When it is back they are
# stopped, and what was none of them goes on all the time.
connections_come_and_go_without_memory()
{
	local mode rc=0

	live_streams_start || return 1
	for mode in strict enforce; do
		mode "$mode" && totals_start && starve_module 50 &&
			busywait 60000 no_memory_grew 20 && live_bulk_goes_on || rc=1
		feed_again
	done
	totals_start
	busywait 60000 media_is_dropped && live_bulk_goes_on || rc=1
	stop "$live_streams"
	return "$rc"
}

media_is_dropped()
{
	totals_read
	[ "${totals[dropped]}" -gt "${totals_then[dropped]}" ]
}

skip_unless_root
if [ ! -w "$SLAB/probability" ] || [ ! -e /proc/self/fail-nth ]; then
	ktap_skip_all 'no failslab in this kernel'
fi
make_tmp
# For fail-nth as well; each failure has a call trace otherwise.
knob ignore-gfp-wait 0
knob verbose 0
quiet_begin
bring_up mode=enforce
run_tests \
	allocations_of_loading_fail \
	of_a_load \
	of_a_mode \
	of_a_dump_of_rules \
	of_a_dump_of_counters \
	of_a_dump_of_flows \
	of_a_namespace \
	nothing_passes_in_strict_without_memory \
	media_passes_in_enforce_without_memory \
	memory_that_comes_and_goes_does_no_harm \
	strict_holds_new_connections_without_memory \
	enforce_passes_connections_without_memory \
	of_a_connection \
	of_a_connection_in_strict \
	connections_come_and_go_without_memory \
	nothing_else_is_wrong
