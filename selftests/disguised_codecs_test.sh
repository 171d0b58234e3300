#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Readable captures of pcaps/media behind a handshake, and with bytes behind their
# payload. The tests are in Python, as accuracy.py is.

. "$(dirname "$0")/python.sh"
