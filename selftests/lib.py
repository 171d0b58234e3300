# SPDX-License-Identifier: GPL-2.0
"""What the Python tests share: the tool, checks, KTAP. A program ends:

    lib.skip_without_tool()
    sys.exit(lib.run_tests(TESTS, lib.in_directory))

RTPGUARD names the tool, RTPGUARD_ASAN the one built with sanitizers; both are
looked for in ../build.
"""

import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(HERE)
BUILD = os.path.join(SOURCE, "build")
TOOL = os.environ.get("RTPGUARD", os.path.join(BUILD, "rtpguard"))
ASAN = os.environ.get("RTPGUARD_ASAN", os.path.join(BUILD, "rtpguard.asan"))
KSFT_SKIP = 4


class Failure(Exception):
    """A check that did not hold."""


def check(holds, what):
    if not holds:
        raise Failure(what)


def equal(got, expected, what):
    check(got == expected, f"{what}: got {got!r}, expected {expected!r}")


def execute(*args, **kwargs):
    """What the sanitizers find is exit code 99, which nothing else uses."""
    env = dict(os.environ, ASAN_OPTIONS="exitcode=99", UBSAN_OPTIONS="exitcode=99")
    return subprocess.run(args, **{"env": env, "check": False,
                                   "stdout": subprocess.PIPE,
                                   "stderr": subprocess.PIPE, **kwargs})


def skip_without_tool(replay=False):
    """Ends the program where there is nothing to test."""
    reason = None
    for tool in (TOOL, ASAN):
        if not os.access(tool, os.X_OK):
            reason = f"{tool} is missing"
            break
        # A tool built with WITH_PCAP=0 knows no replay.
        if replay and b"unknown command" in execute(tool, "replay").stderr:
            reason = "the tool was built without replay"
    if reason:
        print("KTAP version 1")
        print(f"1..0 # SKIP {reason}")
        sys.exit(KSFT_SKIP)


def in_directory(test):
    """Call a test with a directory of its own."""
    with tempfile.TemporaryDirectory() as tmp:
        test(tmp)


def run_tests(tests, call):
    """Each by call(test), with its docstring as its name; the exit code."""
    tests = list(tests)
    print("KTAP version 1")
    print(f"1..{len(tests)}")
    failed = 0
    for number, test in enumerate(tests, 1):
        try:
            call(test)
            print(f"ok {number} {test.__doc__}", flush=True)
        except (Failure, KeyError, ValueError, TypeError, OSError,
                subprocess.SubprocessError) as error:
            failed += 1
            text = f"{type(error).__name__}: {error}"[:2000]
            print("# " + text.replace("\n", "\n# "))
            print(f"not ok {number} {test.__doc__}", flush=True)
    print(f"# Totals: pass:{len(tests) - failed} fail:{failed} skip:0")
    return 1 if failed else 0
