#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# fill.sh DOCUMENT REPORT: put REPORT, fenced, between the lines "<!-- figures -->" and
# "<!-- end of figures -->" of DOCUMENT, in place of what stands there. Exit 1 without these lines.

set -eu

document=$1
report=$2
new=$(mktemp "$document.XXXXXX")
trap 'rm -f "$new"' EXIT

awk -v report="$report" '
	/^<!-- end of figures -->$/ && inside {
		print "```text"
		while ((got = (getline line < report)) > 0)
			print line
		if (got < 0)
			exit 1
		print "```"
		inside = 0
		done = 1
	}
	!inside
	/^<!-- figures -->$/ { inside = 1 }
	END { exit !done }
' "$document" >"$new" || {
	printf '%s: no place for figures, or no report %s\n' "$document" "$report" >&2
	exit 1
}
cat "$new" >"$document"
