#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The kernel's own semantic checks (Documentation/dev-tools/coccinelle.rst) on the
# module. Prints what they report: file:line:columns: what.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit

source=$(selftests/vm/kernels.sh source) || exit 1

check() # semantic patch, directory
{
	local options

	read -ra options < <(sed -n 's|^// Options:||p' "$1")
	spatch -D report --very-quiet --jobs "$(nproc)" "${options[@]}" \
		--cocci-file "$1" --dir "$2" -I include -I include/uapi -I kmod \
		2>&1
}

# Whatever else it says is about the semantic patch.
reports() # directory, kind of patches
{
	local patch

	# shellcheck disable=SC2231 # a pattern
	for patch in "$source"/scripts/coccinelle/$2/*.cocci; do
		grep -q '^virtual report' "$patch" || continue
		check "$patch" "$1" | grep -E "^$1/[^:]*:[0-9]+:[0-9]+|exception|Fatal"
	done
}

# It has to see this bug, in the same way, or it sees none.
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
printf 'void f(void *p)\n{\n\tkfree(p);\n\tg(p);\n}\n' >"$dir/bad.c"
[[ $(reports "$dir" free) == *'bad.c:4:'*'preceded by free'* ]] || {
	echo 'coccinelle.sh: the use of freed memory is not reported' >&2
	exit 1
}
found=$(reports kmod '*')
[ -z "$found" ] || {
	printf '%s\n' "$found"
	exit 1
}
