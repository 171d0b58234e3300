#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What the module sends: replies and events, byte by byte.

    netlink_replies.py replies TEXT  every reply has the attributes that it
                                     should, no byte besides, and TEXT nowhere
    netlink_replies.py events        events are numbered, from one on for the
                                     first reader, whoever else reads
    netlink_replies.py lost          a reader that is too slow can tell by the
                                     numbers how many it lost
    netlink_replies.py flood N       makes N events
    netlink_replies.py crowd         loads from several threads, each expecting
                                     the generation that it has just read
    netlink_replies.py overtaken     a dump says so when the ruleset was replaced
                                     before it was read to its end
    netlink_replies.py account       reads what `rtpguard monitor --json` says:
                                     are heard and lost all that there were?

Prints what is wrong, and then ends with code 1.
"""

import errno
import json
import socket
import struct
import sys
import threading

sys.dont_write_bytecode = True
# pylint: disable=wrong-import-position
from netlink_raw import (NLA_F_NESTED, NLM_F_ACK, NLM_F_DUMP,  # noqa: E402
                         NLM_F_DUMP_INTR, NLMSG_DONE, NLMSG_ERROR, U, Attr,
                         Netlink, attrs_of, text, u8, u64)

# By attribute: its length, or what it is, or the set that it holds.
ADDR, TEXT, FLAG = "addr", "text", 0
SETS = {
    "STATUS": {"VERSION": TEXT, "MODE": 1, "GENERATION": 8, "RULES": 4,
               "FLOWS": 4, "FLOWS_MAX": 4, "CLASSES": 4, "PATHS": 4,
               "TOTALS": "TOTALS"},
    "TOTALS": {name: 8 for name in (
        "PACKETS", "ACCEPTED", "DROPPED", "HELD", "WOULD_DROP", "WOULD_HOLD",
        "BEFORE_VERDICT", "LEARNED", "TABLE_FULL", "CHAIN_FULL", "OWNER_FULL",
        "NO_MEMORY", "UNDECODABLE", "FRAG_UNJUDGED", "EVENTS_LOST", "EVICTED",
        "RESTORED", "CREDITED", "DROPPED_AGAIN")},
    "RULESET": {"MODE": 1, "GENERATION": 8, "DEFAULT": "DEFAULT",
                "RULE": "RULE"},
    "DEFAULT": {"SUBJECT": 1, "PROTECTIONS": 4, "ACTION": 1, "LOG": FLAG},
    "RULE": {"INDEX": 4, "NAME": TEXT, "COMMENT": TEXT, "SUBJECTS": 4,
             "CLASSES": 4, "PROTECTIONS": 4, "L4PROTO": 1, "SADDR": "PREFIX",
             "DADDR": "PREFIX", "SPORT": "PORT_RANGE", "DPORT": "PORT_RANGE",
             "OIFNAME": TEXT, "ACTION": 1, "LOG": FLAG, "PACKETS": 8,
             "BYTES": 8},
    "PREFIX": {"ADDR": ADDR, "LEN": 1},
    "PORT_RANGE": {"FIRST": 2, "LAST": 2},
    "FLOW_ENTRY": {"FLOW": "FLOW"},
    "FLOW": {"L4PROTO": 1, "SADDR": ADDR, "DADDR": ADDR, "SPORT": 2,
             "DPORT": 2, "NETNS": 8, "UID": 4, "CLASS": 1, "PROTECTION": 1,
             "EVIDENCE": 8, "PACKETS": 8, "BYTES": 8, "MEDIA_PACKETS": 8,
             "PASSED": 8, "DROPPED": 8, "HELD": 8, "BEFORE_VERDICT": 4,
             "IDLE_MS": 8, "STREAM": "STREAM"},
    "STREAM": {"SSRC": 4, "PAYLOAD_TYPE": 1, "REPLY": FLAG, "CLASS": 1,
               "PROTECTION": 1, "EVIDENCE": 8, "PACKETS": 8,
               "FEATURE": TEXT, "BITS": 4},
    "COUNTER": {"DIRECTION": 1, "CLASS": 1, "PROTECTION": 1, "VERDICT": 1,
                "PACKETS": 8, "BYTES": 8},
    "EVENT": {"SEQ": 8, "TYPE": 1, "MODE": 1, "GENERATION": 8, "FLOW": "FLOW",
              "VERDICT": 1, "RULE": TEXT},
}
OPTIONAL = {
    "RULESET": {"MODE", "GENERATION", "DEFAULT", "RULE"}, "DEFAULT": {"LOG"},
    "RULE": {"COMMENT", "SUBJECTS", "CLASSES", "PROTECTIONS", "L4PROTO",
             "SADDR", "DADDR", "SPORT", "DPORT", "OIFNAME", "LOG"},
    "FLOW": {"UID", "BEFORE_VERDICT", "STREAM"}, "STREAM": {"REPLY", "FEATURE", "BITS"},
    "EVENT": {"MODE", "GENERATION", "FLOW", "VERDICT", "RULE"},
}
REPEATED = {"DEFAULT", "RULE", "SADDR", "DADDR", "SPORT", "DPORT", "OIFNAME",
            "STREAM"}


class Wrong(Exception):
    """What is wrong with a message."""


def check(condition, what):
    if not condition:
        raise Wrong(what)


def check_value(kind, flags, payload, where):
    """One attribute against what SETS says of it."""
    if kind in SETS:
        check(flags == NLA_F_NESTED, f"{where}: nest without the flag")
        check_set(kind, payload, where)
        return
    check(not flags, f"{where}: flags {flags:#x}")
    if kind == TEXT:
        check(payload.endswith(b"\0") and payload.count(b"\0") == 1,
              f"{where}: no string but {payload}")
    elif kind == ADDR:
        check(len(payload) in (4, 16), f"{where}: {len(payload)} bytes")
    else:
        check(len(payload) == kind, f"{where}: {len(payload)} bytes")


def check_set(name, data, where):
    """The attributes of a set: those that there are, in full, and no others."""
    names = {U[f"A_{name}_{attr}"]: attr for attr in SETS[name]}
    seen = []
    for kind, payload, padding in attrs_of(data):
        flags, kind = kind & 0xc000, kind & 0x3fff
        check(not any(padding), f"{where}: padding {padding}")
        if kind == U.get(f"A_{name}_PAD"):
            check(not payload, f"{where}: pad of {len(payload)} bytes")
            continue
        check(kind in names, f"{where}: attribute {kind}")
        attr = names[kind]
        check(attr in REPEATED or attr not in seen, f"{where}: {attr} twice")
        seen.append(attr)
        check_value(SETS[name][attr], flags, payload, f"{where}.{attr}")
    missing = set(SETS[name]) - set(seen) - OPTIONAL.get(name, set())
    check(not missing, f"{where}: without {missing}")


def check_message(reply, cmd, name, seq, port):
    length, _, flags, got_seq, got_port = struct.unpack_from("=IHHII", reply.raw)
    check(length == len(reply.raw), f"{cmd}: {len(reply.raw)} of {length} bytes")
    check((got_seq, got_port) == (seq, port), f"{cmd}: {got_seq}, {got_port}")
    got_cmd, version, reserved, attrs = reply.genl()
    check((got_cmd, version, reserved) == (U["CMD_" + cmd], 1, 0),
          f"{cmd}: command {got_cmd}, version {version}, reserved {reserved}")
    check_set(name, attrs, cmd)
    return flags


def check_end(reply, cmd):
    """An acknowledgement says nothing of its own but 0."""
    size = {NLMSG_ERROR: 36, NLMSG_DONE: 20}[reply.type]
    check(reply.error == 0 and len(reply.raw) == size,
          f"{cmd}: ends with {reply.error}, {len(reply.raw)} bytes")


def replies(stale):
    """Every request that has a reply."""
    netlink = Netlink()
    netlink.resolve()
    port = netlink.sock.getsockname()[0]
    rule = Attr("A_RULESET_RULE", text("A_RULE_NAME", "a"),
                u8("A_RULE_ACTION", 0))
    found = {}
    # The rule is loaded first, so that it is what get-ruleset shows.
    for cmd, name, flags, attrs in (
            ("LOAD_RULESET", None, NLM_F_ACK, [rule]),
            ("GET_RULESET", "RULESET", NLM_F_DUMP, []),
            ("GET_STATUS", "STATUS", NLM_F_ACK, []),
            ("GET_FLOW", "FLOW_ENTRY", NLM_F_DUMP, []),
            ("GET_COUNTER", "COUNTER", NLM_F_DUMP, [])):
        got = netlink.transact(netlink.request(flags, cmd, *attrs))
        for reply in got[:-1]:
            check_message(reply, cmd, name or "RULESET", 1, port)
        check_end(got[-1], cmd)
        for reply in got:
            check(stale.encode() not in reply.raw, f"{cmd}: says {stale}")
        found[cmd] = len(got) - 1
    # A head and a rule; flows and counters are those of the test before.
    for cmd, number in (("LOAD_RULESET", 1), ("GET_RULESET", 2),
                        ("GET_STATUS", 1)):
        check(found[cmd] == number, f"{cmd}: {found[cmd]} replies")
    for cmd in "GET_FLOW", "GET_COUNTER":
        check(found[cmd] > 0, f"{cmd}: nothing to look at")


class Reader:
    """Joins the events; set_mode() makes one."""

    def __init__(self):
        self.control = Netlink()
        self.group = self.control.resolve()
        self.netlink = None

    def join(self, size=None):
        netlink = Netlink(self.control.family)
        if size:
            netlink.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)
        netlink.join(self.group)
        self.netlink = netlink
        return netlink

    def set_mode(self, mode=1):
        error = self.control.transact(self.control.request(
            NLM_F_ACK, "SET_MODE", u8("A_STATUS_MODE", mode)))[-1]
        check(error.error == 0, f"set-mode: {error.text}")


def number_of(reply):
    """The event's number; it is well-formed."""
    check_message(reply, "EVENT", "EVENT", 0, 0)
    found = dict(a[:2] for a in attrs_of(reply.genl()[3]))
    return struct.unpack("=Q", found[U["A_EVENT_SEQ"]])[0]


def numbers(netlink, count):
    found = []
    while len(found) < count:
        found += [number_of(reply) for reply in netlink.receive()]
    return found


def events():
    reader = Reader()
    reader.set_mode()  # nobody listens: it has no number
    one = reader.join()
    for _ in range(20):
        reader.set_mode()
    first = numbers(one, 20)
    check(first == list(range(1, 21)), f"numbers {first}")
    two = reader.join()
    for _ in range(3):
        reader.set_mode()
    got = numbers(one, 3), numbers(two, 3)
    check(got == ([21, 22, 23],) * 2, f"two readers: {got}")


def lost():
    """Fill a small buffer, read it up, and see the number of the next."""
    reader = Reader()
    slow = reader.join(size=4096)
    sent = 200
    reader.set_mode()
    start = numbers(slow, 1)[0]
    for _ in range(sent):
        reader.set_mode()
    slow.sock.setblocking(False)
    got, overruns = [], 0
    while True:
        try:
            got += [number_of(reply) for reply in slow.receive()]
        except BlockingIOError:
            break
        except OSError as error:
            check(error.errno == errno.ENOBUFS, f"reader: {error}")
            overruns += 1
    slow.sock.settimeout(60)
    check(overruns > 0 and 0 < len(got) < sent, f"{len(got)} events, "
          f"{overruns} overruns")
    check(got == list(range(start + 1, start + 1 + len(got))), f"got {got}")
    reader.set_mode()
    after = numbers(slow, 1)[0]
    check(after == start + sent + 1, f"{after} follows {start} and {sent}")


def flood(count):
    reader = Reader()
    for _ in range(int(count)):
        reader.set_mode()


def generation_of(reply, name):
    found = dict(a[:2] for a in attrs_of(reply.genl()[3]))
    return struct.unpack("=Q", found[U[f"A_{name}_GENERATION"]])[0]


def compete(netlink, rounds, won, wrong):
    """Load again and again: what was won, the rest has to be refused."""
    rule = Attr("A_RULESET_RULE", text("A_RULE_NAME", "a"),
                u8("A_RULE_ACTION", 0))
    for _ in range(rounds):
        got = netlink.transact(netlink.request(NLM_F_ACK, "GET_STATUS"))
        now = generation_of(got[0], "STATUS")
        got = netlink.transact(netlink.request(
            NLM_F_ACK, "LOAD_RULESET",
            u64("A_RULESET_EXPECTED_GENERATION", now), rule))
        if not got[-1].error:
            won.append(generation_of(got[0], "RULESET"))
            if won[-1] != now + 1:
                wrong.append(f"{won[-1]} won by who expected {now}")
        elif got[-1].error != errno.EAGAIN:
            wrong.append(f"refused: {got[-1].error} {got[-1].text}")


def crowd(count=4, rounds=100):
    won, wrong, threads = [], [], []
    control = Netlink()
    control.resolve()
    status = control.request(NLM_F_ACK, "GET_STATUS")
    before = generation_of(control.transact(status)[0], "STATUS")
    for _ in range(count):
        threads.append(threading.Thread(target=compete, args=(
            Netlink(control.family), rounds, won, wrong)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    check(not wrong, wrong)
    after = generation_of(control.transact(status)[0], "STATUS")
    check(sorted(won) == list(range(before + 1, after + 1)),
          f"from {before} to {after}: {sorted(won)}")
    check(len(won) < count * rounds, "nobody was too late")


def overtaken():
    """The kernel has put its first rules into a message when it is asked."""
    count = 200
    loader = Netlink()
    loader.resolve()
    rules = [Attr("A_RULESET_RULE", text("A_RULE_NAME", f"r{i}"),
                  text("A_RULE_COMMENT", "c" * 100), u8("A_RULE_ACTION", 0))
             for i in range(count)]
    load = loader.request(NLM_F_ACK, "LOAD_RULESET", *rules)
    check(loader.transact(load)[-1].error == 0, "no rules")
    for replaced in False, True:
        reader = Netlink(loader.family)
        reader.send(reader.request(NLM_F_DUMP, "GET_RULESET"))
        if replaced:
            check(loader.transact(load)[-1].error == 0, "no replace")
        got = list(reader.receive())
        check(len(got) < count, "it has come in one message")
        while got[-1].type != NLMSG_DONE:
            got += reader.receive()
        marked = any(reply.flags & NLM_F_DUMP_INTR for reply in got)
        check(marked == replaced, f"replaced: {replaced}, marked: {marked}")
        check(replaced or len(got) == count + 2, f"{len(got)} messages")


def account():
    said = [json.loads(line) for line in sys.stdin]
    seqs = [event["seq"] for event in said]
    gaps = [b - a - 1 for a, b in zip(seqs, seqs[1:])]
    losses = [event["lost"] for event in said[1:]]
    check(gaps == losses, f"gaps {gaps}, losses {losses}")
    check(sum(losses) > 0, "nothing was lost")


def main(argv):
    run = {"replies": replies, "events": events, "lost": lost,
           "flood": flood, "crowd": crowd, "overtaken": overtaken,
           "account": account}
    try:
        run[argv[0]](*argv[1:])
    except (Wrong, ValueError) as wrong:
        print(wrong)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
