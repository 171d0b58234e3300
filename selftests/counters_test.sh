#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Counters are exact to the packet and the byte: what was sent is what moved, in
# the cells where it belongs, and no other cell moved.

# Tests are called, and what they expect is read, by name; some options are none.
# shellcheck disable=SC2317,SC2034,SC2119
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/traffic.sh"

N=20
CPUS=$(nproc)
GROUP4=239.1.1.1
GROUP6=ff15::1

# Cells are "direction class protection verdict"; their values "packets bytes".
declare -A before after wanted

cells_read() # name of the array to fill
{
	local -n cells=$1
	local direction class protection verdict packets bytes

	cells=()
	while read -r direction class protection verdict packets bytes; do
		[ "$direction" = direction ] ||
			cells["$direction $class $protection $verdict"]="$packets $bytes"
	done < <("$RTPGUARD" list counters)
}

want() # direction class protection verdict packets bytes-each
{
	local cell="$1 $2 $3 $4" packets bytes

	read -r packets bytes <<< "${wanted[$cell]:-0 0}"
	wanted[$cell]="$((packets + $5)) $((bytes + $5 * $6))"
}

# Sets moved: what a cell counted between before and after, packets and bytes.
cell_moved() # cell
{
	local packets bytes to_packets to_bytes

	read -r packets bytes <<< "${before[$1]:-0 0}"
	read -r to_packets to_bytes <<< "${after[$1]:-0 0}"
	moved="$((to_packets - packets)) $((to_bytes - bytes))"
}

# Sets wrong to the cells that did not move as wanted, and disturbed where only
# neighbour discovery and group membership can have moved them.
moves_check()
{
	local cell moved want

	wrong=
	disturbed=yes
	for cell in "${!after[@]}" "${!wanted[@]}"; do
		cell_moved "$cell"
		want=${wanted[$cell]:-0 0}
		[ "$moved" != "$want" ] || continue
		wrong+="$cell: $moved, not $want"$'\n'
		[[ $cell = *' unknown undetermined accept' &&
			${moved% *} -gt ${want% *} ]] || disturbed=
	done
	[ "$wrong" ] || disturbed=
}

after_to_before()
{
	local cell

	before=()
	for cell in "${!after[@]}"; do
		before[$cell]=${after[$cell]}
	done
}

# From the last reading on. The hosts' own multicast is rare: what it disturbs is
# done once more.
measure() # command...: what it moves is what is wanted
{
	local try

	for try in 1 2 3 4 5; do
		"$@" && cells_read after || return 1
		moves_check
		after_to_before
		[ "$disturbed" ] || break
	done
	printf '%s' "$wrong"
	[ -z "$wrong" ]
}

# deliver and deliver6 end with a marker of 3 bytes: it passes in any mode.
want_marker() # bytes of IP and UDP header, markers
{
	want out unknown undetermined accept "${2:-1}" $((3 + $1))
	want in unknown undetermined accept "${2:-1}" $((3 + $1))
}

want_table() # table mode bytes-each
{
	local mode cell packets

	while read -r mode cell packets; do
		# shellcheck disable=SC2086 # four words
		[ "$mode" != "$2" ] || want ${cell//\// } "$packets" "$3"
	done <<< "$1"
}

# Each mode in turn; the table says where it counts the packets.
measure_modes() # table payload-bytes headers-bytes command...
{
	local mode

	for mode in monitor enforce strict; do
		wanted=()
		want_table "$1" "$mode" $(($2 + $3))
		want_marker "$3"
		if ! mode "$mode" || ! measure "${@:4}"; then
			echo "mode $mode"
			return 1
		fi
	done
}

# The first two of a flow could be anything.
BEGUN="\
monitor out/unknown/undetermined/would-hold 2
monitor in/unknown/undetermined/accept 2
enforce out/unknown/undetermined/accept 2
enforce in/unknown/undetermined/accept 2
strict out/unknown/undetermined/hold 2"

# What enforce drops arrives nowhere.
CLEAR="$BEGUN
monitor out/rtp/clear/would-drop $((N - 2))
monitor in/rtp/clear/accept $((N - 2))
enforce out/rtp/clear/drop $((N - 2))
strict out/rtp/clear/drop $((N - 2))"

RANDOM_PAYLOAD="$BEGUN
monitor out/rtp/undetermined/would-hold $((N - 2))
monitor in/rtp/undetermined/accept $((N - 2))
enforce out/rtp/undetermined/accept $((N - 2))
enforce in/rtp/undetermined/accept $((N - 2))
strict out/rtp/undetermined/hold $((N - 2))"

RTCP="\
monitor out/rtcp/clear/would-drop $N
monitor in/rtcp/clear/accept $N
enforce out/rtcp/clear/drop $N
strict out/rtcp/clear/drop $N"

# A stream that was shown to be encrypted passes in any mode.
UNIFORM=
for mode in monitor enforce strict; do
	UNIFORM+="$mode out/srtp/uniform/accept $N
$mode in/srtp/uniform/accept $N
"
done

# One packet of 8 bytes may be chance; two are reports, which pass.
REPORTS=
for mode in monitor enforce strict; do
	REPORTS+="$mode out/unknown/undetermined/accept 1
$mode out/rtcp/clear/accept $((N - 1))
$mode in/unknown/undetermined/accept 1
$mode in/rtcp/clear/accept $((N - 1))
"
	OTHER+="$mode out/unknown/undetermined/accept $N
$mode in/unknown/undetermined/accept $N
"
done

# One packet until it is on the wire, and the worst of its segments decides.
GSO="\
monitor out/rtp/clear/would-drop 1
monitor in/rtp/clear/accept 1
enforce out/rtp/clear/drop 1
strict out/rtp/clear/drop 1"

rtp_in_clear_ipv4() { measure_modes "$CLEAR" 172 28 deliver -n "$N"; }
rtp_in_clear_ipv6() { measure_modes "$CLEAR" 172 48 deliver6 -n "$N"; }
rtp_random_ipv4() { measure_modes "$RANDOM_PAYLOAD" 182 28 deliver -rt 10 -n "$N"; }
rtp_random_ipv6() { measure_modes "$RANDOM_PAYLOAD" 182 48 deliver6 -rt 10 -n "$N"; }
# The proof takes 48 packets, and a few more of one stream in a thousand.
PROOF=200

# The stream goes on from mode to mode: its packets are counted in $next.
go_on() # deliver|deliver6
{
	"$1" -rt 10 -s "$SRTP_PORT" -q "$next" -n "$N" &&
		next=$((next + N))
}

measure_uniform() # deliver|deliver6 headers-bytes
{
	local next=$PROOF

	mode enforce &&
		"$1" -rt 10 -s "$SRTP_PORT" -n "$PROOF" && cells_read before &&
		measure_modes "$UNIFORM" 182 "$2" go_on "$1"
}

rtp_uniform_ipv4() { SRTP_PORT=6100 measure_uniform deliver 28; }
rtp_uniform_ipv6() { SRTP_PORT=6101 measure_uniform deliver6 48; }
rtcp_ipv4() { measure_modes "$RTCP" 48 28 deliver -k rtcp -n "$N"; }
rtcp_ipv6() { measure_modes "$RTCP" 48 48 deliver6 -k rtcp -n "$N"; }
receiver_reports_ipv4() { measure_modes "$REPORTS" 32 28 deliver -k rr -n "$N"; }
receiver_reports_ipv6() { measure_modes "$REPORTS" 32 48 deliver6 -k rr -n "$N"; }
dns_ipv4() { measure_modes "$OTHER" 33 28 deliver -k dns -n "$N"; }
dns_ipv6() { measure_modes "$OTHER" 33 48 deliver6 -k dns -n "$N"; }
quic_ipv4() { measure_modes "$OTHER" 160 28 deliver -k quic -n "$N"; }
quic_ipv6() { measure_modes "$OTHER" 160 48 deliver6 -k quic -n "$N"; }
gso_run_ipv4() { measure_modes "$GSO" 1376 28 deliver -v gso -g 8; }
gso_run_ipv6() { measure_modes "$GSO" 1376 48 deliver6 -v gso -g 8; }

# h1 and h2 are members: h1 gets a copy of its own, which is nobody's traffic.
to_group() # address to send to, rtpsend arguments
{
	PORT=$KEPT_PORT transfer_send -d "$1" -n "$N" -e "${@:2}" &&
		received_read "$kept"
}

multicast_once_ipv4()
{
	measure_modes "$CLEAR" 172 28 to_group "$GROUP4" -a 10.0.0.1
}

multicast_once_ipv6()
{
	measure_modes "$CLEAR" 172 48 to_group "$GROUP6" -a 2001:db8::1
}

broadcast_once()
{
	measure_modes "$CLEAR" 172 28 to_group 10.0.0.255 -a 10.0.0.1
}

send_every_kind()
{
	local kind

	for kind in rtp rtcp rr dns quic; do
		deliver -k "$kind" -n "$N" && expect received "$N" || return 1
		deliver6 -k "$kind" -n "$N" && expect received "$N" || return 1
	done
}

off_counts_nothing()
{
	wanted=()
	mode off && measure send_every_kind
}

totals_of_mode() # mode, names and numbers: of 20 packets in clear
{
	mode "$1" && totals_start && deliver -n "$N" && totals_moved "${@:2}"
}

totals_in_monitor()
{
	totals_of_mode monitor before-verdict 2 would-drop 18 would-hold 2 \
		dropped 0 held 0
}

totals_in_enforce()
{
	totals_of_mode enforce before-verdict 2 dropped 18 held 0 would-drop 0 \
		would-hold 0
}

totals_in_strict()
{
	totals_of_mode strict before-verdict 0 dropped 18 held 2 would-drop 0 \
		would-hold 0
}

# In mode off nothing moves between one reading and the next.
totals_are_the_sums_of_the_cells()
{
	local cell word out=0 in=0
	local -A sums=()

	mode off && cells_read after && totals_read || return 1
	for cell in "${!after[@]}"; do
		word=${cell##* }
		case $cell in
		in\ *) in=$((in + ${after[$cell]% *})) ;;
		*)
			out=$((out + ${after[$cell]% *}))
			sums[$word]=$((${sums[$word]:-0} + ${after[$cell]% *}))
			;;
		esac
	done
	accepted=${totals[accepted]} dropped=${totals[dropped]}
	held=${totals[held]} would_drop=${totals[would-drop]}
	would_hold=${totals[would-hold]} packets=${totals[packets]}
	learned=${totals[learned]}
	[ "$dropped" -gt 0 ] && [ "$held" -gt 0 ] &&
		expect accepted "${sums[accept]}" dropped "${sums[drop]}" \
			held "${sums[hold]}" would_drop "${sums[would-drop]}" \
			would_hold "${sums[would-hold]}" packets "$out" \
			learned "$in"
}

JSON_CELLS='
import json, sys
doc = json.load(sys.stdin)
assert isinstance(doc["schema"], int), doc["schema"]
for c in doc["counters"]:
    assert type(c["packets"]) is int and type(c["bytes"]) is int, c
    print(c["direction"], c["class"], c["protection"], c["verdict"],
          c["packets"], c["bytes"])
'

json_says_the_same()
{
	local text json

	mode off && text=$("$RTPGUARD" list counters |
		awk '$1 != "direction" { print $1, $2, $3, $4, $5, $6 }') &&
		json=$("$RTPGUARD" list counters --json |
			python3 -c "$JSON_CELLS") || return 1
	[ -n "$json" ] && diff <(echo "$text") <(echo "$json")
}

# Nothing for a cell that never counted: the list stays short.
cells_without_a_packet_are_not_listed()
{
	cells_read after
	for cell in "${!after[@]}"; do
		[ "${after[$cell]% *}" -gt 0 ] || return 1
	done
}

needs_second_cpu()
{
	[ "$CPUS" -ge 2 ] && return
	echo "one CPU"
	return 1
}

# Processes that this shell starts run there; rtpsend stays where it begins.
run_on_cpus() # list command...
{
	local ret

	taskset -cp "$1" $$ > /dev/null || return 1
	"${@:2}"
	ret=$?
	taskset -cp "0-$((CPUS - 1))" $$ > /dev/null && return "$ret"
}

deliver_from_both_cpus()
{
	run_on_cpus 0 deliver -n "$N" && run_on_cpus 1 deliver -n "$N"
}

want_clear() # flows: of enforce
{
	wanted=()
	want out unknown undetermined accept $((2 * $1)) 200
	want in unknown undetermined accept $((2 * $1)) 200
	want out rtp clear drop $(((N - 2) * $1)) 200
	want_marker 28 "$1"
}

two_cpus_add_up()
{
	needs_second_cpu || return "$KSFT_SKIP"
	want_clear 2
	mode enforce && cells_read before && measure deliver_from_both_cpus
}

CPU1=/sys/devices/system/cpu/cpu1/online

cpu_leaves_and_returns()
{
	run_on_cpus 1 deliver -n "$N" && echo 0 > "$CPU1" && deliver -n "$N" &&
		echo 1 > "$CPU1" && run_on_cpus 1 deliver -n "$N"
}

a_cpu_that_leaves_takes_no_count_along()
{
	local ret

	if ! [ -w "$CPU1" ]; then
		echo "CPU 1 cannot be taken away"
		return "$KSFT_SKIP"
	fi
	want_clear 3
	mode enforce && cells_read before && measure cpu_leaves_and_returns
	ret=$?
	echo 1 > "$CPU1"
	return "$ret"
}

# Sets advanced: some cell moved on. Fails where one went back.
cells_advance()
{
	local cell moved

	advanced=
	for cell in "${!before[@]}" "${!after[@]}"; do
		cell_moved "$cell"
		if [[ $moved = *-* ]]; then
			echo "$cell went back: ${before[$cell]} to ${after[$cell]:-none}"
			return 1
		fi
		[ "$moved" = '0 0' ] || advanced=yes
	done
}

cells_step() # read once more, and compare; counts steps
{
	cells_read after && cells_advance || return 1
	[ -z "$advanced" ] || steps=$((steps + 1))
	after_to_before
}

a_counter_never_goes_back()
{
	local cpu steps=0 senders=()

	mode enforce && cells_read before || return 1
	for cpu in 0 $((CPUS - 1)); do
		background taskset -c "$cpu" "$RTPSEND" -w "$h1" -k quic \
			-a 10.0.0.1 -d 10.0.0.2 -p "$KEPT_PORT" -n 4000000000
		senders+=("$background_pid")
	done
	while [ "$steps" -lt 20 ]; do
		cells_step || break
	done
	kill "${senders[@]}"
	wait "${senders[@]}" 2> /dev/null
	expect steps 20
}

# No question for an address while something is counted.
know_neighbours()
{
	local mac1 mac2

	mac1=$(on "$h1" cat /sys/class/net/eth0/address) &&
		mac2=$(on "$h2" cat /sys/class/net/eth0/address) || return 1
	ip -n "$h1" -batch - <<-END || return 1
		neigh replace 10.0.0.2 lladdr $mac2 dev eth0 nud permanent
		neigh replace 2001:db8::2 lladdr $mac2 dev eth0 nud permanent
	END
	ip -n "$h2" -batch - <<-END
		neigh replace 10.0.0.1 lladdr $mac1 dev eth0 nud permanent
		neigh replace 2001:db8::1 lladdr $mac1 dev eth0 nud permanent
	END
}

require_cmd taskset python3
bring_up
# Members from the start: what they tell the routers is said when it counts.
background "$RTPRECV" -w "$h1" -p 6000 -k -m "$GROUP4" -m "$GROUP6" > /dev/null
if ! receiver_keep -m "$GROUP4" -m "$GROUP6" || ! know_neighbours ||
	! cells_read before; then
	echo 'Bail out! no receiver'
	exit "$KSFT_FAIL"
fi
run_tests \
	rtp_in_clear_ipv4 \
	rtp_in_clear_ipv6 \
	rtp_random_ipv4 \
	rtp_random_ipv6 \
	rtp_uniform_ipv4 \
	rtp_uniform_ipv6 \
	rtcp_ipv4 \
	rtcp_ipv6 \
	receiver_reports_ipv4 \
	receiver_reports_ipv6 \
	dns_ipv4 \
	dns_ipv6 \
	quic_ipv4 \
	quic_ipv6 \
	gso_run_ipv4 \
	gso_run_ipv6 \
	multicast_once_ipv4 \
	multicast_once_ipv6 \
	broadcast_once \
	off_counts_nothing \
	totals_in_monitor \
	totals_in_enforce \
	totals_in_strict \
	totals_are_the_sums_of_the_cells \
	json_says_the_same \
	cells_without_a_packet_are_not_listed \
	two_cpus_add_up \
	a_cpu_that_leaves_takes_no_count_along \
	a_counter_never_goes_back
