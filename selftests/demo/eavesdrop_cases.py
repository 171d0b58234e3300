#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Captures for eavesdrop_test.sh, and what the eavesdropper makes of each.

usage: eavesdrop_cases.py DIRECTORY VOICE.wav

Writes for each case NAME.pcap, NAME.args, NAME.txt (what is printed) and
NAME.wav (what is heard), and for each file that is refused NAME.pcap and
NAME.err. voice.pcap is VOICE.wav as a call in clear, voice-srtp.pcap the same
encrypted; cut-*.pcap are a capture cut short and damaged-*.pcap others with
bytes overwritten. G.711 is decoded here a second time, from the standard's
tables, so that one mistake does not confirm itself.
"""

import os
import random
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
PCAPS = os.path.join(HERE, "..", "pcaps")

sys.path.insert(0, PCAPS)
sys.dont_write_bytecode = True
import generate  # noqa: E402  pylint: disable=wrong-import-position

PCMU, PCMA = 0, 8
SSRC = 0x11223344
A, B = "192.0.2.1:5004", "192.0.2.2:5006"
A6, B6 = "[2001:db8::1]:5004", "[2001:db8::2]:5006"


# G.711, from tables 2a and 1a of the standard: the decoder's outputs ----------

def mu_law():
    """Values 0 to 8031 units, here in 16 bits: a unit is 4."""
    positive = list(range(0, 31, 2))
    low = 31
    for segment in range(1, 8):
        step = 2 << segment
        positive += [low + step // 2 + step * i for i in range(16)]
        low += 16 * step
    values = []
    for code in range(256):
        magnitude = positive[127 - (code & 127)]
        values.append(4 * magnitude if code & 128 else -4 * magnitude)
    return values


def a_law():
    """Values 1 to 4032 units, here in 16 bits: a unit is 8."""
    positive, low, step = [], 0, 2
    for segment in range(8):
        for _ in range(16):
            positive.append(low + step // 2)
            low += step
        if segment:
            step *= 2
    values = []
    for code in range(256):
        magnitude = positive[(code ^ 0x55) & 127]
        values.append(8 * magnitude if code & 128 else -8 * magnitude)
    return values


TABLES = {PCMU: mu_law(), PCMA: a_law()}


def heard(payload, kind=PCMU):
    return [TABLES[kind][code] for code in payload]


def silence(n):
    return [0] * n


def encode(samples):
    """The nearest value of the decoder's for each sample."""
    cache = {}
    for sample in set(samples):
        cache[sample] = min(range(256),
                            key=lambda code: abs(TABLES[PCMU][code] - sample))
    return bytes(cache[s] for s in samples)


# Captures ----------------------------------------------------------------------

def rtp(i, payload, kind=PCMU, seq=1000, ts=50000, ssrc=SSRC, step=160,
        flags=0x80, extra=b""):
    return struct.pack(">BBHII", flags, kind, (seq + i) & 0xffff,
                       (ts + step * i) & 0xffffffff, ssrc) + extra + payload


def sound(i, length=160):
    """No two packets alike: an exchange is heard."""
    return generate.cipher(length, 1000 + i)


def there(datagrams):
    return [generate.ethernet(generate.ip4(generate.udp(5004, 5006, d)))
            for d in datagrams]


def back(datagrams):
    return [generate.ethernet(generate.ip4(generate.udp(5006, 5004, d),
                                           src=generate.B4, dst=generate.A4))
            for d in datagrams]


def wav(left, right):
    n = max(len(left), len(right))
    left, right = left + silence(n - len(left)), right + silence(n - len(right))
    data = b"".join(struct.pack("<hh", a, b) for a, b in zip(left, right))
    return (b"RIFF" + struct.pack("<I", 36 + len(data)) + b"WAVEfmt " +
            struct.pack("<IHHIIHH", 16, 1, 2, 8000, 32000, 4, 16) + b"data" +
            struct.pack("<I", len(data)) + data)


def wav_read(path):
    with open(path, "rb") as src:
        data = src.read()
    return list(struct.unpack(f"<{(len(data) - 44) // 2}h", data[44:]))


# What is printed ---------------------------------------------------------------

def stream(packets, src=A, dst=B, ssrc=SSRC, codec="pcmu", lost=0, duplicates=0):
    return (f"stream from={src} to={dst} ssrc=0x{ssrc:08x} codec={codec} "
            f"packets={packets} lost={lost} duplicates={duplicates}\n")


def channel(name, packets=0, lost=0, samples=0):
    return f"{name} packets={packets} lost={lost} ms={samples // 8}\n"


def text(streams, left=(), right=()):
    """left, right: packets, lost, samples."""
    left, right = tuple(left) or (0, 0, 0), tuple(right) or (0, 0, 0)
    return ("".join(streams) + channel("left", *left) + channel("right", *right) +
            f"recovered ms={max(left[2], right[2]) // 8}\n")


NOTHING = (text([]), [], [])
RAMP = generate.ramp(160)
FIVE = (text([stream(5)], (5, 0, 800)), heard(RAMP) * 5, [])
FIVE6 = (text([stream(5, A6, B6)], (5, 0, 800)), heard(RAMP) * 5, [])
TAGGED = [generate.cipher(170, i) for i in range(12)]
NOISE = [s for p in TAGGED[:-1] for s in heard(p[:160])] + heard(TAGGED[-1])
QUESTION = b"\x07example\x03org\0\0\1\0\1"
ANSWER = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\7"
CUT = [s for _ in range(4) for s in heard(RAMP[:6]) + silence(154)]

# The captures of the product's own tests: what is printed, left, right.
PRODUCT = {
    **dict.fromkeys((
        "link-ethernet.pcap", "link-vlan.pcap", "link-vlan4.pcap",
        "link-sll.pcap", "link-sll2.pcap", "link-raw12.pcap",
        "link-raw101.pcap", "file-be.pcap", "file-nano.pcap",
        "file-backwards.pcap", "file-le.pcapng", "file-be.pcapng",
        "file-simple.pcapng", "file-two.pcapng", "ip-trailer.pcap",
        "ip-options.pcap", "ip-total0.pcap", "ip-udp0.pcap",
        "ip-udp-short.pcap"), FIVE),
    **dict.fromkeys((
        "link-ethernet6.pcap", "link-qinq.pcap", "link-sll-vlan.pcap"), FIVE6),
    # Captured up to six bytes of voice in each packet: that much is heard.
    "ip-snaplen.pcap": (text([stream(5)], (5, 0, 30)), CUT + heard(RAMP[:6]), []),
    # The other side's first packet came 20 ms later.
    "g711.pcap": (text([stream(12), stream(12, B, A, 0x55667788)],
                       (12, 0, 1920), (12, 0, 1920)),
                  heard(RAMP) * 12, silence(160) + heard(RAMP) * 12),
    "g711-after-stun.pcap": (text([stream(12, B, A)], (12, 0, 1920)),
                             heard(RAMP) * 12, []),
    # Encrypted: as long as the call, and every byte of it cipher text.
    "g711-tag10.pcap": (text([stream(12), stream(12, B, A)],
                             (12, 0, 1930), (12, 0, 1930)),
                        NOISE, silence(160) + NOISE),
    # A single packet is a voice to the eavesdropper, here the query and the
    # answer whose flags read as payload type 0. It never hears too little.
    "dns.pcap": (text([stream(1, "192.0.2.1:40000", "192.0.2.2:53", 0),
                       stream(1, "192.0.2.2:53", "192.0.2.1:40000", 0)],
                      (1, 0, 17), (1, 0, 33)),
                 heard(QUESTION), silence(160) + heard(QUESTION + ANSWER)),
    # No G.711, no UDP, or headers that the eavesdropper does not read.
    **dict.fromkeys((
        "rtcp.pcap", "file-empty.pcap", "ip-broken.pcap",
        "ip-ports.pcap", "ip-udplite.pcap", "ip-fragments.pcap",
        "ip-fragments6.pcap", "ip-atomic6.pcap", "ip-exthdr8.pcap",
        "ip-exthdr9.pcap", "link-vlan5.pcap", "link-pppoe.pcap",
        "link-pppoe6.pcap", "link-pppoe-bad.pcap"), NOTHING),
}

# By capture of the product's tests: where it is refused, and why.
REFUSED = {
    "link-wifi.pcap": "packet 0: link type 105, expected",
    "link-null-le.pcap": "packet 0: link type 0, expected",
    "link-null-be.pcap": "packet 0: link type 0, expected",
    "link-null6.pcap": "packet 0: link type 0, expected",
    "link-loop.pcap": "packet 0: link type 108, expected",
    "link-raw14.pcap": "packet 0: link type 14, expected",
    "link-ipv4.pcap": "packet 0: link type 228, expected",
    "link-ipv6.pcap": "packet 0: link type 229, expected",
    "file-mixed.pcapng": "packet 1: an interface has a type 113 different",
}


def samples(*numbers):
    return [s for i in numbers for s in heard(sound(i))]


def order_cases():
    """Packets that come late, twice or not at all."""
    def numbered(*order):
        return there(rtp(i, sound(i)) for i in order)

    other = rtp(1, sound(99))
    return {
        "in-order": (numbered(0, 1, 2, 3, 4), [],
                     text([stream(5)], (5, 0, 800)), samples(0, 1, 2, 3, 4), []),
        "exchanged": (numbered(0, 2, 1, 4, 3), [],
                      text([stream(5)], (5, 0, 800)), samples(0, 1, 2, 3, 4), []),
        "first-comes-last": (numbered(1, 2, 3, 0), [],
                             text([stream(4)], (4, 0, 640)),
                             samples(0, 1, 2, 3), []),
        "twice": (numbered(0, 1, 1, 2, 0, 3), [],
                  text([stream(4, duplicates=2)], (4, 0, 640)),
                  samples(0, 1, 2, 3), []),
        "twice-and-not-alike": (numbered(0, 1) + there([other]) + numbered(2), [],
                                text([stream(3, duplicates=1)], (3, 0, 480)),
                                samples(0, 1, 2), []),
        "lost": (numbered(0, 1, 4, 5), [],
                 text([stream(4, lost=2)], (4, 2, 640)),
                 samples(0, 1) + silence(320) + samples(4, 5), []),
        "lost-exchanged-twice": (numbered(5, 0, 4, 0, 1, 5), [],
                                 text([stream(4, lost=2, duplicates=2)],
                                      (4, 2, 640)),
                                 samples(0, 1) + silence(320) + samples(4, 5), []),
        "only-one": (numbered(7), [], text([stream(1)], (1, 0, 160)),
                     samples(7), []),
        "numbers-wrap": (there(rtp(i, sound(i), seq=65534, ts=2**32 - 200)
                               for i in (0, 1, 3, 2, 4)), [],
                         text([stream(5)], (5, 0, 800)),
                         samples(0, 1, 2, 3, 4), []),
    }


def time_cases():
    """What timestamps say, and when they say nothing."""
    def at(*timestamps):
        return there(rtp(i, sound(i), ts=ts, step=0)
                     for i, ts in enumerate(timestamps))

    restarted = [rtp(i, sound(i)) for i in range(2)] + [
        rtp(i, sound(i), seq=5001, ts=7) for i in (2, 3)]
    return {
        "pause": (at(0, 160, 8320, 8480), [], text([stream(4)], (4, 0, 640)),
                  samples(0, 1) + silence(8000) + samples(2, 3), []),
        "timestamps-stand-still": (at(9, 9, 9), [],
                                   text([stream(3)], (3, 0, 480)),
                                   samples(0, 1, 2), []),
        "timestamps-jump": (at(0, 160, 10**6, 10**6 + 160), [],
                            text([stream(4)], (4, 0, 640)),
                            samples(0, 1, 2, 3), []),
        "timestamps-go-back": (at(1000, 0, 160), [],
                               text([stream(3)], (3, 0, 480)),
                               samples(0, 1, 2), []),
        # Captured 40 ms after the first stream began.
        "sender-restarts": (there(restarted), [],
                            text([stream(2), stream(2)], (4, 0, 640)),
                            samples(0, 1, 2, 3), []),
    }


def payload_cases():
    """Codecs, lengths and headers."""
    csrc = struct.pack(">II", 1, 2)
    extension = struct.pack(">HHI", 0xbede, 1, 3)
    full = [rtp(0, sound(0), flags=0x82, extra=csrc),
            rtp(1, sound(1), flags=0x90, extra=extension),
            rtp(2, sound(2), flags=0x92, extra=csrc + extension),
            rtp(3, sound(3), kind=0x80)]
    padded = [rtp(i, sound(i) + b"\0\0\0\4", flags=0xa0) for i in range(2)]
    switched = [rtp(0, sound(0)), rtp(1, sound(1), PCMA), rtp(2, sound(2))]
    mixed = [rtp(i, b"", seq=s, ts=t) for i, s, t in ((0, 1, 1), (1, 1, 1))]
    return {
        "pcma": (there(rtp(i, sound(i), PCMA) for i in range(3)), [],
                 text([stream(3, codec="pcma")], (3, 0, 480)),
                 heard(sound(0) + sound(1) + sound(2), PCMA), []),
        "all-pcmu-codes": (there([rtp(0, bytes(range(256)))]), [],
                           text([stream(1)], (1, 0, 256)),
                           heard(range(256)), []),
        "all-pcma-codes": (there([rtp(0, bytes(range(256)), PCMA)]), [],
                           text([stream(1, codec="pcma")], (1, 0, 256)),
                           heard(range(256), PCMA), []),
        "codec-changes": (there(switched), [], text([stream(3)], (3, 0, 480)),
                          heard(sound(0)) + heard(sound(1), PCMA) +
                          heard(sound(2)), []),
        "10-ms": (there(rtp(i, sound(i, 80), step=80) for i in range(3)), [],
                  text([stream(3)], (3, 0, 240)),
                  heard(sound(0, 80) + sound(1, 80) + sound(2, 80)), []),
        "one-byte": (there([rtp(0, b"\x2a")]), [], text([stream(1)], (1, 0, 1)),
                     heard(b"\x2a"), []),
        "csrc-extension-marker": (there(full), [], text([stream(4)], (4, 0, 640)),
                                  samples(0, 1, 2, 3), []),
        # Padding stays in: in SRTP it is encrypted, and looks like anything.
        "padding": (there(padded), [], text([stream(2)], (2, 0, 324)),
                    samples(0, 1) + heard(b"\0\0\0\4"), []),
        "no-voice": (there([*mixed, rtp(0, sound(0), 9), rtp(0, sound(0), 96),
                            rtp(0, sound(0), flags=0x40),
                            rtp(0, sound(0), flags=0x8f)[:60],
                            rtp(0, b"", flags=0x90, extra=extension[:4]),
                            b"", b"\x80"]), [], *NOTHING),
    }


def mix(a, b):
    n = max(len(a), len(b))
    pairs = zip(a + silence(n - len(a)), b + silence(n - len(b)))
    return [max(-32768, min(32767, x + y)) for x, y in pairs]


def side_cases():
    """Who is left and who is right, and two voices on one side."""
    both = [f for i in range(3) for f in
            there([rtp(i, sound(i))]) + back([rtp(i, sound(10 + i), ssrc=5)])]
    late = silence(160) + samples(10, 11, 12)
    ours, theirs = stream(3), stream(3, B, A, 5)
    six = [generate.ethernet(generate.ip6(generate.udp(5004, 5006,
                                                       rtp(0, sound(0)))))]
    # The loudest there is, up and down; the second source starts a packet later.
    up, down = b"\x80" * 160, b"\0" * 160
    first, second = [up, up, down], [up, down, up]
    loud = [d for i in range(3) for d in
            (rtp(i, first[i]), rtp(i, second[i], ssrc=6))]
    return {
        "two-ways": (both, [], text([ours, theirs], (3, 0, 480), (3, 0, 480)),
                     samples(0, 1, 2), late),
        "two-ways-left-given": (both, ["--left", "192.0.2.2"],
                                text([ours, theirs], (3, 0, 480), (3, 0, 480)),
                                late, samples(0, 1, 2)),
        "neither-is-left": (both, ["--left", "::1"],
                            text([ours, theirs], (), (6, 0, 960)),
                            [], mix(samples(0, 1, 2), late)),
        "ipv6-left-given": (six, ["-l", "2001:0db8::1"],
                            text([stream(1, A6, B6)], (1, 0, 160)),
                            samples(0), []),
        "mixed-and-clipped": (there(loud), [],
                              text([stream(3), stream(3, ssrc=6)], (6, 0, 960)),
                              heard(up) + [32767] * 160 + [-32768] * 160 +
                              heard(up), []),
    }


def refused_cases():
    far = there([rtp(0, sound(0)), rtp(0, sound(0), ssrc=2)])
    many = there(rtp(0, b"x", ssrc=i) for i in range(4097))
    return {
        "two-hours": (generate.pcap(generate.ETHERNET, far, step=7200),
                      "packet 2: its voice would lie more than an hour"),
        "many-streams": (generate.pcap(generate.ETHERNET, many, step=0),
                         "packet 4097: more than 4096 streams"),
        "empty": (b"", "packet 0: not a readable capture: "),
        "text": (b"mode enforce\n" * 9, "packet 0: not a readable capture: "),
    }


# Writing ------------------------------------------------------------------------

class Directory:
    """Where all of it goes."""

    def __init__(self, path):
        self.path = path

    def write(self, name, data):
        with open(os.path.join(self.path, name), "wb") as out:
            out.write(data)

    def case(self, name, capture, args, printed, left, right):
        self.write(f"{name}.pcap", capture)
        self.write(f"{name}.args", "".join(f"{a}\n" for a in args).encode())
        self.write(f"{name}.txt", printed.encode())
        self.write(f"{name}.wav", wav(left, right))

    def refused(self, name, capture, why):
        self.write(f"{name}.pcap", capture)
        self.write(f"{name}.err", why.encode())


def product_read(name):
    with open(os.path.join(PCAPS, name), "rb") as src:
        return src.read()


def product_cases(out):
    names = {n for n in os.listdir(PCAPS) if ".pcap" in n}
    unknown = names ^ {*PRODUCT, *REFUSED}
    if unknown:
        sys.exit(f"eavesdrop_cases.py: captures without expectation, or the "
                 f"other way round: {' '.join(sorted(unknown))}")
    for name, (printed, left, right) in PRODUCT.items():
        out.case(name, product_read(name), [], printed, left, right)
    for name, why in REFUSED.items():
        out.refused(name, product_read(name), why)


def voice_cases(out, path):
    """The same sound, in clear and encrypted."""
    code = encode(wav_read(path))
    chunks = [code[i:i + 160] for i in range(0, len(code), 160)]
    rng = random.Random(3)
    hidden = [bytes(b ^ rng.randrange(256) for b in c) + rng.randbytes(10)
              for c in chunks]
    for name, payloads in (("voice", chunks), ("voice-srtp", hidden)):
        out.write(f"{name}.pcap", generate.pcap(generate.ETHERNET, there(
            rtp(i, p) for i, p in enumerate(payloads))))


def damaged_cases(out):
    """A capture cut at every byte, and others with bytes overwritten."""
    whole = generate.pcap(generate.ETHERNET,
                          there(rtp(i, sound(i, 20)) for i in range(2)))
    for n in range(24 + 90 + 60):
        out.write(f"cut-{n}.pcap", whole[:n])
    frames = there(rtp(i, sound(i, 20)) for i in range(60))
    lengths = [len(f) for f in frames]
    out.write("short.pcap", generate.pcap(
        generate.ETHERNET, [f[:i] for i, f in enumerate(frames)],
        lengths=lengths))
    rng = random.Random(1)
    originals = [product_read(name) for name in sorted(PRODUCT)]
    for n in range(100):
        data = bytearray(rng.choice(originals))
        for _ in range(rng.randint(1, 12)):
            data[rng.randrange(len(data))] = rng.choice((0, 255, 127,
                                                         rng.randrange(256)))
        out.write(f"damaged-{n}.pcap", data)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    out = Directory(sys.argv[1])
    product_cases(out)
    for cases in (order_cases(), time_cases(), payload_cases(), side_cases()):
        for name, (frames, *rest) in cases.items():
            out.case(name, generate.pcap(generate.ETHERNET, frames), *rest)
    for name, (data, why) in refused_cases().items():
        out.refused(name, data, why)
    voice_cases(out, sys.argv[2])
    damaged_cases(out)


if __name__ == "__main__":
    main()
