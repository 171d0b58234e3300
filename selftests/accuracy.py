#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""accuracy.py RTPGUARD CORPUS [JSON]: replays labelled captures and scores what
rtpguard says of them, class by class and codec by codec. CORPUS holds pcap/ and
labels.csv. Exit code 1 when a bar is missed; the figures go to JSON too. Of what a
corpus has no flow of, nothing is asked: 0 of 0, and the bar holds.

A flow of fewer than MIN_PACKETS packets says little and is not scored, nor is
one that is labelled unsure, nor one whose key crossed the wire in clear: that
becomes `exposed` once signalling is parsed."""

import csv
import json
import math
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

import accuracy_classes

MIN_PACKETS = 4
UNIFORM_MIN_PACKETS = 64

# On TCP: rows by what cuts its streams into frames, of labels that begin so.
ON_TCP = {"rfc4571": "rfc4571", "rtspil": "rtsp-interleaved"}
READABLE = ("rtp-plain", "srtp-null", "turn-channel-plain", *(
    f"{name}-{kind}" for name in ON_TCP for kind in ("plain", "null")))
SRTP_ON_TCP = tuple(f"{name}-srtp" for name in ON_TCP)
# What a flow is called, by its label: class and protection.
NAMED = {
    "stun": {("stun", "undetermined")},
    "dtls": {("dtls", "undetermined")},
    "rtcp-plain": {("rtcp", "clear")},
    "srtcp": {("srtcp", "uniform"), ("srtcp", "protected")},
    "srtcp-null": {("srtcp", "null")},
    # Handshakes, and perhaps media behind them.
    "rtmp": {("rtmp", "undetermined"), ("rtmp", "clear")},
    "turn": {("turn", "undetermined")},
    "zrtp": {("zrtp", "undetermined")},
    "srt-encrypted": {("srt", "protected")},
    "zoom": {("zoom", "undetermined")},
    **{f"{name}-plain": {(name, "clear")}
       for name in ("iax2", "mpegts", "rtmp", "srt", "t38")},
}
# Media without streams: what such a flow is called is all there is.
NONRTP = ("mpegts", "srt", "iax2", "t38", "rtmp")
NONRTP_READABLE = ("rtmp", *(f"{name}-plain" for name in NONRTP))
# Its first payload byte is in clear, which is what structure is found in: scored
# apart, neither as found nor as a false alarm.
E2EE = "e2ee-in-rtp"
CONTROL = ("rtcp-plain", "srtcp", "srtcp-null")
UNPROTECTED = ("clear", "null", "exposed")

# Addresses on which clear SIP carries the key of the flow's file.
KEY_LABEL = "sdp-sdes-clear"


class Bars:
    """What has to hold, each as it is printed."""

    def __init__(self):
        self.results = []

    def check(self, name, value, good, wanted):
        self.results.append({"bar": name, "value": value, "wanted": wanted,
                             "ok": bool(good)})

    def failed(self):
        return [r for r in self.results if not r["ok"]]


def replay(rtpguard, mode, files):
    """One object a file, in the files' order, as rtpguard prints them."""
    by_name = {}
    for at in range(0, len(files), 100):
        chunk = [str(f) for f in files[at:at + 100]]
        run = subprocess.run([rtpguard, "replay", "--json", "--mode", mode] +
                             chunk, stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, check=False)
        for line in run.stdout.splitlines():
            report = json.loads(line)
            by_name[Path(report["file"]).name] = report
    return by_name


def one_way(flow):
    """A bidirectional flow as its two directions: key, streams."""
    ends = ((flow["src"], flow["sport"]), (flow["dst"], flow["dport"]))
    for reply, (src, dst) in ((False, ends), (True, ends[::-1])):
        streams = [s for s in flow["streams"]
                   if (s["direction"] == "reply") == reply]
        yield (flow["proto"], *src, *dst), streams


class Flow:
    """A labelled flow and what was said of it."""

    def __init__(self, row):
        self.row = row
        self.label = row["label"]
        self.group = self.label.split(":")[0]
        self.codec = row["codec"] or "-"
        self.packets = int(row["npkts"])
        self.flow = None
        self.strict = None
        self.streams = []

    def table_row(self):
        """The row it is counted in: one for each framing of TCP."""
        return ON_TCP.get(self.group.split("-")[0], self.group)

    def may_be_found(self):
        """Is it media that is readable, or has a name that has to be right?"""
        return self.group in READABLE or self.group in NAMED

    def is_found(self):
        return self.named() if self.group in NAMED else self.suspected()

    def may_be_called_readable(self):
        return (self.group in READABLE + CONTROL + ("rtmp", "srtp-exposed", E2EE) or
                self.group.endswith(("-plain", "-null")))

    def key(self):
        row = self.row
        return (row["proto"], row["src"], int(row["sport"] or 0), row["dst"],
                int(row["dport"] or 0))

    def first(self, what):
        counts = [s[what] for s in self.streams if s[what]]
        return min(counts) if counts else None

    def suspected(self):
        return self.nonrtp() or any(
            s["protection"] in UNPROTECTED + ("suspected",) or
            s["packets_before_suspected"] for s in self.streams)

    def nonrtp(self):
        """Is the flow taken for readable media that is not RTP?"""
        return (self.flow and self.flow["class"] in NONRTP and
                self.flow["protection"] in UNPROTECTED)

    def unprotected(self):
        return any(s["protection"] in UNPROTECTED for s in self.streams)

    def uniform(self):
        return self.streams and all(
            s["protection"] in ("uniform", "protected") for s in self.streams
            if s["packets"] >= UNIFORM_MIN_PACKETS)

    def named(self):
        """Is the flow called what its label says?"""
        return self.flow and (
            self.flow["class"], self.flow["protection"]) in NAMED[self.group]

    def long_enough(self):
        return any(s["packets"] >= UNIFORM_MIN_PACKETS for s in self.streams)


def read_labels(corpus):
    with open(corpus / "labels.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    exposed = {r["file"] for r in rows if r["label"] == KEY_LABEL}
    flows = defaultdict(list)
    for row in rows:
        flow = Flow(row)
        if flow.label == "srtp" and row["file"] in exposed:
            flow.group = "srtp-exposed"
        flows[row["file"]].append(flow)
    return flows


def attach(flows, reports, attribute):
    for name, labelled in flows.items():
        report = reports.get(name)
        if not report:
            continue
        found = {}
        for flow in report["flows"]:
            for key, streams in one_way(flow):
                found.setdefault(key, (flow, streams))
        for one in labelled:
            flow, streams = found.get(one.key(), (None, []))
            setattr(one, attribute, flow)
            if attribute == "flow":
                one.streams = streams


def quantile(counts, share):
    """The smallest count that this share of all does not exceed."""
    counts = sorted(counts)
    return counts[max(0, math.ceil(share * len(counts)) - 1)]


def spread(counts):
    if not counts:
        return None
    known = [c if c is not None else math.inf for c in counts]
    return {name: None if value == math.inf else value for name, value in
            (("median", quantile(known, .5)), ("p99", quantile(known, .99)),
             ("max", max(known)))}


def score(flows):
    """The row of one class or codec."""
    wanted = [f for f in flows if f.may_be_found()]
    found = [f for f in wanted if f.is_found()]
    readable = [f for f in flows if f.group in READABLE]
    others = [f for f in flows if f.group not in READABLE + (E2EE, *NONRTP_READABLE)]
    row = {"flows": len(flows),
           "found": len(found) if wanted else None,
           "missed": len(wanted) - len(found) if wanted else None,
           "false_alarms": sum(f.suspected() for f in others) if others else None}
    if readable:
        row["to_24_5_bits"] = spread([f.first("packets_before_suspected")
                                      for f in readable])
        row["to_45_bits"] = spread([f.first("packets_before_verdict")
                                    for f in readable])
    return row


def table(title, groups):
    def text(value):
        return "-" if value is None else str(value)

    def packets(values):
        if not values:
            return "-"
        return "/".join(text(values[k]) for k in ("median", "p99", "max"))

    print(f"{title:28} {'flows':>6} {'found':>6} {'missed':>6} {'false':>6}"
          f" {'24.5 bits':>12} {'45 bits':>12}")
    for name, row in sorted(groups.items()):
        print(f"{name:28} {row['flows']:6} {text(row['found']):>6}"
              f" {text(row['missed']):>6} {text(row['false_alarms']):>6}"
              f" {packets(row.get('to_24_5_bits')):>12}"
              f" {packets(row.get('to_45_bits')):>12}")
    print()


def is_udp(flow):
    return flow.row["proto"] in ("udp", "udplite")


def is_tcp(flow):
    return flow.row["proto"] == "tcp"


def check_readable(bars, scored):
    readable = [f for f in scored if f.group in READABLE and is_udp(f)]
    found = [f for f in readable if f.suspected()]
    share = len(found) / len(readable) if readable else 1
    bars.check("readable media found", round(share, 5), share >= .995, ">= 0.995")
    to_24 = spread([f.first("packets_before_suspected") for f in readable])
    to_45 = spread([f.first("packets_before_verdict") for f in readable])
    for name, counts, which, limit in (("24.5 bits, median", to_24, "median", 5),
                                       ("24.5 bits, p99", to_24, "p99", 28),
                                       ("45 bits, median", to_45, "median", 7)):
        value = counts and counts[which]
        bars.check(f"packets to {name}", value, not readable or
                   (value is not None and value <= limit), f"<= {limit}")
    for flow in readable:
        if not flow.suspected():
            print(f"missed: {flow.row['file']} {flow.codec} {flow.row['content']}")


def check_alarms(bars, name, scored):
    wrong = [f for f in scored if not f.may_be_called_readable() and f.suspected()]
    bars.check(name, len(wrong), not wrong, "0")
    for flow in wrong:
        print(f"false alarm: {flow.row['file']} {flow.label} {flow.codec}")


def check_encrypted(bars, scored):
    check_alarms(bars, "false alarms", [f for f in scored if not is_tcp(f)])
    e2ee = [f for f in scored if f.group == E2EE]
    print(f"{E2EE}: {sum(f.suspected() for f in e2ee)} of {len(e2ee)} called"
          " readable for their clear header")
    srtp = [f for f in scored if f.group in ("srtp", "srtp-exposed") and
            is_udp(f) and f.long_enough()]
    uniform = [f for f in srtp if f.uniform()]
    share = len(uniform) / len(srtp) if srtp else 1
    bars.check("SRTP of 64 packets uniform", round(share, 5), share >= .99,
               ">= 0.99")
    for flow in srtp:
        if not flow.uniform():
            print(f"not uniform: {flow.row['file']} {flow.codec}")


def lost(report):
    """Packets of a flow that strict dropped before any verdict or by it."""
    return report["dropped"] if report else 0


def check_strict(bars, flows):
    everything = [f for of_file in flows.values() for f in of_file]
    readable = [f for f in everything if f.group in READABLE and is_udp(f) and
                f.strict]
    leaked = sum(max(0, f.strict["media_packets"] - f.strict["dropped"])
                 for f in readable)
    bars.check("strict: readable packets passed", leaked, leaked == 0, "0")
    for flow in readable:
        if flow.strict["media_packets"] > flow.strict["dropped"]:
            print(f"strict leaks: {flow.row['file']} {flow.codec}")
    other = {id(f.strict): f for f in everything if f.group == "other" and
             is_udp(f) and f.strict}
    hit = [f for f in other.values() if lost(f.strict)]
    share = len(hit) / len(other) if other else 0
    bars.check("strict: non-media flows that lose a packet", round(share, 5),
               share <= .005, "<= 0.005")
    packets = sum(lost(f.strict) for f in hit)
    print(f"strict: {len(hit)} of {len(other)} non-media flows lose"
          f" {packets} packets")
    for name, count in Counter(f.label for f in hit).most_common():
        print(f"strict holds: {name} {count}")


def check_tcp(bars, scored, flows):
    """Few flows of media, so that none may be missed, and thousands of others."""
    tcp = [f for f in scored if is_tcp(f)]
    wanted = [f for f in tcp if f.group in READABLE + NONRTP_READABLE]
    missed = [f for f in wanted if not f.is_found()]
    share = 1 - len(missed) / len(wanted) if wanted else 1
    bars.check("TCP: readable media found", round(share, 5), not missed, "1.0")
    srtp = [f for f in tcp if f.group in SRTP_ON_TCP]
    mixed = [f for f in srtp if not (f.long_enough() and f.uniform())]
    bars.check("TCP: SRTP not uniform", len(mixed), not mixed, "0")
    check_alarms(bars, "TCP: false alarms", tcp)
    everything = [f for of_file in flows.values() for f in of_file
                  if is_tcp(f) and f.strict]
    # A flow of both directions once.
    readable = {id(f.strict): f for f in everything if f.group in READABLE}
    leaked = sum(f["media_packets"] - lost(f) for f in
                 (flow.strict for flow in readable.values()))
    bars.check("strict: readable frames on TCP passed", leaked, leaked == 0, "0")
    other = {id(f.strict): f for f in everything if f.group == "other"}
    hit = [f for f in other.values() if lost(f.strict)]
    bars.check("strict: non-media flows on TCP that lose a frame", len(hit), not hit,
               "0")
    print(f"TCP: {len(srtp)} flows of SRTP, {len(other)} of something else")
    for flow in missed + mixed + hit:
        print(f"TCP: wrong of {flow.row['file']} {flow.label} {flow.codec}:"
              f" {flow.flow and flow.flow['class']} {lost(flow.strict)}")


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    rtpguard, corpus = sys.argv[1], Path(sys.argv[2])
    flows = read_labels(corpus)
    files = [corpus / "pcap" / name for name in sorted(flows)]
    attach(flows, replay(rtpguard, "enforce", files), "flow")
    attach(flows, replay(rtpguard, "strict", files), "strict")
    scored = [f for of_file in flows.values() for f in of_file
              if f.flow and f.packets >= MIN_PACKETS and f.group != "unsure"]
    classes, codecs = defaultdict(list), defaultdict(list)
    for flow in scored:
        classes[flow.table_row()].append(flow)
        if flow.group in READABLE:
            codecs[flow.codec if flow.codec != "-" else "unknown"].append(flow)
    rows = {name: score(of_class) for name, of_class in classes.items()}
    codec_rows = {name: score(of_codec) for name, of_codec in codecs.items()}
    table("class", rows)
    table("readable codec", codec_rows)
    bars = Bars()
    named = accuracy_classes.score(scored, bars)
    accuracy_classes.table(named)
    check_readable(bars, scored)
    check_encrypted(bars, scored)
    check_strict(bars, flows)
    check_tcp(bars, scored, flows)
    print()
    for result in bars.results:
        print(f"{'ok' if result['ok'] else 'MISSED':7} {result['bar']}:"
              f" {result['value']} (wanted {result['wanted']})")
    if len(sys.argv) == 4:
        Path(sys.argv[3]).write_text(json.dumps(
            {"classes": rows, "named": named, "codecs": codec_rows,
             "bars": bars.results},
            indent=1) + "\n", encoding="utf-8")
    if bars.failed() or not scored:
        sys.exit(1)


if __name__ == "__main__":
    main()
