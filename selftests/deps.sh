#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# deps.sh SET...: installs with apt what a Debian machine lacks of the packages
# for a set (build, test, debug, bench, coverage, fuzz, lint, demo, browser), and says
# which. A set holds those that it needs; no target of make asks for the browser. No
# kernel and no kernel headers: vm/kernels.sh brings them.

set -euo pipefail
# shellcheck source=vm/apt.sh
. "$(dirname "$0")/vm/apt.sh"

# libelf1 and pahole are what kernel headers depend on.
build=(gcc make libc6-dev libmnl-dev libjansson-dev flex bison kmod libelf1 pahole
	xz-utils)
pcap=(libpcap-dev)
vm=(qemu-system-x86 busybox-static cpio iproute2 iputils-ping nftables procps
	tcpdump ffmpeg baresip-core coturn linphone-cli gstreamer1.0-tools
	gstreamer1.0-plugins-base
	gstreamer1.0-plugins-good gstreamer1.0-plugins-bad)
test=(python3 python3-gi gir1.2-gst-plugins-bad-1.0 gstreamer1.0-nice)
# What building a kernel takes besides.
debug=(bc libelf-dev)
# The second has what -fsanitize=fuzzer links.
fuzz=(clang libclang-rt-dev)
bench=(valgrind)
lint=(sparse coccinelle shellcheck cppcheck perl python3-yaml python3-jsonschema)
demo=(baresip-core)
browser=(chromium)

usage()
{
	echo "usage: deps.sh build|build-nopcap|vm|test|debug|bench|coverage|fuzz|lint|demo|" \
		"browser..." >&2
	exit 2
}

is_installed() # package
{
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

[ $# -gt 0 ] || usage
wanted=()
for set; do
	case $set in
	build-nopcap) wanted+=("${build[@]}") ;;
	build) wanted+=("${build[@]}" "${pcap[@]}") ;;
	vm) wanted+=("${build[@]}" "${vm[@]}") ;;
	test) wanted+=("${build[@]}" "${pcap[@]}" "${vm[@]}" "${test[@]}") ;;
	debug) wanted+=("${build[@]}" "${pcap[@]}" "${vm[@]}" "${test[@]}"
		"${debug[@]}") ;;
	fuzz) wanted+=("${build[@]}" "${test[@]}" "${fuzz[@]}") ;;
	bench) wanted+=("${build[@]}" "${pcap[@]}" "${bench[@]}") ;;
	# gcov comes with gcc.
	coverage) wanted+=("${build[@]}" "${test[@]}") ;;
	lint) wanted+=("${build[@]}" "${pcap[@]}" "${lint[@]}") ;;
	demo) wanted+=("${build[@]}" "${pcap[@]}" "${vm[@]}" "${demo[@]}") ;;
	browser) wanted+=("${build[@]}" "${pcap[@]}" "${test[@]}" "${browser[@]}") ;;
	*) usage ;;
	esac
done

missing=()
for package in "${wanted[@]}"; do
	is_installed "$package" || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

command -v apt-get >/dev/null ||
	apt_die "no apt-get here; needed are: ${missing[*]}"
apt_say "installing with apt: ${missing[*]}"
# Debian would start a relay for everybody; the tests start one of their own.
if [[ " ${missing[*]} " = *' coturn '* ]] && [ -d /run/systemd/system ]; then
	apt_say "masking coturn.service"
	apt_as_root systemctl mask coturn.service >&2 || apt_die "cannot mask it"
fi
apt_lists_fresh || apt_update
# Stale lists name packages that the archive has replaced.
apt_install "${missing[@]}" || { apt_update && apt_install "${missing[@]}"; } ||
	apt_die "apt cannot install: ${missing[*]}"
