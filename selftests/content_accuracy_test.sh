#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The content test on the labelled captures of pcaps/media. The tests are in
# Python, as accuracy.py is, which scores larger sets.

. "$(dirname "$0")/python.sh"
