#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""bad_echo.py udp|tcp: an echo server that is not quite one, on a free port, which it prints.

udp: the third datagram comes back with its last bit wrong, the fourth not at all.
tcp: byte 3000 comes back with one bit wrong.
"""
import socket
import sys


def udp(server):
    count = 0
    while True:
        data, peer = server.recvfrom(65536)
        count += 1
        if count == 3:
            data = data[:-1] + bytes([data[-1] ^ 1])
        if count != 4:
            server.sendto(data, peer)


def tcp(server):
    server.listen()
    connection = server.accept()[0]
    count = 0
    while data := bytearray(connection.recv(4096)):
        if count <= 3000 < count + len(data):
            data[3000 - count] ^= 1
        count += len(data)
        connection.sendall(data)


if len(sys.argv) != 2 or sys.argv[1] not in ("udp", "tcp"):
    print(__doc__, file=sys.stderr)
    sys.exit(2)
kind = {"udp": socket.SOCK_DGRAM, "tcp": socket.SOCK_STREAM}[sys.argv[1]]
sock = socket.socket(socket.AF_INET, kind)
sock.bind(("127.0.0.1", 0))
print(sock.getsockname()[1], flush=True)
(udp if sys.argv[1] == "udp" else tcp)(sock)
