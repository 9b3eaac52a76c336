#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Two captures of the same traffic between Linux and S, in QEMU and in the simulator.

same_frames.py readdress IN OUT    write the frames that Linux sends, with the simulator's addresses
same_frames.py compare GUEST SIM   every frame of GUEST, readdressed, is in SIM, in the same order
                                   in each direction; SIM may have more in front (S begins)

Files are pcap with Ethernet frames. Exit: 0 yes; 1 no, the first difference is printed; 2 wrong
use.
"""
import struct
import sys

NS_MAC, S_MAC = bytes.fromhex("026977630001"), bytes.fromhex("026977630002")
# In the firmware, in the simulator.
NET = (bytes([10, 77, 0]), bytes([10, 0, 0]))


def frames(path):
    """The frames of a pcap file of either byte order and resolution."""
    with open(path, "rb") as file:
        data = file.read()
    if len(data) < 24 or data[:4] not in (
            b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\xc3\xd4", b"\xa1\xb2\x3c\x4d"):
        sys.exit(f"{path}: no pcap file")
    order = "<" if data[0] in (0xd4, 0x4d) else ">"
    at, found = 24, []
    while at + 16 <= len(data):
        kept = struct.unpack_from(order + "IIII", data, at)[2]
        found.append((data[at:at + 16], data[at + 16:at + 16 + kept]))
        at += 16 + kept
    return data[:24], found


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total > 0xffff:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def sums(frame):
    """IPv4, ICMP and UDP checksums for what the frame now holds."""
    p = bytearray(frame)
    if p[12:14] != b"\x08\x00":
        return bytes(p)
    head = 14 + (p[14] & 15) * 4
    end = 14 + struct.unpack_from(">H", p, 16)[0]
    p[24:26] = b"\0\0"
    p[24:26] = struct.pack(">H", checksum(bytes(p[14:head])))
    if p[23] == 17 and p[head + 6:head + 8] != b"\0\0":
        pseudo = bytes(p[26:34]) + struct.pack(">HH", 17, end - head)
        p[head + 6:head + 8] = b"\0\0"
        got = checksum(pseudo + bytes(p[head:end])) or 0xffff
        p[head + 6:head + 8] = struct.pack(">H", got)
    return bytes(p)


def readdress(frame):
    """The frame as it would be between the simulator's two worlds. Payload is left alone."""
    p = bytearray(frame)
    for at in {b"\x08\x00": (26, 30), b"\x08\x06": (28, 38)}.get(bytes(p[12:14]), ()):
        if bytes(p[at:at + 3]) == NET[0]:
            p[at:at + 3] = NET[1]
    return sums(bytes(p))


def compare(guest, sim):
    problem = 0
    for mac, who in ((NS_MAC, "Linux"), (S_MAC, "S")):
        want = [readdress(f) for _, f in guest if f[6:12] == mac]
        have = [f for _, f in sim if f[6:12] == mac]
        have = have[len(have) - len(want):] if len(have) > len(want) else have
        if not want:
            sys.exit(f"{who} sends nothing in the guest's capture")
        for i, frame in enumerate(want):
            if i >= len(have) or have[i] != frame:
                print(f"frame {i} of {who}:\n  QEMU      {frame.hex()}\n  simulator "
                      f"{have[i].hex() if i < len(have) else '(none)'}")
                problem = 1
                break
        print(f"{who}: {len(want)} frames")
    return problem


def main(verb, one, other):
    head, guest = frames(one)
    if verb == "compare":
        return compare(guest, frames(other)[1])
    with open(other, "wb") as file:
        file.write(head)
        for meta, frame in guest:
            if frame[6:12] == NS_MAC:
                file.write(meta + readdress(frame))
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] not in ("readdress", "compare"):
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    sys.exit(main(*sys.argv[1:]))
