#!/usr/bin/python3
# Copyright (c) 2026 The um project
#
# Permission to use, copy, modify, and distribute this software for any
# purpose with or without fee is hereby granted, provided that the above
# copyright notice and this permission notice appear in all copies.
#
# THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES
# WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF
# MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR
# ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES
# WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN
# ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF
# OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.

"""What the kernel's tests tun_show_* show, decoded by scapy.

usage: esp_modes.py file pcap table wanted

Each packet of the file is decrypted and compared with what was inside, and
must not be accepted with a wrong key.  The other files are written for
tshark: the packets that it understands, its table of SAs, and what it should
find in each: its number and the data of the innermost packet; "+" behind
it says that ESP's trailer follows, of which it makes no secret there.
"""

import os
import struct
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from esp_scapy import HASHES, LongAuth, Wrong, check, flip, missing, same

if missing:
    print("scapy: %s" % missing)
    sys.exit(77)

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.ipsec import AH, ESP, IPSecIntegrityError
from scapy.layers.ipsec import SecurityAssociation
from scapy.utils import PcapWriter

CIPHERS = {
    "aes-128-gcm": ("AES-GCM", "AES-GCM with 16 octet ICV [RFC4106]"),
    "aes-cbc": ("AES-CBC", "AES-CBC [RFC3602]"),
    "aes-ctr": ("AES-CTR", "AES-CTR [RFC3686]"),
    "3des": ("3DES", "TripleDES-CBC [RFC2451]"),
    "null": ("NULL", "NULL"),
    "chacha20-poly1305": ("CHACHA20-POLY1305", None),
}
MACS = {
    "sha1": "HMAC-SHA-1-96 [RFC2404]",
    "sha2-256": "HMAC-SHA-256-128 [RFC4868]",
    "sha2-384": "HMAC-SHA-384-192 [RFC4868]",
    "sha2-512": "HMAC-SHA-512-256 [RFC4868]",
}


class Packet:
    """What is shown of one, as text; then its parts."""

    def __init__(self, line):
        (self.mode, alg, spi, high, enc, auth) = line.split()[1:]
        self.alg = alg
        self.protocol, self.form = self.mode.split("-")
        if self.protocol == "ah":
            self.cipher, self.mac = None, alg
        else:
            self.cipher, _, self.mac = alg.partition("/")
        self.spi = int(spi)
        self.esn = high.startswith("esn")
        self.high = int(high[3:]) if self.esn else 0
        self.enc = bytes.fromhex(enc) if enc != "-" else b""
        self.auth = bytes.fromhex(auth) if auth != "-" else b""
        self.outer = self.inner = b""

    def add(self, line):
        what, data = line.split()
        setattr(self, what, getattr(self, what) + bytes.fromhex(data))

    def __str__(self):
        return "%s %s%s in IPv%d%s" % (self.mode, self.alg,
            " esn" if self.esn else "", self.outer[0] >> 4,
            " udp" if self.udp() else "")

    def udp(self):
        return self.outer[9 if self.outer[0] >> 4 == 4 else 6] == 17

    def plain(self):
        """Without the UDP header, which is looked at by its RFC."""
        v4 = self.outer[0] >> 4 == 4
        packet = (IP if v4 else IPv6)(self.outer)
        if v4:
            del packet.chksum
            same(bytes(packet), self.outer, "outer checksum and length")
            packet = IP(self.outer)
        if not self.udp():
            return packet
        hlen = 20 if v4 else 40
        udp, rest = self.outer[hlen:hlen + 8], self.outer[hlen + 8:]
        sport, dport, size, cksum = struct.unpack("!HHHH", udp)
        check((sport, dport) == (4500, 4500), "ports of UDP")
        check(size == len(rest) + 8, "length of UDP")
        check(cksum == 0 if v4 else self.cksum(rest) == udp,
            "checksum of UDP")
        header = bytearray(self.outer[:hlen])
        if v4:
            header[2:4] = struct.pack("!H", hlen + len(rest))
            header[9], header[10:12] = 50, b"\0\0"
            header[10:12] = struct.pack("!H", IP(bytes(IP(bytes(header),
                chksum=None)))[IP].chksum)
            return IP(bytes(header) + rest)
        header[4:6], header[6] = struct.pack("!H", len(rest)), 50
        return IPv6(bytes(header) + rest)

    def cksum(self, rest):
        outer = IPv6(self.outer)
        made = IPv6(src=outer.src, dst=outer.dst) / UDP(sport=4500,
            dport=4500) / rest
        return bytes(made)[40:48]

    def association(self, enc, auth, header):
        hash = HASHES["hmac-" + self.mac][0] if self.mac else None
        tunnel = dict(tunnel_header=header) if self.form == "tunnel" else {}
        if self.protocol == "ah":
            return SecurityAssociation(AH, spi=self.spi, auth_algo=hash,
                auth_key=auth, **tunnel)
        sa = SecurityAssociation(ESP, spi=self.spi,
            crypt_algo=CIPHERS[self.cipher][0], crypt_key=enc,
            auth_algo=hash, auth_key=auth, esn_en=self.esn, esn=self.high,
            **tunnel)
        if self.esn and hash:
            sa.auth_algo = LongAuth(sa.auth_algo, sa)
        return sa

    def gmac(self, enc):
        """RFC 4543, which scapy has not: all of it is only signed."""
        packet = self.plain()
        hlen = 20 if packet.version == 4 else 40
        esp = bytes(packet)[hlen:]
        high = struct.pack("!L", self.high) if self.esn else b""
        aad = esp[:4] + high + esp[4:8] + esp[8:-16]
        try:
            AESGCM(enc[:-4]).decrypt(enc[-4:] + esp[8:16], esp[-16:], aad)
        except InvalidTag:
            return None
        data, pad, nxt = esp[16:-18], esp[-18], esp[-17]
        data = data[:len(data) - pad]
        if self.form == "tunnel":
            return data
        return bytes(header_for(packet, nxt) / data)

    def decrypt(self, enc, auth):
        if self.cipher == "aes-gmac":
            return self.gmac(enc)
        packet = self.plain()
        header = packet.copy()
        header.remove_payload()
        sa = self.association(enc, auth, header)
        try:
            return bytes(sa.decrypt(packet))
        except IPSecIntegrityError:
            return None

    def test(self):
        got = self.decrypt(self.enc, self.auth)
        check(got is not None, "the ICV is wrong")
        if self.form == "transport":
            # what the outer header has that was made on the way
            got, want = header_alike(got, self.inner)
            same(got, want, "the packet inside")
        else:
            same(got, self.inner, "the packet inside")
        if self.auth:
            wrong = self.decrypt(self.enc, flip(self.auth, 3))
        else:
            wrong = self.decrypt(flip(self.enc, 3), self.auth)
        check(wrong is None, "a wrong key is as good")

    def for_tshark(self):
        return not self.esn and (self.protocol == "ah" or
            self.cipher in CIPHERS and CIPHERS[self.cipher][1])

    def table(self):
        packet = self.plain()
        return '"IPv%d","%s","%s","0x%x","%s","%s","%s","%s"' % (
            packet.version, packet.src, packet.dst, self.spi,
            CIPHERS[self.cipher][1],
            "0x" + self.enc.hex() if self.enc else "",
            MACS[self.mac] if self.mac else "NULL",
            "0x" + self.auth.hex() if self.auth else "")

    def data(self):
        return self.inner[20 if self.inner[0] >> 4 == 4 else 40:]


def header_for(packet, nxt):
    header = packet.copy()
    header.remove_payload()
    if header.version == 4:
        header.proto, header.len, header.chksum = nxt, None, None
    else:
        header.nh, header.plen = nxt, None
    return header


def header_alike(got, want):
    """Length and checksum of scapy's own making are made anew for both."""
    result = []
    for data in got, want:
        packet = (IP if data[0] >> 4 == 4 else IPv6)(data)
        if packet.version == 4:
            packet.chksum = packet.len = None
        else:
            packet.plen = None
        result.append(bytes(packet))
    return result


def read(name):
    packets = []
    with open(name) as f:
        for line in f:
            if line.startswith("packet "):
                packets.append(Packet(line))
            elif line.startswith(("outer ", "inner ")):
                packets[-1].add(line)
    return packets


def main(name, pcap, table, wanted):
    packets, bad = read(name), 0
    check(len(packets) > 300, "only %d packets" % len(packets))
    for p in packets:
        try:
            p.test()
        except Wrong as e:
            print("%s: %s" % (p, e))
            bad += 1
    chosen = [p for p in packets if p.for_tshark()]
    writer = PcapWriter(pcap, linktype=101)
    for p in chosen:
        writer.write(p.outer)
    writer.close()
    with open(table, "w") as f:
        for line in sorted({p.table() for p in chosen if p.cipher}):
            f.write(line + "\n")
    with open(wanted, "w") as f:
        for i, p in enumerate(chosen):
            f.write("%d %s%s\n" % (i + 1, p.data().hex(),
                " +" if p.mode == "esp-transport" else ""))
    print("%d packets, %d for tshark" % (len(packets), len(chosen)))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
