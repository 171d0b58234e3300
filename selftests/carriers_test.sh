#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Media in what carries it is judged as if it were bare, peer by peer; and what a
# handshake on its 5-tuple is worth.

# Tests are called, and what they expect is read, by name; some options are none.
# shellcheck disable=SC2317,SC2034,SC2119
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/traffic.sh"

carried_is_judged() # how, as rtpsend's -R
{
	mode enforce && transfer -n 50 -R "$1" && expect sent 2 eperm 48 received 2 &&
		transfer6 -n 20 -R "$1" && expect received 2 || return 1
	mode strict && transfer -n 20 -R "$1" && expect received 0
}

channel_data_is_judged() { carried_is_judged c; }
channels_of_rfc_5766_are_judged() { carried_is_judged C; }
send_indications_are_judged() { carried_is_judged s; }
data_indications_are_judged() { carried_is_judged d; }

nested_twice_is_judged()
{
	local how

	mode enforce
	for how in cc cs sc ss CC sC; do
		transfer -n 10 -R "$how" && expect received 2 || return 1
	done
}

# The third level is no medium's any more: README says so.
a_third_level_is_not_opened()
{
	mode strict && transfer -n 10 -R ccc && expect received 10
}

encrypted_media_in_it_passes()
{
	mode enforce && transfer -n 60 -r -t 10 -R c && expect received 60 &&
		transfer -n 60 -r -t 10 -R s && expect received 60
}

encrypted_media_in_it_passes_strict_behind_the_proof()
{
	mode strict && transfer -n 60 -r -t 10 -R c && expect eperm 0 received 13
}

# On one 5-tuple, with one SSRC: two calls through one relay.
each_peer_is_judged_by_itself()
{
	mode enforce && transfer_start || return 1
	sport=$((sport + 1))
	send_as "$h1" -s "$sport" -a 10.0.0.1 -d 10.0.0.2 -n 20 -R c -T 1 &&
		expect sent 2 eperm 18 || return 1
	send_as "$h1" -s "$sport" -a 10.0.0.1 -d 10.0.0.2 -n 20 -R c -T 2 -r -t 10 &&
		expect sent 20 || return 1
	send_as "$h1" -s "$sport" -a 10.0.0.1 -d 10.0.0.2 -n 20 -R c -T 1 -r -q 20 -e &&
		expect eperm 20 && transfer_end && expect received 22
}

a_peer_has_no_flow_of_anothers_class()
{
	local list

	list=$("$RTPGUARD" list flows) &&
		[[ $list = *"10.0.0.1:$sport > 10.0.0.2:$PORT rtp clear"$'\n'*turn-carried* ]] &&
		[[ $list = *"10.0.0.1:$sport > 10.0.0.2:$PORT rtp undetermined"$'\n'* ]]
}

every_segment_is_opened()
{
	mode enforce && transfer -n 5 -g 4 -R c && expect sent 0 eperm 5 received 0
}

# Two peers in one send: each has two of the four segments. Somebody listens, and
# hears of each.
segments_of_two_peers_are_two_flows()
{
	mode enforce
	background "$RTPGUARD" monitor >"$events"
	busywait 60000 monitor_hears || return 1
	transfer -n 5 -g 4 -R c -T 256 && expect sent 1 eperm 4 received 4 || return 1
	busywait 60000 two_are_clear
	stop "$background_pid"
}

monitor_hears() # the mode is set until the reader is there to see it
{
	mode enforce
	grep -q 'mode enforce' "$events"
}

two_are_clear()
{
	[ "$(grep -c "10.0.0.1:$sport .*rtp clear" "$events")" -ge 2 ]
}

# What follows media in a send is not media, and has no flow.
media_in_front_of_junk_is_dropped()
{
	mode enforce && transfer -n 10 -g 4 -L && expect sent 0 eperm 10 received 0 &&
		transfer -n 10 -g 4 -L -R c && expect sent 0 eperm 10 received 0
}

a_rule_speaks_of_what_is_carried()
{
	local ret

	mode enforce
	load_rules 'rule relay { media unprotected; ip daddr 10.0.0.2; accept }'
	transfer -n 20 -R c && expect received 20
	ret=$?
	no_rules
	return "$ret"
}

stun_is_counted_and_passes()
{
	local before

	mode strict && before=$(counter out stun undetermined accept)
	transfer -n 10 -k quic -l 0 -R s && expect received 10 || return 1
	counted=$(($(counter out stun undetermined accept) - before))
	expect counted 10
}

relayed_by_no_one_is_turn()
{
	local before

	mode strict && before=$(counter out turn undetermined accept)
	transfer -n 10 -k quic -l 40 -R c && expect received 10 || return 1
	counted=$(($(counter out turn undetermined accept) - before))
	expect counted 10
}

# Between h1's next source port and h2, before any media.
from_h1() # rtpsend arguments
{
	send_as "$h1" -s "$sport" -a 10.0.0.1 -d 10.0.0.2 "$@" && [ "$eperm" -eq 0 ]
}

from_h2()
{
	local from=$PORT

	PORT=$sport send_as "$h2" -s "$from" -a 10.0.0.2 -d 10.0.0.1 "$@" &&
		[ "$eperm" -eq 0 ]
}

dtls() # "" or "-null"
{
	sport=$((sport + 1))
	from_h1 -k "client-hello$1" && from_h2 -k "server-hello$1" &&
		from_h1 -k finished && from_h2 -k finished
}

zrtp()
{
	sport=$((sport + 1))
	from_h1 -k zrtp-commit && from_h2 -k zrtp-confirm1 &&
		from_h1 -k zrtp-confirm2
}

media() # rtpsend arguments: on the 5-tuple of the handshake, sets received
{
	transfer_start && from_any -e "$@" && transfer_end
}

from_any()
{
	send_as "$h1" -s "$sport" -a 10.0.0.1 -d 10.0.0.2 "$@"
}

behind_dtls_16_packets_are_held()
{
	mode strict && dtls '' && media -n 50 -r -t 10 && expect eperm 0 received 35
}

is_credited() # SSRC
{
	local before

	before=$(total credited)
	media -n 15 -r -t 10 -S "$1" && expect received 15 &&
		credited=$(($(total credited) - before)) && expect credited 15
}

# Now and then cipher text shows the four bits that end its credit: one of three.
a_new_ssrc_passes_on_credit()
{
	is_credited 0x77 || is_credited 0x78 || is_credited 0x79
}

a_replayed_handshake_hides_no_g711()
{
	mode enforce && dtls '' && media -n 50 && expect received 2 || return 1
	mode strict && dtls '' && media -n 50 && expect received 0 || return 1
	# A payload type that says nothing of its length.
	dtls '' && media -n 50 -P 96 && expect received 0 || return 1
	mode enforce && dtls '' && media -n 50 -P 96 && [ "$received" -le 16 ]
}

a_client_hello_alone_is_worth_nothing()
{
	mode strict
	sport=$((sport + 1))
	from_h1 -k client-hello && from_h1 -k finished && media -n 30 -r -t 10 && expect received 0
}

a_null_profile_is_unprotected()
{
	local list

	mode enforce && dtls -null && media -n 30 -r -t 10 && expect received 2 &&
		list=$("$RTPGUARD" list flows) &&
		[[ $list = *"10.0.0.1:$sport > 10.0.0.2:$PORT srtp null"*dtls-null* ]]
}

zrtp_vouches()
{
	mode strict && zrtp && media -n 50 -r -t 10 && expect received 35
}

go_clear_ends_it()
{
	local list

	from_h2 -k zrtp-clear || return 1
	media -n 10 -r -q 50 -t 10 && expect received 0 &&
		list=$("$RTPGUARD" list flows) &&
		[[ $list = *"10.0.0.1:$sport "*undetermined*goclear* ]]
}

handshakes_are_counted()
{
	local before

	mode strict && before=$(counter out dtls undetermined accept)
	dtls '' || return 1
	# Two of each side leave a namespace.
	counted=$(($(counter out dtls undetermined accept) - before))
	expect counted 4
}

make_tmp
events=$tmp/events
bring_up mode=monitor
run_tests \
	channel_data_is_judged \
	channels_of_rfc_5766_are_judged \
	send_indications_are_judged \
	data_indications_are_judged \
	nested_twice_is_judged \
	a_third_level_is_not_opened \
	encrypted_media_in_it_passes \
	encrypted_media_in_it_passes_strict_behind_the_proof \
	each_peer_is_judged_by_itself \
	a_peer_has_no_flow_of_anothers_class \
	every_segment_is_opened \
	segments_of_two_peers_are_two_flows \
	media_in_front_of_junk_is_dropped \
	a_rule_speaks_of_what_is_carried \
	stun_is_counted_and_passes \
	relayed_by_no_one_is_turn \
	behind_dtls_16_packets_are_held \
	a_new_ssrc_passes_on_credit \
	a_replayed_handshake_hides_no_g711 \
	a_client_hello_alone_is_worth_nothing \
	a_null_profile_is_unprotected \
	zrtp_vouches \
	go_clear_ends_it \
	handshakes_are_counted
