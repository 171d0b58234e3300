#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Write the seeds of every target, one directory each: flows of captures and of
what takes many packets, one datagram of each protocol, and rules files.

usage: seeds.py DIRECTORY
"""

import base64
import os
import re
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SELFTESTS = os.path.dirname(HERE)
sys.dont_write_bytecode = True
sys.path.insert(0, SELFTESTS)
import conf_cases  # noqa: E402  pylint: disable=wrong-import-position

CAPTURES = os.path.join(SELFTESTS, "pcaps")
VECTORS = os.path.join(SELFTESTS, "core", "lookalike_vectors.h")
# Raw IP, version 4, UDP, no options: what these have.
FROM = ("g711", "g711-tag10", "g711-after-stun", "rtcp", "dns")
PACKETS = 16

REPLY, NO_MEMORY, RTP, RANDOM, CUT, AGAIN, PADDING, EXTENSION = (
    1 << bit for bit in range(8))

# Places in core_flow.c's list of payload types.
PCMU, G729, DYNAMIC, EVENT = 0, 4, 5, 6


def record(flags, data=b"", length=None, stream=0, kind=0, repeats=0, time=1):
    length = len(data) if length is None else length
    return struct.pack("<BBBBH", flags, time, repeats, kind * 32 + stream,
                       length) + data


def datagrams(path):
    """Source and payload of each datagram in a capture of raw IPv4."""
    with open(path, "rb") as f:
        data = f.read()
    order = "<" if data[:4] == b"\xd4\xc3\xb2\xa1" else ">"
    at = 24
    while at < len(data):
        length = struct.unpack(order + "I", data[at + 8:at + 12])[0]
        packet = data[at + 16:at + 16 + length]
        at += 16 + length
        yield packet[12:16] + packet[20:22], packet[28:]


def of_capture(name):
    first, out = None, b""
    for i, (source, payload) in enumerate(
            datagrams(os.path.join(CAPTURES, name + ".pcap"))):
        first = first or source
        if i < PACKETS:
            out += record(0 if source == first else REPLY, payload)
    return out


def cipher(stream, repeats, length=170, kind=PCMU, flags=0):
    # The bytes say only how many: the target puts cipher text for them.
    return record(RTP | RANDOM | flags, bytes(length), stream=stream,
                  kind=kind, repeats=repeats)


def in_turn(streams, rounds, make):
    return b"".join(make(stream) for _ in range(rounds)
                    for stream in range(streams))


def made():
    quiet = bytes(0x78 + i * i % 7 for i in range(80))
    frames = b"\x78\x52\x80\xa0\x00\xfa\xc2\x00\x07\xd6" * 4
    short = struct.pack(">BBHI", 5, 10, 160, 0)
    return {
        "uniform-then-clear": cipher(0, 255, 60) + cipher(0, 255, 60) +
            record(RTP, quiet, repeats=200),
        "uniform-then-type": cipher(0, 255, 60) +
            record(RTP, quiet, repeats=9, kind=DYNAMIC),
        "streams-5": in_turn(5, 4, lambda s: record(RTP, quiet, stream=s)),
        "streams-32": in_turn(32, 3, lambda s: cipher(s, 0, 20, DYNAMIC)),
        "streams-8-uniform": in_turn(8, 2, lambda s: cipher(s, 63, 60)) * 2,
        "no-memory": cipher(0, 99, 60, flags=NO_MEMORY) +
            record(RTP | NO_MEMORY, quiet, repeats=20, kind=DYNAMIC),
        "g729": record(RTP, frames, kind=G729, repeats=40),
        "event": record(RTP, short[:4], kind=EVENT, repeats=9),
        "short": record(RTP, b"\x55", kind=DYNAMIC, repeats=3),
        "padding": record(RTP | PADDING, quiet[:40] + bytes(3) + b"\x04",
                          kind=DYNAMIC, repeats=5),
        "extension": record(RTP | EXTENSION | CUT, quiet, kind=DYNAMIC,
                            repeats=5),
        "again": record(RTP, quiet) + record(RTP | AGAIN, quiet, repeats=5) +
            record(RTP | REPLY, quiet, repeats=5),
        "idle": cipher(0, 4, 60) + in_turn(
            6, 1, lambda s: record(RTP, quiet, stream=s, time=255, repeats=4)),
        "keep-alive": record(RTP, b"\1\2\3\4" + b"\x9d" * 10, kind=DYNAMIC,
                             repeats=60),
    }


def core_flow():
    seeds = {name: of_capture(name) for name in FROM}
    seeds.update(made())
    return seeds


def datagram(data, missing=0):
    return struct.pack("<H", missing) + data


def core_rtp():
    """The first datagram of each capture, whole and cut, and all vectors."""
    seeds = {}
    for name in FROM:
        _, data = next(datagrams(os.path.join(CAPTURES, name + ".pcap")))
        seeds[name] = datagram(data)
        half = len(data) // 2
        seeds[name + "-cut"] = datagram(data[:half], len(data) - half)
    with open(VECTORS, encoding="ascii") as f:
        vectors = re.findall(r'PREFIX_\w+, "(\w+)",\s*"([0-9a-f]+)"', f.read())
    seeds.update((name, datagram(bytes.fromhex(data))) for name, data in vectors)
    header = struct.pack(">BBHII", 0x91, 96, 1, 160, 1)
    seeds["extension"] = datagram(header + bytes.fromhex(
        "00000002bede000110aa0000") + bytes(range(20)))
    report = struct.pack(">BBHI", 0x80, 201, 1, 1)
    seeds["rtcp-chain"] = datagram(report * 3)
    seeds["srtcp"] = datagram(report + b"\xa5" * 24 + b"\x80\0\0\1" +
                              b"\x5a" * 10)
    return seeds


SEND, DATA = 0x0016, 0x0017
COOKIE = struct.pack(">I", 0x2112a442)
# Cookie and transaction: what addresses are XORed with.
KEY = COOKIE + bytes(range(0x10, 0x1c))
FIT = 0x8000


def attribute(kind, value):
    return struct.pack(">HH", kind, len(value)) + value + bytes(-len(value) % 4)


def stun(kind, *attributes):
    body = b"".join(attributes)
    return struct.pack(">HH", kind, len(body)) + KEY + body


def peer(address, port=40000):
    """XOR-PEER-ADDRESS (RFC 8489, 14.2)."""
    xored = bytes(a ^ k for a, k in zip(address, KEY))
    return attribute(0x0012, struct.pack(
        ">BBH", 0, 1 if len(address) == 4 else 2, port ^ 0x2112) + xored)


def channel(data, number=0x4001):
    return struct.pack(">HH", number, len(data)) + data


def core_carrier():
    """Each carrier, one in another, cut, and what carries nothing."""
    rtp = struct.pack(">BBHII", 0x80, 0, 1, 160, 1) + b"\xd5" * 20
    report = struct.pack(">BBHI", 0x80, 201, 1, 1)
    data, four = attribute(0x0013, rtp), peer(b"\xc0\0\2\1")
    software = attribute(0x8022, b"relay")
    send = stun(SEND, four, data)
    return {
        "rtp": datagram(rtp),
        "binding": datagram(stun(0x0001, software)),
        "channel": datagram(channel(rtp), FIT),
        "channel-rtcp": datagram(channel(report)),
        "channel-padded": datagram(channel(rtp + b"\x55") + bytes(3)),
        "channel-cut": datagram(channel(rtp)[:20], 16),
        # As long as a transport stream's packet, and begins like one.
        "channel-as-mpegts": datagram(channel(rtp + bytes(184 - len(rtp)), 0x4700)),
        "channel-in-channel": datagram(channel(channel(rtp), 0x4fff)),
        "channel-5766": datagram(channel(rtp, 0x69de), FIT),
        "channel-last": datagram(channel(channel(rtp, 0x5185), 0x7fff)),
        "channel-none": datagram(channel(rtp, 0x8000)),
        "send": datagram(send, FIT),
        "send-cut": datagram(send[:44], len(send) - 44),
        "send-after-data": datagram(stun(SEND, data, software, four)),
        "data-ipv6": datagram(stun(
            DATA, peer(b"\x20\1\r\xb8" + bytes(11) + b"\1"), data)),
        "channel-in-send": datagram(stun(
            SEND, software, four, attribute(0x0013, channel(rtp)))),
        "send-in-send": datagram(stun(SEND, four, attribute(0x0013, send)), FIT),
    }


def dtls_record(kind, epoch, body):
    return struct.pack(">BHHHIH", kind, 0xfefd, epoch, 0, 1, len(body)) + body


def dtls_message(kind, body, first=0, length=None):
    length = len(body) - first if length is None else length
    return (bytes([kind]) + len(body).to_bytes(3, "big") + bytes(2) +
            first.to_bytes(3, "big") + length.to_bytes(3, "big") +
            body[first:first + length])


def dtls_hello(fields, extensions):
    body = b"".join(struct.pack(">HH", kind, len(data)) + data
                    for kind, data in extensions)
    return (b"\xfe\xfd" + bytes(32) + fields + struct.pack(">H", len(body)) +
            body)


def zrtp(kind, body=bytes(8)):
    data = (struct.pack(">HHIIHH", 0x1000, 1, 0x5a525450, 1, 0x505a,
                        3 + len(body) // 4) + kind.encode() + body)
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return data + struct.pack("<I", crc ^ 0xffffffff)


def row(*datagrams_of):
    """Datagrams with their direction, as core_dtls and core_nonrtp read them."""
    return b"".join(struct.pack("<BH", flags, len(data)) + data
                    for flags, data in datagrams_of)


def core_dtls():
    """Handshakes to their end, and in parts."""
    offer = bytes.fromhex("000400010005" "00")
    client = dtls_hello(bytes.fromhex("00" "00" "0002c02b" "0100"),
                        [(10, bytes(6)), (14, offer)])
    server = dtls_hello(bytes.fromhex("00" "c02b" "00"),
                        [(14, bytes.fromhex("000200010000"[:10]))])
    server13 = dtls_hello(bytes.fromhex("00" "1301" "00"),
                          [(43, b"\xfe\xfc")])
    hello = (0, dtls_record(22, 0, dtls_message(1, client)))
    finished = dtls_record(22, 1, bytes(24))
    unified = b"\x2e\0\1\0\x10" + bytes(16)
    confirm = [(0, zrtp("Commit  ")), (1, zrtp("Confirm1")),
               (0, zrtp("Confirm2"))]
    return {
        "dtls12": row(hello, (1, dtls_record(22, 0, dtls_message(2, server))),
                      (0, finished), (1, finished)),
        "dtls13": row(hello, (1, dtls_record(22, 0, dtls_message(2, server13))),
                      (0, unified), (1, unified)),
        "fragments": row(*((0, dtls_record(22, 0, dtls_message(
            1, client, at, min(20, len(client) - at))))
                           for at in range(0, len(client), 20))),
        "cut": row((2, hello[1])),
        "zrtp": row((0, zrtp("Hello   ")), *confirm),
        "goclear": row(*confirm, (1, zrtp("GoClear "))),
    }


def ts_packet(counter, start=False, scrambling=0):
    head = struct.pack(">I", 0x47010010 | start << 22 | scrambling << 6 |
                       counter & 15)
    pes = b"\0\0\1\xe0\0\0\x80\x80\5" if start else b""
    return head + pes + bytes(188 - 4 - len(pes))


def srt_handshake(version, fields, kind, socket, extensions=b""):
    return struct.pack(">IIIIIIIIIIIIIIII", 0x80000000, 0, 0, 0, version, fields,
                       1, 1500, 8192, kind, socket, 1, 1, 0, 0, 0) + extensions


def iax_full(source, dest, subclass, kind=6, elements=b""):
    return struct.pack(">HHIHBB", 0x8000 | source, dest, 20, 0, kind,
                       subclass) + elements


def zoom_audio(n):
    """To a server: its header, Zoom's own, RTP's."""
    return (struct.pack(">BHIB", 5, n, 1, 0) + b"\x0f\1" + bytes(17) +
            struct.pack(">BBHII", 0x90, 112, n, 960 * n, 7) + bytes(8))


def core_nonrtp():
    """Of each protocol a beginning, and media."""
    words = struct.pack(">HH", 1, 3) + bytes(12)
    keys = struct.pack(">HH", 3, 1) + bytes(4)
    srt = [(0, srt_handshake(4, 2, 1, 7)), (1, srt_handshake(5, 0x4a17, 1, 9)),
           (0, srt_handshake(5, 1, 0xffffffff, 7, words)),
           (1, srt_handshake(5, 1, 0xffffffff, 9, words))]

    def data(info):
        return [(0, struct.pack(">IIII", 5 + n, info | n + 1, 0, 9) + bytes(8))
                for n in range(4)]

    version = bytes.fromhex("0b020002")
    call = [(0, iax_full(3, 0, 1, elements=version)), (1, iax_full(5, 3, 7))]
    mini = [(0, struct.pack(">HH", 3, n) + bytes(20)) for n in range(4)]
    return {
        "mpegts": row(*((0, ts_packet(n, not n % 2)) for n in range(6))),
        "mpegts-scrambled": row(*((0, ts_packet(n, scrambling=2))
                                  for n in range(6))),
        "srt": row(*srt, *data(0xe0000000)),
        "srt-keys": row(*srt[:2], (0, srt_handshake(5, 3, 0xffffffff, 7, words + keys)),
                        srt[3], *data(0xe8000000)),
        "iax2": row(*call, *mini),
        "iax2-aes": row(call[0], (1, iax_full(5, 3, 7, elements=b"\x2b\2\0\1")),
                        *mini),
        "t38": row(*((0, bytes([0, n, 1, 6, 0, 0])) for n in range(5))),
        "zoom": row(*((0, zoom_audio(n)) for n in range(5))),
        "zoom-direct": row(*((0, zoom_audio(n)[8:]) for n in range(5))),
    }


def rtmp_chunk(fmt, stream, data=b"", length=None, kind=8, time=0, size=128):
    """A message: @fmt is the form of its header, or a chunk of @data alone."""
    out = bytes([fmt << 6 | stream])
    if fmt < 3:
        out += min(time, 0xffffff).to_bytes(3, "big")
    if fmt < 2:
        length = len(data) if length is None else length
        out += length.to_bytes(3, "big") + bytes([kind])
    if fmt < 1:
        out += struct.pack("<I", kind in (8, 9))
    if fmt < 3 and time >= 0xffffff:
        out += struct.pack(">I", time)
    return out + bytes([0xc0 | stream]).join(
        data[at:at + size] for at in range(0, len(data), size) or (0,))


def core_framing():
    """A protocol that frames a byte stream, and how it is cut."""
    def rtmp(*chunks, begin=b"", cut=6):
        return bytes([0 if begin else 0x80, cut]) + begin + b"".join(chunks)

    handshake = b"\3" + bytes(4) + b"\x09\0\x7c\2" + bytes(3064)
    command = rtmp_chunk(0, 3, b"\2\0\7connect" + bytes(150), kind=20)
    window = rtmp_chunk(0, 2, struct.pack(">I", 2500000), kind=5)
    size = rtmp_chunk(0, 2, struct.pack(">I", 300), kind=1)
    abort = rtmp_chunk(0, 2, struct.pack(">I", 6), kind=2)
    video = rtmp_chunk(0, 6, bytes(128), 200, 9)
    late = rtmp_chunk(0, 6, bytes(128), 200, 9, 0x1000000)
    return {
        "rtmp-client": rtmp(
            command, size, rtmp_chunk(0, 4, bytes(700), size=300),
            rtmp_chunk(1, 4, bytes(9)), rtmp_chunk(2, 4, bytes(9)),
            rtmp_chunk(3, 4, bytes(9)), begin=handshake, cut=200),
        "rtmp-server": rtmp(window, rtmp_chunk(0, 2, bytes(6), kind=4), command),
        "rtmp-chunks-1": rtmp(
            window, rtmp_chunk(0, 2, struct.pack(">I", 1), kind=1),
            rtmp_chunk(0, 4, bytes(9), size=1)),
        "rtmp-between": rtmp(command, video, rtmp_chunk(0, 4, bytes(9)),
                             rtmp_chunk(3, 6, bytes(72))),
        "rtmp-extended": rtmp(command, late, rtmp_chunk(3, 6, bytes(76)),
                              rtmp_chunk(3, 6, bytes(132))),
        "rtmp-abort": rtmp(command, video, abort, rtmp_chunk(3, 6, bytes(128))),
        "rtmp-empty": rtmp(window, rtmp_chunk(0, 4), rtmp_chunk(3, 4)),
        "rtmp-streams": rtmp(window, *(
            rtmp_chunk(0, n, bytes(9)) for n in range(3, 13)),
                             rtmp_chunk(3, 3, bytes(9))),
        "rtmp-ids": rtmp(window, b"\0\1" + rtmp_chunk(0, 0, b"a")[1:],
                         b"\1\xff\xff" + rtmp_chunk(0, 0, b"a")[1:]),
        "rtmpe": rtmp(bytes(20), begin=b"\6" + handshake[1:]),
        **rtsp_framing(),
    }


def interleaved(number, data):
    return struct.pack(">cBH", b"$", number, len(data)) + data


RTSP_PLAY = (b"OPTIONS rtsp://a/b RTSP/1.0\r\nCSeq: 1\r\n\r\n"
             b"SETUP rtsp://a/b RTSP/1.0\r\nCSeq: 2\r\n"
             b"Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n")
RTSP_ANSWER = (b"RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Length: 4\r\n\r\n"
               b"v=0\n")
TUNNEL_POST = (b"POST /a HTTP/1.0\r\nx-sessioncookie: a\r\n"
               b"Content-Length: 32767\r\n\r\n")
TUNNEL_ANSWER = (b"HTTP/1.0 200 OK\r\n"
                 b"Content-Type: application/x-rtsp-tunnelled\r\n\r\n")


def rtp_of(seq, length=20):
    return struct.pack(">BBHII", 0x80, 0, seq, 160 * seq, 1) + b"\xd5" * length


def rtsp_framing():
    frames = b"".join(interleaved(n % 2, rtp_of(n)) for n in range(4))
    encoded = b"".join(base64.b64encode(part) for part in
                       (RTSP_PLAY, frames[:40], frames[40:]))
    return {
        "rtsp-client": b"\1\5" + RTSP_PLAY + frames,
        "rtsp-server": b"\1\x30" + RTSP_ANSWER + frames + RTSP_ANSWER + frames,
        "rtsp-frames": b"\x81\1" + frames + interleaved(3, b"") + frames,
        "rtsp-get": b"\1\7" + TUNNEL_ANSWER + RTSP_ANSWER + frames,
        "rtsp-post": b"\2\2" + TUNNEL_POST + encoded,
        "rtsp-base64": b"\x82\0" + encoded + b"\r\n" + encoded,
    }


OPENS, HOLE, TWICE, WITH_LENGTH, WITH_DOLLAR, REST = (1 << bit for bit in range(6))


def segment(data, flags=0, cut=6, repeats=0):
    return struct.pack("<BBBH", flags, cut, repeats, len(data)) + data


def core_stream():
    """Each framing from its beginning, under way, with holes, and nothing known."""
    quiet = b"\xd5" * 20
    report = struct.pack(">BBHI", 0x80, 201, 1, 1)
    binding = stun(0x0001, attribute(0x8022, b"relay"))
    frames = b"".join(interleaved(n % 2, rtp_of(n)) for n in range(4))

    def framed(data):
        return struct.pack(">H", len(data)) + data

    def padded(data, number=0x4001):
        return channel(data, number) + bytes(-len(data) % 4)

    first = framed(rtp_of(1))
    return {
        "rfc4571": segment(first, OPENS) + segment(quiet, WITH_LENGTH, repeats=5) +
            segment(framed(report) + framed(binding) + framed(b"") +
                    b"".join(framed(b"\x80" * n) for n in range(1, 13))),
        "rfc4571-long": segment(framed(rtp_of(1, 3000)), OPENS, 100) +
            segment(first, repeats=3),
        "rfc4571-joined": segment(quiet) + segment(quiet, WITH_LENGTH) +
            segment(quiet, WITH_LENGTH, repeats=3),
        "rfc4571-again": segment(first, OPENS | TWICE) +
            segment(quiet, WITH_LENGTH | TWICE),
        "rfc4571-hole": segment(first, OPENS) + segment(quiet, HOLE) +
            segment(quiet, WITH_LENGTH, repeats=2),
        "rfc4571-lost": segment(first * 3, OPENS) + segment(b"\xff" * 40, REST) +
            segment(quiet, WITH_LENGTH, repeats=2),
        "turn": segment(binding, OPENS) + segment(b"".join(
            padded(rtp_of(n, n)) for n in range(8))) + segment(channel(b"")) +
            segment(padded(b"a") + binding),
        "turn-5766": segment(binding, OPENS) + segment(b"".join(
            padded(rtp_of(n, n), 0x69de) for n in range(8)), HOLE) +
            segment(padded(rtp_of(9), 0x7fff) + padded(rtp_of(1), 0x8000)),
        "rtsp": segment(RTSP_ANSWER + frames, OPENS, 30) +
            segment(quiet, WITH_DOLLAR, repeats=4) + segment(RTSP_ANSWER),
        "rtsp-joined": segment(quiet, WITH_DOLLAR) +
            segment(quiet, WITH_DOLLAR | 0x40, repeats=3),
        "rtsp-post": segment(TUNNEL_POST + base64.b64encode(RTSP_PLAY), OPENS, 3) +
            segment(base64.b64encode(frames)),
        "rtmp": segment(b"\3" + bytes(3072), OPENS, 255) +
            segment(rtmp_chunk(0, 2, struct.pack(">I", 2500000), kind=5) +
                    rtmp_chunk(0, 4, bytes(9)) + rtmp_chunk(0, 6, bytes(200), kind=9)),
        "http": segment(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", OPENS | REST) +
            segment(b"GET /b HTTP/1.1\r\nHost: a\r\n\r\n", REST),
        "tls": segment(b"\x16\3\1\0\x40\1" + quiet, OPENS | REST) + segment(quiet, REST),
    }


def conf():
    """All that is valid, and of each theme the first that is wrong."""
    seeds = {f"valid-{i}": text.encode()
             for i, text in enumerate(conf_cases.VALID)}
    for theme, cases in conf_cases.WRONG.items():
        seeds["wrong-" + theme.replace(" ", "-")] = (
            cases[0][0].replace("\u00bb", "").encode())
    return seeds


TARGETS = {"conf": conf, "core_carrier": core_carrier, "core_dtls": core_dtls,
           "core_flow": core_flow, "core_framing": core_framing,
           "core_nonrtp": core_nonrtp,
           "core_rtp": core_rtp, "core_stream": core_stream}


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__.strip())
    for target, make in TARGETS.items():
        directory = os.path.join(sys.argv[1], target)
        os.makedirs(directory, exist_ok=True)
        for name, data in sorted(make().items()):
            with open(os.path.join(directory, name), "wb") as f:
                f.write(data)


main()
