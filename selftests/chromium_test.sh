#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# WebRTC as Chromium speaks it: two of them, each in a namespace of its own, call one
# another on this machine without the module; what was on the line between them is
# judged by replay. An emulated CPU is too slow for them.

# Tests are called, and what they expect is read, by name.
# shellcheck disable=SC2317,SC2034
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/traffic.sh"
. "$(dirname "$0")/webrtc/replay.sh"

CALL_MS=120000
OFFICE=10.0.0.2

# Of the machine's network, and of a user's settings, it has nothing.
browser_start() # namespace side
{
	local flags=(
		--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage
		--no-first-run --no-proxy-server --disable-background-networking
		--disable-breakpad --user-data-dir="$tmp/$2"
		--use-fake-device-for-media-stream --use-fake-ui-for-media-stream
		--disable-features=WebRtcHideLocalIpsWithMdns
		--unsafely-treat-insecure-origin-as-secure="http://$OFFICE:8080"
	)

	HOME=$tmp/$2 background on "$1" chromium "${flags[@]}" \
		"http://$OFFICE:8080/#$2" 2>"$tmp/$2.log" >&2
}

office_opens()
{
	on "$h2" grep -q ':1F90 ' /proc/net/tcp
}

both_spoke()
{
	[ -e "$tmp/boxes/caller-spoke" ] && [ -e "$tmp/boxes/callee-spoke" ]
}

both_spoke_or_one_failed()
{
	both_spoke || compgen -G "$tmp/boxes/*-failed"
}

call()
{
	mkdir "$tmp/boxes"
	background on "$h2" "$WEBRTC/post.py" "$OFFICE" 8080 "$WEBRTC/call.html" \
		"$tmp/boxes" 2>"$tmp/office.log"
	busywait 20000 office_opens && capture_start "$line" udp || return
	browser_start "$h2" callee
	browser_start "$h1" caller
	busywait "$CALL_MS" both_spoke_or_one_failed
	capture_stop
	both_spoke && return
	tail -n 20 "$tmp"/boxes/*-failed "$tmp"/call*.log
	return 1
}

two_browsers_call_each_other_without_the_module()
{
	call && "$WEBRTC/hellos.py" "$line" >"$tmp/hellos"
}

# What makes it hard to read: should these change, the module is to be looked at.
dtls_is_1_3()
{
	cat "$tmp/hellos"
	grep -q '^server .* versions fefc$' "$tmp/hellos"
}

the_client_hello_comes_in_two_datagrams()
{
	cat "$tmp/hellos"
	grep -q '^client datagrams 2 versions fefc,fefd$' "$tmp/hellos"
}

skip_unless_root
require_cmd chromium python3 tcpdump ip
make_tmp
line=$tmp/line.pcap
if ! make_pair wire >/dev/null || ! only_ipv4 "$h1" || ! only_ipv4 "$h2"; then
	ktap_skip_all "needs network namespaces"
fi
run_tests \
	two_browsers_call_each_other_without_the_module \
	by_replay_enforce_drops_nothing \
	by_replay_sound_and_picture_are_protected_by_dtls \
	by_replay_strict_holds_a_bounded_number_at_first \
	dtls_is_1_3 \
	the_client_hello_comes_in_two_datagrams
