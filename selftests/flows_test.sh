#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The flow table: what gets a place, what loses it, and what `list flows` says.

# Tests are called, and what they expect is read, by name; some options are none.
# shellcheck disable=SC2317,SC2034,SC2119
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/traffic.sh"

reload() # module parameters: an empty table of another size
{
	unload_module && insmod "$RTPGUARD_KO" "$@"
}

# Sets what happened since totals_start; refused is who got no place.
status_since()
{
	totals_read
	evicted=$((totals[evicted] - totals_then[evicted]))
	held=$((totals[held] - totals_then[held]))
	dropped=$((totals[dropped] - totals_then[dropped]))
	owner_full=$((totals[owner-full] - totals_then[owner-full]))
	table_full=$((totals[table-full] - totals_then[table-full]))
	refused=$((owner_full + table_full +
		totals[chain-full] - totals_then[chain-full]))
}

flows_are() # number
{
	totals_read
	[ "$flows" = "$1" ]
}

# In strict nothing of it arrives: h1's flow is the only one.
media() # source-port, rtpsend arguments
{
	send_as "$h1" -s "$1" -a 10.0.0.1 -d 10.0.0.2 "${@:2}"
}

# One packet of each tuple: in the shape of media, and no more than that.
next_port=20000

tuples() # number uid
{
	media "$next_port" -N -n "$1" -u "$2" && expect sent "$1" || return 1
	next_port=$((next_port + $1))
}

# Four flows with a drop verdict: all that a user may have of 16.
four_dropped_flows() # first-source-port uid
{
	local port

	for port in "$1" $(($1 + 1)) $(($1 + 2)) $(($1 + 3)); do
		media "$port" -n 5 -u "$2" && expect sent 2 eperm 3 || return 1
	done
}

# Two owners share a slot once in 4,096 times, and then a quarter. The next table
# has another key.
twice() # function
{
	"$1" || "$1"
}

a_flow_expires()
{
	local before

	reload flow_timeout_ms=2000 mode=monitor &&
		before=$(counter out rtp clear would-drop) && media 5000 -n 10 &&
		known=$(($(counter out rtp clear would-drop) - before)) &&
		expect sent 10 known 8 || return 1
	busywait 60000 flows_are 0 || return 1
	listed=$("$RTPGUARD" list flows) && expect listed ''
}

flows_without() # text: the list, where that is not in it
{
	local list

	list=$("$RTPGUARD" list flows) && [[ $list != *$1* ]] && echo "$list"
}

# The first two packets of a flow are unknown: with two flows four are, unless
# one was forgotten and began anew.
an_active_flow_does_not()
{
	local list

	reload flow_timeout_ms=3000 mode=monitor || return 1
	background "$RTPSEND" -w "$h1" -a 10.0.0.1 -d 10.0.0.2 -p "$PORT" \
		-s 5001 -i 20000 -n 4000000000
	media 5002 -n 5 &&
		list=$(busywait 60000 flows_without 10.0.0.1:5002)
	stop "$background_pid"
	unknown=$(counter out unknown undetermined would-hold)
	[[ $list = *'10.0.0.1:5001 > 10.0.0.2:'*' rtp clear'* ]] &&
		expect unknown 4
}

non_media_has_no_flow()
{
	local kind

	reload mode=strict || return 1
	for kind in dns quic quic-long empty 'cut -l 11'; do
		# shellcheck disable=SC2086 # an option with its value
		media 5000 -n 5 -k $kind && expect sent 5 || return 1
	done
	totals_read && expect flows 0 flows_max 65536
}

# Packets of which it was known that they have no flow, before it has one.
what_is_no_media_counts_in_a_flow()
{
	local kind

	reload mode=monitor || return 1
	for kind in quic rtp quic; do
		media 5000 -n 5 -k "$kind" && expect sent 5 || return 1
	done
	list=$("$RTPGUARD" list flows) && [[ $list = *'  packets 10 '*' media 5 '* ]]
}

try_a_user_has_a_quarter()
{
	reload max_flows=16 mode=strict && totals_start || return 1
	tuples 100 0 && status_since &&
		expect flows_max 16 flows 4 held 100 table_full 0 || return 1
	tuples 100 1001 && status_since && expect flows 8 held 200 table_full 0
}

a_user_has_a_quarter() { twice try_a_user_has_a_quarter; }

# What was refused has no place, what was evicted lost it, the rest is there.
unrecognised_flows_give_way()
{
	reload max_flows=16 mode=strict && totals_start && tuples 100 0 &&
		status_since || return 1
	gone=$((evicted + refused))
	expect gone 96 && [ "$evicted" -gt 0 ]
}

try_the_cap_holds()
{
	local uid

	reload max_flows=16 mode=strict && totals_start || return 1
	for uid in 1001 1002 1003 1004 1005 1006; do
		tuples 50 "$uid" && status_since && [ "$flows" -le 16 ] ||
			return 1
		gone=$((evicted + refused + flows))
		expect gone $((50 * (uid - 1000))) || return 1
	done
	expect flows 16 held 300
}

the_cap_holds() { twice try_the_cap_holds; }

full_of_verdicts() # fills a table of 16
{
	local uid

	reload max_flows=16 mode=strict && totals_start || return 1
	for uid in 1001 1002 1003 1004; do
		four_dropped_flows $((5000 + 10 * (uid - 1000))) "$uid" || return 1
	done
	status_since && expect flows 16 evicted 0 refused 0
}

try_drop_verdicts_survive_a_flood()
{
	local uid port

	full_of_verdicts || return 1
	for uid in 0 1001 1005; do
		tuples 100 "$uid" || return 1
	done
	status_since && expect flows 16 evicted 0 refused 300 || return 1
	for port in 5010 5023 5032 5041; do
		media "$port" -n 5 -q 5 && expect sent 0 eperm 5 || return 1
	done
}

drop_verdicts_survive_a_flood() { twice try_drop_verdicts_survive_a_flood; }

try_a_full_table_is_counted_by_packet()
{
	full_of_verdicts && media 6000 -n 20 -u 1005 && expect sent 20 eperm 0 &&
		status_since && expect table_full 20 owner_full 0
}

a_full_table_is_counted_by_packet() { twice try_a_full_table_is_counted_by_packet; }

# Media shows itself in its flow: without one nobody knows, and it goes on.
try_at_the_cap_media_passes_in_enforce()
{
	reload max_flows=16 mode=strict && four_dropped_flows 5000 0 &&
		mode enforce && totals_start && transfer -n 20 &&
		expect sent 20 eperm 0 received 20 || return 1
	status_since && expect owner_full 20 table_full 0 evicted 0 dropped 0
}

at_the_cap_media_passes_in_enforce() { twice try_at_the_cap_media_passes_in_enforce; }

at_the_cap_media_is_held_in_strict()
{
	reload max_flows=16 mode=strict && four_dropped_flows 5000 0 &&
		totals_start && transfer -n 20 &&
		expect sent 20 eperm 0 received 0 || return 1
	status_since && expect held 20 owner_full 20 table_full 0 dropped 0
}

try_at_the_cap_other_traffic_passes()
{
	full_of_verdicts && transfer -n 20 -k dns && expect received 20 &&
		transfer6 -n 20 -k quic && expect received 20
}

at_the_cap_other_traffic_passes() { twice try_at_the_cap_other_traffic_passes; }

try_a_thousand_tuples()
{
	local uid

	reload max_flows=64 mode=strict && totals_start && tuples 1000 0 &&
		status_since || return 1
	gone=$((evicted + refused))
	expect flows 16 gone 984 held 1000 || return 1
	for uid in 1001 1002 1003 1004; do
		tuples 250 "$uid" && status_since && [ "$flows" -le 64 ] ||
			return 1
	done
	gone=$((evicted + refused))
	expect flows 64 gone 1936 held 2000
}

a_thousand_tuples() { twice try_a_thousand_tuples; }

both_have_packets() # number: the flows of h1 and of h2
{
	[ "$("$RTPGUARD" list flows | grep -c "^  packets $1 ")" -eq 2 ]
}

two_directions_are_one_flow()
{
	local list

	reload mode=monitor && media 5008 -n 10 &&
		PORT=5008 send_as "$h2" -s 5004 -a 10.0.0.2 -d 10.0.0.1 \
			-n 7 -S 0x99 &&
		busywait 30000 both_have_packets 17 || return 1
	list=$("$RTPGUARD" list flows)
	heads=$(grep -c "^udp 10.0.0.1:5008 > 10.0.0.2:5004 rtp clear$" \
		<<< "$list")
	original=$(grep -c '^  stream 0x00001234 original .* packets 10 ' \
		<<< "$list")
	reply=$(grep -c '^  stream 0x00000099 reply .* packets 7 ' <<< "$list")
	totals_read && expect flows 2 heads 2 original 2 reply 2
}

list_without_times() # options
{
	"$RTPGUARD" list flows "$@" |
		sed -E 's/ idle [0-9]+\.[0-9]{3}s$/ idle/; s/netns [0-9]+/netns/
			s/test: [A-Z0-9]+, [1-9][0-9]+ bits/test: NAME, N bits/'
}

list_says_all_of_a_flow()
{
	local evidence='rtp-continuity, static-pt-length, payload-structure'
	local lines="\
udp 10.0.0.1:5000 > 10.0.0.2:$PORT rtp clear
  evidence $evidence
  packets 10 bytes 2000 media 10 passed 0 dropped 8 held 2 decided-at 3 idle
  netns user root
  stream 0x00001234 original pt 8 rtp clear packets 10 evidence $evidence
    content test: NAME, N bits against cipher text"

	reload mode=strict && media 5000 -n 10 -P 8 &&
		diff <(echo "$lines") <(list_without_times) &&
		diff <(echo "${lines/user root/uid 0}") <(list_without_times -n)
}

list_of_ipv6_and_rtcp()
{
	local lines="\
udp [2001:db8::1]:5000 > [2001:db8::2]:$PORT rtcp clear
  evidence rtcp-chain
  packets 3 bytes 288 media 0 passed 0 dropped 3 held 0 decided-at 1 idle
  netns uid 4321"

	reload mode=strict && send_as "$h1" -s 5000 -a 2001:db8::1 \
		-d 2001:db8::2 -k rtcp -n 3 -u 4321 &&
		diff <(echo "$lines") <(list_without_times)
}

JSON_CHECK='
import json, sys
doc = json.load(sys.stdin)
assert isinstance(doc["schema"], int), doc
flow, = doc["flows"]
assert type(flow.pop("netns")) is int and type(flow.pop("idle_ms")) is int
evidence = ["rtp-continuity", "static-pt-length", "payload-structure"]
content = flow["streams"][0].pop("content")
assert content["feature"] and content["bits"] >= 24, flow
assert flow == {
    "proto": "udplite", "src": "2001:db8::1", "sport": 5000,
    "dst": "2001:db8::2", "dport": 5004, "uid": 4321, "class": "rtp",
    "protection": "clear", "evidence": evidence, "packets": 10,
    "bytes": 2200, "media_packets": 10, "passed": 0, "dropped": 8, "held": 2,
    "packets_before_verdict": 3, "streams": [{
        "ssrc": "0xfedcba98", "direction": "original", "payload_type": 0,
        "class": "rtp", "protection": "clear", "evidence": evidence,
        "packets": 10}]}, flow
'

json_says_all_of_a_flow()
{
	reload mode=strict && send_as "$h1" -s 5000 -a 2001:db8::1 \
		-d 2001:db8::2 -n 10 -v udplite -S 0xfedcba98 -u 4321 &&
		"$RTPGUARD" list flows --json | python3 -c "$JSON_CHECK"
}

JSON_UNKNOWN='
import json, sys
flow, = json.load(sys.stdin)["flows"]
assert flow["class"] == "unknown", flow
assert flow["protection"] == "undetermined", flow
assert flow["packets_before_verdict"] is None, flow
assert flow["evidence"] == [] and flow["streams"] == [], flow
assert flow["uid"] == 0 and flow["packets"] == 2, flow
'

json_of_an_unrecognised_flow()
{
	reload mode=strict && media 5000 -n 2 &&
		"$RTPGUARD" list flows --json | python3 -c "$JSON_UNKNOWN"
}

json_of_no_flow()
{
	reload && list=$("$RTPGUARD" list flows --json | tr -d ' \n') &&
		[[ $list = *'"flows":[]'* ]]
}

# What comes in has no socket here: it is charged to the namespace.
incoming_flows_have_no_user()
{
	reload mode=monitor && media 5000 -n 5 &&
		busywait 30000 both_have_packets 5 || return 1
	user=$("$RTPGUARD" list flows | grep -c '^  netns [0-9]* user root$')
	none=$("$RTPGUARD" list flows | grep -c '^  netns [0-9]*$')
	expect user 1 none 1
}

flows_of_a_deleted_namespace_expire()
{
	reload flow_timeout_ms=2000 mode=strict && ip netns add rg-gone &&
		ip -n rg-gone -batch - <<-END || return 1
			link add v0 type veth peer name v1
			addr add 10.0.7.1/24 dev v0
			link set v0 up
			link set v1 up
		END
	send_as rg-gone -s 5000 -a 10.0.7.1 -d 10.0.7.2 -n 10 &&
		expect sent 2 eperm 8
	local ret=$?
	ip netns del rg-gone
	[ "$ret" -eq 0 ] && busywait 60000 flows_are 0
}

require_cmd python3
bring_up
run_tests \
	a_flow_expires \
	an_active_flow_does_not \
	non_media_has_no_flow \
	what_is_no_media_counts_in_a_flow \
	a_user_has_a_quarter \
	unrecognised_flows_give_way \
	the_cap_holds \
	drop_verdicts_survive_a_flood \
	a_full_table_is_counted_by_packet \
	at_the_cap_media_passes_in_enforce \
	at_the_cap_media_is_held_in_strict \
	at_the_cap_other_traffic_passes \
	a_thousand_tuples \
	two_directions_are_one_flow \
	list_says_all_of_a_flow \
	list_of_ipv6_and_rtcp \
	json_says_all_of_a_flow \
	json_of_an_unrecognised_flow \
	json_of_no_flow \
	incoming_flows_have_no_user \
	flows_of_a_deleted_namespace_expire
