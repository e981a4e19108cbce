/** Certificates and requests, checked by openssl. @module */
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { encodePem } from "../../src/crypto/encoding/mod.ts";
import {
  certificationRequest,
  issueCertificate,
  parseDistinguishedName,
} from "../../src/crypto/x509/mod.ts";
import { gate } from "../_support/gate.ts";
import { peerTest } from "../_support/peers.ts";
import { openssl as runOpenssl } from "./_openssl.ts";

const [test, { openProvider }] = await gate(
  ["env", "ffi", "read", "run", "write"],
  () => import("../../src/crypto/mod.ts"),
);

// Opened outside of tests: libcrypto stays loaded, and the sanitizer would report the first test for it.
const { provider } = openProvider?.("openssl") ?? {};

const DAY_MS = 86_400_000;
const validity = {
  notBefore: new Date(Date.UTC(2026, 0, 1)),
  notAfter: new Date(Date.UTC(2055, 0, 1)),
};

const withOpenssl = peerTest(test, "openssl");

async function openssl(input: Uint8Array, ...args: string[]): Promise<string> {
  return new TextDecoder().decode(await runOpenssl(args, input));
}

withOpenssl("a chain of a CA and a server's certificate is what openssl verify takes", async () => {
  using caKey = await provider!.generate("ecdsa-p256");
  using key = await provider!.generate("ecdsa-p256");
  const issuer = { name: parseDistinguishedName("/CN=Test CA"), key: caKey };
  const ca = issueCertificate(
    { ...validity, subject: issuer.name, publicKey: caKey.publicKey, usage: "ca" },
    issuer,
  );
  const leaf = issueCertificate({
    ...validity,
    subject: parseDistinguishedName("CN=signer,O=Example\\, Inc,C=DE"),
    publicKey: key.publicKey,
    usage: "server",
    alternativeNames: [
      "localhost",
      "*.example.org",
      "127.0.0.1",
      "IP:2001:db8::1",
      "URI:spiffe://x/y",
    ],
  }, issuer);
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeFile(`${folder}/ca.pem`, encodePem("CERTIFICATE", ca));
    await Deno.writeFile(`${folder}/leaf.pem`, encodePem("CERTIFICATE", leaf));
    const purpose = ["-x509_strict", "-purpose", "sslserver", "-verify_hostname", "a.example.org"];
    const verify = ["verify", "-CAfile", `${folder}/ca.pem`, ...purpose, `${folder}/leaf.pem`];
    assert.match(await openssl(new Uint8Array(), ...verify), /leaf\.pem: OK/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  const read = new X509Certificate(leaf);
  assert.match(read.subject, /O=Example, Inc/);
  assert.equal(
    read.subjectAltName,
    "DNS:localhost, DNS:*.example.org, IP Address:127.0.0.1, IP Address:2001:db8::1, URI:spiffe://x/y",
  );
  assert.ok(new Date(read.validTo).getTime() - validity.notAfter.getTime() < DAY_MS);
});

// One type of each family: the others differ in their sizes only.
for (const type of ["rsa-2048", "ecdsa-p256", "ecdsa-p521", "ed25519"] as const) {
  withOpenssl(
    `a certification request by a key of type ${type} is one that openssl verifies`,
    async () => {
      using key = await provider!.generate(type);
      for (const algorithm of key.algorithms) {
        const request = await certificationRequest({
          subject: parseDistinguishedName("/CN=signer"),
          spki: key.publicKey.spki,
          alternativeNames: ["DNS:signer.example"],
          algorithm,
        }, (bytes) => key.sign(algorithm, { message: bytes }));
        const text = await openssl(request, "req", "-inform", "DER", "-verify", "-noout", "-text");
        assert.match(text, /Subject: CN = signer/);
        assert.match(text, /DNS:signer\.example/);
      }
    },
  );
}

for (const text of ["", "/", "CN", "/XX=1", "/CN=", "/C=Germany", `/CN=${"x".repeat(65)}`]) {
  Deno.test(`\`parseDistinguishedName()\` refuses ${JSON.stringify(text.slice(0, 12))}`, () => {
    assert.throws(() => parseDistinguishedName(text), { code: "BAD_NAME" });
  });
}
