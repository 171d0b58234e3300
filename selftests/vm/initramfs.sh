#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# initramfs.sh KERNEL-DIR RELEASE: makes the initramfs that mounts this machine's
# root file system in the guest: busybox, the modules for that, and init. Prints
# its path in the cache, where it stays under the hash of what it is made of.

set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin

kernel_dir=$1
release=$2
cache=${RTPGUARD_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/rtpguard}
init=$(dirname "$0")/init

busybox=$(command -v busybox) || {
	echo "initramfs.sh: no busybox: apt-get install busybox-static" >&2
	exit 1
}

case $release in
*-rguml) wanted=(hostfs overlay) ;;
*) wanted=(virtio_pci 9pnet_virtio 9p overlay) ;;
esac
depends=$(modprobe -d "$kernel_dir" -S "$release" --show-depends -a "${wanted[@]}") || {
	echo "initramfs.sh: $kernel_dir: modprobe finds no ${wanted[*]} there" >&2
	exit 1
}
# What of these is not built in, in the order it loads.
mapfile -t modules < <(sed -n 's/^insmod //p' <<<"$depends" |
	sed 's/ *$//' | awk '!seen[$0]++')

hash=$(sha256sum "$0" "$init" "$busybox" ${modules[@]+"${modules[@]}"} | cut -c -64 |
	sha256sum | cut -c -16)
out=$cache/initramfs/$release-$hash.cpio

if [ ! -e "$out" ]; then
	mkdir -p "$cache/initramfs"
	new=$(mktemp -d "$cache/initramfs/.new.XXXXXX")
	trap 'rm -rf "$new"' EXIT
	mkdir -p "$new"/root/{bin,dev,proc,sys,modules,lower,lower-tmp,upper,newroot}
	cp "$busybox" "$new/root/bin/busybox"
	cp "$init" "$new/root/init"
	: >"$new/root/modules/order"
	for module in ${modules[@]+"${modules[@]}"}; do
		name=${module##*/}
		name=${name%%.*}.ko
		case $module in
		*.xz) xz -dc "$module" ;;
		*) cat "$module" ;;
		esac >"$new/root/modules/$name"
		echo "$name" >>"$new/root/modules/order"
	done
	(cd "$new/root" && find . | busybox cpio -o -H newc 2>/dev/null) >"$new/cpio"
	mv "$new/cpio" "$out"
fi
echo "$out"
