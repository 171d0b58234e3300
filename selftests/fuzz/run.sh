#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run.sh [-f] PROGRAM FLAG...: runs a fuzz target with libFuzzer's flags, from the
# corpus here and what earlier runs found, which is kept in PROGRAM.corpus; with
# -f from the corpus here alone. An input that fails is kept beside PROGRAM, and
# named last.

set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd -P)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

found=
if [ "$1" = -f ]; then
	found=$tmp/found
	shift
fi
program=$1
name=$(basename "$program")
found=${found:-$program.corpus}
shift

[ ! -e "$here/$name.dict" ] || set -- "$@" -dict="$here/$name.dict"
mkdir -p "$found" && touch "$tmp/start"
"$program" -max_len=4096 -timeout=120 -artifact_prefix="$program-" "$@" \
	"$found" "$here/corpus/$name" && exit

input=$(find "$(dirname "$program")" -maxdepth 1 -name "$name-*-*" ! -name "*-slow-unit-*" \
	-newer "$tmp/start" -print -quit)
echo "fuzz: $name failed; again: $program ${input:-(it left no input)}" >&2
exit 1
