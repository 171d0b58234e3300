#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# record.sh CALL [DIRECTORY]: makes the captures of this directory anew: what Debian's
# programs say to one another between two network namespaces, and what captures.py
# makes itself for want of a program. CALL is a capture of a call of two Chromiums, as
# chromium_test.sh has on its line: DTLS 1.3 and STUN are taken from there.
#
# Keys and times differ each time, so this is for changing the set, not part of any
# build. README.md says what is in it.

here=$(cd "$(dirname "$0")" && pwd -P) || exit
# shellcheck source=../../lib.sh
. "$here/../../lib.sh"

[ $# -ge 1 ] || { echo "usage: record.sh CALL [DIRECTORY]" >&2; exit 2; }
chromium_call=$1
out=${2:-$here}
A=192.0.2.1 B=192.0.2.2
FFMPEG=(ffmpeg -nostdin -hide_banner -loglevel error)
SOUND=(-re -f lavfi -i "sine=frequency=440:beep_factor=4")
KEY=AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0e
ZRTP='udp[8] = 0x10 and udp[12:4] = 0x5a525450'

for program in ffmpeg openssl gst-launch-1.0 turnserver turnutils_uclient linphonec \
	tcpdump; do
	command -v "$program" >/dev/null ||
		{ echo "record.sh: needs $program" >&2; exit 1; }
done

# A phone without a way out takes itself for offline.
host_make() # namespace address way-out
{
	ip -n "$1" addr add "$2/24" dev eth0 && ip -n "$1" link set eth0 up &&
		ip -n "$1" route add default via "$3"
}

hosts_make()
{
	setup_ns h1 h2
	ip link add name eth0 netns "$h1" type veth peer name eth0 netns "$h2"
	host_make "$h1" "$A" "$B"
	host_make "$h2" "$B" "$A"
	busywait 20000 on "$h1" ping -qc 1 -W 1 "$B" >/dev/null
}

on() # namespace command...
{
	ip netns exec "$@"
}

listens() # namespace port
{
	[ -n "$(on "$1" ss -Hlntu "sport = :$2")" ]
}

# A keyboard on which nobody types: its end would end some.
start() # namespace command...: in the background, and its words to a file
{
	background on "$@" <&"$keyboard" >>"$tmp/log" 2>&1
}

record() # name filter
{
	background on "$h1" tcpdump -Z root --immediate-mode -U -n -i eth0 \
		-w "$tmp/$1.pcap" "$2" 2>"$tmp/$1.log"
	capture_pid=$background_pid capture_log=$tmp/$1.log
	busywait 20000 grep -q 'listening on' "$capture_log"
}

# Ends the other side as well, where there is one.
recorded() # [pid]
{
	capture_stop
	[ -z "${1:-}" ] || stop "$1"
}

dtls() # name port options...: a handshake, and its end
{
	local server

	record "$1" "udp port $2"
	start "$h2" openssl s_server -dtls1_2 -accept "$B:$2" -cert "$tmp/cert" \
		-key "$tmp/key" -quiet "${@:3}"
	server=$background_pid
	busywait 10000 listens "$h2" "$2"
	# Once they have shaken hands both wait for a word.
	start "$h1" timeout 5 openssl s_client -dtls1_2 -connect "$B:$2" -quiet \
		"${@:3}"
	wait "$background_pid"
	recorded "$server"
}

turn() # name options...
{
	record "$1" 'udp port 3478'
	start "$h1" timeout 20 turnutils_uclient -u officer -w secret -e "$B" -r 3480 \
		-c -n 12 -m 1 -l 100 "${@:2}" "$B"
	wait "$background_pid"
	recorded
}

turns()
{
	cat >"$tmp/turn.conf" <<-END
	listening-ip=$B
	relay-ip=$B
	lt-cred-mech
	realm=example.org
	user=officer:secret
	userdb=$tmp/turndb
	pidfile=$tmp/turn.pid
	no-cli
	no-tls
	no-dtls
	END
	start "$h2" turnserver -c "$tmp/turn.conf"
	busywait 20000 listens "$h2" 3478
	start "$h2" turnutils_peer -L "$B" -p 3480
	# It takes a channel at random, up to 7FFF as RFC 5766 had them: RFC 8656 has a
	# quarter of these.
	until tcpdump -n -r "$tmp/turn-channel.pcap" 'udp[8] & 0xf0 = 0x40' 2>>"$tmp/log" |
		grep -q .; do
		turn turn-channel
	done
	turn turn-send -s
}

# Reports are sent to the port above the media's, each 5 seconds.
reports() # name port url options...
{
	record "$1" "udp port $(($2 + 1))"
	start "$h1" "${FFMPEG[@]}" "${SOUND[@]}" -t 26 -c:a pcm_mulaw -ar 8000 -f rtp \
		"${@:4}" "$3://$B:$2"
	wait "$background_pid"
	recorded
}

rtmp()
{
	record rtmp 'tcp port 1935'
	start "$h2" "${FFMPEG[@]}" -listen 1 -i "rtmp://$B/live/talk" -f null -
	busywait 10000 listens "$h2" 1935
	start "$h1" "${FFMPEG[@]}" "${SOUND[@]}" -t 3 -c:a libmp3lame -b:a 16k -ar 22050 \
		-f flv "rtmp://$B/live/talk"
	wait "$background_pid"
	recorded
}

rtsp_interleaved()
{
	record rtsp-interleaved 'tcp port 8554'
	start "$h2" "${FFMPEG[@]}" -rtsp_flags listen -i "rtsp://$B:8554/talk" -f null -
	busywait 10000 listens "$h2" 8554
	start "$h1" "${FFMPEG[@]}" "${SOUND[@]}" -t 2 -c:a pcm_mulaw -ar 8000 -f rtsp \
		-rtsp_transport tcp "rtsp://$B:8554/talk"
	wait "$background_pid"
	recorded
}

rfc4571()
{
	local server

	record rfc4571 'tcp port 5004'
	start "$h2" gst-launch-1.0 -q tcpserversrc host=$B port=5004 ! fakesink
	server=$background_pid
	busywait 10000 listens "$h2" 5004
	start "$h1" gst-launch-1.0 -q audiotestsrc is-live=true num-buffers=40 \
		samplesperbuffer=160 wave=ticks ! audio/x-raw,rate=8000,channels=1 ! \
		mulawenc ! rtppcmupay ! rtpstreampay ! tcpclientsink host=$B port=5004
	wait "$background_pid"
	recorded "$server"
}

mpegts()
{
	record mpegts 'udp port 1234'
	start "$h1" "${FFMPEG[@]}" "${SOUND[@]}" -t 4 -c:a mp2 -b:a 32k -ar 16000 -f mpegts \
		"udp://$B:1234?pkt_size=564"
	wait "$background_pid"
	recorded
}

srt() # name port [parameter]
{
	record "$1" "udp port $2"
	start "$h2" "${FFMPEG[@]}" -i "srt://$B:$2?mode=listener${3:-}" -f null -
	busywait 20000 listens "$h2" "$2"
	start "$h1" "${FFMPEG[@]}" "${SOUND[@]}" -t 3 -c:a mp2 -b:a 32k -ar 16000 -f mpegts \
		"srt://$B:$2?mode=caller&pkt_size=564${3:-}"
	wait "$background_pid"
	recorded
}

phone() # number namespace address, options
{
	local dir=$tmp/phone$1

	mkdir -p "$dir/.local/share/linphone"
	cat >"$dir/rc" <<-END
	[sip]
	sip_port=5060
	contact=sip:h$1@$3
	media_encryption=zrtp
	media_encryption_mandatory=1
	[rtp]
	audio_rtp_port=7078
	END
	mkfifo "$dir/keys"
	exec {keys}<>"$dir/keys"
	HOME=$dir ip netns exec "$2" linphonec -c "$dir/rc" "${@:4}" <&"$keys" \
		>"$dir/log" 2>&1 &
	defer stop "$!"
	echo 'soundcard use files' >&"$keys"
}

zrtp()
{
	record zrtp "$ZRTP"
	phone 2 "$h2" "$B" -a
	phone 1 "$h1" "$A"
	busywait 60000 listens "$h2" 5060
	echo "call sip:h2@$B" >&"$keys"
	busywait 120000 grep -q 'is fully encrypted' "$tmp/phone1/log"
	recorded
}

of_the_call() # name filter
{
	tcpdump -n -r "$chromium_call" -w "$tmp/$1.pcap" "$2" 2>>"$tmp/log"
}

make_tmp
mkfifo "$tmp/keyboard"
exec {keyboard}<>"$tmp/keyboard"
hosts_make || exit
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \
	-subj /CN=example.org -keyout "$tmp/key" -out "$tmp/cert" 2>>"$tmp/log"
dtls dtls12-srtp 4433 -use_srtp SRTP_AES128_CM_SHA1_80
dtls dtls12-null 4434 -cipher eNULL:@SECLEVEL=0
turns
rtmp
rtsp_interleaved
rfc4571
mpegts
srt srt-clear 9000
srt srt-encrypted 9010 '&passphrase=correcthorse&pbkeylen=16'
zrtp
reports rtcp 6000 rtp
reports srtcp 6010 srtp -srtp_out_suite AES_CM_128_HMAC_SHA1_80 \
	-srtp_out_params "$KEY"
of_the_call dtls13 'udp[8] >= 20 and udp[8] < 64'
of_the_call stun 'udp[8] < 4 and udp[12:4] = 0x2112a442'
mkdir -p "$out/pcap"
rm -f "$out"/pcap/*.pcap "$out/labels.csv"
python3 -B "$here/captures.py" "$tmp" "$out"
