#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Both ends of TCP connections, each in a namespace of its own.

A kind is a list of turns: who writes what. Of each write it is waited for what the
other end gets, so that it is a segment, or as many as the kernel makes of it. A turn
of media stalls when nothing arrives while the kernel sends again; then all that is
left is written as well, and the kernel gets another chance to let it out. Prints

	outcome=complete|stalled|reset received=BYTES-OF-MEDIA sent=BYTES-OF-MEDIA

and with --wait goes on after "stalled", until the outcome is another one. With
--fail-nth it says "injected" behind that, or "all" where there were fewer allocations.
"""
import argparse
import ctypes
import os
import select
import socket
import struct
import time

import streamkinds

PATIENCE_S = 60
POLL_S = 0.02


def enter(netns):
    libc = ctypes.CDLL(None, use_errno=True)
    with open("/run/netns/" + netns, "rb") as file:
        if libc.setns(file.fileno(), 0):
            raise OSError(ctypes.get_errno(), "setns " + netns)


def family(addr):
    return socket.AF_INET6 if ":" in addr else socket.AF_INET


def listen(netns, addr, port):
    enter(netns)
    sock = socket.socket(family(addr), socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((addr, port))
    sock.listen(64)
    return sock


def connect(netns, addr, port, to):
    enter(netns)
    sock = socket.socket(family(addr), socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((addr, port))
    sock.settimeout(PATIENCE_S)
    sock.connect(to.getsockname()[:2])
    return sock


def abort(sock):
    """With a RST, so that nothing is left that would send again."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def sent_again(sock):
    """How often in a row, without an answer: retransmissions and probes."""
    info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 8)
    return info[2] + info[3]


class FailNth:
    """The n-th allocation of what h1 sends fails (fault-injection.rst)."""

    def __init__(self, sock, left):
        self.sock, self.left = sock, left
        self.file = os.open("/proc/thread-self/fail-nth", os.O_RDWR)

    def send(self, data):
        if not self.left:
            return self.sock.send(data)
        os.pwrite(self.file, b"%d" % self.left, 0)
        try:
            return self.sock.send(data)
        finally:
            self.left = int(os.pread(self.file, 16, 0))
            os.pwrite(self.file, b"0", 0)

    def __getattr__(self, name):
        return getattr(self.sock, name)


class Turn:
    """What one end writes and the other reads."""

    def __init__(self, writer, reader, chunks, patience):
        self.writer, self.reader, self.patience = writer, reader, patience
        self.chunks = list(chunks)
        self.data = b"".join(self.chunks)
        self.written = 0
        self.received = 0
        self.broken = False

    def write(self, end):
        while self.written < end:
            try:
                self.written += self.writer.send(self.data[self.written:end])
            except BlockingIOError:
                return

    def read(self):
        """Returns whether something came within POLL_S."""
        if not select.select([self.reader], [], [], POLL_S)[0]:
            return False
        data = self.reader.recv(1 << 20)
        if not data:
            raise ConnectionResetError
        if data != self.data[self.received:self.received + len(data)]:
            self.broken = True
        self.received += len(data)
        return True

    def deliver(self, end, tries):
        """Returns whether all up to end has arrived before so many tries failed."""
        late = time.monotonic() + PATIENCE_S
        while self.received < end:
            self.write(end)
            if self.read():
                late = time.monotonic() + PATIENCE_S
            elif sent_again(self.writer) >= tries:
                return False
            elif time.monotonic() > late:
                raise TimeoutError("neither delivered nor sent again")
        return True

    def run(self):
        """Returns whether all arrived."""
        end = 0
        for chunk in self.chunks:
            end += len(chunk)
            if not self.deliver(end, self.patience):
                break
        return self.deliver(len(self.data), self.patience + 1)

    def go_on(self):
        late = time.monotonic() + PATIENCE_S
        while self.received < len(self.data):
            self.write(len(self.data))
            if self.read():
                late = time.monotonic() + PATIENCE_S
            elif time.monotonic() > late:
                return False
        return True


def cut(data, size):
    return [data[i:i + size] for i in range(0, len(data), size)]


def chunks_of(args, turn):
    if not turn.media:
        return turn.writes
    if args.burst:
        return [b"".join(turn.writes)]
    if args.cut:
        return cut(b"".join(turn.writes), args.cut)
    return turn.writes


def tell(outcome, received, sent, *more):
    print("outcome=%s received=%d sent=%d" % (outcome, received, sent), *more,
          flush=True)


def converse(args, ends):
    """Returns the outcome, and how much of the media was received and sent."""
    received = sent = 0
    for turn in streamkinds.KINDS[args.kind](args.frames):
        run = Turn(ends[turn.by], ends[1 - turn.by], chunks_of(args, turn),
                   args.patience)
        done = run.run()
        if not done and args.wait:
            tell("stalled", received + run.received, sent + run.written)
            done = run.go_on()
        if run.broken:
            return "broken", received, sent
        if turn.media:
            received += run.received
            sent += len(run.data)
        if not done:
            return "stalled", received, sent
    return "complete", received, sent


def open_pair(args, listener, port):
    """The end of h1 first, whoever opens the connection."""
    if args.inbound:
        theirs = connect(args.far, args.to, port, listener)
    else:
        theirs = connect(args.near, args.addr, port, listener)
    ours, _ = listener.accept()
    ends = [ours, theirs] if args.inbound else [theirs, ours]
    for sock in ends:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setblocking(False)
    return ends


def many(args, listener):
    """Connections, one after the other; every second ends with a RST."""
    turns = streamkinds.KINDS[args.kind](args.frames)
    data = b"".join(turns[0].writes)
    for i in range(args.many):
        ends = open_pair(args, listener, args.sport + i)
        ends[0].send(data[:1 + i % len(data)])
        if i % 2:
            abort(ends[0])
        else:
            ends[0].close()
        ends[1].close()
    print("connections=%d" % args.many, flush=True)


def crude(args):
    """IPv4 packets made by hand: a first fragment, or a header that is cut."""
    header = struct.pack("!HHIIHHHH", args.sport, args.port, 1, 0, 0x5018, 1000, 0, 0)
    flags, payload = {
        "fragment": (0x2000, header + bytes(4)),
        "stub": (0, header[:16]),
        "offset": (0, header[:12] + b"\x20" + header[13:] + bytes(4)),
    }[args.crude]
    packet = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 7, flags, 64,
                         socket.IPPROTO_TCP, 0, socket.inet_aton(args.addr),
                         socket.inet_aton(args.to))
    enter(args.near)
    sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    for _ in range(args.frames):
        sock.sendto(packet + payload, (args.to, 0))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=sorted(streamkinds.KINDS))
    parser.add_argument("--near", required=True, help="namespace of h1")
    parser.add_argument("--far", required=True, help="namespace of h2")
    parser.add_argument("--addr", default="10.0.0.1")
    parser.add_argument("--to", default="10.0.0.2")
    parser.add_argument("--sport", type=int, required=True, help="of who connects")
    parser.add_argument("--port", type=int, default=5004)
    parser.add_argument("--frames", type=int, default=50)
    parser.add_argument("--cut", type=int, help="bytes of a write")
    parser.add_argument("--burst", action="store_true", help="one write for all")
    parser.add_argument("--inbound", action="store_true", help="h2 connects")
    parser.add_argument("--patience", type=int, default=2, help="failed tries")
    parser.add_argument("--wait", action="store_true")
    parser.add_argument("--fail-nth", type=int, help="allocation of h1's sends")
    parser.add_argument("--many", type=int, help="connections, and no turns")
    parser.add_argument("--crude", choices=("fragment", "stub", "offset"),
                        help="packets, and no connection")
    args = parser.parse_args()
    if args.crude:
        crude(args)
        return
    near = (args.near, args.addr)
    far = (args.far, args.to)
    listener = listen(*(near if args.inbound else far), args.port)
    if args.many:
        many(args, listener)
        return
    ends = open_pair(args, listener, args.sport)
    if args.fail_nth:
        ends[0] = FailNth(ends[0], args.fail_nth)
    try:
        result = converse(args, ends)
    except ConnectionError:
        result = "reset", 0, 0
    if args.fail_nth:
        result += ("all" if ends[0].left else "injected",)
    tell(*result)
    for sock in ends:
        abort(sock)


if __name__ == "__main__":
    main()
