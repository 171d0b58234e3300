# SPDX-License-Identifier: GPL-2.0
"""accuracy.py as `make accuracy` runs it, for the tests of what it says."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from lib import HERE, TOOL, Failure


def score(corpus_dir):
    """Its exit code and its figures."""
    with tempfile.TemporaryDirectory() as tmp:
        out = Path(tmp) / "accuracy.json"
        run = subprocess.run([sys.executable, "-B", Path(HERE) / "accuracy.py", TOOL,
                              corpus_dir, out], check=False,
                             stdout=subprocess.DEVNULL)
        return run.returncode, json.loads(out.read_text(encoding="utf-8"))


def mislabelled(corpus_dir, old, new, bar):
    """Scoring has to notice when what is said is the opposite of the label."""
    with tempfile.TemporaryDirectory() as tmp:
        os.symlink(corpus_dir / "pcap", Path(tmp) / "pcap")
        labels = (corpus_dir / "labels.csv").read_text(encoding="utf-8")
        (Path(tmp) / "labels.csv").write_text(
            labels.replace(f",{old},", f",{new},"), encoding="utf-8")
        status, figures = score(tmp)
    bars = {b["bar"]: b["ok"] for b in figures["bars"]}
    if status != 1 or bars[bar]:
        raise Failure(f"{old} labelled {new}: exit code {status}, {bars}")
