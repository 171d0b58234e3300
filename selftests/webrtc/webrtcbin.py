#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""One end of a WebRTC call as GStreamer's webrtcbin makes it, until killed.

webrtcbin.py answer ADDRESS PORT waits there for the other end, webrtcbin.py offer
ADDRESS PORT calls it. Each sends a tone and a moving picture. A line is printed for
each stream that arrives and for each hundred of its packets: KIND PACKETS.
"""
import json
import socket
import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
# pylint: disable=wrong-import-position
from gi.repository import GLib, Gst, GstSdp, GstWebRTC

SOURCES = """
webrtcbin name=end bundle-policy=max-bundle
audiotestsrc is-live=true ! audio/x-raw,rate=48000,channels=1 ! opusenc !
  rtpopuspay pt=96 ! application/x-rtp,media=audio,encoding-name=OPUS,payload=96 ! end.
videotestsrc is-live=true pattern=ball !
  video/x-raw,width=160,height=120,framerate=15/1 ! vp8enc deadline=1 cpu-used=16 !
  rtpvp8pay pt=97 ! application/x-rtp,media=video,encoding-name=VP8,payload=97 ! end.
"""


def connect(side, address, port):
    if side == "offer":
        return socket.create_connection((address, port))
    with socket.create_server((address, port)) as server:
        return server.accept()[0]


class End:
    def __init__(self, side, line):
        self.side = side
        self.line = line
        self.counts = {}
        self.pipeline = Gst.parse_launch(SOURCES)
        self.webrtc = self.pipeline.get_by_name("end")
        self.webrtc.connect("on-negotiation-needed", self.negotiate)
        self.webrtc.connect("on-ice-candidate", self.found)
        self.webrtc.connect("pad-added", self.arrived)

    def negotiate(self, webrtc):
        if self.side == "offer":
            self.describe("create-offer", "offer")

    # GStreamer calls from threads of its own.
    def say(self, **words):
        GLib.idle_add(self.line.sendall, json.dumps(words).encode() + b"\n")

    def describe(self, action, kind):
        def made(promise):
            reply = promise.get_reply() # owns what is in it
            description = reply.get_value(kind)
            self.webrtc.emit("set-local-description", description,
                             Gst.Promise.new())
            self.say(sdp=description.sdp.as_text())
        self.webrtc.emit(action, None, Gst.Promise.new_with_change_func(made))

    def found(self, _, mline, candidate):
        self.say(mline=mline, candidate=candidate)

    def told(self, words):
        if "candidate" in words:
            self.webrtc.emit("add-ice-candidate", words["mline"], words["candidate"])
            return
        _, sdp = GstSdp.SDPMessage.new_from_text(words["sdp"])
        kind = "ANSWER" if self.side == "offer" else "OFFER"
        remote = GstWebRTC.WebRTCSessionDescription.new(
            getattr(GstWebRTC.WebRTCSDPType, kind), sdp)

        def known(_):
            if self.side == "answer":
                self.describe("create-answer", "answer")
        self.webrtc.emit("set-remote-description", remote,
                         Gst.Promise.new_with_change_func(known))

    def listen(self):
        for words in self.line.makefile():
            GLib.idle_add(self.told, json.loads(words))

    def arrived(self, _, pad):
        if pad.direction != Gst.PadDirection.SRC:
            return
        kind = pad.get_current_caps().get_structure(0).get_string("media")
        sink = Gst.ElementFactory.make("fakesink")
        sink.set_property("async", False)
        self.pipeline.add(sink)
        sink.sync_state_with_parent()
        pad.link(sink.get_static_pad("sink"))
        self.counts[kind] = 0
        pad.add_probe(Gst.PadProbeType.BUFFER, self.count, kind)

    def count(self, _pad, _info, kind):
        if self.counts[kind] % 100 == 0:
            print(kind, self.counts[kind], flush=True)
        self.counts[kind] += 1
        return Gst.PadProbeReturn.OK


def main():
    if len(sys.argv) != 4 or sys.argv[1] not in ("offer", "answer"):
        sys.exit("usage: webrtcbin.py offer|answer ADDRESS PORT")
    Gst.init(None)
    line = connect(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    end = End(sys.argv[1], line)
    end.pipeline.set_state(Gst.State.PLAYING)
    threading.Thread(target=end.listen, daemon=True).start()
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
