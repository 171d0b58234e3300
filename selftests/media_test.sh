#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# RTP in clear is stopped, what does not look clear passes, mode by mode.

# Tests are called, and what they expect is read, by name; some options are none.
# shellcheck disable=SC2317,SC2034,SC2119
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/traffic.sh"

monitor_passes_and_counts()
{
	local before
	mode monitor && before=$(total would-drop)
	transfer -n 50 && expect sent 50 eperm 0 received 50 &&
		would=$(($(total would-drop) - before)) && expect would 48
}

off_counts_nothing()
{
	local before
	mode off && before=$("$RTPGUARD" list counters)
	transfer -n 20 && expect sent 20 received 20 &&
		diff <(echo "$before") <("$RTPGUARD" list counters)
}

enforce_drops_ipv4_from_the_third()
{
	mode enforce && transfer -n 50 && expect sent 2 eperm 48 received 2
}

enforce_drops_ipv6_from_the_third()
{
	mode enforce && transfer6 -n 50 && expect sent 2 eperm 48 received 2
}

enforce_drops_pcma_g722_gsm_ts()
{
	mode enforce
	transfer -n 10 -P 8 && expect received 2 || return 1
	transfer -n 10 -P 9 && expect received 2 || return 1
	transfer -n 10 -P 3 -l 33 && expect received 2 || return 1
	transfer -n 10 -P 33 -l 1316 && expect received 2
}

enforce_passes_what_has_a_tag()
{
	mode enforce && transfer -n 50 -r -t 10 && expect sent 50 received 50
}

before_verdict_is_counted()
{
	local before
	mode enforce && before=$(total before-verdict)
	transfer -n 10 && counted=$(($(total before-verdict) - before)) &&
		expect received 2 counted 2
}

strict_passes_nothing()
{
	mode strict && transfer -n 50 && expect received 0 || return 1
	transfer6 -n 50 && expect received 0
}

strict_is_silent_before_the_proof()
{
	mode strict && transfer -n 50 && expect sent 2 eperm 48 received 0
}

strict_holds_what_nothing_vouches_for()
{
	local before
	mode strict && before=$(total held)
	transfer -n 30 -r -t 10 && held=$(($(total held) - before)) &&
		expect sent 30 eperm 0 received 0 held 30
}

rtcp_in_clear_is_dropped()
{
	mode enforce && transfer -k rtcp -n 10 &&
		expect sent 0 eperm 10 received 0
}

receiver_reports_pass()
{
	mode enforce && transfer -k rr -n 10 && expect sent 10 received 10
}

any_port()
{
	local port ret=0
	for port in 53 123 443 5353; do
		mode enforce && PORT=$port transfer -n 10 && expect received 2 || ret=1
		mode strict && PORT=$port transfer -n 10 && expect received 0 || ret=1
	done
	return "$ret"
}

mode_is_in_force_from_the_next_packet()
{
	mode monitor && transfer_start || return 1
	sport=$((sport + 1))
	send_as "$h1" -s "$sport" -a 10.0.0.1 -d 10.0.0.2 -n 10 -q 0 &&
		expect sent 10 || return 1
	mode enforce
	send_as "$h1" -s "$sport" -a 10.0.0.1 -d 10.0.0.2 -n 10 -q 10 &&
		expect sent 0 eperm 10 || return 1
	mode monitor
	send_as "$h1" -s "$sport" -a 10.0.0.1 -d 10.0.0.2 -n 10 -q 20 -e &&
		expect sent 10 && transfer_end && expect received 20
}

loopback_is_never_touched()
{
	local before
	mode strict && before=$(media_counters)
	PORT=6004 h2=$h1 transfer_start || return 1
	PORT=6004 send_as "$h1" -s 6000 -a 127.0.0.1 -d 127.0.0.1 -n 50 -e &&
		transfer_end && expect sent 50 received 50 || return 1
	diff <(echo "$before") <(media_counters)
}

# Neighbour discovery goes on beside a test: it is counted as nothing known.
media_counters()
{
	"$RTPGUARD" list counters | grep -v ' unknown *undetermined *accept '
}

rule_accepts_by_address()
{
	mode enforce
	load_rules 'rule pbx { media unprotected; ip daddr 10.0.0.0/24; accept }'
	transfer -n 20 && expect received 20 || return 1
	transfer6 -n 20 && expect received 2 || return 1
	load_rules 'rule pbx { media any; ip6 saddr 2001:db8::1; accept }'
	transfer6 -n 20 && expect received 20 || return 1
	transfer -n 20 && expect received 2
	local ret=$?
	no_rules
	return "$ret"
}

rule_accepts_by_port()
{
	mode enforce
	load_rules "rule lab { media any; udp dport { 1, 5000-$PORT }; accept }"
	transfer -n 20 && expect received 20 || return 1
	load_rules "rule lab { media any; udp sport 1-1000; accept }"
	transfer -n 20 && expect received 2
	local ret=$?
	no_rules
	return "$ret"
}

rule_names_an_address_in_strict()
{
	mode strict
	load_rules 'rule all { media undetermined; accept }'
	transfer -n 20 -r -t 10 && expect received 0 || return 1
	load_rules 'rule pbx { media undetermined; ip daddr 10.0.0.2; accept }'
	transfer -n 20 -r -t 10 && expect received 20
	local ret=$?
	no_rules
	return "$ret"
}

rule_is_in_force_for_a_live_flow()
{
	mode enforce && transfer_start || return 1
	sport=$((sport + 1))
	send_as "$h1" -s "$sport" -a 10.0.0.1 -d 10.0.0.2 -n 10 && expect sent 2 ||
		return 1
	load_rules 'rule pbx { media any; ip daddr 10.0.0.2; accept }'
	send_as "$h1" -s "$sport" -a 10.0.0.1 -d 10.0.0.2 -n 10 -q 10 -e &&
		expect sent 10 && transfer_end && expect received 12
	local ret=$?
	no_rules
	return "$ret"
}

# Device names count in the host's own namespace, and in no other.
rule_by_device_is_the_hosts_alone()
{
	mode enforce
	load_rules 'rule any-dev { media any; oifname "*"; accept }'
	transfer -n 20 && expect received 2 || return 1
	ip link add host0 type veth peer name peer0 netns "$h2" &&
		ip addr add 10.0.9.1/24 dev host0 && ip link set host0 up &&
		ip -n "$h2" addr add 10.0.9.2/24 dev peer0 &&
		ip -n "$h2" link set peer0 up || return 1
	load_rules 'rule dev { media any; oifname "host*"; accept }'
	transfer_start || return 1
	result=$("$RTPSEND" -p "$PORT" -s 7000 -a 10.0.9.1 -d 10.0.9.2 -n 20 -e)
	transfer_end && expect received 20 result 'sent=20 eperm=0 other=0' ||
		return 1
	load_rules 'rule dev { media any; oifname "other0"; accept }'
	transfer_start || return 1
	result=$("$RTPSEND" -p "$PORT" -s 7001 -a 10.0.9.1 -d 10.0.9.2 -n 20 -e)
	transfer_end && expect received 2
	local ret=$?
	ip link del host0
	no_rules
	return "$ret"
}

a_namespace_made_later_is_covered()
{
	local ret
	mode enforce
	ip netns add rg-late && ip link add late0 netns rg-late type veth \
		peer name late1 netns "$h2" &&
		ip -n rg-late addr add 10.0.8.1/24 dev late0 &&
		ip -n rg-late link set late0 up &&
		ip -n "$h2" addr add 10.0.8.2/24 dev late1 &&
		ip -n "$h2" link set late1 up || return 1
	transfer_start && send_as rg-late -s 7100 -a 10.0.8.1 -d 10.0.8.2 -n 20 -e &&
		transfer_end && expect received 2
	ret=$?
	ip netns del rg-late
	return "$ret"
}

events_name_the_flow()
{
	local events ret
	events=$(mktemp)
	mode enforce
	"$RTPGUARD" monitor > "$events" &
	local monitor=$!
	busywait 30000 monitor_hears "$events" || return 1
	transfer -n 10
	busywait 30000 grep -q "flow udp 10.0.0.1:$sport > 10.0.0.2:$PORT rtp clear" \
		"$events"
	ret=$?
	kill -INT "$monitor"
	wait "$monitor" || ret=1
	[ "$ret" -eq 0 ] || sed 's/^/# /' "$events"
	rm -f "$events"
	return "$ret"
}

monitor_hears() # file: the mode is set until the reader is there to see it
{
	mode enforce
	grep -q 'mode enforce' "$1"
}

bring_up
run_tests \
	monitor_passes_and_counts \
	off_counts_nothing \
	enforce_drops_ipv4_from_the_third \
	enforce_drops_ipv6_from_the_third \
	enforce_drops_pcma_g722_gsm_ts \
	enforce_passes_what_has_a_tag \
	before_verdict_is_counted \
	strict_passes_nothing \
	strict_is_silent_before_the_proof \
	strict_holds_what_nothing_vouches_for \
	rtcp_in_clear_is_dropped \
	receiver_reports_pass \
	any_port \
	mode_is_in_force_from_the_next_packet \
	loopback_is_never_touched \
	rule_accepts_by_address \
	rule_accepts_by_port \
	rule_names_an_address_in_strict \
	rule_is_in_force_for_a_live_flow \
	rule_by_device_is_the_hosts_alone \
	a_namespace_made_later_is_covered \
	events_name_the_flow
