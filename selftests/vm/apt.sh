# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# apt, for the scripts that bring what a machine lacks. Sourced.

apt_say()
{
	echo "${0##*/}: $*" >&2
}

apt_die()
{
	apt_say "$@"
	exit 1
}

apt_as_root()
{
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		apt_say "cannot run '$*': not root, and there is no sudo"
		return 1
	fi
}

# Are there lists of packages, and are they younger than a day?
apt_lists_fresh()
{
	[ -n "$(find /var/lib/apt/lists -maxdepth 1 -name '*_Packages*' -print \
		-quit 2>/dev/null)" ] &&
	[ -n "$(find /var/lib/apt/lists -maxdepth 1 \
		\( -name '*_InRelease' -o -name partial \) \
		-newermt '-1 day' -print -quit 2>/dev/null)" ]
}

apt_update()
{
	apt_say "apt-get update"
	apt_as_root apt-get -qq update >&2
}

apt_install() # package...
{
	apt_as_root env DEBIAN_FRONTEND=noninteractive apt-get -y -qq \
		-o Dpkg::Use-Pty=0 install --no-install-recommends "$@" >&2
}

# The version apt would install, or nothing when its lists do not know it.
apt_candidate() # package
{
	apt-cache policy "$1" 2>/dev/null |
		sed -n 's/^  Candidate: \([^(].*\)/\1/p'
}

apt_field() # package field: of the candidate
{
	apt-cache show --no-all-versions "$1" 2>/dev/null |
		sed -n "s/^$2: //p" | head -1
}

# Old lists name debs the archive has replaced: try once more with new ones.
# apt-get checks the deb against the signed lists. It needs no root, and as root
# its sandbox user could not write into our directory.
apt_download() # directory package version
{
	local get=(apt-get -qq -o APT::Sandbox::User=root download "$2=$3")

	apt_say "downloading $2 $3"
	(cd "$1" && "${get[@]}" >/dev/null 2>&1) && return
	apt_update || return
	(cd "$1" && "${get[@]}" >&2)
}
