#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Write the captures of this directory, byte for byte the same each time.

usage: generate.py [DIRECTORY]

Each capture is as small as what it shows allows. Addresses are those reserved
for documentation. The media are not real: a payload is a ramp, whose neighbours
are too alike for cipher text, where it has to be clear and the output of a hash
where it has to be cipher text. Real codecs are in media/.
"""

import hashlib
import os
import socket
import struct
import sys

A4, B4 = "192.0.2.1", "192.0.2.2"
A6, B6 = "2001:db8::1", "2001:db8::2"

UDP, UDPLITE, TCP, SCTP, DCCP, ICMP = 17, 136, 6, 132, 33, 1
HOPOPTS, ROUTING, FRAGMENT, AH, DSTOPTS, MOBILITY = 0, 43, 44, 51, 60, 135

ETHERNET, NULL, LOOP, SLL, SLL2 = 1, 0, 108, 113, 276
RAW, RAW12, RAW14, IPV4, IPV6, WIFI = 101, 12, 14, 228, 229, 105


# Network and transport -------------------------------------------------------

def udp(sport, dport, payload, length=None):
    said = len(payload) + 8 if length is None else length
    return struct.pack(">HHHH", sport, dport, said, 0) + payload


def ip4(payload, src=A4, dst=B4, proto=UDP, total=None, frag=0, options=b""):
    header = 20 + len(options)
    total = header + len(payload) if total is None else total
    return struct.pack(">BBHHHBBH4s4s", 0x40 | header // 4, 0, total, 7, frag,
                       64, proto, 0, socket.inet_aton(src),
                       socket.inet_aton(dst)) + options + payload


def ip6(payload, src=A6, dst=B6, proto=UDP, length=None):
    length = len(payload) if length is None else length
    return struct.pack(">IHBB16s16s", 6 << 28, length, proto, 64,
                       socket.inet_pton(socket.AF_INET6, src),
                       socket.inet_pton(socket.AF_INET6, dst)) + payload


def exthdr(kind, following, body=6):
    """An extension header of kind, before following; body bytes and padding."""
    if kind == AH:
        return struct.pack(">BBH", following, 4, 0) + bytes(20)
    length = (body + 2 + 7) // 8
    return struct.pack(">BB", following, length - 1) + bytes(length * 8 - 2)


def exthdrs(kinds, last, payload):
    for kind in reversed(kinds):
        payload = exthdr(kind, last) + payload
        last = kind
    return last, payload


# Link layers -----------------------------------------------------------------

def ethertype(packet):
    return 0x0800 if packet[0] >> 4 == 4 else 0x86dd


def ethernet(packet, tags=(), kind=None):
    frame = bytes(range(12))
    for tag in tags:
        frame += struct.pack(">HH", tag, 100)
    return frame + struct.pack(">H", kind or ethertype(packet)) + packet


def pppoe(packet, code=0):
    proto = 0x0021 if packet[0] >> 4 == 4 else 0x0057
    return ethernet(struct.pack(">BBHHH", 0x11, code, 1, len(packet) + 2,
                                proto) + packet, kind=0x8864)


def sll(packet, tags=()):
    tagged = b"".join(struct.pack(">HH", 100, t) for t in
                      [*tags[1:], ethertype(packet)]) if tags else b""
    kind = tags[0] if tags else ethertype(packet)
    return struct.pack(">HHH8sH", 4, 1, 6, bytes(8), kind) + tagged + packet


def sll2(packet):
    return struct.pack(">HHIHBB8s", ethertype(packet), 0, 2, 1, 4, 6,
                       bytes(8)) + packet


def bsd(packet, order, family):
    return struct.pack(order + "I", family) + packet


# Files -----------------------------------------------------------------------

def pcap(link, packets, snaplen=262144, order="<", nano=False, step=0.02,
         lengths=None):
    """step: seconds between packets; lengths: on the wire, if not captured."""
    magic = 0xa1b23c4d if nano else 0xa1b2c3d4
    unit = 10 ** 9 if nano else 10 ** 6
    out = [struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, snaplen, link)]
    for i, packet in enumerate(packets):
        now = round((1700000000 + step * i) * unit)
        cut = packet[:snaplen]
        wire = lengths[i] if lengths else len(packet)
        out.append(struct.pack(order + "IIII", now // unit, now % unit,
                               len(cut), wire) + cut)
    return b"".join(out)


def block(order, kind, body):
    body += bytes(-len(body) % 4)
    return (struct.pack(order + "II", kind, len(body) + 12) + body +
            struct.pack(order + "I", len(body) + 12))


def pcapng(interfaces, packets, order="<", simple=False):
    """packets: (interface, bytes) each."""
    name = struct.pack(order + "HH4sHH", 2, 4, b"eth0", 0, 0)
    out = block(order, 0x0a0d0d0a,
                struct.pack(order + "IHHq", 0x1a2b3c4d, 1, 0, -1))
    for link in interfaces:
        out += block(order, 1, struct.pack(order + "HHI", link, 0, 262144) + name)
    for i, (interface, packet) in enumerate(packets):
        now = 1700000000 * 10 ** 6 + 20000 * i
        if simple:
            out += block(order, 3, struct.pack(order + "I", len(packet)) + packet)
            continue
        out += block(order, 6, struct.pack(order + "IIIII", interface,
                                           now >> 32, now & 0xffffffff,
                                           len(packet), len(packet)) + packet)
    # A block that readers have to step over: an interface's statistics.
    return out + block(order, 5, struct.pack(order + "III", 0, 0, 0))


# Media -----------------------------------------------------------------------

def ramp(length):
    return bytes((0x70 + i // 4) & 0xff for i in range(length))


def cipher(length, seed):
    out = b""
    while len(out) < length:
        out += hashlib.sha256(b"%d/%d" % (seed, len(out))).digest()
    return out[:length]


def rtp(i, pt, payload, ssrc=0x11223344, step=160):
    return struct.pack(">BBHII", 0x80, pt, 1000 + i, 50000 + step * i,
                       ssrc) + payload


def media(count, pt=0, length=160, clear=True, **kwargs):
    return [rtp(i, pt, ramp(length) if clear else cipher(length, i), **kwargs)
            for i in range(count)]


def sender_report(ssrc):
    return struct.pack(">BBHI", 0x80, 200, 6, ssrc) + bytes(20)


def receiver_report(ssrc):
    return struct.pack(">BBHI", 0x81, 201, 7, ssrc) + bytes(24)


def sdes(ssrc):
    return struct.pack(">BBHIBB", 0x81, 202, 3, ssrc, 1, 4) + b"a@b\0" + bytes(2)


def srtcp(i, ssrc):
    """First eight bytes clear, then cipher text, E and index, a 10-byte tag."""
    clear = sender_report(ssrc)[:8]
    return (clear + cipher(36, 2 * i) + struct.pack(">I", 0x80000000 | i) +
            cipher(10, 2 * i + 1))


def one_way(datagrams, sport=5004, dport=5006):
    return [ip4(udp(sport, dport, d)) for d in datagrams]


def call(there, back, sport=5004, dport=5006):
    out = []
    for a, b in zip(there, back):
        out.append(ip4(udp(sport, dport, a)))
        out.append(ip4(udp(dport, sport, b), src=B4, dst=A4))
    return out


def dns(count):
    """Queries and answers with ids from 0x8000 on: version 2 to RTP's eyes."""
    name = b"\x07example\x03org\x00" + struct.pack(">HH", 1, 1)
    out = []
    for i in range(count):
        query = struct.pack(">HHHHHH", 0x8000 + 0x101 * i, 0x0100, 1, 0, 0, 0)
        reply = struct.pack(">HHHHHH", 0x8000 + 0x101 * i, 0x8180, 1, 1, 0, 0)
        answer = struct.pack(">HHHIH4s", 0xc00c, 1, 1, 60, 4, b"\xc0\x00\x02\x07")
        out.append(ip4(udp(40000, 53, query + name)))
        out.append(ip4(udp(53, 40000, reply + name + answer), src=B4, dst=A4))
    return out


def fragments4(packet, mtu):
    header, data = packet[:20], packet[20:]
    size = (mtu - 20) // 8 * 8
    for off in range(0, len(data), size):
        more = 0x2000 if off + size < len(data) else 0
        yield (header[:2] + struct.pack(">H", 20 + len(data[off:off + size])) +
               header[4:6] + struct.pack(">H", more | off // 8) + header[8:] +
               data[off:off + size])


def fragments6(payload, mtu):
    size = (mtu - 48) // 8 * 8
    for off in range(0, len(payload), size):
        more = 1 if off + size < len(payload) else 0
        yield ip6(struct.pack(">BBHI", UDP, 0, off | more, 99) +
                  payload[off:off + size], proto=FRAGMENT)


# The captures ----------------------------------------------------------------

def link_captures():
    """The same five clear packets behind each link layer."""
    four = one_way(media(5))
    six = [ip6(udp(5004, 5006, d)) for d in media(5)]
    vlan = (0x8100,)
    return {
        "link-ethernet.pcap": pcap(ETHERNET, map(ethernet, four)),
        "link-ethernet6.pcap": pcap(ETHERNET, map(ethernet, six)),
        "link-vlan.pcap": pcap(ETHERNET, [ethernet(p, vlan) for p in four]),
        "link-qinq.pcap": pcap(ETHERNET, [ethernet(p, (0x88a8, 0x8100))
                                          for p in six]),
        "link-vlan4.pcap": pcap(ETHERNET, [ethernet(p, vlan * 4) for p in four]),
        "link-vlan5.pcap": pcap(ETHERNET, [ethernet(p, vlan * 5) for p in four]),
        "link-pppoe.pcap": pcap(ETHERNET, map(pppoe, four)),
        "link-pppoe6.pcap": pcap(ETHERNET, map(pppoe, six)),
        "link-pppoe-bad.pcap": pcap(ETHERNET, [pppoe(p, code=9) for p in four]),
        "link-sll.pcap": pcap(SLL, map(sll, four)),
        "link-sll-vlan.pcap": pcap(SLL, [sll(p, vlan) for p in six]),
        "link-sll2.pcap": pcap(SLL2, map(sll2, four)),
        "link-raw12.pcap": pcap(RAW12, four),
        "link-raw14.pcap": pcap(RAW14, six),
        "link-raw101.pcap": pcap(RAW, four),
        "link-ipv4.pcap": pcap(IPV4, four),
        "link-ipv6.pcap": pcap(IPV6, six),
        "link-null-le.pcap": pcap(NULL, [bsd(p, "<", 2) for p in four]),
        "link-null-be.pcap": pcap(NULL, [bsd(p, ">", 2) for p in four]),
        "link-null6.pcap": pcap(NULL, [bsd(p, "<", f) for p, f in
                                       zip(six, (10, 24, 28, 30, 30))]),
        "link-loop.pcap": pcap(LOOP, [bsd(p, ">", 24) for p in six]),
        "link-wifi.pcap": pcap(WIFI, four),
    }


def file_captures():
    """The same again in each kind of file."""
    frames = [ethernet(p) for p in one_way(media(5))]
    numbered = [(0, f) for f in frames]
    return {
        "file-be.pcap": pcap(ETHERNET, frames, order=">"),
        "file-nano.pcap": pcap(ETHERNET, frames, nano=True),
        "file-backwards.pcap": pcap(ETHERNET, frames, step=-3600),
        "file-le.pcapng": pcapng([ETHERNET], numbered),
        "file-be.pcapng": pcapng([ETHERNET], numbered, order=">"),
        "file-simple.pcapng": pcapng([ETHERNET], numbered, simple=True),
        "file-two.pcapng": pcapng([ETHERNET, ETHERNET],
                                  [(i % 2, f) for i, f in enumerate(frames)]),
        "file-mixed.pcapng": pcapng([ETHERNET, SLL], numbered),
        "file-empty.pcap": pcap(ETHERNET, []),
    }


def ip_captures():
    stream = media(5)
    # 1,316 bytes: seven packets of a transport stream, payload type 33.
    large = media(5, pt=33, length=7 * 188, step=3600)
    chain = [HOPOPTS, ROUTING, DSTOPTS, AH, MOBILITY, DSTOPTS, DSTOPTS, DSTOPTS]
    eight = [exthdrs(chain, UDP, udp(5004, 5006, d)) for d in stream]
    nine = [exthdrs([*chain, DSTOPTS], UDP, udp(5004, 5006, d)) for d in stream]
    cut = [ethernet(p) for p in one_way(stream)]
    return {
        "ip-fragments.pcap": pcap(RAW, [f for d in large for f in
                                        fragments4(ip4(udp(5004, 5006, d)), 576)]),
        "ip-fragments6.pcap": pcap(RAW, [f for d in large for f in
                                         fragments6(udp(5004, 5006, d), 576)]),
        "ip-atomic6.pcap": pcap(RAW, [f for d in stream for f in
                                      fragments6(udp(5004, 5006, d), 1280)]),
        "ip-snaplen.pcap": pcap(ETHERNET, cut, snaplen=60),
        # The frame goes on behind the packet; 10 bytes would be a tag.
        "ip-trailer.pcap": pcap(ETHERNET, [f + bytes(10) for f in cut]),
        "ip-options.pcap": pcap(RAW, [ip4(udp(5004, 5006, d), options=bytes(8))
                                      for d in stream]),
        "ip-total0.pcap": pcap(RAW, [ip4(udp(5004, 5006, d), total=0)
                                     for d in stream]),
        "ip-udp0.pcap": pcap(RAW, [ip4(udp(5004, 5006, d, length=0))
                                   for d in stream]),
        # UDP's length ends the payload, what is behind it is not media.
        "ip-udp-short.pcap": pcap(RAW, [ip4(udp(5004, 5006, d + bytes(7),
                                                length=8 + len(d)))
                                        for d in stream]),
        "ip-exthdr8.pcap": pcap(RAW, [ip6(p, proto=n) for n, p in eight]),
        "ip-exthdr9.pcap": pcap(RAW, [ip6(p, proto=n) for n, p in nine]),
        "ip-broken.pcap": pcap(RAW, [
            ip4(udp(5004, 5006, stream[0]), total=19),
            b"\x44" + ip4(udp(5004, 5006, stream[0]))[1:],
            b"\x35" + bytes(40),
            ip4(b"\x13\x8c"),
            ip4(b"\x13\x8c\x13\x8e\x00\xb4"),
            ip6(b"\x00\x05", proto=DSTOPTS),
        ]),
        "ip-ports.pcap": pcap(RAW, [
            ip4(udp(1, 2, b""), proto=UDP),
            ip4(udp(1, 2, b"x"), proto=UDPLITE),
            ip4(struct.pack(">HHIIHHI", 1, 2, 0, 0, 0x5002, 0, 0), proto=TCP),
            ip4(struct.pack(">HHII", 1, 2, 0, 0), proto=SCTP),
            ip4(struct.pack(">HHII", 1, 2, 0, 0), proto=DCCP),
            ip4(bytes(8), proto=ICMP),
            ip6(bytes(8), proto=59),
        ]),
        "ip-udplite.pcap": pcap(RAW, [ip4(udp(5004, 5006, d, length=20),
                                          proto=UDPLITE) for d in stream]),
    }


def media_captures():
    there = media(12)
    back = media(12, ssrc=0x55667788)
    tagged = media(12, length=170, clear=False)
    reports = [sender_report(1) + sdes(1) for _ in range(4)]
    viewer = [receiver_report(2) + sdes(2) for _ in range(4)]
    hidden = [srtcp(i, 3) for i in range(4)]
    # The callee answers a probe of the caller's before any media flows.
    begun = one_way([b"\x00\x01" + bytes(18)]) + call(back, there)[1::2]
    return {
        "g711.pcap": pcap(RAW, call(there, back)),
        "g711-tag10.pcap": pcap(RAW, call(tagged, tagged)),
        "g711-after-stun.pcap": pcap(RAW, begun),
        "dns.pcap": pcap(RAW, dns(8)),
        "rtcp.pcap": pcap(RAW, one_way(reports, 5005, 5007) +
                          one_way(viewer, 5015, 5017) +
                          one_way(hidden, 5025, 5027)),
    }


def main():
    where = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(
        os.path.abspath(__file__))
    for captures in (link_captures(), file_captures(), ip_captures(),
                     media_captures()):
        for name, data in captures.items():
            with open(os.path.join(where, name), "wb") as out:
                out.write(data)


if __name__ == "__main__":
    main()
