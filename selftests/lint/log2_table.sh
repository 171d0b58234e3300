#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Is what log2_table.py prints what is checked in?

set -euo pipefail
cd "$(dirname "$0")/../.."

if ! python3 kmod/core/log2_table.py | diff -u kmod/core/log2_table.c -; then
	echo "log2_table: run 'kmod/core/log2_table.py > kmod/core/log2_table.c'" >&2
	exit 1
fi
