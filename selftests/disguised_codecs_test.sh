#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Readable captures of pcaps/media behind a handshake, and with bytes behind their
# payload. The tests are in Python, as accuracy.py is.

set -u

if ! command -v python3 >/dev/null; then
	echo 'KTAP version 1'
	echo '1..0 # SKIP python3 is missing'
	exit 4
fi
exec python3 -B "$(dirname "$0")/disguised_codecs_test.py"
