#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# flows.sh RGBENCH_KO: in a machine that runs at its host's speed: what a decided
# packet costs where so many flows take turns, by the clock: counting instructions
# does not see a cache miss. Prints "flows FLOWS NANOSECONDS", a line a round.

set -uo pipefail
bench=$1

# With KASAN and lockdep a packet takes some 50 us.
PACKETS=100000
ROUNDS=9
PER_FLOW=4 # before they are measured: what clear media takes to be decided
# A packet that no socket sent is charged to its namespace, which has a quarter.
MAX_FLOWS=4194304

ip -batch - <<-END
	link add d0 type dummy
	addr add 10.9.2.1/24 dev d0
	link set d0 up
END
dmesg -C
for flows in 1000 1000000; do
	insmod "$RTPGUARD_KO" mode=monitor max_flows=$MAX_FLOWS flow_timeout_ms=3600000 ||
		exit
	insmod "$bench" kind=clear flows=$flows per_flow=$PER_FLOW packets="$PACKETS" \
		rounds=$ROUNDS 2>/dev/null
	dmesg | awk -v flows=$flows '/rgbench: / {
		printf "flows %d %d\n", flows, $NF / $(NF - 1) }'
	"$RTPGUARD" status | grep -E '^flows'
	dmesg -C
	rmmod rtpguard || exit
done
