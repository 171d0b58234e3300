#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The eavesdropper of the demo: it is the measure of rtpguard, so what it makes
# of a capture is compared sample for sample. Needs neither root nor the module.
# The captures and the expectations are eavesdrop_cases.py's.

# The tests are called by their names.
# shellcheck disable=SC2317
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

cases_py=$(dirname "$0")/eavesdrop_cases.py
programs=$(dirname "$RTPGUARD")/selftests/demo
# With sanitizers.
EAVESDROP=$programs/eavesdrop.asan

# Likeness of recordings: noise of some seconds is below 0.05, G.711 of the same
# voice above 0.99.
SAME_MIN=0.99
NOISE_MAX=0.05
VOICE_SECONDS=5

make_tmp
heard=$tmp/heard.wav

## Checks: each says what is wrong and fails

# Runs the eavesdropper; sets status, its output is in $tmp/out and $tmp/err.
run() # argument...
{
	what="eavesdrop $*"
	status=0
	rm -f "$heard"
	"$EAVESDROP" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
}

wrong() # text...
{
	ktap_print_msg "$what: $*"
	sed 's/^/#   /' "$tmp/err"
	return 1
}

exits() # status
{
	[ "$status" -eq "$1" ] || wrong "exit status $status, expected $1"
}

# What a file was refused for, and nothing else; no recording is left behind.
refused() # status text argument...
{
	run --wav "$heard" "${@:3}"
	exits "$1" || return
	[ ! -s "$tmp/out" ] || wrong "prints $(head -n 1 "$tmp/out")" || return
	[ ! -e "$heard" ] || wrong 'writes a recording' || return
	grep -qF -- "$2" "$tmp/err" || wrong "does not say '$2'"
}

below() # a b
{
	awk -v a="$1" -v b="$2" 'BEGIN { exit !(a < b) }'
}

## Each case: what is printed, what is heard

rebuilt() # name
{
	local args

	mapfile -t args <"$tmp/$1.args"
	run --wav "$heard" "${args[@]}" "$tmp/$1.pcap"
	exits 0 || return
	diff "$tmp/$1.txt" "$tmp/out" | sed 's/^/# /'
	[ "${PIPESTATUS[0]}" -eq 0 ] || wrong 'prints something else' || return
	[ ! -s "$tmp/err" ] || wrong 'complains' || return
	cmp "$tmp/$1.wav" "$heard" >"$tmp/err" 2>&1 || wrong 'hears something else'
}

names_the_packet() # name
{
	refused 1 "$tmp/$1.pcap: $(cat "$tmp/$1.err")" "$tmp/$1.pcap"
}

## Likeness

likeness() # of the left channel
{
	sed -n 's/^left .* like=//p' "$tmp/out"
}

# The line says how much was heard, whatever it is.
voice_ms()
{
	run --wav "$heard" --like "$tmp/voice.wav" "$1"
	exits 0 || return
	[ "$(tail -n 1 "$tmp/out")" = "recovered ms=$2" ] ||
		wrong "$(tail -n 1 "$tmp/out"), expected $2"
}

clear_is_alike()
{
	voice_ms "$tmp/voice.pcap" $((VOICE_SECONDS * 1000)) || return
	! below "$(likeness)" "$SAME_MIN" || wrong "likeness $(likeness)" || return
	[ "$("$programs/alike" "$heard" "$tmp/voice.wav")" = "$(likeness)" ] ||
		wrong "alike does not find likeness $(likeness)"
}

# The last packet's tag is heard too: 10 bytes are 1 ms and a quarter.
encrypted_is_noise()
{
	voice_ms "$tmp/voice-srtp.pcap" $((VOICE_SECONDS * 1000 + 1)) || return
	below "$(likeness)" "$NOISE_MAX" || wrong "likeness $(likeness)"
}

another_voice_is_not_alike()
{
	run --like "$tmp/voice2.wav" "$tmp/voice.pcap"
	exits 0 || return
	below "$(likeness)" 0.5 || wrong "likeness $(likeness)"
}

each_side_is_compared()
{
	run -k "$tmp/voice2.wav" -k "$tmp/voice.wav" -l ::1 "$tmp/voice.pcap"
	exits 0 || return
	[ "$(likeness)" = 0.000 ] || wrong "silence has likeness $(likeness)" ||
		return
	! below "$(sed -n 's/^right .* like=//p' "$tmp/out")" "$SAME_MIN" ||
		wrong 'the right side is not alike'
}

# A voice is its number's, and as long as it shall be.
voices_differ()
{
	what=speech
	: >"$tmp/err"
	"$programs/speech" 1 "$VOICE_SECONDS" "$tmp/again.wav"
	cmp "$tmp/voice.wav" "$tmp/again.wav" 2>"$tmp/err" ||
		wrong 'the same number is another voice' || return
	[ "$(stat -c %s "$tmp/voice.wav")" -eq $((44 + VOICE_SECONDS * 16000)) ] ||
		wrong "not $VOICE_SECONDS s long" || return
	! cmp -s "$tmp/voice.wav" "$tmp/voice2.wav" || wrong 'two have one voice'
}

## Bad input

bad_usage()
{
	refused 2 'usage: eavesdrop' &&
	refused 2 'usage: eavesdrop' "$tmp/voice.pcap" "$tmp/voice.pcap" &&
	refused 2 'frobnicate' --frobnicate "$tmp/voice.pcap" &&
	refused 2 '--left x: expected an IPv4 or IPv6 address' --left x \
		"$tmp/voice.pcap" &&
	refused 2 'given a third time' -k a -k b -k c "$tmp/voice.pcap"
}

bad_files()
{
	refused 1 "$tmp/none: packet 0: not a readable capture" "$tmp/none" &&
	refused 1 "$tmp: packet 0: not a readable capture" "$tmp" || return
	run --wav /dev/full "$tmp/voice.pcap"
	exits 1 || return
	grep -q '/dev/full: cannot write' "$tmp/err" || wrong || return
	run --wav "$tmp/none/heard.wav" "$tmp/voice.pcap"
	exits 1 && { grep -q 'heard.wav: cannot create' "$tmp/err" || wrong; }
}

bad_recordings()
{
	local file

	head -c 43 "$tmp/voice.wav" >"$tmp/short.wav"
	for file in none:'cannot read' voice.pcap:'not a WAV file' \
		short.wav:'a WAV file without' empty.pcap:'not a WAV file'; do
		run --like "$tmp/${file%%:*}" "$tmp/voice.pcap"
		exits 1 && grep -qF "${file%%:*}: ${file#*:}" "$tmp/err" ||
			wrong "expected '${file#*:}'" || return
	done
}

# The file's header is 24 bytes; a record 16 and 74: 14 of Ethernet, 20 of IP, 8
# of UDP, 12 of RTP and 20 of voice.
cut_short()
{
	local n whole

	for ((n = 0; n < 24 + 90 + 60; n++)); do
		whole=$((n < 24 ? -1 : (n - 24) / 90))
		if [ $(((n - 24) % 90)) -eq 0 ] && [ "$whole" -ge 0 ]; then
			run "$tmp/cut-$n.pcap"
			exits 0 && grep -q "^left packets=$whole " "$tmp/out" ||
				wrong "expected $whole packets" || return
		else
			refused 1 "$tmp/cut-$n.pcap: packet $((whole + 1)): " \
				"$tmp/cut-$n.pcap" || return
		fi
	done
}

# Packet n is captured up to n bytes: from 55 on there is voice in it.
captured_in_part()
{
	run "$tmp/short.pcap"
	exits 0 || return
	grep -q '^left packets=5 lost=0 ms=1$' "$tmp/out" ||
		wrong "says $(grep left "$tmp/out")"
}

damaged()
{
	local file

	for file in "$tmp"/damaged-*.pcap; do
		run --wav "$heard" "$file"
		case $status in
		0) [ ! -s "$tmp/err" ] || wrong 'complains' || return ;;
		1) grep -q "^$file: packet [0-9]*: ." "$tmp/err" ||
			wrong 'names no packet' || return ;;
		*) wrong "exit status $status" || return ;;
		esac
	done
}

## The tests

require_cmd python3 cmp awk
for program in "$EAVESDROP" "$programs/alike" "$programs/speech"; do
	[ -x "$program" ] || ktap_skip_all "$program is missing"
done

if ! "$programs/speech" 1 "$VOICE_SECONDS" "$tmp/voice.wav" ||
   ! "$programs/speech" 2 "$VOICE_SECONDS" "$tmp/voice2.wav" ||
   ! python3 "$cases_py" "$tmp" "$tmp/voice.wav"; then
	echo 'Bail out! no captures'
	exit "$KSFT_FAIL"
fi

cases=("$tmp"/*.txt)
bad=("$tmp"/*.err)
ktap_set_plan $((${#cases[@]} + ${#bad[@]} + 11))

for file in "${cases[@]}"; do
	name=$(basename "$file" .txt)
	ktap_test_result "$name: printed and heard as expected" rebuilt "$name"
done
for file in "${bad[@]}"; do
	name=$(basename "$file" .err)
	ktap_test_result "$name: file and packet are named, exit 1" \
		names_the_packet "$name"
done
ktap_test_result "a voice in clear is recognised" clear_is_alike
ktap_test_result "an encrypted one is noise, as long" encrypted_is_noise
ktap_test_result "another voice is not like it" another_voice_is_not_alike
ktap_test_result "each side has its likeness" each_side_is_compared
ktap_test_result "each number has a voice of its own" voices_differ
ktap_test_result "bad usage: exit 2" bad_usage
ktap_test_result "no file, no room, no directory: exit 1" bad_files
ktap_test_result "a recording that is none is named" bad_recordings
ktap_test_result "cut at every byte: the error names the next packet" cut_short
ktap_test_result "packets captured in part" captured_in_part
ktap_test_result "100 damaged captures: heard, or refused at a packet" damaged
ksft_exit
