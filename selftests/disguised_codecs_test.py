#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Each readable codec of pcaps/media behind a DTLS handshake that agreed on SRTP, with
ten random bytes behind each payload as SRTP has them, and with both: strict passes
nothing of it, and enforce no more than a slow codec needs to show.

Needs neither root nor the module. lib.py says where the tool is looked for.
"""

import re
import socket
import struct
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
import accuracy  # noqa: E402  pylint: disable=wrong-import-position
import lib  # noqa: E402  pylint: disable=wrong-import-position
from lib import TOOL, Failure  # noqa: E402  pylint: disable=wrong-import-position

HERE = Path(lib.HERE)
MEDIA = HERE / "pcaps" / "media"
sys.path.insert(0, str(HERE / "pcaps"))
import generate  # noqa: E402  pylint: disable=wrong-import-position

# Packets of a stream that 99 % of readable ones need for 45 bits of evidence.
PACKETS_P99 = 84
TAG_LEN = 10
UDP_HEADER = 8


def read_handshake():
    """What was recorded for the core's tests, without the alerts that close it."""
    text = (HERE / "core" / "dtls_recorded.h").read_text(encoding="ascii")
    ways = dict(re.findall(r"RECORDED\((\d+), ([A-Z]+)\)", text))
    found = re.findall(r"recorded_(\d+)\[\] = \{(.*?)\}", text, re.DOTALL)
    datagrams = [(ways[n], bytes.fromhex("".join(re.findall("0x(..)", body))))
                 for n, body in found]
    return datagrams[:-int(re.search(r"RECORDED_ALERTS\s(\d)", text)[1])]


def ip_read(packet):
    """Addresses, how to write with these, and what follows the header."""
    if packet[0] >> 4 == 6:
        src, dst = (socket.inet_ntop(socket.AF_INET6, packet[n:n + 16])
                    for n in (8, 24))
        return src, dst, generate.ip6, packet[40:]
    src, dst = (socket.inet_ntoa(packet[n:n + 4]) for n in (12, 16))
    return src, dst, generate.ip4, packet[(packet[0] & 15) * 4:]


class Rewriter:
    """A raw capture of UDP, written anew."""

    def __init__(self, handshake, tag_len):
        self.handshake, self.tag_len = handshake, tag_len
        self.seen = set()
        self.count = 0

    def begin(self, ends, write):
        """The handshake, where this is the first packet of its flow."""
        if frozenset(ends) in self.seen:
            return
        self.seen.add(frozenset(ends))
        for way, datagram in self.handshake:
            (src, sport), (dst, dport) = ends if way == "ORIGINAL" else ends[::-1]
            yield write(generate.udp(sport, dport, datagram), src, dst)

    def packets(self, packet):
        src, dst, write, datagram = ip_read(packet)
        sport, dport, length = struct.unpack_from(">HHH", datagram)
        self.count += 1
        payload = datagram[UDP_HEADER:length] + generate.cipher(self.tag_len,
                                                                 self.count)
        yield from self.begin(((src, sport), (dst, dport)), write)
        yield write(generate.udp(sport, dport, payload), src, dst)

    def file(self, data):
        out, at = [data[:24]], 24
        while at < len(data):
            sec, usec, length, _ = struct.unpack_from("<IIII", data, at)
            at += 16 + length
            for packet in self.packets(data[at - length:at]):
                out.append(struct.pack("<IIII", sec, usec, len(packet), len(packet)))
                out.append(packet)
        return b"".join(out)


def is_udp(flow):
    return flow.group in accuracy.READABLE and flow.row["proto"] == "udp"


class Disguise:
    """The readable flows in one disguise, and what was said of them."""

    def __init__(self, name, handshake, tag_len):
        self.name, self.added = name, len(handshake)
        by_file = {file: [f for f in flows if is_udp(f)] for file, flows in
                   accuracy.read_labels(MEDIA).items()}
        by_file = {file: flows for file, flows in by_file.items() if flows}
        with tempfile.TemporaryDirectory() as tmp:
            paths = [Path(tmp) / file for file in sorted(by_file)]
            for path in paths:
                data = (MEDIA / "pcap" / path.name).read_bytes()
                path.write_bytes(Rewriter(handshake, tag_len).file(data))
            for mode, what in (("enforce", "flow"), ("strict", "strict")):
                accuracy.attach(by_file, accuracy.replay(TOOL, mode, paths), what)
        self.flows = [flow for flows in by_file.values() for flow in flows]

    def of(self, codec):
        return [flow for flow in self.flows if flow.row["codec"] == codec]

    def codecs(self):
        return sorted({flow.row["codec"] for flow in self.flows})


def codec_test(disguise, codec):
    def test():
        for flow in disguise.of(codec):
            if not flow.flow or not flow.strict:
                raise Failure(f"{flow.key()} is not in {flow.row['file']}")
            passed = [said["passed"] - disguise.added
                      for said in (flow.flow, flow.strict)]
            if (not flow.unprotected() or passed[1] or
                    passed[0] > PACKETS_P99 * len(flow.streams)):
                raise Failure(f"{flow.row['file']} :{flow.row['sport']}: enforce passes"
                              f" {passed[0]}, strict {passed[1]} of {flow.packets}")
    test.__doc__ = f"readable {codec} {disguise.name} is dropped"
    return test


def main():
    lib.skip_without_tool(replay=True)
    handshake = read_handshake()
    disguises = [Disguise("behind a handshake", handshake, 0),
                 Disguise("with ten random bytes behind it", [], TAG_LEN),
                 Disguise("behind a handshake, with ten random bytes behind it",
                          handshake, TAG_LEN)]
    tests = [codec_test(d, codec) for d in disguises for codec in d.codecs()]
    return lib.run_tests(tests, lambda test: test())


if __name__ == "__main__":
    sys.exit(main())
