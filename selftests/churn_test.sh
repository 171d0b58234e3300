#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Everything comes and goes while packets pass: the module, rulesets, modes,
# namespaces, devices, CPUs, readers. CHURN=release does so a thousand times and
# more, and in a larger table; else a few, for every day.

# The tests are called by their names.
# shellcheck disable=SC2317,SC2119,SC2034
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/traffic.sh"
. "$(dirname "$0")/streams.sh"
. "$(dirname "$0")/router.sh"

if [ "${CHURN:-}" = release ]; then
	MODULES=1000 RULESETS=10000 MODES=10000 NAMESPACES=1000 DEVICES=1000
	CPUS=1000 DUMPS=1000 FLOWS=8192
else
	MODULES=3 RULESETS=20 MODES=20 NAMESPACES=4 DEVICES=4 CPUS=4 DUMPS=4
	FLOWS=2048
fi
CPU1=/sys/devices/system/cpu/cpu1/online

## Traffic that does not end: media readable and random, and what is no media

live_one() # namespace port, rtpsend arguments
{
	background on "$1" "$RTPSEND" -p 7000 -s "$2" -n 1000000000 -i 4000 \
		"${@:3}"
	live+=("$background_pid")
}

live_start()
{
	live=()
	live_one "$h1" 7001 -a 10.0.0.1 -d 10.0.0.2
	live_one "$h1" 7002 -a 2001:db8::1 -d 2001:db8::2 -rt 10
	live_one "$h1" 7003 -a 10.0.0.1 -d 10.0.0.2 -k dns
	live_one "$h1" 7004 -a 2001:db8::1 -d 2001:db8::2 -k rtcp
	live_one "$near" "$ROUTED_MEDIA" -v line -a 2001:db8:1::1 -d 2001:db8:2::1 \
		-i 20000
	live_one "$near" "$ROUTED_QUERIES" -a 10.8.1.1 -d 10.8.2.1 -k dns -i 20000
}

live_still()
{
	local pid

	for pid in "${live[@]}"; do
		kill -0 "$pid" || return 1
	done
}

live_stop()
{
	local pid

	for pid in "${live[@]}"; do
		stop "$pid"
	done
}

# Two packets pass before the verdict, as on the first day; a query passes.
judges_right()
{
	mode enforce && transfer -n 10 && expect received 2 &&
		transfer6 -n 10 && expect received 2 &&
		transfer -k dns -n 10 && expect received 10
}

# What is left when the module is gone would be there still.
leaves_nothing()
{
	unload_module && ! grep '^rg_' /proc/slabinfo
}

under_traffic() # function: between a fresh module and none
{
	local rc=0

	module_loaded || load_module mode=enforce || return 1
	live_start
	"$1" || rc=1
	live_still && live_bulk_goes_on && live_bulk_is_no_media &&
		routed_queries_go_on && mode enforce && routed_media_is_stopped || rc=1
	live_stop
	[ "$rc" -eq 0 ] && judges_right && leaves_nothing
}

## What comes and goes

# Connections that are older than the module are looked at from their middle on: media
# is found there, for its segments are frames; what is none goes on.
come_and_go_modules()
{
	local modes=(enforce strict) i

	unload_module || return 1
	for ((i = 0; i < MODULES; i++)); do
		live_media_forget && busywait 180000 live_media_are_under_way &&
			load_module mode="${modes[i % 2]}" &&
			busywait 180000 all_is_kept_back && live_bulk_goes_on &&
			unload_module || return 1
		# Undone here.
		unset 'rg_deferred[-1]'
	done
	load_module
}
modules() { under_traffic come_and_go_modules; }

# Of the connections of just before: one that was given up stays listed, and the one that
# follows it may have come while the list was made. One in which nothing is found goes on,
# and is not kept back.
all_is_kept_back()
{
	live_read && "$RTPGUARD" list flows >"$tmp/flows" || return 1
	awk '
		/^[^ ]/ { here = $1 == "udp" }
		/^  packets / && here && $10 + $12 { found = 1 }
		END { exit !found }' "$tmp/flows" && live_media_are_stopped "$tmp/flows" &&
		[ "$(routed_kept_back "$tmp/flows")" -gt 0 ]
}

# Nor was it for a moment.
live_bulk_is_no_media()
{
	"$RTPGUARD" list flows >"$tmp/flows" && ! grep ":$LIVE_BULK " "$tmp/flows"
}

rules_text() # number of rules
{
	local i

	for ((i = 1; i <= $1; i++)); do
		echo "rule r$i { media unprotected; ip daddr 192.0.2.$i; accept }"
	done
}

generation()
{
	"$RTPGUARD" status | sed -n 's/^generation \([0-9]*\)$/\1/p'
}

# Of three one is refused, and does not count.
come_and_go_rulesets()
{
	local i before after

	rules_text 1 >"$tmp/rules0"
	rules_text 200 >"$tmp/rules1"
	echo 'rule r { media unprotected }' >"$tmp/rules2"
	before=$(generation)
	for ((i = 0; i < RULESETS; i++)); do
		if [ $((i % 3)) -eq 2 ]; then
			! "$RTPGUARD" load "$tmp/rules2" 2>/dev/null || return 1
		else
			"$RTPGUARD" load "$tmp/rules$((i % 3))" || return 1
		fi
	done
	after=$(($(generation) - before))
	expect after $((RULESETS - RULESETS / 3)) &&
		"$RTPGUARD" load "$tmp/rules1" &&
		[ "$("$RTPGUARD" list ruleset | grep -c '^rule r')" -eq 200 ] &&
		no_rules
}
rulesets() { under_traffic come_and_go_rulesets; }

come_and_go_modes()
{
	local modes=(off monitor enforce strict) i

	for ((i = 0; i < MODES; i++)); do
		mode "${modes[i % 4]}" || return 1
	done
}
modes() { under_traffic come_and_go_modes; }

# Its device takes everything: no neighbour has to answer.
dummy_up() # device number [-n namespace]
{
	ip "${@:3}" -batch - <<-END
		link add $1 type dummy
		addr add 10.9.$2.1/24 dev $1
		link set $1 up
	END
}

# Every second one goes while it sends.
come_and_go_namespaces()
{
	local i name

	for ((i = 0; i < NAMESPACES; i++)); do
		name=rg-churn-$$-$i
		ip netns add "$name" && dummy_up d0 1 -n "$name" || return 1
		send_as "$name" -s 7100 -a 10.9.1.1 -d 10.9.1.2 -n 10 &&
			expect eperm 8 || return 1
		[ $((i % 2)) -eq 0 ] ||
			background on "$name" "$RTPSEND" -p 7000 -s 7101 -a 10.9.1.1 \
				-d 10.9.1.2 -n 1000000000 -i 1000
		ip netns del "$name" || return 1
		[ $((i % 2)) -eq 0 ] || stop "$background_pid"
	done
}
namespaces() { under_traffic come_and_go_namespaces; }

# Ten more packets of one stream to the device. Meanwhile nothing is sent on it: what
# was known of the flow, and of its rule, has to be known for what it is just now.
send_on() # sequence number [namespace]
{
	"$RTPSEND" ${2:+-w "$2"} -p 7000 -s 7102 -a 10.9.2.1 -d 10.9.2.2 -q "$1" -n 10 \
		>"$tmp/sent" &&
		[[ $(<"$tmp/sent") =~ ^sent=([0-9]+)\ eperm=([0-9]+)\ other=0$ ]] &&
		sent=${BASH_REMATCH[1]}
}

rename() # from to
{
	ip link set dev "$1" down && ip link set dev "$1" name "$2" &&
		ip link set dev "$2" up
}

# Away, and back by another name: nobody here sees it renamed, and its number is the
# one that it had.
travel() # from to
{
	ip link set dev "$1" netns "$h2" && ip -n "$h2" link set dev "$1" name "$2" &&
		ip -n "$h2" link set dev "$2" netns 1 &&
		device_up "$2"
}

device_up() # name [-n namespace]
{
	ip "${@:2}" -batch - <<-END
		addr add 10.9.2.1/24 dev $1
		link set $1 up
	END
}

# Elsewhere its name is not the host's. What is known of the flow here is not known there,
# but from the last time.
emigrate() # name
{
	ip link set dev "$1" netns "$h2" && device_up "$1" -n "$h2" &&
		send_on 0 "$h2" && at_most sent 2 && send_on 10 "$h2" && expect sent 0 &&
		ip -n "$h2" link del "$1"
}

sender_is_seen()
{
	"$RTPGUARD" list flows | grep -q '^udp 10\.9\.2\.1:7103 '
}

# It goes while it sends.
go_under_traffic() # command...
{
	local rc=0

	background "$RTPSEND" -p 7000 -s 7103 -a 10.9.2.1 -d 10.9.2.2 -n 1000000000 -i 1000
	busywait 180000 sender_is_seen && "$@" || rc=1
	stop "$background_pid"
	return "$rc"
}

# A rule that names a device is for whichever has the name just now; names count
# in the namespace of process 1.
come_and_go_devices()
{
	local i

	load_rules 'rule d { media any; oifname "rgd0"; accept }' || return 1
	for ((i = 0; i < DEVICES; i++)); do
		dummy_up rgd0 2 && send_on 0 && expect sent 10 &&
			rename rgd0 rgd1 && send_on 10 && expect sent 0 &&
			travel rgd1 rgd0 && send_on 20 && expect sent 10 &&
			travel rgd0 rgd1 && send_on 30 && expect sent 0 &&
			rename rgd1 rgd0 && send_on 40 && expect sent 10 ||
			return 1
		if [ $((i % 2)) -eq 0 ]; then
			go_under_traffic ip link del rgd0 || return 1
		else
			go_under_traffic emigrate rgd0 || return 1
		fi
	done
	no_rules
}

devices()
{
	local rc=0

	under_traffic come_and_go_devices || rc=1
	ip link del rgd0 2>/dev/null
	ip link del rgd1 2>/dev/null
	return "$rc"
}

# With it no count goes: totals only grow.
come_and_go_cpus()
{
	local i name

	totals_start
	for ((i = 0; i < CPUS; i++)); do
		echo $((i % 2)) >"$CPU1" || return 1
		totals_read
		for name in "${!totals_then[@]}"; do
			[ "${totals[$name]}" -ge "${totals_then[$name]}" ] || {
				echo "$name fell to ${totals[$name]}"
				return 1
			}
			totals_then[$name]=${totals[$name]}
		done
	done
}

cpus()
{
	local rc=0

	[ -w "$CPU1" ] || { echo 'CPU 1 cannot be taken away'; return "$KSFT_SKIP"; }
	under_traffic come_and_go_cpus || rc=1
	echo 1 >"$CPU1"
	return "$rc"
}

# Root has a quarter of the table, which is full: nothing comes but what takes the
# place of another, and nothing goes else.
full_table()
{
	unload_module && load_module mode=strict max_flows=$((4 * FLOWS)) \
		flow_timeout_ms=$((24 * 3600000)) &&
		"$RTPSEND" -w "$h1" -p 7200 -s 10000 -a 10.0.0.1 -d 10.0.0.2 -N \
			-n $((FLOWS * 5 / 4)) >/dev/null &&
		totals_read && [ "$flows" -ge "$FLOWS" ]
}

listed_read()
{
	"$RTPGUARD" list flows --numeric >"$tmp/flows" || return 1
	listed=$(grep -c '^udp 10\.0\.0\.1:[1-3][0-9]* > 10\.0\.0\.2:7200' "$tmp/flows")
}

replace_until() # file
{
	local i=0

	until [ -e "$1" ]; do
		i=$((i + 1))
		"$RTPGUARD" load "$tmp/rules$((i % 2))" || echo "load: $?" >>"$tmp/wrong"
	done
}

# The rules of one of them, and never some of each.
rules_read()
{
	local n

	if ! "$RTPGUARD" list ruleset >"$tmp/listed" 2>"$tmp/said"; then
		grep -q 'again and again' "$tmp/said"
		return
	fi
	n=$(grep -c '^rule ' "$tmp/listed")
	[ "$n" -eq 1 ] || [ "$n" -eq 200 ] || { echo "$n rules"; return 1; }
	rulesets=$((rulesets + 1))
}

# Each is whole: no flow is missing, and none is there twice.
come_and_go_dumps()
{
	local i loader listed most gone twice rulesets=0 rc=0

	rm -f "$tmp/end" "$tmp/wrong"
	rules_text 1 >"$tmp/rules0"
	rules_text 200 >"$tmp/rules1"
	"$RTPGUARD" load "$tmp/rules0" && full_table && totals_start && listed_read ||
		return 1
	most=$listed
	[ "$most" -ge $((FLOWS * 3 / 4)) ] || { echo "$most flows at first"; return 1; }
	replace_until "$tmp/end" &
	loader=$!
	for ((i = 0; i < DUMPS; i++)); do
		listed_read && totals_read && rules_read || rc=1
		gone=$((totals[evicted] - totals_then[evicted]))
		twice=$(grep '^udp .*:7200' "$tmp/flows" | sort | uniq -d | wc -l)
		expect twice 0 || rc=1
		[ "$listed" -ge $((most - gone)) ] ||
			{ echo "$listed flows of $most, $gone evicted"; rc=1; }
	done
	: >"$tmp/end"
	wait "$loader"
	[ ! -e "$tmp/wrong" ] || { cat "$tmp/wrong"; rc=1; }
	[ "$rulesets" -gt 0 ] || { echo 'no ruleset was listed'; rc=1; }
	return "$rc"
}

# Where the table has no place left media passes in enforce: not in a full one.
dumps_then_fresh()
{
	come_and_go_dumps && unload_module && load_module mode=enforce
}
dumps() { under_traffic dumps_then_fresh; }

make_tmp
bring_up mode=enforce
if ! router_up; then
	echo 'Bail out! no router'
	exit "$KSFT_FAIL"
fi
if ! live_streams_start; then
	echo 'Bail out! no TCP'
	exit "$KSFT_FAIL"
fi
run_tests \
	modules \
	rulesets \
	modes \
	namespaces \
	devices \
	cpus \
	dumps
