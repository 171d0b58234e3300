#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Floors: uapi < core < kmod tables < kmod netlink and hooks < main. A file may
# include headers of its own floor and of lower ones, never of upper ones.

set -euo pipefail
cd "$(dirname "$0")/../.."

# floor of each header and source, by name; what is not named is an error.
declare -A floor=(
	[uapi]=0
	[core]=1
	[compat]=2 [selftest]=2 [selftest_vectors]=2 [packet]=2 [device]=2 [stats]=2
	[flow]=2 [flow_nl]=2 [flow_absent]=2 [conn]=2 [tuple]=2 [ruleset]=2 [ruleset_parse]=2 [genl]=2
	[flow_kunit]=2 [flow_absent_kunit]=2 [ruleset_kunit]=2
	[event]=3 [netlink]=3 [netlink_dump]=3 [judge]=3 [hook]=3
	[judgement]=3 [judge_flow]=3 [judge_stream]=3
	[main]=4
)

noun() # path of a file, or of a header as it is included
{
	case $1 in
	uapi/*|linux/rtpguard.h|include/uapi/*) echo uapi ;;
	core/*|kmod/core/*) echo core ;;
	*) basename "${1%.*}" ;;
	esac
}

bad=0
complain()
{
	echo "floors: $*" >&2
	bad=1
}

check_include() # file, its floor, header
{
	local to
	to=$(noun "$3")
	if [ -z "${floor[$to]:-}" ]; then
		complain "$1: includes \"$3\", which has no floor"
	elif [ "${floor[$to]}" -gt "$2" ]; then
		complain "$1: floor $2 includes \"$3\" of floor ${floor[$to]}"
	fi
}

checked=0
while read -r file; do
	from=$(noun "$file")
	if [ -z "${floor[$from]:-}" ]; then
		complain "$file: has no floor, name it in $0"
		continue
	fi
	while read -r header; do
		[ "$from" != core ] || [ "$(noun "$header")" != types ] || continue
		case $from/$header in core/*.h) header=core/$(basename "$header") ;; esac
		check_include "$file" "${floor[$from]}" "$header"
		checked=$((checked + 1))
	done < <(sed -n 's/^#include "\(.*\)".*/\1/p' "$file")
	# The core knows no kernel header but through types.h.
	if [ "$from" = core ] && [ "$file" != kmod/core/types.h ] &&
	   grep -Hn '^#include <' "$file" | grep -v '<uapi/linux/rtpguard.h>'; then
		complain "$file: the core includes only core and uapi headers"
	fi
done < <(find kmod include/uapi -name '*.[ch]' | sort)

if [ "$checked" -eq 0 ]; then
	complain "no include was checked"
fi
exit "$bad"
