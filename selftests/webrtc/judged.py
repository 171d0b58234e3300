#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""judged.py < JSON of rtpguard replay: for the flow with most packets a line with
what became of them, and then one for each of its streams."""

import json
import sys

flow = max(json.load(sys.stdin)["flows"], key=lambda flow: flow["packets"])
print("flow", flow["passed"], flow["dropped"], flow["held"], flow["ssrcs"])
for stream in flow["streams"]:
    print("stream", stream["direction"], stream["packets"], stream["class"],
          stream["protection"], ",".join(stream["evidence"]))
