# SPDX-License-Identifier: GPL-2.0
#
# Makes a program's output a nested KTAP document: two spaces in front, and a #
# in front of what is not KTAP.

/^ *(not ok|ok) [0-9]/ || /^ *1\.\.[0-9]/ || /^ *(K?TAP) version/ || /^ *#/ {
	print "  " $0
	fflush()
	next
}

{
	print "  # " $0
	fflush()
}
