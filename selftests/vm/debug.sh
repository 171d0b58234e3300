#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Debug kernels, built from Debian's source with what watches memory, locks and
# lifetimes: debug for QEMU, uml to run as a process. They stay in the cache under
# a hash of the source's version, their options and the compiler: whoever changes
# one of these builds anew. `kernels.sh get|headers|build debug|uml` comes here.

set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin
here=$(cd "$(dirname "$0")" && pwd -P)
cache=${RTPGUARD_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/rtpguard}
jobs=${RTPGUARD_JOBS:-$(nproc)}

declare -A archs=([debug]=x86_64 [uml]=um)
# How `make` calls it, and where it puts it.
declare -A targets=([debug]=bzImage [uml]=linux)
declare -A images=([debug]=arch/x86/boot/bzImage [uml]=linux)

die()
{
	echo "debug.sh: $*" >&2
	exit 1
}

usage()
{
	cat >&2 <<-END
	usage: debug.sh get debug|uml      directory with the kernel, if it is cached
	       debug.sh headers debug|uml  directory to build modules in, likewise
	       debug.sh build debug|uml    like get, but first builds what is not
	                                   there, with RTPGUARD_JOBS processes
	END
	exit 2
}

option() # name: its value in the architecture's fragment
{
	sed -n "s/^CONFIG_$1=\"\\(.*\\)\"/\\1/p" "$here/debug/$arch.config"
}

resolve() # debug|uml: sets arch, target, image, fragments, version, release, key, dir
{
	arch=${archs[$1]:-}
	[ -n "$arch" ] || usage
	target=${targets[$1]}
	image=${images[$1]}
	fragments=("$here/debug/common.config" "$here/debug/$arch.config")
	version=$("$here/kernels.sh" source-version)
	release=${version%%-*}$(option LOCALVERSION)
	key=$({ echo "$version"; gcc -dumpfullversion; cat "${fragments[@]}"; } |
		sha256sum | cut -c -16)
	dir=$cache/kernel/${release}_$key
}

kbuild()
{
	nice -n 19 make -s --no-print-directory -C "$source" O="$work" \
		ARCH="$arch" LOCALVERSION= -j "$jobs" "$@"
}

# Kconfig drops, without a word, what depends on something that is not there.
check_options()
{
	local line missing=()

	while read -r line; do
		case $line in
		*=n) ! grep -q "^${line%n}" "$work/.config" ;;
		CONFIG_*) grep -qxF -e "$line" "$work/.config" ;;
		esac || missing+=("$line")
	done < <(sed -s '/^CONFIG_/!d' "${fragments[@]}")
	[ "${#missing[@]}" -eq 0 ] ||
		die "$arch: Kconfig did not take: ${missing[*]}"
}

configure()
{
	kbuild tinyconfig >/dev/null
	sed '/^CONFIG_/!d' "${fragments[@]}" >>"$work/.config"
	kbuild olddefconfig 2>&1 | grep -v 'override: reassigning' || :
	check_options
	: >"$work/.configured"
}

# A directory like those of Debian's kernels, and build/ to build modules in: of
# the objects those take only the linker's own.
assemble()
{
	local new=$work.new

	rm -rf "$new"
	mkdir -p "$new"
	kbuild INSTALL_MOD_PATH="$new" modules_install
	rm -f "$new/lib/modules/$release"/{build,source}
	[ -s "$new/lib/modules/$release/modules.dep.bin" ] ||
		die "$arch: no modules.dep for $release"
	cp -L "$work/$image" "$new/kernel"
	[ "$arch" != um ] || strip "$new/kernel"
	find "$work" \( -name '*.o' -o -name '*.a' -o -name '.*.cmd' \) \
		! -path '*/scripts/*' ! -path '*/tools/*' -delete
	mv "$work" "$new/build"
	mv -T "$new" "$dir"
}

# Built where an interrupted run left off, and renamed when complete.
build()
{
	local work=$cache/build/${release}_$key source lock

	mkdir -p "$work" "$cache/kernel"
	exec {lock}>"$work.lock"
	flock "$lock"
	if [ ! -d "$dir" ]; then
		mkdir -p "$work"
		source=$("$here/kernels.sh" tree)
		echo "debug.sh: building $release in $work" >&2
		[ -e "$work/.configured" ] || configure
		kbuild "$target" modules >&2
		assemble
	fi
	rm -f "$work.lock"
}

[ $# -eq 2 ] || usage
resolve "$2"
case $1 in
get|headers) ;;
build) [ -d "$dir" ] || build ;;
*) usage ;;
esac
[ -d "$dir" ] || die "no $2 kernel for this source, compiler and options in the" \
	"cache: make debug-kernels builds it"
if [ "$1" = headers ]; then
	echo "$dir/build"
else
	echo "$dir"
fi
