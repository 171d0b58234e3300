#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Media as GStreamer sends it: codecs, SRTP in its variants, and a simulcast, eight
# streams on one 5-tuple.

# Tests are called, and what they expect is read, by name.
# shellcheck disable=SC2317,SC2034
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/traffic.sh"
. "$(dirname "$0")/gstreamer.sh"

PLUGINS=(coreelements audiotestsrc mulaw opus videotestsrc vpx openh264 rtp
	srtp udp dtls)

# What may leave of a stream before enforce knows it.
PASSED_MAX=30
# Of a simulcast: what nothing is known of passes, stream by stream.
SENT_MIN=100
# A live picture has fewer packets than frames where the CPU is slow.
LAYER_MIN=50

KEY=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d
GCM_KEY=${KEY:0:56} # its salt is shorter
SRTP=(! srtpenc "key=$KEY")
SRTP_GCM=(! srtpenc "key=$GCM_KEY" rtp-cipher=aes-128-gcm rtcp-cipher=aes-128-gcm
	rtp-auth=null rtcp-auth=null)
SRTP_NULL=(! srtpenc "key=$KEY" rtp-cipher=null)

# Three and four seconds at the speed of a call.
AUDIO=(audiotestsrc is-live=true num-buffers=150)
FRAMES=100
VIDEO_CAPS=video/x-raw,width=160,height=120,framerate=25/1
VP8=(vp8enc deadline=1 cpu-used=16)

PCMU=("${AUDIO[@]}" samplesperbuffer=160 ! "audio/x-raw,rate=8000,channels=1"
	! mulawenc ! rtppcmupay)

# All in one process, each to a port of its own.
declare -A codec_port
codecs=(pcmu opus vp8 h264)

launch() # pipeline: in h1, to its end
{
	on "$h1" timeout -k 5 120 gst-launch-1.0 -q "$@" >"$tmp/gst.log" 2>&1 || {
		tail -n 5 "$tmp/gst.log"
		return 1
	}
}

# Every stream has a port of its own, and so a flow of its own.
port=6000

next_port()
{
	port=$((port + 10))
}

sink() # port: sets sink
{
	sink=(! udpsink host=10.0.0.2 "port=$1" "bind-port=$1")
}

video_set() # frames
{
	video=(videotestsrc is-live=true "num-buffers=$1" pattern=ball ! "$VIDEO_CAPS")
}

## One stream

codec_add() # name, elements: adds to pipeline
{
	next_port
	codec_port[$1]=$port
	sink "$port"
	pipeline+=("${@:2}" "${sink[@]}")
}

codecs_send()
{
	local pipeline=() sink

	video_set "$FRAMES"
	codec_add pcmu "${PCMU[@]}"
	codec_add opus "${AUDIO[@]}" samplesperbuffer=960 \
		! "audio/x-raw,rate=48000,channels=1" ! opusenc ! rtpopuspay
	codec_add vp8 "${video[@]}" ! "${VP8[@]}" ! rtpvp8pay
	codec_add h264 "${video[@]}" ! openh264enc ! rtph264pay
	launch "${pipeline[@]}"
}

is_stopped() # what passes at most
{
	echo "passed $passed dropped $dropped held $held"
	[[ $protection = clear || $protection = suspected ]] &&
		expect class rtp && [ "$passed" -le "$1" ] && [ "$dropped" -gt "$1" ]
}

codecs_are_stopped() # what passes at most
{
	local codec failed=0

	for codec in "${codecs[@]}"; do
		echo "$codec"
		flow_read "${codec_port[$codec]}" && is_stopped "$1" || failed=1
	done
	return "$failed"
}

enforce_stops_every_codec()
{
	mode enforce && codecs_send && codecs_are_stopped "$PASSED_MAX"
}

strict_stops_every_codec()
{
	mode strict && codecs_send && codecs_are_stopped 0
}

talk() # elements behind the payloader's: sets what flow_read sets
{
	local sink

	next_port
	sink "$port"
	launch "${PCMU[@]}" "$@" "${sink[@]}" && flow_read "$port"
}

enforce_passes_srtp()
{
	mode enforce && talk "${SRTP[@]}" &&
		expect class srtp protection uniform passed 150 dropped 0 held 0
}

enforce_passes_srtp_gcm()
{
	mode enforce && talk "${SRTP_GCM[@]}" &&
		expect class srtp protection uniform passed 150 dropped 0 held 0
}

strict_passes_srtp_gcm_behind_48()
{
	mode strict && talk "${SRTP_GCM[@]}" &&
		expect class srtp protection uniform passed 103 dropped 0 held 47
}

enforce_stops_srtp_without_cipher()
{
	mode enforce && talk "${SRTP_NULL[@]}" && is_stopped "$PASSED_MAX"
}

strict_stops_srtp_without_cipher()
{
	mode strict && talk "${SRTP_NULL[@]}" && is_stopped 0
}

## A simulcast: of one picture four layers, and beside each what would be sent again

layers=(0x101 0x102 0x103 0x104)
repeats=(0x201 0x202 0x203 0x204)
frames=$FRAMES

# Behind the payloaders may be more, and they go to a multiplexer's pads, or to a
# pad that is named after each of them.
layer() # number, pad, elements behind the payloaders': adds to pipeline
{
	pipeline+=(raw. ! queue ! "${VP8[@]}" "target-bitrate=$(($1 * 64000))"
		! tee "name=layer$1"
		"layer$1." ! queue ! rtpvp8pay "ssrc=$((0x100 + $1))" pt=96
		"${@:3}" ! "mux.${2:+$2$1}"
		"layer$1." ! queue ! identity drop-probability=0.8
		! rtpvp8pay "ssrc=$((0x200 + $1))" pt=97
		"${@:3}" ! "mux.${2:+${2}1$1}")
}

layers_add() # pad, elements behind the payloaders': adds to pipeline
{
	local i

	video_set "$frames"
	pipeline+=("${video[@]}" ! tee name=raw)
	for i in 1 2 3 4; do
		layer "$i" "$@"
	done
}

simulcast_read()
{
	local ssrc

	capture_stop
	flow_read "$port"
	echo "passed $passed dropped $dropped held $held; left, by stream:"
	for ssrc in "${layers[@]}" "${repeats[@]}"; do
		echo "$ssrc $(left_of "$ssrc")"
	done
}

simulcast() # elements behind the payloaders: sets what flow_read sets
{
	local pipeline sink

	next_port
	sink "$port"
	pipeline=(funnel name=mux "${sink[@]}")
	layers_add '' "$@"
	capture_start "$tmp/line.pcap" udp and src 10.0.0.1 &&
		launch "${pipeline[@]}" && simulcast_read
}

# One end of a DTLS association on the 5-tuple of the media. What is sent has the
# port, of any address, and what is received the port of this one: the closer wins.
dtls_end() # namespace address peer is-client, elements: sets background_pid
{
	background on "$1" gst-launch-1.0 -v \
		udpsrc "address=$2" "port=$port" ! dtlssrtpdec connection-id=dtls \
		dtlssrtpenc connection-id=dtls "is-client=$4" name=mux \
		mux.src ! udpsink "host=$3" "port=$port" "bind-port=$port" async=false \
		"${@:5}" >"$tmp/dtls-$2.log" 2>&1
}

# Neither end has one: nothing that is sent before the handshake is over leaves, and a slow
# CPU takes its time for that, so that it is packets on the line that are waited for.
simulcast_dtls() # packets of each layer
{
	local pipeline=() frames=-1 server rc=0

	next_port
	layers_add rtp_sink_
	capture_start "$tmp/line.pcap" udp and src 10.0.0.1 || return
	dtls_end "$h2" 10.0.0.2 10.0.0.1 false
	server=$background_pid
	busywait 60000 listens "$h2" "$port" || return
	dtls_end "$h1" 10.0.0.1 10.0.0.2 true "${pipeline[@]}"
	busywait 300000 simulcast_has_left "$1" ||
		{ tail -n 5 "$tmp/dtls-10.0.0.1.log"; rc=1; }
	stop "$background_pid"
	stop "$server"
	simulcast_read
	return "$rc"
}

simulcast_has_left() # packets of each layer
{
	each_left "$1" "${layers[@]}" && each_left 1 "${repeats[@]}"
}

left_of() # SSRC: how many of its packets were on the line
{
	tcpdump -nr "$tmp/line.pcap" "udp[16:4] = $1" 2>/dev/null | wc -l
}

each_left() # at least, SSRC...
{
	local ssrc

	for ssrc in "${@:2}"; do
		[ "$(left_of "$ssrc")" -ge "$1" ] || return 1
	done
}

enforce_passes_a_simulcast_in_srtp()
{
	mode enforce && simulcast "${SRTP[@]}" || return 1
	each_left "$LAYER_MIN" "${layers[@]}" && each_left 1 "${repeats[@]}" &&
		expect dropped 0 held 0
}

# Nothing vouches for them: eight take turns at four places to show 48 packets in
# a row each, and are seconds behind one stream alone.
strict_passes_a_simulcast_in_srtp_behind_its_proof()
{
	local frames=$((3 * FRAMES))

	mode strict && simulcast "${SRTP[@]}" || return 1
	each_left 1 "${layers[@]}" && expect dropped 0
}

enforce_passes_a_simulcast_in_dtls_srtp()
{
	mode enforce && simulcast_dtls 90 && expect dropped 0 held 0
}

# Behind a handshake they leave on credit.
strict_connects_a_simulcast_in_dtls_srtp()
{
	local before

	mode strict && before=$(total credited)
	simulcast_dtls 25 || return 1
	credited=$(($(total credited) - before))
	echo "credited $credited"
	expect dropped 0 && [ "$credited" -gt 0 ]
}

enforce_stops_a_simulcast_in_clear()
{
	local ssrc

	mode enforce && simulcast || return 1
	for ssrc in "${layers[@]}" "${repeats[@]}"; do
		[ "$(left_of "$ssrc")" -le 4 ] || return 1
	done
	[ "$dropped" -gt "$SENT_MIN" ] && is_stopped "$PASSED_MAX"
}

strict_stops_a_simulcast_in_clear()
{
	local on_line

	mode strict && simulcast || return 1
	on_line=$(tcpdump -nr "$tmp/line.pcap" 2>/dev/null | wc -l)
	expect on_line 0 && [ "$dropped" -gt "$SENT_MIN" ] && is_stopped 0
}

require_cmd gst-launch-1.0 gst-inspect-1.0 tcpdump
skip_unless_root
make_tmp
plugins_choose
for element in opusenc vp8enc openh264enc srtpenc dtlssrtpenc; do
	gst-inspect-1.0 --exists "$element" || ktap_skip_all "needs GStreamer's $element"
done
if ! make_pair wire >/dev/null || ! load_module mode=monitor; then
	echo 'Bail out! no hosts, or no module'
	exit "$KSFT_FAIL"
fi
run_tests \
	enforce_stops_every_codec \
	strict_stops_every_codec \
	enforce_passes_srtp \
	enforce_passes_srtp_gcm \
	strict_passes_srtp_gcm_behind_48 \
	enforce_stops_srtp_without_cipher \
	strict_stops_srtp_without_cipher \
	enforce_passes_a_simulcast_in_srtp \
	strict_passes_a_simulcast_in_srtp_behind_its_proof \
	enforce_passes_a_simulcast_in_dtls_srtp \
	strict_connects_a_simulcast_in_dtls_srtp \
	enforce_stops_a_simulcast_in_clear \
	strict_stops_a_simulcast_in_clear
