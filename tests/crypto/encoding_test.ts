/** The encodings of keys and signatures, apart from the providers. @module */
import assert from "node:assert/strict";
import { keyTypeInfo } from "../../src/crypto/algorithms/mod.ts";
import {
  decodePemBody,
  DerError,
  derFromP1363,
  DerReader,
  encodeDer,
  encodePem,
  encodeSpki,
  findPemBlocks,
  jwkFromSpki,
  p1363FromDer,
  readSpki,
  Tag,
  unsignedInteger,
} from "../../src/crypto/encoding/mod.ts";
import type { CryptoError, PublicKey } from "../../src/crypto/mod.ts";
import { publicJwk, thumbprint } from "../../src/crypto/public_key.ts";

const hex = (text: string) => Uint8Array.fromHex(text.replaceAll(" ", ""));
const fromBase64url = (text: string) => Uint8Array.fromBase64(text, { alphabet: "base64url" });

Deno.test("`DerReader` refuses lengths that are not in their shortest form, cut off or indefinite", () => {
  const bad = [
    "0481 01 00",
    "0482 0001 00",
    "0480 00 0000",
    "0402 00",
    "04",
    "0484 00000001 00",
    "0482 01",
  ];
  for (const der of bad) {
    assert.throws(() => new DerReader(hex(der)).read(Tag.OCTET_STRING), DerError, der);
  }
});

Deno.test("`DerReader.readUnsigned()` refuses integers that are negative, empty or padded", () => {
  for (const der of ["0200", "0201 80", "0202 007f", "0202 0000"]) {
    assert.throws(() => new DerReader(hex(der)).readUnsigned(), DerError, der);
  }
  assert.equal(new DerReader(hex("0202 0080")).readUnsigned().toHex(), "80");
  assert.equal(new DerReader(hex("0201 00")).readUnsigned().toHex(), "00");
});

Deno.test("`encodeDer()` writes lengths in their shortest form", () => {
  for (const [size, header] of [[127, "047f"], [128, "048180"], [256, "04820100"]] as const) {
    const der = encodeDer([Tag.OCTET_STRING, new Uint8Array(size)]);
    assert.equal(der.toHex().slice(0, header.length), header);
    assert.equal(new DerReader(der).read(Tag.OCTET_STRING).length, size);
  }
});

Deno.test("`unsignedInteger()` strips leading zeros, and adds one for the sign", () => {
  const encode = (text: string) => encodeDer(unsignedInteger(hex(text))).toHex();
  assert.equal(encode("00007f"), "02017f");
  assert.equal(encode("80"), "02020080");
  assert.equal(encode("0000"), "020100");
});

Deno.test("`derFromP1363()` and `p1363FromDer()` are inverse", () => {
  const p1363 = new Uint8Array(64);
  p1363.set([0x80], 1);
  p1363.set([0x7f], 63);
  const der = derFromP1363(p1363, 32)!;
  assert.deepEqual(p1363FromDer(der, 32), p1363);
});

Deno.test("`derFromP1363()` refuses a signature of another length", () => {
  for (const length of [0, 63, 65, 96]) {
    assert.equal(derFromP1363(new Uint8Array(length), 32), undefined);
  }
});

Deno.test("`p1363FromDer()` accepts only strict DER of two integers in range", () => {
  const bad = {
    "nothing": "",
    "an integer alone": "3003 020101",
    "three integers": "3009 020101 020101 020101",
    "bytes behind": "3006 020101 020101 00",
    "a long length": "308106 020101 020101",
    "an indefinite length": "3080 020101 020101 0000",
    "a negative integer": "3006 020181 020101",
    "a padded integer": "3007 02020001 020101",
    "an integer that is too long": `3026 0221 01${"00".repeat(32)} 020101`,
    "a set": "3106 020101 020101",
  };
  for (const [what, der] of Object.entries(bad)) {
    assert.equal(p1363FromDer(hex(der), 32), undefined, what);
  }
  assert.ok(p1363FromDer(hex("3006 020101 020101"), 32));
});

Deno.test("`findPemBlocks()` skips other text, and refuses a block without an end", () => {
  const pem = (text: string) => new TextEncoder().encode(text);
  const block = new TextDecoder().decode(encodePem("A KEY", new Uint8Array(100).fill(7)));
  assert.equal(block.split("\n")[1].length, 64);
  const blocks = findPemBlocks(
    pem(`Bag Attributes\n${block}trailer\n${block.replaceAll("\n", "\r\n")}`),
  );
  assert.deepEqual(blocks.map(({ label }) => label), ["A KEY", "A KEY"]);
  for (const found of blocks) assert.deepEqual(decodePemBody(found), new Uint8Array(100).fill(7));
  for (
    const cut of [block.slice(0, -2), block.slice(0, 60), "-----BEGIN A", "-----BEGIN a b-----"]
  ) {
    assert.throws(() => findPemBlocks(pem(cut)), /truncated/, cut);
  }
});

Deno.test("`decodePemBody()` refuses bytes that are not base64, or are truncated", () => {
  for (const body of ["QUJ", "QU=D", "QUI*", "Q===", "====", "QQ==QQ=="]) {
    const block = { label: "X", body: new TextEncoder().encode(body) };
    assert.throws(() => decodePemBody(block), /truncated or damaged/, body);
  }
  const block = { label: "X", body: new TextEncoder().encode(" QU\r\nI=\n") };
  assert.deepEqual(decodePemBody(block), new Uint8Array([0x41, 0x42]));
});

Deno.test("PEM encodes any number of bytes", () => {
  for (let size = 0; size < 70; size++) {
    const bytes = Uint8Array.from({ length: size }, (_, i) => i * 37);
    const [block] = findPemBlocks(encodePem("X", bytes));
    assert.deepEqual(decodePemBody(block), bytes);
  }
});

/** Returns a public key with its SubjectPublicKeyInfo only. */
const withSpki = (spki: Uint8Array) => ({ spki }) as PublicKey;

Deno.test("`thumbprint()` computes the example of RFC 7638 section 3.1", () => {
  const n =
    "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKR" +
    "XjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8" +
    "KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBn" +
    "iIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
  const key = withSpki(
    encodeSpki(keyTypeInfo("rsa-2048"), { n: fromBase64url(n), e: fromBase64url("AQAB") }),
  );
  assert.deepEqual(publicJwk(key), { e: "AQAB", kty: "RSA", n });
  assert.equal(thumbprint(key), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
});

Deno.test("`thumbprint()` computes the example of RFC 8037 appendix A.3", () => {
  const x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
  const key = withSpki(encodeSpki(keyTypeInfo("ed25519"), { x: fromBase64url(x) }));
  assert.deepEqual(publicJwk(key), { crv: "Ed25519", kty: "OKP", x });
  assert.equal(thumbprint(key), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
});

Deno.test("`jwkFromSpki()` keeps the leading zeros of a coordinate", () => {
  const x = new Uint8Array(32).fill(1, 1);
  const jwk = jwkFromSpki(encodeSpki(keyTypeInfo("ecdsa-p256"), { x, y: new Uint8Array(32) }));
  assert.equal("x" in jwk && fromBase64url(jwk.x).length, 32);
});

Deno.test("`readSpki()` refuses damaged keys, other key types and compressed points", () => {
  const spki = encodeSpki(keyTypeInfo("ecdsa-p256"), {
    x: new Uint8Array(32),
    y: new Uint8Array(32),
  });
  const codeOf = (der: Uint8Array) => {
    try {
      return readSpki(der).info.name;
    } catch (error) {
      return (error as CryptoError).code;
    }
  };
  assert.equal(codeOf(spki), "ecdsa-p256");
  for (let length = 0; length < spki.length; length++) {
    assert.equal(codeOf(spki.subarray(0, length)), "BAD_KEY", `${length} bytes`);
  }
  const compressed = hex(
    `3039 3013 06072a8648ce3d0201 06082a8648ce3d030107 032200 02${"00".repeat(32)}`,
  );
  assert.equal(codeOf(compressed), "KEY_REFUSED");
  const x25519 = hex(`302a 3005 06032b656e 032100 ${"00".repeat(32)}`);
  assert.equal(codeOf(x25519), "KEY_REFUSED");
  const rsa1024 = encodeSpki(keyTypeInfo("rsa-2048"), {
    n: new Uint8Array(128).fill(255),
    e: new Uint8Array([3]),
  });
  assert.equal(codeOf(rsa1024), "KEY_REFUSED");
});
