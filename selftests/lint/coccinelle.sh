#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The kernel's own semantic checks (Documentation/dev-tools/coccinelle.rst) on the
# module. Prints what they report: file:line:columns: what.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit

source=$(selftests/vm/kernels.sh source) || exit 1

check() # semantic patch
{
	local options

	read -ra options < <(sed -n 's|^// Options:||p' "$1")
	spatch -D report --very-quiet --jobs "$(nproc)" "${options[@]}" \
		--cocci-file "$1" --dir kmod -I include -I include/uapi -I kmod \
		2>&1
}

# Whatever else it says is about the semantic patch.
reports()
{
	local patch

	for patch in "$source"/scripts/coccinelle/*/*.cocci; do
		grep -q '^virtual report' "$patch" || continue
		check "$patch" | grep -E '^kmod/[^:]*:[0-9]+:[0-9]+|exception|Fatal'
	done
}

# It has to see this bug, or it sees none.
sees()
{
	local dir rc

	dir=$(mktemp -d)
	printf 'void f(void *p)\n{\n\tkfree(p);\n\tg(p);\n}\n' >"$dir/bad.c"
	spatch -D report --very-quiet --cocci-file \
		"$source/scripts/coccinelle/free/kfree.cocci" "$dir/bad.c" 2>&1 |
		grep -q 'bad.c:4:.*preceded by free'
	rc=$?
	rm -rf "$dir"
	return "$rc"
}

sees || {
	echo 'coccinelle.sh: the use of freed memory is not reported' >&2
	exit 1
}
! reports
