#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run.sh BUILD KERNEL...: what a packet costs on the way out of the kernel, in
# instructions of the guest: with nothing, with rtpguard, with nf_conntrack. They
# repeat, whatever else the machine does. "added" is what the module costs, in
# instructions and as a part of what conntrack costs. On uml, which is not emulated:
# by the clock, what 10^6 flows cost that take turns, and 10^3. Fails when a goal is missed.

set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd -P)
vm=$here/../../vm
build=$(cd "$1" && pwd -P)
shift

# Where the kernel merges caches of a size, /proc/slabinfo does not name ours.
sizes() # kernel
{
	local headers release

	headers=$("$vm/kernels.sh" headers "$1")
	release=${headers##*/linux-headers-}
	pahole -s "$build/$release/rtpguard.ko" 2>/dev/null |
		awk '$1 == "rg_flow" || $1 == "rg_content" {
			printf "struct %s: %d bytes\n", $1, $2 }'
}

bench_build() # kernel: prints the module's path
{
	local headers dir arch=x86_64

	[ "$1" != uml ] || arch=um
	headers=$("$vm/kernels.sh" headers "$1")
	dir=$build/bench/${headers##*/linux-headers-}
	mkdir -p "$dir"
	cp -u "$here/Kbuild" "$here/rgbench.c" "$dir"
	make -s --no-print-directory -C "$headers" M="$dir" ARCH="$arch" modules >&2
	echo "$dir/rgbench.ko"
}

table() # kernel
{
	awk -v kernel="$1" '
		$1 == "slab" { slab[$2] = $3; next }
		NF == 3 { n[$1, $2] = $3 }
		function added(what, kind, family) {
			return n[what ":" kind, family] - n["none:" kind, family]
		}
		function ratio(kind, family) {
			return added("rtpguard", kind, family) / added("conntrack", kind, family)
		}
		function line(kind, family) {
			printf "%-11s IPv%d  %6d %9d %10d  added %5d, %.2f\n", kind,
				family, n["none:" kind, family],
				n["rtpguard:" kind, family],
				n["conntrack:" kind, family],
				added("rtpguard", kind, family), ratio(kind, family)
		}
		function rules(number, words, kind) {
			printf "%-11s IPv4  %6d %9d %10s  %s\n", kind, n["none:" kind, 4],
				n["rules-" number ":" kind, 4], "", words
		}
		function goal(what, is, most) {
			printf "%-7s %s: %.2f (at most %.2f)\n",
				is <= most ? "ok" : "MISSED", what, is, most
			missed += is > most
		}
		END {
			printf "kernel %s\n%-11s %4s  %6s %9s %10s\n", kernel,
				"packet", "", "none", "rtpguard", "conntrack"
			split("other tcp undecided clear uniform tcp-clear tcp-uniform", kinds)
			for (k = 1; k <= 7; k++) {
				line(kinds[k], 4)
				line(kinds[k], 6)
			}
			for (k = 1; k <= 5; k += 4) {
				rules(1, "1 rule", kinds[k])
				rules(1024, "1,024 rules", kinds[k])
			}
			goal("established UDP, of conntrack, IPv4", ratio("other", 4), 0.5)
			goal("established UDP, of conntrack, IPv6", ratio("other", 6), 0.65)
			goal("TCP bulk, of conntrack, IPv4", ratio("tcp", 4), 0.5)
			goal("TCP bulk, of conntrack, IPv6", ratio("tcp", 6), 0.65)
			goal("1,024 rules, of one, media",
			     n["rules-1024:uniform", 4] / n["rules-1:uniform", 4], 1.02)
			goal("1,024 rules, of one, other",
			     n["rules-1024:other", 4] / n["rules-1:other", 4], 1.02)
			for (cache in slab)
				printf "%s: %d bytes\n", cache, slab[cache]
			exit missed > 0
		}' "$2"
}

median() # flows log
{
	awk -v flows="$1" '$1 == "flows" && $2 == flows && NF == 3 { print $3 }' "$2" | sort -n |
		awk '{ ns[NR] = $1 } END { print NR % 2 ? ns[(NR + 1) / 2] : "none" }'
}

flows_table() # log
{
	local few many

	few=$(median 1000 "$1")
	many=$(median 1000000 "$1")
	awk -v few="$few" -v many="$many" 'BEGIN {
		if (few !~ /^[0-9]/ || many !~ /^[0-9]/) {
			print "no times of 10^3 and 10^6 flows"
			exit 1
		}
		printf "kernel uml, by the clock\n%-10s %10s\n", "flows", "ns a packet"
		printf "%-10s %11d\n%-10s %11d\n", "10^3", few, "10^6", many
		printf "%-7s 10^6 flows, of 10^3: %.2f (at most 2.50)\n",
			many <= 2.5 * few ? "ok" : "MISSED", many / few
		exit many > 2.5 * few
	}'
}

missed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for kernel; do
	bench=$(bench_build "$kernel")
	if [ "$kernel" = uml ]; then
		"$vm/run.sh" -k uml -m 8G -t 3600 -- "$here/flows.sh" "$bench" >"$log"
		flows_table "$log" || missed=1
		continue
	fi
	"$vm/run.sh" -k "$kernel" --icount -t 1800 -- \
		"$here/guest.sh" "$bench" >"$log"
	table "$kernel" "$log" || missed=1
	sizes "$kernel"
done
exit "$missed"
