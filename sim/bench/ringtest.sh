#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# ringtest.sh DEST: unpack Linux's tools/virtio/ringtest into the folder DEST.
#
# It comes from the binary package that carries the kernel's sources, through the machine's own apt,
# which checks its hash; nothing is installed for it. An existing DEST is left alone.
# Exit: 0 DEST is there; 1 it could not be had (the reason on stderr); 2 wrong use.

set -eu

me=${0##*/}

die()
{
	printf '%s: %s\n' "$me" "$1" >&2
	exit "${2:-1}"
}

[ $# -eq 1 ] || die "usage: $me DEST" 2
dest=$1
[ ! -e "$dest" ] || exit 0
for tool in apt-get dpkg-deb tar xz; do
	command -v "$tool" >/dev/null 2>&1 || die "$tool is missing"
done

# The oldest kernel source that the release has: its ringtest is the one the figures were made with.
package=$(apt-cache search --names-only '^linux-source-[0-9.]+$' | sed 's/ .*//' | sort -V |
	head -n 1)
[ -n "$package" ] || die "apt knows no package linux-source-*"

mkdir -p "$(dirname "$dest")"
work=$(mktemp -d "$(dirname "$dest")/.ringtest.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

(cd "$work" && apt-get -q -o APT::Sandbox::User= download "$package" >log 2>&1) || {
	cat "$work/log" >&2
	die "$package could not be downloaded"
}
dpkg-deb --fsys-tarfile "$work/$package"_*.deb |
	tar -xO -f - "./usr/src/$package.tar.xz" |
	tar -xJ -f - -C "$work" "$package/tools/virtio/ringtest" ||
	die "$package: no tools/virtio/ringtest in it"
mv -T "$work/$package/tools/virtio/ringtest" "$dest"
printf '%s: from %s\n' "$dest" "$package"
