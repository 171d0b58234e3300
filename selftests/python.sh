# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Sourced by x_test.sh: the tests are in Python, in x_test.py beside it.

set -u

if ! command -v python3 >/dev/null; then
	echo 'KTAP version 1'
	echo '1..0 # SKIP python3 is missing'
	exit 4
fi
exec python3 -B "${0%.sh}.py"
