#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# cbmc.sh DEST: print a folder with cbmc, goto-cc and goto-instrument; fetch them into DEST if there
# are none.
#
# Where cbmc is on the PATH, the folder is its own and nothing is fetched: Debian 13 and later have
# a package (apt-get install cbmc). Debian 12 has none, so the package of 13 is taken, with the few
# libraries that it runs on, and unpacked into DEST; nothing is installed and no root is needed. The
# programs run under their own loader and libraries; the compiler that goto-cc calls stays the
# machine's own.
#
# The packages come from the machine's own Debian mirror, asked for the other release, with a state
# folder of our own. What is checked: the signature of the release file, by the keys of the package
# debian-archive-keyring (that of Debian 12 knows the keys of 13), and from there the hash of each
# package. There is no way around it: an unknown key ends here.
#
# IWC_SOURCES=FOLDER takes the packages (*.deb) from FOLDER instead, without any network, unchecked.
#
# Exit: 0 the folder is printed; 1 it could not be had (the reason on stderr); 2 wrong use.

set -eu

# shellcheck source=sim/make/apt.sh
. "$(dirname "$0")/../../sim/make/apt.sh"
me=${0##*/}
release=trixie
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
programs='cbmc goto-cc goto-instrument'
packages='cbmc minisat libc6 libgcc-s1 libstdc++6 zlib1g'

die()
{
	printf '%s: %s\n' "$me" "$1" >&2
	exit "${2:-1}"
}

[ -n "${1:-}" ] || die "usage: $me DEST" 2
if command -v cbmc >/dev/null 2>&1 && command -v goto-cc >/dev/null 2>&1; then
	dirname "$(command -v cbmc)"
	exit 0
fi
dest=$1
mkdir -p "$(dirname "$dest")"
parent=$(cd "$(dirname "$dest")" && pwd)
dest=$parent/$(basename "$dest")
if [ -e "$dest/bin/cbmc" ]; then
	printf '%s\n' "$dest/bin"
	exit 0
fi
for tool in apt-get dpkg dpkg-deb; do
	command -v "$tool" >/dev/null 2>&1 ||
		die "no cbmc on the PATH, and no $tool to fetch it with"
done

work=$(mktemp -d "$parent/.fetch-cbmc.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
mkdir -p "$work/root" "$work/tree/bin" "$work/tree/lib"

# The mirror of the machine's own release.
mirror()
{
	# shellcheck disable=SC1091
	own=$(. /etc/os-release 2>/dev/null && printf '%s' "${VERSION_CODENAME:-}")
	# shellcheck disable=SC2016
	apt-get indextargets --format '$(CODENAME) $(REPO_URI)' 'Created-By: Packages' \
		'Origin: Debian' 2>/dev/null | awk -v own="$own" '$1 == own { print $2; exit }'
}

download()
{
	uri=$(mirror)
	[ -n "$uri" ] || die "apt knows no mirror of this machine's own Debian (apt-get update?)"
	[ -f "$keyring" ] || die "no $keyring (Debian package debian-archive-keyring)"
	: >"$work/status"
	apt_prepare "$work" "$work/status"
	printf 'deb [signed-by=%s] %s %s main\n' "$keyring" "$uri" "$release" \
		>"$work/sources/cbmc.list"
	# shellcheck disable=SC2086
	if ! { apt_private apt-get update --error-on=any &&
		(cd "$work/download" && apt_private apt-get download $packages); } \
		>"$work/log" 2>&1; then
		cat "$work/log" >&2
		die "the mirror of this machine does not deliver cbmc of $release (see above)"
	fi
}

if [ -n "${IWC_SOURCES:-}" ]; then
	[ -d "$IWC_SOURCES" ] || die "IWC_SOURCES=$IWC_SOURCES is no folder"
	found=$(cd "$IWC_SOURCES" && pwd)
else
	download
	found=$work/download
fi

for package in $packages; do
	for file in "$found/${package}"_*.deb; do
		[ -f "$file" ] || die "no ${package}_*.deb in $found"
		dpkg-deb -x "$file" "$work/root" || die "$file: it does not unpack"
	done
done

# Three programs, the shared libraries, and their loader; the rest of the packages is not needed.
for program in $programs; do
	mv "$work/root/usr/bin/$program" "$work/tree/lib/$program.bin"
	cat >"$work/tree/bin/$program" <<-RUN
		#!/bin/sh
		lib=\$(dirname "\$(dirname "\$0")")/lib
		exec "\$lib"/ld-linux*.so.* --library-path "\$lib" --argv0 "\$0" \
			"\$lib/$program.bin" "\$@"
	RUN
	chmod +x "$work/tree/bin/$program"
done
find "$work/root" -path '*/gconv' -prune -o -name '*.so*' \( -type f -o -type l \) -print |
	while IFS= read -r file; do
		cp -L "$file" "$work/tree/lib/"
	done
"$work/tree/bin/cbmc" --version >"$work/version" 2>&1 || {
	cat "$work/version" >&2
	die "the unpacked cbmc does not run"
}
# Two runs at once may race to this line: the first wins, the second finds its work done.
mv -T "$work/tree" "$dest" 2>/dev/null || [ -d "$dest" ] || die "$dest: cannot be created"
printf '%s\n' "$dest/bin"
