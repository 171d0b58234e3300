#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Packets that are cut short, too long, in pieces, made by hand, or lie about
# themselves, and each way to hand one to the kernel: the verdict is the plain
# one's, or what the manual says of what cannot be judged. After each the module
# answers, and still tells media; what the kernel had to say is judged outside.

# Tests are called, and what they expect is read, by name; some options are none.
# shellcheck disable=SC2317,SC2034,SC2119
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/traffic.sh"

after_each()
{
	"$RTPGUARD" status > /dev/null &&
		transfer_send -a 10.0.0.1 -d 10.0.0.2 -n 5 &&
		expect sent 2 eperm 3
}

# In enforce, 10 packets: dropped from the third on, the others arrive whole.
judged4() # bytes-each, rtpsend arguments
{
	deliver -n 10 "${@:2}" &&
		expect sent 2 eperm 8 received 2 bytes $((2 * $1))
}

judged6() # bytes-each, rtpsend arguments
{
	deliver6 -n 10 "${@:2}" &&
		expect sent 2 eperm 8 received 2 bytes $((2 * $1))
}

judged()
{
	judged4 "$@" && judged6 "$@"
}

# In strict nothing arrives, and nobody is told before the verdict.
held6() # rtpsend arguments
{
	deliver6 -n 10 "$@" && expect sent 2 eperm 8 received 0
}

held()
{
	deliver -n 10 "$@" && expect sent 2 eperm 8 received 0 && held6 "$@"
}

# What no recogniser takes for media: all of it arrives.
passes() # number bytes-in-all, rtpsend arguments
{
	deliver -n "$1" "${@:3}" &&
		expect sent "$1" eperm 0 received "$1" bytes "$2" || return 1
	deliver6 -n "$1" "${@:3}" &&
		expect sent "$1" eperm 0 received "$1" bytes "$2"
}

## Lengths

# 0 to 40 bytes: too few for a header, then payloads of 0, 1 and 2 bytes. With the
# second of 1 to 3 bytes it is RTP, and too short for a tag.
truncated_rtp_passes_until_it_is_rtp()
{
	deliver -n 41 -k cuts && expect sent 14 eperm 27 received 14 bytes 91 ||
		return 1
	deliver6 -n 41 -k cuts && expect sent 14 eperm 27 received 14 bytes 91
}

truncated_rtp_is_held_from_12_bytes_on()
{
	deliver -n 41 -k cuts && expect sent 14 eperm 27 received 12 bytes 66 ||
		return 1
	deliver6 -n 41 -k cuts && expect sent 14 eperm 27 received 12 bytes 66
}

zero_length_passes() { passes 10 0 -k empty; }

# The most that fits into a datagram: 65,507 bytes with 14 CSRCs, whole GSM
# frames. The kernel fragments it after the verdict.
oversized_media_is_judged_whole() { judged 65507 -P 3 -c 14 -l 65439; }

oversized_media_is_held() { held -P 3 -c 14 -l 65439; }

oversized_other_passes() { passes 5 $((5 * 65495)) -k quic -l 65495; }

noise_passes_in_monitor()
{
	mode monitor && deliver -n 1000 -k noise -l 1400 &&
		expect sent 1000 received 1000 || return 1
	deliver6 -n 1000 -k noise -l 1400 && expect sent 1000 received 1000
	local ret=$?
	mode enforce
	return "$ret"
}

## Senders

two_writes_one_datagram() { judged 172 -v more; }
sendmmsg() { judged 172 -v mmsg; }
zerocopy() { judged 172 -v zerocopy; }
splice() { judged 172 -v splice; }
sendfile() { judged 172 -v sendfile; }
large_zerocopy() { judged 40012 -v zerocopy -l 40000; }

# Several pages: before 6.5 the call hides the error behind the bytes it took,
# and IPv6 sends each page as a datagram, which is no longer RTP.
large_sendfile()
{
	totals_start && deliver -v sendfile -l 40000 -n 10 &&
		expect received 2 bytes 80024 && totals_moved dropped 8 held 0
}

io_uring()
{
	local disabled=0

	[ ! -e /proc/sys/kernel/io_uring_disabled ] ||
		disabled=$(< /proc/sys/kernel/io_uring_disabled)
	[ "$disabled" -lt 2 ] || return "$KSFT_SKIP"
	judged 172 -v uring
}

non_linear_packets_are_held()
{
	local via

	for via in more zerocopy splice sendfile; do
		held -v "$via" || return 1
	done
}

## Segments of one GSO run: any of them decides for all

gso_of_media()
{
	deliver -v gso -g 8 && expect sent 0 eperm 1 received 0 || return 1
	deliver6 -v gso -g 8 && expect sent 0 eperm 1 received 0
}

gso_with_stun_or_dtls_before_media()
{
	local kind

	for kind in stun dtls; do
		deliver -v gso -g 8 -j "$kind" &&
			expect sent 0 eperm 1 received 0 || return 1
		deliver6 -v gso -g 8 -j "$kind" &&
			expect sent 0 eperm 1 received 0 || return 1
		deliver -v gso -g 2 -j "$kind" -n 10 &&
			expect sent 2 eperm 8 received 4 || return 1
	done
}

gso_with_media_in_the_last_segment()
{
	deliver -v gso -g 8 -J -n 10 &&
		expect sent 2 eperm 8 received 16 || return 1
	deliver6 -v gso -g 8 -J -n 10 && expect sent 2 eperm 8 received 16
}

gso_of_media_in_the_last_segment_is_held()
{
	held -v gso -g 8 -J
}

gso_with_stun_or_dtls_before_media_is_held()
{
	local kind

	for kind in stun dtls; do
		held -v gso -g 2 -j "$kind" || return 1
	done
}

gso_of_other_passes()
{
	deliver -v gso -g 8 -n 3 -k quic &&
		expect sent 3 received 24 bytes 3840 || return 1
	deliver6 -v gso -g 8 -n 3 -k quic && expect sent 3 received 24 bytes 3840
}

## The network layer

raw_sockets() { judged 172 -v raw; }
raw_sockets_are_held() { held -v raw; }
ip_options() { judged 172 -v options; }

extension_headers_up_to_8()
{
	local n

	for n in 1 2 3 4 5 6 7 8; do
		judged6 172 -v raw -H "$n" || return 1
	done
}

# In the order of RFC 8200, 4.1, and in others. Routing headers lead nowhere any more,
# and a fragment of all of a datagram is one (RFC 6946).
CHAINS='h r f hd hr hf rd rf fd df dfd hdr hdrf hdrfd hrdrfdd'
CUT_CHAINS='dd hr hf ha'

each_chain() # chains command...: which also takes options
{
	local chain

	for chain in $1; do
		"${@:2}" -E "$chain" || { echo "chain $chain"; return 1; }
	done
}

extension_headers_of_each_kind() { each_chain "$CHAINS" judged6 172 -v raw; }
extension_headers_of_each_kind_are_held() { each_chain "$CHAINS" held6 -v raw; }

refused6() # rtpsend arguments
{
	deliver6 -n 10 "$@" && expect sent 2 eperm 8
}

# Their receiver has neither the keys nor the address: nothing may arrive.
extension_headers_that_nobody_takes_are_judged()
{
	each_chain 'a R ha hRf hdRfad' refused6 -v raw
}

# Counted as they go out, and as they come in.
unjudged() # total sent received bytes command...
{
	totals_start && "${@:5}" && expect sent "$2" eperm 0 received "$3" \
		bytes "$4" && totals_moved "$1" $((2 * $2)) held 0 dropped 0
}

unjudged_is_held() # total sent command...
{
	totals_start && "${@:3}" && expect sent "$2" eperm 0 received 0 &&
		totals_moved "$1" "$2" held "$2" dropped 0
}

nine_extension_headers_are_not_walked()
{
	unjudged undecodable 10 10 1720 deliver6 -v raw -H 9 -n 10
}

nine_extension_headers_are_held()
{
	unjudged_is_held undecodable 10 deliver6 -v raw -H 9 -n 10
}

a_cut_extension_header_goes_nowhere()
{
	each_chain "$CUT_CHAINS" unjudged undecodable 10 0 0 deliver6 -v cut -n 10
}

a_cut_extension_header_is_held()
{
	each_chain "$CUT_CHAINS" unjudged_is_held undecodable 10 deliver6 -v cut -n 10
}

a_cut_udp_header_goes_nowhere()
{
	unjudged undecodable 10 0 0 deliver -v stub -n 10 &&
		unjudged undecodable 10 0 0 deliver6 -v stub -n 10
}

a_cut_udp_header_is_held()
{
	unjudged_is_held undecodable 10 deliver -v stub -n 10 &&
		unjudged_is_held undecodable 10 deliver6 -v stub -n 10
}

## Fragments made by hand, two a datagram

each_fragment() # function total...: deliver all kinds in both families
{
	local via

	for via in frag frag8; do
		"$@" deliver -v "$via" -n 10 && "$@" deliver6 -v "$via" -n 10 ||
			return 1
	done
}

fragments_are_counted()
{
	each_fragment unjudged frag-unjudged 20 10 1720 &&
		unjudged frag-unjudged 20 10 1720 deliver6 -v frag -E hr -n 10
}

fragments_are_held()
{
	each_fragment unjudged_is_held frag-unjudged 20 &&
		unjudged_is_held frag-unjudged 20 deliver6 -v frag -E hr -n 10
}

overlapping_fragments_are_counted()
{
	unjudged frag-unjudged 20 0 0 deliver -v overlap -n 10 &&
		unjudged frag-unjudged 20 0 0 deliver6 -v overlap -n 10
}

overlapping_fragments_are_held()
{
	unjudged_is_held frag-unjudged 20 deliver -v overlap -n 10 &&
		unjudged_is_held frag-unjudged 20 deliver6 -v overlap -n 10
}

## The transport layer

udplite_of_any_coverage()
{
	local coverage

	for coverage in 0 8 20 180; do
		judged 172 -v udplite -C "$coverage" || return 1
	done
}

udplite_is_held() { held -v udplite -C 8; }
no_udp_checksum() { judged 172 -v no-checksum; }

# What stands behind UDP's own length the receiver never sees.
a_udp_length_too_short() { judged 172 -v raw -z udp-short -t 10; }

a_udp_length_too_long()
{
	deliver -v raw -z udp-long -n 10 &&
		expect sent 2 eperm 8 received 0 || return 1
	deliver6 -v raw -z udp-long -n 10 && expect sent 2 eperm 8 received 0
}

# In IPv6 it stands for a jumbogram (RFC 2675, 4), and the kernel takes it.
a_udp_length_of_zero()
{
	deliver -v raw -z udp-zero -n 10 &&
		expect sent 2 eperm 8 received 0 || return 1
	judged6 172 -v raw -z udp-zero
}

## RTP's own lengths

fifteen_csrcs() { judged 232 -c 15; }
a_header_extension() { judged 180 -x 1; }

# More than is ever copied of a packet.
a_header_extension_of_4000_bytes() { judged 4176 -x 1000; }

an_extension_longer_than_the_packet_passes()
{
	passes 10 1720 -z extension
}

csrcs_longer_than_the_packet_pass() { passes 10 320 -z csrc -l 20; }
padding_longer_than_the_packet() { judged 172 -z padding; }
all_of_it_at_once() { judged 636 -c 15 -x 100 -z padding; }

odd_headers_are_held()
{
	held -c 1 && held -c 15 && held -x 1 && held -x 1000 && held -z padding &&
		held -c 15 -x 100 -z padding
}

## A tap has a clone of each packet, its bytes in common with it

tap_start() # namespace file
{
	background on "$1" tcpdump -Z root --immediate-mode -U -n -i eth0 -c 20 \
		-w "$2" udp dst port "$KEPT_PORT" and greater 100 2> "$2.log"
	taps+=("$background_pid")
	busywait 30000 grep -q 'listening on' "$2.log"
}

taps_ended() # pids: each ends after 20 packets
{
	! kill -0 "$@" 2> /dev/null
}

# From the UDP payload on, one packet a line.
tap_payloads() # file
{
	tcpdump -n -r "$1" -x 2> /dev/null | awk '
		/^\t0x/ { sub(/^\t0x[0-9a-f]*:/, ""); gsub(/ /, ""); hex = hex $0; next }
		{ flush() }
		END { flush() }
		function flush() { if (hex) print substr(hex, 57); hex = "" }'
}

sent_payloads() # packets of one run, and then the next
{
	local d5 i via

	printf -v d5 'd5%.0s' {1..160}
	for via in $1; do
		for i in 0 1 2 3 4; do
			printf '8000%04x%08x00001234%s\n' "$i" $((160 * i)) "$d5"
		done
	done
}

a_tap_sees_unchanged_bytes()
{
	local taps=() via vias='udp more zerocopy sendfile' ret

	mode monitor && tap_start "$h1" "$tmp/h1" && tap_start "$h2" "$tmp/h2" ||
		return 1
	for via in $vias; do
		deliver -n 5 -v "$via"
	done
	busywait 60000 taps_ended "${taps[@]}" &&
		sent_payloads "$vias" > "$tmp/sent" &&
		diff "$tmp/sent" <(tap_payloads "$tmp/h1") &&
		diff "$tmp/sent" <(tap_payloads "$tmp/h2")
	ret=$?
	mode enforce
	return "$ret"
}

## What passes even in strict: nobody could read it as RTP

strict_from_here_on() { mode strict; }
strict_zero_length_passes() { zero_length_passes; }
strict_gso_of_other_passes() { gso_of_other_passes; }

strict_an_extension_longer_than_the_packet_passes()
{
	an_extension_longer_than_the_packet_passes
}

strict_csrcs_longer_than_the_packet_pass()
{
	csrcs_longer_than_the_packet_pass
}

require_cmd tcpdump
bring_up mode=enforce
make_tmp
if ! receiver_keep -L; then
	echo 'Bail out! no receiver'
	exit "$KSFT_FAIL"
fi
run_tests \
	truncated_rtp_passes_until_it_is_rtp \
	zero_length_passes \
	oversized_media_is_judged_whole \
	oversized_other_passes \
	noise_passes_in_monitor \
	two_writes_one_datagram \
	sendmmsg \
	zerocopy \
	splice \
	sendfile \
	large_zerocopy \
	large_sendfile \
	io_uring \
	gso_of_media \
	gso_with_stun_or_dtls_before_media \
	gso_with_media_in_the_last_segment \
	gso_of_other_passes \
	raw_sockets \
	ip_options \
	extension_headers_up_to_8 \
	extension_headers_of_each_kind \
	extension_headers_that_nobody_takes_are_judged \
	nine_extension_headers_are_not_walked \
	a_cut_extension_header_goes_nowhere \
	a_cut_udp_header_goes_nowhere \
	fragments_are_counted \
	overlapping_fragments_are_counted \
	udplite_of_any_coverage \
	no_udp_checksum \
	a_udp_length_too_short \
	a_udp_length_too_long \
	a_udp_length_of_zero \
	fifteen_csrcs \
	a_header_extension \
	a_header_extension_of_4000_bytes \
	an_extension_longer_than_the_packet_passes \
	csrcs_longer_than_the_packet_pass \
	padding_longer_than_the_packet \
	all_of_it_at_once \
	a_tap_sees_unchanged_bytes \
	strict_from_here_on \
	truncated_rtp_is_held_from_12_bytes_on \
	strict_zero_length_passes \
	oversized_media_is_held \
	non_linear_packets_are_held \
	gso_of_media_in_the_last_segment_is_held \
	gso_with_stun_or_dtls_before_media_is_held \
	strict_gso_of_other_passes \
	raw_sockets_are_held \
	extension_headers_of_each_kind_are_held \
	nine_extension_headers_are_held \
	a_cut_extension_header_is_held \
	a_cut_udp_header_is_held \
	fragments_are_held \
	overlapping_fragments_are_held \
	udplite_is_held \
	odd_headers_are_held \
	strict_an_extension_longer_than_the_packet_passes \
	strict_csrcs_longer_than_the_packet_pass
