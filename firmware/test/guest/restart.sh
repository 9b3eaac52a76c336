# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# restart WORD...: S breaks itself that way and comes back, in a new life; Linux and its driver
# stay.

bad=0
nsprobe ping "$S" 100 4 200 || bad=1
for word in "$@"; do
	life=$(page life)
	ups=$(stat ups)
	nsprobe ask "$S" 7703 "$word" >/tmp/answer
	if grep -q 'still here' /tmp/answer; then
		echo "FAILED: $word: S goes on"
		bad=1
	fi
	came_up()
	{
		[ "$(stat ups)" -gt "$ups" ] && carrier
	}
	expect "$word: a new session" until_true 10 came_up || bad=1
	nsprobe ping "$S" 100 4 200 || bad=1
	expect "$word: the next life" [ "$(page life)" -eq $((life + 1)) ] || bad=1
done
return $bad
