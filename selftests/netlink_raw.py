#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Netlink messages as no library would send them, and the kernel's answers.

    netlink_raw.py family          id of the family and of its event group
    netlink_raw.py join GROUP      joins a multicast group by its id
    netlink_raw.py listen GROUP    joins it, says "joined", and how many messages
                                   have come when standard input ends
    netlink_raw.py hold            begins a dump, says "held", and reads on only
                                   when standard input ends
    netlink_raw.py status FAMILY   asks a family by its id for the status
    netlink_raw.py lent UID        root uses a socket that the user opened
    netlink_raw.py given UID       the user uses a socket that root opened

What goes wrong is printed as the name of the errno, and ends with code 1. Names
and numbers of attributes and commands are read from the uapi header.
"""

import errno
import os
import re
import socket
import struct
import sys

NETLINK_GENERIC = 16
SOL_NETLINK = 270
NETLINK_ADD_MEMBERSHIP = 1
NETLINK_CAP_ACK = 10
NETLINK_EXT_ACK = 11
SO_SNDBUFFORCE = 32

NLMSG_ERROR = 2
NLMSG_DONE = 3
NLM_F_REQUEST = 1
NLM_F_ACK = 4
NLM_F_DUMP = 0x300
NLM_F_DUMP_INTR = 16
NLM_F_ACK_TLVS = 0x200
NLA_F_NESTED = 0x8000

NLMSGERR_ATTR_MSG = 1
NLMSGERR_ATTR_OFFS = 2
NLMSGERR_ATTR_MISS_TYPE = 5

GENL_ID_CTRL = 16
CTRL_CMD_GETFAMILY = 3
CTRL_ATTR_FAMILY_ID = 1
CTRL_ATTR_FAMILY_NAME = 2
CTRL_ATTR_MCAST_GROUPS = 7

HERE = os.path.dirname(os.path.abspath(__file__))
UAPI = "../include/uapi/linux/rtpguard.h", "rtpguard.h"
SEND_MAX = 1 << 23


def uapi_read():
    """Enumerators and constants of the uapi header, without the prefix."""
    path = next(p for p in (os.path.join(HERE, u) for u in UAPI)
                if os.path.exists(p))
    with open(path, encoding="utf-8") as header:
        text = header.read()
    names = {}
    for body in re.findall(r"^enum\s*\w*\s*{(.*?)^};", text, re.S | re.M):
        value = -1
        for name, given in re.findall(
                r"^\tRTPGUARD_(\w+)(?: = (\d+))?,", body, re.M):
            value = int(given) if given else value + 1
            names[name] = value
    for name, value in re.findall(r"^#define RTPGUARD_(\w+)\s+(\d+)$", text,
                                  re.M):
        names[name] = int(value)
    return names


U = uapi_read()


class Attr:
    """An attribute; offset is where it begins in the message, once packed.

    The body is bytes, or further attributes. nested sets the flag as it should
    be unless told; length is what the header claims instead of the truth.
    """

    def __init__(self, name, *body, nested=None, length=None):
        self.type = U[name] if isinstance(name, str) else name
        self.body = body
        self.nested = nested
        self.length = length
        self.offset = None

    def pack(self, base):
        self.offset = base
        data = bytearray()
        for part in self.body:
            data += part if isinstance(part, bytes) else \
                part.pack(base + 4 + len(data))
        nested = self.nested
        if nested is None:
            nested = any(isinstance(part, Attr) for part in self.body)
        length = 4 + len(data) if self.length is None else self.length
        head = struct.pack("=HH", length, self.type | nested * NLA_F_NESTED)
        return head + bytes(data) + bytes(-len(data) % 4)


def u8(name, value):
    return Attr(name, struct.pack("=B", value))


def u16(name, value):
    return Attr(name, struct.pack("=H", value))


def u32(name, value):
    return Attr(name, struct.pack("=I", value))


def u64(name, value):
    return Attr(name, struct.pack("=Q", value))


def text(name, value):
    return Attr(name, value.encode() + b"\0")


def message(kind, flags, cmd, *attrs, reserved=0, tail=b""):
    """nlmsghdr, genlmsghdr and attributes; sequence number 1."""
    data = bytearray(struct.pack("=BBH", cmd, 1, reserved))
    for attr in attrs:
        data += attr.pack(16 + len(data))
    data += tail
    return struct.pack("=IHHII", 16 + len(data), kind, flags, 1, 0) + \
        bytes(data)


def attrs_of(data):
    """(type, payload, padding) for each attribute; they must use data up."""
    while data:
        length, kind = struct.unpack_from("=HH", data)
        if length < 4 or length > len(data):
            raise ValueError(f"attribute of {length} in {len(data)} bytes")
        end = (length + 3) & ~3
        yield kind, data[4:length], data[length:end]
        data = data[end:]


class Reply:
    """One message from the kernel."""

    def __init__(self, data):
        self.raw = data
        self.type, self.flags = struct.unpack_from("=HH", data, 4)
        self.error = None
        self.text = self.offset = self.missing = None
        if self.type in (NLMSG_ERROR, NLMSG_DONE):
            self.read_error()

    def read_error(self):
        self.error = -struct.unpack_from("=i", self.raw, 16)[0]
        if not self.flags & NLM_F_ACK_TLVS:
            return
        begin = 36 if self.type == NLMSG_ERROR else 20
        for kind, payload, _ in attrs_of(self.raw[begin:]):
            if kind == NLMSGERR_ATTR_MSG:
                self.text = payload.rstrip(b"\0").decode()
            elif kind == NLMSGERR_ATTR_OFFS:
                self.offset = struct.unpack("=I", payload)[0]
            elif kind == NLMSGERR_ATTR_MISS_TYPE:
                self.missing = struct.unpack("=I", payload)[0]

    def genl(self):
        """cmd, version, reserved, attributes as bytes."""
        return struct.unpack_from("=BBH", self.raw, 16) + (self.raw[20:],)


class Netlink:
    """A generic netlink socket."""

    def __init__(self, family=None):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW,
                                  NETLINK_GENERIC)
        self.sock.bind((0, 0))
        self.sock.settimeout(60)
        self.sock.setsockopt(SOL_NETLINK, NETLINK_EXT_ACK, 1)
        self.sock.setsockopt(SOL_NETLINK, NETLINK_CAP_ACK, 1)
        self.family = family

    def send(self, data):
        if len(data) > 1 << 16:
            self.sock.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, SEND_MAX)
        self.sock.send(data)

    def receive(self):
        """The messages of one datagram."""
        data = self.sock.recv(1 << 16)
        while data:
            length = struct.unpack_from("=I", data)[0]
            yield Reply(data[:length])
            data = data[(length + 3) & ~3:]

    def transact(self, data):
        """Send, and receive until the kernel is done: all its messages."""
        self.send(data)
        replies = []
        while True:
            replies += self.receive()
            if replies[-1].error is not None:
                return replies

    def request(self, flags, cmd, *attrs, **kwargs):
        return message(self.family, NLM_F_REQUEST | flags, U["CMD_" + cmd],
                       *attrs, **kwargs)

    def resolve(self):
        """Ask for the family: sets its id and returns the event group's."""
        replies = self.transact(message(
            GENL_ID_CTRL, NLM_F_REQUEST | NLM_F_ACK, CTRL_CMD_GETFAMILY,
            text(CTRL_ATTR_FAMILY_NAME, "rtpguard")))
        if replies[-1].error:
            raise OSError(replies[-1].error, "family")
        found = {k & ~NLA_F_NESTED: p for k, p, _ in
                 attrs_of(replies[0].genl()[3])}
        self.family = struct.unpack("=H", found[CTRL_ATTR_FAMILY_ID])[0]
        group = next(attrs_of(found[CTRL_ATTR_MCAST_GROUPS]))[1]
        return struct.unpack("=I", {k: p for k, p, _ in attrs_of(group)}[2])[0]

    def waiting(self):
        """Read what has come, without waiting for more: how many messages."""
        self.sock.setblocking(False)
        count = 0
        try:
            while True:
                count += len(list(self.receive()))
        except BlockingIOError:
            return count

    def join(self, group):
        self.sock.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group)


def become(uid):
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def borrowed(uid):
    """A netlink socket opened by another user."""
    ours, theirs = socket.socketpair()
    child = os.fork()
    if not child:
        become(uid)
        socket.send_fds(theirs, [b"."], [Netlink().sock.detach()])
        os._exit(0)
    fd = socket.recv_fds(ours, 1, 1)[1][0]
    os.waitpid(child, 0)
    return socket.socket(fileno=fd)


def set_mode(netlink):
    """Refused or not, it is to be harmless: the mode that is in force."""
    error = netlink.transact(netlink.request(
        NLM_F_ACK, "SET_MODE", u8("A_STATUS_MODE", U["MODE_MONITOR"])))[-1]
    if error.error:
        raise OSError(error.error, "set-mode")


def main(argv):
    netlink = Netlink()
    if argv[0] == "family":
        group = netlink.resolve()
        print(netlink.family, group)
    elif argv[0] == "join":
        netlink.join(int(argv[1]))
    elif argv[0] == "listen":
        netlink.join(int(argv[1]))
        print("joined", flush=True)
        sys.stdin.read()
        print(netlink.waiting())
    elif argv[0] == "status":
        netlink.family = int(argv[1])
        error = netlink.transact(netlink.request(NLM_F_ACK, "GET_STATUS"))[-1]
        if error.error:
            raise OSError(error.error, "status")
    elif argv[0] in ("lent", "given"):
        netlink.resolve()
        set_mode(netlink)
        if argv[0] == "lent":
            netlink.sock = borrowed(int(argv[1]))
        else:
            become(int(argv[1]))
        set_mode(netlink)
    elif argv[0] == "hold":
        netlink.resolve()
        netlink.send(netlink.request(NLM_F_DUMP, "GET_RULESET"))
        print("held", flush=True)
        sys.stdin.read()
        while all(reply.type != NLMSG_DONE for reply in netlink.receive()):
            pass
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except OSError as refused:
        print(errno.errorcode[refused.errno])
        sys.exit(1)
