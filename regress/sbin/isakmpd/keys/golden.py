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
"""
golden_keys.h: what RFC 2409 5 and its appendix B say of inputs that depend on
nothing but their names, by hashlib, hmac and the module `cryptography'.

	python3 golden.py >golden_keys.h
"""

import hashlib
import hmac
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers.algorithms import AES

ROWS = [("MD5", "md5", "AES", 128), ("MD5", "md5", "AES", 256),
        ("MD5", "md5", "3DES", 0), ("SHA1", "sha1", "3DES", 0),
        ("SHA1", "sha1", "AES", 0), ("SHA1", "sha1", "AES", 256),
        ("SHA2_256", "sha256", "AES", 192), ("SHA2_256", "sha256", "AES", 256),
        ("SHA2_384", "sha384", "AES", 256), ("SHA2_512", "sha512", "3DES", 0)]

MSGID = 0x8badf00d
SPI = 0xc0ffee01


def octets(name, n):
    """n octets that depend on the name alone."""
    return hashlib.shake_256(name.encode()).digest(n)


def row(name, md, enc, bits):
    """All of one suite, in order."""
    def prf(key, data):
        return hmac.new(key, data, md).digest()

    def chain(key, first, rest, n):
        out = last = prf(key, first)
        while len(out) < n:
            last = prf(key, last + rest)
            out += last
        return out[:n]

    tag = "%s %s %u " % (name, enc, bits)
    o = {"psk": octets(tag + "psk", 21), "ni": octets(tag + "ni", 32),
         "nr": octets(tag + "nr", 20), "gxy": octets(tag + "gxy", 128),
         "gxi": octets(tag + "gxi", 128), "gxr": octets(tag + "gxr", 128),
         "cookies": octets(tag + "cookies", 16),
         "sai": octets(tag + "sai", 48), "id": octets(tag + "id", 8),
         "rest": octets(tag + "rest", 77), "pfs": octets(tag + "pfs", 256),
         "plain": octets(tag + "plain", 96)}
    ni, nr, gxy, cookies = o["ni"], o["nr"], o["gxy"], o["cookies"]
    cky_i, cky_r = cookies[:8], cookies[8:]
    msgid, spi = struct.pack(">I", MSGID), struct.pack(">I", SPI)
    o["sig"] = prf(ni + nr, gxy)
    o["skeyid"] = s = prf(o["psk"], ni + nr)
    o["d"] = prf(s, gxy + cookies + b"\0")
    o["a"] = prf(s, o["d"] + gxy + cookies + b"\1")
    o["e"] = prf(s, o["a"] + gxy + cookies + b"\2")
    size = 24 if enc == "3DES" else (bits or 128) // 8
    o["key"] = o["e"][:size]
    if size > len(o["e"]):
        o["key"] = chain(o["e"], b"\0", b"", size)
    block = 8 if enc == "3DES" else 16
    o["iv"] = hashlib.new(md, o["gxi"] + o["gxr"]).digest()[:block]
    o["hash_i"] = prf(s, o["gxi"] + o["gxr"] + cky_i + cky_r + o["sai"] +
                      o["id"])
    o["hash_r"] = prf(s, o["gxr"] + o["gxi"] + cky_r + cky_i + o["sai"] +
                      o["id"])
    o["iv2"] = hashlib.new(md, o["iv"] + msgid).digest()[:block]
    o["hash1"] = prf(o["a"], msgid + o["rest"])
    o["hash2"] = prf(o["a"], msgid + ni + o["rest"])
    o["hash3"] = prf(o["a"], b"\0" + msgid + ni + nr)
    seed = b"\3" + spi + ni + nr
    o["mat"] = chain(o["d"], seed, seed, 100)
    o["matpfs"] = chain(o["d"], o["pfs"] + seed, o["pfs"] + seed, 68)
    alg = TripleDES if enc == "3DES" else AES
    c = Cipher(alg(o["key"]), modes.CBC(o["iv2"])).encryptor()
    o["cipher"] = c.update(o["plain"]) + c.finalize()
    return o


def quote(data):
    """Octets as C strings of hex digits, 64 on a line."""
    text = data.hex()
    lines = [text[i:i + 64] for i in range(0, len(text), 64)]
    return "\n\t    ".join('"%s"' % line for line in lines)


def main():
    """The header."""
    with open(__file__, encoding="ascii") as f:
        lines = f.read().splitlines()
    print("/*")
    for line in lines[:lines.index('"""')]:
        print(" *" + line[1:])
    print(" */\n")
    print("/* Of golden.py. */")
    print("#define GOLDEN_MSGID\t0x%08x" % MSGID)
    print("#define GOLDEN_SPI\t0x%08x\n" % SPI)
    fields = list(row(*ROWS[0]))
    print("static const struct golden {\n\tuint16_t\t hash, enc, bits;")
    for f in fields:
        print("\tconst char\t*%s;" % f)
    print("} golden[] = {")
    for r in ROWS:
        o = row(*r)
        print("\t{ V1_HASH_%s, V1_ENC_%s, %u," % (r[0], r[2], r[3]))
        print(",\n".join("\t  %s" % quote(o[f]) for f in fields))
        print("\t},")
    print("};")


main()
