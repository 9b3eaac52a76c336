#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# run.sh [--out build] [--seed N] [--programs N] [--table FILE]: the litmus tests and random
# programs on all engines, then on each broken one, which must fail. The last line is the verdict.
# --table only rewrites the table of FILE between its two marks. Exit: 0 PASS, 1 FAIL, 2 wrong use,
# 125 not built.

set -u
cd "$(dirname "$0")/../.." || exit 70
export LC_ALL=C.UTF-8

out=build seed=1 programs=1000 table=
while [ $# -gt 0 ]; do
	case $1 in
	--out) out=${2:-} ;;
	--seed) seed=${2:-} ;;
	--programs) programs=${2:-} ;;
	--table) table=${2:-} ;;
	*)
		printf 'run.sh: %s: unknown option\n' "$1" >&2
		exit 2
		;;
	esac
	[ $# -ge 2 ] || {
		printf 'run.sh: %s wants a value\n' "$1" >&2
		exit 2
	}
	shift 2
done

undecided()
{
	printf '{"check":"litmus","verdict":"UNDECIDED","why":"%s"}\n' "$1"
	exit 125
}

program=$out/model/litmus
files=(model/litmus/*.litmus)
[ -x "$program" ] || undecided "$program is not built"

# Rewrites FILE only if that changes it.
write_table()
{
	local new

	if ! grep -q '^<!-- litmus: begin -->$' "$table" ||
		! grep -q '^<!-- litmus: end -->$' "$table"; then
		printf 'run.sh: %s: no marks for the table\n' "$table" >&2
		exit 2
	fi
	new=$("$program" table "${files[@]}") || exit 70
	new=$(awk -v new="$new" '
	/^<!-- litmus: end -->$/ { inside = 0 }
	!inside
	/^<!-- litmus: begin -->$/ { print new; inside = 1 }' "$table") || exit 70
	printf '%s\n' "$new" | cmp -s - "$table" || printf '%s\n' "$new" >"$table"
	exit
}

[ -z "$table" ] || write_table

log=$(mktemp) || exit 70
trap 'rm -f "$log"' EXIT

# A break is red when the broken program ends with the verdict FAIL, and not in another way.
breaks=0 red=0 green=''
for patch in model/litmus/breaks/*.patch; do
	name=$(basename "$patch" .patch)
	[ -x "$out/litmus/$name/litmus" ] || undecided "$out/litmus/$name/litmus is not built"
	breaks=$((breaks + 1))
	"$out/litmus/$name/litmus" check "$seed" 20 "${files[@]}" >"$log"
	if [ $? -eq 1 ] && tail -n 1 "$log" | grep -q '"check":"litmus","verdict":"FAIL"'; then
		red=$((red + 1))
		printf 'break %-24s %s\n' "$name" "$(grep -m 1 -E ': ' "$log")"
	else
		green="$green $name"
		printf 'break %-24s NOT NOTICED\n' "$name"
	fi
done

"$program" check "$seed" "$programs" "${files[@]}" >"$log"
status=$?
sed '$d' "$log"
last=$(tail -n 1 "$log")
case $status:$last in
0:*'"verdict":"PASS"'*) ;;
1:*'"verdict":"FAIL"'*) ;;
2:*) exit 2 ;;
*)
	printf '%s\n' "$last"
	exit 70
	;;
esac
if [ "$red" -ne "$breaks" ] && [ "$status" -eq 0 ]; then
	status=1
	last=$(printf '%s\n' "$last" | sed -e 's/"verdict":"PASS"/"verdict":"FAIL"/' \
		-e "s/}\$/,\"why\":\"breaks not noticed:$green\"}/")
fi
printf '%s\n' "$last" | sed "s/}\$/,\"breaks\":$breaks,\"breaks_red\":$red}/"
exit "$status"
