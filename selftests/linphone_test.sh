#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Calls of a real telephone: two linphones ring each other by address, in clear, with
# keys in SDP, by ZRTP and by DTLS. What counts is what is on the line between them.

# Tests are called, and what they expect is read, by name.
# shellcheck disable=SC2317,SC2034
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/traffic.sh"

# An emulated CPU takes minutes to start two.
PHONE_MS=180000
# Packets that a phone has to have sent, or tried to, for its call to be one.
SPOKEN_MIN=150
# With G.711, whose payload type and length say what it is, three or four of them.
LEFT_MAX=8
# Where a call takes a minute to begin, all of it is to have room.
CAPTURE_BYTES=256
ZRTP=rtp-continuity,zrtp-confirmed
DTLS=rtp-continuity,dtls-done

phone_config() # number encryption
{
	cat <<-END
	[sip]
	sip_port=5060
	contact=sip:h$1@10.0.0.$1
	media_encryption=$2
	media_encryption_mandatory=$mandatory
	[rtp]
	audio_rtp_port=$port
	[audio_codec_0]
	mime=PCMU
	rate=8000
	enabled=1
	[misc]
	add_missing_audio_codecs=0
	END
}

# Pipes for the keyboards are opened for reading and writing: no side waits.
phone_start() # number namespace encryption [option]: sets phone_keys, phone_pid
{
	local dir=$call/$1 keys

	mkdir -p "$dir/.local/share/linphone"
	phone_config "$1" "$3" >"$dir/rc"
	mkfifo "$dir/keys"
	exec {keys}<>"$dir/keys"
	HOME=$dir ip netns exec "$2" linphonec -c "$dir/rc" ${4:+"$4"} \
		<&"$keys" >"$dir/log" 2>&1 &
	phone_pid[$1]=$!
	phone_keys[$1]=$keys
	defer stop "${phone_pid[$1]}"
	# It has no sound card; the file is what it will say.
	phone_type "$1" 'soundcard use files' && phone_type "$1" "play $tmp/voice.wav"
}

phone_type() # number command
{
	echo "$2" >&"${phone_keys[$1]}"
}

phone_listens() # namespace
{
	ip netns exec "$1" grep -q ':13C4 ' /proc/net/udp6
}

phone_says() # number pattern: waits for it
{
	busywait "$PHONE_MS" grep -q -e "$2" "$call/$1/log" ||
		{ echo "phone $1 does not say '$2':"; cat "$call/$1/log"; return 1; }
}

phones_off()
{
	local i keys

	phone_type 1 quit && phone_type 2 quit || return
	for i in 1 2; do
		wait "${phone_pid[$i]}"
		keys=${phone_keys[$i]}
		exec {keys}>&-
	done
}

declare -A phone_keys phone_pid # by number


# Both phones' namespaces have the call's flow, and in each are counted the packets
# that leave there. The bridge between them has it too. Sets class, protection, passed,
# dropped, held, evidence of one of them, 1 or 2.
flow_read() # which
{
	held=
	read -r class protection passed dropped held evidence < <(
		"$RTPGUARD" list flows | awk -v port=":$port" -v which="$1" \
				-v between="$between" '
			/^[^ ]/ { here = index($2, port) && index($4, port)
				  class = $5; protection = $6; evidence = "" }
			/^  evidence / {
				gsub(/^  evidence | /, "")
				evidence = $0 }
			/^  packets / { counts = $8 " " $10 " " $12 }
			/^  netns / && here && $2 != between && ++n == which {
				print class, protection, counts, evidence }')
	[ -n "$held" ]
}

both_spoke()
{
	local i

	for i in 1 2; do
		flow_read "$i" && [ $((passed + dropped + held)) -ge "$SPOKEN_MIN" ] ||
			return 1
	done
}

# Sequence numbers of the RTP and SRTP on the line, no STUN and no ZRTP; hexadecimal.
line_read() # number of the phone that sent: sets numbers
{
	mapfile -t numbers < <(tcpdump -nxr "$call/line.pcap" \
		"src host 10.0.0.$1 and src port $port and udp[8] & 0xc0 = 0x80" \
		2>"$call/read.log" | awk '/0x0010:/ { print substr($8 $9, 5) }')
}

ring() # encryption
{
	phone_start 2 "$h2" "$1" -a && phone_start 1 "$h1" "$1" &&
		busywait "$PHONE_MS" phone_listens "$h2" &&
		phone_type 1 'call sip:h2@10.0.0.2' || return
	phone_says 1 'Media streams established' &&
		phone_says 2 'Media streams established' || return
	busywait "$PHONE_MS" both_spoke && return
	"$RTPGUARD" list flows
	return 1
}

hang_up()
{
	phone_type 1 terminate && phone_says 1 ' ended ' && phone_says 2 ' ended ' &&
		phones_off
}

# Every call has a port of its own, and so flows of its own; and a directory.
port=7000

# Where encryption is a must, a phone is silent until it has the keys.
call() # mode encryption [optional]
{
	mandatory=1
	[ "$2" != none ] && [ "${3:-}" != optional ] || mandatory=0
	port=$((port + 10))
	call=$tmp/$port
	mkdir "$call"
	mode "$1" && capture_start "$call/line.pcap" udp || return
	if ! ring "$2" || ! hang_up; then
		stop "${phone_pid[1]}"
		stop "${phone_pid[2]}"
		return 1
	fi
	capture_stop
}

# The command holds for either phone.
of_each() # command...
{
	local i

	for i in 1 2; do
		flow_read "$i" && line_read "$i" && "$@" && continue
		echo "${#numbers[@]} packets of phone $i on the line; flows:"
		"$RTPGUARD" list flows
		return 1
	done
}

is_dropped()
{
	expect class rtp protection clear && [ "$dropped" -gt 100 ] &&
		[ "${#numbers[@]}" -le "$LEFT_MAX" ]
}

does_not_leave()
{
	expect class rtp protection clear && [ "${#numbers[@]}" -eq 0 ]
}

# No number is missing between the first and the last on the line.
is_whole() # name value...: of the flow
{
	expect class srtp dropped 0 held 0 "$@" &&
		[ "${#numbers[@]}" -ge "$SPOKEN_MIN" ] &&
		[ $(((16#${numbers[-1]} - 16#${numbers[0]} + 1) & 0xffff)) -eq \
			"${#numbers[@]}" ]
}

# One stream in fifty needs some more packets.
is_held_at_first() # packets at least, at most, name value...: of the flow
{
	expect class srtp dropped 0 "${@:3}" && [ "$held" -ge "$1" ] &&
		[ "$held" -le "$2" ] && [ "${#numbers[@]}" -ge $((SPOKEN_MIN - $2)) ]
}

enforce_drops_a_call_in_clear()
{
	call enforce none && of_each is_dropped
}

enforce_passes_a_call_with_keys_in_sdp()
{
	call enforce srtp && of_each is_whole protection uniform
}

enforce_passes_a_zrtp_call()
{
	call enforce zrtp && phone_says 1 'is fully encrypted' &&
		of_each is_whole protection protected evidence "$ZRTP"
}

strict_stops_a_call_in_clear_from_its_first_packet()
{
	call strict none && of_each does_not_leave
}

strict_passes_a_call_with_keys_in_sdp_behind_48()
{
	call strict srtp && of_each is_held_at_first 47 96 protection uniform
}

strict_passes_a_zrtp_call_behind_16()
{
	call strict zrtp &&
		of_each is_held_at_first 15 48 protection protected evidence "$ZRTP"
}

strict_passes_a_dtls_call_behind_16()
{
	call strict dtls &&
		of_each is_held_at_first 15 48 protection protected evidence "$DTLS"
}

# Where it is none, a phone speaks in clear until ZRTP is through: packets that end
# where an SRTP tag would begin.
strict_passes_nothing_readable_of_a_zrtp_call()
{
	call strict zrtp optional && of_each has_no_packet_of 172
}

has_no_packet_of() # bytes in a datagram
{
	[ "$(tcpdump -nr "$call/line.pcap" "src port $port and udp[4:2] = 8 + $1" \
		2>"$call/read.log" | wc -l)" -eq 0 ]
}

# That a phone knows which way to go is how it knows that it has a network.
routes()
{
	ip -n "$h1" route add default via 10.0.0.2 &&
		ip -n "$h2" route add default via 10.0.0.1
}

skip_unless_root
require_cmd linphonec ffmpeg tcpdump python3
make_tmp
ffmpeg -nostdin -hide_banner -loglevel error -f lavfi \
	-i sine=frequency=440:beep_factor=4 -t 120 -ar 8000 -ac 1 "$tmp/voice.wav"
if ! make_pair wire >/dev/null || ! routes || ! load_module mode=monitor; then
	echo 'Bail out! no hosts, or no module'
	exit "$KSFT_FAIL"
fi
# SO_NETNS_COOKIE, which this module of Python does not name.
between=$(on "$wire" python3 -c 'if True:
	import socket, sys
	cookie = socket.socket().getsockopt(socket.SOL_SOCKET, 71, 8)
	print(int.from_bytes(cookie, sys.byteorder))')
run_tests \
	enforce_drops_a_call_in_clear \
	enforce_passes_a_call_with_keys_in_sdp \
	enforce_passes_a_zrtp_call \
	strict_stops_a_call_in_clear_from_its_first_packet \
	strict_passes_a_call_with_keys_in_sdp_behind_48 \
	strict_passes_a_zrtp_call_behind_16 \
	strict_passes_nothing_readable_of_a_zrtp_call \
	strict_passes_a_dtls_call_behind_16
