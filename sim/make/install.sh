#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# install.sh install|uninstall BUILD PREFIX [DESTDIR]: copy what `make` built in BUILD below PREFIX,
# staged in DESTDIR, or remove the same. Wireshark finds its files by links from its own folders:
# those of the system for root or with DESTDIR, else those of the user.

set -eu

task=$1
build=$2
prefix=$3
destdir=${4:-}
case $prefix in
/*) ;;
*) prefix=$PWD/$prefix ;;
esac

say()
{
	printf '  %-9s %s\n' "$1" "$2"
}

# take_away FILE: and those of our folders that are empty then.
take_away()
{
	[ -e "$1" ] || [ -L "$1" ] || return 0
	rm -f "$1"
	say REMOVE "$1"
	own=${1%/*}
	while :; do
		case $own/ in
		*/iwc/*) rmdir "$own" 2>/dev/null || return 0 ;;
		*) return 0 ;;
		esac
		own=${own%/*}
	done
}

# put_as MODE SOURCE TARGET
put_as()
{
	if [ "$task" = uninstall ]; then
		take_away "$3"
		return
	fi
	install -d "${3%/*}"
	install -m "$1" "$2" "$3"
	say INSTALL "$3"
}

# put MODE FOLDER FILE...: install those FILEs that exist.
put()
{
	mode=$1
	folder=$destdir$prefix/$2
	shift 2
	for file in "$@"; do
		[ -f "$file" ] || continue
		put_as "$mode" "$file" "$folder/${file##*/}"
	done
}

# --- Wireshark -----------------------------------------------------------------------------------

# named NAME...: the first of these folders that Wireshark has.
named()
{
	for name in "$@"; do
		folder=$(printf '%s\n' "$folders" | sed -n "s/^$name:[[:space:]]*//p" | head -n 1)
		[ -z "$folder" ] || break
	done
	printf '%s\n' "$folder"
}

# put_link FOLDER FILE: a link in FOLDER to the installed FILE. A file that is there stays.
put_link()
{
	link=$destdir$1/${2##*/}
	if [ "$task" = uninstall ]; then
		[ "$(readlink "$link" || :)" != "$2" ] || take_away "$link"
	elif [ -e "$link" ] && ! [ -L "$link" ]; then
		say KEEP "$link, which is no link"
	elif mkdir -p "$destdir$1" 2>/dev/null && ln -sfn "$2" "$link" 2>/dev/null; then
		say LINK "$link"
	else
		say SKIP "$link: cannot be written"
	fi
}

# put_profile FOLDER: Wireshark writes into a profile, so what a user has made of it stays.
put_profile()
{
	for file in tap-bridge/wireshark/profile/*; do
		own=$destdir$1/profiles/iwc/${file##*/}
		if [ -e "$own" ] && ! cmp -s "$file" "$own"; then
			say KEEP "$own, which differs"
		elif [ "$task" = uninstall ] ||
			{ mkdir -p "${own%/*}" 2>/dev/null && [ -w "${own%/*}" ]; }; then
			put_as 644 "$file" "$own"
		else
			say SKIP "$own: cannot be written"
		fi
	done
}

wireshark()
{
	folders=$(tshark -G folders 2>/dev/null || command wireshark -G folders 2>/dev/null || :)
	if [ -z "$folders" ]; then
		say SKIP "links for Wireshark: no tshark here; docs/wireshark.md says where they go"
		return
	fi
	if [ -n "$destdir" ] || [ "$(id -u)" = 0 ]; then
		extcap=$(named 'Global Extcap path' 'Extcap path')
		plugins=$(named 'Global Lua Plugins')
		config=$(named 'Global configuration')
	else
		config=$(named 'Personal configuration')
		plugins=$(named 'Personal Lua Plugins')
		extcap=$(named 'Personal Extcap path')
		# Before Wireshark 4.2 it is there, and not in the list.
		extcap=${extcap:-$config/extcap}
	fi
	put_link "$extcap" "$prefix/libexec/iwc/iwcdump"
	put_link "$plugins" "$prefix/share/iwc/wireshark/iwc.lua"
	put_profile "$config"
}

# --- all -----------------------------------------------------------------------------------------

put 755 bin "$build/iwc"
put 755 libexec/iwc "$build/model/"* "$build/iwcdump"
put 644 lib "$build/libiwc-native.a"
put 644 include/iwc core/iwc.h core/iwc_*.h core/port/native/iwc_port.h
for section in 1 5 7; do
	put 644 "share/man/man$section" "$build/man/"*".$section"
done
find scenarios -type f ! -name module.mk | LC_ALL=C sort | while IFS= read -r file; do
	put 644 "share/iwc/$(dirname "$file")" "$file"
done
put 644 share/iwc/model model/checks.cfg
put 644 share/iwc/model/clients model/clients/*.cfg
put 644 share/iwc/model/clients/full model/clients/full/*.cfg
# bash looks a completion up by the name of the command.
put_as 644 docs/completions/iwc.bash "$destdir$prefix/share/bash-completion/completions/iwc"
put 644 share/zsh/site-functions docs/completions/_iwc
put 644 share/doc/iwc LICENSE README.md CHANGELOG.md docs/*.md
put 644 share/doc/iwc/pictures docs/pictures/*
put 644 share/iwc/wireshark tap-bridge/wireshark/iwc.lua
put 644 share/iwc/wireshark/profile tap-bridge/wireshark/profile/*
wireshark
