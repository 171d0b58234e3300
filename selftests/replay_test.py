#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""rtpguard replay: captures of every kind, whole, cut short and damaged.

Needs neither root nor the module. lib.py says where the tool is looked for.
"""

import json
import os
import random
import struct
import subprocess
import sys

sys.dont_write_bytecode = True
import lib  # noqa: E402  pylint: disable=wrong-import-position
from lib import (  # noqa: E402  pylint: disable=wrong-import-position
    ASAN, TOOL, check, equal)

PCAPS = os.path.join(lib.HERE, "pcaps")
sys.path.insert(0, PCAPS)
import generate  # noqa: E402  pylint: disable=wrong-import-position
import replay_tcp  # noqa: E402  pylint: disable=wrong-import-position

KEYS = {"proto", "src", "sport", "dst", "dport", "class", "protection",
        "evidence", "packets", "bytes", "media_packets",
        "packets_before_verdict", "passed", "dropped", "verdict", "ssrcs"}

# What nearly all captures hold: five packets of clear G.711, of which the third
# decides. Enforce lets two pass. Lengths and content agree: even the 6 bytes of
# payload that ip-snaplen.pcap has left are enough structure.
CLEAR = {"proto": "udp", "src": "192.0.2.1", "sport": 5004, "dst": "192.0.2.2",
         "dport": 5006, "class": "rtp", "protection": "clear",
         "evidence": ["rtp-continuity", "static-pt-length",
                      "payload-structure"], "packets": 5,
         "bytes": 1000, "media_packets": 5, "packets_before_verdict": 3,
         "passed": 2, "dropped": 3, "held": 0, "verdict": "drop", "ssrcs": 1}
CLEAR6 = {**CLEAR, "src": "2001:db8::1", "dst": "2001:db8::2", "bytes": 1100}
CALL = {**CLEAR, "packets": 24, "bytes": 4800, "media_packets": 24, "passed": 4,
        "dropped": 20, "ssrcs": 2}
HIDDEN = {**CALL, "protection": "undetermined", "evidence": ["rtp-continuity"],
          "bytes": 5040, "packets_before_verdict": None, "passed": 24,
          "dropped": 0, "verdict": "accept"}
QUIET = {"class": "unknown", "protection": "undetermined", "evidence": [],
         "packets_before_verdict": None, "dropped": 0, "verdict": "accept",
         "ssrcs": 0}
RTCP = {"class": "rtcp", "protection": "clear", "evidence": ["rtcp-chain"],
        "packets": 4, "packets_before_verdict": 1, "ssrcs": 0}


def ports(proto):
    return {**QUIET, "proto": proto, "sport": 1, "dport": 2, "packets": 1,
            "passed": 1}


# By capture: its flows, and the packets that belong to none.
EXPECTED = {
    "link-ethernet.pcap": ([CLEAR], {}),
    "link-ethernet6.pcap": ([CLEAR6], {}),
    "link-vlan.pcap": ([CLEAR], {}),
    "link-qinq.pcap": ([CLEAR6], {}),
    "link-vlan4.pcap": ([CLEAR], {}),
    "link-vlan5.pcap": ([], {"undecoded": 5}),
    "link-pppoe.pcap": ([CLEAR], {}),
    "link-pppoe6.pcap": ([CLEAR6], {}),
    "link-pppoe-bad.pcap": ([], {"undecoded": 5}),
    "link-sll.pcap": ([CLEAR], {}),
    "link-sll-vlan.pcap": ([CLEAR6], {}),
    "link-sll2.pcap": ([CLEAR], {}),
    "link-raw12.pcap": ([CLEAR], {}),
    "link-raw14.pcap": ([CLEAR6], {}),
    "link-raw101.pcap": ([CLEAR], {}),
    "link-ipv4.pcap": ([CLEAR], {}),
    "link-ipv6.pcap": ([CLEAR6], {}),
    "link-null-le.pcap": ([CLEAR], {}),
    "link-null-be.pcap": ([CLEAR], {}),
    "link-null6.pcap": ([CLEAR6], {}),
    "link-loop.pcap": ([CLEAR6], {}),
    "file-be.pcap": ([CLEAR], {}),
    "file-nano.pcap": ([CLEAR], {}),
    "file-backwards.pcap": ([CLEAR], {}),
    "file-le.pcapng": ([CLEAR], {}),
    "file-be.pcapng": ([CLEAR], {}),
    "file-simple.pcapng": ([CLEAR], {}),
    "file-two.pcapng": ([CLEAR], {}),
    "file-empty.pcap": ([], {}),
    # First fragments of 572 and 568 bytes at the network layer.
    "ip-fragments.pcap": ([{**CLEAR, "bytes": 5 * 572}], {"fragments": 10}),
    "ip-fragments6.pcap": ([{**CLEAR6, "bytes": 5 * 576}], {"fragments": 10}),
    "ip-atomic6.pcap": ([{**CLEAR6, "bytes": 5 * 228}], {}),
    "ip-snaplen.pcap": ([CLEAR], {}),
    "ip-trailer.pcap": ([CLEAR], {}),
    "ip-options.pcap": ([{**CLEAR, "bytes": 1040}], {}),
    "ip-total0.pcap": ([CLEAR], {}),
    "ip-udp0.pcap": ([CLEAR], {}),
    "ip-udp-short.pcap": ([{**CLEAR, "bytes": 1035}], {}),
    "ip-exthdr8.pcap": ([{**CLEAR6, "bytes": 5 * (220 + 7 * 8 + 24)}], {}),
    "ip-exthdr9.pcap": ([], {"undecoded": 5}),
    "ip-broken.pcap": ([], {"undecoded": 6}),
    "ip-ports.pcap": ([ports(p) for p in ("udp", "udplite", "tcp", "sctp",
                                          "dccp")], {"other": 2}),
    "ip-udplite.pcap": ([{**CLEAR, "proto": "udplite"}], {}),
    "g711.pcap": ([CALL], {}),
    "g711-tag10.pcap": ([HIDDEN], {}),
    "g711-after-stun.pcap": ([{**CLEAR, "packets": 13, "bytes": 12 * 200 + 48,
                               "media_packets": 12, "passed": 3,
                               "dropped": 10}], {}),
    "dns.pcap": ([{**QUIET, "packets": 16, "passed": 16}], {}),
    # Sender reports are media, a viewer's are control, SRTCP shows itself.
    "rtcp.pcap": ([{**RTCP, "passed": 0, "dropped": 4, "verdict": "drop"},
                   {**RTCP, "passed": 4, "dropped": 0, "verdict": "accept"},
                   {**RTCP, "class": "srtcp", "protection": "uniform",
                    "evidence": ["srtcp-trailer"],
                    "packets_before_verdict": 3, "passed": 4, "dropped": 0,
                    "verdict": "accept"}], {}),
}

# By capture: what has to be said of it.
REFUSED = {
    "link-wifi.pcap": "link type 105",
    "file-mixed.pcapng": "packet 1: an interface has a type 113 different",
}


def run(tool, *args, **kwargs):
    return lib.execute(tool, "replay", *args, **kwargs)


def unique(pairs):
    check(len({k for k, _ in pairs}) == len(pairs), "a key stands twice")
    return dict(pairs)


def replay(tool, *args, status=0, **kwargs):
    """The JSON objects, one a file, each checked for what always holds."""
    done = run(tool, "--json", *args, **kwargs)
    equal(done.returncode, status, "exit status; stderr: " +
          done.stderr.decode(errors="replace")[-2000:])
    objects = [json.loads(line, object_pairs_hook=unique)
               for line in done.stdout.decode().splitlines()]
    for obj in objects:
        equal(obj["schema"], 1, "schema")
        flows = obj["flows"]
        equal(sum(f["packets"] for f in flows) + obj["undecoded"] +
              obj["fragments"] + obj["other"], obj["packets"],
              f"{obj['file']}: packets by kind")
        equal(sum(f["dropped"] for f in flows), obj["dropped"],
              f"{obj['file']}: dropped")
        for flow in flows:
            check(KEYS <= flow.keys(), f"keys missing: {KEYS - flow.keys()}")
            equal(flow["passed"] + flow["dropped"], flow["packets"], "packets")
    return objects


def one(*args, **kwargs):
    objects = replay(TOOL, *args, **kwargs)
    equal(len(objects), 1, "objects")
    return objects[0]


def path(name):
    return os.path.join(PCAPS, name)


def compare(obj, expected):
    flows, kinds = expected
    equal(len(obj["flows"]), len(flows), f"{obj['file']}: flows")
    for got, want in zip(obj["flows"], flows):
        for key, value in want.items():
            equal(got[key], value, f"{obj['file']}: {key}")
    for kind in ("undecoded", "fragments", "other"):
        equal(obj[kind], kinds.get(kind, 0), f"{obj['file']}: {kind}")


def flow_of(name, *args):
    return one(*args, path(name))["flows"][0]


# The tests -------------------------------------------------------------------

def test_generated(tmp):
    """captures are what generate.py writes, and all have an expectation"""
    subprocess.run([path("generate.py"), tmp], check=True)
    names = sorted(os.listdir(tmp))
    equal(sorted(n for n in os.listdir(PCAPS) if ".pcap" in n), names, "captures")
    equal(sorted([*EXPECTED, *REFUSED]), names, "expectations")
    for name in names:
        with open(path(name), "rb") as a, open(os.path.join(tmp, name), "rb") as b:
            check(a.read() == b.read(), f"{name} differs")


def test_refused(_tmp):
    """unknown link types and mixed ones are named, and the rest goes on"""
    for name, why in REFUSED.items():
        obj, good = replay(TOOL, path(name), path("g711.pcap"), status=1)
        check(why in obj["error"], f"{name}: {obj['error']}")
        compare(good, EXPECTED["g711.pcap"])
        said = run(TOOL, path(name)).stderr.decode()
        check(f"{path(name)}: {why}" in said, f"{name}: {said}")


def test_modes(_tmp):
    """monitor, enforce and strict differ as they should"""
    enforce = flow_of("g711.pcap", "--mode", "enforce")
    equal(enforce, flow_of("g711.pcap"), "the default is enforce")
    monitor = flow_of("g711.pcap", "--mode", "monitor")
    equal([monitor[k] for k in ("passed", "dropped", "would_drop", "would_hold",
                                "verdict", "protection")],
          [24, 0, 20, 4, "accept", "clear"], "monitor")
    strict = flow_of("g711.pcap", "--mode", "strict")
    equal([strict[k] for k in ("passed", "dropped", "held", "verdict")],
          [0, 24, 4, "drop"], "strict")
    hidden = flow_of("g711-tag10.pcap", "--mode", "strict")
    equal([hidden[k] for k in ("passed", "dropped", "held", "verdict")],
          [0, 24, 24, "drop"], "strict, nothing shown")
    equal(one(path("g711.pcap"))["before_verdict"], 4, "before_verdict")


def test_local(_tmp):
    """--local: the other side only teaches"""
    mine = ("192.0.2.1", "192.0.2.1/32", "192.0.2.0/31")
    for prefix in mine:
        flow = flow_of("g711.pcap", "--local", prefix)
        equal([flow["passed"], flow["dropped"], flow["ssrcs"], flow["verdict"]],
              [14, 10, 2, "drop"], prefix)
    both = flow_of("g711.pcap", "--local", "2001:db8::/32", "--local",
                   "192.0.2.0/24")
    equal(both["dropped"], 20, "both sides are local")
    none = flow_of("g711.pcap", "--local", "198.51.100.0/24")
    equal([none["dropped"], none["verdict"], none["protection"]],
          [0, "accept", "clear"], "neither is")
    six = flow_of("link-ipv6.pcap", "--local", "2001:db8::1")
    equal(six["dropped"], 3, "IPv6")


def test_direction(_tmp):
    """a flow begins with its first packet, media or not"""
    flow = flow_of("g711-after-stun.pcap")
    equal([s["direction"] for s in flow["streams"]], ["reply"], "direction")
    equal([s["ssrc"] for s in flow["streams"]], ["0x11223344"], "ssrc")


def test_rules(tmp):
    """--rules: the given rules and their mode, overridden by --mode"""
    rules = os.path.join(tmp, "rules.conf")

    def judge(text, *args):
        with open(rules, "w", encoding="ascii") as out:
            out.write(text)
        flow = flow_of("g711.pcap", "--rules", rules, *args)
        return flow["dropped"], flow["would_drop"]

    there = "rule lab { media unprotected; ip daddr 192.0.2.2; accept }\n"
    device = 'rule lab { media unprotected; oifname "eth*"; accept }\n'
    equal(judge("mode monitor\n"), (0, 20), "mode of the file")
    equal(judge("mode monitor\n", "--mode", "enforce"), (20, 0), "--mode")
    equal(judge(there), (10, 0), "one direction accepted")
    equal(judge(device), (20, 0), "a capture has no output device")
    with open(rules, "w", encoding="ascii") as out:
        out.write("mode enforce\nrule {\n")
    done = run(TOOL, "--rules", rules, path("g711.pcap"))
    equal(done.returncode, 2, "exit status")
    check(f"{rules}:2:".encode() in done.stderr, done.stderr)
    equal(done.stdout, b"", "output")


def test_usage(_tmp):
    """bad command lines are refused with status 2 and a reason"""
    g711 = path("g711.pcap")
    for args, why in (
            ([], "capture files"),
            (["--mode", "off", g711], "expected monitor, enforce or strict"),
            (["--mode", "x", g711], "expected monitor, enforce or strict"),
            (["--local", "192.0.2.1/24", g711], "bits set beyond"),
            (["--local", "192.0.2.0/33", g711], "expected 0 to 32"),
            (["--local", "2001:db8::/129", g711], "expected 0 to 128"),
            (["--local", "192.0.2.0/", g711], "prefix length"),
            (["--local", "192.0.2.0/-1", g711], "prefix length"),
            (["--local", "192.0.2", g711], "no address"),
            (["--local", "9" * 99, g711], "no address"),
            (["--frobnicate", g711], "frobnicate")):
        done = run(TOOL, *args)
        equal((done.returncode, done.stdout), (2, b""), args)
        check(why in done.stderr.decode(), f"{args}: {done.stderr}")


def test_files(tmp):
    """files that are none, standard input, odd names, a full disk"""
    empty = os.path.join(tmp, "empty")
    odd = os.path.join(os.fsencode(tmp), b"caf\xe9 \"1\".pcap")
    with open(path("g711.pcap"), "rb") as src, open(odd, "wb") as dst, \
         open(empty, "wb"):
        dst.write(src.read())
    for bad, why in ((empty, "not a readable pcap"), (tmp, "not a readable pcap"),
                     (tmp + "/absent", "cannot open: No such file"),
                     (path("generate.py"), "not a readable pcap")):
        obj = one(bad, status=1)
        check(why in obj["error"], f"{bad}: {obj['error']}")
        equal((obj["packets"], obj["flows"]), (0, []), bad)
    compare(one(odd), EXPECTED["g711.pcap"])
    with open(path("g711.pcap"), "rb") as src:
        compare(one("-", stdin=src), EXPECTED["g711.pcap"])
    with open("/dev/full", "wb") as full:
        done = run(TOOL, path("g711.pcap"), stdout=full)
    equal(done.returncode, 1, "exit status on a full disk")


def test_text(_tmp):
    """the table has one line a flow and a summary"""
    done = run(TOOL, path("rtcp.pcap"))
    lines = done.stdout.decode().splitlines()
    equal((done.returncode, len(lines)), (0, 5), "status and lines")
    check(lines[1].split()[:5] == ["udp", "192.0.2.1:5005", "192.0.2.2:5007",
                                   "rtcp", "clear"], lines[1])
    check("12 packets, 3 flows; 4 dropped" in lines[4], lines[4])


def test_many_flows(tmp):
    """20,000 flows are all listed, in order"""
    name = os.path.join(tmp, "many.pcap")
    packets = [generate.ip4(generate.udp(1024 + i, 53, b"query"))
               for i in range(20000)]
    with open(name, "wb") as out:
        out.write(generate.pcap(generate.RAW, packets + packets[::-1]))
    flows = one(name)["flows"]
    equal([f["sport"] for f in flows], list(range(1024, 21024)), "ports")
    equal({f["packets"] for f in flows}, {2}, "packets")


# TCP -------------------------------------------------------------------------

def test_tcp(tmp):
    """RFC 4571 with a segment sent again and one cut: each frame counts once"""
    conn = replay_tcp.pcmu()
    name = conn.capture(tmp)
    for tool in (TOOL, ASAN):
        flow = replay(tool, name)[0]["flows"][0]
        equal([flow[k] for k in ("class", "protection", "evidence")],
              ["rtp", "clear", CLEAR["evidence"]], "what it is")
        equal([flow[k] for k in ("packets", "media_packets", "ssrcs")],
              [len(conn.packets), 12, 1], "segments, frames, streams")
        equal(flow["streams"][0]["packets"], 12, "packets of the stream")
        equal(flow["packets_before_verdict"], 3, "frames before the verdict")
        equal([flow[k] for k in ("dropped", "held", "verdict")],
              [10, 0, "drop"], "frames that do not leave")
    flow = replay(TOOL, "--mode", "strict", name)[0]["flows"][0]
    equal([flow["dropped"], flow["held"]], [12, 2], "strict")


def test_tcp_begins(tmp):
    """a connection that is joined, one with a hole, one that is given up"""
    conn = replay_tcp.pcmu()
    del conn.packets[:2]
    equal(one(conn.capture(tmp))["flows"][0]["media_packets"], 11, "joined")
    conn = replay_tcp.pcmu()
    del conn.packets[5]
    equal(one(conn.capture(tmp))["flows"][0]["media_packets"], 11, "a hole")
    conn = replay_tcp.pcmu()
    conn.send(b"", replay_tcp.RST)
    conn.send(bytes(200))
    flow = one(conn.capture(tmp))["flows"][0]
    equal([flow["media_packets"], flow["class"]], [12, "rtp"], "given up")


def test_tcp_nothing(tmp):
    """TLS, and cipher text of which the beginning was not seen, are no media"""
    for first, mode in ((0, "enforce"), (0, "strict"), (2, "strict")):
        conn = replay_tcp.tls()
        del conn.packets[:first]
        flow = one("--mode", mode, conn.capture(tmp))["flows"][0]
        equal({k: flow[k] for k in QUIET}, QUIET, f"from packet {first}, {mode}")
        equal([flow["media_packets"], flow["streams"]], [0, []], "media")


def test_tcp_captured_short(tmp):
    """TCP captured up to every length, cut into fragments, with bad headers"""
    conn = replay_tcp.pcmu()
    lengths = [len(p) for p in conn.packets]
    variants = [conn.pcap(), conn.pcap(
        [f for p in conn.packets for f in generate.fragments4(p, 100)])]
    variants += [conn.pcap([p[:n] for p in conn.packets], lengths=lengths)
                 for n in range(max(lengths))]
    variants += [conn.pcap([p[:32] + bytes([n << 4]) + p[33:]
                            for p in conn.packets]) for n in range(16)]
    objects = replay(ASAN, "--mode", "strict", *write_all(tmp, variants))
    equal(len(objects), len(variants), "objects")
    frames = [[f["media_packets"] for f in obj["flows"]] for obj in objects]
    # First fragments tell of nothing: what is missing cannot be put in order.
    equal(frames[:2], [[12], [0]], "whole, in fragments")
    check(all(sum(n) <= 12 for n in frames), "more frames than there are")


# Damage, with sanitizers -----------------------------------------------------

def write_all(tmp, variants):
    names = []
    for i, data in enumerate(variants):
        names.append(os.path.join(tmp, f"v{i}"))
        with open(names[-1], "wb") as out:
            out.write(data)
    return names


def read(name):
    with open(path(name), "rb") as src:
        return src.read()


def pcap_records(data):
    """Where each record ends, the file header's end first."""
    ends = [24]
    while ends[-1] < len(data):
        ends.append(ends[-1] + 16 + struct.unpack_from("<I", data, ends[-1] + 8)[0])
    return ends


def test_truncated_pcap(tmp):
    """a pcap cut at every byte: whole packets count, the error names the next"""
    data = read("link-qinq.pcap")
    ends = pcap_records(data)
    names = write_all(tmp, [data[:n] for n in range(len(data))])
    for n, obj in enumerate(replay(ASAN, *names, status=1)):
        whole = sum(e <= n for e in ends) - 1
        equal(obj["packets"], max(whole, 0), f"cut at {n}: packets")
        if n in ends:
            check("error" not in obj, f"cut at {n}: {obj.get('error')}")
        elif whole >= 0:
            check(obj["error"].startswith(f"packet {whole + 1}: "), obj["error"])
        else:
            check("not a readable pcap" in obj["error"], obj["error"])


def test_truncated_pcapng(tmp):
    """a pcapng cut at every byte"""
    data = read("file-le.pcapng")
    names = write_all(tmp, [data[:n] for n in range(len(data))])
    objects = replay(ASAN, *names, status=1)
    equal(len(objects), len(data), "objects")
    packets = [obj["packets"] for obj in objects]
    equal(packets, sorted(packets), "packets grow with the file")
    equal(packets[-1], 5, "packets")
    check(any("packet 3: " in obj.get("error", "") for obj in objects),
          "no error names packet 3")


def test_short_snaplen(tmp):
    """every capture with its packets captured up to every length"""
    variants = []
    for name in EXPECTED:
        data = read(name)
        if not name.endswith(".pcap") or data[:4] != b"\xd4\xc3\xb2\xa1":
            continue
        link = struct.unpack_from("<I", data, 20)[0]
        ends = pcap_records(data)
        packets = [data[a + 16:b] for a, b in zip(ends, ends[1:])][:6]
        lengths = [len(p) for p in packets]
        for n in range(min(max(lengths, default=0), 140)):
            variants.append(generate.pcap(link, [p[:n] for p in packets],
                                          lengths=lengths))
    check(len(variants) > 3000, f"only {len(variants)} variants")
    objects = replay(ASAN, *write_all(tmp, variants))
    equal(len(objects), len(variants), "objects")


def test_damaged(tmp):
    """3,000 captures with bytes overwritten, in strict"""
    rng = random.Random(1)
    originals = [read(name) for name in EXPECTED]
    variants = []
    for _ in range(3000):
        data = bytearray(rng.choice(originals))
        for _ in range(rng.randint(1, 12)):
            data[rng.randrange(len(data))] = rng.choice((0, 0xff, 0x7f,
                                                         rng.randrange(256)))
        variants.append(bytes(data))
    names = write_all(tmp, variants)
    equal(len(replay(ASAN, "--mode", "strict", *names, status=1)), 3000, "objects")


def capture_test(name):
    def test(_tmp):
        compare(one(path(name)), EXPECTED[name])
        compare(replay(ASAN, path(name))[0], EXPECTED[name])
    test.__doc__ = f"{name}: flows, lengths and verdicts are as expected"
    return test


TESTS = [
    test_generated,
    *(capture_test(name) for name in sorted(EXPECTED)),
    test_refused, test_modes, test_local, test_direction, test_rules, test_usage,
    test_files, test_text, test_many_flows,
    test_tcp, test_tcp_begins, test_tcp_nothing, test_tcp_captured_short,
    test_truncated_pcap, test_truncated_pcapng, test_short_snaplen, test_damaged,
]


if __name__ == "__main__":
    lib.skip_without_tool(replay=True)
    sys.exit(lib.run_tests(TESTS, lib.in_directory))
