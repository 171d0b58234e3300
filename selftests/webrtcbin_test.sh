#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# WebRTC as GStreamer's webrtcbin speaks it: two of them, each in a namespace of its own,
# call one another on this machine without the module; what was on the line between them
# is judged by replay.

# Tests are called, and what they expect is read, by name.
# shellcheck disable=SC2317,SC2034
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/traffic.sh"
. "$(dirname "$0")/gstreamer.sh"
. "$(dirname "$0")/webrtc/replay.sh"

PLUGINS=(coreelements audiotestsrc opus videotestsrc vpx rtp rtpmanager webrtc nice
	dtls srtp sctp)
CALL_MS=120000
OFFICE=10.0.0.2
PORT=8080 # of their signalling

end_start() # namespace offer|answer
{
	background on "$1" "$WEBRTC/webrtcbin.py" "$2" "$OFFICE" "$PORT" \
		>"$tmp/$2" 2>"$tmp/$2.log"
}

office_answers()
{
	on "$h2" grep -q "$(printf ':%04X ' "$PORT")" /proc/net/tcp
}

both_hear_and_see()
{
	local side

	for side in offer answer; do
		grep -q '^audio 100$' "$tmp/$side" && grep -q '^video 100$' "$tmp/$side" ||
			return
	done
}

two_ends_call_each_other_without_the_module()
{
	end_start "$h2" answer
	busywait 60000 office_answers && capture_start "$line" udp || return
	end_start "$h1" offer
	busywait "$CALL_MS" both_hear_and_see
	capture_stop
	both_hear_and_see && return
	tail -n 5 "$tmp"/offer* "$tmp"/answer*
	return 1
}

# Version 1.2, where Chromium speaks 1.3.
dtls_is_1_2()
{
	"$WEBRTC/hellos.py" "$line" >"$tmp/hellos"
	cat "$tmp/hellos"
	grep -q '^server .* versions fefd$' "$tmp/hellos"
}

skip_unless_root
require_cmd tcpdump ip
/usr/bin/python3 -c 'import gi; gi.require_version("GstWebRTC", "1.0")' 2>/dev/null ||
	ktap_skip_all "needs python3-gi and GStreamer's GstWebRTC"
make_tmp
line=$tmp/line.pcap
plugins_choose
if ! make_pair wire >/dev/null || ! only_ipv4 "$h1" || ! only_ipv4 "$h2"; then
	ktap_skip_all "needs network namespaces"
fi
run_tests \
	two_ends_call_each_other_without_the_module \
	by_replay_enforce_drops_nothing \
	by_replay_sound_and_picture_are_protected_by_dtls \
	by_replay_strict_holds_a_bounded_number_at_first \
	dtls_is_1_2
