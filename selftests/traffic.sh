# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Traffic between the hosts of make_pair, for the tests of the module. Sourced
# after lib.sh.

build=$(dirname "$RTPGUARD")
RTPSEND=$build/selftests/rtpsend
RTPRECV=$build/selftests/rtprecv
PORT=5004

# Each function is a test; what it prints is shown when it fails.
run_tests() # function...
{
	local test

	test_output=$(mktemp)
	defer rm -f "$test_output"
	ktap_set_plan $#
	for test; do
		ktap_test_result "$test" run_quietly "$test"
	done
	ksft_exit
}

after_each() # for a program to define anew: part of each test that passes
{
	:
}

run_quietly() # function
{
	local rc=0

	{ "$1" && after_each; } > "$test_output" 2>&1 || rc=$?
	if [ "$rc" -ne 0 ]; then
		sed 's/^\(# \)\{0,1\}/# /' "$test_output"
	fi
	return "$rc"
}

# What the tests of a program stand on: no result without it.
bring_up() # [module parameters]
{
	skip_unless_root
	if ! make_pair >/dev/null || ! load_module "$@"; then
		echo 'Bail out! no hosts, or no module'
		exit "$KSFT_FAIL"
	fi
}

# Every transfer is a flow of its own: the source port counts up.
sport=20000
receiver=

transfer_start() # [rtprecv option]: listen in h2
{
	local line

	# One that a failed test left would have the port, and its packets.
	[ -z "$receiver" ] || stop "$receiver"
	exec {receiving}< <(exec "$RTPRECV" -w "$h2" -p "$PORT" "$@")
	receiver=$!
	read -rt 60 -u "$receiving" line && [ "$line" = bound ]
}

transfer_send() # rtpsend arguments: in h1, sets sent, eperm and other
{
	sport=$((sport + 1))
	send_as "$h1" -s "$sport" "$@"
}

send_as() # namespace, rtpsend arguments
{
	local ns=$1 result
	shift
	result=$("$RTPSEND" -w "$ns" -p "$PORT" "$@") &&
		[[ $result =~ ^sent=([0-9]+)\ eperm=([0-9]+)\ other=([0-9]+)$ ]] ||
		return 1
	sent=${BASH_REMATCH[1]}
	eperm=${BASH_REMATCH[2]}
	other=${BASH_REMATCH[3]}
}

transfer_end() # wait for the end marker, sets received and bytes
{
	received_read "$receiving" || return 1
	exec {receiving}<&-
	receiver=
}

received_read() # file descriptor of rtprecv: sets received and bytes
{
	local line

	read -rt 60 -u "$1" line &&
		[[ $line =~ ^received=([0-9]+)\ bytes=([0-9]+)$ ]] || return 1
	received=${BASH_REMATCH[1]}
	bytes=${BASH_REMATCH[2]}
}

# transfer ARGS...: send from h1 to h2 over IPv4, with the end marker
transfer()
{
	transfer_start && transfer_send -a 10.0.0.1 -d 10.0.0.2 -e "$@" &&
		transfer_end
}

transfer6()
{
	transfer_start && transfer_send -a 2001:db8::1 -d 2001:db8::2 -e "$@" &&
		transfer_end
}

# Listens in h2 on a port of its own until the script ends: for many transfers,
# of which each costs a process less.
KEPT_PORT=5006

receiver_keep() # [rtprecv option]
{
	local line

	exec {kept}< <(exec "$RTPRECV" -w "$h2" -kp "$KEPT_PORT" "$@")
	defer stop "$!"
	read -rt 60 -u "$kept" line && [ "$line" = bound ]
}

# deliver ARGS...: as transfer, to the receiver that receiver_keep started
deliver()
{
	PORT=$KEPT_PORT transfer_send -a 10.0.0.1 -d 10.0.0.2 -e "$@" &&
		received_read "$kept"
}

deliver6()
{
	PORT=$KEPT_PORT transfer_send -a 2001:db8::1 -d 2001:db8::2 -e "$@" &&
		received_read "$kept"
}

# expect VARIABLE VALUE...: each variable has its value, or say which has not
expect()
{
	while [ $# -ge 2 ]; do
		if [ "${!1}" != "$2" ]; then
			echo "# $1 is '${!1}', expected '$2'"
			return 1
		fi
		shift 2
	done
}

mode()
{
	"$RTPGUARD" mode "$1"
}

total() # name of a total in status
{
	"$RTPGUARD" status | sed -n "s/^$1 \([0-9]*\)$/\1/p"
}

# What status says, by name; flows and flows_max besides.
declare -A totals totals_then

totals_read()
{
	local name number rest

	totals=()
	while read -r name number rest; do
		case $name in
		flows) flows=$number flows_max=${rest#of } ;;
		*) [[ ! $number =~ ^[0-9]+$ ]] || totals[$name]=$number ;;
		esac
	done < <("$RTPGUARD" status)
}

totals_start() # reads; totals_moved counts from here
{
	local name

	totals_read
	for name in "${!totals[@]}"; do
		totals_then[$name]=${totals[$name]}
	done
}

totals_moved() # name number...: each total moved by its number
{
	local moved

	totals_read
	while [ $# -ge 2 ]; do
		moved=$((totals[$1] - totals_then[$1]))
		if [ "$moved" -ne "$2" ]; then
			echo "$1 moved by $moved, not $2"
			return 1
		fi
		shift 2
	done
}

counter() # direction class protection verdict: packets, 0 where there is none
{
	"$RTPGUARD" list counters | awk -v key="$1 $2 $3 $4" '
		$1 " " $2 " " $3 " " $4 == key { n = $5 } END { print n + 0 }'
}

arrived() # [namespace]: datagrams over IPv4 that h2 has had so far, wanted or not
{
	# shellcheck disable=SC2016 # awk's
	on "${1:-$h2}" awk '/^Udp: [0-9]/ { print $2 + $3 }' /proc/net/snmp
}

arrived6() # [namespace]: likewise over IPv6
{
	# shellcheck disable=SC2016 # awk's
	on "${1:-$h2}" awk '/^Udp6(InDatagrams|NoPorts) / { n += $2 }
		END { print n + 0 }' /proc/net/snmp6
}

more_arrive() # than so many [namespace]
{
	[ "$(arrived "${2:-}")" -gt "$1" ]
}

listens() # namespace port: does somebody, on UDP?
{
	on "$1" grep -qi ":$(printf '%04x' "$2") " /proc/net/udp
}

# The flow from h1 to a port of h2, as h1 has it, which judges more of it than h2.
flow_read() # port: sets class, protection, passed, dropped, held
{
	read -r class protection passed dropped held < <(
		"$RTPGUARD" list flows | awk -v to="10.0.0.2:$1" '
			/^[^ ]/ { here = $2 ~ /^10\.0\.0\.1:/ && $4 == to
				  class = $5; protection = $6 }
			/^  packets / && here && $8 + $10 + $12 > most {
				most = $8 + $10 + $12
				found = class " " protection " " $8 " " $10 " " $12 }
			END { print found }')
	[ -n "$held" ] || { echo "no flow to port $1 in:"; "$RTPGUARD" list flows; }
}

load_rules() # text of a rules file
{
	printf '%s\n' "$1" | "$RTPGUARD" load -
}

no_rules()
{
	load_rules ''
}
