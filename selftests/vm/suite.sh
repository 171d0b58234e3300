#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# suite.sh SECONDS PROGRAM...: runs kselftest programs one after the other, inside
# the virtual machine. A program passes when its KTAP is complete, nothing in it
# failed, its exit code says the same, and it left nothing behind: no module, no
# namespace, no process.

set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd -P)
limit=$1
shift

cgroup=/sys/fs/cgroup/test
log=$(mktemp)
holder=
trap 'rm -f "$log"; [ -z "$holder" ] || kill "$holder"' EXIT

netns()
{
	ip netns list | awk '{ print $1 }' | sort
}

# All that a program starts stays in its cgroup.
run() # program
{
	mkdir -p "$cgroup"
	: >"$log"
	(
		echo "$BASHPID" >"$cgroup/cgroup.procs"
		exec timeout -k 10 "$limit" "$1"
	) </dev/null >"$log" 2>&1 &
	tail -n +1 -s 0.1 -f --pid=$! "$log" | sed -u -E -f "$here/indent.sed"
	wait $!
}

# Processes that are ending need a moment; the others are killed.
left_processes()
{
	local end=$((SECONDS + 5)) names

	while [ -n "$(cat "$cgroup/cgroup.procs")" ] && [ $SECONDS -lt $end ]; do
		sleep 0.05
	done
	names=$(xargs -r ps -o comm= -p <"$cgroup/cgroup.procs" | paste -sd ' ')
	[ -z "$names" ] || echo "left running: $names"
	echo 1 >"$cgroup/cgroup.kill"
	end=$((SECONDS + 10))
	until find "$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null; do
		if [ $SECONDS -ge $end ]; then
			echo "left a process that cannot be killed"
			break
		fi
		sleep 0.05
	done
}

left_netns() # those before
{
	local name names

	names=$(comm -13 <(echo "$1") <(netns))
	for name in $names; do
		ip netns del "$name"
	done
	[ -z "$names" ] || echo "left namespaces: ${names//$'\n'/ }"
}

left_module()
{
	[ -d /sys/module/rtpguard ] || return 0
	echo "left the module loaded$(rmmod rtpguard 2>&1 || echo ', for good')"
}

# What is wrong with a program's results, or nothing.
ktap_fault() # exit-code
{
	awk -v rc="$1" -v limit="$limit" '
		/^K?TAP version / { header = 1 }
		/^1\.\.[0-9]+/ { plan = substr($1, 4); planned = 1 }
		/^ok [0-9]/ { results++ }
		/^not ok [0-9]/ { results++; failed++ }
		END {
			if (rc == 124 || rc == 137)
				print "no end within " limit " s"
			else if (!header || !planned)
				print "no KTAP, exit code " rc
			else if (results + 0 != plan + 0)
				print "planned " plan " tests, ran " results + 0
			else if (failed)
				print failed " failed"
			else if (rc != 0 && rc != 4)
				print "exit code " rc
		}' "$log"
}

# QEMU 7.2 sometimes keeps, and runs, a translation of code that another CPU was
# patching: "Oops: int3" in the path of packets, where netfilter's first hook and its
# last switch a jump. With a hook of another's there, neither is ever ours.
hold_hooks()
{
	nft -f - <<-END
	table inet hold {
		chain prerouting {
			type filter hook prerouting priority 300;
		}
		chain postrouting {
			type filter hook postrouting priority 300;
		}
	}
	END
}

# Likewise the jump to stamping what is received, which anybody switches who asks for
# stamps, as ping does.
hold_stamps()
{
	# 29 is SO_TIMESTAMP, which this module of Python does not name.
	python3 -c 'if True:
		import signal, socket
		stamped = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		stamped.setsockopt(socket.SOL_SOCKET, 29, 1)
		signal.pause()' </dev/null >/dev/null 2>&1 &
	holder=$!
}

skip_reason()
{
	sed -n 's/^1\.\.0 # SKIP */ /p' "$log" | head -1
}

echo "KTAP version 1"
echo "1..$#"
hold_hooks || exit
hold_stamps
n=0
bad=0
for program; do
	n=$((n + 1))
	name=${program##*/selftests/}
	before=$(netns)
	echo "# Subtest: $name"
	begin=$SECONDS
	run "$program"
	rc=$?
	faults=$(ktap_fault "$rc"; left_processes; left_netns "$before"; left_module)
	echo "# $name: $((SECONDS - begin)) s"
	if [ -n "$faults" ]; then
		echo "not ok $n $name # ${faults//$'\n'/; }"
		bad=1
	elif [ "$rc" -eq 4 ]; then
		echo "ok $n $name # SKIP$(skip_reason)"
	else
		echo "ok $n $name"
	fi
done
exit "$bad"
