#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Media of real programs, as they send it: ffmpeg's RTP, SRTP, MPEG-TS and SRT, and
# GStreamer's SRTP.

# Tests are called, and what they expect is read, by name.
# shellcheck disable=SC2317,SC2034
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/traffic.sh"

AUDIO=(-f lavfi -i sine=frequency=440:beep_factor=4)
VIDEO=(-f lavfi -i testsrc=size=128x96:rate=25)
KEY=AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0e

# At the speed of a call, and no longer than so many seconds.
ffmpeg_in() # namespace, ffmpeg arguments
{
	local ns=$1

	shift
	ip netns exec "$ns" timeout -k 5 120 ffmpeg -nostdin -hide_banner \
		-loglevel error -re "$@" 2>"$tmp/ffmpeg.log"
}

speak() # seconds, output arguments: what is sent from h1 to $port of h2
{
	local seconds=$1

	shift
	ffmpeg_in "$h1" "${AUDIO[@]}" -t "$seconds" -c:a pcm_mulaw -ar 8000 -ac 1 "$@"
}

film() # seconds, output arguments
{
	local seconds=$1

	shift
	ffmpeg_in "$h1" "${VIDEO[@]}" "${AUDIO[@]}" -t "$seconds" -c:v mpeg2video \
		-c:a mp2 "$@"
}

# ffmpeg gives up when a packet is refused, and that may be at the first sign.
is_stopped()
{
	[[ $protection = clear || $protection = suspected ]] && [ "$dropped" -gt 0 ]
}

# Every test has a port of its own, and so flows of its own.
port=6000

next_port()
{
	port=$((port + 10))
}

enforce_stops_rtp()
{
	next_port
	mode enforce
	speak 2 -f rtp "rtp://10.0.0.2:$port"
	flow_read "$port" && expect class rtp && [ "$passed" -le 4 ] && is_stopped
}

strict_stops_rtp()
{
	next_port
	mode strict
	speak 2 -f rtp "rtp://10.0.0.2:$port"
	flow_read "$port" && expect class rtp passed 0 && is_stopped
}

enforce_passes_srtp()
{
	next_port
	mode enforce
	speak 3 -f rtp -srtp_out_suite AES_CM_128_HMAC_SHA1_80 -srtp_out_params "$KEY" \
		"srtp://10.0.0.2:$port" || return 1
	flow_read "$port" && expect class srtp protection uniform dropped 0 held 0
}

strict_passes_srtp_behind_48()
{
	next_port
	mode strict
	speak 4 -f rtp -srtp_out_suite AES_CM_128_HMAC_SHA1_80 -srtp_out_params "$KEY" \
		"srtp://10.0.0.2:$port" || return 1
	flow_read "$port" && expect class srtp protection uniform dropped 0 held 47
}

enforce_stops_mpegts()
{
	next_port
	mode enforce
	film 3 -f mpegts "udp://10.0.0.2:$port?pkt_size=1316"
	flow_read "$port" && expect class mpegts protection clear &&
		[ "$passed" -le 8 ] && [ "$dropped" -gt 0 ]
}

# ffmpeg fills its datagrams unless told: packets are cut in two.
enforce_stops_mpegts_that_is_cut()
{
	next_port
	mode enforce
	film 4 -b:v 1M -f mpegts "udp://10.0.0.2:$port"
	flow_read "$port" && expect class mpegts protection clear &&
		[ "$passed" -le 8 ] && [ "$dropped" -gt 0 ]
}

enforce_stops_mpegts_in_rtp()
{
	next_port
	mode enforce
	film 3 -f rtp_mpegts "rtp://10.0.0.2:$port"
	flow_read "$port" && expect class rtp && [ "$passed" -le 5 ] && is_stopped
}

srt_receiver() # further parameters of the address
{
	background ip netns exec "$h2" ffmpeg -nostdin -hide_banner -loglevel error \
		-i "srt://10.0.0.2:$port?mode=listener$1" -f null - \
		2>"$tmp/receiver.log"
	busywait 60000 listens "$h2" "$port"
}

enforce_stops_srt_without_keys()
{
	next_port
	mode enforce && srt_receiver '' || return 1
	film 3 -f mpegts "srt://10.0.0.2:$port?mode=caller"
	stop "$background_pid"
	flow_read "$port" && expect class srt protection clear &&
		[ "$dropped" -gt 20 ]
}

enforce_and_strict_pass_srt_with_keys()
{
	local word

	for word in enforce strict; do
		next_port
		mode "$word" && srt_receiver '&passphrase=correct-horse' || return 1
		film 3 -f mpegts \
			"srt://10.0.0.2:$port?mode=caller&passphrase=correct-horse"
		stop "$background_pid"
		flow_read "$port" && expect class srt protection protected \
			dropped 0 held 0 || return 1
	done
}

# SRTP as GStreamer has it, and no handshake: on one 5-tuple sound with 50 packets a
# second, and something with one, a picture here.
SOUND=1111 PICTURE=2222
PICTURES=8

speak_and_show()
{
	local to=(udpsink host=10.0.0.2 port="$port" bind-port="$port" sync=false
		async=false)
	local sound=(audiotestsrc is-live=true samplesperbuffer=160 wave=ticks
		num-buffers=$((PICTURES * 50)) ! 'audio/x-raw,rate=8000,channels=1'
		! mulawenc ! rtppcmupay ssrc="$SOUND" seqnum-offset=1)
	local picture=(videotestsrc is-live=true num-buffers="$PICTURES"
		! 'video/x-raw,format=I420,framerate=1/1,width=64,height=48'
		! jpegenc ! rtpjpegpay ssrc="$PICTURE" seqnum-offset=1)

	GST_REGISTRY=$tmp/gst ip netns exec "$h1" timeout -k 5 120 gst-launch-1.0 -q \
		srtpenc name=srtp key="$(printf '%060x' 7)" \
		funnel name=both ! "${to[@]}" \
		"${sound[@]}" ! srtp.rtp_sink_0 srtp.rtp_src_0 ! both. \
		"${picture[@]}" ! srtp.rtp_sink_1 srtp.rtp_src_1 ! both. \
		>"$tmp/gst.log" 2>&1 && [ ! -s "$tmp/gst.log" ] && return
	cat "$tmp/gst.log"
	return 1
}

stream_is() # ssrc, class and protection
{
	"$RTPGUARD" list flows | grep "^  stream 0x$(printf %08x "$1") " |
		grep -q " $2 packets " && return
	echo "the stream is not $2 in:"
	"$RTPGUARD" list flows
	return 1
}

# The slow one is seen to be no less encrypted in a minute at best: the other does
# not wait for it.
strict_passes_srtp_beside_a_slow_ssrc()
{
	next_port
	mode strict
	speak_and_show && flow_read "$port" && stream_is "$SOUND" 'srtp uniform' &&
		expect dropped 0 && [ "$held" -ge 47 ] &&
		[ "$held" -le $((47 + PICTURES)) ] && [ "$passed" -gt 200 ]
}

require_cmd ffmpeg gst-launch-1.0
make_tmp
bring_up mode=monitor
run_tests \
	enforce_stops_rtp \
	strict_stops_rtp \
	enforce_passes_srtp \
	strict_passes_srtp_behind_48 \
	strict_passes_srtp_beside_a_slow_ssrc \
	enforce_stops_mpegts \
	enforce_stops_mpegts_that_is_cut \
	enforce_stops_mpegts_in_rtp \
	enforce_stops_srt_without_keys \
	enforce_and_strict_pass_srt_with_keys
