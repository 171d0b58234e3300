#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What a host says besides media: questions and answers over UDP, bulk over TCP.

nonmedia.py serve           answers on all ports; says "ready"
nonmedia.py talk ADDR...    asks, and prints "protocol asked answered" for each
"""
import hashlib
import os
import selectors
import socket
import struct
import sys
import threading

ROUNDS = 10
PATIENCE_S = 30
TCP_PORT = 8080
TCP_BYTES = 4 << 20


def dns(i):
    name = b"\3www\7example\3org\0"
    return struct.pack("!6H", i * 997, 0x0100, 1, 0, 0, 0) + name + b"\0\1\0\1"


def dns_answer(query):
    answer = b"\xc0\x0c\0\1\0\1" + struct.pack("!IH", 300, 4) + b"\xc0\0\2\1"
    return query[:2] + b"\x81\x80\0\1\0\1\0\0\0\0" + query[12:] + answer


def ntp(i):
    return b"\x23" + bytes(39) + struct.pack("!II", 0xea000000 + i, i * 77)


def ntp_answer(query):
    return b"\x24\1\0\xe8" + bytes(20) + query[40:48] + query[40:48] * 2


def stun(i):
    return struct.pack("!HHI", 1, 0, 0x2112a442) + bytes([i]) * 12


def stun_answer(query):
    address = struct.pack("!HHBBH4s", 0x20, 8, 0, 1, 0x3344, b"\x2b\x12\xa4\x43")
    return struct.pack("!HH", 0x101, len(address)) + query[4:20] + address


def dtls(i):
    """Handshake records first, then application data (RFC 6347, 4.1)."""
    kind, epoch = (22, 0) if i < ROUNDS // 2 else (23, 1)
    body = os.urandom(100 + i)
    return struct.pack("!BHHHIH", kind, 0xfefd, epoch, 0, i, len(body)) + body


def wireguard(i):
    """Initiation, then data; both are answered by their counterpart."""
    if not i:
        return struct.pack("<II", 1, 0x80008000) + os.urandom(140)
    return struct.pack("<IIQ", 4, 0x80008000, i) + os.urandom(16 * i + 16)


def wireguard_answer(query):
    if query[0] == 1:
        return struct.pack("<III", 2, 0x90009000, 0x80008000) + os.urandom(80)
    return query


def quic_long(i):
    """An Initial of version 1, padded as a client has to."""
    return b"\xc3\0\0\0\1\x08" + os.urandom(8) + bytes([0, 0]) + os.urandom(1184)


def quic_short(i):
    return bytes([0x40 | i]) + os.urandom(200)


def text(i):
    return ("Zeile %d: \u00fcber alles, and some ASCII." % i).encode()


def echo(query):
    return query


# Name, port, question and answer.
PROTOCOLS = (
    ("dns", 53, dns, dns_answer), ("ntp", 123, ntp, ntp_answer),
    ("stun", 3478, stun, stun_answer), ("dtls", 4433, dtls, echo),
    ("wireguard", 51820, wireguard, wireguard_answer),
    ("quic-long", 443, quic_long, echo), ("quic-short", 444, quic_short, echo),
    ("text", 7, text, echo),
)


def serve_tcp(listener):
    """Takes all there is, and says what its checksum is."""
    while True:
        peer, _ = listener.accept()
        digest = hashlib.sha256()
        while data := peer.recv(1 << 16):
            digest.update(data)
        peer.sendall(digest.hexdigest().encode())
        peer.close()


def serve():
    ports = selectors.DefaultSelector()
    for _, port, _, answer in PROTOCOLS:
        sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        sock.bind(("::", port))
        ports.register(sock, selectors.EVENT_READ, answer)
    listener = socket.create_server(("::", TCP_PORT), family=socket.AF_INET6,
                                    dualstack_ipv6=True)
    threading.Thread(target=serve_tcp, args=(listener,), daemon=True).start()
    print("ready", flush=True)
    while True:
        for key, _ in ports.select():
            query, peer = key.fileobj.recvfrom(1 << 16)
            key.fileobj.sendto(key.data(query), peer)


def is_answer(answer, query, received):
    """Byte for byte, where the answer is not random."""
    if answer is wireguard_answer and query[0] == 1:
        return len(received) == 92 and received[0] == 2
    return received == answer(query)


def talk_udp(addr, port, make, answer):
    """Returns how many questions of ROUNDS were answered."""
    family = socket.AF_INET6 if ":" in addr else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.settimeout(PATIENCE_S)
        sock.connect((addr, port))
        for i in range(ROUNDS):
            query = make(i)
            try:
                sock.send(query)
                if not is_answer(answer, query, sock.recv(1 << 16)):
                    return i
            except OSError:
                return i
    return ROUNDS


def tls_records():
    """Application data, as much as a record has room for (RFC 8446, 5.1)."""
    return b"".join(struct.pack("!BHH", 23, 0x303, 16384) + os.urandom(16384)
                    for _ in range(TCP_BYTES >> 14))


def talk_tcp(addr, data):
    """Returns 1 where what arrived is what was sent."""
    try:
        with socket.create_connection((addr, TCP_PORT), PATIENCE_S) as sock:
            sock.sendall(data)
            sock.shutdown(socket.SHUT_WR)
            return int(sock.recv(64) == hashlib.sha256(data).hexdigest().encode())
    except OSError:
        return 0


def talk(addrs):
    for name, port, make, answer in PROTOCOLS:
        answered = sum(talk_udp(addr, port, make, answer) for addr in addrs)
        print(name, ROUNDS * len(addrs), answered, flush=True)
    data = tls_records()
    print("tcp", len(addrs), sum(talk_tcp(addr, data) for addr in addrs), flush=True)


if sys.argv[1] == "serve":
    serve()
else:
    talk(sys.argv[2:])
