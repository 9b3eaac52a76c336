# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# bench_virtio: round trips and streams between two virtio-net interfaces that QEMU connects, one
# of them in a network namespace of its own.

for module in failover net_failover virtio_ring virtio virtio_mmio virtio_net; do
	insmod "/lib/$module.ko" || return 1
done
until_true 10 [ -e /sys/class/net/eth1 ] || return 1
unshare -n sleep 10000 &
there=$!
usleep 200000
ip link set eth1 netns "$there" || return 1
at_there()
{
	nsenter -t "$there" -n "$@"
}
ip addr add 10.78.0.1/24 dev eth0
ip link set eth0 up
at_there ip addr add 10.78.0.2/24 dev eth1
at_there ip link set eth1 up
at_there rounds serve &
usleep 500000
# shellcheck disable=SC2034
S=10.78.0.2
# shellcheck disable=SC1091
(. /guest/bench_rounds.sh) && . /guest/bench_streams.sh
