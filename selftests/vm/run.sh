#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs a command as root in a virtual machine with one of Debian's kernels, or a
# debug kernel, and this machine's root file system, of which it sees a throw-away
# copy. Needs no privilege. What the kernel has to say is judged as well; a debug
# kernel is asked for leaks at the end.

set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd -P)
repo=$(cd "$here/../.." && pwd -P)

# Exit codes of our own, the others are the command's.
EXIT_SETUP=120   # the machine could not be started
EXIT_CONSOLE=121 # the kernel complained: a pattern on the console
EXIT_DIED=122    # the guest ended without an exit code
EXIT_HANG=123    # the time was up

# What the guest has from our environment: how much a test does, and from where.
passed_on=(CHURN FAULTS NLFUZZ NLFUZZ_SEED)

# What is a failure wherever it stands in the kernel's log. A reference tracker
# that has no memory says so, and is right.
complaints='RIP:|Call Trace:|BUG:|WARNING:|KASAN|UBSAN|ref_tracker: [^m]'
complaints+='|unreferenced object|Kernel panic|unregister_netdevice: waiting'

usage()
{
	cat >&2 <<-END
	usage: run.sh -k KERNEL [options] -- COMMAND [ARGS...]
	       run.sh -k KERNEL [options] --shell
	  KERNEL           6.1, 6.12, debug, or uml, which has neither --net,
	                   --icount nor --shell and is not emulated
	  -t SECONDS       time for the whole run (600)
	  -m MEM           memory (2G)
	  --net            a virtio-net device, its network leads nowhere
	  --icount         one CPU, on which a nanosecond is an instruction
	  --append PARAMS  further kernel parameters
	  --out DIR        keep console.log, dmesg.log, stdout, stderr and share/
	  --shell          a shell, or the command, on this terminal
	COMMAND starts in the repository's directory. It finds RTPGUARD (the tool),
	RTPGUARD_KO (the module for its kernel), and RTPGUARD_SHARE, a directory that
	is DIR/share outside. Exit code: COMMAND's; or $EXIT_SETUP no machine,
	$EXIT_CONSOLE the kernel complained, $EXIT_DIED the guest died, $EXIT_HANG time out.
	END
	exit "$EXIT_SETUP"
}

say()
{
	echo "run.sh: $*" >&2
}

die()
{
	say "$@"
	exit "$EXIT_SETUP"
}

series='' limit=600 memory=2G network='' append='' out='' shell='' icount=''
while [ $# -gt 0 ]; do
	case $1 in
	-k|-t|-m|--append|--out)
		[ $# -ge 2 ] || usage
		case $1 in
		-k) series=$2 ;;
		-t) limit=$2 ;;
		-m) memory=$2 ;;
		--append) append=$2 ;;
		--out) out=$2 ;;
		esac
		shift
		;;
	--net) network=1 ;;
	--icount) icount=1 ;;
	--shell) shell=1 ;;
	--) shift; break ;;
	*) usage ;;
	esac
	shift
done
[ -n "$series" ] || usage
[ $# -gt 0 ] || [ -n "$shell" ] || usage
[ $# -gt 0 ] || set -- bash -i

machine=qemu
[ "$series" != uml ] || machine=uml
[ "$machine" = qemu ] || [ -z "$shell$network$icount" ] || usage

vm_pid=
keep_out=$out
# shellcheck disable=SC2317 # called by the trap
cleanup()
{
	[ -z "$vm_pid" ] || kill "$vm_pid" 2>/dev/null
	[ -n "$keep_out" ] || [ -z "$out" ] || rm -rf "$out"
}
trap cleanup EXIT
trap 'exit 130' INT TERM HUP

[ "$machine" = uml ] || command -v qemu-system-x86_64 >/dev/null ||
	die "no qemu-system-x86_64: selftests/deps.sh test installs it"
kernel_dir=$("$here/kernels.sh" get "$series") || exit "$EXIT_SETUP"
release=$(basename "$kernel_dir")
release=${release%_*}
initramfs=$("$here/initramfs.sh" "$kernel_dir" "$release") || exit "$EXIT_SETUP"

[ -n "$out" ] || out=$(mktemp -d "${TMPDIR:-/tmp}/rtpguard-vm.XXXXXX")
mkdir -p "$out/share" || die "cannot make $out/share"
out=$(cd "$out" && pwd -P)
rm -f "$out"/{config,job,started,rc,stdout,stderr,console.log,dmesg.log,kmemleak.log}
touch "$out"/{stdout,stderr,console.log}
# init reads the first, bash the second.
printf '%s=%q\n' repo "$repo" kernel_dir "$kernel_dir" >"$out/config"
{
	printf '%s=%q\n' machine "$machine" interactive "$shell" network "$network" \
		TERM "${TERM:-linux}" \
		terminal_size "$([ -z "$shell" ] || stty size 2>/dev/null)"
	for name in "${passed_on[@]}"; do
		[ -z "${!name:-}" ] || printf 'export %s=%q\n' "$name" "${!name}"
	done
	printf 'command=('
	printf ' %q' "$@"
	printf ' )\n. /run/vm/config\n. %q\n' "$here/guest.sh"
} >"$out/job"

# A busy host takes the CPU away from the guest for seconds.
parameters="loglevel=5 panic=-1 watchdog_thresh=60"
[ "$machine" = uml ] || parameters+=" rcupdate.rcu_cpu_stall_timeout=120"

# The tables that a kernel without ACPI reads tell of sockets and not of cores.
qemu_args()
{
	local parameters="console=ttyS0 $parameters mitigations=off"
	local cpus=2,sockets=2
	[ -z "$icount" ] || cpus=1

	qemu=(
		-smp "$cpus" -m "$memory" -nodefaults -no-user-config -no-reboot
		-display none -kernel "$kernel_dir/kernel" -initrd "$initramfs"
		-append "$parameters $append ${1:-}"
		-device "isa-debug-exit,iobase=0xf4,iosize=0x04"
	)
}

# Commas in QEMU's values are doubled.
machine_args()
{
	qemu_args
	qemu+=(
		-fsdev "local,id=root,path=/,security_model=none,readonly=on,multidevs=remap"
		-device "virtio-9p-pci,fsdev=root,mount_tag=root"
		-fsdev "local,id=vm,path=${out//,/,,},security_model=none,multidevs=remap"
		-device "virtio-9p-pci,fsdev=vm,mount_tag=vm"
	)
	[ -z "$network" ] || qemu+=(-netdev "user,id=net,restrict=on"
		-device "virtio-net-pci,netdev=net,romfile=")
	if [ -n "$shell" ]; then
		qemu+=(-chardev
			"stdio,id=console,mux=on,signal=off,logfile=${out//,/,,}/console.log"
			-serial chardev:console)
	else
		qemu+=(-serial "file:${out//,/,,}/console.log")
	fi
}

# A machine that leaves as soon as it is up; a hanging KVM fails it.
trial_starts() # accelerator arguments
{
	qemu_args rg.trial
	timeout -k 1 10 qemu-system-x86_64 "$@" "${qemu[@]}" -serial none \
		</dev/null >/dev/null 2>&1
	[ $? -eq 1 ] # what isa-debug-exit makes of 0
}

# Its console is the standard output, and a panic ends it.
uml_args()
{
	case $out in *[[:space:]]*)
		die "uml: its command line takes no blanks, and $out has some" ;;
	esac
	# shellcheck disable=SC2206 # words
	vm=("$kernel_dir/kernel" "mem=$memory" "initrd=$initramfs" "uml_dir=$out/"
		con=none "con0=fd:0,fd:1" $parameters $append "rg.vm=$out")
	vm_output=$out/console.log
}

accelerator()
{
	if [ -n "$icount" ]; then
		accel=(-accel "tcg,thread=single" -cpu max
			-icount "shift=0,sleep=off")
		return
	fi
	accel=(-accel kvm -cpu host)
	grep -qwE 'vmx|svm' /proc/cpuinfo && [ -w /dev/kvm ] &&
		trial_starts "${accel[@]}" && return
	accel=(-accel "tcg,thread=multi" -cpu max)
}

run_machine()
{
	local tails=()

	local vm=() vm_output=/dev/stdout

	if [ "$machine" = uml ]; then
		uml_args
	else
		machine_args
		vm=(qemu-system-x86_64 "${accel[@]}" "${qemu[@]}")
	fi
	started=$(date +%s.%N)
	[ -z "$shell" ] || say "'exit' ends the machine, Ctrl-a x kills it"
	if [ -n "$shell" ]; then
		"${vm[@]}"
		vm_rc=$?
		return
	fi
	timeout -k 10 "$limit" "${vm[@]}" </dev/null >>"$vm_output" &
	vm_pid=$!
	tail -n +1 -s 0.1 -f --pid="$vm_pid" "$out/stdout" &
	tails+=($!)
	tail -n +1 -s 0.1 -f --pid="$vm_pid" "$out/stderr" >&2 &
	tails+=($!)
	wait "$vm_pid"
	vm_rc=$?
	vm_pid=
	wait "${tails[@]}"
}

seconds_to() # file: from the start to its last change
{
	awk -v from="$started" -v to="$(stat -c %.9Y "$1" 2>/dev/null)" \
		'BEGIN { if (to) printf "%.1f s", to - from; else print "never" }'
}

# The first complaint with what follows it; dmesg.log has what a lowered log
# level kept from the console, kmemleak.log what a debug kernel knows.
complained()
{
	local log

	for log in "$out"/{console,dmesg,kmemleak}.log; do
		grep -qsE "$complaints" "$log" || continue
		say "the kernel complained, ${log##*/} says:"
		grep -m 1 -E -A 20 "$complaints" "$log" | sed 's/^/  /' >&2
		return 0
	done
	return 1
}

# The verdict on the machine; 0 when there is an exit code and no complaint.
judge()
{
	local verdict=0

	if [ ! -s "$out/rc" ]; then
		if [ "$vm_rc" -eq 124 ] || [ "$vm_rc" -eq 137 ]; then
			say "time out: no exit code within $limit s"
			verdict=$EXIT_HANG
		else
			say "the guest died: no exit code (the machine's is $vm_rc)"
			verdict=$EXIT_DIED
		fi
	fi
	if complained; then
		verdict=$EXIT_CONSOLE
	elif [ "$verdict" -ne 0 ]; then
		say "the console's last lines:"
		tail -n 15 "$out/console.log" | sed 's/^/  /' >&2
	fi
	return "$verdict"
}

if [ "$machine" = uml ]; then
	say "kernel $release, a process"
else
	accelerator
	say "kernel $release, accelerator ${accel[1]%%,*}"
fi
run_machine
judge
verdict=$?
if [ "$verdict" -ne 0 ]; then
	keep_out=1
	say "see $out"
	exit "$verdict"
fi
rc=$(<"$out/rc")
say "first command after $(seconds_to "$out/started")," \
	"end after $(seconds_to "$out/rc"), exit code $rc"
exit "$rc"
