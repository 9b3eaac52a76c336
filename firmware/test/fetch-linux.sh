#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# fetch-linux.sh DEST: unpack what Linux of the non-secure world is made of into folder DEST:
# Debian's arm64 kernel for virtual machines, what its modules are built with, busybox, and test
# programs.
# fetch-linux.sh --checkpatch DEST: only the kernel's own style check, out of its source package.
#
# The packages come from the machine's own Debian mirrors, asked for another architecture, with a
# state folder of our own: the system's configuration and lists stay as they are, nothing is
# installed and no root is needed. apt checks the chain from the signed release file to the hash of
# every downloaded file.
#
# IWC_SOURCES=FOLDER takes the packages (*.deb) from FOLDER instead, without any network, unchecked.
#
# DEST/release holds the kernel's release, DEST/checkpatch.pl is that check. DEST appears only when
# complete; an existing DEST is left alone, so the script may run again.
# Exit: 0 DEST is there; 1 it could not be had (the reason on stderr); 2 wrong use.

set -eu

# shellcheck source=sim/make/apt.sh
. "$(dirname "$0")/../../sim/make/apt.sh"
me=${0##*/}
meta=linux-image-cloud-arm64
# With the libraries that they need; what apt would add beyond them is of no use in an initramfs.
programs='busybox-static ethtool iperf libc6 libgcc-s1 libmnl0 libstdc++6'

die()
{
	printf '%s: %s\n' "$me" "$1" >&2
	exit "${2:-1}"
}

what=linux
[ "${1:-}" != --checkpatch ] || {
	what=checkpatch
	shift
}
[ -n "${1:-}" ] || die "usage: $me [--checkpatch] DEST" 2
dest=$1
[ ! -e "$dest" ] || exit 0
for tool in apt-get apt-cache dpkg dpkg-deb; do
	command -v "$tool" >/dev/null 2>&1 ||
		die "$tool is missing: this needs Debian, or IWC_SOURCES and dpkg-deb"
done

mkdir -p "$(dirname "$dest")"
parent=$(cd "$(dirname "$dest")" && pwd)
dest=$parent/$(basename "$dest")
work=$(mktemp -d "$parent/.fetch-linux.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
mkdir -p "$work/tree"
host=$(dpkg --print-architecture)

# Names the apt source files of Debian itself.
source_files()
{
	# shellcheck disable=SC2016
	apt-get indextargets --format '$(SOURCESENTRY)' 'Created-By: Packages' 'Origin: Debian' \
		2>/dev/null | sed 's/:[0-9]*$//' | sort -u
}

# Passes an apt source file on, binary packages of every architecture.
source_convert()
{
	case $1 in
	*.sources) sed -e 's/^[Tt]ypes:.*/Types: deb/' -e '/^[Aa]rchitectures:/d' "$1" ;;
	*) sed -n -e 's/ arch=[a-z0-9,]*//' -e 's/\[arch=[a-z0-9,]* */[/' -e 's/\[\] *//' \
		-e '/^[[:space:]]*deb[[:space:]]/p' "$1" ;;
	esac
}

prepare()
{
	: >"$work/status"
	apt_prepare "$work" "$work/status" '#clear APT::Architectures;' \
		'APT::Architecture "arm64";' "APT::Architectures { \"arm64\"; \"$host\"; };"
	source_files >"$work/files"
	[ -s "$work/files" ] || die "apt knows no mirror of Debian here (apt-get update?)"
	while IFS= read -r file; do
		source_convert "$file" >"$work/sources/$(basename "$file")"
	done <"$work/files"
}

# The kernel that Debian's meta package stands for, and the host programs of the same series.
kernel_packages()
{
	image=$(apt_private apt-cache show --no-all-versions "$meta" |
		sed -n 's/^Depends: \(linux-image-[^ ,]*\).*/\1/p')
	[ -n "$image" ] || return 1
	headers=linux-headers-${image#linux-image-}
	kbuild=$(apt_private apt-cache show --no-all-versions "$headers" |
		sed -n 's/^Depends: .*\(linux-kbuild-[^ ,]*\).*/\1/p')
	common=$(apt_private apt-cache show --no-all-versions "$headers" |
		sed -n 's/^Depends: .*\(linux-headers-[^ ,]*-common\).*/\1/p')
	printf '%s\n' "$image" "$headers" "$common" "$kbuild:$host"
}

source_package()
{
	apt_private apt-cache show --no-all-versions linux-source |
		sed -n 's/^Depends: \(linux-source-[^ ,]*\).*/\1/p'
}

wanted()
{
	if [ "$what" = checkpatch ]; then
		source_package
	else
		kernel_packages && printf '%s\n' "$programs"
	fi
}

download()
{
	prepare
	if ! apt_private apt-get update >"$work/log" 2>&1 || ! wanted >"$work/wanted"; then
		cat "$work/log" >&2
		die "no Debian mirror of this machine has $meta (see above)"
	fi
	# shellcheck disable=SC2046
	if ! (cd "$work/download" && apt_private apt-get download $(cat "$work/wanted")) \
		>>"$work/log" 2>&1; then
		cat "$work/log" >&2
		die "a package could not be had from the mirrors of this machine (see above)"
	fi
}

if [ -n "${IWC_SOURCES:-}" ]; then
	[ -d "$IWC_SOURCES" ] || die "IWC_SOURCES=$IWC_SOURCES is no folder"
	found=$(cd "$IWC_SOURCES" && pwd)
else
	download
	found=$work/download
fi

# Links between these packages are relative, so all go to one place.
unpack_linux()
{
	for file in "$found"/*.deb; do
		[ -f "$file" ] || die "no package (*.deb) in $found"
		dpkg-deb -x "$file" "$work/tree" || die "$file: it does not unpack"
	done
	for file in "$work"/tree/boot/vmlinuz-*; do
		[ -f "$file" ] || die "no package with a kernel in $found"
		printf '%s\n' "${file##*/vmlinuz-}" >"$work/tree/release"
	done
	rm -rf "$work/tree/usr/share"
}

# Three files of a package of 140 MB; a later package of the two in a folder wins.
unpack_checkpatch()
{
	for file in "$found"/linux-source-*.deb; do
		[ -f "$file" ] || die "no package linux-source in $found"
		dpkg-deb --fsys-tarfile "$file" | tar -xO --wildcards '*/linux-source-*.tar.xz' |
			tar -xJ -C "$work/tree" --strip-components 2 --wildcards \
			'*/scripts/checkpatch.pl' '*/scripts/spelling.txt' \
			'*/scripts/const_structs.checkpatch' || die "$file: it does not unpack"
	done
}

"unpack_$what"
# Two runs at once may race to this line: the first wins, the second finds its work done.
mv -T "$work/tree" "$dest" 2>/dev/null || [ -d "$dest" ] || die "$dest: cannot be created"
[ "$what" = checkpatch ] || printf '%s: Linux %s\n' "$dest" "$(cat "$dest/release")"
