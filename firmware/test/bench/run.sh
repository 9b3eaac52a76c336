#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# run.sh BUILT OUT: run the firmware's bench in QEMU and print the table, also into OUT/table.
#
# One machine after another: Linux with the channel, twice, which must count the same; once without
# idling, so that all that is not Linux is S and the monitor; with a bucket that hardly ever holds a
# doorbell back; with stamps on a frame's way; with these and a slower S, which must show; with two
# virtio-net interfaces instead; and the monitor between two small programs.
# BENCH_BREAK=clock takes the time of this machine instead, for the test that two runs then differ.
# BUILT has what was built for it. O is the build folder, DEPS that of fetched things.
# Exit: 0 well; 1 a machine failed, two runs differ, or the slower S does not show.

set -euo pipefail

me=${0##*/}
here=$(dirname "$0")
export O=${O:-build} DEPS=${DEPS:-build/deps}
built=${1:?"usage: $me BUILT OUT"} out=${2:?"usage: $me BUILT OUT"}
check=$O/firmware/monitor-check
counting=(--icount)
[ "${BENCH_BREAK:-}" != clock ] || counting=()

die()
{
	printf '%s: %s\n' "$me" "$1" >&2
	exit 1
}

# machine NAME IMAGE OPTION...: its figures go into OUT/NAME.rows.
machine()
{
	local name=$1 image=$2

	shift 2
	"$here/../qemu.sh" --smp 1 --limit 300 --image "$image" \
		--initrd "$built/initrd.gz" "$@" "$out/$name" ||
		die "$name: the run failed: $out/$name/console.log says more"
	sed -n 's/^bench: //p' "$out/$name/console.log" >"$out/$name.rows"
	[ -s "$out/$name.rows" ] || die "$name: no figures in $out/$name/console.log"
}

monitor()
{
	timeout -k 5 120 qemu-system-aarch64 -machine virt,secure=on,gic-version=3 \
		-cpu cortex-a57 -smp 2 -m 1G -display none -nic none -no-reboot -monitor none \
		-icount shift=0,sleep=off -seed 1 -bios "$check/iwc-fw-shared.bin" \
		-device "loader,file=$check/ns.bin,addr=0x40200000,force-raw=on" \
		-device loader,addr=0x47000000,data=1,data-len=8 \
		-device loader,addr=0x7ff00000,data=0x1122334455667788,data-len=8 \
		-serial "file:$out/monitor.log" -serial null </dev/null >"$out/monitor.qemu" 2>&1 ||
		die "monitor: the run failed: $(head -n 1 "$out/monitor.qemu")"
	sed -n 's/^count \([a-z-]*\) \([0-9]*\)$/monitor \1 \2/p' "$out/monitor.log" \
		>"$out/monitor.rows"
	grep -q ring-to-s-and-back "$out/monitor.rows" || die "monitor: see $out/monitor.log"
}

mkdir -p "$out"
production=$O/firmware/qemu-virt/iwc-fw-shared.bin
machine rounds "$production" "${counting[@]}" --run bench_rounds,bench_streams
machine again "$production" "${counting[@]}" --run bench_rounds,bench_streams
cmp -s "$out/rounds.rows" "$out/again.rows" ||
	die "two runs differ: diff $out/rounds.rows $out/again.rows"
machine busy "$production" --icount --run bench_streams --append nohlt
machine free "$built/iwc-fw-free.bin" --icount --run bench_rounds,bench_streams
machine path "$built/iwc-fw-stamped.bin" --icount --run bench_path
machine slow "$built/iwc-fw-slow.bin" --icount --run bench_path
machine virtio "$production" --icount --run bench_virtio --virtio --append iwc.driver=no
monitor
"$here/report.sh" "$out" | tee "$out/table"
