#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The content test on the labelled captures of pcaps/media, codec by codec and
cipher by cipher, and the bars of accuracy.py on the whole of them; and what the
captures of pcaps/protocols are called.

Needs neither root nor the module. lib.py says where the tool is looked for.
"""

import csv
import sys
from pathlib import Path

import accuracy
import accuracy_classes
import lib
import protocols
import scoring
from lib import ASAN, TOOL, Failure

HERE = Path(lib.HERE)
MEDIA = HERE / "pcaps" / "media"
BYTES_MAX = 4000000
# Of readable media, false alarms, strict and TCP; and two of each class.
BARS = 13 + 2 * len(accuracy_classes.CLASSES)

# Codecs of captures that hold many SSRCs in a flow, and how many.
SSRCS = {"pcmu_x5": 5, "pcmu_x8": 8, "pcmu_x32": 32}


class Corpus:
    """The labelled flows, and what was said of them in enforce and in strict."""

    def __init__(self):
        by_file = accuracy.read_labels(MEDIA)
        self.changes = self.read_changes()
        for change in self.changes:
            by_file[change.row["file"]].append(change)
        self.files = sorted(by_file)
        paths = [MEDIA / "pcap" / name for name in self.files]
        self.reports = accuracy.replay(TOOL, "enforce", paths)
        accuracy.attach(by_file, self.reports, "flow")
        accuracy.attach(by_file, accuracy.replay(TOOL, "strict", paths), "strict")
        self.all = [flow for of_file in by_file.values() for flow in of_file]

    @staticmethod
    def read_changes():
        with open(MEDIA / "changes.csv", newline="", encoding="utf-8") as file:
            return [accuracy.Flow(row) for row in csv.DictReader(file)]

    def pick(self, groups, **wanted):
        """Flows whose columns are as wanted; none is a mistake in the test."""
        found = [f for f in self.all if f.group in groups and
                 all(f.row[name] == value for name, value in wanted.items())]
        if not found:
            raise Failure(f"no flow is {groups} {wanted}")
        return found

    def values(self, groups, column):
        return sorted({f.row[column] for f in self.all if f.group in groups})


def fail_on(flows, what):
    """Names the flows that are wrong, with what was said of them."""
    if flows:
        raise Failure(what + ": " + "; ".join(
            f"{f.row['file']} :{f.row['sport']} {f.row['content']}"
            f" {f.row['known_by']}"
            f" ({','.join(s['protection'] for s in f.streams) or 'nothing'},"
            f" strict passed {f.strict['passed']})" for f in flows))


# The tests: functions that raise, with their name as documentation --------------

def test_captures(corpus):
    """the captures and their labels belong together, below 4 MB"""
    names = sorted(p.name for p in (MEDIA / "pcap").iterdir())
    if names != corpus.files:
        raise Failure(f"labelled or there: {set(names) ^ set(corpus.files)}")
    missing = [f for f in corpus.all if not f.flow or not f.strict or
               f.flow["packets"] != f.packets]
    if missing:
        raise Failure(f"labelled only: {[f.key() for f in missing]}")
    seen = sum(len(r["flows"]) for r in corpus.reports.values())
    if seen != len(corpus.all):
        raise Failure(f"{seen} flows, {len(corpus.all)} labels")
    size = sum(p.stat().st_size for p in MEDIA.parent.rglob("*") if p.is_file())
    if size > BYTES_MAX:
        raise Failure(f"{size} bytes in {MEDIA.parent}")


def codec_test(codec):
    """Found in enforce, and by the 45 bits that decide: not only suspected."""
    def test(corpus):
        flows = corpus.pick(accuracy.READABLE, codec=codec)
        fail_on([f for f in flows if not f.unprotected() or not
                 f.flow["dropped"]], "not found")
    test.__doc__ = f"readable {codec} is found"
    return test


def strict_test(codec):
    def test(corpus):
        flows = corpus.pick(accuracy.READABLE, codec=codec)
        fail_on([f for f in flows if f.strict["passed"]], "passed")
    test.__doc__ = f"strict passes nothing of readable {codec}"
    return test


def ssrcs_test(codec, ssrcs):
    def test(corpus):
        for flow in corpus.pick(("rtp-plain",), codec=codec):
            clear = [s for s in flow.streams if s["protection"] == "clear"]
            if (len(clear), len(flow.streams)) != (ssrcs, ssrcs):
                raise Failure(f"{flow.row['file']}: {len(flow.streams)} streams,"
                              f" {len(clear)} of them clear")
    test.__doc__ = f"{ssrcs} SSRCs in one flow: each is found clear"
    return test


def test_ssrcs_protected(corpus):
    """8 protected SSRCs in one flow: each is found uniform"""
    for flow in corpus.pick(("srtp",), codec="pcmu_x8"):
        said = [s["protection"] for s in flow.streams]
        if said != ["uniform"] * 8:
            raise Failure(f"{flow.row['file']}: {said}")


def is_uniform(flow):
    """Said of every stream, where there are packets enough to say it."""
    return flow.streams and (flow.uniform() or not flow.long_enough())


def cipher_test(known_by):
    def test(corpus):
        flows = corpus.pick(("srtp",), known_by=known_by)
        fail_on([f for f in flows if f.suspected() or f.flow["dropped"]],
                "false alarm")
        fail_on([f for f in flows if not is_uniform(f)], "not uniform")
    test.__doc__ = f"{known_by.split(':')[1]}: no false alarm, and uniform"
    return test


def test_keep_alives(corpus):
    """empty keep-alives, MKI and tag only, are not suspected"""
    flows = corpus.pick(("srtp",), codec="keep-alive")
    fail_on([f for f in flows if f.suspected() or f.flow["dropped"] or
             len(f.streams) != 1], "suspected")


def change_test(flow):
    """packets_before_suspected counts from the stream's first packet."""
    first, within = int(flow.row["clear_from"]), int(flow.row["within"])

    def test(_corpus):
        for said in (flow.flow, flow.strict):
            stream, = said["streams"]
            found = stream["packets_before_suspected"]
            if stream["protection"] != "clear" or not found or found < first:
                raise Failure(f"{stream['protection']}, suspected at {found}")
            if found >= first + within:
                raise Failure(f"suspected after {found - first + 1} clear packets")
    test.__doc__ = (f"{flow.row['file']}: found out within {within} clear packets"
                    f" behind {first - 1} protected ones")
    return test


def look_alike_test(label):
    def test(corpus):
        flows = corpus.pick(("other",), label=label)
        fail_on([f for f in flows if f.suspected() or f.flow["dropped"]],
                "dropped in enforce")
        fail_on([f for f in flows if f.strict["dropped"]], "dropped in strict")
    test.__doc__ = f"{label.split(':')[1]} is let alone in every mode"
    return test


def test_bars(_corpus):
    """the bars of accuracy.py hold on the whole set"""
    status, figures = scoring.score(MEDIA)
    missed = [f"{bar['bar']}: {bar['value']}, wanted {bar['wanted']}"
              for bar in figures["bars"] if not bar["ok"]]
    if missed or status or len(figures["bars"]) != BARS:
        raise Failure(f"exit code {status}; " + "; ".join(missed))


def test_scoring(_corpus):
    """accuracy.py misses its bars on wrong labels, with exit code 1"""
    scoring.mislabelled(MEDIA, "rtp-plain", "srtp", "false alarms")
    scoring.mislabelled(MEDIA, "rtp-plain", "srtp", "SRTP of 64 packets uniform")
    scoring.mislabelled(MEDIA, "srtp", "rtp-plain", "readable media found")
    scoring.mislabelled(MEDIA, "srtp", "rtp-plain", "packets to 24.5 bits, p99")
    scoring.mislabelled(MEDIA, "other:stun", "other:dns", "stun: false alarms")
    scoring.mislabelled(MEDIA, "other:dns", "stun", "stun: found")


def test_sanitizers(corpus):
    """the sanitizers have nothing to say, and the answers are the same"""
    for mode in ("enforce", "strict"):
        args = ["replay", "--json", "--mode", mode,
                *(str(MEDIA / "pcap" / name) for name in corpus.files)]
        runs = [lib.execute(tool, *args, check=True) for tool in (TOOL, ASAN)]
        if runs[0].stdout != runs[1].stdout:
            raise Failure(f"{mode}: the two builds differ")


def tests_of(corpus):
    codecs = corpus.values(accuracy.READABLE, "codec")
    yield test_captures
    yield from (codec_test(codec) for codec in codecs)
    yield from (strict_test(codec) for codec in codecs)
    yield from (ssrcs_test(*entry) for entry in SSRCS.items())
    yield test_ssrcs_protected
    yield from map(cipher_test, corpus.values(("srtp",), "known_by"))
    yield test_keep_alives
    yield from map(change_test, corpus.changes)
    yield from map(look_alike_test, corpus.values(("other",), "label"))
    yield from (test_bars, test_scoring, test_sanitizers)
    yield from protocols.tests()


def main():
    lib.skip_without_tool(replay=True)
    corpus = Corpus()
    return lib.run_tests(tests_of(corpus), lambda test: test(corpus))


if __name__ == "__main__":
    sys.exit(main())
