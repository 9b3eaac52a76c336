#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
#
# Reports in a real browser: nothing on its console, nothing loaded. The pages carry a policy that
# forbids loading and scripts, and a browser says on its console what it has refused because of it:
# so an empty console shows both. The first test shows that the console would be seen.

browser()
{
	local tool

	for tool in chromium chromium-browser google-chrome; do
		command -v "$tool" && return
	done
	return 1
}

setup()
{
	RENDER=${IWC_BUILD:-build}/test/report_test
	[ -x "$RENDER" ] || skip "$RENDER is not built"
	BROWSER=$(browser) || skip "chromium is missing"
	WORK=$(mktemp -d "${TMPDIR:-/tmp}/report.XXXXXX")
}

teardown()
{
	[ -z "${WORK:-}" ] || rm -rf "$WORK"
}

# page NAME: the page of a sample, as $WORK/NAME.html
page()
{
	"$RENDER" --render "sim/testdata/report/$1.json" "$WORK/$1.html"
}

# visit FILE [OPTION...]: load it; the document goes to $WORK/dom, the console to $WORK/console
visit()
{
	local file=$1
	shift
	timeout 100 "$BROWSER" --headless --no-sandbox --disable-gpu --no-first-run \
		--disable-background-networking --disable-component-update --disable-sync \
		--user-data-dir="$WORK/profile" --enable-logging=stderr "$@" \
		--dump-dom "file://$file" >"$WORK/dom" 2>"$WORK/log"
	grep ':CONSOLE' "$WORK/log" >"$WORK/console" || :
	grep -q '</html>' "$WORK/dom"
}

# absent PATTERN FILE: bats does not stop at a command with "!" before it.
absent()
{
	if grep -niE "$1" "$2"; then
		return 1
	fi
}

@test "a page that loads something or runs a script is found out" {
	page minimal
	sed -i 's#</main>#<img src="http://192.0.2.1/x.png"><script>alert(1)</script></main>#' \
		"$WORK/minimal.html"
	visit "$WORK/minimal.html"
	grep -q '192.0.2.1' "$WORK/console"
	grep -q 'script' "$WORK/console"
}

@test "no sample says anything on the console" {
	local name

	for name in good fail partial threads minimal hostile index; do
		page "$name"
		visit "$WORK/$name.html"
		if [ -s "$WORK/console" ]; then
			echo "$name:"
			cat "$WORK/console"
			return 1
		fi
	done
}

@test "hostile texts stay texts" {
	page hostile
	visit "$WORK/hostile.html"
	absent '<(script|img|iframe|object)|<[a-z]+[^>]* on[a-z]+=' "$WORK/dom"
	grep -q '&lt;script&gt;alert(1)&lt;/script&gt;' "$WORK/dom"
}

@test "nothing in a page is an address to load" {
	local name

	for name in good fail partial threads minimal index; do
		page "$name"
		absent 'https?:|//[a-z]|src=|@import|url\(' "$WORK/$name.html"
	done
}

@test "a wrong result is an error with the place" {
	sed 's/"kind":"frame"/"kind":"jump"/' sim/testdata/report/fail.json >"$WORK/wrong.json"
	run "$RENDER" --render "$WORK/wrong.json" "$WORK/wrong.html"
	[ "$status" -eq 1 ]
	[[ $output == *'lanes['*'].kind: "jump", expected one of frame, '* ]]
	[ ! -e "$WORK/wrong.html" ]
}
