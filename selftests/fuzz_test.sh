#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A short run of the fuzz targets, the same each time; `make fuzz` runs longer.

# The tests are called by their names.
# shellcheck disable=SC2317
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# Of inputs, so that they are the same on every machine.
RUNS=20000
here=$RG_LIB_DIR/fuzz
out=$(cd "$(dirname "$RTPGUARD")" && pwd -P) || exit
targets=(core_rtp core_flow core_carrier core_dtls core_nonrtp core_framing core_stream conf)

make_tmp

# A command's output is shown where it fails.
quietly() # command...
{
	"$@" >"$tmp/log" 2>&1 && return
	sed 's/^/# /' "$tmp/log"
	return 1
}

builds()
{
	quietly make -j"$(nproc)" --no-print-directory -C "$here" O="$out"
}

seeds_are_current()
{
	quietly "$here/seeds.py" "$tmp/seeds" &&
		quietly diff -r "$tmp/seeds" "$here/corpus"
}

runs() # target
{
	quietly "$here/run.sh" -f "$out/selftests/fuzz/$1" -runs="$RUNS" -seed=1 ||
		return
	grep -q "^#$RUNS\b.*DONE" "$tmp/log" ||
		{ ktap_print_msg "it did not run $RUNS times"; return 1; }
}

require_cmd make python3
"$RG_LIB_DIR/deps.sh" fuzz >&2 ||
	ktap_skip_all 'needs clang and its fuzzer, which cannot be installed'

ktap_set_plan $((2 + ${#targets[@]}))
ktap_test_result "the fuzz targets build" builds
ktap_test_result "the seeds are what seeds.py writes" seeds_are_current
for target in "${targets[@]}"; do
	ktap_test_result "$target: $RUNS inputs" runs "$target"
done
ksft_exit
