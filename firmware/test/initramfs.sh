#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# initramfs.sh OUT LINUX MODULE PROGRAM...: pack the root file system of the test's Linux into OUT,
# from LINUX (fetch-linux.sh), the driver MODULE, and PROGRAMs for its /bin. The same input gives
# the same bytes.

set -eu

me=${0##*/}
[ $# -ge 3 ] || {
	printf 'usage: %s OUT LINUX MODULE PROGRAM...\n' "$me" >&2
	exit 2
}
out=$1
linux=$2
module=$3
shift 3
here=$(dirname "$0")
strip=${FW_CROSS:-aarch64-linux-gnu-}strip

root=$(mktemp -d "$out.XXXXXX")
trap 'rm -rf "$root" "$root.cpio"' EXIT
trap 'exit 1' HUP INT TERM

mkdir -p "$root/bin" "$root/sbin" "$root/lib" "$root/guest"
cp "$linux/bin/busybox" "$root/bin/"
cp "$linux/usr/bin/iperf" "$root/bin/"
cp "$linux/sbin/ethtool" "$root/bin/"
cp "$@" "$root/bin/"
"$strip" -g -o "$root/lib/iwc_net.ko" "$module"
cp "$here/init.sh" "$root/init"
cp "$here"/guest/* "$root/guest/"
chmod -R u=rwX,go=rX "$root"
chmod 755 "$root/init" "$root"/bin/*

# The loader, and the libraries that the two dynamic programs ask for, one after another.
ask="$root/bin/iperf $root/bin/ethtool"
while [ -n "$ask" ]; do
	next=
	# shellcheck disable=SC2086
	for name in $(for file in $ask; do
		"${FW_CROSS:-aarch64-linux-gnu-}objdump" -p "$file"
	done | sed -n 's/^ *NEEDED *//p' | sort -u) ld-linux-aarch64.so.1; do
		[ ! -e "$root/lib/$name" ] || continue
		found=$(find "$linux/lib" "$linux/usr/lib" -name "$name" | head -n 1)
		[ -n "$found" ] || {
			printf '%s: no %s in %s\n' "$me" "$name" "$linux" >&2
			exit 1
		}
		cp -L "$found" "$root/lib/$name"
		next="$next $root/lib/$name"
	done
	ask=$next
done

find "$root" -exec touch -h -d @0 {} +
(cd "$root" && find . | LC_ALL=C sort | cpio -o -H newc -R 0:0 --reproducible --quiet) >"$root.cpio"
gzip -n -6 <"$root.cpio" >"$out.tmp"
mv "$out.tmp" "$out"
