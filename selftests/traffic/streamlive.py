#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""TCP connections that do not end, from one namespace to another, until killed.

Of media, one of a kind at a time, a frame in a segment: one that has stalled is
followed by another. And a bulk transfer that is no media, both ways, on one connection
for ever: should it stall, or be cut, that is the end of the program.

What has arrived is a line in a file, which whoever waits reads without a process: bytes
of the bulk transfer; then of each kind of media the port of h1, and bytes.
"""
import argparse
import os
import struct
import sys
import time

import streamkinds
from streamsend import abort, listen, open_pair, sent_again

PAUSE_S = 0.02
FRAMES = 1 << 16
RECORD = 4096

# In vain so often in a row. The bulk transfer's is 3 s, which a busy machine that
# answers late does not reach: it answers.
MEDIA_TRIES = 2
BULK_TRIES = 4


class Stalled(Exception):
    pass


class Talk:
    """What is said of one."""
    port = arrived = 0


def arrive(talk, writer, reader, data, tries):
    """Once a turn, until all of it is there."""
    sent = got = 0
    while True:
        try:
            sent += writer.send(data[sent:])
        except BlockingIOError:
            pass
        try:
            piece = reader.recv(len(data))
        except BlockingIOError:
            piece = None
        if piece is not None:
            if not piece or piece != data[got:got + len(piece)]:
                raise ConnectionError("what was received was not sent")
            got += len(piece)
            talk.arrived += len(piece)
        yield
        if got == len(data):
            return
        if sent_again(writer) >= tries:
            raise Stalled


def converse(args, talk, kind, listener):
    ends = open_pair(args, listener, 0)
    talk.port, talk.arrived = ends[0].getsockname()[1], 0
    try:
        for turn in streamkinds.KINDS[kind](FRAMES):
            for write in turn.writes:
                yield from arrive(talk, ends[turn.by], ends[1 - turn.by], write,
                                  MEDIA_TRIES)
    except Stalled:
        pass
    for sock in ends:
        abort(sock)


def media(args, talk, kind, port):
    listener = listen(args.far, args.to, port)
    while True:
        yield from converse(args, talk, kind, listener)


def record():
    return struct.pack("!BHH", 23, 0x303, RECORD) + os.urandom(RECORD)


def bulk(args, talk, port):
    """As TLS is, but for its handshake."""
    ends = open_pair(args, listen(args.far, args.to, port), 0)
    while True:
        for by in streamkinds.H1, streamkinds.H2:
            yield from arrive(talk, ends[by], ends[1 - by], record(), BULK_TRIES)


def tell(file, talks):
    """In place, and always as long."""
    words = [talks[0].arrived]
    for talk in talks[1:]:
        words += [talk.port, talk.arrived]
    os.pwrite(file, b"".join(b"%-15d " % word for word in words) + b"\n", 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--near", required=True, help="namespace of h1")
    parser.add_argument("--far", required=True, help="namespace of h2")
    parser.add_argument("--addr", default="10.0.0.1")
    parser.add_argument("--to", default="10.0.0.2")
    parser.add_argument("--told", required=True, help="the file")
    parser.add_argument("--bulk", type=int, required=True, metavar="PORT")
    parser.add_argument("--media", nargs=2, action="append", default=[],
                        metavar=("KIND", "PORT"))
    args = parser.parse_args()
    args.inbound = False
    talks = [Talk() for _ in range(1 + len(args.media))]
    runs = [bulk(args, talks[0], args.bulk)]
    for talk, (kind, port) in zip(talks[1:], args.media):
        runs.append(media(args, talk, kind, int(port)))
    told = os.open(args.told, os.O_WRONLY | os.O_CREAT, 0o644)
    while True:
        for run in runs:
            next(run)
        tell(told, talks)
        time.sleep(PAUSE_S)


try:
    main()
except Stalled:
    sys.exit("streamlive.py: the bulk transfer has stalled")
