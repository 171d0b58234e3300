# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the shell tests share: KTAP, namespaces, the module. A test reads:
#
#	. "$(dirname "$0")/lib.sh"
#	skip_unless_root
#	require_cmd tcpdump
#	ktap_set_plan 2
#	make_pair
#	load_module mode=enforce
#	ktap_test_result "h1 reaches h2" on "$h1" ping -qc 1 10.0.0.2
#	ktap_test_result "media is dropped" media_is_dropped
#	ksft_exit
#
# Whatever is made here is undone when the script ends, however it ends.

KSFT_PASS=0
KSFT_FAIL=1
KSFT_SKIP=4

PATH=$PATH:/usr/sbin:/sbin
RG_LIB_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
RTPGUARD=${RTPGUARD:-$RG_LIB_DIR/../build/rtpguard}
RTPGUARD_KO=${RTPGUARD_KO:-$RG_LIB_DIR/../build/$(uname -r)/rtpguard.ko}

## KTAP

ktap_planned=
ktap_count=0
ktap_passed=0
ktap_failed=0
ktap_skipped=0

ktap_set_plan() # number of tests
{
	ktap_planned=$1
	echo "KTAP version 1"
	echo "1..$1"
}

ktap_print_msg()
{
	echo "# $*"
}

ktap_test_pass() # name
{
	ktap_count=$((ktap_count + 1))
	ktap_passed=$((ktap_passed + 1))
	echo "ok $ktap_count $1"
}

ktap_test_fail() # name
{
	ktap_count=$((ktap_count + 1))
	ktap_failed=$((ktap_failed + 1))
	echo "not ok $ktap_count $1"
}

ktap_test_skip() # name why
{
	ktap_count=$((ktap_count + 1))
	ktap_skipped=$((ktap_skipped + 1))
	echo "ok $ktap_count $1 # SKIP ${2:-}"
}

# Runs the command, a function as a rule, in this shell: what it sets stays.
ktap_test_result() # name command...
{
	local name=$1 rc=0

	shift
	"$@" || rc=$?
	case $rc in
	"$KSFT_PASS") ktap_test_pass "$name" ;;
	"$KSFT_SKIP") ktap_test_skip "$name" ;;
	*) ktap_test_fail "$name" ;;
	esac
}

# The whole program cannot run here. Only before ktap_set_plan.
ktap_skip_all() # why
{
	echo "KTAP version 1"
	echo "1..0 # SKIP $*"
	exit "$KSFT_SKIP"
}

ksft_exit()
{
	echo "# Totals: pass:$ktap_passed fail:$ktap_failed skip:$ktap_skipped"
	if [ "$ktap_count" != "$ktap_planned" ]; then
		ktap_print_msg "planned ${ktap_planned:-nothing}, ran $ktap_count"
		exit "$KSFT_FAIL"
	fi
	[ "$ktap_failed" -eq 0 ] || exit "$KSFT_FAIL"
	[ "$ktap_passed" -gt 0 ] || exit "$KSFT_SKIP"
	exit "$KSFT_PASS"
}

## What a test needs

skip_unless_root()
{
	[ "$(id -u)" -eq 0 ] || ktap_skip_all "needs root"
}

require_cmd() # command...
{
	local cmd

	for cmd; do
		command -v "$cmd" >/dev/null || ktap_skip_all "needs $cmd"
	done
}

## Undoing: commands that run, the last first, when the script ends

rg_deferred=()

defer() # command...
{
	rg_deferred+=("$(printf '%q ' "$@")")
}

cleanup()
{
	local rc=$? i

	trap - EXIT
	set +e
	for ((i = ${#rg_deferred[@]} - 1; i >= 0; i--)); do
		eval "${rg_deferred[i]}"
	done
	exit "$rc"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Sets tmp: a directory for the script's files.
make_tmp()
{
	tmp=$(mktemp -d) || exit 1
	defer rm -rf "$tmp"
}

# Starts a process that ends with the script; sets background_pid, which has to
# be the program's: a function would be run by a shell in between.
background() # [on namespace] command...
{
	[ "$1" != on ] || set -- ip netns exec "${@:2}"
	"$@" &
	background_pid=$!
	defer stop "$background_pid"
}

stop() # pid: and waits for it
{
	kill "$1" 2>/dev/null
	wait "$1" 2>/dev/null
	return 0
}

## Waiting

# Microseconds, without a process: one costs an emulated CPU 50 ms and more.
now_us()
{
	now_us=${EPOCHREALTIME/[.,]/}
}

# Runs the command until it succeeds; its last output and exit code, and a line where it
# never did. Time-outs are for a slow machine: an emulated CPU, and that one busy.
busywait() # timeout-ms command...
{
	local limit=$1 end out rc now_us

	now_us
	end=$((now_us + limit * 1000))
	shift
	while :; do
		rc=0
		out=$("$@") || rc=$?
		now_us
		if [ "$rc" -eq 0 ] || [ "$now_us" -ge "$end" ]; then
			break
		fi
		sleep 0.05
	done
	[ -z "$out" ] || printf '%s\n' "$out"
	[ "$rc" -eq 0 ] || echo "# in vain for $limit ms: $*" >&2
	return "$rc"
}

## Namespaces

h1='' h2='' wire='' # what make_pair makes

# Sets each variable to the name of a new namespace, its loopback up.
setup_ns() # variable...
{
	local var name

	for var; do
		name=$var-$BASHPID-$RANDOM
		ip netns add "$name" || return
		defer del_ns "$name"
		ip -n "$name" link set lo up || return
		printf -v "$var" %s "$name"
	done
}

del_ns() # name
{
	local pid

	for pid in $(ip netns pids "$1" 2>/dev/null); do
		kill -9 "$pid" 2>/dev/null
	done
	ip netns del "$1"
}

on() # namespace command...
{
	ip netns exec "$@"
}

# Both families, and nothing on the link but the test's packets: no router
# solicitations, no detection of duplicate addresses.
host_link() # namespace number
{
	on "$1" sysctl -qw net.ipv6.conf.eth0.router_solicitations=0 \
		net.ipv6.conf.eth0.accept_dad=0 || return
	ip -n "$1" -batch - <<-END
		addr add 10.0.0.$2/24 dev eth0
		addr add 2001:db8::$2/64 dev eth0 nodad
		link set eth0 up
	END
}

# A bridge without a mind of its own between the two hosts' links.
bridge_wire()
{
	on "$wire" sysctl -qw net.ipv6.conf.default.disable_ipv6=1 || return
	ip -batch - <<-END || return
		link add name eth0 netns $h1 type veth peer name p1 netns $wire
		link add name eth0 netns $h2 type veth peer name p2 netns $wire
	END
	ip -n "$wire" -batch - <<-END
		link add br0 type bridge forward_delay 0 mcast_snooping 0
		link set p1 master br0 up
		link set p2 master br0 up
		link set br0 up
	END
}

# Two hosts: namespaces $h1 (10.0.0.1, 2001:db8::1) and $h2 (..2), each with
# eth0. With "wire" a third one, $wire, sits between them: an eavesdropper there
# sees all on p1, h1's side, or p2.
make_pair() # [wire]
{
	setup_ns h1 h2 || return
	if [ "${1:-}" = wire ]; then
		setup_ns wire && bridge_wire || return
	else
		ip link add name eth0 netns "$h1" type veth \
			peer name eth0 netns "$h2" || return
	fi
	host_link "$h1" 1 && host_link "$h2" 2 || return
	# The links are up, and both know the other's address when the answer is
	# here: no packet of the test waits for a neighbour.
	busywait 60000 on "$h1" ping -qc 1 -W 1 10.0.0.2 >/dev/null &&
	busywait 60000 on "$h1" ping -qc 1 -W 1 2001:db8::2 >/dev/null
}

# Records what passes h1's end of the wire until capture_stop. The kernel's buffer
# has room for as many packets as fit in 8 MiB with the length given here: with
# tcpdump's own lengths it would be eight, and a busy machine lost some.
capture_start() # file [tcpdump-filter...]: of each packet CAPTURE_BYTES
{
	capture_log=$1.log
	background on "$wire" tcpdump -Z root --immediate-mode -U -n -i p1 \
		-s "${CAPTURE_BYTES:-4096}" -B 8192 -w "$1" "${@:2}" 2>"$capture_log"
	capture_pid=$background_pid
	busywait 60000 grep -q 'listening on' "$capture_log"
}

# Has tcpdump written all that the kernel has for it, but for what that dropped?
# SIGUSR1 makes it say so.
capture_complete()
{
	kill -USR1 "$capture_pid"
	tail -n 1 "$capture_log" |
		awk '/ captured, / { ok = $2 + $10 >= $5 } END { exit !ok }'
}

capture_stop()
{
	busywait 60000 capture_complete
	kill "$capture_pid" && wait "$capture_pid"
}

## The module

# What list ruleset says of the rules that a fresh one has.
DEFAULTS='default {
	media { undetermined, uniform, protected } accept
	media { suspected, exposed, null, clear } drop
	control { undetermined, uniform, protected, suspected } accept
	control unprotected log accept
	signalling { undetermined, uniform, protected, suspected, exposed, null } accept
	signalling clear log accept
	emergency any accept
}'

module_loaded()
{
	[ -d /sys/module/rtpguard ]
}

load_module() # [parameter=value...]
{
	local module

	if [ ! -e "$RTPGUARD_KO" ]; then
		echo "# no module $RTPGUARD_KO: make builds it" >&2
		return 1
	fi
	for module in $(modinfo -F depends "$RTPGUARD_KO" | tr , ' '); do
		modprobe "$module" || return
	done
	insmod "$RTPGUARD_KO" "$@" || return
	defer unload_leftover
}

unload_module()
{
	rmmod rtpguard
}

unload_leftover()
{
	! module_loaded || unload_module
}
