#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A client of a TURN relay that sends readable RTP in a channel of its choice.

turnsend.py [--tcp] [--tail BYTES] [-p PORT] [-n PACKETS] CHANNEL RELAY PEER: RELAY and
PEER are ADDRESS:PORT, PORT is the client's own, and behind each datagram's message are
BYTES more. Says how many it sent, and how many of these the host refused.
"""
import argparse
import hashlib
import hmac
import os
import socket
import struct
import sys
import time

COOKIE = 0x2112a442
ALLOCATE, CHANNEL_BIND = 0x003, 0x009
SUCCESS, ERROR = 0x100, 0x110
USERNAME, INTEGRITY, ERROR_CODE, CHANNEL_NUMBER = 0x06, 0x08, 0x09, 0x0c
XOR_PEER_ADDRESS, REALM, NONCE, REQUESTED_TRANSPORT = 0x12, 0x14, 0x15, 0x19
USER, PASSWORD = b"officer", b"secret"


def attribute(number, value):
    return struct.pack("!HH", number, len(value)) + value + bytes(-len(value) % 4)


def attributes_of(body):
    found = {}
    while len(body) >= 4:
        number, length = struct.unpack("!HH", body[:4])
        found.setdefault(number, body[4:4 + length])
        body = body[4 + (length + 3 & ~3):]
    return found


def endpoint(text):
    address, port = text.rsplit(":", 1)
    return address, int(port)


class Client:
    """An allocation, and what RFC 8489, 9.2 asks for to have it."""

    def __init__(self, relay, tcp, port):
        self.tcp = tcp
        self.socket = socket.socket(
            socket.AF_INET, socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM)
        self.socket.settimeout(10)
        self.socket.bind(("", port))
        self.socket.connect(relay)
        self.signed = b""
        self.key = b""

    def read(self, length):
        data = b""
        while len(data) < length:
            part = self.socket.recv(length - len(data))
            if not part:
                raise EOFError("the relay has closed the connection")
            data += part
        return data

    def message(self):
        if not self.tcp:
            return self.socket.recv(2048)
        head = self.read(20)
        return head + self.read(struct.unpack("!H", head[2:4])[0])

    def ask(self, method, body):
        body += self.signed
        length = len(body) + (24 if self.key else 0)
        head = struct.pack("!HHI", method, length, COOKIE) + os.urandom(12)
        if self.key:
            body += attribute(INTEGRITY, hmac.digest(self.key, head + body, "sha1"))
        for _ in range(5):
            self.socket.send(head + body)
            try:
                answer = self.message()
            except socket.timeout:
                continue
            kind = struct.unpack("!H", answer[:2])[0]
            return kind, attributes_of(answer[20:])
        sys.exit("no answer to %#x" % method)

    def allocate(self):
        udp = attribute(REQUESTED_TRANSPORT, b"\x11\0\0\0")
        kind, found = self.ask(ALLOCATE, udp)
        if kind != ALLOCATE | ERROR:
            sys.exit("no challenge, but %#x" % kind)
        self.key = hashlib.md5(b":".join((USER, found[REALM], PASSWORD))).digest()
        self.signed = attribute(USERNAME, USER) + \
            attribute(REALM, found[REALM]) + attribute(NONCE, found[NONCE])
        self.demand(ALLOCATE, udp)

    def demand(self, method, body):
        kind, found = self.ask(method, body)
        if kind != method | SUCCESS:
            sys.exit("refused %#x: %r" % (method, found.get(ERROR_CODE)))

    def bind(self, number, peer):
        address, port = peer
        address = struct.unpack("!I", socket.inet_aton(address))[0]
        self.demand(CHANNEL_BIND, attribute(
            CHANNEL_NUMBER, struct.pack("!HH", number, 0)) + attribute(
            XOR_PEER_ADDRESS, struct.pack(
                "!BBHI", 0, 1, port ^ COOKIE >> 16, address ^ COOKIE)))

    def send(self, number, packet, tail):
        if self.tcp:
            tail = bytes(-len(packet) % 4)
        self.socket.send(struct.pack("!HH", number, len(packet)) + packet + tail)


def pcmu(i):
    return struct.pack("!BBHII", 0x80, 0, i, 160 * i, 0x1234) + b"\xd5" * 160


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tcp", action="store_true")
    parser.add_argument("--tail", type=int, default=0)
    parser.add_argument("-p", dest="port", type=int, default=0)
    parser.add_argument("-n", type=int, default=50)
    parser.add_argument("channel", type=lambda text: int(text, 0))
    parser.add_argument("relay", type=endpoint)
    parser.add_argument("peer", type=endpoint)
    args = parser.parse_args()
    client = Client(args.relay, args.tcp, args.port)
    client.allocate()
    client.bind(args.channel, args.peer)
    refused = 0
    for i in range(args.n):
        try:
            client.send(args.channel, pcmu(i), bytes(args.tail))
        except PermissionError:
            refused += 1
        time.sleep(0.02)
    print("sent", args.n - refused, "refused", refused)


if __name__ == "__main__":
    main()
