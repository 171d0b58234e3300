# SPDX-License-Identifier: GPL-2.0
"""SRTP's transforms, as far as labelled captures need them: RFC 3711 with AES-CM
or without cipher, and RFC 7714. No rollover: a stream here is short."""

import hashlib
import hmac
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

# By profile: cipher, bytes of tag, bytes of key.
PROFILES = {
    "cm80": ("cm", 10, 16),
    "cm32": ("cm", 4, 16),
    "cm80-256": ("cm", 10, 32),
    "gcm128": ("gcm", 16, 16),
    "gcm256": ("gcm", 16, 32),
    "null80": ("null", 10, 16),
    "null32": ("null", 4, 16),
}
MKI = b"\x00\x00\x00\x01"


def aes_cm(key, iv, data):
    """AES in counter mode; iv is the number RFC 3711 builds, 128 bits."""
    cipher = Cipher(algorithms.AES(key), modes.CTR(iv.to_bytes(16, "big")))
    return cipher.encryptor().update(data)


def derive(key, salt, label, length):
    """RFC 3711 section 4.3, key derivation rate 0; salt has 14 bytes."""
    x = int.from_bytes(salt, "big") ^ label << 48
    return aes_cm(key, x << 16, bytes(length))


class Sender:
    """One SSRC's packets, protected. name makes the master key."""

    def __init__(self, profile, name, mki=False):
        self.cipher, self.tag, key_len = PROFILES[profile]
        self.mki = MKI if mki else b""
        material = hashlib.sha512(name.encode()).digest()
        self.key_from(material[:key_len],
                      material[key_len:key_len + self.salt_len()])

    def salt_len(self):
        return 12 if self.cipher == "gcm" else 14

    def key_from(self, key, salt):
        salt += bytes(14 - len(salt))
        self.key = derive(key, salt, 0, len(key))
        self.auth = derive(key, salt, 1, 20)
        self.salt = int.from_bytes(derive(key, salt, 2, self.salt_len()), "big")

    def protect(self, header, payload):
        """The datagram, from an RTP header with all that stays clear, and the
        payload."""
        seq, ssrc = struct.unpack_from(">H4xI", header, 2)
        if self.cipher == "gcm":
            iv = self.salt ^ ssrc << 48 ^ seq
            return header + AESGCM(self.key).encrypt(
                iv.to_bytes(12, "big"), payload, header) + self.mki
        if self.cipher == "cm":
            iv = self.salt << 16 ^ ssrc << 64 ^ seq << 16
            payload = aes_cm(self.key, iv, payload)
        tag = hmac.new(self.auth, header + payload + bytes(4), hashlib.sha1)
        return header + payload + self.mki + tag.digest()[:self.tag]


def self_test():
    """RFC 3711 B.3: a mistake here would label noise as SRTP."""
    sender = Sender("cm80", "")
    sender.key_from(bytes.fromhex("e1f97a0d3e018be0d64fa32c06de4139"),
                    bytes.fromhex("0ec675ad498afeebb6960b3aabe6"))
    assert sender.key.hex() == "c61e7a93744f39ee10734afe3ff7a087"
    assert sender.salt.to_bytes(14, "big").hex() == "30cbbc08863d8c85d49db34a9ae1"
    assert sender.auth.hex() == "cebe321f6ff7716b6fd4ab49af256a156d38baa4"
