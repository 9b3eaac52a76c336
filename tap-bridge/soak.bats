#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Minutes of real traffic while worlds crash, doorbells go missing and a kernel attacks: whatever
# the kernel gave to one TAP came out of the other, or is lost for a cause that is counted. The
# kernel's own counters of both interfaces say what went in and what came out.
#
# SOAK_SECONDS, default 60, with FAST=1 5.

load tap_helper

setup()
{
	tap_setup
	need python3 ping iperf3 nc nsenter pgrep
	seconds=${SOAK_SECONDS:-$([ "${FAST:-0}" = 1 ] && echo 5 || echo 60)}
	head -c 1000000 /dev/urandom >blob
	chmod 644 blob
	cat >traffic <<-'END'
		serve()
		{
			at_s iperf3 -s --forceflush >server 2>&1 & server=$!
			soon grep 'Server listening' server
		}
		# files through TCP, either way, which have to arrive as they are
		arrived()
		{
			wait $listener
			cmp blob got
			echo file
		}
		listening()
		{
			soon at_s grep ':2328 00000000:0000 0A' /proc/net/tcp
		}
		files()
		{
			while [ "$(date +%s)" -lt "$end" ]; do
				at_s timeout 60 nc -l -d 9000 >got & listener=$!
				listening
				timeout 60 nc -N 10.77.0.2 9000 <blob
				arrived
				at_s timeout 60 nc -l -N 9000 <blob & listener=$!
				listening
				timeout 60 nc -d 10.77.0.2 9000 >got
				arrived
			done
		}
		ip neigh replace 10.77.0.2 lladdr 02:69:77:63:00:02 dev "$tap" nud permanent
		at_s ip neigh replace 10.77.0.1 lladdr 02:69:77:63:00:01 dev iwc1 nud permanent
		end=$(($(date +%s) + seconds))
		serve
		iperf3 -c 10.77.0.2 -u --bidir -b 30M -t "$seconds" >client 2>&1 & client=$!
		# marked EF: the class with the end-to-end check
		ping -n -q -f -w "$seconds" -Q 0xb8 10.77.0.2 >urgent & urgent=$!
		at_s ping -n -q -f -w "$seconds" 10.77.0.1 >flood & flood=$!
		[ -n "${no_files:-}" ] || files
		wait $client $urgent $flood || true
		kill $server
		# what is on its way arrives
		sleep 2
		ip -json -stats link show dev "$tap" >ns.json
		at_s ip -json -stats link show dev iwc1 >s.json
		account
	END
}

teardown()
{
	tap_teardown
}

# soak MODE OPTIONS...
soak()
{
	local mode=$1

	shift
	export seconds no_files
	in_tap "$mode" --secure tap "$@" <traffic
}

# balanced WAY...: for each, frames into one interface = frames out of the other + lost by cause.
balanced()
{
	python3 - "$@" <<-'END'
		import json, sys
		kernel = {w: json.load(open(w + ".json"))[0]["stats64"] for w in ("ns", "s")}
		flows = json.load(open("account.json"))["flows"]
		for way in sys.argv[1:]:
		    here, there = way.split("-to-")
		    given = kernel[here]["tx"]["packets"]
		    got = kernel[there]["rx"]["packets"]
		    causes = {k: v for p in flows[way]["drops"].values() for k, v in p.items() if v}
		    print(f"{way}: {given} in, {got} out, lost {causes}, the queue before it "
		          f"{kernel[here]['tx']['dropped']}")
		    assert given > 1000, "no traffic to speak of"
		    assert flows[way]["in_flight"] == 0, flows[way]
		    assert flows[way]["unaccounted"] == 0, flows[way]
		    missing = given - got - sum(causes.values())
		    if missing:
		        sys.exit(f"{way}: {missing} frames without a cause")
	END
}

fired()
{
	member account.json "sum(f['fired'] for f in j['faults'] if f['fault'] == '$1')"
}

@test "a soak with faults loses no frame without a cause" {
	scenario=$top/scenarios/tap-faults.cfg
	soak "${modes[0]}"
	says file
	balanced ns-to-s s-to-ns
	# Between honest worlds no frame is unknown to the ledger, none given up by a false credit.
	[ "$(member account.json 'sum(f["strays"] for f in j["flows"].values())')" -eq 0 ]
	[ "$(member account.json "sum(w.get('false-credit', 0) for f in j['flows'].values()
		for w in f['drops'].values())")" -eq 0 ]
	for kind in crash bell-lost slow-consumer; do
		[ "$(fired $kind)" -gt 0 ]
	done
	[ "$(member account.json 'j["worlds"]["ns"]["boots"] + j["worlds"]["s"]["boots"]')" -gt 2 ]
	[ "$(member account.json 'j["worlds"]["ns"]["ups"]')" -gt 1 ]
}

@test "a soak with a hostile kernel: what the secure world sends has no loss without a cause" {
	[ "${IWC_SAN:-}" != tsan ] || skip "env: an attacker races for the payload on purpose"
	scenario=$top/scenarios/hostile.cfg
	no_files=1
	seconds=$(((seconds + 3) / 4))
	soak "${modes[0]}"
	balanced s-to-ns
	[ "$(member account.json 'sum(f["fired"] for f in j["faults"])')" -gt 0 ]
}

# The check itself: a library between the program and the kernel makes every 500th frame vanish, on
# its way in or out, and says that it went well.
@test "a frame that vanishes is found" {
	[ -z "${IWC_SAN:-}" ] || skip "env: a sanitizer and a library before it don't go together"
	need cc
	cat >vanish.c <<-'END'
		#define _GNU_SOURCE
		#include <dlfcn.h>
		#include <linux/if_tun.h>
		#include <net/if.h>
		#include <stdatomic.h>
		#include <sys/ioctl.h>
		#include <unistd.h>

		static int vanishes(int fd)
		{
			static atomic_uint count;
			struct ifreq ifr;

			return ioctl(fd, TUNGETIFF, &ifr) == 0 && ++count % 500 == 0;
		}

		#ifdef ON_THE_WAY_OUT
		ssize_t write(int fd, const void *bytes, size_t n)
		{
			ssize_t (*next)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");

			return vanishes(fd) ? (ssize_t)n : next(fd, bytes, n);
		}
		#else
		ssize_t read(int fd, void *bytes, size_t n)
		{
			ssize_t (*next)(int, void *, size_t) = dlsym(RTLD_NEXT, "read");

			if (vanishes(fd))
				(void)next(fd, bytes, n);
			return next(fd, bytes, n);
		}
		#endif
	END
	seconds=3
	no_files=1
	for way in ON_THE_WAY_IN ON_THE_WAY_OUT; do
		cc -D$way -shared -fPIC -o vanish.so vanish.c -ldl
		chmod 755 vanish.so
		scenario=$top/scenarios/tap.cfg preload=$work/vanish.so soak "${modes[0]}"
		output=$(balanced ns-to-s s-to-ns 2>&1) && { echo "$output"; false; }
		says "frames without a cause"
	done
}
