#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Debian's kernels for the virtual machines, and what else is needed of the
# kernel's packages. Everything is unpacked into a cache and nothing installed:
# the machine's boot menu and its running kernel stay as they are.
#
# The cache can be removed at any time. Each part of it is made in a temporary
# directory and renamed when complete, so a part that exists is whole.

set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin
here=$(cd "$(dirname "$0")" && pwd -P)
# shellcheck source=apt.sh
. "$here/apt.sh"

cache=${RTPGUARD_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/rtpguard}

# The newest headers of a series. 6.12's are not installed where they are not
# already: since 6.12 they depend on the kernel image, which apt would make the
# machine's next kernel to boot.
declare -A meta=(
	[6.1]=linux-headers-amd64
	[6.12]=linux-headers-6.12-amd64
)

usage()
{
	cat >&2 <<-END
	usage: kernels.sh list              series, release, package version, where
	       kernels.sh get SERIES        directory with the kernel and its modules
	       kernels.sh headers [SERIES]  directories to build modules in, one a
	                                    line; without SERIES of all series, and
	                                    of all headers that are installed
	       kernels.sh build SERIES      get, and build first what is not cached
	       kernels.sh source            directory with parts of the 6.12 source
	       kernels.sh tree              directory with all of it
	SERIES is 6.1 or 6.12, or a debug kernel: debug or uml (debug.sh), which only
	build makes. The cache is $cache
	END
	exit 2
}

temp=
trap '[ -z "$temp" ] || rm -rf "$temp"' EXIT

temp_dir() # sets $temp, on the cache's file system: rename must not copy
{
	mkdir -p "$cache" || apt_die "cannot make the cache $cache"
	temp=$(mktemp -d "$cache/.new.XXXXXX")
}

keep() # directory-in-temp final: another run may have been faster, then it wins
{
	mkdir -p "$(dirname "$2")"
	chmod 755 "$1"
	mv -T "$1" "$2" 2>/dev/null || [ -d "$2" ] ||
		apt_die "cannot rename $1 to $2"
	rm -rf "$temp"
	temp=
}

# Headers that are installed, the newest first: "release version".
installed_headers() # series
{
	dpkg-query -W -f '${db:Status-Status} ${Package} ${Version}\n' \
		"linux-headers-$1.*-amd64" 2>/dev/null |
		sed -n 's/^installed linux-headers-//p' |
		grep -Ev -e '-(rt|cloud)-amd64 ' | sort -rV
}

# Headers that the archive offers; without an archive, those we have from it.
archive_headers() # series
{
	apt_field "${meta[$1]}" Depends |
		sed -n 's/^linux-headers-\([^ ]*\) (= \([^)]*\)).*/\1 \2/p' |
		grep . && return
	find "$cache/headers" -maxdepth 1 -name "$1.*" -printf '%f\n' \
		2>/dev/null | sort -rV | tr _ ' '
}

# Which kernel a series is here: that of the headers modules are built with.
resolve() # series: sets release, version, origin
{
	[ -n "${meta[${1:-none}]:-}" ] ||
		apt_die "no kernel series '${1:-}': known are ${!meta[*]}"
	origin=installed
	read -r release version < <(installed_headers "$1") && return
	origin=archive
	read -r release version < <(archive_headers "$1") && return
	apt_update && read -r release version < <(archive_headers "$1") && return
	apt_die "apt does not know ${meta[$1]}: Debian 12 with its security" \
		"archive (bookworm-security) in /etc/apt/sources.list has it"
}

# A bzImage holds the kernel as an xz or zstd stream, its place is in the boot
# protocol's header. Unpacking xz takes an emulated CPU 3 s, so do it here.
unpack_bzimage() # bzImage output
{
	local sects offset length

	sects=$(od -An -t u1 -j $((0x1f1)) -N 1 "$1")
	read -r offset length < <(od -An -t u4 -j $((0x248)) -N 8 "$1")
	offset=$(((sects + 1) * 512 + offset))
	# The last four bytes are the unpacked length.
	length=$((length - 4))
	head -c $((offset + length)) "$1" | tail -c "$length" >"$2.packed"
	case $(od -An -t x1 -N 4 "$2.packed") in
	' fd 37 7a 58') xz -dc <"$2.packed" >"$2" ;;
	*) cp "$1" "$2" ;;
	esac
	rm "$2.packed"
}

check_kernel() # directory release
{
	local module

	module=$(find "$1/lib/modules/$2" -name '9p.ko*' -print -quit)
	[ -s "$1/kernel" ] && [ -s "$1/lib/modules/$2/modules.dep.bin" ] &&
		[ -n "$module" ] &&
		[[ $(modinfo -F vermagic "$module") = "$2 "* ]]
}

# Debian signs the image some hours after it uploads the same, unsigned.
download_image() # directory release version
{
	apt_download "$1" "linux-image-$2" "$3" ||
		apt_download "$1" "linux-image-$2-unsigned" "$3" ||
		apt_die "linux-image-$2 $3, the kernel for the headers" \
			"linux-headers-$2, cannot be downloaded. If the archive" \
			"has a newer one: apt-get install ${meta[$series]}"
}

get()
{
	local series=$1 dir new

	resolve "$series"
	dir=$cache/kernel/${release}_$version
	if [ ! -d "$dir" ]; then
		temp_dir
		download_image "$temp" "$release" "$version"
		new=$temp/new
		mkdir "$new"
		dpkg-deb --fsys-tarfile "$temp"/*.deb |
			tar -x -C "$new" ./lib/modules "./boot/vmlinuz-$release"
		unpack_bzimage "$new/boot/vmlinuz-$release" "$new/kernel"
		rm -r "${new:?}/boot"
		depmod -b "$new" "$release"
		check_kernel "$new" "$release" ||
			apt_die "$new: not a whole kernel $release"
		keep "$new" "$dir"
	fi
	echo "$dir"
}

# Headers without their package: the three debs refer to each other by relative
# links, but for one line.
unpack_headers() # release version directory
{
	local new deb package

	temp_dir
	new=$temp/new
	mkdir "$new"
	apt_download "$temp" "linux-headers-$1" "$2" ||
		apt_die "cannot download linux-headers-$1 $2"
	for package in $(dpkg-deb -f "$temp"/*.deb Depends |
		grep -oE 'linux-(headers-[^ ,]*-common|kbuild-[^ ,]*)'); do
		apt_download "$temp" "$package" "$2" ||
			apt_die "cannot download $package $2"
	done
	for deb in "$temp"/*.deb; do
		dpkg-deb -x "$deb" "$new"
	done
	sed -i "s|/usr/src/|$3/usr/src/|" "$new/usr/src/linux-headers-$1/Makefile"
	[ -e "$new/usr/src/linux-headers-$1/scripts/Makefile.modpost" ] ||
		apt_die "$new: not the whole headers of $1"
	keep "$new" "$3"
}

headers()
{
	local dir=

	resolve "$1"
	if [ "$origin" = archive ]; then
		dir=$cache/headers/${release}_$version
		[ -d "$dir" ] || unpack_headers "$release" "$version" "$dir"
	fi
	echo "$dir/usr/src/linux-headers-$release"
}

# A series that cannot be had does not keep the others from being built for.
all_headers()
{
	local series dir

	for series in "${!meta[@]}"; do
		if dir=$(headers "$series"); then
			realpath "$dir"
		else
			apt_say "going on without $series"
		fi
	done
	for dir in /lib/modules/*/build; do
		[ ! -e "$dir/include/generated/utsrelease.h" ] || realpath "$dir"
	done
}

# Never nothing: the last command fails when there is no line.
headers_of_all()
{
	all_headers | sort -uV | grep . || apt_die "no kernel headers to be had"
}

list()
{
	local series dir

	for series in $(printf '%s\n' "${!meta[@]}" | sort -V); do
		resolve "$series"
		dir=$cache/kernel/${release}_$version
		[ -d "$dir" ] || dir='not downloaded yet'
		printf '%s\t%s\t%s\theaders %s\t%s\n' "$series" "$release" \
			"$version" "$origin" "$dir"
	done
}

source_package=linux-source-6.12

# What the static checks, kselftest programs and the netlink generator take from
# the kernel's source. Streamed: the tarball unpacks to 1.5 GB.
source_parts=(
	scripts/checkpatch.pl
	scripts/coccinelle
	scripts/const_structs.checkpatch
	scripts/spelling.txt
	tools/testing/selftests/kselftest.h
	tools/testing/selftests/kselftest_harness.h
	tools/testing/selftests/lib.mk
	tools/testing/selftests/kselftest
	tools/net/ynl
	Documentation/netlink
)

source_version() # sets $version
{
	version=$(apt_candidate "$source_package")
	[ -n "$version" ] || version=$(find "$cache/source" "$cache/tree" \
		-maxdepth 1 -name '[0-9]*' -printf '%f\n' 2>/dev/null |
		sed 's/_.*//' | sort -V | tail -1)
	[ -n "$version" ] || { apt_update &&
		version=$(apt_candidate "$source_package"); }
	[ -n "$version" ] || apt_die "apt does not know $source_package: Debian" \
		"12 with its security archive (bookworm-security) has it"
}

unpack_source() # tar's arguments: sets $temp, the files are in $temp/new
{
	temp_dir
	apt_download "$temp" "$source_package" "$version" ||
		apt_die "cannot download $source_package $version"
	mkdir "$temp/new"
	dpkg-deb --fsys-tarfile "$temp"/*.deb |
		tar -xO "./usr/src/$source_package.tar.xz" |
		tar -xJ -C "$temp/new" --strip-components=1 "$@"
}

source_dir()
{
	local dir

	source_version
	dir=$cache/source/${version}_$(echo "${source_parts[@]}" | sha256sum |
		cut -c -16)
	if [ ! -d "$dir" ]; then
		unpack_source "${source_parts[@]/#/$source_package/}"
		keep "$temp/new" "$dir"
	fi
	echo "$dir"
}

# What a kernel is built from, but for half a gigabyte that none of ours reads.
# UML's buffer for a CPU's registers is too small where they include AMX's.
source_tree()
{
	local dir

	source_version
	dir=$cache/tree/$version
	if [ ! -d "$dir" ]; then
		unpack_source --exclude="$source_package/drivers/gpu/drm/amd/include/*/*" \
			--exclude="$source_package/Documentation/*/*" \
			--exclude="$source_package/arch/*/boot/dts/*"
		sed -i 's/\(HOST_FP_SIZE, \)2696/\112288/' \
			"$temp/new/arch/x86/um/user-offsets.c"
		keep "$temp/new" "$dir"
	fi
	echo "$dir"
}

is_debug() # series
{
	[ "$1" = debug ] || [ "$1" = uml ]
}

case ${1:-} in
list) list ;;
get|headers|build)
	[ $# -ne 2 ] || ! is_debug "$2" || exec "$here/debug.sh" "$@"
	;;&
get|build) [ $# -eq 2 ] || usage; get "$2" ;;
headers)
	case $# in
	1) headers_of_all ;;
	2) headers "$2" ;;
	*) usage ;;
	esac
	;;
source) source_dir ;;
tree) source_tree ;;
source-version) source_version; echo "$version" ;;
*) usage ;;
esac
