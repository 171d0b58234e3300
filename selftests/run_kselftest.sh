#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs kselftest programs in virtual machines, one machine a kernel, and prints
# nested KTAP: kernels, in them programs, in them tests. The totals count tests;
# a program or a machine that fails without a failed test counts as one.

set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd -P)
vm=$here/vm

usage()
{
	cat >&2 <<-END
	usage: run_kselftest.sh [-k KERNEL]... [-t SECONDS] [--net] [TEST...]
	  -k KERNEL   6.1, 6.12, debug or uml, may be repeated (6.1 and 6.12)
	  -t SECONDS  time for one test program (600)
	  --net       give the machine a network device
	  TEST        a program, by path or by its name in selftests/ (all of
	              TEST_PROGS in selftests/Makefile)
	END
	exit 2
}

kernels=()
limit=600
options=()
while [ $# -gt 0 ]; do
	case $1 in
	-k) [ $# -ge 2 ] || usage; kernels+=("$2"); shift ;;
	-t) [ $# -ge 2 ] || usage; limit=$2; shift ;;
	--net) options+=(--net) ;;
	-*) usage ;;
	*) break ;;
	esac
	shift
done
[ "${#kernels[@]}" -gt 0 ] || kernels=(6.1 6.12)
if [ $# -eq 0 ]; then
	# shellcheck disable=SC2016 # make expands it
	read -ra names < <(make -s --no-print-directory -C "$here" \
		--eval 'print-test-progs: ; @echo $(TEST_PROGS)' print-test-progs)
	set -- "${names[@]}"
fi

programs=()
for name; do
	program=$here/$name
	[ -e "$program" ] || program=$(realpath "$name" 2>/dev/null)
	if [ ! -x "$program" ] || [ -d "$program" ]; then
		echo "run_kselftest.sh: $name: no such program, or not executable" >&2
		exit 1
	fi
	programs+=("$program")
done
[ "${#programs[@]}" -gt 0 ] || usage

# Where there is no KASAN: each cache has its name, and memory what was in it before.
append() # kernel
{
	case $1 in
	debug|uml) ;;
	*) echo slab_nomerge init_on_alloc=0 ;;
	esac
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT

# From the suite's output: result lines of programs and, indented, of tests.
totals() # kernel machine's-exit-code
{
	awk -v kernel="$1" -v vm_rc="$2" -v expected="${#programs[@]}" '
		function count(sum, line) {
			if (line ~ /^ *not ok/)
				sum["fail"]++
			else if (line ~ /# SKIP/)
				sum["skip"]++
			else
				sum["pass"]++
		}
		function report(what, sum) {
			printf "# %s: kernel=%s pass:%d fail:%d skip:%d\n", what,
				kernel, sum["pass"], sum["fail"], sum["skip"]
		}
		/^  (not ok|ok) [0-9]/ { count(tests, $0); inner[$1]++; lines++ }
		/^(not ok|ok) [0-9]/ {
			count(programs, $0)
			ended++
			if (/^not ok/ && !inner["not"])
				tests["fail"]++
			else if (/# SKIP/ && !lines)
				tests["skip"]++
			delete inner
			lines = 0
		}
		END {
			if (vm_rc > 1 || ended != expected)
				tests["fail"]++
			report("programs", programs)
			report("totals", tests)
			exit(tests["fail"] > 0 || programs["fail"] > 0 || !tests["pass"])
		}' "$log"
}

echo "KTAP version 1"
echo "1..${#kernels[@]}"
n=0
bad=0
for kernel in "${kernels[@]}"; do
	n=$((n + 1))
	echo "# Subtest: kernel-$kernel"
	"$vm/run.sh" -k "$kernel" -t $((limit * ${#programs[@]} + 240)) \
		--append "$(append "$kernel")" \
		--out "$here/../build/vm/$kernel" ${options[@]+"${options[@]}"} -- \
		"$vm/suite.sh" "$limit" "${programs[@]}" 2>&1 |
		tee "$log" | sed -u -E -f "$vm/indent.sed"
	rc=${PIPESTATUS[0]}
	why=
	case $rc in
	0|1) ;;
	120) why=" # no machine" ;;
	121) why=" # the kernel complained" ;;
	122) why=" # the guest died" ;;
	123) why=" # time out" ;;
	*) why=" # exit code $rc" ;;
	esac
	result=ok
	totals "$kernel" "$rc" || result='not ok'
	echo "$result $n kernel-$kernel$why"
	[ "$result" = ok ] || bad=1
done
exit "$bad"
