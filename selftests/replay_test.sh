#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# rtpguard replay. The tests are in Python, which writes captures and reads JSON.

. "$(dirname "$0")/python.sh"
