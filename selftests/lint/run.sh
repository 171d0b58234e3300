#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# All static checks, as one KTAP test program: compilers with W=1 and sparse on
# every kernel's headers, checkpatch --strict, coccinelle, gcc -fanalyzer, and
# cppcheck, shellcheck, floors, gates, the generated netlink files and the table of
# logarithms.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit

source=$(selftests/vm/kernels.sh source) || exit 1
export source
log=$(mktemp)
trap 'rm -f "$log"' EXIT

modules_w1()
{
	local dir

	for dir in build/*/kmod; do
		# sparse reads what is compiled: compile all of it again.
		[ ! -d "$dir" ] || find "$dir" -name '*.o' -delete
	done
	make --no-print-directory modules W=1 C=2 >"$log" 2>&1 || {
		cat "$log"
		return 1
	}
	! grep -E 'warning|error' "$log"
}

checkpatch_file() # file
{
	local ignore

	case $1 in
	kmod/compat.h) ignore=LINUX_VERSION_CODE,CONSTANT_COMPARISON ;;
	# What defines the kernel's word for it has to spell it.
	tool/attributes.h) ignore=PREFER_DEFINED_ATTRIBUTE_MACRO ;;
	# The name that libFuzzer calls.
	selftests/fuzz/*) ignore=CAMELCASE ;;
	*) ignore=SPDX_LICENSE_TAG ;;
	esac
	perl "$source/scripts/checkpatch.pl" --no-tree --strict -f --terse --show-types \
		--no-summary --quiet --ignore "$ignore" "$1"
}

# Files are read from stdin, and as many looked at as there are processors.
each() # function
{
	export -f "${1?}"
	xargs -n 1 -P "$(nproc)" bash -c "$1 \"\$1\"" -
}

checkpatch()
{
	find kmod tool selftests -name '*.[ch]' ! -name 'genl.[ch]' | sort |
		each checkpatch_file
}

shell_scripts()
{
	mapfile -t scripts < <(grep -rlE '^#!/bin/(ba)?sh' .ci include selftests tool)
	shellcheck -x -P SCRIPTDIR "${scripts[@]}" || return
	# What is sourced has variables and arguments of who sources it.
	mapfile -t scripts < <(grep -rlE '^# shellcheck shell=' .ci selftests tool)
	shellcheck -x -P SCRIPTDIR -e SC2034,SC2154,SC2119,SC2120 "${scripts[@]}"
}

# It takes what is stored two pointers deep for lost. Memory that is lost fails the
# tests of the tool and the core by itself: they run with LeakSanitizer.
analyze_file() # file
{
	gcc -std=gnu11 -D_GNU_SOURCE -O2 -fanalyzer -Wall -Werror \
		-Wno-analyzer-malloc-leak -Iinclude -Iinclude/uapi -Ikmod \
		-Itool -Ibuild/tool -c -o /dev/null "$1"
}

analyzer()
{
	make --no-print-directory tool >"$log" 2>&1 || {
		cat "$log"
		return 1
	}
	printf '%s\n' kmod/core/*.c tool/*.c | each analyze_file
}

cpp_check()
{
	cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 \
		--enable=warning,portability -Iinclude -Iinclude/uapi \
		kmod/core tool
}

checks=(
	"modules_w1 W=1 and sparse are silent"
	"checkpatch checkpatch --strict is silent"
	"selftests/lint/coccinelle.sh the kernel's coccinelle checks are silent"
	"analyzer gcc -fanalyzer is silent on core and tool"
	"shell_scripts shellcheck is silent"
	"cpp_check cppcheck is silent on core and tool"
	"selftests/lint/floors.sh no floor includes an upper one"
	"selftests/lint/gates.sh no forbidden pattern"
	"selftests/lint/genl.sh generated files are what the spec says"
	"selftests/lint/log2_table.sh the table of logarithms is what its script prints"
)

echo 'KTAP version 1'
echo "1..${#checks[@]}"
n=0
failed=0
for check in "${checks[@]}"; do
	n=$((n + 1))
	if output=$("${check%% *}" 2>&1); then
		echo "ok $n ${check#* }"
	else
		printf '%s\n' "$output" | sed 's/^/# /'
		echo "not ok $n ${check#* }"
		failed=$((failed + 1))
	fi
done
echo "# totals: set=lint pass:$((n - failed)) fail:$failed skip:0"
[ "$failed" -eq 0 ]
