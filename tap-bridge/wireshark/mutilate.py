#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""mutilate.py FILE EVENTS | FILE --random SEED N: write a pcapng capture of bad events.

EVENTS has one event a line, with escapes as Python knows them. With --random each of N events is a
good one with bytes changed, cut, doubled or made up. After each event stands an ARP frame, so that a
test sees whether frames stay readable. It does not share code with the writer that it is to doubt.
"""

import random
import struct
import sys

ARP = bytes.fromhex(
    "ffffffffffff026977630001080600010800060400010269776300010a4d0001" "0000000000000a4d0002")
GOOD = [
    b"world=ns kind=boot epoch=3",
    b"world=s kind=session state=up epoch=3 peer_epoch=4",
    b"world=s kind=drop class=bulk frame=12 cause=session-end",
    b"world=ns kind=deliver class=bulk frame=13 bytes=64",
    b"world=s kind=fault fault=bell-lost index=2 firing=17",
    b"world=s kind=property property=P4 detector=double-fetch",
]


def block(kind, body):
    body += bytes(-len(body) % 4)
    size = 12 + len(body)
    return struct.pack("<II", kind, size) + body + struct.pack("<I", size)


def interface(link):
    return block(1, struct.pack("<HHI", link, 0, 65535))


def packet(number, time, data):
    head = struct.pack("<IIIII", number, 0, time, len(data), len(data))
    # the option epb_packetid
    option = struct.pack("<HHQHH", 5, 8, time, 0, 0)
    return block(6, head + data + bytes(-len(data) % 4) + option)


def event(text):
    return b"\0\x0c\0\x0ciwc-event\0\0\0" + b"\0\0\0\0" + text


def mutate(rng):
    text = bytearray(rng.choice(GOOD))
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(text) + 1)
        way = rng.randrange(5)
        if way == 0 and at < len(text):
            text[at] = rng.randrange(256)
        elif way == 1:
            del text[at:at + rng.randint(1, 9)]
        elif way == 2:
            text[at:at] = text[at:at + rng.randint(1, 30)] * rng.choice((1, 1, 1, 300))
        elif way == 3:
            text[at:at] = bytes(rng.randrange(256) for _ in range(rng.randint(1, 20)))
        else:
            text[at:at] = rng.choice((b" ", b"=", b"  =", b" kind=", b"9" * 30, b" world=s"))
    return bytes(text)


def events(args):
    if args[0] == "--random":
        rng = random.Random(int(args[1]))
        return [mutate(rng) for _ in range(int(args[2]))]
    with open(args[0], encoding="ascii") as lines:
        return [line.rstrip("\n").encode().decode("unicode_escape").encode("latin-1")
                for line in lines]


def main():
    with open(sys.argv[1], "wb") as out:
        out.write(block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)))
        out.write(interface(1) + interface(252))
        for time, text in enumerate(events(sys.argv[2:])):
            out.write(packet(1, 2 * time, event(text)))
            out.write(packet(0, 2 * time + 1, ARP))


main()
