#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# deps.sh missing GROUP...   print the packages of the groups that are not installed
# deps.sh install GROUP...   install those by one apt call, as root or through sudo
#
# Groups: build (compile and run), test, verify (model checker and prover), lint, firmware (cross
# compiler, QEMU, what a kernel module is built with), bench (peers measured beside the channel),
# optional (heavy, for tests that skip without them).
# Exit: 0 done; 1 something could not be installed (what and why on stderr); 2 wrong use.

set -eu

me=${0##*/}

die()
{
	printf '%s: %s\n' "$me" "$1" >&2
	exit "${2:-1}"
}

# The sanitizer and fuzzer runtime carries clang's version in its name, and changed its name once.
clang_runtime()
{
	depends=$(dpkg-query -W -f '${Depends}' clang 2>/dev/null || true)
	[ -n "$depends" ] || depends=$(apt-cache show --no-all-versions clang 2>/dev/null |
		sed -n 's/^Depends: //p')
	version=$(printf '%s\n' "$depends" | sed -n 's/.*clang-\([0-9][0-9]*\).*/\1/p' | head -n 1)
	[ -n "$version" ] || return 0
	for name in libclang-rt libclang-common; do
		if installed "$name-$version-dev" || known "$name-$version-dev"; then
			printf '%s-%s-dev\n' "$name" "$version"
			return 0
		fi
	done
}

packages()
{
	case $1 in
	build)
		printf '%s\n' gcc libc6-dev make binutils patch dpkg-dev libconfig-dev \
			libjansson-dev libpcap-dev scdoc
		;;
	test)
		printf '%s\n' bats clang gcovr iperf iperf3 iproute2 iputils-ping libcmocka-dev \
			netcat-openbsd procps python3 spin tcpdump tshark util-linux valgrind
		clang_runtime
		;;
	verify)
		printf '%s\n' apt clang dpkg python3 spin
		clang_runtime
		# Where there is none, model/proofs/cbmc.sh gets that of a later release.
		! known cbmc || printf '%s\n' cbmc
		;;
	lint) printf '%s\n' clang clang-format clang-tidy cppcheck shellcheck ;;
	firmware)
		printf '%s\n' apt bats bc binutils-aarch64-linux-gnu bison cpio \
			device-tree-compiler dpkg dt-schema flex gcc-aarch64-linux-gnu kmod \
			libc6-dev-arm64-cross libelf-dev libssl-dev perl qemu-system-arm sparse \
			tcpdump
		;;
	bench) printf '%s\n' g++ libboost-dev libck-dev libdpdk-dev pkg-config ;;
	optional) printf '%s\n' afl++ chromium imagemagick wireshark xvfb zsh ;;
	*) die "'$1' is no group: build, test, verify, lint, firmware, bench, optional" 2 ;;
	esac
}

# The words of a list on one line.
words()
{
	printf '%s\n' "$1" | tr '\n' ' ' | sed 's/ $//'
}

installed()
{
	state=$(dpkg-query -W -f '${db:Status-Status} ' "$1" 2>/dev/null || true)
	case " $state" in
	*" installed "*) return 0 ;;
	esac
	return 1
}

known()
{
	[ -n "$(apt-cache show --no-all-versions "$1" 2>/dev/null)" ]
}

# One query for all: this runs at the start of every make.
missing()
{
	wanted=$(wanted_packages "$@")
	# shellcheck disable=SC2086
	have=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' $wanted 2>/dev/null || true)
	for package in $wanted; do
		case "
$have
" in
		*"
installed $package
"*) ;;
		*) printf '%s\n' "$package" ;;
		esac
	done
}

wanted_packages()
{
	for group in "$@"; do
		packages "$group"
	done | LC_ALL=C sort -u
}

install_missing()
{
	need=$(missing "$@")
	if [ -z "$need" ]; then
		printf 'deps: nothing is missing (%s)\n' "$*"
		return
	fi
	if [ "$(id -u)" -eq 0 ]; then
		as_root=
	elif command -v sudo >/dev/null 2>&1; then
		as_root=sudo
	else
		die "not root and no sudo; as root: apt-get install $(words "$need")"
	fi

	printf 'deps: refreshing the package lists\n'
	$as_root apt-get -q -o DPkg::Lock::Timeout=300 update ||
		printf '%s: going on with the package lists as they are\n' "$me" >&2
	# The lists may have been empty before, and then clang's version was unknown.
	need=$(missing "$@")
	printf 'deps: installing %s\n' "$(words "$need")"
	# shellcheck disable=SC2086
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 \
		install --no-install-recommends $need || die "apt-get failed, see above"
	need=$(missing "$@")
	[ -z "$need" ] || die "still missing: $(words "$need")"
}

[ $# -ge 2 ] || die "usage: $me missing|install GROUP..." 2
verb=$1
shift
for group in "$@"; do
	packages "$group" >/dev/null
done

if ! command -v dpkg-query >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
	# Elsewhere the libraries may well be there under other names: the compiler will tell.
	[ "$verb" = install ] || exit 0
	die "this is no Debian system; install what these Debian packages hold, then use NODEPS=1:
  $(words "$(wanted_packages "$@")")"
fi

case $verb in
missing) missing "$@" ;;
install) install_missing "$@" ;;
*) die "'$verb': missing or install" 2 ;;
esac
