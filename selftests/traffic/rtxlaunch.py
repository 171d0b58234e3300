#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""gst-launch for a pipeline whose receivers miss every fifth packet.

Each rtprtxsend in it is asked for them, as a session asks on a NACK, and sends them
again as RFC 4588 says: in a stream of their own, behind their old sequence number.
"""
import sys

import gi

gi.require_version("Gst", "1.0")
# pylint: disable=wrong-import-position
from gi.repository import Gst

MISSED = 5
RTP_HEADER = 12


def buffers(info):
    if not info.type & Gst.PadProbeType.BUFFER_LIST:
        return [info.get_buffer()]
    several = info.get_buffer_list()
    return [several.get(i) for i in range(several.length())]


class Receiver:
    """Of one rtprtxsend, behind which both of its streams come by."""
    def __init__(self, pad):
        self.ssrc = None # of the first packet, and that is never one sent again
        pad.add_probe(Gst.PadProbeType.BUFFER | Gst.PadProbeType.BUFFER_LIST,
                      self.arrived)

    def arrived(self, pad, info):
        for buffer in buffers(info):
            header = buffer.extract_dup(0, RTP_HEADER)
            self.read(pad, int.from_bytes(header[2:4], "big"),
                      int.from_bytes(header[8:12], "big"))
        return Gst.PadProbeReturn.OK

    def read(self, pad, sequence, ssrc):
        if self.ssrc is None:
            self.ssrc = ssrc
        if ssrc == self.ssrc and sequence % MISSED == 0:
            pad.send_event(Gst.Event.new_custom(
                Gst.EventType.CUSTOM_UPSTREAM, Gst.Structure.new_from_string(
                    f"GstRTPRetransmissionRequest, seqnum=(uint){sequence}, "
                    f"ssrc=(uint){ssrc}")))


def main():
    Gst.init(None)
    pipeline = Gst.parse_launchv(sys.argv[1:])
    receivers = []
    pipeline.iterate_all_by_element_factory_name("rtprtxsend").foreach(
        lambda element: receivers.append(Receiver(element.get_static_pad("src"))))
    if not receivers:
        sys.exit("rtxlaunch.py: no rtprtxsend in the pipeline")
    pipeline.set_state(Gst.State.PLAYING)
    message = pipeline.get_bus().timed_pop_filtered(
        Gst.CLOCK_TIME_NONE, Gst.MessageType.ERROR | Gst.MessageType.EOS)
    pipeline.set_state(Gst.State.NULL)
    if message.type == Gst.MessageType.ERROR:
        sys.exit("rtxlaunch.py: %s\n%s" % message.parse_error())


main()
