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
golden.py prf|skey|dh >golden_....h: the values the tests compare with, made
by Python's own hashlib and hmac, its integers, and for the ciphers by the
module `cryptography'.  Every run makes the same.
"""

import hashlib
import hmac
import sys

PRFS = [("MD5", "md5"), ("SHA1", "sha1"), ("SHA2_256", "sha256"),
        ("SHA2_384", "sha384"), ("SHA2_512", "sha512")]


def octets(name, n):
    """n octets that depend on the name alone."""
    return hashlib.shake_256(name.encode()).digest(n)


def quote(data, indent="\t  "):
    """Octets as C strings of hex digits, 64 on a line."""
    text = data.hex()
    lines = [text[i:i + 64] for i in range(0, len(text), 64)] or [""]
    return ("\n" + indent).join('"%s"' % line for line in lines)


# The inputs of RFC 4231 (2 to 4, 6, 7), then the ends of what is possible.
HMAC_IN = [
    (b"\x0b" * 20, b"Hi There"),
    (b"Jefe", b"what do ya want for nothing?"),
    (b"\xaa" * 20, b"\xdd" * 50),
    (bytes(range(1, 26)), b"\xcd" * 50),
    (b"\xaa" * 131, b"Test Using Larger Than Block-Size Key - Hash Key First"),
    (b"\xaa" * 131, b"This is a test using a larger than block-size key and "
     b"a larger than block-size data. The key needs to be hashed before being "
     b"used by the HMAC algorithm."),
    (b"", b""),
    (b"", b"no key"),
    (b"no data", b""),
    (octets("k", 64), octets("d", 64)),
    (octets("k", 128), octets("d", 600)),
]


def prf():
    print("static const struct {\n\tuint16_t\t prf;")
    print("\tconst char\t*key, *data, *out;\n} prf_golden[] = {")
    for name, md in PRFS:
        for key, data in HMAC_IN:
            out = hmac.new(key, data, md).digest()
            print("\t{ IKE_PRF_%s,\n\t  %s,\n\t  %s,\n\t  %s },"
                  % (name, quote(key), quote(data), quote(out)))
    print("};\n")
    print("/* sha1: of all the octets that prf+ makes */")
    print("static const struct {\n\tuint16_t\t prf;\n\tsize_t\t\t len;")
    print("\tconst char\t*key, *seed, *sha1;\n} plus_golden[] = {")
    for name, md in PRFS:
        size = hashlib.new(md).digest_size
        for n in (1, size - 1, size, size + 1, 3 * size + 7, 255 * size):
            key, seed = octets("key", size), octets("seed", 80)
            out, t, i = b"", b"", 1
            while len(out) < n:
                t = hmac.new(key, t + seed + bytes([i]), md).digest()
                out, i = out + t, i + 1
            print("\t{ IKE_PRF_%s, %d,\n\t  %s,\n\t  %s,\n\t  %s },"
                  % (name, n, quote(key), quote(seed),
                     quote(hashlib.sha1(out[:n]).digest())))
    print("};")


INTEGS = [("MD5_96", "md5", 12), ("SHA1_96", "sha1", 12),
          ("SHA2_256", "sha256", 16), ("SHA2_384", "sha384", 24),
          ("SHA2_512", "sha512", 32)]


def cbc(name, bits, size, block, algorithm):
    """One message for each kind of integrity."""
    from cryptography.hazmat.primitives.ciphers import Cipher, modes
    for iname, md, icv in INTEGS:
        tag = name + iname + str(bits)
        ekey = octets(tag + "e", size)
        akey = octets(tag + "a", hashlib.new(md).digest_size)
        aad, plain = octets(tag + "h", 32), octets(tag + "p", 48)
        iv = octets(tag + "i", block)
        enc = Cipher(algorithm(ekey), modes.CBC(iv)).encryptor()
        out = iv + enc.update(plain) + enc.finalize()
        out += hmac.new(akey, aad + out, md).digest()[:icv]
        skey_row(name, bits, iname, 0, ekey, akey, aad, plain, out)


def aead(name, bits, size, icv, algorithm):
    tag = name + str(bits)
    ekey = octets(tag + "e", size + 4)
    aad, plain = octets(tag + "h", 32), octets(tag + "p", 45)
    counter = int.from_bytes(octets(tag + "i", 8), "big")
    iv = counter.to_bytes(8, "big")
    out = algorithm(ekey[:size]).encrypt(ekey[size:] + iv, plain, aad)
    # A shorter ICV is the front of the long one.
    out = iv + out[:len(plain) + icv]
    skey_row(name, bits, "NONE", counter, ekey, b"", aad, plain, out)


def skey_row(name, bits, integ, counter, *values):
    print("\t{ IKE_ENCR_%s, %d, IKE_INTEG_%s, 0x%016xULL,"
          % (name, bits, integ, counter))
    print(",\n".join("\t  " + quote(v) for v in values) + " },")


def skey():
    from cryptography.hazmat.primitives.ciphers import aead as m
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    try:
        from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
    except ImportError:
        from cryptography.hazmat.primitives.ciphers.algorithms import TripleDES
    print("static const struct {\n\tuint16_t\t encr, bits, integ;")
    print("\tuint64_t\t counter;\n\tconst char\t*ekey, *akey, *aad, *plain, "
          "*sealed;\n} skey_golden[] = {")
    cbc("3DES", 0, 24, 8, TripleDES)
    for bits in (128, 192, 256):
        cbc("AES_CBC", bits, bits // 8, 16, AES)
    for bits in (128, 256):
        aead("AES_GCM_12", bits, bits // 8, 12, m.AESGCM)
        aead("AES_GCM_16", bits, bits // 8, 16, m.AESGCM)
    aead("CHACHA20", 0, 32, 16, m.ChaCha20Poly1305)
    print("};")


# The number that is added to pi, RFC 2409 6.1, 6.2 and RFC 3526 2 to 7.
PRIMES = [(768, 149686), (1024, 129093), (1536, 741804), (2048, 124476),
          (3072, 1690314), (4096, 240904), (6144, 929484), (8192, 4743158)]


def pi_bits(n):
    """[2^n pi] by Machin's formula, 64 bits being spare."""
    def arccot(x):
        power = total = (1 << (n + 64)) // x
        k, sign = 3, -1
        while power:
            power //= x * x
            total += sign * (power // k)
            k, sign = k + 2, -sign
        return total
    return 4 * (4 * arccot(5) - arccot(239)) >> 64


def dh():
    print("/* sha1: of p - 1, most significant octet first */")
    print("static const struct {\n\tuint16_t\t group;")
    print("\tconst char\t*sha1;\n} modp_golden[] = {")
    for bits, add in PRIMES:
        p = (2 ** bits - 2 ** (bits - 64) - 1
             + 2 ** 64 * (pi_bits(bits - 130) + add))
        print("\t{ IKE_DH_MODP%d, %s }," % (bits, quote(
            hashlib.sha1((p - 1).to_bytes(bits // 8, "big")).digest())))
    print("};")


print("/*")
with open(sys.argv[0], encoding="ascii") as me:
    licence = me.read().split('"""')[0]
print("".join(" *%s\n" % line[1:] for line in licence.splitlines()), end="")
print(" */\n\n/* Made by golden.py. */")
{"prf": prf, "skey": skey, "dh": dh}[sys.argv[1]]()
