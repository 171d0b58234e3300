#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# guest.sh RGBENCH_KO: in a machine that counts instructions: what a packet costs with
# nothing, with rtpguard, with conntrack. Prints "WHAT FAMILY INSTRUCTIONS".

set -uo pipefail
bench=$1

PACKETS=5000
PER_FLOW=40 # packets of a stream that stays undecided

set_up()
{
	modprobe -a dummy nf_conntrack 2>/dev/null
	rmmod nf_conntrack 2>/dev/null
	ip -batch - <<-END
		link add d0 type dummy
		addr add 10.9.2.1/24 dev d0
		addr add 2001:db8::2:1/112 dev d0 nodad
		link set d0 up
	END
}

# The module never stays: insmod says that this was "canceled".
once() # parameters: instructions a packet
{
	insmod "$bench" packets="$PACKETS" "$@" 2>/dev/null
	dmesg | awk '/rgbench: / { ns = $NF; n = $(NF - 1) }
		END { printf "%d\n", ns / n }'
	dmesg -C
}

measure() # what, parameters without the family
{
	local family runs i

	for family in 4 6; do
		runs=()
		for i in 1 2 3; do
			runs+=("$(once family=$family port=$((20000 + 2000 * i)) "${@:2}")")
		done
		echo "$1 $family $(printf '%s\n' "${runs[@]}" | sort -n | sed -n 2p)"
	done
}

rules() # number
{
	local i

	for ((i = 1; i <= $1; i++)); do
		echo "rule r$i { media any; ip daddr 192.0.$((i / 250)).$((i % 250)); accept }"
	done | "$RTPGUARD" load -
}

all_kinds() # prefix
{
	measure "$1other" kind=other
	measure "$1tcp" kind=tcp
	measure "$1clear" kind=clear
	measure "$1uniform" kind=cipher
	measure "$1tcp-clear" kind=tcp-clear
	measure "$1tcp-uniform" kind=tcp-cipher
	measure "$1undecided" kind=cipher per_flow=$PER_FLOW warm=0
}

# Of flows that there were before nothing is known: UDP of the same ports is media else.
rules_measure() # number
{
	rmmod rtpguard && insmod "$RTPGUARD_KO" mode=monitor && rules "$1" &&
		measure "rules-$1:other" kind=other &&
		measure "rules-$1:uniform" kind=cipher
}

slabs()
{
	awk '/^rg_/ { print "slab", $1, $4 }' /proc/slabinfo
}

set_up
all_kinds 'none:'
insmod "$RTPGUARD_KO" mode=monitor
all_kinds 'rtpguard:'
slabs
rules_measure 1
rules_measure 1024
rmmod rtpguard
modprobe nf_conntrack enable_hooks=1
all_kinds 'conntrack:'
