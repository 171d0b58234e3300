# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What a debug kernel knows of memory that nothing points at. Sourced.

KMEMLEAK=/sys/kernel/debug/kmemleak

# kmemleak switches itself off where it has no memory; then it sees nothing. Reported
# is what is 5 s old and did not change from one scan to the next.
kmemleak_scan() # prints what is lost, or nothing
{
	local end scan

	# shellcheck disable=SC2034 # twice
	for scan in 1 2; do
		end=$((SECONDS + 6))
		until [ $SECONDS -ge $end ]; do
			sleep 0.2
		done
		echo scan >"$KMEMLEAK" || {
			echo 'unreferenced object? kmemleak is off'
			return
		}
	done
	cat "$KMEMLEAK"
}
