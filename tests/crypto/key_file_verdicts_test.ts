/**
 * Tests that both providers accept or refuse each key file alike. The files were written by OpenSSL, Go, Python,
 * OpenSSH, keytool and by hand (vectors/make_key_files.py).
 *
 * The providers once differed, because each passed the file to its own library: libcrypto ignored wrong primes and
 * never checked d, node:crypto supported other encryptions, and neither compared the public key of PKCS#8 version 2
 * (RFC 8410 section 10.3).
 *
 * @module
 */
import assert from "node:assert/strict";
import type { CryptoErrorCode, KeyType } from "../../src/crypto/mod.ts";
import { gate } from "../_support/gate.ts";
import { loadCrypto, providerNames } from "./_providers.ts";
import vectors from "./vectors/key_files.json" with { type: "json" };

const [test, { CryptoError, providers, readPrivateKey }] = await gate(["env", "ffi"], loadCrypto);

/** The expected result: the type of the key, or the code and a part of the message of the refusal. */
type Verdict = KeyType | [CryptoErrorCode, RegExp];

const damaged = (words: RegExp): Verdict => ["BAD_KEY", words];
const refused = (words: RegExp): Verdict => ["KEY_REFUSED", words];
const notPrivate = (words: RegExp): Verdict => ["NOT_PRIVATE_KEY", words];

const multiPrime = refused(/RSA key with more than two primes.*signer keygen/);
const pkcs12 = refused(/PKCS #12 file.*`openssl pkcs12 -nocerts -in FILE -out key.pem`/);
const openssh = refused(/OpenSSH's own format.*`ssh-keygen -p -m PKCS8 -f COPY`/);
const reencrypt = (kind: string, options = "") =>
  refused(new RegExp(`${kind}.*\`openssl pkey ${options}-aes256 -in FILE -out NEW\``));
const wrongNumbers = damaged(/numbers do not belong together/);
const wrongHalves = damaged(/halves do not belong together/);

const verdicts: Readonly<Record<string, Verdict>> = {
  "openssl RSA 2048": "rsa-2048",
  "openssl RSA 2048, PKCS#1": "rsa-2048",
  "openssl P-256": "ecdsa-p256",
  "openssl P-256, SEC 1 in DER": "ecdsa-p256",
  "openssl P-256, compressed": "ecdsa-p256",
  "openssl P-521": "ecdsa-p521",
  "openssl Ed25519": "ed25519",
  "openssl 3 primes": multiPrime,
  "openssl 3 primes, PKCS#1": multiPrime,
  "openssl RSA-PSS": refused(/RSA restricted to PSS/),
  "openssl P-256, explicit": refused(/explicit parameters/),
  "openssl PBES2 aes-128-cbc": "ecdsa-p256",
  "openssl PBES2 aes-192-cbc": reencrypt("another cipher than AES-128-CBC and AES-256-CBC"),
  "openssl PBES2 aes-256-cbc": "ecdsa-p256",
  "openssl PBES2 des3": reencrypt("weak encryption \\(PBES2 with 3DES\\)"),
  "openssl PBES2 hmacWithSHA1": "ecdsa-p256",
  "openssl PBES2 hmacWithSHA512": "ecdsa-p256",
  "openssl scrypt": "ecdsa-p256",
  "openssl PBES1 MD5 and DES": reencrypt(
    "weak encryption \\(PBES1 with MD5 and DES\\)",
    "-provider legacy -provider default ",
  ),
  "openssl PBES1 SHA-1 and 3DES": reencrypt("weak encryption \\(PKCS #12's PBE with 3DES\\)"),
  "openssl traditional encryption": refused(
    /traditional, weak encryption.*`openssl pkey -aes256 -in FILE -out NEW`/,
  ),
  "openssl certificate": notPrivate(/a certificate: name the private key/),
  "openssl certificate in DER": notPrivate(/a certificate: name the private key/),
  "openssl request": notPrivate(/a certificate request/),
  "openssl public key": notPrivate(/a public key/),
  "key and certificate": "ecdsa-p256",
  "certificate and key": "ecdsa-p256",
  "key and public key": "ecdsa-p256",
  "two keys": refused(/found 2: write one private key to a file of its own/),
  "PEM with a BOM": "ecdsa-p256",
  "PEM in UTF-16": refused(/UTF-16.*`iconv -f UTF-16 -t UTF-8 FILE`/),
  "openssl PKCS #12": pkcs12,
  "OpenSSH Ed25519": openssh,
  "OpenSSH public key": notPrivate(/a public key/),
  "OpenSSH ECDSA": openssh,
  "OpenSSH ECDSA, converted": "ecdsa-p256",
  "keytool PKCS12": pkcs12,
  "keytool JKS": refused(/Java keystore \(JKS\).*`keytool -importkeystore.*`openssl pkcs12/),
  "keytool JCEKS": refused(/Java keystore \(JCEKS\)/),
  "keytool PKCS12, converted": "ecdsa-p256",
  "keytool JKS, converted": "ecdsa-p384",
  "Go Ed25519": "ed25519",
  "Go P-384": "ecdsa-p384",
  "Go P-384, SEC 1": "ecdsa-p384",
  "Go RSA 2048, PKCS#1": "rsa-2048",
  "Python RSA 2048": "rsa-2048",
  "Python RSA 2048, e = 3": "rsa-2048",
  "Python P-256, encrypted": "ecdsa-p256",
  "Python Ed25519": "ed25519",
  "Python P-256, OpenSSH": openssh,
  "Python PKCS #12": pkcs12,
  "Ed25519, PKCS#8 v2": "ed25519",
  "Ed25519, PKCS#8 v2 with attributes": "ed25519",
  "Ed25519, PKCS#8 v2 of ring": "ed25519",
  "Ed25519, PKCS#8 v2, another public key": wrongHalves,
  "Ed25519, public key in version 1": damaged(/not PKCS#8/),
  "Ed25519, PKCS#8 of version 3": damaged(/not PKCS#8/),
  "Ed25519, 31 bytes": damaged(/not PKCS#8/),
  "Ed25519, with parameters": damaged(/not PKCS#8/),
  "RFC 8410 section 10.3, with a public key": "ed25519",
  "P-256 without a public key": "ecdsa-p256",
  "P-256 with its curve inside": "ecdsa-p256",
  "P-256 outside, P-384 inside": damaged(/two curves, P-256 and P-384/),
  "P-384 outside, P-256 inside": damaged(/two curves, P-384 and P-256/),
  "P-256, compressed public key": "ecdsa-p256",
  "P-256, wrong compressed public key": wrongHalves,
  "P-256, another public key": wrongHalves,
  "P-256, PKCS#8 v2": "ecdsa-p256",
  "P-256, d = 0": damaged(/secret is out of range/),
  "P-256, d = n": damaged(/secret is out of range/),
  "P-256, d = n + 1": damaged(/secret is out of range/),
  "P-256, d without its zeros": "ecdsa-p256",
  "P-256, d too long": damaged(/not PKCS#8/),
  "P-256, bytes behind": damaged(/truncated, damaged or not a key/),
  "SEC 1 without a curve": damaged(/not SEC 1/),
  "RSA": "rsa-2048",
  "RSA without NULL": "rsa-2048",
  "RSA, d = 0": wrongNumbers,
  "RSA, d + 2": wrongNumbers,
  "RSA, d modulo (p - 1)(q - 1)": "rsa-2048",
  "RSA, wrong primes": wrongNumbers,
  "RSA, p = 1 and q = n": wrongNumbers,
  "RSA, p + 2": wrongNumbers,
  "RSA, primes swapped": wrongNumbers,
  "RSA, primes swapped rightly": "rsa-2048",
  "RSA, wrong dp": wrongNumbers,
  "RSA, wrong dq": wrongNumbers,
  "RSA, wrong qi": wrongNumbers,
  "RSA, dp = 0": wrongNumbers,
  "RSA, e = 1": damaged(/exponent is even or 1/),
  "RSA, e even": damaged(/exponent is even or 1/),
  "RSA, e of 33 bits": refused(/public exponent of more than 32 bits/),
  "RSA, n negative": damaged(/not PKCS#8/),
  "JWK P-256": "ecdsa-p256",
  "JWK RSA": "rsa-2048",
  "JWK Ed25519": "ed25519",
  "JWK for signatures": "ecdsa-p256",
  "JWK Ed25519 with alg": "ed25519",
  "JWK RSA for PSS": "rsa-2048",
  "JWK for encryption": refused(/its use is not "sig"/),
  "JWK for verifying": refused(/its key_ops lack "sign"/),
  "JWK for deriving": refused(/its key_ops lack "sign"/),
  "JWK with key_ops of no list": refused(/its key_ops lack "sign"/),
  "JWK P-256 with ES384": refused(/alg does not fit.*ecdsa-p256 use ES256/),
  "JWK P-256 with ECDH-ES": refused(/alg does not fit/),
  "JWK RSA with RSA-OAEP": refused(/alg does not fit.*RS256, .*PS512/),
  "JWK with an alg of no text": refused(/alg does not fit/),
  "JWK RSA with three primes": multiPrime,
  "JWK RSA, wrong dp": wrongNumbers,
  "JWK RSA, d = 0": wrongNumbers,
  "JWK RSA, d with zeros": "rsa-2048",
  "JWK P-256, another y": wrongHalves,
  "JWK Ed25519, another x": wrongHalves,
  "JWK Ed25519 as EC": damaged(/kty does not fit its crv Ed25519/),
  "JWK X25519": refused(/the crv X25519/),
  "JWK without a kty": refused(/kty is none of RSA, EC, OKP/),
  "JWK with a BOM": "ecdsa-p256",
  "JWK in UTF-16": refused(/UTF-16/),
  "PuTTY": refused(/PuTTY key.*`puttygen/),
  "PKCS #12 in BER": pkcs12,
  "OpenPGP": refused(/OpenPGP key.*signer keygen/),
  "PBKDF2 with 2^31 - 1 iterations": reencrypt("more than 10000000 iterations"),
  "PBKDF2 with 10^12 iterations": damaged(/not encrypted PKCS#8/),
  "PBKDF2 without an iteration": damaged(/not encrypted PKCS#8/),
  "PBKDF2 with a wrong key length": damaged(/not encrypted PKCS#8/),
  "PBKDF2 with an unknown hash": reencrypt("unknown hash function"),
  "PBES2 with AES-GCM": reencrypt("another cipher"),
  "scrypt with 64 MiB": reencrypt("more than 32 MiB or 16 passes"),
  "scrypt with 1000 passes": reencrypt("more than 32 MiB or 16 passes"),
  "scrypt with N = 3": damaged(/not encrypted PKCS#8/),
  "an unknown encryption": reencrypt("unknown encryption"),
};

const message = new Uint8Array([1, 2, 3]);

test("every key file has an expected result, and every expected result a file", () => {
  assert.ok(vectors.files.length > 100);
  assert.deepEqual(vectors.files.map(({ name }) => name), Object.keys(verdicts));
});

for (const { name, base64, passphrase } of vectors.files) {
  test(`both providers agree on the key file ${name}`, async () => {
    const verdict = verdicts[name];
    const publicKeys: string[] = [];
    for (const providerName of providerNames) {
      const bytes = Uint8Array.fromBase64(base64);
      const secret = () => new TextEncoder().encode(passphrase);
      const read = readPrivateKey(providers[providerName], bytes, name, { passphrase: secret });
      if (typeof verdict === "string") {
        using key = await read;
        assert.equal(key.type, verdict);
        const [algorithm] = key.algorithms;
        const signature = key.sign(algorithm, { message });
        assert.equal(key.publicKey.verify(algorithm, { message }, signature), true);
        publicKeys.push(key.publicKey.spki.toHex());
      } else {
        const [code, words] = verdict;
        await assert.rejects(read, (error: Error) => {
          assert.ok(error instanceof CryptoError, `${providerName}: ${error}`);
          assert.equal(error.code, code, `${providerName}: ${error.message}`);
          assert.match(error.message, words, providerName);
          return true;
        });
      }
      assert.ok(bytes.every((byte) => byte === 0), "the file's bytes are zeroed");
    }
    assert.equal(publicKeys[0], publicKeys[1]);
  });
}
