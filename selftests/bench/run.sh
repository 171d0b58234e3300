#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run.sh CORE_BENCH: what a packet of 160 bytes of payload costs the core, in
# nanoseconds and, by callgrind, in instructions. The latter repeat.

set -euo pipefail
bench=$1
packets=4000

out=$(mktemp)
trap 'rm -f "$out"' EXIT

for name in undecided clear uniform; do
	"$bench" "$name" "$packets"
	valgrind --tool=callgrind --toggle-collect=bench_feed \
		--callgrind-out-file="$out" "$bench" "$name" "$packets" \
		>/dev/null 2>&1
	awk -v name="$name" -v packets="$packets" '/^totals:/ {
		printf "%s: %d instructions a packet\n", name, $2 / packets
	}' "$out"
done
