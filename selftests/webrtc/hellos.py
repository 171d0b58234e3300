#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""hellos.py CAPTURE: the DTLS hellos in a pcap file of Ethernet and IPv4: for each a
line with its kind, the datagrams it came in, and the versions that it names."""

import struct
import sys

KINDS = {1: "client", 2: "server"}
SUPPORTED_VERSIONS = 43


def frames(path):
    with open(path, "rb") as file:
        data = file.read()
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    at = 24
    while at + 16 <= len(data):
        length, = struct.unpack_from(order + "8xI", data, at)
        yield data[at + 16:at + 16 + length]
        at += 16 + length


def udp(frame):
    """Addresses and ports, and the payload; or None."""
    if frame[12:14] != b"\x08\x00" or frame[23:24] != b"\x11":
        return None
    header = 14 + (frame[14] & 15) * 4
    return frame[26:34] + frame[header:header + 4], frame[header + 8:]


def fragments(payload):
    """The handshake messages in clear: kind, length, offset, fragment."""
    at = 0
    while at + 25 <= len(payload) and payload[at] == 22 and payload[at + 1] == 254:
        epoch, = struct.unpack_from(">H", payload, at + 3)
        size, = struct.unpack_from(">H", payload, at + 11)
        body = payload[at + 13:at + 13 + size]
        if not epoch and len(body) >= 12:
            yield (body[0], int.from_bytes(body[1:4], "big"), body[4:6],
                   int.from_bytes(body[6:9], "big"), body[12:])
        at += 13 + size


def versions(kind, hello):
    """The extension's, or without one that of the hello."""
    at = 34 + 1 + hello[34]
    if kind == 1:
        at += 1 + hello[at]
        at += 2 + int.from_bytes(hello[at:at + 2], "big")
        at += 1 + hello[at]
    else:
        at += 3
    at += 2
    while at + 4 <= len(hello):
        what, size = struct.unpack_from(">HH", hello, at)
        value = hello[at + 4:at + 4 + size]
        if what == SUPPORTED_VERSIONS:
            value = value[1:] if kind == 1 else value
            return [value[i:i + 2].hex() for i in range(0, len(value), 2)]
        at += 4 + size
    return [hello[:2].hex()]


def main():
    begun = {}
    for i, frame in enumerate(frames(sys.argv[1])):
        found = udp(frame)
        for kind, length, number, offset, part in fragments(found[1] if found else b""):
            if kind not in KINDS:
                continue
            parts = begun.setdefault((found[0], kind, number), {})
            parts[offset] = part, i
            hello = b"".join(parts[o][0] for o in sorted(parts))
            if len(hello) == length:
                print(KINDS[kind], "datagrams",
                      len({i for _, i in parts.values()}), "versions",
                      ",".join(versions(kind, hello)))
                parts.clear()


main()
