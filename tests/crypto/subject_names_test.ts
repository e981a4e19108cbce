/** Names of certificates, as `openssl` made them. @module */
import assert from "node:assert/strict";
import { join } from "node:path";
import { gate } from "../_support/gate.ts";
import { peerTest, run } from "../_support/peers.ts";

const [test, { issueCertificate, openProvider, readSubjectNames }] = await gate(
  ["env", "ffi", "read", "run", "sys", "write"],
  () => import("../../src/crypto/mod.ts"),
);
const provider = openProvider?.("auto").provider;

async function certificate(
  names: readonly string[],
  subject: readonly (readonly ["CN" | "O", string])[] = [["O", "Example"], ["CN", "deploy"]],
): Promise<Uint8Array> {
  using key = await provider.generate("ecdsa-p256");
  return issueCertificate({
    subject,
    publicKey: key.publicKey,
    usage: "client",
    alternativeNames: names,
    notBefore: new Date(Date.now() - 1000),
    notAfter: new Date(Date.now() + 1000),
  }, { name: subject, key });
}

test("`readSubjectNames()` reads the subject, DNS names in lower case, URIs and the SPIFFE ID", async () => {
  const der = await certificate(["DNS:A.example.org", "IP:10.0.0.1", "URI:spiffe://example.org/a"]);
  assert.deepEqual(readSubjectNames(der), {
    subject: "CN=deploy,O=Example",
    dnsNames: ["a.example.org"],
    uris: ["spiffe://example.org/a"],
    spiffeId: "spiffe://example.org/a",
  });
  assert.deepEqual(readSubjectNames(await certificate([])), {
    subject: "CN=deploy,O=Example",
    dnsNames: [],
    uris: [],
    spiffeId: undefined,
  });
});

test("a certificate with a second URI has no SPIFFE ID", async () => {
  const names = ["URI:spiffe://example.org/a", "URI:https://example.org/"];
  const { spiffeId, uris } = readSubjectNames(await certificate(names))!;
  assert.equal(spiffeId, undefined);
  assert.equal(uris.length, 2);
});

// A client's certificate may have 100 KB. A name of that length was matched against every rule with a wildcard, 20 ms each,
// at each connection, and stood whole in each line of the audit log.
test("long subjects are hashed, and long names are left out", async () => {
  const subject = [["O", "Example"], ["CN", "a".repeat(1_024)]] as const;
  const { subject: text } = readSubjectNames(await certificate([], subject))!;
  assert.match(text, /^sha256=[0-9a-f]{64}$/);
  assert.equal(readSubjectNames(await certificate(["DNS:b"], subject))!.subject, text);
  const other = [["O", "Example"], ["CN", "b".repeat(1_024)]] as const;
  assert.notEqual(readSubjectNames(await certificate([], other))!.subject, text);

  const longest = `https://${"a".repeat(2_040)}`;
  const names = [`URI:${longest}`, `URI:${longest}a`, "URI:https://b"];
  assert.deepEqual(readSubjectNames(await certificate(names))!.uris, [longest, "https://b"]);
  const many = readSubjectNames(await certificate([...Array(9).fill(names[0]), "DNS:a"]))!;
  assert.deepEqual([many.uris.length, many.dnsNames.length], [4, 0]);
});

test("a URI that is left out is a second one, so that there is no SPIFFE ID", async () => {
  const id = "URI:spiffe://example.org/a";
  for (const other of [`URI:https://${"b".repeat(2_048)}`, `URI:https://${"b".repeat(8_192)}`]) {
    const { spiffeId, uris } = readSubjectNames(await certificate([id, other]))!;
    assert.deepEqual([spiffeId, uris], [undefined, ["spiffe://example.org/a"]]);
  }
  assert.equal(
    readSubjectNames(await certificate([...Array(256).fill("DNS:b"), id]))!.spiffeId,
    undefined,
  );
});

test("a value with separators cannot pass for several parts of a subject", async () => {
  const der = await certificate([], [["O", "Example"], ["CN", 'a,O=Bank+CN="b" ']]);
  assert.equal(
    readSubjectNames(der)!.subject,
    'CN=a\\,O\\=Bank\\+CN\\=\\"b\\"\\ ,O=Example',
  );
});

test("of bytes that are no certificate nothing is read, and nothing is thrown", async () => {
  const der = await certificate(["DNS:a"]);
  for (let length = 0; length < der.length - 1; length += 7) {
    assert.equal(readSubjectNames(der.subarray(0, length)), undefined);
  }
});

peerTest(test, "openssl")(
  "the subject is written as `openssl x509 -nameopt RFC2253` writes it",
  async (openssl) => {
    const folder = await Deno.makeTempDir();
    try {
      const [key, pem, der] = ["k.pem", "c.pem", "c.der"].map((name) => join(folder, name));
      for (
        const subject of [
          "/C=DE/O=Example\\/Sub/OU=a, b/CN=deploy bot",
          "/DC=org/DC=example/UID=7/CN=#hash",
          "/O=Ex+CN=x/serialNumber=12/emailAddress=a@example.org",
        ]
      ) {
        const made = await run(
          openssl,
          ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
          ...["-keyout", key!, "-out", pem!, "-days", "1", "-multivalue-rdn", "-subj", subject],
        );
        assert.equal(made.code, 0, made.stderr);
        await run(openssl, "x509", "-in", pem!, "-outform", "DER", "-out", der!);
        const shown = await run(
          openssl,
          ...["x509", "-in", pem!, "-noout", "-subject", "-nameopt", "RFC2253,-esc_msb,utf8"],
        );
        const expected = shown.stdout.trim().replace(/^subject=/, "");
        // OpenSSL leaves `=` as it is.
        const read = readSubjectNames(await Deno.readFile(der!))!.subject.replaceAll("\\=", "=");
        assert.equal(read, expected);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);
