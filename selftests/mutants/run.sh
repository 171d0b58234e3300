#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run.sh BUILD [MUTANT...]: applies known bugs to a copy of the tree, one at a
# time, and demands that a test fails for each. A mutant is a patch; its line
# "Killed-by:" says where the tests run and which they are: host, vm, or gate.
# The first that fails is enough. Virtual machines have the kernel KERNEL: uml, which
# has KASAN and lockdep and is not emulated, unless told. Those that need one have a
# copy of the tree to themselves, beside the others: each takes one processor.

set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd -P)
top=$(cd "$here/../.." && pwd -P)
kernel=${KERNEL:-uml}
arch=x86_64
[ "$kernel" != uml ] || arch=um
headers=$("$top/selftests/vm/kernels.sh" headers "$kernel")

if [ $# -lt 1 ]; then
	echo 'usage: run.sh BUILD [MUTANT...]' >&2
	exit 2
fi
mkdir -p "$1/mutants" || exit
work=$(cd "$1/mutants" && pwd -P)
shift

mutants=("$here"/*.patch)
if [ $# -gt 0 ]; then
	mutants=()
	for name; do
		mutants+=("$here/${name%.patch}.patch")
	done
fi
for patch in "${mutants[@]}"; do
	if [ ! -r "$patch" ]; then
		echo "run.sh: $patch: no such mutant" >&2
		exit 2
	fi
done

# What is tracked, as it is now; objects of the mutant before stay usable.
copy()
{
	mkdir -p "$tree" &&
		(cd "$top" && git ls-files -z | tar -c --null -T -) |
		tar -x -C "$tree"
}

# Return: 0 when the test fails, which is what it is for; 1 when it passes; 2 when it has
# not judged.
fails() # host|vm|gate, test
{
	local rc

	case $1 in
	host)
		local program=$tree/build/selftests/$2
		[ -x "$program" ] || program=$tree/selftests/$2
		if [ ! -x "$program" ]; then
			echo "$2: no such test"
			return 2
		fi
		! "$program"
		;;
	vm)
		"$tree/selftests/run_kselftest.sh" -k "$kernel" "$2" >"$tree/vm.log" 2>&1
		rc=$?
		cat "$tree/vm.log"
		[ "$rc" -ne 0 ] || return 1
		# A machine that did not start, or came to no end, has not judged.
		awk '/^ +not ok|the kernel complained/ && !/ # no end within / { bad = 1 }
			END { exit !bad }' "$tree/vm.log" || return 2
		;;
	gate)
		! "$tree/selftests/lint/gates.sh"
		;;
	esac
}

# Only what the test needs: the core is compiled into each of its programs.
prepare() # host|vm|gate, test
{
	local make=(make --no-print-directory -C "$tree")
	case $1:$2 in
	host:*.sh)
		"${make[@]}" tool &&
			"${make[@]}" -C selftests O="$tree/build" asan-tool
		;;
	host:*)
		"${make[@]}" -C selftests O="$tree/build" \
			"$tree/build/selftests/$2"
		;;
	vm:*)
		"${make[@]}" module ARCH="$arch" KDIR="$headers" &&
			"${make[@]}" tool &&
			"${make[@]}" -C selftests O="$tree/build" \
				programs
		;;
	esac
}

# A test that fails without the mutant says nothing about it.
declare -A passes
proven() # host|vm|gate, test
{
	if [ -z "${passes[$2]:-}" ]; then
		passes[$2]=no
		if prepare "$1" "$2"; then
			fails "$1" "$2"
			[ $? -ne 1 ] || passes[$2]=yes
		fi
	fi
	[ "${passes[$2]}" = yes ]
}

killed_by() # patch: where the tests run, and which they are
{
	sed -n 's/^Killed-by: //p' "$1"
}

# Sets result. The tree is as it was before, when this is done.
try() # patch
{
	local where rest tests test

	read -r where rest < <(killed_by "$1")
	read -ra tests <<< "${rest:-gates.sh}"
	for test in "${tests[@]}"; do
		proven "$where" "$test" && continue
		result="$test fails without it, see $log"
		return
	done
	if ! patch -d "$tree" -p1 --no-backup-if-mismatch <"$1"; then
		result='the patch does not apply'
		rm -rf "$tree"
		copy || exit
		return
	fi
	result="survived, see $log"
	for test in "${tests[@]}"; do
		if ! prepare "$where" "$test"; then
			result="does not build, see $log"
			break
		fi
		if fails "$where" "$test"; then
			result="killed by $test"
			break
		fi
	done
	patch -d "$tree" -R -p1 --no-backup-if-mismatch <"$1" || exit
}

# Prints each result as it comes, and leaves it for the list at the end.
lane() # name, mutants
{
	local patch name log result

	tree=$work/$1
	shift
	[ $# -gt 0 ] || return 0
	# Of an earlier run there may be objects of a mutant that look up to date.
	rm -rf "$tree"
	copy || exit
	for patch; do
		name=$(basename "$patch" .patch)
		log=$work/$name.log
		try "$patch" >"$log" 2>&1
		echo "$result" >"$work/$name.result"
		echo "# $name: $result"
	done
}

rm -f "$work"/*.result
host_mutants=()
vm_mutants=()
for patch in "${mutants[@]}"; do
	case $(killed_by "$patch") in
	vm*) vm_mutants+=("$patch") ;;
	*) host_mutants+=("$patch") ;;
	esac
done
echo 'KTAP version 1'
echo "1..${#mutants[@]}"
# Each with all that it starts is a group of processes, and ends with this.
set -m
lane host ${host_mutants[@]+"${host_mutants[@]}"} &
lanes=(-$!)
lane vm ${vm_mutants[@]+"${vm_mutants[@]}"} &
lanes+=(-$!)
set +m
trap 'kill -- "${lanes[@]}" 2>/dev/null; exit 130' INT TERM HUP
wait

n=0
failed=0
for patch in "${mutants[@]}"; do
	name=$(basename "$patch" .patch)
	n=$((n + 1))
	result='was not tried'
	[ ! -s "$work/$name.result" ] || result=$(<"$work/$name.result")
	case $result in
	killed*) echo "ok $n $name: $result" ;;
	*) echo "not ok $n $name: $result"; failed=$((failed + 1)) ;;
	esac
done
echo "# totals: pass:$((n - failed)) fail:$failed skip:0"
[ "$failed" -eq 0 ]
