/** Extensions of certificates (RFC 5280 section 4.2). @module */
import { CryptoError } from "../errors.ts";
import { type DerValue, encodeDer, Tag } from "../encoding/mod.ts";
import { implicit, oid } from "./signature_algorithm.ts";

/** The role of a certificate's holder. */
export type Usage = "ca" | "server" | "client";

const SUBJECT_KEY_ID = "551d0e";
const KEY_USAGE = "551d0f";
const SUBJECT_ALT_NAME = "551d11";
const BASIC_CONSTRAINTS = "551d13";
const AUTHORITY_KEY_ID = "551d23";
const EXTENDED_KEY_USAGE = "551d25";

/** id-kp-serverAuth and id-kp-clientAuth (section 4.2.1.12). */
const purposes = { server: "2b06010505070301", client: "2b06010505070302" } as const;

const BOOLEAN = 0x01;
const TRUE: DerValue = [BOOLEAN, Uint8Array.of(0xff)];

/** The extensions of a certificate for `usage`, critical where section 4.2 wants them to be. */
export function extensionsOf(
  usage: Usage,
  alternativeNames: readonly string[],
  subjectKeyId: Uint8Array,
  authorityKeyId: Uint8Array,
): DerValue {
  const constraints: DerValue = usage === "ca" ? [Tag.SEQUENCE, TRUE] : [Tag.SEQUENCE];
  return [
    Tag.SEQUENCE,
    extension(BASIC_CONSTRAINTS, constraints, true),
    extension(KEY_USAGE, keyUsage(usage), true),
    ...(usage === "ca" ? [] : [
      extension(EXTENDED_KEY_USAGE, [Tag.SEQUENCE, oid(purposes[usage])], false),
    ]),
    extension(SUBJECT_KEY_ID, [Tag.OCTET_STRING, subjectKeyId], false),
    extension(AUTHORITY_KEY_ID, [Tag.SEQUENCE, [implicit(0), authorityKeyId]], false),
    ...alternativeNameExtension(alternativeNames),
  ];
}

/** The subjectAltName extension of names, or none where there are no names. */
export function alternativeNameExtension(names: readonly string[]): DerValue[] {
  if (names.length === 0) return [];
  return [extension(SUBJECT_ALT_NAME, [Tag.SEQUENCE, ...names.map(generalName)], false)];
}

function extension(identifier: string, value: DerValue, critical: boolean): DerValue {
  const content: DerValue = [Tag.OCTET_STRING, encodeDer(value)];
  return [Tag.SEQUENCE, oid(identifier), ...(critical ? [TRUE] : []), content];
}

/** KeyUsage (section 4.2.1.3): bits counted from the left, after the number of unused ones. */
function keyUsage(usage: Usage): DerValue {
  return usage === "ca"
    // keyCertSign (5), cRLSign (6)
    ? [Tag.BIT_STRING, Uint8Array.of(1, 0b0000_0110)]
    // digitalSignature (0)
    : [Tag.BIT_STRING, Uint8Array.of(7, 0b1000_0000)];
}

/**
 * A GeneralName (section 4.2.1.6): `DNS:name`, `IP:address`, `URI:uri`, or without a prefix an address
 * or a DNS name.
 */
function generalName(text: string): DerValue {
  const [, kind, value] = /^(?:(DNS|IP|URI):)?(.+)$/s.exec(text) ?? [];
  if (value === undefined) throw badName(text);
  const address = ipBytes(value);
  if (kind === "IP" || (kind === undefined && address !== undefined)) {
    if (address === undefined) throw badName(text);
    return [implicit(7), address];
  }
  // IA5String: ASCII without control characters.
  if (!/^[\x21-\x7e]+$/.test(value)) throw badName(text);
  const bytes = new TextEncoder().encode(value);
  if (kind === "URI" || (kind === undefined && value.includes("://"))) return [implicit(6), bytes];
  if (!/^(\*\.)?[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*$/.test(value)) throw badName(text);
  return [implicit(2), bytes];
}

/** The 4 or 16 bytes of an IP address; undefined for any other text. */
function ipBytes(text: string): Uint8Array | undefined {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) {
    const bytes = text.split(".").map(Number);
    return bytes.every((byte) => byte < 256) ? Uint8Array.from(bytes) : undefined;
  }
  if (!/^[0-9a-fA-F:]+$/.test(text) || !text.includes(":")) return undefined;
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head, tail = []] = halves.map((half) => half === "" ? [] : half.split(":"));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => "0"), ...tail];
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return Uint8Array.from(groups.flatMap((group) => {
    const value = parseInt(group, 16);
    return [value >> 8, value & 0xff];
  }));
}

function badName(text: string): CryptoError {
  return new CryptoError(
    "BAD_NAME",
    `${JSON.stringify(text)} is no alternative name: use DNS:host, IP:address or URI:uri`,
  );
}
