# SPDX-License-Identifier: GPL-2.0
#
# Makes a program's output a nested KTAP document: two spaces in front, and a #
# in front of what is not KTAP. With sed -u a line is shown when it is there.

/^ *(not ok|ok) [0-9]/b indent
/^ *1\.\.[0-9]/b indent
/^ *K?TAP version/b indent
/^ *#/b indent
s/^/# /
:indent
s/^/  /
