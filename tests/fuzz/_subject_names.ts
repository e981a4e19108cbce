/** The fuzz target of the names in certificates. @module */
import assert from "node:assert/strict";
import { type DerValue, encodeDer, Tag } from "../../src/crypto/encoding/mod.ts";
import { readSubjectNames } from "../../src/crypto/x509/mod.ts";
import type { FuzzTarget } from "./_target.ts";

const SET = 0x31;
const UTF8_STRING = 0x0c;

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function attribute(oid: string, value: string): DerValue {
  const type: DerValue = [Tag.OBJECT_IDENTIFIER, Uint8Array.fromHex(oid)];
  return [SET, [Tag.SEQUENCE, type, [UTF8_STRING, bytes(value)]]];
}

/** The TBSCertificate of a certificate without a signature, which the parser does not look at. */
function certificate(names: readonly DerValue[]): Uint8Array {
  const empty: DerValue = [Tag.SEQUENCE];
  const subject: DerValue = [
    Tag.SEQUENCE,
    attribute("55040a", "Example"),
    attribute("550403", "a,b"),
  ];
  const alternatives: DerValue = [Tag.SEQUENCE, ...names];
  const extension: DerValue = [
    Tag.SEQUENCE,
    [Tag.OBJECT_IDENTIFIER, Uint8Array.fromHex("551d11")],
    [Tag.OCTET_STRING, encodeDer(alternatives)],
  ];
  const content: DerValue = [
    Tag.SEQUENCE,
    [Tag.CONTEXT_0, [Tag.INTEGER, Uint8Array.of(2)]],
    [Tag.INTEGER, Uint8Array.of(1)],
    ...[empty, empty, empty],
    subject,
    empty,
    [0xa3, [Tag.SEQUENCE, extension]],
  ];
  return encodeDer([Tag.SEQUENCE, content]);
}

/** Certificates: nothing is thrown, and no name has a character that could hide a part of it. */
export const subjectNames: FuzzTarget = {
  name: "subject_names",
  seeds: () => [
    certificate([[0x82, bytes("A.example.org")], [0x86, bytes("spiffe://example.org/a")]]),
    certificate([[0x82, bytes("a\0.example.org")], [0x81, bytes("a@example.org")]]),
    certificate([]),
  ],
  run(input) {
    const names = readSubjectNames(input);
    if (names === undefined) return;
    const { subject, dnsNames, uris, spiffeId } = names;
    for (const name of [...dnsNames, ...uris]) assert.match(name, /^[\x21-\x7e]*$/);
    for (const name of dnsNames) assert.equal(name, name.toLowerCase());
    // deno-lint-ignore no-control-regex -- control characters are what must not be there
    assert.doesNotMatch(subject, /[\x00-\x1f\x7f]/);
    assert.ok(spiffeId === undefined || uris.length === 1 && uris[0] === spiffeId);
  },
};
