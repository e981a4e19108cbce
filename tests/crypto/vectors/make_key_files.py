#!/usr/bin/env python3
"""Makes key_files.json: key files by OpenSSL, Go, Python's cryptography, OpenSSH and Java's keytool, and
bytes built by hand. It was run once; tests/crypto/key_file_verdicts_test.ts holds the verdict of each file.

Needs openssl (3.x), go, ssh-keygen, keytool and the package cryptography:

    python3 make_key_files.py > key_files.json
"""

import base64, json, os, subprocess, sys, tempfile

from cryptography.hazmat.primitives import serialization as s
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import pkcs12

PASS = "correct horse"
WORK = tempfile.mkdtemp()
files = []


def add(name, maker, made, content, passphrase=None):
    row = {"name": name, "maker": maker, "made": made}
    if passphrase:
        row["passphrase"] = passphrase
    row["base64"] = base64.b64encode(content).decode()
    files.append(row)


def run(command, stdin=b""):
    """Runs a shell command in the work folder and gives its standard output."""
    done = subprocess.run(command, shell=True, cwd=WORK, input=stdin, capture_output=True)
    if done.returncode != 0:
        sys.exit(f"{command}: {done.stderr.decode()}")
    return done.stdout


def shell(name, maker, command, passphrase=None):
    """Adds the output of a command; `key` stands in it for files of the work folder."""
    add(name, maker, command, run(command), passphrase)


def read(name):
    with open(os.path.join(WORK, name), "rb") as file:
        return file.read()


def write(name, content):
    with open(os.path.join(WORK, name), "wb") as file:
        file.write(content)


# DER, by hand -------------------------------------------------------------------------------------------


def tlv(tag, *content):
    body = b"".join(content)
    size = len(body)
    if size < 0x80:
        return bytes([tag, size]) + body
    digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(digits)]) + digits + body


def integer(value):
    return tlv(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def seq(*content):
    return tlv(0x30, *content)


def octets(*content):
    return tlv(4, *content)


def oid(hexadecimal):
    return tlv(6, bytes.fromhex(hexadecimal))


RSA = seq(oid("2a864886f70d010101"), tlv(5))
P256, P384 = oid("2a8648ce3d030107"), oid("2b81040022")
EC_P256 = seq(oid("2a8648ce3d0201"), P256)
EC_P384 = seq(oid("2a8648ce3d0201"), P384)
ED25519 = seq(oid("2b6570"))


def pkcs8(algorithm, key, version=0, *rest):
    return seq(integer(version), algorithm, octets(key), *rest)


def rsa_key(n, e, d, p, q, dp, dq, qi):
    return seq(integer(0), *map(integer, (n, e, d, p, q, dp, dq, qi)))


def sec1(d, *rest):
    return seq(integer(1), octets(d), *rest)


def bits(content, tag=3):
    return tlv(tag, b"\0", content)


# OpenSSL ------------------------------------------------------------------------------------------------

shell("openssl RSA 2048", "openssl", "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048")
write("rsa.pem", base64.b64decode(files[-1]["base64"]))
shell("openssl RSA 2048, PKCS#1", "openssl", "openssl rsa -traditional -in rsa.pem")
shell("openssl P-256", "openssl", "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256")
write("ec.pem", base64.b64decode(files[-1]["base64"]))
shell("openssl P-256, SEC 1 in DER", "openssl", "openssl ec -in ec.pem -outform DER")
shell("openssl P-256, compressed", "openssl", "openssl ec -in ec.pem -conv_form compressed")
shell("openssl P-521", "openssl", "openssl ecparam -name secp521r1 -genkey")
shell("openssl Ed25519", "openssl", "openssl genpkey -algorithm ED25519 -outform DER")
shell("openssl 3 primes", "openssl", "openssl genrsa -primes 3 2048")
shell("openssl 3 primes, PKCS#1", "openssl", "openssl genrsa -traditional -primes 3 2048")
shell("openssl RSA-PSS", "openssl", "openssl genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048")
shell("openssl P-256, explicit", "openssl", "openssl ec -in ec.pem -param_enc explicit")
for cipher in ("aes-128-cbc", "aes-192-cbc", "aes-256-cbc", "des3"):
    shell(f"openssl PBES2 {cipher}", "openssl",
          f"openssl pkcs8 -topk8 -v2 {cipher} -in ec.pem -passout 'pass:{PASS}'", PASS)
for prf in ("hmacWithSHA1", "hmacWithSHA512"):
    shell(f"openssl PBES2 {prf}", "openssl",
          f"openssl pkcs8 -topk8 -v2prf {prf} -in ec.pem -passout 'pass:{PASS}'", PASS)
shell("openssl scrypt", "openssl", f"openssl pkcs8 -topk8 -scrypt -in ec.pem -passout 'pass:{PASS}'", PASS)
shell("openssl PBES1 MD5 and DES", "openssl",
      "openssl pkcs8 -topk8 -v1 PBE-MD5-DES -provider legacy -provider default -in ec.pem "
      f"-passout 'pass:{PASS}'", PASS)
shell("openssl PBES1 SHA-1 and 3DES", "openssl",
      f"openssl pkcs8 -topk8 -v1 PBE-SHA1-3DES -in ec.pem -passout 'pass:{PASS}' -outform DER", PASS)
shell("openssl traditional encryption", "openssl", f"openssl ec -aes128 -in ec.pem -passout 'pass:{PASS}'", PASS)
shell("openssl certificate", "openssl", "openssl req -x509 -subj /CN=test -key ec.pem -days 36500")
certificate = base64.b64decode(files[-1]["base64"])
shell("openssl certificate in DER", "openssl", "openssl req -x509 -subj /CN=test -key ec.pem -outform DER")
shell("openssl request", "openssl", "openssl req -new -subj /CN=test -key ec.pem")
shell("openssl public key", "openssl", "openssl pkey -in ec.pem -pubout")
public = base64.b64decode(files[-1]["base64"])
add("key and certificate", "openssl", "cat ec.pem certificate.pem", read("ec.pem") + certificate)
add("certificate and key", "openssl", "cat certificate.pem ec.pem", certificate + read("ec.pem"))
add("key and public key", "openssl", "cat ec.pem public.pem", read("ec.pem") + public)
add("two keys", "openssl", "cat ec.pem rsa.pem", read("ec.pem") + read("rsa.pem"))
add("PEM with a BOM", "openssl", "printf '\\xef\\xbb\\xbf' | cat - ec.pem", b"\xef\xbb\xbf" + read("ec.pem"))
add("PEM in UTF-16", "openssl", "iconv -f UTF-8 -t UTF-16 ec.pem", read("ec.pem").decode().encode("utf-16"))
write("cert.pem", certificate)
shell("openssl PKCS #12", "openssl",
      f"openssl pkcs12 -export -inkey ec.pem -in cert.pem -passout 'pass:{PASS}'", PASS)

# OpenSSH ------------------------------------------------------------------------------------------------

run("ssh-keygen -q -t ed25519 -N '' -C test -f ssh_ed25519")
add("OpenSSH Ed25519", "openssh", "ssh-keygen -t ed25519 -N ''", read("ssh_ed25519"))
add("OpenSSH public key", "openssh", "ssh-keygen -t ed25519 -N ''", read("ssh_ed25519.pub"))
run("ssh-keygen -q -t ecdsa -N '' -C test -f ssh_ecdsa")
add("OpenSSH ECDSA", "openssh", "ssh-keygen -t ecdsa -N ''", read("ssh_ecdsa"))
run("ssh-keygen -q -p -m PKCS8 -N '' -f ssh_ecdsa")
add("OpenSSH ECDSA, converted", "openssh", "ssh-keygen -p -m PKCS8 -N ''", read("ssh_ecdsa"))

# keytool ------------------------------------------------------------------------------------------------

for store, group in (("PKCS12", "secp256r1"), ("JKS", "secp384r1"), ("JCEKS", "secp256r1")):
    command = (f"keytool -genkeypair -alias a -keyalg EC -groupname {group} -dname CN=test "
               f"-storetype {store} -keystore {store} -storepass '{PASS}' -keypass '{PASS}'")
    run(command)
    add(f"keytool {store}", "keytool", command, read(store), PASS)
run(f"openssl pkcs12 -in PKCS12 -nocerts -out converted.pem -passin 'pass:{PASS}' -passout 'pass:{PASS}'")
add("keytool PKCS12, converted", "keytool", "openssl pkcs12 -nocerts -in FILE -out key.pem",
    read("converted.pem"), PASS)
run(f"keytool -importkeystore -srckeystore JKS -destkeystore key.p12 -deststoretype PKCS12 "
    f"-srcstorepass '{PASS}' -deststorepass '{PASS}'")
run(f"openssl pkcs12 -in key.p12 -nocerts -out converted.pem -passin 'pass:{PASS}' -passout 'pass:{PASS}'")
add("keytool JKS, converted", "keytool",
    "keytool -importkeystore …; openssl pkcs12 -nocerts -in key.p12 -out key.pem",
    read("converted.pem"), PASS)

# Go -----------------------------------------------------------------------------------------------------

os.mkdir(os.path.join(WORK, "go"))
write("go/main.go", b"""
package main

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"fmt"
)

func show(name string, der []byte, err error) {
	if err != nil {
		panic(err)
	}
	fmt.Println(name + "\\t" + base64.StdEncoding.EncodeToString(der))
}

func main() {
	_, ed, _ := ed25519.GenerateKey(rand.Reader)
	der, err := x509.MarshalPKCS8PrivateKey(ed)
	show("Go Ed25519\\tx509.MarshalPKCS8PrivateKey", der, err)
	ec, _ := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	der, err = x509.MarshalPKCS8PrivateKey(ec)
	show("Go P-384\\tx509.MarshalPKCS8PrivateKey", der, err)
	der, err = x509.MarshalECPrivateKey(ec)
	show("Go P-384, SEC 1\\tx509.MarshalECPrivateKey", der, err)
	key, _ := rsa.GenerateKey(rand.Reader, 2048)
	show("Go RSA 2048, PKCS#1\\tx509.MarshalPKCS1PrivateKey", x509.MarshalPKCS1PrivateKey(key), nil)
}
""")
write("go/go.mod", b"module m\n\ngo 1.21\n")
for line in run("cd go && go run .").decode().splitlines():
    name, made, content = line.split("\t")
    add(name, "go", made, base64.b64decode(content))

# Python -------------------------------------------------------------------------------------------------


def dump(key, encoding, form, encryption=s.NoEncryption()):
    return key.private_bytes(encoding, form, encryption)


py_rsa = rsa.generate_private_key(65537, 2048)
add("Python RSA 2048", "cryptography", "private_bytes(PEM, PKCS8)", dump(py_rsa, s.Encoding.PEM, s.PrivateFormat.PKCS8))
py_rsa3 = rsa.generate_private_key(3, 2048)
add("Python RSA 2048, e = 3", "cryptography", "generate_private_key(3, 2048)",
    dump(py_rsa3, s.Encoding.DER, s.PrivateFormat.TraditionalOpenSSL))
py_ec = ec.generate_private_key(ec.SECP256R1())
add("Python P-256, encrypted", "cryptography", "private_bytes(PEM, PKCS8, BestAvailableEncryption)",
    dump(py_ec, s.Encoding.PEM, s.PrivateFormat.PKCS8, s.BestAvailableEncryption(PASS.encode())), PASS)
py_ed = ed25519.Ed25519PrivateKey.generate()
add("Python Ed25519", "cryptography", "private_bytes(DER, PKCS8)", dump(py_ed, s.Encoding.DER, s.PrivateFormat.PKCS8))
add("Python P-256, OpenSSH", "cryptography", "private_bytes(PEM, OpenSSH)",
    dump(py_ec, s.Encoding.PEM, s.PrivateFormat.OpenSSH))
add("Python PKCS #12", "cryptography", "pkcs12.serialize_key_and_certificates",
    pkcs12.serialize_key_and_certificates(b"a", py_ec, None, None, s.BestAvailableEncryption(PASS.encode())), PASS)

# By hand ------------------------------------------------------------------------------------------------

hand = lambda name, made, content, passphrase=None: add(name, "by hand", made, content, passphrase)
seed = py_ed.private_bytes_raw()
ed_public = py_ed.public_key().public_bytes_raw()
other = ed25519.Ed25519PrivateKey.generate().public_key().public_bytes_raw()
hand("Ed25519, PKCS#8 v2", "[1] IMPLICIT BIT STRING", pkcs8(ED25519, octets(seed), 1, bits(ed_public, 0x81)))
hand("Ed25519, PKCS#8 v2 with attributes", "[0] attributes, [1] public key",
     pkcs8(ED25519, octets(seed), 1, tlv(0xA0, seq(oid("2a864886f70d010914"), tlv(0x31))), bits(ed_public, 0x81)))
hand("Ed25519, PKCS#8 v2 of ring", "[1] EXPLICIT BIT STRING", pkcs8(ED25519, octets(seed), 1, tlv(0xA1, bits(ed_public))))
hand("Ed25519, PKCS#8 v2, another public key", "", pkcs8(ED25519, octets(seed), 1, bits(other, 0x81)))
hand("Ed25519, public key in version 1", "", pkcs8(ED25519, octets(seed), 0, bits(ed_public, 0x81)))
hand("Ed25519, PKCS#8 of version 3", "", pkcs8(ED25519, octets(seed), 2))
hand("Ed25519, 31 bytes", "", pkcs8(ED25519, octets(seed[:31])))
hand("Ed25519, with parameters", "", pkcs8(seq(oid("2b6570"), tlv(5)), octets(seed)))
hand("RFC 8410 section 10.3, with a public key", "the second private key of the RFC",
     b"-----BEGIN PRIVATE KEY-----\n"
     b"MHICAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
     b"oB8wHQYKKoZIhvcNAQkJFDEPDA1DdXJkbGUgQ2hhaXJzgSEAGb9ECWmEzf6FQbrB\n"
     b"Z9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PRIVATE KEY-----\n")

numbers = py_ec.private_numbers()
d = numbers.private_value.to_bytes(32, "big")
x, y = (v.to_bytes(32, "big") for v in (numbers.public_numbers.x, numbers.public_numbers.y))
point = b"\x04" + x + y
compressed = bytes([2 + (y[31] & 1)]) + x
hand("P-256 without a public key", "", pkcs8(EC_P256, sec1(d)))
hand("P-256 with its curve inside", "", pkcs8(EC_P256, sec1(d, tlv(0xA0, P256), tlv(0xA1, bits(point)))))
hand("P-256 outside, P-384 inside", "", pkcs8(EC_P256, sec1(d, tlv(0xA0, P384), tlv(0xA1, bits(point)))))
hand("P-384 outside, P-256 inside", "", pkcs8(EC_P384, sec1(d, tlv(0xA0, P256), tlv(0xA1, bits(point)))))
hand("P-256, compressed public key", "", pkcs8(EC_P256, sec1(d, tlv(0xA1, bits(compressed)))))
hand("P-256, wrong compressed public key", "the other y", pkcs8(EC_P256, sec1(d, tlv(0xA1, bits(bytes([compressed[0] ^ 1]) + x)))))
hand("P-256, another public key", "of another key", pkcs8(EC_P256, sec1(d, tlv(0xA1, bits(
    ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(s.Encoding.X962, s.PublicFormat.UncompressedPoint))))))
hand("P-256, PKCS#8 v2", "[1] beside the key", pkcs8(EC_P256, sec1(d), 1, bits(point, 0x81)))
hand("P-256, d = 0", "", pkcs8(EC_P256, sec1(bytes(32))))
order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
hand("P-256, d = n", "", pkcs8(EC_P256, sec1(order.to_bytes(32, "big"))))
hand("P-256, d = n + 1", "", pkcs8(EC_P256, sec1((order + 1).to_bytes(32, "big"))))
hand("P-256, d without its zeros", "d = 12345", pkcs8(EC_P256, sec1((12345).to_bytes(2, "big"))))
hand("P-256, d too long", "", pkcs8(EC_P256, sec1(b"\0" + d)))
hand("P-256, bytes behind", "", pkcs8(EC_P256, sec1(d)) + b"\0")
hand("SEC 1 without a curve", "", sec1(d))

r = py_rsa.private_numbers()
n, e = r.public_numbers.n, r.public_numbers.e
good = dict(n=n, e=e, d=r.d, p=r.p, q=r.q, dp=r.dmp1, dq=r.dmq1, qi=r.iqmp)
change = lambda **kw: pkcs8(RSA, rsa_key(**{**good, **kw}))
hand("RSA", "", change())
hand("RSA without NULL", "no parameters", pkcs8(seq(oid("2a864886f70d010101")), rsa_key(**good)))
hand("RSA, d = 0", "", change(d=0))
hand("RSA, d + 2", "", change(d=r.d + 2))
hand("RSA, d modulo (p - 1)(q - 1)", "another right d", change(d=pow(e, -1, (r.p - 1) * (r.q - 1))))
hand("RSA, wrong primes", "of another key", change(p=py_rsa3.private_numbers().p, q=py_rsa3.private_numbers().q))
hand("RSA, p = 1 and q = n", "", change(p=1, q=n))
hand("RSA, p + 2", "", change(p=r.p + 2))
hand("RSA, primes swapped", "qi of the other order", change(p=r.q, q=r.p, dp=r.dmq1, dq=r.dmp1))
hand("RSA, primes swapped rightly", "with qi of that order", change(p=r.q, q=r.p, dp=r.dmq1, dq=r.dmp1, qi=pow(r.p, -1, r.q)))
hand("RSA, wrong dp", "", change(dp=r.dmp1 + 2))
hand("RSA, wrong dq", "", change(dq=r.dmq1 + 2))
hand("RSA, wrong qi", "", change(qi=r.iqmp + 1))
hand("RSA, dp = 0", "", change(dp=0))
hand("RSA, e = 1", "", change(e=1, d=1, dp=1, dq=1))
hand("RSA, e even", "", change(e=65536))
big = (1 << 32) + 15
hand("RSA, e of 33 bits", "", (lambda dd: change(e=big, d=dd, dp=dd % (r.p - 1), dq=dd % (r.q - 1)))(
    pow(big, -1, (r.p - 1) * (r.q - 1))))
hand("RSA, n negative", "without the zero for the sign", pkcs8(RSA, seq(integer(0), tlv(2, n.to_bytes(256, "big")),
     *map(integer, (e, r.d, r.p, r.q, r.dmp1, r.dmq1, r.iqmp)))))

u = lambda v, size=None: base64.urlsafe_b64encode(v.to_bytes(size or (v.bit_length() + 7) // 8, "big")).rstrip(b"=").decode()
b = lambda v: base64.urlsafe_b64encode(v).rstrip(b"=").decode()
ec_jwk = {"kty": "EC", "crv": "P-256", "x": b(x), "y": b(y), "d": b(d)}
rsa_jwk = {"kty": "RSA", "n": u(n), "e": u(e), "d": u(r.d), "p": u(r.p), "q": u(r.q), "dp": u(r.dmp1), "dq": u(r.dmq1), "qi": u(r.iqmp)}
ed_jwk = {"kty": "OKP", "crv": "Ed25519", "x": b(ed_public), "d": b(seed)}
jwk = lambda name, base, **kw: hand(name, "", json.dumps({**base, **kw}).encode())
jwk("JWK P-256", ec_jwk)
jwk("JWK RSA", rsa_jwk)
jwk("JWK Ed25519", ed_jwk)
jwk("JWK for signatures", ec_jwk, use="sig", key_ops=["sign", "verify"], alg="ES256", kid="a")
jwk("JWK Ed25519 with alg", ed_jwk, alg="EdDSA")
jwk("JWK RSA for PSS", rsa_jwk, alg="PS512")
jwk("JWK for encryption", ec_jwk, use="enc")
jwk("JWK for verifying", ec_jwk, key_ops=["verify"])
jwk("JWK for deriving", ec_jwk, key_ops=["deriveKey", "deriveBits"])
jwk("JWK with key_ops of no list", ec_jwk, key_ops="sign")
jwk("JWK P-256 with ES384", ec_jwk, alg="ES384")
jwk("JWK P-256 with ECDH-ES", ec_jwk, alg="ECDH-ES")
jwk("JWK RSA with RSA-OAEP", rsa_jwk, alg="RSA-OAEP")
jwk("JWK with an alg of no text", ec_jwk, alg=5)
jwk("JWK RSA with three primes", rsa_jwk, oth=[{"r": "AQAB", "d": "AQAB", "t": "AQAB"}])
jwk("JWK RSA, wrong dp", rsa_jwk, dp=u(r.dmp1 + 2))
jwk("JWK RSA, d = 0", rsa_jwk, d="AA")
jwk("JWK RSA, d with zeros", rsa_jwk, d=u(r.d, 300))
jwk("JWK P-256, another y", ec_jwk, y=b(y[::-1]))
jwk("JWK Ed25519, another x", ed_jwk, x=b(other))
jwk("JWK Ed25519 as EC", ed_jwk, kty="EC")
jwk("JWK X25519", ed_jwk, crv="X25519")
jwk("JWK without a kty", {k: v for k, v in ec_jwk.items() if k != "kty"})
hand("JWK with a BOM", "", b"\xef\xbb\xbf" + json.dumps(ec_jwk).encode())
hand("JWK in UTF-16", "", json.dumps(ec_jwk).encode("utf-16"))
hand("PuTTY", "the first line", b"PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n")
hand("PKCS #12 in BER", "the first bytes", bytes.fromhex("308002010330800609"))
hand("OpenPGP", "", b"-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nAAAA\n-----END PGP PRIVATE KEY BLOCK-----\n")


def pbes2(kdf, cipher=None):
    cipher = cipher or seq(oid("60864801650304012a"), octets(bytes(16)))
    return seq(seq(oid("2a864886f70d01050d"), seq(kdf, cipher)), octets(bytes(64)))


def pbkdf2(*parameters):
    return seq(oid("2a864886f70d01050c"), seq(octets(bytes(16)), *parameters))


hand("PBKDF2 with 2^31 - 1 iterations", "", pbes2(pbkdf2(integer(2**31 - 1))), PASS)
hand("PBKDF2 with 10^12 iterations", "", pbes2(pbkdf2(integer(10**12))), PASS)
hand("PBKDF2 without an iteration", "", pbes2(pbkdf2(integer(0))), PASS)
hand("PBKDF2 with a wrong key length", "", pbes2(pbkdf2(integer(1000), integer(16))), PASS)
hand("PBKDF2 with an unknown hash", "", pbes2(pbkdf2(integer(1000), seq(oid("2a864886f70d0206"), tlv(5)))), PASS)
hand("PBES2 with AES-GCM", "", pbes2(pbkdf2(integer(1000)), seq(oid("60864801650304012e"), octets(bytes(12)))), PASS)
scrypt = lambda *p: seq(oid("2b06010401da47040b"), seq(octets(bytes(16)), *map(integer, p)))
hand("scrypt with 64 MiB", "N = 65536, r = 8, p = 1", pbes2(scrypt(65536, 8, 1)), PASS)
hand("scrypt with 1000 passes", "N = 2, r = 1, p = 1000", pbes2(scrypt(2, 1, 1000)), PASS)
hand("scrypt with N = 3", "", pbes2(scrypt(3, 8, 1)), PASS)
hand("an unknown encryption", "", seq(seq(oid("2a03"), tlv(5)), octets(bytes(64))), PASS)

print(json.dumps({"files": files}, indent=1, ensure_ascii=False))
