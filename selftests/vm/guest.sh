# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The guest's side of run.sh: sourced by the job file as process 1, on a machine
# that init has set up. Runs the command, hands its exit code out, ends QEMU.

# shellcheck source=kmemleak.sh
. "${BASH_SOURCE[0]%/*}/kmemleak.sh"

# From the job and its config.
: "${repo:?}" "${machine:?}" "${interactive?}" "${network?}" "${terminal_size?}" "${command[0]:?}"

out=/run/vm
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/root LC_ALL=C TERM=${TERM:-linux}
export RTPGUARD_SHARE=/share
export RTPGUARD=$repo/build/rtpguard
RTPGUARD_KO=$repo/build/$(</proc/sys/kernel/osrelease)/rtpguard.ko
export RTPGUARD_KO

# QEMU's user network answers at 10.0.2.2 and, restricted, leads nowhere else.
network_up()
{
	modprobe virtio_net
	ip link set eth0 up
	ip addr add 10.0.2.15/24 dev eth0
	ip route add default via 10.0.2.2
}

# The command's output goes through pipes, which programs can open again as
# /dev/stdout, and from there to files of the host, each write when it happens.
run_piped()
{
	local pumps=() pid rc

	mkfifo /run/stdout /run/stderr
	cat /run/stdout >"$out/stdout" 2>/dev/null &
	pumps+=($!)
	cat /run/stderr >"$out/stderr" 2>/dev/null &
	pumps+=($!)
	("${command[@]}") </dev/null >/run/stdout 2>/run/stderr
	rc=$?
	# What it left running holds the pipes open.
	for pid in /proc/[0-9]*; do
		pid=${pid#/proc/}
		case " 1 ${pumps[*]} " in *" $pid "*) continue ;; esac
		[ ! -e "/proc/$pid/exe" ] || kill -9 "$pid" 2>/dev/null
	done
	wait "${pumps[@]}"
	return "$rc"
}

run_on_terminal()
{
	local rows cols

	read -r rows cols <<<"$terminal_size"
	[ -z "$rows" ] || stty -F /dev/ttyS0 rows "$rows" cols "$cols"
	setsid -c -w "${command[@]}" </dev/ttyS0 >/dev/ttyS0 2>&1
}

# Once with the module, if it is there, to have its symbols; and once without.
search_leaks()
{
	if [ -d /sys/module/rtpguard ]; then
		kmemleak_scan
		rmmod rtpguard
	fi
	kmemleak_scan
}

[ -z "$network" ] || network_up
ulimit -c 0
cd "$repo" || exit # the end of process 1: a panic, which run.sh reports
: >"$out/started"
if [ -n "$interactive" ]; then
	run_on_terminal
else
	run_piped
fi
rc=$?
[ ! -e "$KMEMLEAK" ] || [ -n "$interactive" ] ||
	search_leaks >"$out/kmemleak.log" 2>&1
dmesg >"$out/dmesg.log"
echo "$rc" >"$out/rc"
[ "$machine" != uml ] || busybox poweroff -f
# isa-debug-exit: any write ends QEMU.
printf '\0' >/run/zero
dd if=/run/zero of=/dev/port bs=1 seek=244 status=none
