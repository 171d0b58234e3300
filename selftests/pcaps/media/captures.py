# SPDX-License-Identifier: GPL-2.0
"""captures.py MATERIAL DIRECTORY: writes pcap/, labels.csv and changes.csv, from
the sounds and pictures that generate.sh made.

labels.csv has a line for each flow: what it is (rtp-plain, srtp, srtp-null which
is authenticated but readable, other:PROTOCOL) and how that is known. changes.csv
has those that are both: srtp up to packet clear_from, then clear, which has to be
found out within so many packets.

Addresses are those reserved for documentation; each name seeds its stream's keys,
SSRC and first numbers, so that the same encoders make the same captures."""

import csv
import hashlib
import importlib.util
import struct
import sys
from pathlib import Path

import encode
import srtp
from encode import CODECS, VIDEO, Packet

COLUMNS = ("file", "proto", "src", "sport", "dst", "dport", "npkts", "label",
           "codec", "content", "known_by", "source", "source_path", "also")

SPEECH = ("speech-en", "speech-de", "speech-fr", "speech-es", "speech-fi",
          "speech-cmn", "speech-sw")
OTHER = ("noise", "music", "babble", "tone", "dtmf")

# In turn, so that each cipher meets short and long payloads.
PROFILES = ("cm80", "gcm128", "cm32", "cm80-mki", "gcm256", "cm80", "cm80-256",
            "gcm128-mki")
NULL_EACH = 6

# Encrypted pictures look all the same: some will do.
PROTECTED_VIDEO = {"vp8": "gcm128", "h264_high": "cm80", "h265": "cm32",
                   "av1": "cm80-mki", "mp2t": "cm80"}

CLOCKS = {"opus": 48000, "amrwb": 16000, "speex_wb": 16000, "siren": 16000,
          "sbc": 16000, "aac": 44100, "ac3": 44100, "vorbis": 44100,
          "l16_44k": 44100, "mp2": 90000, "mp3": 90000, "t140": 1000}

# Streams with a header extension, as WebRTC sends them.
EXTENDED = ("opus_32k_fec", "vp8")
# Whose second stream is padded to a multiple of 16 bytes.
PADDED = ("amr_475", "opus_24k_cbr")


def wire():
    """The generator of the directory above: headers and files."""
    path = Path(__file__).resolve().parent.parent / "generate.py"
    spec = importlib.util.spec_from_file_location("wire", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


WIRE = wire()


def seeded(name, size):
    """size bytes that depend on the name only, and look random."""
    return hashlib.shake_256(name.encode()).digest(size)


def clock(codec):
    if codec in VIDEO:
        return 90000
    return next((rate for start, rate in CLOCKS.items()
                 if codec.startswith(start)), 8000)


class Stream:
    """One SSRC: turns packets into datagrams, protected or not."""

    def __init__(self, name, profile=None, extended=False, padded=False):
        self.name, self.extended, self.padded = name, extended, padded
        self.seq, self.ts, self.ssrc = struct.unpack(">HII", seeded(name, 10))
        # No rollover of the sequence number: srtp.py knows none.
        self.seq &= 0x3fff
        self.sender = None
        if profile:
            cipher = profile.removesuffix("-mki")
            self.sender = srtp.Sender(cipher, name,
                                      mki=profile.endswith("-mki"))

    def extension(self):
        """RFC 8285: audio level and absolute send time."""
        level, now = seeded(f"{self.name} {self.seq}", 1)[0] & 0x9f, self.seq * 5243
        return struct.pack(">HHBBI", 0xbede, 2, 0x10, level,
                           0x32 << 24 | now & 0xffffff) + bytes(2)

    def datagram(self, packet):
        payload = packet.payload
        flags = 0x80 | (0x10 if self.extended else 0)
        if self.padded and len(payload) % 16:
            pad = 16 - len(payload) % 16
            payload += bytes(pad - 1) + bytes([pad])
            flags |= 0x20
        header = struct.pack(">BBHII", flags, packet.marker << 7 | packet.pt,
                             self.seq, self.ts + packet.ts & 0xffffffff,
                             self.ssrc)
        if self.extended:
            header += self.extension()
        self.seq += 1
        if self.sender:
            return self.sender.protect(header, payload)
        return header + payload


class Flow:
    """One way between two ports, and what is to be known of it."""

    def __init__(self, label, codec, content="", known_by="generated:clear"):
        self.label, self.codec = label, codec
        self.content, self.known_by = content, known_by
        self.packets = []
        self.clear_from = self.within = None
        self.ports = None

    def add(self, time, datagram):
        self.packets.append((time, datagram))

    def add_stream(self, stream, packets, rate, start=0.0):
        """A frame's packets follow each other by 1 ms; reordered frames wait."""
        last = start - 1
        for packet in packets:
            last = max(start + packet.ts / rate, last + .001)
            self.add(last, stream.datagram(packet))
        return self


class Set:
    """The captures, as they are written."""

    def __init__(self, material, directory):
        self.material, self.directory = material, directory
        self.labels, self.changes = [], []
        self.cache = {}

    def packets(self, codec, content):
        if (codec, content) not in self.cache:
            kind = "yuv" if codec in VIDEO else "wav"
            self.cache[codec, content] = CODECS[codec](
                f"{self.material}/{content}.{kind}")
        return self.cache[codec, content]

    def write(self, name, flows):
        """One file; each fifth holds IPv6."""
        six = len(list((self.directory / "pcap").iterdir())) % 5 == 4
        src, dst = ("2001:db8::1", "2001:db8::2") if six else (
            "192.0.2.1", "198.51.100.2")
        network = WIRE.ip6 if six else WIRE.ip4
        merged = []
        for n, flow in enumerate(flows):
            sport, dport = 20000 + 2 * n, 30000 + 2 * n
            if flow.label.startswith("other:"):
                sport, dport = flow.ports(40000 + n)
            merged += [(time, n, network(WIRE.udp(sport, dport, datagram), src,
                                         dst)) for time, datagram in flow.packets]
            self.label(flow, (name, "udp", src, sport, dst, dport,
                              len(flow.packets)))
        merged.sort(key=lambda entry: entry[0])
        (self.directory / "pcap" / name).write_bytes(
            self.file([(time, packet) for time, _, packet in merged]))

    def label(self, flow, key):
        row = (*key, flow.label, flow.codec, flow.content, flow.known_by,
               "own-generated", flow.codec, "")
        if flow.clear_from:
            self.changes.append((*row, flow.clear_from, flow.within))
        else:
            self.labels.append(row)

    @staticmethod
    def file(packets):
        """WIRE.pcap()'s header, and records with the times of ours."""
        out = [WIRE.pcap(WIRE.RAW, [])]
        for time, packet in packets:
            now = round((1700000000 + time) * 10 ** 6)
            out.append(struct.pack("<IIII", now // 10 ** 6, now % 10 ** 6,
                                   len(packet), len(packet)) + packet)
        return b"".join(out)

    def write_labels(self):
        for name, rows, columns in (
                ("labels.csv", self.labels, COLUMNS),
                ("changes.csv", self.changes, (*COLUMNS, "clear_from", "within"))):
            with open(self.directory / name, "w", newline="",
                      encoding="utf-8") as file:
                out = csv.writer(file, lineterminator="\n")
                out.writerow(columns)
                out.writerows(rows)


def codec_flow(made, codec, content, count, profile=None, **options):
    label = "rtp-plain"
    if profile:
        label = "srtp-null" if profile.startswith("null") else "srtp"
    flow = Flow(label, codec, content, f"generated:{profile or 'clear'}")
    stream = Stream(f"{codec} {content} {profile}", profile,
                    extended=codec in EXTENDED, **options)
    return flow.add_stream(stream, made.packets(codec, content)[:count],
                           clock(codec))


def counts(packets):
    """Packets in clear, of something else, protected: few where they are large.
    Protected ones take 48 to be called uniform, and short ones 192."""
    mean = sum(len(p.payload) for p in packets[:100]) / len(packets[:100])
    if mean < 24:
        return 100, 70, 200
    return (100, 70, 90) if mean < 120 else (60, 40, 66)


def sounds(made):
    """Each codec: speech, something else, speech once more under a cipher."""
    for i, codec in enumerate(c for c in CODECS if c not in VIDEO):
        speech, other = SPEECH[i % len(SPEECH)], OTHER[i % len(OTHER)]
        many, some, protected = counts(made.packets(codec, speech))
        flows = [codec_flow(made, codec, speech, many)]
        if codec in ("pcmu_20", "pcma_20", "g722_20", "opus_24k_cbr"):
            flows.append(codec_flow(made, codec, "silence", 40))
        if not codec.startswith(("t140", "telephone_event", "pcmu_cn")):
            flows.append(codec_flow(made, codec, other, some,
                                    padded=codec in PADDED))
        flows.append(codec_flow(made, codec, speech, protected,
                                PROFILES[i % len(PROFILES)]))
        if i % NULL_EACH == 0:
            flows.append(codec_flow(made, codec, speech, some, "null80"))
        made.write(codec + ".pcap", flows)


def pictures(made):
    for i, codec in enumerate(VIDEO):
        content = ("bars", "fractal")[i % 2]
        flows = [codec_flow(made, codec, content, 45)]
        if codec in PROTECTED_VIDEO:
            flows.append(codec_flow(made, codec, content, 66,
                                    PROTECTED_VIDEO[codec]))
        if codec in ("vp9", "h263"):
            flows.append(codec_flow(made, codec, content, 30, "null80"))
        made.write(codec + ".pcap", flows)


def interleaved(made, ssrcs, each, size, profile=None):
    """G.711 of many SSRCs in one flow, each packet another's turn."""
    flow = Flow("srtp" if profile else "rtp-plain", f"pcmu_x{ssrcs}", "mixed",
                f"generated:{profile or 'clear'}")
    for n in range(ssrcs):
        content = (*SPEECH, *OTHER)[n % (len(SPEECH) + len(OTHER))]
        voice = encode.convert(f"{made.material}/{content}.wav",
                               "-ar 8000 -ac 1 -f mulaw")
        stream = Stream(f"{flow.codec} {n} {profile}", profile)
        flow.add_stream(stream, encode.cut(voice, size, 0, size)[:each], 8000,
                        start=n / 10000)
    flow.packets.sort(key=lambda packet: packet[0])
    return flow


def many_ssrcs(made):
    """Four are tested at a time: the last have to have packets left by then."""
    for ssrcs, each, size in ((5, 20, 80), (8, 24, 80), (32, 32, 40)):
        made.write(f"ssrcs-{ssrcs}.pcap",
                   [interleaved(made, ssrcs, each, size)])
    made.write("ssrcs-8-srtp.pcap", [interleaved(made, 8, 130, 40, "cm80")])


def keep_alives(made):
    """RFC 6263's empty packets under SRTP: nothing but MKI and tag."""
    flows = []
    for profile in ("cm80-mki", "cm32-mki", "gcm128-mki", "cm80"):
        for gap in (15, .02):
            flow = Flow("srtp", "keep-alive", f"each {gap} s",
                        f"generated:{profile}")
            stream = Stream(f"keep-alive {profile} {gap}", profile)
            flow.add_stream(stream, [Packet(0, False, round(i * gap * 8000), b"")
                                     for i in range(200)], 8000)
            flows.append(flow)
    made.write("keep-alive.pcap", flows)


def change(made, protected, after, size, within):
    """Clear G.711 behind protected G.711 of one stream; size: a clear payload;
    within: so many clear packets it has to be found out."""
    voice = encode.convert(f"{made.material}/speech-en.wav",
                           "-ar 8000 -ac 1 -f mulaw")
    flow = Flow("clear-after-srtp", f"pcmu_{size}", "speech-en",
                "generated:cm80 then clear")
    flow.clear_from, flow.within = protected + 1, within
    stream = Stream(f"change {protected} {size}", "cm80")
    for i in range(protected + after):
        if i == protected:
            stream.sender = None
        length = 40 if i < protected else size
        at = i * 40 % (len(voice) - size)
        flow.add(i / 200, stream.datagram(
            Packet(0, i == 0, 40 * i, voice[at:at + length])))
    return flow


def changes(made):
    """50 bytes are as long as 40 and a tag: nothing that can be seen changes."""
    made.write("clear-after-2000.pcap", [change(made, 2000, 200, 50, 64)])
    made.write("clear-after-tag-lost.pcap", [change(made, 300, 60, 40, 8)])


def other(name, port, datagrams, gap=.5, answers=False):
    flow = Flow("other:" + name, "", known_by="generated:" + name)
    flow.ports = lambda own: (port, own) if answers else (own, port)
    for i, datagram in enumerate(datagrams):
        flow.add(i * gap, datagram)
    return flow


def quic(random, grease):
    """A client's packets: Initial and Handshake have long headers, the others
    short ones. RFC 9287's grease clears the fixed bit, which tells QUIC from RTP,
    behind the Initial packet."""
    peer = random[0][:8]
    yield b"\xc3\x00\x00\x00\x01\x08" + peer + b"\x00\x00\x44\x9e" + random[1][:1182]
    fixed = 0 if grease else 0x40
    for r in random[2:4]:
        yield (bytes([0xa0 | fixed | r[0] & 15]) + b"\x00\x00\x00\x01\x08" + peer +
               b"\x00\x42\x58" + r[:600])
    for r in random[4:44]:
        yield bytes([fixed | r[0] & 0x3f]) + peer + r[1:21 + r[2]]


def look_alikes():
    """What is no media. Whatever begins with bits 10 is version 2 to RTP's eyes."""
    random = [seeded(f"other {i}", 1200) for i in range(60)]
    question = b"\x07example\x03org\x00" + struct.pack(">HH", 1, 1)
    dns = [struct.pack(">2sHHHHH", r, 0x0100, 1, 0, 0, 0) + question
           for r in random]
    version2 = [bytes([0x80 | d[0] & 0x3f]) + d[1:] for d in dns]
    yield other("dns", 53, dns)
    yield other("dns-version2", 53, version2)
    for i in range(8):
        yield other("dns-once", 53, version2[i:i + 1])
    yield other("ntp", 123, [b"\x23\x00\x06\xec" + bytes(36) + r[:8]
                             for r in random[:20]], gap=64)
    # A server that announces a minute of 59 seconds: the first two bits are 10.
    yield other("ntp-leap", 123, [
        b"\xa4\x01\x06\xec" + bytes(8) + b"GPS\0" + b"".join(
            struct.pack(">I", 0xe9d4c000 + 64 * i - behind) + r[4 * n:4 * n + 4]
            for n, behind in enumerate((16, 1, 0, 0)))
        for i, r in enumerate(random[:20])], gap=64, answers=True)
    yield other("quic", 443, quic(random, grease=False), gap=.01)
    yield other("quic-grease", 443, quic(random, grease=True), gap=.01)
    yield other("wireguard", 51820, [
        struct.pack("<IIQ", 4, 0x11223344, i) + r[:80 + r[0] // 4 * 4]
        for i, r in enumerate(random)], gap=.01)
    yield other("syslog", 514, [b"<34>Oct 11 22:14:%02d host app: message %d" %
                                (i, i) for i in range(30)])
    yield other("tftp", 69, [struct.pack(">HH", 3, i) + b"line of text\n" * 39
                             for i in range(20)], gap=.01)
    yield other("snmp", 161, [b"\x30\x26\x02\x01\x01\x04\x06public\xa0\x19"
                              b"\x02\x04" + r[:4] + b"\x02\x01\0\x02\x01\0"
                              b"\x30\x0b\x30\x09\x06\x05\x2b\6\1\2\1\5\0"
                              for r in random[:20]])
    yield other("stun", 3478, [b"\x00\x01\x00\x00\x21\x12\xa4\x42" + r[:12]
                               for r in random[:20]])


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    srtp.self_test()
    made = Set(sys.argv[1], Path(sys.argv[2]))
    encode.write_dtmf(sys.argv[1] + "/dtmf.wav")
    sounds(made)
    pictures(made)
    many_ssrcs(made)
    keep_alives(made)
    changes(made)
    made.write("other.pcap", list(look_alikes()))
    made.write_labels()


if __name__ == "__main__":
    main()
