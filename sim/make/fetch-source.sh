#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# fetch-source.sh PACKAGE DEST: unpack a Debian source package, patches applied, into folder DEST.
#
# The package comes from the machine's own apt sources, asked for sources instead of binaries, with
# a state folder of our own: the system's configuration and lists stay as they are, and no root is
# needed. apt checks the chain from the signed release file to the hash of every downloaded file.
#
# IWC_SOURCES=FOLDER takes PACKAGE_*.dsc and its files from FOLDER instead, without any network.
#
# DEST appears only when complete; an existing DEST is left alone, so the script may run again.
# Exit: 0 DEST is there; 1 it could not be had (the reason on stderr); 2 wrong use.

set -eu

# shellcheck source=sim/make/apt.sh
. "$(dirname "$0")/apt.sh"
me=${0##*/}

die()
{
	printf '%s: %s\n' "$me" "$1" >&2
	exit "${2:-1}"
}

[ $# -eq 2 ] || die "usage: $me PACKAGE DEST" 2
package=$1
dest=$2
case $package in
'' | -* | *[!a-z0-9.+-]*) die "'$package' is no Debian package name" 2 ;;
esac
[ -n "$dest" ] || die "the destination is empty" 2
[ ! -e "$dest" ] || exit 0

for tool in apt-get dpkg-source patch; do
	command -v "$tool" >/dev/null 2>&1 ||
		die "$tool is missing (Debian packages apt, dpkg-dev, patch)"
done

mkdir -p "$(dirname "$dest")"
parent=$(cd "$(dirname "$dest")" && pwd)
dest=$parent/$(basename "$dest")
work=$(mktemp -d "$parent/.fetch-$package.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# Turns every "deb" entry of an apt source file into "deb-src", whichever of the two formats it has.
source_convert()
{
	case $1 in
	*.sources) sed 's/^[Tt]ypes:.*/Types: deb-src/' "$1" ;;
	*) sed -n 's/^[[:space:]]*deb[[:space:]]/deb-src /p' "$1" ;;
	esac
}

# Names the apt source files worth asking: the distribution's own where apt knows them, else all.
source_files()
{
	# shellcheck disable=SC1091
	id=$(. /etc/os-release 2>/dev/null && printf '%s' "${ID:-}")
	# shellcheck disable=SC2016
	own=$(apt-get indextargets --format '$(ORIGIN) $(SOURCESENTRY)' 'Created-By: Packages' \
		2>/dev/null | awk -v id="$id" \
		'tolower($1) == id { sub(/:[0-9]+$/, "", $2); if (!seen[$2]++) print $2 }')
	if [ -n "$own" ]; then
		printf '%s\n' "$own"
		return
	fi
	for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list \
		/etc/apt/sources.list.d/*.sources; do
		[ ! -f "$file" ] || printf '%s\n' "$file"
	done
}

download()
{
	apt_prepare "$work" /var/lib/dpkg/status
	source_files >"$work/files"
	while IFS= read -r file; do
		source_convert "$file" >"$work/sources/$(basename "$file")"
	done <"$work/files"
	[ -s "$work/files" ] || die "apt has no package source on this machine"

	# One unreachable third-party archive must not hide that another one has the package, so the
	# verdict is whether the package can be had, not how the update ended.
	apt_private apt-get update >"$work/log" 2>&1 || true
	if ! (cd "$work/download" &&
		apt_private apt-get source --only-source --download-only "$package") \
		>>"$work/log" 2>&1; then
		cat "$work/log" >&2
		die "source package $package: no apt source of this machine delivers it (see above)"
	fi
}

if [ -n "${IWC_SOURCES:-}" ]; then
	[ -d "$IWC_SOURCES" ] || die "IWC_SOURCES=$IWC_SOURCES is no folder"
	found=$(cd "$IWC_SOURCES" && pwd)
else
	download
	found=$work/download
fi

dsc=
for file in "$found/${package}"_*.dsc; do
	[ -f "$file" ] || continue
	[ -z "$dsc" ] || die "more than one version of $package in $found"
	dsc=$file
done
[ -n "$dsc" ] || die "no ${package}_*.dsc in $found"

if ! dpkg-source -x "$dsc" "$work/tree" >"$work/unpack" 2>&1; then
	cat "$work/unpack" >&2
	die "$dsc: it does not unpack"
fi
# Two runs at once may race to this line: the first wins, the second finds its work done.
mv -T "$work/tree" "$dest" 2>/dev/null || [ -d "$dest" ] || die "$dest: cannot be created"
printf '%s: %s\n' "$dest" "$(basename "$dsc" .dsc)"
