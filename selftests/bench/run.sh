#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run.sh CORE_BENCH CORPUS_BENCH CORPUS: what a packet of 160 bytes of payload
# costs the core, in nanoseconds and, by callgrind, in instructions, which repeat;
# and what the packets of captures cost on average.

set -euo pipefail
bench=$1
corpus_bench=$2
corpus=$3
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

# Captures that are broken on purpose are part of what is measured.
find "$corpus" -name '*.pcap*' -print0 |
	{ xargs -0 -n 100000 "$corpus_bench" replay --json 2>&1 || true; } |
	grep '^captures, ' || {
	echo "run.sh: $corpus: no captures with media in them" >&2
	exit 1
}
