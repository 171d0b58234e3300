#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Generate the uapi header and the kernel's netlink policy from rtpguard.yaml
# with the kernel's own generator (ynl-gen-c of linux-source).
#
# usage: generate.sh LINUX_SOURCE_DIR OUT_DIR
#
# OUT_DIR gets include/uapi/linux/rtpguard.h and kmod/genl.[ch].

set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)

if [ $# -ne 2 ]; then
	echo "usage: $0 LINUX_SOURCE_DIR OUT_DIR" >&2
	exit 2
fi
source=$1
out=$2
ynl=$source/tools/net/ynl/ynl-gen-c.py
if [ ! -f "$ynl" ]; then
	echo "$0: $ynl: not found, expected the kernel's netlink generator" >&2
	exit 1
fi

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT

# The generator looks for the schema beside the spec's parent, and for a
# MAINTAINERS file to know where the tree begins.
specs=$stage/Documentation/netlink/specs
mkdir -p "$specs" "$out/include/uapi/linux" "$out/kmod"
touch "$stage/MAINTAINERS"
cp "$source"/Documentation/netlink/*.yaml "$stage/Documentation/netlink/"
cp "$here/rtpguard.yaml" "$specs/"

gen() # mode kind destination
{
	local file
	file=$stage/$(basename "$3")

	(cd "$stage" && /usr/bin/python3 "$ynl" --mode "$1" "--$2" -o "$file" \
		--spec Documentation/netlink/specs/rtpguard.yaml)
	# The group needs GENL_MCAST_CAP_NET_ADMIN, which the generator cannot
	# say: kmod/netlink.c writes family and groups by hand.
	sed -e 's,Documentation/netlink/specs/,include/netlink/,' \
		-e '/^static const struct genl_multicast_group/,/^};/d' \
		"$file" | cat -s | sed -e '${/^$/d}' > "$3"
}

gen uapi header "$out/include/uapi/linux/rtpguard.h"
gen kernel header "$out/kmod/genl.h"
gen kernel source "$out/kmod/genl.c"
