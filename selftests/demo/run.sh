#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The demo: plays acts.sh in a virtual machine, and says where the recordings
# are. `make demo` builds what it needs.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit

out=build/demo
rm -rf "$out"
selftests/vm/run.sh -k "${KERNEL:-6.12}" -t 600 --out "$out/vm" -- \
	selftests/demo/acts.sh "$@"
rc=$?
find "$out/vm/share" -mindepth 1 -maxdepth 1 -exec mv -t "$out" {} + 2>/dev/null

echo
if [ "$rc" -ne 0 ]; then
	echo "The demo failed; logs are in $out" >&2
	exit "$rc"
fi
echo "Listen for yourself, the officer is left and the office right:"
find "$out" -name eavesdropped.wav | sort | sed 's/^/  /'
echo "Played: $out/voices; the line: $out/*/line.pcap; logs beside them"
