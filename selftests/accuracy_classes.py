# SPDX-License-Identifier: GPL-2.0
"""What flows are called, class by class, for accuracy.py: how many of a class are
found, and how many of something else are called so."""

from collections import namedtuple

# labels: what its flows' labels begin with; evidence: what shows it in a flow that
# has another name, for a flow is named by the worst that is in it; share: of its flows
# that have to be found.
Class = namedtuple("Class", "labels evidence share", defaults=((), 1.0))

CLASSES = {
    # What has a vendor's header in front of it is called nothing.
    "stun": Class(("stun",), share=.85),
    # A relay's flow whose every packet goes to another peer is nobody's stream.
    "turn": Class(("turn",), ("turn-carried",), share=.9),
    # Seen only from behind its handshake it vouches for nothing, and has no name.
    "dtls": Class(("dtls",), ("dtls-done", "dtls-null", "dtls-null-offered"),
                  share=.75),
    "zrtp": Class(("zrtp",), ("zrtp-confirmed",)),
    "rtcp": Class(("rtcp-plain",), ("rtcp-chain",)),
    "srtcp": Class(("srtcp",), ("srtcp-trailer", "srtcp-null")),
    "iax2": Class(("iax2",)),
    "rtmp": Class(("rtmp",)),
    "srt": Class(("srt",)),
    "mpegts": Class(("mpegts",)),
    "t38": Class(("t38",)),
    "zoom": Class(("zoom",)),
    "rfc4571": Class(("rfc4571",)),
    "rtsp-interleaved": Class(("rtspil",)),
}

# A flow of these on TCP has been cut into frames. Replay does not say by what: one that
# is labelled as either is right in both.
FRAMED = ("rtp", "srtp", "rtcp", "srtcp")
FRAMINGS = ("rfc4571", "rtsp-interleaved")

# Words of the column "also", and labels of something else with one of these names.
ALSO = {"rtcp": ("rtcp", "srtcp")}


def class_of(label):
    """The class that a label names, or None: rfc4571-plain, other:stun."""
    head = label.removeprefix("other:").split("-")[0].split(":")[0]
    if head == "rtcp":
        return "rtcp" if label == "rtcp-plain" else None
    return next((name for name, one in CLASSES.items() if head in one.labels), None)


def shown(said):
    """All evidence of a flow and of its streams."""
    return {word for part in (said, *said["streams"]) for word in part["evidence"]}


def called(said):
    """The classes that a flow is called: by its name, or where it is of TCP and has
    frames, by both framings."""
    if said["proto"] != "tcp" or said["class"] not in FRAMED or (
            "turn-carried" in shown(said)):
        return {said["class"]} & CLASSES.keys()
    return {said["class"], *FRAMINGS} & CLASSES.keys()


def is_found(name, said):
    return name in called(said) or any(
        word in CLASSES[name].evidence for word in shown(said))


def may_be(flows):
    """The classes that are right for a flow: by the labels of both its directions,
    and what else these say is in it."""
    names = set()
    for flow in flows:
        names.add(class_of(flow.label))
        for word in flow.row["also"].split("|"):
            names.update(ALSO.get(word, (word,)))
        # Known by its vendor, and not by what is in it: it may be media or none.
        if "Zoom" in flow.row["known_by"]:
            names.add("zoom")
    if names & set(FRAMINGS):
        # They carry RTCP as well.
        names.update(FRAMINGS, ("rtcp", "srtcp"))
    return names


def by_said(flows):
    """Directions of one flow together."""
    together = {}
    for flow in flows:
        together.setdefault(id(flow.flow), []).append(flow)
    return together.values()


def score(scored, bars):
    """A row a class. One without a flow can only be called so in vain."""
    rows = {}
    wrong = [(name, flows[0]) for flows in by_said(scored)
             for name in called(flows[0].flow) - may_be(flows)]
    for name, one in CLASSES.items():
        flows = [f for f in scored if class_of(f.label) == name]
        missed = [f for f in flows if not is_found(name, f.flow)]
        alarms = [flow for called_so, flow in wrong if called_so == name]
        found = len(flows) - len(missed)
        rows[name] = {"flows": len(flows), "found": found, "missed": len(missed),
                      "false_alarms": len(alarms)}
        bars.check(f"{name}: found", f"{found} of {len(flows)}",
                   found >= one.share * len(flows), f">= {one.share} of them")
        bars.check(f"{name}: false alarms", len(alarms), not alarms, "0")
        for flow in missed:
            print(f"not called {name}: {flow.row['file']} {flow.label}:"
                  f" {flow.flow['class']}")
        for flow in alarms:
            print(f"called {name}: {flow.row['file']} {flow.label}")
    return rows


def table(rows):
    print(f"{'called':28} {'flows':>6} {'found':>6} {'missed':>6} {'false':>6}")
    for name, row in rows.items():
        print(f"{name:28} {row['flows']:6} {row['found']:6} {row['missed']:6}"
              f" {row['false_alarms']:6}")
    print()
