# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What replay says of a WebRTC call that is in the capture $line. Sourced after lib.sh.

WEBRTC=$RG_LIB_DIR/webrtc
# Packets of a stream that is long enough to have been judged.
ENOUGH=64

# One address each: of more than one the call may change between them.
only_ipv4()
{
	on "$1" sysctl -qw net.ipv6.conf.all.disable_ipv6=1
}

# Sets passed, dropped, held, streams of the flow; the file has the streams.
judge() # mode
{
	"$RTPGUARD" replay --json --mode "$1" "$line" | "$WEBRTC/judged.py" \
		>"$tmp/judged" && read -r _ passed dropped held streams <"$tmp/judged" ||
		return
	cat "$tmp/judged"
}

by_replay_enforce_drops_nothing()
{
	judge enforce && expect dropped 0 held 0
}

# Sound and picture in both directions. What is sent besides to see how much the
# network takes is a stream too, and may end before there is enough of it to judge.
by_replay_sound_and_picture_are_protected_by_dtls()
{
	judge enforce && awk -v enough="$ENOUGH" '
		/^stream/ && $3 >= enough {
			n[$2]++
			bad += $4 != "srtp" || $5 != "protected" || $6 !~ /dtls-done/ }
		END { exit bad || n["original"] < 2 || n["reply"] < 2 }' "$tmp/judged"
}

# A stream has 16 packets to show, a few in a hundred have 48; and one that is proven
# lends credit to the others.
by_replay_strict_holds_a_bounded_number_at_first()
{
	judge strict && expect dropped "$held" && [ "$held" -ge 30 ] &&
		[ "$held" -le $((24 * streams)) ] && [ "$passed" -gt $((5 * held)) ]
}
