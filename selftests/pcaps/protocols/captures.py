# SPDX-License-Identifier: GPL-2.0
"""captures.py RECORDED DIRECTORY: writes pcap/ and labels.csv: what record.sh has
recorded, cut to its first packets, and what is made here by the specification.

A recorded packet keeps its bytes from the IP header on and the time since the first;
the link's header and the hour of the recording are not kept."""

import csv
import random
import struct
import sys
from pathlib import Path

# Headers and files: the generator of the directory above.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import generate as WIRE  # noqa: E402  pylint: disable=wrong-import-position

COLUMNS = ("file", "proto", "src", "sport", "dst", "dport", "npkts", "label",
           "codec", "content", "known_by", "source", "source_path", "also")
ETHERNET_LEN = 14
START = 1700000000

# By name: label, packets that are kept, program, and what else is in the flow.
RECORDED = {
    "dtls12-srtp": ("dtls", 40, "openssl", ""),
    "dtls12-null": ("dtls", 40, "openssl", ""),
    "dtls13": ("dtls", 40, "chromium", ""),
    "stun": ("stun", 16, "chromium", ""),
    "turn-channel": ("turn", 90, "coturn", "stun"),
    "turn-send": ("turn", 90, "coturn", "stun"),
    "zrtp": ("zrtp", 20, "linphone", ""),
    "rtcp": ("rtcp-plain", 8, "ffmpeg", ""),
    "srtcp": ("srtcp", 8, "ffmpeg", ""),
    "rtmp": ("rtmp-plain", 60, "ffmpeg", ""),
    "rfc4571": ("rfc4571-plain", 40, "gstreamer", ""),
    "rtsp-interleaved": ("rtspil-plain", 50, "ffmpeg", ""),
    "srt-clear": ("srt-plain", 24, "ffmpeg", ""),
    "srt-encrypted": ("srt-encrypted", 24, "ffmpeg", ""),
    "mpegts": ("mpegts-plain", 12, "ffmpeg", ""),
}


# What goes back where it is something else than what goes there: words about it, or
# nothing, which has no label.
BACK = {"rfc4571": None, "rtsp-interleaved": "rtsp"}


# Recorded --------------------------------------------------------------------

def ends_of(packet):
    """Both ends of it, its sender's first: address and port."""
    ports = struct.unpack_from(">HH", packet, (packet[0] & 15) * 4)
    return tuple((".".join(map(str, packet[n:n + 4])), port)
                 for n, port in zip((12, 16), ports))


def recorded(path):
    """Time since the first, and IP packet, of each."""
    data, at, first = path.read_bytes(), 24, None
    while at < len(data):
        sec, usec, length, wire_len = struct.unpack_from("<IIII", data, at)
        frame = data[at + 16:at + 16 + length]
        at += 16 + length
        if length != wire_len:
            sys.exit(f"{path}: a packet is cut")
        now = sec + usec / 10 ** 6
        first = now if first is None else first
        packet = frame[ETHERNET_LEN:]
        # Behind it is what fills a short frame.
        yield now - first, packet[:struct.unpack_from(">H", packet, 2)[0]]


def largest(packets):
    """Of several flows the one with the most packets: a client asks for its relay
    from another port first."""
    flows = {}
    for time, packet in packets:
        flows.setdefault(frozenset(ends_of(packet)), []).append((time, packet))
    return max(flows.values(), key=len)


# Made ------------------------------------------------------------------------

def call_of(said, port):
    """Datagrams of two hosts, 20 ms apart; by 0 or by 1."""
    ends = ((WIRE.A4, port), (WIRE.B4, port))
    for i, (by, datagram) in enumerate(said):
        (src, sport), (dst, dport) = ends[by], ends[1 - by]
        yield i * .02, WIRE.ip4(WIRE.udp(sport, dport, datagram), src, dst)


def iax2_full(by, stamp, order, kind, subclass, data=b""):
    """RFC 5456, 8.1.1."""
    numbers = (0x0123, 0x4567)
    dest = 0 if (kind, subclass) == (6, 1) else numbers[1 - by]
    return struct.pack(">HHIHBB", 0x8000 | numbers[by], dest, stamp, order, kind,
                       subclass) + data


def iax2_mini(by, i):
    """Its stamp is the low half of a full frame's; 20 ms of a quiet tone in PCMU."""
    return (struct.pack(">HH", (0x0123, 0x4567)[by], 60 + 20 * i) +
            bytes(0x78 + n * n % 7 for n in range(160)))


def iax2():
    """A call of RFC 5456, 6.2: NEW, ACCEPT, ACK, ANSWER, ACK; a full voice frame each
    way, then mini frames; HANGUP, ACK."""
    voice = iax2_mini(0, 0)[4:]
    offer = bytes.fromhex("0b020002 0103313030 0804 00000004 0904 00000004")
    return [
        (0, iax2_full(0, 1, 0x0000, 6, 1, offer)),
        (1, iax2_full(1, 3, 0x0001, 6, 7, bytes.fromhex("0904 00000004"))),
        (0, iax2_full(0, 5, 0x0101, 6, 4)),
        (1, iax2_full(1, 9, 0x0101, 4, 4)),
        (0, iax2_full(0, 11, 0x0102, 6, 4)),
        (0, iax2_full(0, 40, 0x0102, 2, 4, voice)),
        (1, iax2_full(1, 40, 0x0202, 2, 4, voice)),
        *((i % 2, iax2_mini(i % 2, i // 2)) for i in range(16)),
        (0, iax2_full(0, 400, 0x0203, 6, 5, bytes.fromhex("2a0110"))),
        (1, iax2_full(1, 402, 0x0303, 6, 4)),
    ]


def udptl(number, ifp, before):
    """ITU-T T.38, 9.1: the packet, and as many as there were before, up to two."""
    secondary = b"".join(bytes([len(p)]) + p for p in before[::-1][:2])
    return (struct.pack(">H", number) + bytes([len(ifp)]) + ifp +
            bytes([0, min(len(before), 2)]) + secondary)


def t38():
    """A fax that is answered: CNG and CED, the V.21 preamble, then HDLC frames."""
    indicators = [[b"\x02", b"\x00"], [b"\x04", b"\x06"]]
    frames = [bytes.fromhex("c001 800000") + bytes([value]) for value in
              (0xff, 0xc8, 0x04, 0x00, 0x46, 0x98, 0x00)] + [b"\xc0\x01\x20"]
    said, sent = [], ([], [])
    for by, words in ((0, indicators[0]), (1, indicators[1] + frames),
                      (0, [b"\x06"] + frames)):
        for word in words:
            said.append((by, udptl(len(sent[by]), word, sent[by])))
            sent[by].append(word)
    return said


def zoom(by, kind, at, i):
    """A server's header, Zoom's own up to RTP, and in RTP a length, a counter, and what
    stands for cipher text. No specification: as Michel et al. measured it, IMC 2022."""
    rtp = struct.pack(">BBHII", 0x90, 112, 100 + i, 960 * i, 0x01000402 + 16 * by)
    cipher = random.Random(f"{by} {i}").randbytes(90)
    own = (bytes([kind, 1]) + bytes(7) + struct.pack(">HI", i, 20 * i)).ljust(at, b"\0")
    return (struct.pack(">BHIB", 5, i, 0x4f8379, 4 * by) + own + rtp +
            bytes.fromhex("bede0001 50640068") +
            struct.pack(">HBB", len(cipher), 12, i) + bytes(12) + cipher)


MADE = {
    "iax2": ("iax2-plain", lambda: call_of(iax2(), 4569)),
    "t38": ("t38-plain", lambda: call_of(t38(), 4000)),
    "zoom": ("zoom", lambda: call_of([(i % 2, zoom(i % 2, 15, 19, i // 2))
                                      for i in range(24)], 8801)),
}


# The set ---------------------------------------------------------------------

def file_of(packets):
    """WIRE.pcap()'s header, and records with the times of ours."""
    out = [WIRE.pcap(WIRE.RAW, [])]
    for time, packet in packets:
        now = START * 10 ** 6 + round(time * 10 ** 6)
        out.append(struct.pack("<IIII", now // 10 ** 6, now % 10 ** 6,
                               len(packet), len(packet)) + packet)
    return b"".join(out)


def ways(packets):
    """Of what goes which way, how many there are: protocol and ends."""
    counts = {}
    for _, packet in packets:
        proto = {WIRE.UDP: "udp", WIRE.TCP: "tcp"}[packet[9]]
        key = (proto, *(part for end in ends_of(packet) for part in end))
        counts[key] = counts.get(key, 0) + 1
    return counts


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    work, directory = map(Path, sys.argv[1:])
    files = [(name, label, largest(recorded(work / f"{name}.pcap"))[:count],
              f"recorded:{program}", also)
             for name, (label, count, program, also) in RECORDED.items()]
    files += [(name, label, list(make()), "made", "")
              for name, (label, make) in MADE.items()]
    with open(directory / "labels.csv", "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(COLUMNS)
        for name, label, packets, known_by, also in files:
            (directory / "pcap" / f"{name}.pcap").write_bytes(file_of(packets))
            labels = (label, BACK.get(name, label))
            for (way, count), what in zip(ways(packets).items(), labels):
                if what:
                    out.writerow((f"{name}.pcap", *way, count, what, "", "", known_by,
                                  "own-" + known_by.split(":")[0], name, also))


if __name__ == "__main__":
    main()
