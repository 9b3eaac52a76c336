#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# iwcdump, the capture program of Wireshark: by hand, by tshark as root and as a normal user, and as
# it is installed.

load ../sim/cli_helper

setup()
{
	cli_setup
	dump=$(dirname "$iwc")/iwcdump
	export HOME=$work/home
	unset XDG_CONFIG_HOME
	mkdir -p "$HOME/.config/wireshark/extcap" "$HOME/.local/lib/wireshark/plugins"
	ln -s "$dump" "$HOME/.config/wireshark/extcap/iwcdump"
	cp "$top/tap-bridge/wireshark/iwc.lua" "$HOME/.local/lib/wireshark/plugins"
	export IWC_SCENARIOS=$top/scenarios
	public= tap_pid=
	# Interfaces of 15 bytes at most, not those of another run.
	tap=e$$
}

teardown()
{
	stop_tap
	[ -z "$public" ] || rm -rf "$public"
	cli_teardown
}

need_tshark()
{
	command -v tshark >/dev/null || skip "tshark is missing"
}

# can_capture COMMAND...: skip where dumpcap is for a group only.
can_capture()
{
	"$@" dumpcap -v >/dev/null 2>&1 || skip "env: this user may not run dumpcap"
}

# capture FILE OPTION...: what Wireshark would call, into a plain file.
capture()
{
	local file=$1

	shift
	"$dump" --capture --extcap-interface iwc-sim --fifo "$file" "$@"
}

# The same in the background: $pid is the program itself.
start()
{
	"$dump" --capture --extcap-interface iwc-sim --fifo "$@" 2>err &
	pid=$!
}

# until_blocked PID: it has its signal handlers, and waits for somebody to open the FIFO.
until_blocked()
{
	local i

	for ((i = 0; i < 200; i++)); do
		! grep -q '^SigCgt:.*4...$' "/proc/$1/status" ||
			! grep -q '^State:.*S' "/proc/$1/status" || return 0
		sleep 0.05
	done
	return 1
}

# start_tap OPTION...: a tap in a network namespace of its own, with a ping in it, until stop_tap.
start_tap()
{
	local apart=(unshare -n) i

	[ "$(id -u)" -eq 0 ] || apart=(unshare -Urn)
	"${apart[@]}" ip tuntap add x0 mode tap 2>/dev/null ||
		skip "env: this machine gives us no TAP in a network namespace"
	command -v ping >/dev/null || skip "ping is missing"
	"${apart[@]}" "$iwc" tap good.cfg --tap $tap -q "$@" -- ping -i 0.02 10.77.0.2 \
		>tap.out 2>tap.err &
	tap_pid=$!
	for ((i = 0; i < 100; i++)); do
		! grep -q 'bytes from' tap.out || return 0
		sleep 0.1
	done
	cat tap.err
	return 1
}

stop_tap()
{
	[ -z "$tap_pid" ] || kill $tap_pid 2>/dev/null || true
	[ -z "$tap_pid" ] || wait $tap_pid 2>/dev/null || true
	tap_pid=
}

# packets FILE [OPTION...]: all of it that does not say who wrote it.
packets()
{
	tshark -r "$1" -T fields -e frame.time_epoch -e frame.interface_name -e frame.packet_id \
		-e frame.comment -e _ws.col.Info "${@:2}" 2>/dev/null |
		sed 's/ (re[a-z]* in [0-9]*)//'
}

@test "what Wireshark asks: interfaces, link type, options" {
	expect 0 "$dump" --extcap-interfaces --extcap-version=4.0
	says "extcap {version="
	says "interface {value=iwc-sim}{display=Inter-world channel, simulated}"
	says "interface {value=iwc-tap}{display=Inter-world channel, a running tap}"
	for interface in iwc-sim iwc-tap iwc-tap-x; do
		expect 0 "$dump" --extcap-dlts --extcap-interface $interface
		[ "$output" = "dlt {number=1}{name=EN10MB}{display=Ethernet, and events}" ]
		quiet
	done
	expect 0 "$dump" --extcap-config --extcap-interface iwc-sim
	[ "$(grep -c '^arg {number=[0-4]}{call=--[a-z]*}' <<<"$output")" -eq 5 ]
	[ "$(grep -c '^value' <<<"$output")" -eq "$(ls "$IWC_SCENARIOS"/*.cfg | wc -l)" ]
	[ "$(grep -c '{default=true}' <<<"$output")" -eq 1 ]
	says "value {arg=0}{value=warning-sign}{display=warning-sign: A warning sign"
	# each sentence is whole: braces pair up, none in a value
	[ "$(grep -vcE '^[a-z]+ (\{[a-z]+=[^{}]*\})+$' <<<"$output")" -eq 0 ]
	mkdir other
	sed 's/both ways/{both} ways}{default=true/' good.cfg >other/odd.cfg
	IWC_SCENARIOS=other expect 0 "$dump" --extcap-config --extcap-interface iwc-sim
	says "{display=odd: frames (both) ways)(default=true}"
	IWC_SCENARIOS=nowhere expect 0 "$dump" --extcap-config --extcap-interface iwc-sim
	says_not "value"
	expect 0 "$dump" --extcap-config --extcap-interface iwc-tap
	says "arg {number=0}{call=--control}"
	expect 0 "$dump" --version
	says "iwcdump "
	expect 0 "$dump" --help
}

@test "what Wireshark asks: is this a capture filter?" {
	expect 0 "$dump" --extcap-interface iwc-sim --extcap-capture-filter 'arp or udp port 7'
	[ -z "$output" ]
	expect 0 "$dump" --extcap-interface iwc-sim --extcap-capture-filter 'arp and'
	says "syntax error"
}

@test "a capture holds what iwc run --pcapng gives; the seed counts, the folder does not" {
	need_tshark
	"$iwc" run hostile -q --seed 7 --pcapng a.pcapng >/dev/null
	expect 0 capture b.pcapng --scenario hostile --seed 7 --speed 0
	quiet
	packets a.pcapng >a
	packets b.pcapng >b
	[ "$(wc -l <a)" -gt 1000 ]
	cmp a b
	capture c.pcapng --scenario hostile --speed 0 --seed 8
	packets c.pcapng >c
	cmp -s a c && return 1
	capture d.pcapng --file "$IWC_SCENARIOS/hostile.cfg" --scenario nothing --seed 7 --speed 0
	cmp b.pcapng d.pcapng
}

@test "capture filter: no other frames, and every event" {
	need_tshark
	expect 0 capture a.pcapng --scenario bulk-transfer --speed 0
	expect 0 capture b.pcapng --scenario bulk-transfer --speed 0 --extcap-capture-filter icmp
	packets a.pcapng -Y "iwc.event || icmp" >a
	packets b.pcapng >b
	[ "$(packets b.pcapng -Y icmp | wc -l)" -gt 2 ]
	cmp a b
	[ "$(packets a.pcapng -Y tcp | wc -l)" -gt 100 ]
}

@test "loop: time goes on, and each run has the next seed" {
	need_tshark
	"$iwc" run good.cfg -q --seed 5 --pcapng one.pcapng >/dev/null
	"$iwc" run good.cfg -q --seed 6 --pcapng two.pcapng >/dev/null
	one=$(packets one.pcapng | wc -l)
	two=$(packets two.pcapng | wc -l)
	mkfifo fifo
	start fifo --file good.cfg --seed 5 --speed 0 --loop
	tshark -r - -w - -c $((one + two)) <fifo >both.pcapng 2>/dev/null
	status=0
	wait $pid || status=$?
	[ "$status" -eq 0 ]
	[ ! -s err ]
	packets one.pcapng | cut -f 2- >a
	packets two.pcapng | cut -f 2- >>a
	packets both.pcapng | cut -f 2- >b
	cmp a b
	[ "$(tshark -r both.pcapng -Y 'frame.time_delta < 0' 2>/dev/null | wc -l)" -eq 0 ]
	# 12 ms is a whole run
	second="frame.number == $((one + 1)) && frame.time_relative >= 0.012"
	[ "$(packets both.pcapng -Y "$second" | wc -l)" -eq 1 ]
}

@test "a signal and a reader that goes away are the end, and no error" {
	mkfifo fifo
	for signal in TERM INT; do
		# of a background job a shell has SIGINT ignored, so this asks for its default
		env --default-signal=INT "$dump" --capture --extcap-interface iwc-sim --fifo fifo \
			--file good.cfg --speed 0.000001 2>err &
		pid=$!
		exec 5<fifo
		head -c 100 <&5 >/dev/null
		kill -$signal $pid
		status=0
		wait $pid || status=$?
		exec 5<&-
		[ "$status" -eq 0 ]
		[ ! -s err ]
	done
	# before anybody reads
	start fifo --file good.cfg
	until_blocked $pid
	kill -TERM $pid
	wait $pid
	[ ! -s err ]
	start fifo --file good.cfg --speed 0 --loop
	head -c 10000 fifo >/dev/null
	wait $pid
	[ ! -s err ]
}

@test "errors: one line that names what is wrong" {
	bad()
	{
		local code=$1 text=$2

		shift 2
		expect "$code" "$dump" "$@"
		[ -z "$output" ]
		complains "$text"
		[ "$(wc -l <stderr)" -eq 1 ]
	}
	bad 2 "--extcap-interface is missing"
	bad 2 "--extcap-interface is missing" --capture --fifo f
	bad 2 "eth0: no such interface" --extcap-interface eth0 --extcap-dlts
	bad 2 "nothing to do" --extcap-interface iwc-sim
	bad 2 "--fifo is missing" --extcap-interface iwc-sim --capture
	bad 2 "--colour: no such option" --colour
	bad 2 "--fifo: no such option, or its value is missing" --fifo
	bad 2 "word: one word too many" --extcap-interfaces word
	sim=(--capture --extcap-interface iwc-sim --fifo f)
	bad 2 "hostle: no such file, and no such scenario" "${sim[@]}" --scenario hostle
	bad 2 "--seed" "${sim[@]}" --seed x
	bad 2 "--speed fast: 0 or a number" "${sim[@]}" --speed fast
	bad 2 "no such file" "${sim[@]}" --file none.cfg
	bad 1 "filter 'arp and': " "${sim[@]}" --extcap-capture-filter "arp and"
	bad 1 "no/where: No such file" --capture --extcap-interface iwc-sim --fifo no/where
	echo 'duration = 1;' >bad.cfg
	bad 2 "bad.cfg:1: " "${sim[@]}" --file bad.cfg
	IWC_SCENARIOS=nowhere bad 2 "nowhere: cannot read the folder of scenarios" "${sim[@]}"
	mkdir empty
	IWC_SCENARIOS=empty bad 2 "empty: no scenario there" "${sim[@]}"
	tap=(--capture --extcap-interface iwc-tap --fifo f)
	bad 1 "nosuchtap" "${tap[@]}" --control nosuchtap
	bad 1 "nosuchtap" --capture --extcap-interface iwc-tap-nosuchtap --fifo f
	bad 1 "no/such.sock" "${tap[@]}" --control no/such.sock
	bad 2 "filter: it must be one line" "${tap[@]}" --control x \
		--extcap-capture-filter $'arp\nstatus'
	bad 2 "filter: it must be one line" "${tap[@]}" --control x \
		--extcap-capture-filter "$(printf '%2000s' ' ')"
}

@test "tshark captures a simulation, and shows what went wrong" {
	need_tshark
	can_capture env
	[ "$(tshark -D 2>/dev/null | grep -c 'iwc-sim (Inter-world channel, simulated)')" -eq 1 ]
	tshark -i iwc-sim -c 20 >out 2>err
	[ "$(wc -l <out)" -eq 20 ]
	grep -q ' IWC .* NS boots, epoch 1' out
	[ "$(grep -ci 'lua\|error' err)" -eq 0 ]
	tshark -i iwc-sim -o extcap.iwc_sim.scenario:restart-linux -o extcap.iwc_sim.speed:0 \
		-f "ether proto 0x88b5" -w c.pcapng 2>/dev/null
	"$iwc" run restart-linux -q --pcapng r.pcapng >/dev/null
	packets r.pcapng >a
	packets c.pcapng >b
	cmp a b
	tshark -i iwc-sim -o extcap.iwc_sim.scenario:nothing >out 2>err || true
	grep -q 'nothing: no such file' err
	[ ! -s out ]
}

@test "tshark attaches to a running tap: frames and events, a filter, and the end of the tap" {
	need_tshark
	can_capture env
	start_tap --control "$work/t.sock"
	tshark -i iwc-tap -o extcap.iwc_tap.control:"$work/t.sock" -c 200 -w c.pcapng 2>err
	[ "$(packets c.pcapng -Y 'icmp.type == 8' | wc -l)" -gt 10 ]
	[ "$(packets c.pcapng -Y 'icmp.type == 0' | wc -l)" -gt 10 ]
	[ "$(packets c.pcapng -Y 'iwc.event == "interrupt"' | wc -l)" -gt 10 ]
	odd='iwc.expert.malformed || iwc.word || _ws.lua.error'
	[ "$(packets c.pcapng -Y "$odd" | wc -l)" -eq 0 ]
	tshark -i iwc-tap -o extcap.iwc_tap.control:"$work/t.sock" -f 'icmp[0] == 8' -c 100 \
		-w f.pcapng 2>err
	[ "$(packets f.pcapng -Y 'icmp.type == 8' | wc -l)" -gt 10 ]
	[ "$(packets f.pcapng -Y 'eth && !(icmp.type == 8)' | wc -l)" -eq 0 ]
	[ "$(packets f.pcapng -Y 'iwc.event == "interrupt"' | wc -l)" -gt 10 ]
	# tshark shows what is wrong, and ends
	tshark -i iwc-tap -o extcap.iwc_tap.control:"$work/t.sock" -f 'icmp and' 2>err || true
	grep -q 'iwcdump: .*icmp and' err
	# the capture ends with the tap, and well
	"$dump" --capture --extcap-interface iwc-tap --control "$work/t.sock" --fifo e.pcapng \
		2>err &
	pid=$!
	sleep 1
	stop_tap
	wait $pid
	[ ! -s err ]
	[ "$(packets e.pcapng | wc -l)" -gt 10 ]
	capinfos e.pcapng >/dev/null
}

@test "each running tap is an interface of its own" {
	need_tshark
	can_capture env
	[ "$(id -u)" -eq 0 ] || export XDG_RUNTIME_DIR=$work
	start_tap
	expect 0 "$dump" --extcap-interfaces
	says "interface {value=iwc-tap-$tap}{display=Inter-world channel, tap $tap}"
	expect 0 "$dump" --extcap-config --extcap-interface iwc-tap
	says "{type=selector}"
	says "$tap.sock}{display=$tap}"
	expect 0 "$dump" --extcap-config --extcap-interface iwc-tap-$tap
	[ -z "$output" ]
	tshark -i iwc-tap-$tap -c 30 -w c.pcapng 2>err
	[ "$(packets c.pcapng -Y icmp | wc -l)" -gt 5 ]
	stop_tap
	expect 0 "$dump" --extcap-interfaces
	says_not "$tap"
}

# make_public: a copy of what install.sh takes, where another user may read it; sets $public.
make_public()
{
	public=$(mktemp -d /tmp/iwc-extcap-XXXXXX)
	chmod 755 "$public"
	mkdir -p "$public/tree/sim/make" "$public/tree/build" "$public/home"
	cp -r "$top/core" "$top/docs" "$top/scenarios" "$top"/LICENSE "$top"/*.md "$public/tree"
	cp -r --parents tap-bridge/wireshark sim/make/install.sh model/clients model/checks.cfg \
		"$public/tree"
	cp "$iwc" "$dump" "$public/tree/build"
	[ ! -d "$(dirname "$iwc")/man" ] || cp -r "$(dirname "$iwc")/man" "$public/tree/build"
	chmod -R a+rX "$public"
}

# as_user COMMAND...: as somebody who is not root, with a home in $public.
as_user()
{
	local drop=()

	[ "$(id -u)" -ne 0 ] || drop=(setpriv --reuid 65534 --regid 65534 --clear-groups)
	[ "$(id -u)" -ne 0 ] || chown -R 65534:65534 "$public/home"
	env -u IWC_SCENARIOS -u TMPDIR HOME="$public/home" "${drop[@]}" "$@"
}

@test "make install as a normal user: tshark works from anywhere, uninstall leaves nothing" {
	need_tshark
	cd "$top"
	make_public
	cd "$public/tree"
	as_user true || skip "env: cannot become another user"
	can_capture as_user
	as_user sim/make/install.sh install build "$public/home/.local" >"$work/said"
	[ "$(grep -c '^  LINK' "$work/said")" -eq 2 ]
	cd /
	as_user tshark -i iwc-sim -c 20 >"$work/out" 2>"$work/err"
	[ "$(wc -l <"$work/out")" -eq 20 ]
	grep -q ' IWC .* NS boots, epoch 1' "$work/out"
	[ "$(grep -ci 'lua' "$work/err")" -eq 0 ]
	as_user tshark -i iwc-sim -C iwc -o extcap.iwc_sim.scenario:T04 -T fields -e _ws.col.Way \
		-c 3 >"$work/out" 2>/dev/null
	[ "$(sort -u "$work/out")" = iwc-events ]
	cd "$public/tree"
	# what a user has changed stays
	echo '# mine' >>"$public/home/.config/wireshark/profiles/iwc/preferences"
	as_user sim/make/install.sh install build "$public/home/.local" >"$work/said"
	grep -q 'KEEP .*profiles/iwc/preferences' "$work/said"
	as_user sim/make/install.sh uninstall build "$public/home/.local" >/dev/null
	find "$public/home/.local" "$public/home/.config/wireshark/extcap" \
		"$public/home/.config/wireshark/profiles" ! -type d >"$work/left"
	[ "$(cat "$work/left")" = "$public/home/.config/wireshark/profiles/iwc/preferences" ]
}

@test "make install with DESTDIR: in the system's folders below it, and links that fit there" {
	need_tshark
	cd "$top"
	make_public
	cd "$public/tree"
	sim/make/install.sh install build /opt/iwc "$work/dest" >"$work/said"
	cd "$work/dest"
	for file in $(sed -n "s|^  [A-Z]* *$work/dest/||p" "$work/said"); do
		[ -e "$file" ] || [ -L "$file" ]
	done
	find . -name iwcdump -type l >"$work/link"
	[ "$(readlink "$(cat "$work/link")")" = /opt/iwc/libexec/iwc/iwcdump ]
	extcap=$(tshark -G folders 2>/dev/null | sed -n 's/^.*Extcap path:[[:space:]]*//p' |
		tail -n 1)
	[ "$(cat "$work/link")" = ".$extcap/iwcdump" ]
	[ -x opt/iwc/libexec/iwc/iwcdump ]
	cd "$public/tree"
	sim/make/install.sh uninstall build /opt/iwc "$work/dest" >/dev/null
	[ -z "$(find "$work/dest" ! -type d)" ]
}

@test "make install without tshark says so and goes on" {
	cd "$top"
	make_public
	cd "$public/tree"
	# a path without Wireshark
	mkdir "$work/bin"
	for tool in sh env install sed head find sort dirname readlink cmp mkdir ln rm rmdir id; do
		ln -s "$(command -v $tool)" "$work/bin/$tool"
	done
	PATH=$work/bin sim/make/install.sh install build /opt/iwc "$work/dest" >"$work/said"
	grep -q 'SKIP .*no tshark here' "$work/said"
	[ -x "$work/dest/opt/iwc/libexec/iwc/iwcdump" ]
	[ -s "$work/dest/opt/iwc/share/iwc/wireshark/iwc.lua" ]
}
