#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The content test on the labelled captures of pcaps/media. The tests are in
# Python, as accuracy.py is, which scores larger sets.

set -u

if ! command -v python3 >/dev/null; then
	echo 'KTAP version 1'
	echo '1..0 # SKIP python3 is missing'
	exit 4
fi
exec python3 -B "$(dirname "$0")/content_accuracy_test.py"
