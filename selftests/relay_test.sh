#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Real calls through a real relay. The officer's phone, baresip, has a TURN
# allocation at coturn and reaches the office through it alone:
#
#   +---------+         +-----------+         +---------+
#   |   h1    | eth0 p1 |   wire    | p2 eth0 |   h2    |
#   | officer |---------|  bridge   |---------| office  |
#   +---------+         |  tcpdump  |         +---------+
#                       |           | p3 eth0 +---------+
#                       |           |---------|  relay  |
#                       +-----------+         | coturn  |
#                                             +---------+

# Tests are called, and what they expect is read, by name.
# shellcheck disable=SC2317,SC2034
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/traffic.sh"
. "$(dirname "$0")/demo/phone.sh"

CALL_SECONDS=6
SPOKEN_MIN=100
# The other phone hears what comes behind its own beginning, and the relay's: on a busy
# machine that takes seconds.
HEARD_MIN=50
# What strict holds back of SRTP: 47 packets in the channel, and what is sent before
# it is bound.
HELD_MAX=60

RELAY=10.0.0.3
TURN_PORT=3478
PEER_PORT=3480
relay='' # its namespace

relay_make()
{
	setup_ns relay || return
	ip link add name eth0 netns "$relay" type veth \
		peer name p3 netns "$wire" || return
	host_link "$relay" 3 && ip -n "$wire" link set p3 master br0 up || return
	busywait 20000 on "$relay" ping -qc 1 -W 1 10.0.0.1 >/dev/null &&
		busywait 20000 on "$relay" ping -qc 1 -W 1 10.0.0.2 >/dev/null
}

turn_config()
{
	cat <<-END
	listening-ip=$RELAY
	relay-ip=$RELAY
	listening-port=$TURN_PORT
	lt-cred-mech
	realm=example.org
	user=officer:secret
	userdb=$tmp/turndb
	pidfile=$tmp/turn.pid
	log-file=$tmp/turn.log
	simple-log
	verbose
	no-cli
	no-tls
	no-dtls
	END
}

turn_start()
{
	turn_config >"$tmp/turn.conf"
	background on "$relay" turnserver -c "$tmp/turn.conf" >/dev/null 2>&1
	busywait 60000 listens "$relay" "$TURN_PORT"
}

turn_did() # request: how often with success
{
	grep -c "incoming packet $1 processed, success" "$tmp/turn.log"
}

# One call. Sets officer and office, the phones' directories, and first_port, the
# first of a hundred that only this call has.
calls=0

call_through_the_relay() # [media-encryption]
{
	calls=$((calls + 1))
	first_port=$((10000 + calls * 100))
	officer=$tmp/officer$calls office=$tmp/office$calls
	phone_make "$officer" officer 10.0.0.1 "$tmp/officer.wav" "$first_port" \
		"${1:-}"
	phone_make "$office" office 10.0.0.2 "$tmp/office.wav" "$first_port" "${1:-}"
	echo 'module turn.so' >>"$officer/config"
	sed -i "s/\$/;medianat=turn;stunserver=turn:$RELAY;stunuser=officer;stunpass=secret/" \
		"$officer/accounts"
	capture_start "$tmp/line.pcap" udp and src 10.0.0.1 || return
	call "$officer" "$h1" "$office" "$h2" sip:office@10.0.0.2 "$CALL_SECONDS" || {
		tail -n 5 "$officer/log" "$office/log"
		return 1
	}
	capture_stop
	call_count && call_flow_read
}

# Sets spoken, refused and arrived, in packets of the officer; and left, those of
# them that were on the line, whatever they were in.
call_count()
{
	spoken=$(phone_count "$officer" packets 1)
	refused=$(phone_count "$officer" errors 1)
	arrived=$(phone_count "$office" packets 2)
	left=$(($(line_count "$(pcmu_at 8)") +
		$(line_count "udp[8] & 0xc0 = 0x40 and $(pcmu_at 12)") +
		$(line_count "udp[8:2] = 0x0016 and $(pcmu_at 44)")))
	echo "spoken $spoken refused $refused left $left arrived $arrived"
	[ "$spoken" -ge "$SPOKEN_MIN" ]
}

# What list flows calls a namespace: SO_NETNS_COOKIE.
netns_number() # namespace
{
	on "$1" python3 -c 'import socket, sys
cookie = socket.socket().getsockopt(socket.SOL_SOCKET, 71, 8)
print(int.from_bytes(cookie, sys.byteorder))'
}

# The call's media as h1 has it, who ever spoke first. The relay has it too.
call_flow_read() # sets class, protection, evidence, dropped, held
{
	read -r class protection evidence dropped held < <(
		"$RTPGUARD" list flows | awk -v relay="$RELAY:$TURN_PORT" \
			-v netns="$h1_number" -v first="$first_port" '
			function officers(address, part) {
				split(address, part, ":")
				return part[1] == "10.0.0.1" && part[2] >= first &&
					part[2] < first + 100
			}
			/^[^ ]/ { here = $2 == relay && officers($4) ||
					$4 == relay && officers($2)
				  class = $5; protection = $6 }
			sub(/^  evidence /, "") { gsub(/, /, ","); evidence = $0 }
			/^  packets / { all = $8 + $10 + $12; dropped = $10; held = $12 }
			/^  netns / && here && $2 == netns && all > most {
				most = all
				found = class " " protection " " evidence " " \
					dropped " " held }
			END { print found }')
	[ -n "$held" ] || { "$RTPGUARD" list flows; return 1; }
	echo "$class $protection $evidence dropped $dropped held $held"
}

# Behind a Send indication's header, the peer's address and DATA, in its case.
pcmu_at() # offset in the UDP datagram: a filter for RTP with G.711 there
{
	echo "udp[$1] = 0x80 and udp[$1 + 1] & 0x7f = 0"
}

line_count() # filter: the captured packets
{
	tcpdump -nr "$tmp/line.pcap" "$1" 2>/dev/null | wc -l
}

is_carried()
{
	[[ ,$evidence, = *,turn-carried,* ]] ||
		{ echo "evidence is $evidence"; return 1; }
}

# What any host kept back of the media that it sent to the office, or the office sent;
# not of RTCP, which phones send in clear before they have keys.
offices_kept_back()
{
	"$RTPGUARD" list flows | awk -v first="$first_port" '
		function is_office(address, part) {
			split(address, part, ":")
			return part[1] == "10.0.0.2" && part[2] >= first &&
				part[2] < first + 100
		}
		/^[^ ]/ { here = (is_office($2) || is_office($4)) && $5 ~ /rtp$/
			  n += here }
		/^  packets / && here { kept += $10 + $12 }
		END { print n ? kept + 0 : "no flow" }'
}

is_complete()
{
	kept_back=$(offices_kept_back)
	expect refused 0 left "$spoken" kept_back 0 && [ "$arrived" -ge "$HEARD_MIN" ]
}

# What the others are measured by: but for the mode it is the same call.
a_call_in_clear_is_carried()
{
	mode monitor && call_through_the_relay || return 1
	is_complete && is_carried && expect class rtp protection clear dropped 0
}

# Two packets leave before the verdict. Until the channel is bound the phone may use
# indications, whose flow is another: two of that.
enforce_stops_it_behind_two()
{
	mode enforce && call_through_the_relay || return 1
	is_carried && expect class rtp protection clear && [ "$left" -le 4 ] &&
		[ "$arrived" -le "$left" ] && [ "$dropped" -ge $((SPOKEN_MIN / 2)) ] &&
		[ $((dropped + left)) -le "$spoken" ]
}

# The allocation is there, and nothing goes through it.
strict_stops_it()
{
	local allocated bound

	mode strict && allocated=$(turn_did ALLOCATE) bound=$(turn_did CHANNEL_BIND)
	call_through_the_relay || return 1
	is_carried && expect class rtp protection clear left 0 arrived 0 &&
		[ "$dropped" -gt 0 ] && [ "$(turn_did ALLOCATE)" -gt "$allocated" ] &&
		[ "$(turn_did CHANNEL_BIND)" -gt "$bound" ]
}

enforce_passes_srtp()
{
	mode enforce && call_through_the_relay srtp-mand || return 1
	is_complete && is_carried &&
		expect class srtp protection uniform dropped 0 held 0
}

enforce_passes_dtls_srtp()
{
	mode enforce && call_through_the_relay dtls_srtp || return 1
	is_complete && is_carried &&
		expect class srtp protection protected dropped 0 held 0
}

# On the way to the office two hosts hold it back: this one, and the relay's.
strict_passes_srtp_behind_its_proof()
{
	mode strict && call_through_the_relay srtp-mand || return 1
	is_carried && expect class srtp protection uniform dropped 0 &&
		expect refused 0 held 47 && [ "$left" -le $((spoken - held)) ] &&
		[ "$left" -ge $((spoken - HELD_MAX)) ] &&
		[ "$arrived" -ge "$HEARD_MIN" ]
}

strict_passes_dtls_srtp_behind_the_handshake()
{
	mode strict && call_through_the_relay dtls_srtp || return 1
	is_carried && expect class srtp protection protected dropped 0 &&
		[ "$held" -le 16 ] && expect refused 0 left $((spoken - held)) &&
		[ "$arrived" -ge "$HEARD_MIN" ]
}

control_stopped() # packets of TURN's own that did not pass
{
	"$RTPGUARD" list counters | awk '
		($2 == "stun" || $2 == "turn") && $4 != "accept" { n += $5 }
		END { print n + 0 }'
}

talk_to_the_peer() # how: what a client does that has something else to send
{
	on "$h1" timeout -k 5 120 turnutils_uclient "$@" -c -X -n 20 -u officer -w secret \
		-e 10.0.0.2 "$RELAY" >"$tmp/uclient.log" 2>&1 &&
		grep -q 'Total lost packets 0 ' "$tmp/uclient.log" && return
	tail -n 5 "$tmp/uclient.log"
	return 1
}

strict_passes_control_and_other_data()
{
	local request before=()

	mode strict
	background on "$h2" turnutils_peer -L 10.0.0.2 -p "$PEER_PORT" >/dev/null 2>&1
	busywait 60000 listens "$h2" "$PEER_PORT" || return 1
	: >"$tmp/turn.log"
	talk_to_the_peer && talk_to_the_peer -s || return 1
	stop "$background_pid"
	for request in ALLOCATE CREATE_PERMISSION CHANNEL_BIND REFRESH; do
		[ "$(turn_did "$request")" -gt 0 ] ||
			{ echo "no $request came to the relay"; return 1; }
	done
}

# Sets sent, refused and left, in packets, and what call_flow_read() does.
readable_in() # channel [--tcp]
{
	calls=$((calls + 1))
	first_port=$((10000 + calls * 100))
	capture_start "$tmp/line.pcap" udp and src 10.0.0.1 || return
	read -r _ sent _ refused < <(on "$h1" timeout -k 5 120 \
		"$RG_LIB_DIR/traffic/turnsend.py" -p "$first_port" "$@" \
		"$RELAY:$TURN_PORT" "10.0.0.2:$PEER_PORT")
	capture_stop
	left=$(line_count "udp[8:2] = $1 and $(pcmu_at 12)")
	echo "sent $sent refused $refused left $left"
	call_flow_read
}

# RFC 5766 let clients have them, and the relay still does.
channels_to_7fff_are_judged()
{
	local channel

	mode enforce
	for channel in 0x5185 0x69de 0x7fff; do
		readable_in "$channel" && is_carried &&
			expect class rtp protection clear sent 2 refused 48 left 2 ||
			return 1
	done
	mode strict && readable_in 0x5185 && is_carried &&
		expect class rtp protection clear left 0
}

unheard() # datagrams that came to the office, where nobody listens
{
	on "$h2" cat /proc/net/snmp | awk '$1 == "Udp:" && $3 ~ /^[0-9]/ { print $3 }'
}

unheard_are() # how many
{
	[ "$(unheard)" -ge "$1" ]
}

# The relay takes what is in a message that has up to three bytes behind it.
bytes_behind_a_message_do_not_hide_it()
{
	local bytes before

	mode enforce
	for bytes in 1 3; do
		before=$(unheard)
		readable_in 0x4001 --tail "$bytes" && is_carried &&
			expect class rtp protection clear sent 2 refused 48 left 2 &&
			busywait 20000 unheard_are $((before + 2)) || return 1
	done
}

# There the connection stalls.
channels_to_7fff_are_judged_on_tcp()
{
	local channel

	mode enforce
	for channel in 0x4001 0x5185 0x7fff; do
		readable_in "$channel" --tcp && is_carried &&
			expect class rtp protection clear && [ "$dropped" -gt 0 ] ||
			return 1
	done
}

# In the calls too.
no_mode_stopped_control()
{
	stopped=$(control_stopped)
	expect stopped 0 && [ "$(counter out stun undetermined accept)" -gt 0 ]
}

require_cmd baresip python3 turnserver turnutils_uclient turnutils_peer tcpdump \
	"$build/selftests/demo/speech"
skip_unless_root
make_tmp
if ! make_pair wire >/dev/null || ! relay_make >/dev/null || ! turn_start ||
   ! load_module mode=monitor; then
	echo 'Bail out! no hosts, no relay, or no module'
	exit "$KSFT_FAIL"
fi
h1_number=$(netns_number "$h1")
"$build/selftests/demo/speech" 0 30 "$tmp/officer.wav"
"$build/selftests/demo/speech" 1 30 "$tmp/office.wav"
run_tests \
	a_call_in_clear_is_carried \
	enforce_stops_it_behind_two \
	strict_stops_it \
	enforce_passes_srtp \
	enforce_passes_dtls_srtp \
	strict_passes_srtp_behind_its_proof \
	strict_passes_dtls_srtp_behind_the_handshake \
	strict_passes_control_and_other_data \
	channels_to_7fff_are_judged \
	bytes_behind_a_message_do_not_hide_it \
	channels_to_7fff_are_judged_on_tcp \
	no_mode_stopped_control
