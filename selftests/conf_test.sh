#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Rules files: rtpguard check. The tests are in Python, which counts columns and
# damages files.

. "$(dirname "$0")/python.sh"
