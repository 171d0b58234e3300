#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Media on TCP: in RFC 4571's frames, from a TURN relay, interleaved with RTSP, in
# RTSP over HTTP, and in RTMP. What is readable stalls its connection, however it is
# cut; what is not media goes on as if nobody looked.

# Tests are called, and what they expect is read, by name; some options are none.
# shellcheck disable=SC2317,SC2034,SC2119
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/traffic.sh"
. "$(dirname "$0")/streams.sh"

# Whichever end was heard first is written first; h1's view or h2's.
flow_is() # class protection [evidence]
{
	"$RTPGUARD" list flows | awk -v port=":$sport" -v is="$1 $2" -v why="${3:-.}" '
		/^[^ ]/ { here = $1 == "tcp" && index($2 $4, port) && $5 " " $6 == is }
		here && $1 == "evidence" && $0 ~ why { found = 1 }
		END { exit !found }' ||
		{ echo "no $1 $2 of port $sport in:"; "$RTPGUARD" list flows; return 1; }
}

has_no_flow()
{
	! "$RTPGUARD" list flows | grep -F ":$sport "
}

tried_again() # total: it moved, and so did dropped-again
{
	totals_read
	[ "${totals[$1]}" -gt "${totals_then[$1]}" ] &&
		[ "${totals[dropped-again]}" -gt "${totals_then[dropped-again]}" ]
}

# Not reset: the outcome would be another one.
is_stalled() # bytes-at-most kind, options
{
	totals_start && stream "${@:2}" && expect outcome stalled &&
		at_most received "$1" && flow_is rtp clear && tried_again dropped
}

passes_whole() # kind, options: of the media, and nothing was kept back
{
	totals_start && stream "$@" && expect outcome complete received "$sent" &&
		totals_moved dropped 0 held 0 dropped-again 0
}

## RFC 4571

rfc4571_pcmu_is_dropped() { mode enforce && is_stalled $((2 * FRAME)) rfc4571-pcmu; }

rfc4571_pcmu_over_ipv6_is_dropped()
{
	mode enforce && is_stalled $((2 * FRAME)) rfc4571-pcmu --addr 2001:db8::1 \
		--to 2001:db8::2
}

a_server_that_h2_has_called_is_dropped()
{
	mode enforce && is_stalled $((2 * FRAME)) rfc4571-pcmu --inbound
}

split_at_every_byte_is_dropped()
{
	mode enforce && is_stalled $((3 * FRAME - 1)) rfc4571-pcmu --cut 1 --frames 8
}

split_in_sevens_is_dropped()
{
	mode enforce && is_stalled $((3 * FRAME - 1)) rfc4571-pcmu --cut 7 --frames 8
}

# One send, of which the kernel makes segments after the verdict.
many_frames_a_segment_are_dropped()
{
	mode enforce && is_stalled 0 rfc4571-pcmu --cut 1300 &&
		is_stalled 0 rfc4571-pcmu --burst --frames 300
}

# Told of by their first 2,048 bytes.
frames_longer_than_a_segment_are_dropped()
{
	mode enforce && is_stalled $((2 * 3014 + 2047)) rfc4571-long --cut 500 &&
		is_stalled $((2 * 3014)) rfc4571-long
}

rfc4571_srtp_passes()
{
	mode enforce && passes_whole rfc4571-srtp --frames 200 &&
		flow_is srtp uniform && passes_whole rfc4571-srtp --frames 200 --cut 7 &&
		passes_whole rfc4571-srtp --frames 400 --burst
}

# Nothing proves what does not leave: a limit that the manual tells of.
strict_holds_rfc4571_srtp()
{
	mode strict && totals_start && stream rfc4571-srtp &&
		expect outcome stalled received 0 && tried_again held
}

# Length and RTP header may be gone by then, of the payload not a byte.
strict_lets_out_no_payload()
{
	mode strict && stream rfc4571-pcmu --frames 4 &&
		expect outcome stalled received 0 &&
		stream rfc4571-pcmu --frames 4 --cut 1 && expect outcome stalled &&
		at_most received 14 && stream rfc4571-pcmu --frames 4 --cut 15 &&
		expect outcome stalled received 0
}

## What lets a connection go on

a_rule_lets_a_stalled_connection_go_on()
{
	local ret

	mode enforce && streaming_start rfc4571-pcmu &&
		load_rules 'rule h2 { media unprotected; ip daddr 10.0.0.2; accept }' &&
		streaming_end
	ret=$?
	no_rules
	return "$ret"
}

mode_monitor_lets_a_stalled_connection_go_on()
{
	mode enforce && streaming_start rfc4571-pcmu --cut 7 && mode monitor &&
		streaming_end
}

mode_enforce_lets_a_held_connection_go_on()
{
	mode strict && streaming_start rfc4571-srtp && mode enforce && streaming_end
}

# As all tests before would fail in it.
monitor_passes_all_and_says_what_it_would_drop()
{
	local kind

	mode monitor || return 1
	for kind in rfc4571-pcmu turn-channel turn-send rtsp-record rtsp-http-post; do
		passes_whole "$kind" && flow_is rtp clear &&
			[ "${totals[would-drop]}" -gt "${totals_then[would-drop]}" ] ||
			return 1
	done
	passes_whole rfc4571-pcmu --cut 1 --frames 8 && flow_is rtp clear &&
		passes_whole rtsp-http-get --inbound && flow_is rtp clear
}

segments_are_counted_as_what_they_carry()
{
	local before

	mode monitor && before=$(counter out rtp clear would-drop) &&
		stream rfc4571-pcmu --frames 20 || return 1
	counted=$(($(counter out rtp clear would-drop) - before))
	expect counted 18
}

## TURN

turn_channel_data_is_dropped()
{
	mode enforce && is_stalled 352 turn-channel && flow_is rtp clear turn-carried &&
		is_stalled 527 turn-channel --cut 1 --frames 8 &&
		is_stalled 352 turn-channel-5766 && flow_is rtp clear turn-carried
}

turn_send_indications_are_dropped()
{
	mode enforce && is_stalled 416 turn-send && flow_is rtp clear turn-carried &&
		is_stalled 623 turn-send --cut 7 --frames 8
}

turn_data_indications_are_dropped()
{
	mode enforce && is_stalled 416 turn-data && flow_is rtp clear turn-carried
}

turn_nested_twice_is_dropped()
{
	local kind

	mode enforce || return 1
	for kind in channel-channel channel-send send-channel data-send; do
		is_stalled 488 "turn-$kind" && flow_is rtp clear turn-carried ||
			return 1
	done
	is_stalled 635 turn-channel-send --cut 7 --frames 8
}

turn_itself_passes() { mode strict && passes_whole turn-stun; }

## RTSP

interleaved_rtsp_is_dropped()
{
	mode enforce && is_stalled 352 rtsp-record &&
		is_stalled 527 rtsp-record --cut 1 --frames 8 &&
		is_stalled 0 rtsp-record --burst
}

# h2's media is let out by a rule: it is h1 that is looked at.
receiver_reports_of_a_viewer_pass()
{
	local ret

	mode enforce
	load_rules 'rule server { media unprotected; ip saddr 10.0.0.2; accept }'
	passes_whole rtsp-play && flow_is rtcp clear
	ret=$?
	no_rules
	return "$ret"
}

rtsp_in_an_answer_of_http_is_dropped()
{
	mode enforce && is_stalled 352 rtsp-http-get --inbound
}

rtsp_in_a_post_of_http_is_dropped()
{
	mode enforce && is_stalled 472 rtsp-http-post &&
		is_stalled 711 rtsp-http-post --cut 7 --frames 8
}

# What carries a frame may be gone, and its RTP header; of the payload not a byte.
strict_lets_out_no_payload_of_what_is_carried()
{
	local kind header

	mode strict || return 1
	while read -r kind header; do
		stream "$kind" --frames 4 && expect outcome stalled received 0 ||
			return 1
		stream "$kind" --frames 4 --cut 1 && expect outcome stalled &&
			at_most received "$header" || return 1
	done <<-END
		turn-channel 16
		turn-send 48
		turn-data 48
		turn-channel-send 52
		rtsp-record 16
		rtsp-http-post 24
	END
	stream rtsp-http-get --inbound --frames 4 && expect outcome stalled received 0
}

## Real programs

FFMPEG=(ffmpeg -nostdin -hide_banner -loglevel error)

server_start() # ffmpeg arguments: listens on the next port of h2
{
	PORT=$((PORT + 1))
	background on "$h2" "${FFMPEG[@]}" "$@" -f null - 2> "$tmp/server.log"
	server=$background_pid
	busywait 60000 listens
}

listens()
{
	[ -n "$(ip netns exec "$h2" ss -Hltn "sport = :$PORT")" ]
}

# From h1 to $PORT of h2: until the kernel has sent in vain again.
publisher_is_stalled() # class, ffmpeg arguments
{
	local ret

	totals_start
	background on "$h1" "${FFMPEG[@]}" -re -f lavfi -i sine "${@:2}" \
		2> "$tmp/publisher.log"
	busywait 60000 publisher_is_known "$1" && busywait 60000 tried_again dropped
	ret=$?
	[ "$ret" -eq 0 ] || cat "$tmp/server.log" "$tmp/publisher.log"
	# It has an end to tell its peer, and waits for it to arrive; and then the
	# kernel does, until it is let out and answered.
	kill -9 "$background_pid" "$server"
	stop "$background_pid" 2> /dev/null
	stop "$server" 2> /dev/null
	mode monitor && busywait 60000 publisher_is_gone && return "$ret"
}

publisher_is_gone()
{
	[ -z "$(ip netns exec "$h1" ss -Htn "dport = :$PORT")" ]
}

publisher_is_known() # class
{
	"$RTPGUARD" list flows | grep -q "^tcp 10.0.0.1:.* 10.0.0.2:$PORT $1 clear"
}

ffmpeg_publishing_rtsp_is_dropped()
{
	mode enforce || return 1
	server_start -rtsp_flags listen -i "rtsp://10.0.0.2:$((PORT + 1))/a" &&
		publisher_is_stalled rtp -c:a pcm_mulaw -ar 8000 -ac 1 -f rtsp \
			-rtsp_transport tcp "rtsp://10.0.0.2:$PORT/a"
}

ffmpeg_publishing_rtmp_is_dropped()
{
	mode enforce || return 1
	server_start -listen 1 -f flv -i "rtmp://10.0.0.2:$((PORT + 1))/a/b" &&
		publisher_is_stalled rtmp -c:a aac -f flv "rtmp://10.0.0.2:$PORT/a/b"
}

## Segments that are lost, or come twice

wire_loses() # percent
{
	local dev

	for dev in p1 p2; do
		on "$wire" tc qdisc replace dev "$dev" root netem loss "$1%" \
			duplicate "$1%" reorder "$1%" delay 1ms 2>/dev/null || return
	done
}

a_wire_that_loses_segments_is_no_reason_to_drop()
{
	local ret

	mode enforce && wire_loses 3 || return "$KSFT_SKIP"
	passes_whole rfc4571-srtp --frames 300 --patience 12 &&
		passes_whole rfc4571-srtp --frames 2000 --burst --patience 12 &&
		flow_is srtp uniform &&
		is_stalled $((2 * FRAME)) rfc4571-pcmu --patience 4
	ret=$?
	on "$wire" tc qdisc del dev p1 root
	on "$wire" tc qdisc del dev p2 root
	return "$ret"
}

## What is no media

others_pass_in_strict()
{
	local kind

	mode strict || return 1
	for kind in tls http ssh dns; do
		passes_whole "$kind" --frames 40 && has_no_flow &&
			passes_whole "$kind" --frames 20 --burst && has_no_flow || return 1
	done
}

# The same ends, at once: what is known of the connection before says nothing of it.
media_where_something_else_was_is_dropped()
{
	mode enforce && passes_whole tls --frames 40 || return 1
	sport=$((sport - 1))
	is_stalled $((2 * FRAME)) rfc4571-pcmu
}

## Segments made by hand: each is counted as it goes out, and where it comes in

crude_is() # total how
{
	mode enforce && totals_start && streamsend rfc4571-pcmu --crude "$2" --frames 5 &&
		busywait 20000 crude_moved "$1" && totals_moved held 0 dropped 0 &&
		mode strict && totals_start &&
		streamsend rfc4571-pcmu --crude "$2" --frames 5 &&
		totals_moved "$1" 5 held 5 dropped 0
}

crude_moved() # total: in more than one namespace
{
	totals_read
	[ $((totals[$1] - totals_then[$1])) -ge 10 ]
}

fragments_are_held_in_strict() { crude_is frag-unjudged fragment; }

broken_headers_are_held_in_strict()
{
	crude_is undecodable stub && crude_is undecodable offset
}

connections_that_end_leave_nothing()
{
	mode enforce || return 1
	sport=30000
	[ "$(streamsend rfc4571-pcmu --frames 2 --many 2000)" = connections=2000 ] &&
		sport=33000 && is_stalled $((2 * FRAME)) rfc4571-pcmu
}

the_module_unloads_amid_a_stalled_connection()
{
	mode enforce && streaming_start rfc4571-pcmu && unload_module && streaming_end
}

require_cmd ffmpeg python3 tc ss
make_tmp
skip_unless_root
if ! make_pair wire > /dev/null || ! load_module mode=monitor; then
	echo 'Bail out! no hosts, or no module'
	exit "$KSFT_FAIL"
fi
run_tests \
	rfc4571_pcmu_is_dropped \
	rfc4571_pcmu_over_ipv6_is_dropped \
	a_server_that_h2_has_called_is_dropped \
	split_at_every_byte_is_dropped \
	split_in_sevens_is_dropped \
	many_frames_a_segment_are_dropped \
	frames_longer_than_a_segment_are_dropped \
	rfc4571_srtp_passes \
	strict_holds_rfc4571_srtp \
	strict_lets_out_no_payload \
	a_rule_lets_a_stalled_connection_go_on \
	mode_monitor_lets_a_stalled_connection_go_on \
	mode_enforce_lets_a_held_connection_go_on \
	monitor_passes_all_and_says_what_it_would_drop \
	segments_are_counted_as_what_they_carry \
	turn_channel_data_is_dropped \
	turn_send_indications_are_dropped \
	turn_data_indications_are_dropped \
	turn_nested_twice_is_dropped \
	turn_itself_passes \
	interleaved_rtsp_is_dropped \
	receiver_reports_of_a_viewer_pass \
	rtsp_in_an_answer_of_http_is_dropped \
	rtsp_in_a_post_of_http_is_dropped \
	strict_lets_out_no_payload_of_what_is_carried \
	ffmpeg_publishing_rtsp_is_dropped \
	ffmpeg_publishing_rtmp_is_dropped \
	a_wire_that_loses_segments_is_no_reason_to_drop \
	others_pass_in_strict \
	media_where_something_else_was_is_dropped \
	fragments_are_held_in_strict \
	broken_headers_are_held_in_strict \
	connections_that_end_leave_nothing \
	the_module_unloads_amid_a_stalled_connection
