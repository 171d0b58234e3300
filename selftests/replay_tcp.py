# SPDX-License-Identifier: GPL-2.0
"""Connections for replay_test.py, which finds generate.py for it."""

import os
import struct

import generate

SYN, ACK, RST = 0x02, 0x10, 0x04


class Connection:
    """One direction of a connection: its packets."""

    def __init__(self, seq=0xffffff00, sport=5004, dport=5006):
        self.seq, self.sport, self.dport = seq, sport, dport
        self.packets = []
        self.send(b"", SYN)
        self.seq += 1

    def send(self, data, flags=ACK, back=0, options=b""):
        """back: it begins so many bytes before what would be next."""
        header = struct.pack(">HHIIBBHHH", self.sport, self.dport,
                             (self.seq - back) % 2 ** 32, 0,
                             (20 + len(options)) << 2, flags, 0xffff, 0, 0)
        self.packets.append(generate.ip4(header + options + data,
                                         proto=generate.TCP))
        self.seq += len(data) - back

    def pcap(self, packets=None, **kwargs):
        return generate.pcap(generate.RAW, packets or self.packets, **kwargs)

    def capture(self, directory):
        name = os.path.join(directory, "tcp.pcap")
        with open(name, "wb") as out:
            out.write(self.pcap())
        return name


def framed(datagram):
    return struct.pack(">H", len(datagram)) + datagram


def pcmu():
    """Twelve frames: one is sent again, one is cut, two come together."""
    frames = [framed(d) for d in generate.media(12)]
    conn = Connection()
    conn.send(frames[0])
    conn.send(frames[1], options=b"\1" * 12)
    conn.send(frames[1], back=len(frames[1]))
    conn.send(frames[2][:100])
    conn.send(frames[2][100:])
    conn.send(frames[3] + frames[4])
    # What was sent before, and a frame that is new.
    conn.send(frames[4] + frames[5], back=len(frames[4]))
    for frame in frames[6:]:
        conn.send(frame)
    return conn


def tls():
    """A first record as a client's, whole records, and cut ones."""
    conn = Connection(sport=40000, dport=443)
    conn.send(bytes.fromhex("16030100c8010000c40303") + generate.cipher(194, 1))
    for i in range(12):
        conn.send(b"\x17\3\3\x05\xa3" + generate.cipher(1443, 2 + i))
    for i in range(12):
        conn.send(generate.cipher(1448, 20 + i))
    return conn
