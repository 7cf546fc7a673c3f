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

"""Packets as scapy makes them, and what is in them, for a kernel test.  Keys
and addresses are those of kt_tunlib.c.

	python3 esp_golden.py >../sys/net/kt_scapy.h
"""

import os
import random
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from esp_scapy import HASHES, LongAuth
from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.ipsec import AH, ESP, SecurityAssociation
from scapy.packet import Raw

KEYS = (b"We are the keys of all these tunnels, known to anybody, and 128 "
    b"bytes long, as everybody can see who counts them at all.")
AUTHKEY = 40
SPI, HIGH = 0x2000, 5
US = {4: "198.51.100.1", 6: "2001:db8:0:1::1"}
PEER = {4: "198.51.100.2", 6: "2001:db8:0:1::2"}

# by the names of kt_tunlib.c: algorithm, bytes of its key, hash, of its key
ESPS = {
    "aes-128-gcm": ("AES-GCM", 20, "-", 0),
    "aes-cbc/sha2-256": ("AES-CBC", 16, "hmac-sha2-256", 32),
    "chacha20-poly1305": ("CHACHA20-POLY1305", 36, "-", 0),
    "aes-ctr/sha1": ("AES-CTR", 20, "hmac-sha1", 20),
    "null/sha1": ("NULL", 0, "hmac-sha1", 20),
    "aes-cbc/sha2-512": ("AES-CBC", 32, "hmac-sha2-512", 64),
    "aes-cbc/sha1": ("AES-CBC", 16, "hmac-sha1", 20),
    "aes-cbc/sha2-384": ("AES-CBC", 24, "hmac-sha2-384", 48),
    "3des/sha1": ("3DES", 24, "hmac-sha1", 20),
}
MACS = {"sha1": 20, "sha2-256": 32, "sha2-384": 48, "sha2-512": 64}

chance = random.Random(6)


def header(version):
    if version == 4:
        return IP(src=PEER[4], dst=US[4], id=chance.randrange(65536))
    return IPv6(src=PEER[6], dst=US[6])


def inside(version):
    data = Raw(chance.randbytes(chance.randrange(20, 60)))
    if version == 4:
        packet = IP(src="10.9.0.2", dst="192.0.2.77", proto=253, ttl=60,
            id=chance.randrange(65536)) / data
    else:
        packet = IPv6(src="2001:db8:0:9::2", dst="2001:db8::77", nh=253,
            hlim=60) / data
    return packet.__class__(bytes(packet))


def in_udp(packet):
    """RFC 3948; over IPv6 with a checksum."""
    if packet.version == 4:
        return IP(src=packet.src, dst=packet.dst, id=packet.id) / \
            UDP(sport=4500, dport=4500, chksum=0) / Raw(bytes(packet)[20:])
    return IPv6(src=packet.src, dst=packet.dst) / UDP(sport=4500,
        dport=4500) / Raw(bytes(packet)[40:])


def esp(name, version, udp, esn):
    algorithm, size, mac, macsize = ESPS[name]
    auth = HASHES[mac][0]
    sa = SecurityAssociation(ESP, spi=SPI, seq_num=1,
        crypt_algo=algorithm, crypt_key=KEYS[:size], auth_algo=auth,
        auth_key=KEYS[AUTHKEY:AUTHKEY + macsize] if auth else None,
        tunnel_header=header(version), esn_en=esn, esn=HIGH if esn else 0)
    if esn and auth:
        sa.auth_algo = LongAuth(sa.auth_algo, sa)
    inner = inside(chance.choice((4, 6)))
    outer = sa.encrypt(inner)
    return (in_udp(outer) if udp else outer), inner


def ah(name, version):
    sa = SecurityAssociation(AH, spi=SPI, seq_num=1,
        auth_algo=HASHES["hmac-" + name][0],
        auth_key=KEYS[AUTHKEY:AUTHKEY + MACS[name]],
        tunnel_header=header(version))
    inner = inside(chance.choice((4, 6)))
    return sa.encrypt(inner), inner


def hexadecimal(packet):
    text = bytes(packet).hex()
    return "\n\t    ".join('"%s"' % text[i:i + 60]
        for i in range(0, len(text), 60))


def vector(proto, name, version, udp, esn, packets):
    print('\t{ %s, "%s", AF_INET%s, %d, %d,\n\t    %s,\n\t    %s },' %
        (proto, name, "6" if version == 6 else "", udp, esn,
        hexadecimal(packets[0]), hexadecimal(packets[1])))


def main():
    with open(__file__) as f:
        licence = f.read().split("\n\n")[0].split("\n")[1:]
    print("/*")
    for line in licence:
        print((" *" + line[1:]).rstrip())
    print(" */\n\n/* Of regress/interop/esp_golden.py. */")
    print("#define SCAPY_HIGH\t%d\t/* with ESN */\n" % HIGH)
    print("static const struct scapy {")
    print("\tint\t\t sc_proto;\n\tconst char\t*sc_alg;")
    print("\tint\t\t sc_oaf, sc_natt, sc_esn;")
    print("\tconst char\t*sc_outer, *sc_inner;\n} scapy[] = {")
    for i, name in enumerate(ESPS):
        for version in 4, 6:
            for udp in 0, 1:
                esn = (i + udp + version // 6) % 2
                vector("IPPROTO_ESP", name, version, udp, esn,
                    esp(name, version, udp, esn))
    for name in MACS:
        for version in 4, 6:
            vector("IPPROTO_AH", name, version, 0, 0, ah(name, version))
    print("};")


if __name__ == "__main__":
    main()
