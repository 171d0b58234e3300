#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Is what the netlink spec generates what is checked in?

set -euo pipefail
cd "$(dirname "$0")/../.."

source=$(selftests/vm/kernels.sh source)
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

include/netlink/generate.sh "$source" "$out"
bad=0
for file in include/uapi/linux/rtpguard.h kmod/genl.c kmod/genl.h; do
	diff -u "$file" "$out/$file" || bad=1
done
if [ "$bad" -ne 0 ]; then
	echo "genl: run 'make genl' and commit what it changes" >&2
fi
exit "$bad"
