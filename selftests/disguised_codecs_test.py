#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Each readable codec of pcaps/media behind a DTLS handshake that agreed on SRTP, with
ten random bytes behind each payload as SRTP has them, with both, and under payload
types of something else: strict passes nothing of it, and enforce no more than that
codec needs to show.

Needs neither root nor the module. lib.py says where the tool is looked for.
"""

import functools
import math
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

# Packets to 24.5 bits of evidence, of which 99 in 100 streams of a codec need no more:
# what was measured when the content test was designed. The longest beginning counts.
P99 = {
    "pcm": 3, "g722": 5, "g726": 10, "g726_40": 6, "gsm": 11, "g723": 24,
    "opus": 7, "speex": 14, "amr": 5, "codec2": 47, "l16": 17, "aac": 7,
    "h264": 22, "openh264": 22, "h265": 5, "h261": 5, "h263": 5, "mpeg4": 39,
    "mjpeg": 5, "mp2t": 5, "vp8": 6, "vp9": 8, "av1": 8, "telephone_event": 5,
}
# With a handshake only 45 bits decide. Evidence comes evenly, as a rule.
VOUCHED = 45 / 24.5

# What passes in the worst disguise, without a handshake and behind one, as measured
# here: of codecs that have no figure above,
MEASURED = {
    "ac3": (2, 3), "mp2": (2, 2), "mp3": (2, 2), "sbc": (2, 2), "theora": (2, 3),
    "vorbis": (3, 3), "vraw": (2, 2), "siren_20": (16, 21), "t140": (37, 59),
    "t140_red": (3, 4),
    # and of those that need more than theirs. G.729 is known by a bit in ten bytes,
    # and ten random bytes count as a frame; at 6 kbit/s there is little of Opus to go
    # by; and what changes its rate shows itself in bursts.
    "g729_10": (35, 50), "g729_20": (16, 27), "g729_30": (15, 28),
    "g729b_20": (21, 32), "opus_6k": (10, 13), "speex_wb_vbr": (6, 27),
}
# The captures stay the same, but the test may be told to look elsewhere.
MARGIN = 1.25

# Payload types: one that may be anything, and one of H.263, under which nobody looks
# for G.729: it may take for ever there, and only strict stops it.
DYNAMIC, H263 = 111, 34
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

    def __init__(self, handshake=(), tag_len=0, payload_type=None):
        self.handshake, self.tag_len = handshake, tag_len
        self.payload_type = payload_type
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
        payload = bytearray(datagram[UDP_HEADER:length] +
                            generate.cipher(self.tag_len, self.count))
        if self.payload_type is not None:
            payload[1] = payload[1] & 0x80 | self.payload_type
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

    def __init__(self, name, rewriter):
        self.name, self.added = name, len(rewriter().handshake)
        self.payload_type = rewriter().payload_type
        by_file = {file: [f for f in flows if is_udp(f)] for file, flows in
                   accuracy.read_labels(MEDIA).items()}
        by_file = {file: flows for file, flows in by_file.items() if flows}
        with tempfile.TemporaryDirectory() as tmp:
            paths = [Path(tmp) / file for file in sorted(by_file)]
            for path in paths:
                data = (MEDIA / "pcap" / path.name).read_bytes()
                path.write_bytes(rewriter().file(data))
            for mode, what in (("enforce", "flow"), ("strict", "strict")):
                accuracy.attach(by_file, accuracy.replay(TOOL, mode, paths), what)
        self.flows = [flow for flows in by_file.values() for flow in flows]

    def of(self, codec):
        return [flow for flow in self.flows if flow.row["codec"] == codec]

    def codecs(self):
        return sorted({flow.row["codec"] for flow in self.flows})


def bound(codec, vouched):
    """Packets of a stream that enforce may pass."""
    if codec in MEASURED:
        return math.ceil(MARGIN * MEASURED[codec][vouched])
    name = max((n for n in P99 if codec.startswith(n)), key=len, default=None)
    if not name:
        raise Failure(f"nothing is known of {codec}")
    return math.ceil(P99[name] * VOUCHED) if vouched else P99[name]


def codec_test(disguise, codec):
    may_pass = bound(codec, bool(disguise.added))
    if disguise.payload_type == H263 and codec.startswith("g729"):
        may_pass = None

    def test():
        for flow in disguise.of(codec):
            if not flow.flow or not flow.strict:
                raise Failure(f"{flow.key()} is not in {flow.row['file']}")
            passed = [said["passed"] - disguise.added
                      for said in (flow.flow, flow.strict)]
            if passed[1] or (may_pass is not None and (
                    not flow.unprotected() or
                    passed[0] > may_pass * len(flow.streams))):
                raise Failure(f"{flow.row['file']} :{flow.row['sport']}: enforce passes"
                              f" {passed[0]}, strict {passed[1]} of {flow.packets}")
    within = "in strict" if may_pass is None else f"behind {may_pass} packets"
    test.__doc__ = f"readable {codec} {disguise.name} is dropped {within}"
    return test


def main():
    lib.skip_without_tool(replay=True)
    handshake = read_handshake()
    disguises = [Disguise(name, functools.partial(Rewriter, **how)) for name, how in (
        ("behind a handshake", {"handshake": handshake}),
        ("with ten random bytes behind it", {"tag_len": TAG_LEN}),
        ("behind a handshake, with ten random bytes behind it",
         {"handshake": handshake, "tag_len": TAG_LEN}),
        ("under a dynamic payload type", {"payload_type": DYNAMIC}),
        ("under H.263's payload type", {"payload_type": H263}))]
    tests = [codec_test(d, codec) for d in disguises for codec in d.codecs()]
    return lib.run_tests(tests, lambda test: test())


if __name__ == "__main__":
    sys.exit(main())
