# SPDX-License-Identifier: GPL-2.0
"""Tests of content_accuracy_test.py: each capture of pcaps/protocols is called what it
is, and accuracy.py counts it so, and notices a wrong label."""

from pathlib import Path

import accuracy
import accuracy_classes
import lib
import scoring
from lib import ASAN, TOOL, Failure, check, equal

PROTOCOLS = Path(lib.HERE) / "pcaps" / "protocols"

# By capture: class, protection, and evidence that has to be there.
SAID = {
    "dtls12-srtp": ("dtls", "undetermined", ""),
    "dtls12-null": ("dtls", "undetermined", ""),
    "dtls13": ("dtls", "undetermined", ""),
    "stun": ("stun", "undetermined", ""),
    "turn-channel": ("turn", "undetermined", ""),
    "turn-send": ("turn", "undetermined", ""),
    "zrtp": ("zrtp", "undetermined", ""),
    "rtcp": ("rtcp", "clear", "rtcp-chain"),
    "srtcp": ("srtcp", "uniform", "srtcp-trailer"),
    "rtmp": ("rtmp", "clear", "header-clear"),
    "rfc4571": ("rtp", "clear", "payload-structure"),
    "rtsp-interleaved": ("rtp", "clear", "payload-structure"),
    "srt-clear": ("srt", "clear", "header-clear"),
    "srt-encrypted": ("srt", "protected", "header-secret"),
    "mpegts": ("mpegts", "clear", "header-clear"),
    "iax2": ("iax2", "clear", "header-clear"),
    "t38": ("t38", "clear", "header-clear"),
    "zoom": ("zoom", "undetermined", "rtp-continuity"),
}
# Media of which nothing is shown: strict holds it.
HELD = ("zoom",)
UNPROTECTED = accuracy.UNPROTECTED

# Wrong labels, and the bars that have to be missed for them.
MISLABELLED = (
    ("dtls", "stun", ("stun: found", "dtls: false alarms")),
    ("turn", "zrtp", ("zrtp: found", "turn: false alarms")),
    ("srt-plain", "mpegts-plain", ("mpegts: found", "srt: false alarms")),
    ("iax2-plain", "rtcp-plain", ("rtcp: found", "iax2: false alarms")),
    ("srtcp", "srt-plain", ("srt: found", "srtcp: false alarms")),
    ("rfc4571-plain", "rtmp-plain", ("rtmp: found",)),
    ("rtmp-plain", "rtspil-plain", ("rtsp-interleaved: found", "rtmp: false alarms")),
    ("mpegts-plain", "srtp", ("false alarms", "mpegts: false alarms")),
)


class Corpus:
    """The captures, and what was said of them in enforce and in strict."""

    def __init__(self):
        self.labels = accuracy.read_labels(PROTOCOLS)
        self.paths = [PROTOCOLS / "pcap" / name for name in sorted(self.labels)]
        self.said = {mode: accuracy.replay(TOOL, mode, self.paths)
                     for mode in ("enforce", "strict")}


def test_captures(corpus):
    """captures, labels and expectations belong together"""
    names = sorted(p.stem for p in (PROTOCOLS / "pcap").iterdir())
    equal(sorted(SAID), names, "expectations")
    equal(sorted(p.stem for p in corpus.paths), names, "labels")
    for name, flows in corpus.labels.items():
        keys = {key for flow in corpus.said["enforce"][name]["flows"]
                for key, _ in accuracy.one_way(flow)}
        equal({flow.key() for flow in flows} - keys, set(), f"{name}: labelled only")


def test_every_class(corpus):
    """of every class that accuracy.py knows there is a capture"""
    labelled = {accuracy_classes.class_of(flow.label)
                for flows in corpus.labels.values() for flow in flows}
    equal(set(accuracy_classes.CLASSES) - labelled, set(), "without a capture")


def named_test(name):
    said = SAID[name]

    def test(corpus):
        for flow in corpus.said["enforce"][f"{name}.pcap"]["flows"]:
            equal((flow["class"], flow["protection"]), said[:2], "called")
            check(not said[2] or said[2] in flow["evidence"], flow["evidence"])
        dropped = {mode: report[f"{name}.pcap"]["dropped"]
                   for mode, report in corpus.said.items()}
        for mode, count in dropped.items():
            # A viewer's reports are let out; what is no media is let alone.
            if said[1] in UNPROTECTED or (name in HELD and mode == "strict"):
                check(count, f"nothing is dropped in {mode}")
            else:
                equal(count, 0, f"dropped in {mode}")
    test.__doc__ = f"{name} is called {' '.join(said[:2])}"
    return test


def test_bars(_corpus):
    """the bars of accuracy.py hold, and all are found"""
    status, figures = scoring.score(PROTOCOLS)
    missed = [bar for bar in figures["bars"] if not bar["ok"]]
    equal((status, missed), (0, []), "bars")
    for name, row in figures["named"].items():
        check(row["flows"] and row["flows"] == row["found"], f"{name}: {row}")
        equal((row["missed"], row["false_alarms"]), (0, 0), name)


def mislabelled_test(old, new, wanted):
    def test(_corpus):
        for bar in wanted:
            scoring.mislabelled(PROTOCOLS, old, new, bar)
    test.__doc__ = f"{old} labelled {new} misses {', '.join(wanted)}"
    return test


def test_sanitizers(corpus):
    """the sanitizers have nothing to say, and the answers are the same"""
    args = ["replay", "--json", *map(str, corpus.paths)]
    runs = [lib.execute(tool, *args, check=True) for tool in (TOOL, ASAN)]
    if runs[0].stdout != runs[1].stdout:
        raise Failure("the two builds differ")


def tests():
    """Each takes one argument, which it does not need."""
    corpus = Corpus()
    for test in (test_captures, test_every_class, *map(named_test, SAID), test_bars,
                 *(mislabelled_test(*case) for case in MISLABELLED),
                 test_sanitizers):
        yield on(corpus, test)


def on(corpus, test):
    def call(_other):
        test(corpus)
    call.__doc__ = "protocols: " + test.__doc__
    return call
