#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What must not stand in the source, by pattern.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit

bad=0
gate() # what it means, pattern, files...
{
	local why=$1 pattern=$2
	shift 2
	if grep -nE -e "$pattern" "$@" /dev/null; then
		echo "gates: $why" >&2
		bad=1
	fi
}

need() # what it means, pattern, file
{
	if ! grep -qE -e "$2" "$3"; then
		echo "gates: $3: $1" >&2
		bad=1
	fi
}

mapfile -t kmod < <(find kmod -name '*.[ch]' ! -name 'genl.*')
mapfile -t core < <(find kmod/core -name '*.[ch]')
mapfile -t code < <(find kmod tool selftests include -name '*.[chly]')
mapfile -t shell < <(find selftests tool include .ci -name '*.sh' -o -path '.ci/run')
mapfile -t no_compat < <(printf '%s\n' "${kmod[@]}" | grep -v compat.h)

gate 'packets are read by bounded copy, never pulled or changed' \
	'skb->data\b|pskb_may_pull|skb_linearize|skb_ensure_writable|skb_push|skb_pull' \
	"${kmod[@]}"
gate 'version checks belong in compat.h' \
	'LINUX_VERSION_CODE|KERNEL_VERSION' "${no_compat[@]}"
gate 'no BUG, WARN_ON_ONCE for our own bugs only' \
	'\b(BUG|BUG_ON|WARN|WARN_ON)\(' "${kmod[@]}"
gate 'the core has no allocation, lock, clock or print' \
	'\b(k[mz]alloc|kfree|malloc|free|printk|pr_[a-z]+|printf|ktime_get|get_jiffies_64|spin_lock)\(' \
	"${core[@]}"
gate 'the core reads bytes through the cursor' \
	'(->|\.)data\[|ntoh[sl]|__be(16|32)' "${core[@]}"
gate 'no strings or numbers parsed by libc habits in the kernel' \
	'\b(strto[a-z]+|strchr|strstr|sscanf)\(' "${kmod[@]}"
gate 'softirqs take our locks too' '\bspin_(un)?lock\(' "${kmod[@]}"
# Only a race would show these two, and nobody the third.
need 'flow_free_rcu() must have run before the caches go' \
	'^	rcu_barrier\(\);' kmod/flow.c
need 'rulesets are freed by RCU: wait before the module goes' \
	'^	rcu_barrier\(\);' kmod/main.c
need 'nobody else may know which flows share a bucket' \
	'^	get_random_bytes\(&table\.key, sizeof\(table\.key\)\);' kmod/flow.c
gate 'left-overs' '#if'' 0|\bXX''X\b|\bFIX''ME\b' "${code[@]}"
gate 'tests wait for a condition, not for a time' \
	'(^|[^.[:alnum:]_-])sleep +[1-9]' "${shell[@]}"

while read -r lines file; do
	case $file in total|*genl.c) continue ;; esac
	if [ "$lines" -gt 500 ]; then
		echo "gates: $file: $lines lines, one noun a file is 500" >&2
		bad=1
	fi
done < <(find kmod tool selftests -name '*.c' -exec wc -l {} +)

exit "$bad"
