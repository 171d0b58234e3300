#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The demo's acts. Two phones call each other, the officer's and the office's;
# a third namespace is the line between them, where an eavesdropper records:
#
#   +---------+         +-----------+         +---------+
#   |   h1    |         |   wire    |         |   h2    |
#   | officer | eth0 p1 |  bridge   | p2 eth0 | office  |
#   | baresip |---------|  tcpdump  |---------| baresip |
#   +---------+         +-----------+         +---------+
#
# Every act says in one line what the eavesdropper has in the end, and fails if
# that is not what is promised.

set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd -P)
# shellcheck source=../lib.sh
. "$here/../lib.sh"
# shellcheck source=phone.sh
. "$here/phone.sh"

CALL_SECONDS=8
VOICE_SECONDS=30
PACKET_MS=20 # of speech in a packet, what baresip does with G.711

# Two seconds: less is no call. On a busy machine the phones speak less than the
# call lasts, and it is what they spoke that all is measured by.
SPOKEN_MIN=100

# What is promised.
CLEAR_PERCENT_MIN=95
ENFORCE_MS_MAX=60
STRICT_MS_MAX=0
# Likeness of recordings: noise of some seconds is below 0.05, G.711 of the same
# voice above 0.99.
SAME_MIN=0.9
NOISE_MAX=0.1
# The other phone hangs up first: the last packets reach a closed socket.
IN_FLIGHT_MAX=5

programs=$here/../../build/selftests/demo
share=${RTPGUARD_SHARE:-$here/../../build/demo}
voices=$share/voices
sides=(officer office)
officer_address=10.0.0.1
office_address=10.0.0.2

usage()
{
	cat >&2 <<-END
	usage: acts.sh [ACT[:MODE]]...
	  ACT   clear, enforce, strict, srtp or dtls (all of them)
	  MODE  rtpguard's mode: none (module absent), monitor, enforce or strict
	Recordings and logs go to a directory for each act in RTPGUARD_SHARE
	(build/demo). All modes but none load the module, for which they want to
	be in a virtual machine: selftests/demo/run.sh.
	END
	exit 2
}

die()
{
	echo "acts.sh: $*" >&2
	exit 1
}

## Results: one line an act

act=0
failed=0

title()
{
	act=$((act + 1))
	printf '\nAct %d: %s\n' "$act" "$*"
}

result()
{
	echo "  $*"
}

broken()
{
	failed=1
	echo "  FAILED: $*"
}

seconds() # ms
{
	awk -v ms="$1" 'BEGIN { printf "%.1f s", ms / 1000 }'
}

below() # a b
{
	awk -v a="$1" -v b="$2" 'BEGIN { exit !(a < b) }'
}

## The module

module_mode() # mode
{
	if [ "$1" = none ]; then
		! module_loaded || unload_module
		return
	fi
	[ -n "${RTPGUARD_SHARE:-}" ] ||
		die "mode $1 loads the module: only in a virtual machine, see run.sh"
	module_loaded || load_module mode="$1" || die "cannot load $RTPGUARD_KO"
	"$RTPGUARD" mode "$1" >"$dir/mode.log" 2>&1 ||
		die "rtpguard mode $1: $(cat "$dir/mode.log")"
}

## A recorded call

# Sets $dir; and of the finished call, in packets: spoken (by the officer's and
# the office's phone), refused, arrived; and what the eavesdropper has, in ms
# and packets, with its likeness to what was spoken.
record_call() # media-encryption
{
	local officer=$dir/officer office=$dir/office port=$((10000 + act * 100))

	phone_make "$officer" officer "$officer_address" "$voices/officer.wav" \
		"$port" "$1"
	phone_make "$office" office "$office_address" "$voices/office.wav" \
		"$port" "$1"
	capture_start "$dir/line.pcap" || die "tcpdump does not start on the line"
	call "$officer" "$h1" "$office" "$h2" "sip:office@$office_address" \
		"$CALL_SECONDS" || {
		broken "the call did not last $CALL_SECONDS s, see officer/log"
		return 1
	}
	capture_stop
	grep -q '^0 packets dropped by kernel' "$dir/line.pcap.log" || {
		broken "tcpdump lost packets, see line.pcap.log"
		return 1
	}
	count_phones "$officer" "$office" && listen
}

count_phones() # officer office
{
	spoken=("$(phone_count "$1" packets 1)" "$(phone_count "$2" packets 1)")
	refused=("$(phone_count "$1" errors 1)" "$(phone_count "$2" errors 1)")
	# What the office received is the officer's, and the other way round.
	arrived=("$(phone_count "$2" packets 2)" "$(phone_count "$1" packets 2)")
	missed=("$(phone_count "$2" lost 2)" "$(phone_count "$1" lost 2)")
	# Of the side that spoke longer, as recovered_ms is of the one heard longer.
	spoken_ms=$(((spoken[0] > spoken[1] ? spoken[0] : spoken[1]) * PACKET_MS))
	if [ "${spoken[0]}" -lt "$SPOKEN_MIN" ] ||
	   [ "${spoken[1]}" -lt "$SPOKEN_MIN" ]; then
		broken "the phones spoke ${spoken[*]} packets," \
			"expected at least $SPOKEN_MIN each"
		return 1
	fi
}

# The eavesdropper: knows the capture, and the voices only to compare.
listen()
{
	"$programs/eavesdrop" --wav "$dir/eavesdropped.wav" \
		--left "$officer_address" --like "$voices/officer.wav" \
		--like "$voices/office.wav" "$dir/line.pcap" \
		>"$dir/eavesdropped.txt" 2>&1 || {
		broken "eavesdrop: $(tail -n 1 "$dir/eavesdropped.txt")"
		return 1
	}
	ms=("$(heard left ms)" "$(heard right ms)")
	packets=("$(heard left packets)" "$(heard right packets)")
	lost=("$(heard left lost)" "$(heard right lost)")
	like=("$(heard left like)" "$(heard right like)")
	recovered_ms=$(heard recovered ms)
}

heard() # left|right|recovered field
{
	sed -n "s/^$1 .*\b$2=\([0-9.]*\).*/\1/p; s/^$1 $2=\([0-9.]*\).*/\1/p" \
		"$dir/eavesdropped.txt" | head -n 1
}

## The acts: what they promise

check_clear()
{
	local i percent

	for i in 0 1; do
		percent=$((ms[i] * 100 / (spoken[i] * PACKET_MS)))
		if [ "$percent" -lt "$CLEAR_PERCENT_MIN" ] ||
		   below "${like[i]}" "$SAME_MIN"; then
			broken "the eavesdropper has $percent % of a side of the" \
				"call, its likeness is ${like[i]}; expected" \
				"$CLEAR_PERCENT_MIN % and $SAME_MIN"
			return
		fi
	done
	result "the eavesdropper has $(seconds "$recovered_ms") of" \
		"$(seconds "$spoken_ms"): the whole call, both voices" \
		"(likeness ${like[0]} and ${like[1]} of 1)"
}

check_dropped() # ms-at-most
{
	if [ "$recovered_ms" -gt "$1" ]; then
		broken "the eavesdropper has $recovered_ms ms of" \
			"$(seconds "$spoken_ms"), expected at most $1 ms"
		return
	fi
	result "the eavesdropper has $recovered_ms ms of" \
		"$(seconds "$spoken_ms") (${ms[0]} ms of the officer," \
		"${ms[1]} ms of the office)"
}

# All that was spoken passed the line and came to an ear.
check_complete() # index of the speaker, the ear's phone
{
	local similar

	similar=$("$programs/alike" "$(phone_heard "$2")" \
		"$voices/${sides[$1]}.wav" 2>>"$dir/eavesdropped.txt")
	if [ "${packets[$1]}" -ne "${spoken[$1]}" ] || [ "${lost[$1]}" -ne 0 ] ||
	   [ "${refused[$1]}" -ne 0 ] || [ "${missed[$1]}" -ne 0 ] ||
	   [ "${arrived[$1]}" -lt $((spoken[$1] - IN_FLIGHT_MAX)) ]; then
		broken "of ${spoken[$1]} packets of the ${sides[$1]}" \
			"${packets[$1]} were on the line (${lost[$1]} missing" \
			"between them), ${arrived[$1]} arrived; expected all"
		return 1
	fi
	if [ -z "$similar" ] || below "$similar" "$SAME_MIN"; then
		broken "what the other side heard of the ${sides[$1]} has" \
			"likeness ${similar:-none}, expected $SAME_MIN"
		return 1
	fi
}

check_encrypted()
{
	check_complete 0 "$dir/office" && check_complete 1 "$dir/officer" || return
	if below "$NOISE_MAX" "${like[0]}" || below "$NOISE_MAX" "${like[1]}"; then
		broken "the eavesdropper's recording has likeness ${like[*]}," \
			"expected noise: at most $NOISE_MAX"
		return
	fi
	result "the call is complete: ${packets[0]} of ${spoken[0]} and" \
		"${packets[1]} of ${spoken[1]} packets, none missing; the" \
		"eavesdropper has noise (likeness ${like[0]} and ${like[1]} of 1)"
}

## The acts

record() # title mode media-encryption
{
	local with="rtpguard in mode $2"

	[ "$2" != none ] || with="without rtpguard"
	title "$1, $with"
	mkdir "$dir"
	module_mode "$2"
	record_call "$3"
}

# The pipes stay here.
keep()
{
	local to=$share/${dir##*/}

	rm -rf "$to"
	mkdir "$to" || die "cannot write to $share"
	(cd "$dir" && find . -type f -exec cp --parents -t "$to" {} +) ||
		die "cannot copy the recordings to $to"
}

play() # act mode: empty is the act's own
{
	local srtp="an encrypted call (SRTP, keys in SIP)"
	local dtls="an encrypted call (SRTP, keys by DTLS)"

	case $1 in
	clear)
		record "a call in clear" "${2:-none}" "" && check_clear
		;;
	enforce)
		record "a call in clear" "${2:-enforce}" "" &&
			check_dropped "$ENFORCE_MS_MAX"
		;;
	strict)
		record "a call in clear" "${2:-strict}" "" &&
			check_dropped "$STRICT_MS_MAX"
		;;
	srtp)
		record "$srtp" "${2:-enforce}" srtp-mand && check_encrypted
		;;
	dtls)
		record "$dtls" "${2:-enforce}" dtls_srtp && check_encrypted
		;;
	esac
	keep
}

evidence()
{
	local what

	for what in counters flows; do
		printf '\nrtpguard list %s\n' "$what"
		"$RTPGUARD" list "$what" 2>&1 | tee "$share/$what.txt" | sed 's/^/  /'
		[ "${PIPESTATUS[0]}" -eq 0 ] ||
			broken "rtpguard list $what has an error"
	done
}

## The evening

[ $# -gt 0 ] || set -- clear enforce strict srtp dtls
for arg; do
	[[ $arg =~ ^(clear|enforce|strict|srtp|dtls)(:(none|monitor|enforce|strict))?$ ]] ||
		usage
done
[ "$(id -u)" -eq 0 ] || die "needs root, for network namespaces"
for program in baresip tcpdump ping "$programs"/{eavesdrop,alike,speech}; do
	command -v "$program" >/dev/null || die "$program is missing"
done

work=$(mktemp -d)
defer rm -rf "$work"
mkdir -p "$voices" || die "cannot write to $share"
for i in 0 1; do
	"$programs/speech" "$i" "$VOICE_SECONDS" "$voices/${sides[i]}.wav" ||
		die "no voice for the ${sides[i]}"
done
make_pair wire || die "no line between the two phones"

for arg; do
	dir=$work/${arg/:/-}
	play "${arg%%:*}" "$(sed -n 's/.*://p' <<<"$arg")"
done
! module_loaded || evidence
exit "$failed"
