#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What is not media is let alone in every mode: it arrives whole, and nothing of
# it is dropped, held, or followed as a flow.

# Tests are called, and what they expect is read, by name; some options are none.
# shellcheck disable=SC2317,SC2034,SC2119
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/traffic.sh"

MODES='monitor enforce strict'
NONMEDIA=$(dirname "$0")/traffic/nonmedia.py

# "mode protocol": "asked answered", and what the module says of each mode.
declare -A talked cells flows

ping_hosts() # prints as nonmedia.py does
{
	local addr received

	for addr in 10.0.0.2 2001:db8::2; do
		received=$(on "$h1" ping -nqfc 10 -s 1000 "$addr" |
			sed -n 's/.* \([0-9]*\) received.*/\1/p')
		echo "ping$addr 10 ${received:-0}"
	done
}

# The cells that moved, by name; nothing where none did.
cells_moved() # listing, later listing
{
	diff <(awk '{ print $1, $2, $3, $4, $5 }' <<< "$1") \
		<(awk '{ print $1, $2, $3, $4, $5 }' <<< "$2") |
		sed -n 's/^> //p'
}

# All of it once in each mode; the tests below look at what came of it.
talk_in() # mode
{
	local before name asked answered

	mode "$1" && before=$("$RTPGUARD" list counters) || return 1
	while read -r name asked answered; do
		talked["$1 $name"]="$asked $answered"
	done < <(on "$h1" python3 "$NONMEDIA" talk 10.0.0.2 2001:db8::2
		ping_hosts)
	cells[$1]=$(cells_moved "$before" "$("$RTPGUARD" list counters)")
	flows[$1]=$("$RTPGUARD" list flows)
}

answered() # protocol number: all were, in each mode
{
	local mode result ret=0

	for mode in $MODES; do
		result=${talked["$mode $1"]:-none}
		[ "$result" = "$2 $2" ] && continue
		echo "$mode: $result of $2"
		ret=1
	done
	return "$ret"
}

dns() { answered dns 20; }
ntp() { answered ntp 20; }
stun() { answered stun 20; }
dtls_records() { answered dtls 20; }
wireguard() { answered wireguard 20; }
quic_with_long_header() { answered quic-long 20; }
quic_with_short_header() { answered quic-short 20; }
udp_echo_of_text() { answered text 20; }
tcp_bulk() { answered tcp 2; }
ping_ipv4() { answered ping10.0.0.2 10; }
ping_ipv6() { answered ping2001:db8::2 10; }

# Both hosts are ours: questions and answers go out, and come in.
it_is_counted_as_accepted()
{
	local mode

	for mode in $MODES; do
		moved=$(awk '{ print $1, $2, $3, $4 }' <<< "${cells[$mode]}")
		expect moved "\
out unknown undetermined accept
out stun undetermined accept
in unknown undetermined accept
in stun undetermined accept" || return 1
	done
}

# 8 protocols, two families, 10 questions and 10 answers: as many at least.
all_of_it_was_seen()
{
	local before=0 mode number

	for mode in $MODES; do
		number=$(awk '$1 == "out" { n += $5 } END { print n + 0 }' \
			<<< "${cells[$mode]}")
		if [ $((number - before)) -lt 320 ]; then
			echo "$mode: $before to $number"
			return 1
		fi
		before=$number
	done
}

nothing_was_dropped_or_held()
{
	local name

	for name in dropped held would-drop would-hold before-verdict \
		undecodable frag-unjudged; do
		number=$(total "$name")
		expect number 0 || return 1
	done
}

no_flow_was_made()
{
	local mode

	for mode in $MODES; do
		list=${flows[$mode]}
		expect list '' || return 1
	done
}

# The silence above is a verdict, and not for want of a module.
the_module_was_awake()
{
	mode enforce && transfer -n 10 && expect sent 2 eperm 8 received 2
}

# An id may make a query begin like RTP. The rest of it is read, and it is let
# alone as well.
queries_like_rtp_pass() # mode
{
	local before

	mode "$1" && before=$(total held) && transfer -k dns-rtp -n 10 || return 1
	held=$(($(total held) - before))
	list=$("$RTPGUARD" list flows | grep ":$sport ")
	expect sent 10 eperm 0 received 10 held 0 list ''
}

an_id_like_rtp_passes_in_enforce() { queries_like_rtp_pass enforce; }
an_id_like_rtp_passes_in_strict() { queries_like_rtp_pass strict; }

require_cmd python3 ping
bring_up
exec {server}< <(exec ip netns exec "$h2" python3 "$NONMEDIA" serve)
defer stop "$!"
if ! read -rt 60 -u "$server" line || [ "$line" != ready ]; then
	echo 'Bail out! no server'
	exit "$KSFT_FAIL"
fi
for mode in $MODES; do
	talk_in "$mode"
done
run_tests \
	dns \
	ntp \
	stun \
	dtls_records \
	wireguard \
	quic_with_long_header \
	quic_with_short_header \
	udp_echo_of_text \
	tcp_bulk \
	ping_ipv4 \
	ping_ipv6 \
	it_is_counted_as_accepted \
	all_of_it_was_seen \
	nothing_was_dropped_or_held \
	no_flow_was_made \
	the_module_was_awake \
	an_id_like_rtp_passes_in_enforce \
	an_id_like_rtp_passes_in_strict
