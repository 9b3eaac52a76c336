#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# pictures.sh IWC FOLDER: the pictures of docs/wireshark.md, taken from Wireshark itself on a screen
# that nobody sees. IWC is the program; iwcdump is beside it. Needs wireshark, Xvfb and ImageMagick.
# Exit: 0 taken; 77 there can be no screen here; else it failed.

set -eu

iwc=$(realpath "$1")
mkdir -p "$2"
folder=$(realpath "$2")
room=$(realpath "$(dirname "$0")")
work=$(mktemp -d)
screen=
shown=

finish()
{
	local pid

	for pid in $shown $screen; do
		kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
	done
	rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM

# A home in which Wireshark has our files, one size of window, and nothing to ask.
make_home()
{
	local config=$work/.config/wireshark

	mkdir -p "$config/profiles" "$config/extcap" "$work/.local/lib/wireshark/plugins"
	cp -r "$room/profile" "$config/profiles/iwc"
	cp "$room/iwc.lua" "$work/.local/lib/wireshark/plugins"
	ln -s "$(dirname "$iwc")/iwcdump" "$config/extcap/iwcdump"
	printf '%s\n' 'gui.geometry_main_x: 0' 'gui.geometry_main_y: 0' \
		'gui.geometry_main_width: 1180' 'gui.geometry_main_height: 640' \
		'gui.geometry_main_maximized: FALSE' 'privs.warn_if_elevated: FALSE' \
		'sys.warn_if_no_capture: FALSE' >"$config/recent_common"
	printf '%s\n' 'gui.toolbar_main_show: FALSE' 'gui.geometry_main_upper_pane: 390' \
		'gui.geometry_main_lower_pane: 640' \
		'column.width: %m, 56, %t, 92, %s, 132, %d, 132, %p, 76, %L, 56, %i, 400' \
		>"$config/profiles/iwc/recent"
	export HOME=$work XDG_RUNTIME_DIR=$work LC_ALL=C.UTF-8 QT_LOGGING_RULES='*=false'
	unset XDG_CONFIG_HOME DISPLAY
}

# Xvfb says on a descriptor which display it has taken.
start_screen()
{
	local display

	mkfifo "$work/display"
	Xvfb -displayfd 3 -screen 0 1180x640x24 -nolisten tcp 3>"$work/display" \
		2>"$work/screen.err" &
	screen=$!
	read -r -t 20 display <"$work/display" || {
		cat "$work/screen.err" >&2
		exit 77
	}
	export DISPLAY=:$display
}

# take NAME OPTION...: a picture of Wireshark, once two looks a second apart are the same.
take()
{
	local name=$1 last='' now i
	shift

	wireshark -C iwc "$@" >"$work/$name.log" 2>&1 &
	shown=$!
	for ((i = 0; i < 40; i++)); do
		sleep 1
		kill -0 "$shown"
		import -window root "$work/now.png"
		now=$(convert "$work/now.png" -colorspace Gray \
			-format '%[standard-deviation] %#' info:)
		# an empty screen is of one colour
		if [ "$now" = "$last" ] && [ "${now%% *}" != 0 ]; then
			break
		fi
		last=$now
	done
	kill "$shown"
	wait "$shown" 2>/dev/null || :
	shown=
	convert "$work/now.png" -strip -dither None -colors 48 \
		-define png:exclude-chunks=date,time "PNG8:$folder/$name.png"
}

make_home
start_screen
export IWC_SCENARIOS=$room/../../scenarios
"$iwc" run restart-linux -q --pcapng "$work/restart.pcapng" >/dev/null
filter='(eth && !iwc.lost_in) || iwc.event in {"crash", "boot", "fault", "session"}'
filter="$filter || iwc.drop.cause == \"session-end\""
take restart -r "$work/restart.pcapng" -g 442 -Y "$filter"
take live -k -i iwc-sim -o extcap.iwc_sim.scenario:bulk-transfer -a packets:420 \
	-o extcap.iwc_sim.speed:0.01 -o capture.auto_scroll:FALSE \
	-Y 'tcp || icmp || iwc.event in {"wake", "interrupt"}'
