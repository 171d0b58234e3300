# SPDX-License-Identifier: GPL-2.0
"""What is said on a TCP connection, for streamsend.py: turns of its two ends."""
import base64
import os
import struct
from collections import namedtuple

# By h1 (0) or by h2 (1); only media is counted, and cut otherwise. Its writes are made
# when they are asked for, once: there may be many.
Turn = namedtuple("Turn", "by writes media")
H1, H2 = 0, 1

COOKIE = 0x2112a442


def said(by, *writes):
    return Turn(by, list(writes), False)


def rtp(i, payload, payload_type):
    return struct.pack("!BBHII", 0x80, payload_type, i, 160 * i, 0x1234) + payload


def pcmu(i, size=160):
    return rtp(i, b"\xd5" * size, 0)


def srtp(i):
    return rtp(i, os.urandom(170), 96)


def receiver_report(i):
    """One block of losses, then SDES: readable RTCP of who sends no media."""
    report = struct.pack("!BBHIIIIIII", 0x81, 201, 7, 0x77, 0x1234, 0, i, 0, 0, 0)
    return report + struct.pack("!BBHI", 0x81, 202, 3, 0x77) + b"\1\5hallo\0"


# RFC 4571

def rfc4571(packet):
    return struct.pack("!H", len(packet)) + packet


def media_of(make, frame=rfc4571, by=H1):
    def kind(n):
        return [Turn(by, (frame(make(i)) for i in range(n)), True)]
    return kind


# RFC 8656, 12.5: TCP pads ChannelData

def stun(method, attributes=b""):
    return struct.pack("!HHI", method, len(attributes), COOKIE) + \
        bytes(range(12)) + attributes


def attribute(number, value):
    return struct.pack("!HH", number, len(value)) + value + bytes(-len(value) % 4)


PEER = attribute(0x12, struct.pack("!BBHI", 0, 1, 0x3344, 0xc0000201 ^ COOKIE))


def channel_data(packet, number=0x4001):
    return struct.pack("!HH", number, len(packet)) + packet + bytes(-len(packet) % 4)


def channel_5766(packet):
    return channel_data(packet, 0x69de)


def send_indication(packet):
    return stun(0x16, PEER + attribute(0x13, packet))


def data_indication(packet):
    return stun(0x17, PEER + attribute(0x13, packet))


def allocation():
    return [said(H1, stun(0x003, attribute(0x19, b"\x11\0\0\0"))),
            said(H2, stun(0x103, attribute(0x0d, b"\0\0\2\x58"))),
            said(H1, stun(0x009, attribute(0x0c, b"\x40\1\0\0") + PEER)),
            said(H2, stun(0x109))]


def turn(frame):
    def kind(n):
        return allocation() + media_of(pcmu, frame)(n)
    return kind


def nested(outer, inner):
    return turn(lambda packet: outer(inner(packet)))


def stun_alone(n):
    asked = [stun(1) for i in range(n)]
    answered = [stun(0x101, attribute(0x20, b"\0\1" + os.urandom(6))) for _ in asked]
    return allocation() + [Turn(H1, asked, True), Turn(H2, answered, True)]


# RTSP

SDP = b"v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nm=audio 0 RTP/AVP 0\r\n"


def interleaved(packet, channel=0):
    return struct.pack("!cBH", b"$", channel, len(packet)) + packet


def request(method, number, header=b"", body=b""):
    return b"%s rtsp://10.0.0.2/a RTSP/1.0\r\nCSeq: %d\r\n%s\r\n%s" % (
        method, number, header, body)


def answer(number, header=b""):
    return b"RTSP/1.0 200 OK\r\nCSeq: %d\r\n%s\r\n" % (number, header)


TRANSPORT = b"Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"


def announce():
    header = b"Content-Type: application/sdp\r\nContent-Length: %d\r\n" % len(SDP)
    return request(b"ANNOUNCE", 1, header, SDP)


def rtsp_record(n):
    return [said(H1, announce()), said(H2, answer(1)),
            said(H1, request(b"SETUP", 2, TRANSPORT)), said(H2, answer(2, TRANSPORT)),
            said(H1, request(b"RECORD", 3)), said(H2, answer(3)),
            *media_of(pcmu, interleaved)(n)]


def rtsp_play(n):
    """h1 watches: what it says of media is that it came."""
    turns = [said(H1, request(b"SETUP", 1, TRANSPORT)), said(H2, answer(1, TRANSPORT)),
             said(H1, request(b"PLAY", 2)), said(H2, answer(2))]
    for i in range(n):
        turns.append(Turn(H2, [interleaved(pcmu(i))], True))
        if i % 5 == 4:
            turns.append(Turn(H1, [interleaved(receiver_report(i), 1)], True))
    return turns


TUNNEL = b"Content-Type: application/x-rtsp-tunnelled\r\n"


def rtsp_http_get(n):
    """h1 is the server, to which h2 has to say so little here."""
    asked = b"GET /a HTTP/1.0\r\nx-sessioncookie: abc\r\nAccept: " \
        b"application/x-rtsp-tunnelled\r\n\r\n"
    return [said(H2, asked), said(H1, b"HTTP/1.0 200 OK\r\n" + TUNNEL + b"\r\n"),
            said(H1, answer(1, TRANSPORT)), *media_of(pcmu, interleaved)(n)]


def rtsp_http_post(n):
    """Each frame by itself in base64, as it may be."""
    head = b"POST /a HTTP/1.0\r\nx-sessioncookie: abc\r\n" + TUNNEL + \
        b"Content-Length: 32767\r\n\r\n"
    return [said(H1, head), said(H1, base64.b64encode(announce())),
            *media_of(pcmu, lambda packet: base64.b64encode(interleaved(packet)))(n)]


# What is no media

def tls(n):
    """Handshake in name only; then records that fill segments, both ways."""
    def record(kind, size):
        return struct.pack("!BHH", kind, 0x303, size) + os.urandom(size)
    return [said(H1, record(22, 512)), said(H2, record(22, 1200)),
            Turn(H1, [record(23, 16384) for _ in range(n)], True),
            Turn(H2, [record(23, 16384) for _ in range(n)], True)]


def http(n):
    body = os.urandom(100000)
    head = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: %d\r\n\r\n"
    turns = []
    for i in range(n):
        turns.append(Turn(H1, [b"GET /%d HTTP/1.1\r\nHost: h2\r\n\r\n" % i], True))
        turns.append(Turn(H2, [head % len(body), body], True))
    return turns


def ssh(n):
    key = struct.pack("!IB", 1020, 6) + b"\x14" + os.urandom(1018)
    return [said(H2, b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"),
            said(H1, b"SSH-2.0-OpenSSH_9.2p1\r\n"), said(H1, key), said(H2, key),
            Turn(H1, [os.urandom(1024 + 16 * i) for i in range(n)], True),
            Turn(H2, [os.urandom(1024 + 16 * i) for i in range(n)], True)]


def dns(n):
    """The identifiers are those that make a message look like RTP."""
    name = b"\3www\7example\3org\0\0\1\0\1"
    turns = []
    for i in range(n):
        query = struct.pack("!6H", 0x8000 + i * 997 % 0x4000, 0x100, 1, 0, 0, 0) + name
        reply = query[:2] + b"\x81\x80\0\1\0\1\0\0\0\0" + name + \
            b"\xc0\x0c\0\1\0\1\0\0\1\x2c\0\4\xc0\0\2\1"
        turns += [Turn(H1, [rfc4571(query)], True), Turn(H2, [rfc4571(reply)], True)]
    return turns


KINDS = {
    "rfc4571-pcmu": media_of(pcmu),
    "rfc4571-long": media_of(lambda i: pcmu(i, 3000)),
    "rfc4571-srtp": media_of(srtp),
    "turn-channel": turn(channel_data),
    "turn-channel-5766": turn(channel_5766),
    "turn-send": turn(send_indication),
    "turn-data": turn(data_indication),
    "turn-channel-channel": nested(channel_data, channel_data),
    "turn-channel-send": nested(channel_data, send_indication),
    "turn-send-channel": nested(send_indication, channel_data),
    "turn-data-send": nested(data_indication, send_indication),
    "turn-stun": stun_alone,
    "rtsp-record": rtsp_record,
    "rtsp-play": rtsp_play,
    "rtsp-http-get": rtsp_http_get,
    "rtsp-http-post": rtsp_http_post,
    "tls": tls,
    "http": http,
    "ssh": ssh,
    "dns": dns,
}
