#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Print which lines and branches of a directory's sources were run.

usage: report.py [-v] DIRECTORY OBJECT...

The objects are gcc's, of --coverage, and beside each is what its runs counted.
With -v, or below the bars, the lines are listed that lack something. A header's
line counts once, whatever number of objects has it. Fails below LINES_MIN or
BRANCHES_MIN.
"""

import collections
import json
import os
import subprocess
import sys

LINES_MIN = 95.0
BRANCHES_MIN = 90.0


class Line:
    """How often a line ran, and each of its branches."""

    def __init__(self):
        self.count = 0
        self.branches = []

    def add(self, count, branches):
        self.count += count
        longer = max(len(self.branches), len(branches))
        self.branches += [0] * (longer - len(self.branches))
        for i, taken in enumerate(branches):
            self.branches[i] += taken


def gcov(objects):
    """One JSON document an object, one a line."""
    done = subprocess.run(["gcov", "--json-format", "--branch-probabilities",
                           "--stdout", *objects], check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode:
        sys.exit(done.stderr.decode())
    return [json.loads(line) for line in done.stdout.splitlines() if line]


def collect(directory, objects):
    """The lines of each file below the directory, by number."""
    files = collections.defaultdict(lambda: collections.defaultdict(Line))
    for document in gcov(objects):
        for entry in document["files"]:
            path = os.path.realpath(os.path.join(
                document["current_working_directory"], entry["file"]))
            if os.path.dirname(path) != os.path.realpath(directory):
                continue
            for line in entry["lines"]:
                files[os.path.basename(path)][line["line_number"]].add(
                    line["count"], [b["count"] for b in line["branches"]])
    return files


def tally(lines):
    """Lines and branches: (run, all) of each."""
    branches = [taken for line in lines for taken in line.branches]
    return ((sum(line.count > 0 for line in lines), len(lines)),
            (sum(taken > 0 for taken in branches), len(branches)))


def percent(run, total):
    return 100.0 * run / total if total else 100.0


def row(name, lines):
    (lines_run, lines_all), (run, total) = tally(lines)
    print(f"{name:24} {percent(lines_run, lines_all):6.1f} % of {lines_all:5} lines "
          f"{percent(run, total):6.1f} % of {total:5} branches")


def missing_print(directory, files):
    for name, lines in sorted(files.items()):
        for number, line in sorted(lines.items()):
            untaken = sum(not taken for taken in line.branches)
            if not line.count:
                print(f"{directory}/{name}:{number}: not run")
            elif untaken:
                print(f"{directory}/{name}:{number}: {untaken} of "
                      f"{len(line.branches)} branches not taken")


def main():
    verbose = sys.argv[1:2] == ["-v"]
    arguments = sys.argv[1 + verbose:]
    if len(arguments) < 2:
        sys.exit(__doc__.strip())
    directory = arguments[0]
    files = collect(directory, arguments[1:])
    for name, lines in sorted(files.items()):
        row(name, lines.values())
    everything = [line for lines in files.values() for line in lines.values()]
    row("total", everything)
    lines, branches = tally(everything)
    good = (lines[1] > 0 and percent(*lines) >= LINES_MIN and
            percent(*branches) >= BRANCHES_MIN)
    if verbose or not good:
        missing_print(directory, files)
    if not good:
        sys.exit(f"coverage: below {LINES_MIN:.0f} % of the lines or "
                 f"{BRANCHES_MIN:.0f} % of the branches of {directory}")


main()
