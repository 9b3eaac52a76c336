#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# install.sh BUILD PREFIX: copy what `make` built in BUILD below PREFIX, DESTDIR included.

set -eu

build=$1
prefix=$2

# put MODE FOLDER FILE...: install those FILEs that exist.
put()
{
	mode=$1
	folder=$prefix/$2
	shift 2
	for file in "$@"; do
		[ -f "$file" ] || continue
		install -d "$folder"
		install -m "$mode" "$file" "$folder"
		printf '  %-7s %s\n' INSTALL "$folder/${file##*/}"
	done
}

put 755 bin "$build/iwc"
put 755 libexec/iwc "$build/model/"*
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
put 644 share/bash-completion/completions docs/completions/iwc.bash
put 644 share/zsh/site-functions docs/completions/_iwc
put 644 share/doc/iwc LICENSE README.md CHANGELOG.md docs/*.md
# bash looks a completion up by the name of the command.
if [ -f "$prefix/share/bash-completion/completions/iwc.bash" ]; then
	mv "$prefix/share/bash-completion/completions/iwc.bash" \
		"$prefix/share/bash-completion/completions/iwc"
fi
