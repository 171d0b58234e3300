#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What the module makes of malformed requests, and how its replies look.

    netlink_cases.py GROUP...   requests that must be refused, see GROUPS
    netlink_cases.py mutate     a good request with one byte changed
    netlink_cases.py odd        rules that only a program can load: they are
                                listed so that they can be loaded again

A refusal has to be the right errno and sentence, point at the attribute, and
change nothing. Prints what is wrong, and then ends with code 1.
"""

import os
import random
import struct
import subprocess
import sys
from errno import EAGAIN, EINVAL, EOPNOTSUPP, ERANGE, errorcode

sys.dont_write_bytecode = True
# pylint: disable=wrong-import-position
from netlink_raw import (NLM_F_ACK, NLM_F_DUMP, U, Attr,  # noqa: E402
                         Netlink, attrs_of, text, u16, u32, u64, u8)

TOOL = os.environ["RTPGUARD"]

# Refusals are a sentence, said with EINVAL, or an errno and a sentence. The
# kernel's own policy checks:
LENGTH = "invalid attribute length"
OUT = ERANGE, "integer out of range"
FAILED_STRING = "Attribute failed policy validation"
FAILED = ERANGE, FAILED_STRING
UNKNOWN = "Unknown attribute type"
UNSUPPORTED = "Unsupported attribute"
UNNESTED = "NLA_F_NESTED is missing"
NESTED = "NLA_F_NESTED not expected"
LEFT_OVER = "bytes leftover after parsing attributes"

# And ours.
NO_ATTRIBUTE = "this request takes no attribute"
MODE = "set-mode needs a mode"
GENERATION = EAGAIN, ("expected-generation is not the generation in force, the "
                      "ruleset was replaced meanwhile")
RULE = "rule needs a name and an action"
DEFAULT = "default needs a subject and an action"
PREFIX = "prefix needs an address and a length"
ADDRESS = "address must be 4 or 16 bytes long"
PREFIX_LEN = "prefix length does not fit the address"
PORTS = "port range needs a first and a last port"
BACKWARDS = "port range ends before it begins"
BITMAP = "bitmap is empty or has unknown bits"
SUBJECTS = "subjects must be one or all"
L4PROTO = "l4proto must be UDP, UDP-Lite or TCP"
REPLY_ONLY = "attribute is for replies only"
NAME = ("rule name must begin with a letter or underscore and go on with these, "
        "digits and hyphens")
COMMENT = "comment must be UTF-8 without control characters, quotes and backslashes"
DEVICE = ("device name is empty or has blanks, quotes, backslashes, colons, "
          "slashes, or an asterisk that is not its end")
TWICE = "rule name is used twice"
SET = "set has more than 256 elements"
RULES = "ruleset has more than 1024 rules"


class Case:
    """A request, and how it is refused: errno and sentence, attribute."""

    def __init__(self, what, refusal, attrs, at=None, cmd="LOAD_RULESET", **how):
        self.what = what
        if isinstance(refusal, str):
            refusal = EINVAL, refusal
        self.error, self.text = refusal
        self.attrs = attrs
        self.at = at
        self.cmd = cmd
        self.missing = how.pop("missing", None)
        self.flags = how.pop("flags", NLM_F_ACK)
        self.how = how

    def wrong(self, netlink):
        """What is wrong with the refusal, or None."""
        replies = netlink.transact(netlink.request(self.flags, self.cmd,
                                                   *self.attrs, **self.how))
        got = replies[-1]
        if len(replies) > 1:
            return f"{len(replies)} replies"
        if got.error != self.error:
            return (f"{errorcode.get(got.error, got.error)} ({got.text}), "
                    f"expected {errorcode[self.error]}")
        if got.text != self.text:
            return f"'{got.text}', expected '{self.text}'"
        at = self.at.offset if self.at else None
        if (got.offset, got.missing) != (at, self.missing):
            return (f"attribute at {got.offset}, missing {got.missing}, "
                    f"expected {at}, {self.missing}")
        return None


def rule(*attrs, name="bad", action=1):
    return Attr("A_RULESET_RULE", text("A_RULE_NAME", name), *attrs,
                u8("A_RULE_ACTION", action))


def around(bad):
    """A bad rule or default between good rules."""
    return [rule(name="before"), bad, rule(name="after")]


def in_rule(what, refusal, bad, *more):
    """bad is an attribute of the rule; the others make it bad."""
    return Case(what, refusal, around(rule(*more, bad)), bad)


def in_rules_name(what, refusal, body):
    bad = Attr("A_RULE_NAME", body)
    return Case(what, refusal, around(Attr("A_RULESET_RULE", bad,
                                           u8("A_RULE_ACTION", 0))), bad)


def each_length(name, right, what):
    """Every length but the right one is refused, an empty one too."""
    return [in_rule(f"{what} of {n} bytes", LENGTH, Attr(name, bytes(n)))
            for n in range(9) if n != right]


def set_mode(what, refusal, attrs, at=None, **how):
    return Case(what, refusal, attrs, at, "SET_MODE", **how)


def set_mode_cases():
    for value in 4, 5, 127, 128, 255:
        bad = u8("A_STATUS_MODE", value)
        yield set_mode(f"mode {value}", OUT, [bad], bad)
    for length in 0, 2, 4, 8:
        bad = Attr("A_STATUS_MODE", bytes(length))
        yield set_mode(f"mode of {length} bytes", LENGTH, [bad], bad)
    bad = Attr("A_STATUS_MODE", b"\1", nested=True)
    yield set_mode("nested mode", NESTED, [bad], bad)
    for name in "VERSION", "PAD":
        bad = Attr("A_STATUS_" + name, b"0.1\0")
        yield set_mode(name, UNSUPPORTED, [u8("A_STATUS_MODE", 2), bad], bad)
    for kind in 0, U["A_STATUS_GENERATION"], 0x3fff:
        bad = u64(kind, 1)
        yield set_mode(f"attribute {kind}", UNKNOWN,
                       [u8("A_STATUS_MODE", 2), bad], bad)
    yield set_mode("nothing", MODE, [], missing=U["A_STATUS_MODE"])
    yield set_mode("cut mode", LEFT_OVER,
                   [Attr("A_STATUS_MODE", b"\2", length=9)])
    yield set_mode("short header", LEFT_OVER,
                   [Attr("A_STATUS_MODE", b"\2", length=3)])
    yield set_mode("tail", LEFT_OVER, [u8("A_STATUS_MODE", 2)], tail=b"\1\2\3")


def header_cases():
    """Of the message: refused by the core before it comes to us."""
    mode = u8("A_STATUS_MODE", 2)
    for bit in 0x10, 0x20, 0x40, 0x80, 0x400, 0x800, 0x8000:
        yield set_mode(f"flag {bit:#x}",
                       "ambiguous or reserved bits set in nlmsg_flags",
                       [mode], flags=NLM_F_ACK | bit)
    yield set_mode("reserved", "genlmsghdr.reserved field is not 0",
                   [mode], reserved=1)
    for cmd in "SET_MODE", "LOAD_RULESET", "GET_STATUS":
        yield Case(cmd + " as a dump", (EOPNOTSUPP, None), [], cmd=cmd,
                   flags=NLM_F_DUMP)
    for cmd in "GET_RULESET", "GET_FLOW", "GET_COUNTER", "EVENT":
        yield Case(cmd + " as a do", (EOPNOTSUPP, None), [], cmd=cmd)


def query_cases():
    """Requests that take no attribute take none."""
    for cmd, flags in (("GET_STATUS", NLM_F_ACK), ("GET_RULESET", NLM_F_DUMP),
                       ("GET_FLOW", NLM_F_DUMP), ("GET_COUNTER", NLM_F_DUMP)):
        bad = u8(1, 1)
        yield Case(f"{cmd} with attribute 1", NO_ATTRIBUTE, [bad], bad, cmd,
                   flags=flags)
        for kind in 0, 2, 77:
            bad = u8(kind, 1)
            yield Case(f"{cmd} with attribute {kind}", UNKNOWN, [bad], bad, cmd,
                       flags=flags)
        yield Case(f"{cmd} with a tail", LEFT_OVER, [], None, cmd, flags=flags,
                   tail=b"\1\2\3")


def load_cases():
    yield from load_head_cases()
    for kind in 0, U["A_RULESET_RULE"] + 1, 0x3ffe:
        bad = u8(kind, 1)
        yield Case(f"attribute {kind}", UNKNOWN, around(bad), bad)
    for name in "A_RULESET_RULE", "A_RULESET_DEFAULT":
        needs = RULE if name.endswith("RULE") else DEFAULT
        bad = Attr(name, nested=True)
        yield Case(f"empty {name}", needs, around(bad), bad)
        bad = Attr(name, nested=False)
        yield Case(f"{name} that is no nest", UNNESTED, around(bad), bad)
        for length in 1, 2, 3:
            bad = Attr(name, bytes(length), nested=True)
            yield Case(f"{name} of {length} bytes", FAILED, around(bad), bad)
        garbage = Attr(name, b"\xff" * 40, nested=True)
        yield Case(f"garbage in {name}", LEFT_OVER, around(garbage))
        inner = u64(0x3fff, 1)
        yield Case(f"unknown in {name}", UNKNOWN, around(Attr(name, inner)),
                   inner)
        yield Case(f"cut {name}", LEFT_OVER,
                   [rule(), Attr(name, b"\4\0\1\0", nested=True, length=64)])


def load_head_cases():
    bad = u8("A_RULESET_MODE", 4)
    yield Case("mode 4", OUT, around(bad), bad)
    bad = Attr("A_RULESET_MODE")
    yield Case("empty mode", LENGTH, around(bad), bad)
    for value in 0, 1, (1 << 64) - 1:
        bad = u64("A_RULESET_EXPECTED_GENERATION", value)
        yield Case(f"expected generation {value}", GENERATION,
                   [u8("A_RULESET_MODE", 3), bad, rule()], bad)
    bad = u32("A_RULESET_EXPECTED_GENERATION", 2)
    yield Case("short expected generation", LENGTH, around(bad), bad)
    for name in "GENERATION", "PAD":
        bad = u64("A_RULESET_" + name, 2)
        yield Case(name, UNSUPPORTED, around(bad), bad)


def default_cases():
    subject, action = u8("A_DEFAULT_SUBJECT", 0), u8("A_DEFAULT_ACTION", 1)
    for attrs in ([subject], [action], [u32("A_DEFAULT_PROTECTIONS", 1)]):
        bad = Attr("A_RULESET_DEFAULT", *attrs)
        yield Case("incomplete", DEFAULT, around(bad), bad)
    for bad, refusal in (
            (u8("A_DEFAULT_SUBJECT", 4), OUT), (u8("A_DEFAULT_ACTION", 2), OUT),
            (u16("A_DEFAULT_SUBJECT", 0), LENGTH),
            (Attr("A_DEFAULT_ACTION"), LENGTH),
            (u64("A_DEFAULT_PROTECTIONS", 1), LENGTH),
            (u32("A_DEFAULT_PROTECTIONS", 0), BITMAP),
            (u32("A_DEFAULT_PROTECTIONS", 1 << 7), BITMAP),
            (u32("A_DEFAULT_PROTECTIONS", (1 << 32) - 1), BITMAP),
            (u8("A_DEFAULT_LOG", 1), FAILED),
            (u8(U["A_DEFAULT_LOG"] + 1, 1), UNKNOWN)):
        yield Case(f"attribute {bad.type}, {bad.body}", refusal,
                   around(Attr("A_RULESET_DEFAULT", subject, action, bad)), bad)


def rule_cases():
    yield from rule_text_cases()
    for attrs in ([text("A_RULE_NAME", "x")], [u8("A_RULE_ACTION", 1)],
                  [u32("A_RULE_SUBJECTS", 1)]):
        bad = Attr("A_RULESET_RULE", *attrs)
        yield Case("incomplete rule", RULE, around(bad), bad)
    yield in_rule("action 2", OUT, u8("A_RULE_ACTION", 2))
    yield in_rule("log with a value", FAILED, u8("A_RULE_LOG", 1))
    for name, attr in (("INDEX", u32), ("PACKETS", u64), ("BYTES", u64)):
        yield in_rule(name, REPLY_ONLY, attr("A_RULE_" + name, 1))
    for name, bits in ("SUBJECTS", 4), ("CLASSES", 23), ("PROTECTIONS", 7):
        for value in 0, 1 << bits, 1 << 31, 0xffffffff:
            yield in_rule(f"{name} {value:#x}", BITMAP,
                          u32("A_RULE_" + name, value))
    for value in 3, 5, 7, 14:
        yield in_rule(f"subjects {value:#x}", SUBJECTS,
                      u32("A_RULE_SUBJECTS", value))
    for value in 0, 1, 5, 7, 16, 18, 135, 137, 255:
        yield in_rule(f"l4proto {value}", L4PROTO, u8("A_RULE_L4PROTO", value))
    yield in_rule("PAD", UNSUPPORTED, Attr("A_RULE_PAD"))
    yield from each_length("A_RULE_SUBJECTS", 4, "subjects")
    yield from each_length("A_RULE_CLASSES", 4, "classes")
    yield from each_length("A_RULE_PROTECTIONS", 4, "protections")
    yield from each_length("A_RULE_L4PROTO", 1, "l4proto")
    yield from each_length("A_RULE_ACTION", 1, "action")


def rule_text_cases():
    for what, body in (("no NUL", b"abc"), ("nothing", b""),
                       ("32 bytes", b"n" * 32 + b"\0"), ("4,000", b"n" * 4000)):
        yield in_rules_name(f"name, {what}", FAILED_STRING, body)
    for body in (b"\0", b"a b\0", b"0\0", b"-a\0", b"a\n\0", b"a\"\0", b"a{\0",
                 b"\xc3\xa4\0", b"\xff\0", b"a\0b\0"):
        yield in_rules_name(f"name {body}", NAME, body)
    bad = Attr("A_RULE_COMMENT", b"c" * 128 + b"\0")
    yield in_rule("comment of 128 bytes", FAILED_STRING, bad)
    for body in (b"\n", b"a\x1f", b"\x7f", b"\"", b"\\", b"\xff", b"a\xc3",
                 b"\xc0\x80", b"\xe0\x80\x80", b"\xed\xa0\x80",
                 b"\xf4\x90\x80\x80", b"\xf8\x88\x80\x80\x80", b"a\0b"):
        yield in_rule(f"comment {body}", COMMENT,
                      Attr("A_RULE_COMMENT", body + b"\0"))
    bad = rule(name="twin")
    yield Case("name twice", TWICE, [rule(name="twin"), rule(), bad], bad)


def prefix(side, *attrs):
    return Attr("A_RULE_" + side, *attrs, nested=True)


def set_cases():
    for side in "SADDR", "DADDR":
        yield from prefix_cases(side)
    for side in "SPORT", "DPORT":
        yield from port_cases(side)
    for body in b"", b"d" * 16, b"d" * 17:
        yield in_rule(f"device {body}", FAILED, Attr("A_RULE_OIFNAME", body))
    for body in (b"\0", b"a b", b"a\tb", b"a\"b", b"a\\b", b"a/b", b"a:b", b".",
                 b"..", b"*a", b"**", b"a\nb", b"\xff", b"a\0b", b"\x7f"):
        yield in_rule(f"device {body}", DEVICE, Attr("A_RULE_OIFNAME", body))


def prefix_cases(side):
    addr = Attr("A_PREFIX_ADDR", bytes((10, 0, 0, 0)))
    length = u8("A_PREFIX_LEN", 8)
    for attrs in [], [addr], [length]:
        yield in_rule(f"incomplete {side}", PREFIX, prefix(side, *attrs))
    for size in 0, 1, 3, 5, 8, 15, 17, 200:
        bad = Attr("A_PREFIX_ADDR", bytes(size))
        yield Case(f"address of {size}", ADDRESS,
                   around(rule(prefix(side, bad, u8("A_PREFIX_LEN", 0)))), bad)
    bad = u8("A_PREFIX_LEN", 129)
    yield Case("length 129", OUT, around(rule(prefix(side, addr, bad))), bad)
    for data, bits in ((bytes(4), 33), (bytes(4), 128), (b"\x0a\0\0\1", 8),
                       (b"\x80\0\0\0", 0), (b"\0\0\0\1", 31),
                       (bytes(15) + b"\1", 127), (b"\x20" + bytes(15), 2)):
        yield in_rule(f"{data.hex()}/{bits}", PREFIX_LEN, prefix(
            side, Attr("A_PREFIX_ADDR", data), u8("A_PREFIX_LEN", bits)))
    bad = Attr("A_RULE_" + side, addr, length, nested=False)
    yield in_rule(f"{side} that is no nest", UNNESTED, bad)
    yield Case(f"cut {side}", LEFT_OVER, around(rule(prefix(
        side, addr, Attr("A_PREFIX_LEN", b"\0", length=77)))))


def port_cases(side):
    first, last = u16("A_PORT_RANGE_FIRST", 5), u16("A_PORT_RANGE_LAST", 9)
    for attrs in [], [first], [last]:
        yield in_rule(f"incomplete {side}", PORTS, prefix(side, *attrs))
    yield in_rule(f"{side} backwards", BACKWARDS, prefix(
        side, u16("A_PORT_RANGE_FIRST", 10), last))
    for size in 0, 1, 3, 4:
        bad = Attr("A_PORT_RANGE_LAST", bytes(size))
        yield Case(f"port of {size} bytes", LENGTH,
                   around(rule(prefix(side, first, bad))), bad)
    bad = u16(U["A_PORT_RANGE_LAST"] + 1, 1)
    yield Case("third port", UNKNOWN,
               around(rule(prefix(side, first, last, bad))), bad)


def limit_cases():
    """One more than there may be, of everything that has a limit."""
    ports = [prefix("DPORT", u16("A_PORT_RANGE_FIRST", n),
                    u16("A_PORT_RANGE_LAST", n)) for n in range(257)]
    yield Case("257 ports", SET, around(rule(*ports)), ports[-1])
    addrs = [prefix("SADDR", Attr("A_PREFIX_ADDR", struct.pack("!I", n)),
                    u8("A_PREFIX_LEN", 32)) for n in range(257)]
    yield Case("257 addresses", SET, around(rule(*addrs)), addrs[-1])
    names = [text("A_RULE_OIFNAME", f"d{n}") for n in range(257)]
    yield Case("257 devices", SET, around(rule(*names)), names[-1])
    rules = [rule(name=f"r{n}") for n in range(1025)]
    yield Case("1,025 rules", RULES, rules, rules[-1])
    # More than 2 MiB, of which the last rule is one too many.
    packed = b"".join(attr.pack(0) for attr in addrs[:256])
    big = [rule(packed, name=f"r{n}") for n in range(1025)]
    yield Case(f"{len(big)} large rules", RULES, big, big[-1])


GROUPS = {
    "header": header_cases, "query": query_cases, "set-mode": set_mode_cases,
    "load": load_cases, "default": default_cases, "rule": rule_cases,
    "set": set_cases, "limit": limit_cases,
}


def state(netlink):
    """What no refusal may change: mode, generation, number of rules."""
    reply = netlink.transact(netlink.request(NLM_F_ACK, "GET_STATUS"))[0]
    found = {k: p for k, p, _ in attrs_of(reply.genl()[3])}
    return [found[U["A_STATUS_" + name]] for name in
            ("MODE", "GENERATION", "RULES")]


def ruleset(netlink):
    return [reply.raw[16:] for reply in
            netlink.transact(netlink.request(NLM_F_DUMP, "GET_RULESET"))]


def refused(group):
    """Run a group: what is wrong, a line each."""
    netlink = Netlink()
    netlink.resolve()
    before, rules = state(netlink), ruleset(netlink)
    number = 0
    for case in GROUPS[group]():
        number += 1
        wrong = case.wrong(netlink)
        if wrong:
            yield f"{group}: {case.what}: {wrong}"
        after = state(netlink)
        if after != before:
            yield f"{group}: {case.what}: state {after}, before {before}"
            before, rules = after, ruleset(netlink)
    if not number:
        yield f"{group}: no case"
    if ruleset(netlink) != rules:
        yield f"{group}: the ruleset has changed"


def good_load():
    """A load with one of everything."""
    return [
        u8("A_RULESET_MODE", 1),
        Attr("A_RULESET_DEFAULT", u8("A_DEFAULT_SUBJECT", 1),
             u32("A_DEFAULT_PROTECTIONS", 6), u8("A_DEFAULT_ACTION", 1),
             Attr("A_DEFAULT_LOG")),
        rule(text("A_RULE_COMMENT", "until \u00e4ther"),
             u32("A_RULE_SUBJECTS", 1), u32("A_RULE_CLASSES", 12),
             u32("A_RULE_PROTECTIONS", 96), u8("A_RULE_L4PROTO", 17),
             prefix("SADDR", Attr("A_PREFIX_ADDR", bytes((10, 0, 0, 0))),
                    u8("A_PREFIX_LEN", 8)),
             prefix("DADDR", Attr("A_PREFIX_ADDR", b"\x20\1" + bytes(14)),
                    u8("A_PREFIX_LEN", 16)),
             prefix("DPORT", u16("A_PORT_RANGE_FIRST", 1),
                    u16("A_PORT_RANGE_LAST", 900)),
             text("A_RULE_OIFNAME", "eth*"), Attr("A_RULE_LOG"), name="one"),
        rule(name="two"),
    ]


def tool(*args, rules=None):
    return subprocess.run((TOOL,) + args, input=rules, check=True,
                          stdout=subprocess.PIPE).stdout


def twice_the_same():
    """What is in force can be listed and loaded again, and is the same then."""
    first = tool("list", "ruleset")
    tool("load", "-", rules=first)
    second = tool("list", "ruleset")
    return None if first == second else f"listed {first}, then {second}"


def mutated(good, rng):
    """The message with one byte of its attributes changed, and which."""
    at = rng.randrange(20, len(good))
    value = (good[at] + rng.randrange(1, 256)) % 256
    if rng.randrange(2):
        value = good[at] ^ 1 << rng.randrange(8)
    return good[:at] + bytes((value,)) + good[at + 1:], f"byte {at} is {value}"


def mutate(tries=400, listings=12):
    """Each is refused in words and changes nothing, or is a ruleset."""
    seed = int.from_bytes(os.urandom(4), "little")
    rng = random.Random(seed)
    netlink = Netlink()
    netlink.resolve()
    good = netlink.request(NLM_F_ACK, "LOAD_RULESET", *good_load())
    error = netlink.transact(good)[-1]
    if error.error:
        yield f"the good one is refused: {error.text}"
    before = state(netlink)
    accepted = refusals = 0
    for _ in range(tries):
        data, what = mutated(good, rng)
        error = netlink.transact(data)[-1]
        after = state(netlink)
        if error.error:
            refusals += 1
            if not error.text or after != before:
                yield (f"seed {seed}, {what}: {errorcode[error.error]}, "
                       f"'{error.text}', state {after}, before {before}")
        else:
            accepted += 1
            if after[1] != next_generation(before[1]):
                yield f"seed {seed}, {what}: accepted, state {after}"
            if accepted <= listings:
                wrong = twice_the_same()
                if wrong:
                    yield f"seed {seed}, {what}: {wrong}"
        before = state(netlink)
    if not accepted or not refusals:
        yield f"seed {seed}: {accepted} accepted, {refusals} refused"


def next_generation(generation):
    return struct.pack("=Q", struct.unpack("=Q", generation)[0] + 1)


# Good requests that a rules file has no words of its own for.
def odd_loads():
    def alone(*attrs):
        return [rule(*attrs, name="odd")]

    yield alone(u8("A_RULE_L4PROTO", 17))
    yield alone(u8("A_RULE_L4PROTO", 6))
    yield alone(u8("A_RULE_L4PROTO", 136), u32("A_RULE_CLASSES", 4))
    yield alone(u32("A_RULE_SUBJECTS", 15))
    yield alone(u32("A_RULE_SUBJECTS", 15), u32("A_RULE_PROTECTIONS", 127))
    yield alone(u32("A_RULE_PROTECTIONS", 127))
    yield alone(u32("A_RULE_CLASSES", (1 << 23) - 1))
    yield alone(u32("A_RULE_SUBJECTS", 8), u32("A_RULE_PROTECTIONS", 98))
    yield alone(text("A_RULE_OIFNAME", "*"), Attr("A_RULE_OIFNAME", b"d" * 15))
    yield alone(text("A_RULE_COMMENT", ""))
    yield alone(text("A_RULE_COMMENT", "\u00fc" * 63 + "."))
    yield alone(prefix("SADDR", Attr("A_PREFIX_ADDR", bytes(4)),
                       u8("A_PREFIX_LEN", 0)),
                prefix("SADDR", Attr("A_PREFIX_ADDR", bytes(16)),
                       u8("A_PREFIX_LEN", 0)))
    yield [rule(name="n" * 31), rule(name="default"), rule(name="_")]
    yield [Attr("A_RULESET_DEFAULT", u8("A_DEFAULT_SUBJECT", 2),
                u8("A_DEFAULT_ACTION", 1))]


def odd():
    netlink = Netlink()
    netlink.resolve()
    for attrs in odd_loads():
        data = netlink.request(NLM_F_ACK, "LOAD_RULESET", *attrs)
        error = netlink.transact(data)[-1]
        wrong = error.text if error.error else twice_the_same()
        if wrong:
            yield f"{data[20:].hex()}: {wrong}"


def main(argv):
    run = {"mutate": mutate, "odd": odd}
    wrong = [line for group in argv for line in
             (run[group]() if group in run else refused(group))]
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
