#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# qemu.sh [OPTION...] OUT: boot the firmware and Linux in QEMU; what is seen goes into folder OUT.
#
#	--plat P       board: qemu-virt (default), qemu-virt-gicv2, sbsa-ref, zcu102
#	--mode M       shared (default): S shares Linux's CPU 0; own: S has a CPU of its own
#	--image FILE   firmware image, instead of that of board and mode
#	--initrd FILE  root file system, instead of the one that is built
#	--cpu C        cortex-a57 (default), cortex-a72, max, ...
#	--smp N        CPUs of the machine (2)
#	--bare         no monitor and no secure world: QEMU's own PSCI starts Linux
#	--store        Linux is in flash, from which the monitor can start it again
#	--el2          with EL2 (virtualization=on): Linux starts there
#	--virtio       two virtio-net interfaces, connected to each other
#	--icount       instructions as clock: the same on every run
#	--run LIST     scripts of firmware/test/guest, comma-separated; power off after them
#	--dts FILE     more device tree, behind the rest
#	--device TEXT  one more device of QEMU
#	--append TEXT  more words for Linux's command line
#	--limit S      stop after S seconds (60)
#	--interactive  Linux's console on this terminal; Ctrl-A x ends it
#
# O is the build folder (build), DEPS that of fetched things (build/deps).
#
# OUT then holds console.log (Linux), secure.log (monitor and S), run.dtb, run.dts, command.
# Exit: 0 the guest ran all scripts well; 1 not; 2 wrong use; 124 the time limit.

set -eu

me=${0##*/}
here=$(dirname "$0")
O=${O:-build}
DEPS=${DEPS:-build/deps}
plat=qemu-virt mode=shared image='' initrd='' bare='' store='' dts='' device=''
cpu=cortex-a57 smp=2 el2=off icount='' virtio='' run='' append='' limit=60 interactive='' out=''

die()
{
	printf '%s: %s\n' "$me" "$1" >&2
	exit "${2:-1}"
}

while [ $# -gt 0 ]; do
	case $1 in
	--plat | --mode | --image | --initrd | --dts | --device | --cpu | --smp | --run | \
		--append | --limit)
		[ $# -ge 2 ] || die "$1 needs a value" 2
		declare "${1#--}=$2"
		shift 2
		;;
	--bare) bare=1 && shift ;;
	--store) store=1 && shift ;;
	--el2) el2=on && shift ;;
	--icount) icount=1 && shift ;;
	--virtio) virtio=1 && shift ;;
	--interactive) interactive=1 && shift ;;
	-*) die "$1: no such option (the head of $0 lists them)" 2 ;;
	*)
		[ -z "$out" ] || die "$1: one folder only" 2
		out=$1
		shift
		;;
	esac
done
[ -n "$out" ] || die 'where to? the last argument is a folder' 2
case $mode in
shared | own) ;;
*) die "--mode $mode: shared or own" 2 ;;
esac
[[ $smp =~ ^[1-8]$ ]] || die "--smp $smp: 1 to 8" 2
[[ $limit =~ ^[1-9][0-9]{0,4}$ ]] || die "--limit $limit: a number of seconds" 2

# What QEMU is to be told of the board, where its device tree, Linux and the initrd go (as plat.h
# has it), and how Linux names its console.
dtb_at='' kernel_at=0x40200000 initrd_at=0x48000000 tty=ttyAMA0
case $plat in
qemu-virt) machine="virt,secure=on,gic-version=3,virtualization=$el2" ;;
qemu-virt-gicv2) machine="virt,secure=on,gic-version=2,virtualization=$el2" ;;
sbsa-ref)
	machine=sbsa-ref cpus_max=2
	dtb_at=0x10000100000 kernel_at=0x10000200000 initrd_at=0x10008000000
	;;
zcu102)
	machine="xlnx-zcu102,secure=on,virtualization=$el2" cpus_max=4 tty=ttyPS0
	dtb_at=0x00100000 kernel_at=0x00200000 initrd_at=0x08000000
	;;
*) die "--plat $plat: qemu-virt, qemu-virt-gicv2, sbsa-ref or zcu102" 2 ;;
esac
if [ -n "$dtb_at" ]; then
	[ -z "$bare$store$virtio" ] || die "--bare, --store, --virtio: not on $plat" 2
	[ "$smp" -le "$cpus_max" ] || die "--smp $smp: the device tree of $plat has $cpus_max" 2
fi
[ -z "$bare" ] || machine=${machine/secure=on,/}
[ "$cpu" != max ] || cpu=max,pauth-impdef=on

for tool in qemu-system-aarch64 dtc; do
	command -v "$tool" >/dev/null 2>&1 || die "$tool is missing (make deps OPTIONAL=1)"
done
suffix=bin
[ "$plat" != zcu102 ] || suffix=elf
[ -n "$image" ] || image=$O/firmware/$plat/iwc-fw-$mode.$suffix
release=$(cat "$DEPS/linux-arm64/release" 2>/dev/null) || die "no Linux in $DEPS (make firmware)"
kernel=$DEPS/linux-arm64/boot/vmlinuz-$release
initrd=${initrd:-$O/firmware/test/initrd.gz}
case $plat in
sbsa-ref) firmware=(-bios "$image" -global VGA.romfile=) ;;
zcu102) firmware=(-device "loader,file=$image,cpu-num=0") ;;
*) firmware=(-bios "$image") ;;
esac
[ -z "$bare" ] || firmware=() image=$kernel
for file in "$image" "$kernel" "$initrd"; do
	[ -s "$file" ] || die "$file is missing: make firmware builds it"
done
mkdir -p "$out"
rm -f "$out"/*.log

# --- device tree -------------------------------------------------------------------------------

# How Linux finds its CPUs. The last one is S's in mode own.
cpus()
{
	local n

	[ -z "$bare" ] || return 0
	if [ -z "$dtb_at" ]; then
		cat "$here/dt/psci.dtsi"
		[ "$mode" = shared ] || printf '/delete-node/ &{/cpus/cpu-map};\n'
	fi
	for ((n = 0; n < ${cpus_max:-smp}; n++)); do
		if [ "$n" -ge "$smp" ] || { [ "$mode" = own ] && [ "$n" -eq 1 ]; }; then
			printf '/delete-node/ &{/cpus/cpu@%x};\n' "$n"
		elif [ -z "$dtb_at" ]; then
			printf '&{/cpus/cpu@%x} { enable-method = "psci"; };\n' "$n"
		fi
	done
}

# cells ADDRESS: as two cells.
cells()
{
	printf '<0x%x 0x%x>' $(($1 >> 32)) $(($1 & 0xffffffff))
}

chosen()
{
	printf '/ { chosen { bootargs = "%s %s %s"; };\n' "console=$tty panic=-1 loglevel=5" \
		"${run:+iwc.run=$run}" "$append"
	printf 'chosen { linux,initrd-start = %s; };\n' "$(cells "$initrd_at")"
	printf 'chosen { linux,initrd-end = %s; }; };\n' \
		"$(cells $((initrd_at + $(stat -L -c %s "$initrd"))))"
}

# The machine's own, as QEMU writes it or as the board's folder has it.
board_tree()
{
	if [ -n "$dtb_at" ]; then
		cat "$here/../plat/$plat/linux.dts"
		return
	fi
	qemu-system-aarch64 -machine "$machine,dtb-randomness=off,dumpdtb=$out/board.dtb" \
		-cpu "$cpu" -smp "$smp" -m 1G -nographic -nic none "${firmware[@]}" \
		>"$out/dumpdtb.log" 2>&1 </dev/null || die "QEMU: $(head -n 1 "$out/dumpdtb.log")"
	dtc -q -I dtb -O dts "$out/board.dtb"
	cat "$here/dt/$plat.dtsi"
}

device_tree()
{
	board_tree >"$out/run.dts"
	{
		[ -z "$dts" ] || cat "$dts"
		cpus
		chosen
	} >>"$out/run.dts"
	dtc -q -I dts -O dtb -o "$out/run.dtb" "$out/run.dts" || die "$out/run.dts does not compile"
}

# --- run ---------------------------------------------------------------------------------------

# As firmware/monitor/store.h wants it.
pack_store()
{
	"${FW_CROSS:-aarch64-linux-gnu-}gcc" -c -I"$here/../plat/$plat" -DDTB="\"$out/run.dtb\"" \
		-DIMAGE="\"$kernel\"" -DINITRD="\"$initrd\"" "$here/../monitor/store.S" \
		-o "$out/store.o"
	"${FW_CROSS:-aarch64-linux-gnu-}objcopy" -O binary -j .store "$out/store.o" "$out/store.bin"
	rm "$out/store.o"
	truncate -s 64M "$out/store.bin"
}

device_tree
[ -z "$store" ] || pack_store
command=(qemu-system-aarch64 -machine "$machine" -smp "$smp" -m 1G -display none -nic none
	-no-reboot "${firmware[@]}")
[ "$plat" = zcu102 ] || command+=(-cpu "$cpu")
if [ -n "$dtb_at" ]; then
	command+=(-device "loader,file=$out/run.dtb,addr=$dtb_at,force-raw=on")
else
	command+=(-dtb "$out/run.dtb")
fi
if [ -n "$bare" ]; then
	command+=(-kernel "$kernel" -initrd "$initrd")
elif [ -n "$store" ]; then
	command+=(-drive "if=pflash,unit=1,format=raw,readonly=on,file=$out/store.bin")
else
	command+=(-device "loader,file=$kernel,addr=$kernel_at,force-raw=on"
		-device "loader,file=$initrd,addr=$initrd_at,force-raw=on")
fi
[ -z "$device" ] || command+=(-device "$device")
[ -z "$icount" ] || command+=(-icount "shift=0,sleep=off" -rtc "base=2026-01-01,clock=vm" -seed 1)
[ -z "$virtio" ] || for n in 0 1; do
	command+=(-netdev "hubport,id=net$n,hubid=0"
		-device "virtio-net-device,netdev=net$n,mac=02:00:00:00:00:0$n")
done
if [ -n "$interactive" ]; then
	printf 'iwc: secure console in %s; Ctrl-A x ends QEMU\n' "$out/secure.log"
	exec "${command[@]}" -serial mon:stdio -serial "file:$out/secure.log"
fi
command+=(-monitor none -serial "file:$out/console.log" -serial "file:$out/secure.log")
printf '%q ' "${command[@]}" >"$out/command"
status=0
timeout -k 5 "$limit" "${command[@]}" >"$out/qemu.log" 2>&1 </dev/null &
machine_pid=$!
trap 'kill "$machine_pid" 2>/dev/null' EXIT
# What can't switch itself off is ended when the guest is done.
while [ "$plat" = zcu102 ] && kill -0 "$machine_pid" 2>/dev/null; do
	sleep 0.2
	! grep -aqs '^iwc-exit: [0-9]' "$out/console.log" || kill "$machine_pid" 2>/dev/null || :
done
wait "$machine_pid" || status=$?
trap - EXIT
case $status in
124 | 137)
	printf '%s: no end after %s s; %s ends with\n' "$me" "$limit" "$out/console.log" >&2
	tail -n 5 "$out/console.log" >&2
	exit 124
	;;
esac
[ "$status" -eq 0 ] || die "QEMU ended with $status: $(head -n 1 "$out/qemu.log")"
tr -d '\r' <"$out/console.log" >"$out/console" && mv "$out/console" "$out/console.log"
grep -q '^iwc-exit: 0$' "$out/console.log"
