#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Rules files: what is accepted and how it is printed again, what is refused
and where; whole, cut short and damaged.

Needs neither root nor the module. lib.py says where the tool is looked for.
"""

import glob
import json
import os
import random
import re
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
from conf_cases import (  # noqa: E402  pylint: disable=wrong-import-position
    BUILT_IN, COMMENT127, EVERYTHING, NAME31, PRINTED, PRINTED_DEFAULTS, VALID,
    WRONG, WRONG_BYTES)
import lib  # noqa: E402  pylint: disable=wrong-import-position
from lib import (  # noqa: E402  pylint: disable=wrong-import-position
    ASAN, SOURCE, TOOL, Failure, check, equal, execute)

NOBODY = 65534

# As the manual page has them.
RULES_MAX = 1024
SET_MAX = 256
FILE_MAX = 2 << 20

# Reads the files that it is given, and prints each that is good. Only `list
# ruleset` prints rules, and it asks the module for them.
PRINTER = r"""
#include "conf.h"

int main(int argc, char **argv)
{
	struct conf conf;
	int i;

	for (i = 1; i < argc; i++) {
		if (!conf_read(argv[i], &conf, stdout)) {
			puts("valid");
			policy_print(stdout, &conf);
			conf_free(&conf);
		}
		putchar('\0');
	}
	return 0;
}
"""


def write(tmp, data, name="rules.conf"):
    path = os.path.join(tmp, name)
    with open(path, "wb") as out:
        out.write(data)
    return path


def accepted(path, tool=TOOL):
    done = execute(tool, "check", path)
    equal((done.returncode, done.stdout, done.stderr), (0, b"", b""), path)


def accepted_text(tmp, text):
    try:
        accepted(write(tmp, text.encode()))
    except Failure as error:
        raise Failure(f"{text[:300]!r}: {error}") from error


# The place of an error --------------------------------------------------------

def place(marked, mark):
    """The file without its mark, and line and column of that, from 1."""
    offset = marked.index(mark)
    data = marked[:offset] + marked[offset + len(mark):]
    check(mark not in data[offset:], f"two marks: {marked[:200]}")
    begin = data.rfind(b"\n", 0, offset) + 1
    return data, data.count(b"\n", 0, offset) + 1, offset - begin + 1


def refused(tmp, marked, mark, message, tool=TOOL):
    """Refused with this place and message; returns what was said."""
    data, line, column = place(marked, mark)
    path = write(tmp, data)
    done = execute(tool, "check", path)
    what = f"{data[:300]!r}"
    equal((done.returncode, done.stdout), (2, b""), what)
    said = done.stderr
    prefix = f"{path}:{line}:{column}: error: ".encode()
    check(said.startswith(prefix), f"{what}: {said}, expected {prefix}")
    first, rest = said.split(b"\n", 1)
    check(message in first[len(prefix):].decode(), f"{what}: {first}")
    # printf() ends the line at a NUL.
    source = data.split(b"\n")[line - 1].split(b"\0")[0]
    check(rest.startswith(source + b"\n"), f"{what}: shows {rest}")
    caret = rest[len(source) + 1:]
    equal(caret.strip(b" \t"), b"^\n", f"{what}: caret")
    return source, column, caret


def caret_is_below(source, column, caret):
    """A tab stands for a tab, a space for any other character."""
    before = source[:column - 1].decode()
    expected = "".join("\t" if c == "\t" else " " for c in before)
    equal(caret, f"{expected}^\n".encode(), f"caret below {source[:300]}")


def wrong_test(theme, cases):
    def test(tmp):
        for marked, message in cases:
            caret_is_below(*refused(tmp, marked.encode(), "»".encode(), message))
    test.__doc__ = f"{len(cases)} wrong files: {theme}"
    return test


def test_wrong_bytes(tmp):
    """NUL, what is not UTF-8, and characters that mean nothing"""
    for marked, message in WRONG_BYTES:
        caret_is_below(*refused(tmp, marked, b"@", message))


def test_caret(tmp):
    """the caret is below its character, after tabs and after wide ones"""
    for marked in ("\t rule\ta\t{ »bogus any; accept }",
                   'rule a { comment "\u00e9t\u00e9"; log »accept }',
                   'rule a { comment "\u20ac\U0001f4de"; class »no; drop }'):
        caret_is_below(*refused(tmp, marked.encode(), "»".encode(), "un"))


def test_first_only(tmp):
    """one error is reported, the first, and the sanitizers say nothing"""
    text = "mode »a\nmode b\nrule { }\ndefault { x }\nrule a { b c; d }\n"
    for tool in (TOOL, ASAN):
        refused(tmp, text.encode(), "»".encode(), "unknown mode 'a'", tool)
    for cases in WRONG.values():
        for marked, message in cases[::4]:
            refused(tmp, marked.encode(), "»".encode(), message, ASAN)


# What is valid ----------------------------------------------------------------

def test_valid(tmp):
    """files of every form are accepted in silence"""
    for text in VALID:
        accepted_text(tmp, text)
    for text, _ in PRINTED + PRINTED_DEFAULTS:
        accepted_text(tmp, text)


def test_words(tmp):
    """every class, protection, subject and mode that the interface has"""
    with open(os.path.join(SOURCE, "include/uapi/linux/rtpguard.h"),
              encoding="ascii") as src:
        header = src.read()

    def words(enum):
        found = re.findall(rf"^\tRTPGUARD_{enum}_(\w+)[,\s]", header, re.M)
        check(len(found) > 3, f"no {enum} in the header")
        return [word.lower() for word in found]

    for word in words("CLASS"):
        accepted_text(tmp, f"rule a {{ class {word}; drop }}")
    for word in words("PROTECTION"):
        accepted_text(tmp, f"rule a {{ protection {word}; drop }}")
        accepted_text(tmp, f"default {{ media {word} drop }}")
    for word in words("SUBJECT"):
        accepted_text(tmp, f"rule a {{ {word} any; drop }}")
        accepted_text(tmp, f"default {{ {word} drop }}")
    for word in words("MODE"):
        accepted_text(tmp, f"mode {word}")


def test_examples(tmp):
    """the README's rules are valid"""
    with open(os.path.join(SOURCE, "README.md"), encoding="utf-8") as src:
        blocks = re.findall(r"(?:^    .*\n)+", src.read(), re.M)
    rules = [b for b in blocks if b.startswith("    #!/usr/sbin/rtpguard -f")]
    equal(len(rules), 1, "rules in the README")
    accepted_text(tmp, re.sub("^    ", "", rules[0], flags=re.M))


def test_json(tmp):
    """check --json says file and number of rules, whatever the name"""
    names = [b"r.conf", b'odd "1" \\ \n.conf', "\u00e9t\u00e9".encode(),
             b"caf\xe9.conf"]
    for name in names:
        path = write(os.fsencode(tmp), EVERYTHING.encode(), name)
        done = execute(TOOL, "check", "--json", path)
        equal((done.returncode, done.stderr), (0, b""), path)
        obj = json.loads(done.stdout)
        equal([obj.get(k) for k in ("schema", "valid", "rules")], [1, True, 2],
              path)
        if name != names[-1]:
            equal(os.fsencode(obj["file"]), path, "file")
    path = write(tmp, b"mode x\n")
    done = execute(TOOL, "--json", "check", path)
    equal((done.returncode, done.stdout), (2, b""), "invalid")


# Limits -----------------------------------------------------------------------

def elements(kind, n):
    """A set with n elements of the longest form."""
    forms = {
        "ip saddr": lambda i: f"198.51.{i // 128}.{i % 128 * 2}/31",
        "ip daddr": lambda i: f"198.51.{i // 250}.{i % 250}",
        "ip6 saddr": lambda i: f"2001:db8:aaaa:bbbb:cccc:dddd:eeee:{i + 4096:x}",
        "ip6 daddr": lambda i: f"2001:db8:aaaa:bbbb:cccc:dddd:eeee:{i + 8192:x}",
        "udp sport": lambda i: f"{10000 + i}-{20000 + i}",
        "udp dport": lambda i: f"{65535 - i}",
        "oifname": lambda i: f'"device-{i:08d}"',
    }
    return f"{{ {', '.join(forms[kind](i) for i in range(n))} }}"


def full_rule(name, n):
    """A rule with every match, and n elements in each set."""
    sets = "".join(f"\t{kind} {elements(kind, n)}\n" for kind in
                   ("ip saddr", "ip6 daddr", "udp sport", "udp dport", "oifname"))
    return (f"rule {name} {{\n\tmedia unprotected\n\tclass {{ rtp, rtcp }}\n"
            f'{sets}\tlog\n\tdrop\n\tcomment "{COMMENT127}"\n}}\n')


def full_file(n_rules):
    return "".join(full_rule(f"{i:a>31}", 4) for i in range(n_rules))


def test_rules_max(tmp):
    """1,024 full rules are accepted, one more is refused where it stands"""
    text = full_file(RULES_MAX)
    for tool in (TOOL, ASAN):
        accepted(write(tmp, text.encode()), tool)
    done = execute(TOOL, "check", "--json", os.path.join(tmp, "rules.conf"))
    equal(json.loads(done.stdout)["rules"], RULES_MAX, "rules")
    refused(tmp, (text + "rule »last { accept }\n").encode(), "»".encode(),
            "too many rules, expected at most 1024")


def test_sets_max(tmp):
    """256 elements are accepted in each set, one more is refused"""
    accepted_text(tmp, full_rule(NAME31, SET_MAX))
    kinds = ("ip saddr", "ip daddr", "ip6 saddr", "ip6 daddr", "udp sport",
             "udp dport", "oifname")
    for kind in kinds:
        accepted_text(tmp, f"rule a {{ {kind} {elements(kind, SET_MAX)}; drop }}")
        over = elements(kind, SET_MAX + 1)
        at = over.rindex(", ") + 2
        over = f"{over[:at]}»{over[at:]}"
        refused(tmp, f"rule a {{\n{kind} {over}; drop }}".encode(), "»".encode(),
                "too many elements, expected at most 256")


def test_defines_max(tmp):
    """a define counts with all its elements"""
    addrs = elements("ip6 daddr", SET_MAX)
    accepted_text(tmp, f"define x = {addrs}\nrule a {{ ip6 daddr $x; drop }}\n"
                       f"rule b {{ ip6 saddr $x; ip6 daddr $x; drop }}\n")
    text = (f"define x = {addrs}\n"
            "rule a { ip6 daddr { $x, »::1 }; drop }\n")
    refused(tmp, text.encode(), "»".encode(), "too many elements")


def test_file_max(tmp):
    """2 MiB are accepted, one byte more is refused"""
    data = EVERYTHING.encode()
    data += b"#" * (FILE_MAX - len(data))
    for tool in (TOOL, ASAN):
        accepted(write(tmp, data), tool)
    path = write(tmp, data + b"#")
    done = execute(TOOL, "check", path)
    equal((done.returncode, done.stdout), (2, b""), "status and output")
    equal(done.stderr.decode(),
          f"{path}: larger than {FILE_MAX} bytes, expected a rules file\n", "said")


def test_many_statements(tmp):
    """many statements, matches and empty lines are no reason to refuse"""
    accepted_text(tmp, "".join(f"define d{i} = ::{i:x}\n" for i in range(8000)))
    accepted_text(tmp, "rule a {" + "\n;" * 100000 + "drop }" + "\n" * 100000)
    accepted_text(tmp, "rule a { class { " + "rtp,\n\n" * 4000 + "rtp }; drop }")


def test_define_growth(tmp):
    """a define does not grow without bound, neither by its length nor by $"""
    doubled = "define d0 = { ::1, ::2 }\n" + "".join(
        f"define d{i} = {{ $d{i - 1}, $d{i - 1} }}\n" for i in range(1, 40))
    long = "define d = { " + "::1, " * 250000 + "::1 }\n"
    for text in (doubled, long):
        path = write(tmp, text.encode())
        # What is refused in milliseconds; the time-out ends what is not, and
        # the limit what takes all memory before.
        try:
            done = execute("prlimit", "--as=1000000000", TOOL, "check", path,
                           timeout=10)
        except subprocess.TimeoutExpired as error:
            raise Failure(f"{text[:60]!r}...: no answer in 10 s") from error
        check(done.returncode in (0, 2), f"{text[:60]!r}...: {done}")


# Files ------------------------------------------------------------------------

def test_files(tmp):
    """what is no readable file is named, with the reason"""
    loop = os.path.join(tmp, "loop")
    os.symlink("loop", loop)
    for bad, why in ((tmp, "Is a directory"), ("", "No such file"),
                     (tmp + "/absent", "No such file"),
                     (loop, "Too many levels of symbolic links"),
                     (write(tmp, b"", "file") + "/x", "Not a directory"),
                     ("/proc/self/mem", "Input/output error")):
        done = execute(TOOL, "check", bad)
        equal((done.returncode, done.stdout), (2, b""), bad)
        check(done.stderr.decode().startswith(f"{bad}: {why}"), f"{bad}: {done}")
        equal(done.stderr.count(b"\n"), 1, f"{bad}: lines")


def test_unreadable(tmp):
    """a file without read permission"""
    os.chmod(tmp, 0o755)
    path = write(tmp, b"mode off\n")
    os.chmod(path, 0)
    # Root reads everything: have nobody run a copy that it can reach.
    root = os.geteuid() == 0
    tool = shutil.copy(TOOL, tmp) if root else TOOL
    done = execute(tool, "check", path, **({"user": NOBODY} if root else {}))
    equal((done.returncode, done.stderr.decode()),
          (2, f"{path}: Permission denied, expected a rules file\n"), "refused")


def test_streams(tmp):
    """standard input, a pipe, /dev/null"""
    good, bad = EVERYTHING.encode(), b"mode off\nmode x\n"
    done = execute(TOOL, "check", "-", input=good)
    equal((done.returncode, done.stdout, done.stderr), (0, b"", b""), "stdin")
    done = execute(TOOL, "check", "-", input=bad)
    equal((done.returncode, done.stderr.split(b": ")[0]), (2, b"stdin:2:6"),
          "bad stdin")
    done = execute(TOOL, "check", "/dev/stdin", input=bad)
    equal((done.returncode, done.stderr.split(b": ")[0]), (2, b"/dev/stdin:2:6"),
          "a pipe")
    done = execute("/bin/sh", "-c", '"$0" check - <&-', TOOL)
    equal(done.returncode, 2, "closed stdin")
    check(b"Bad file descriptor" in done.stderr, done.stderr)
    accepted("/dev/null")
    done = execute(TOOL, "-c", write(tmp, bad))
    equal((done.returncode, b":2:6: error: " in done.stderr), (2, True), "-c")


def test_script(tmp):
    """a rules file that names the tool in its first line runs"""
    for text, status in ((f"#!{TOOL} -c\nmode enforce\n", 0),
                         (f"#!{TOOL} -c\nmode bogus\n", 2)):
        path = write(tmp, text.encode())
        os.chmod(path, 0o755)
        done = execute(path)
        equal((done.returncode, done.stdout), (status, b""), text)
        if status:
            check(done.stderr.startswith(f"{path}:2:6: error: ".encode()),
                  done.stderr)


# What is read is printed -------------------------------------------------------

class Printer:
    """The tool's parser and printer, with sanitizers, for many files a run."""

    def __init__(self, tmp):
        objects = os.path.join(os.path.dirname(os.path.abspath(ASAN)), "tool-asan")
        self.tmp = tmp
        self.path = os.path.join(tmp, "printer")
        includes = [f"-I{os.path.join(SOURCE, d)}" for d in
                    ("tool", "kmod", "include", "include/uapi")]
        done = execute("cc", "-std=gnu11", "-fsanitize=address,undefined",
                       *includes, "-o", self.path,
                       write(tmp, PRINTER.encode(), "printer.c"),
                       *(os.path.join(objects, name) for name in
                         ("conf.o", "conf_build.o", "conf_rule.o", "conf.lex.o",
                          "conf.tab.o", "names.o", "policy_print.o")),
                       *glob.glob(os.path.join(objects, "core", "*.o")))
        equal(done.returncode, 0, f"cc: {done.stderr.decode()}")

    def run(self, variants):
        """By file: its printed rules, or None and the error."""
        names = [write(self.tmp, data, f"v{i}") for i, data in enumerate(variants)]
        done = execute(self.path, *names)
        equal((done.returncode, done.stderr), (0, b""),
              f"printer, at file {done.stdout.count(bytes(1))}")
        said = done.stdout.split(b"\0")
        equal((len(said), said.pop()), (len(variants) + 1, b""), "files")
        valid = b"valid\n"
        return [(s[len(valid):], None) if s.startswith(valid) else (None, s)
                for s in said]

    def round_trip(self, variants):
        """Printed rules are read again and print the same; returns run()'s."""
        results = self.run(variants)
        first = [printed for printed, _ in results if printed is not None]
        for before, (after, error) in zip(first, self.run(first)):
            equal(after, before, f"second round ({error})")
        return results


def test_printed(tmp):
    """rules are printed as they were meant, in one form"""
    texts = ([(text, printed + BUILT_IN) for text, printed in PRINTED] +
             PRINTED_DEFAULTS + [("", BUILT_IN)])
    results = Printer(tmp).run([text.encode() for text, _ in texts])
    for (text, expected), (printed, error) in zip(texts, results):
        equal(printed, expected.encode(), f"{text!r} ({error})")


def test_round_trip(tmp):
    """what is printed is read, and prints the same, byte for byte"""
    texts = VALID + [text for text, _ in PRINTED + PRINTED_DEFAULTS]
    texts += [full_file(RULES_MAX), full_rule(NAME31, SET_MAX),
              full_rule(NAME31, 1)]
    for text, (printed, error) in zip(
            texts, Printer(tmp).round_trip([t.encode() for t in texts])):
        check(printed is not None, f"{text[:200]!r}: {error}")


def pick(rng, words, most):
    chosen = [rng.choice(words) for _ in range(rng.randint(1, most))]
    if len(chosen) == 1 and rng.random() < 0.5:
        return chosen[0]
    return "{ " + ", ".join(chosen) + " }"


def random_rule(rng, number):
    """A valid rule with some matches, and what their order should not matter."""
    protections = ("undetermined uniform protected suspected exposed null clear "
                   "unprotected any").split()
    proto = rng.choice(("th", "udp", "udplite", "tcp"))
    ports = ["0", "5004", "65535", "1-2", "0-65535"]
    four = ["192.0.2.1", "10.0.0.0/8", "0.0.0.0/0", "$four", "$mixed"]
    six = ["::1", "2001:db8::/32", "::/0", "$six", "$mixed"]
    parts = [
        f"{rng.choice(('media', 'control', 'signalling', 'emergency', 'protection'))}"
        f" {pick(rng, protections, 4)}",
        f"class {pick(rng, ['rtp', 'rtcp', 'unknown', 'other', 't38', 'sip'], 4)}",
        rng.choice((f"ip saddr {pick(rng, four, 4)}",
                    f"ip6 saddr {pick(rng, six, 4)}")),
        rng.choice((f"ip daddr {pick(rng, four, 4)}",
                    f"ip6 daddr {pick(rng, six, 4)}")),
        f"{proto} sport {pick(rng, ports, 3)}",
        f"{proto} dport {pick(rng, ports, 3)}",
        "oifname " + pick(rng, ['"eth0"', '"wl*"', '"*"'], 3),
        "log", 'comment "r\u00e9sum\u00e9 # 1"',
    ]
    parts = rng.sample(parts, rng.randint(0, len(parts)))
    parts.insert(rng.randint(0, len(parts)), rng.choice(("accept", "drop")))
    joined = rng.choice(("; ", "\n")).join(parts)
    return f"rule r{number} {{ {joined} }}\n"


def test_random(tmp):
    """500 files of random rules are accepted and printed the same twice"""
    rng = random.Random(2)
    head = ("define four = { 198.51.100.0/24, 192.0.2.7 }\n"
            "define six = 2001:db8::7\ndefine mixed = { $four, $six }\n")
    texts = []
    for _ in range(500):
        rules = "".join(random_rule(rng, i) for i in range(rng.randint(1, 5)))
        texts.append(head + rules)
    results = Printer(tmp).round_trip([t.encode() for t in texts])
    for text, (printed, error) in zip(texts, results):
        check(printed is not None, f"{text!r}: {error}")


# Damage, with sanitizers -------------------------------------------------------

def inside(path, data, said):
    """The error has a place in the file, and shows its line."""
    found = re.match(re.escape(os.fsencode(path)) + rb":(\d+):(\d+): error: ", said)
    check(found, f"{data!r}: {said!r}")
    line, column = (int(n) for n in found.groups())
    lines = data.split(b"\n")
    check(1 <= line <= len(lines), f"{data!r}: line {line}")
    check(1 <= column <= len(lines[line - 1]) + 1, f"{data!r}: column {column}")
    shown = lines[line - 1].split(b"\0")[0] + b"\n"
    check(b"\n" + shown in said, f"{data!r}: {said!r}")


def test_truncated(tmp):
    """a file cut at every byte: accepted, or refused at a place inside"""
    data = EVERYTHING.encode()
    valid = 0
    for n in range(len(data)):
        path = write(tmp, data[:n])
        done = execute(ASAN, "check", path)
        check(done.returncode in (0, 2), f"cut at {n}: {done}")
        equal(done.stdout, b"", f"cut at {n}: output")
        if done.returncode:
            inside(path, data[:n], done.stderr)
        else:
            valid += 1
            equal(done.stderr, b"", f"cut at {n}")
    check(40 < valid < 200, f"{valid} are valid")


def damage(rng, data):
    data = bytearray(data)
    for _ in range(rng.randint(1, 8)):
        at = rng.randrange(len(data))
        kind = rng.randrange(4)
        if kind == 0:
            data[at] = rng.randrange(256)
        elif kind == 1:
            data[at:at + 1] = rng.choice((b"{", b"}", b";", b"\n", b'"', b"$",
                                          b",", b"-", b"/", b":", b"9", b"\\\n"))
        elif kind == 2:
            del data[at:at + rng.randint(1, 12)]
        else:
            start = rng.randrange(len(data))
            data[at:at] = data[start:start + rng.randint(1, 30)]
        if not data:
            break
    return bytes(data)


def test_damaged(tmp):
    """2,000 damaged files: accepted and printed, or refused at a place inside"""
    rng = random.Random(1)
    originals = [text.encode() for text in VALID if text] + [
        text.encode() for text, _ in PRINTED_DEFAULTS]
    variants = [damage(rng, rng.choice((EVERYTHING.encode(), rng.choice(originals))))
                for _ in range(2000)]
    results = Printer(tmp).round_trip(variants)
    valid = 0
    for i, (data, (printed, error)) in enumerate(zip(variants, results)):
        valid += printed is not None
        if error is not None:
            inside(os.path.join(tmp, f"v{i}"), data, error)
    check(50 < valid < 1900, f"{valid} are valid")


TESTS = [
    *(wrong_test(theme, cases) for theme, cases in WRONG.items()),
    test_wrong_bytes, test_caret, test_first_only,
    test_valid, test_words, test_examples, test_json,
    test_rules_max, test_sets_max, test_defines_max, test_file_max,
    test_many_statements, test_define_growth,
    test_files, test_unreadable, test_streams, test_script,
    test_printed, test_round_trip, test_random,
    test_truncated, test_damaged,
]


if __name__ == "__main__":
    lib.skip_without_tool()
    sys.exit(lib.run_tests(TESTS, lib.in_directory))
