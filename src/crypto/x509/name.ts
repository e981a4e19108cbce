/** Distinguished names (RFC 5280 section 4.1.2.4). @module */
import { CryptoError } from "../errors.ts";
import { type DerValue, Tag } from "../encoding/mod.ts";
import { oid } from "./signature_algorithm.ts";

/** Attributes and their values, in the order in which they are written. */
export type DistinguishedName = readonly (readonly [attribute: NameAttribute, value: string])[];

/** Object identifiers of attribute types (RFC 4519, RFC 2985) by the short names of RFC 4514. */
export const attributes = {
  C: "550406",
  ST: "550408",
  L: "550407",
  O: "55040a",
  OU: "55040b",
  CN: "550403",
} as const;

/** An attribute that a name may have. */
export type NameAttribute = keyof typeof attributes;

/** ub-common-name and its like (RFC 5280 appendix A.1); the country has two letters. */
const MAX_VALUE_LENGTH = 64;

const UTF8_STRING = 0x0c;
const PRINTABLE_STRING = 0x13;
const SET = 0x31;

/**
 * Reads a name as `openssl req -subj` takes it, `/C=DE/O=Example/CN=signer`, or with commas,
 * `CN=signer,O=Example`. A `\` takes the character after it as it is.
 *
 * @throws {CryptoError} `BAD_NAME`
 */
export function parseDistinguishedName(text: string): DistinguishedName {
  const slashes = text.startsWith("/");
  const parts = [...(slashes ? text.slice(1) : text).matchAll(
    slashes ? /((?:\\.|[^\\/])+)(?:\/|$)/gs : /((?:\\.|[^\\,])+)(?:,|$)/gs,
  )].map(([, part]) => part.trim());
  if (parts.length === 0) throw badName(text, "it is empty");
  return parts.map((part) => {
    const at = part.indexOf("=");
    const attribute = part.slice(0, Math.max(0, at)).trim().toUpperCase();
    const value = part.slice(at + 1).replaceAll(/\\(.)/gs, "$1").trim();
    if (at < 0 || !isAttribute(attribute)) {
      throw badName(
        text,
        `use ${Object.keys(attributes).join(", ")}, such as /O=Example/CN=signer`,
      );
    }
    if (value === "" || value.length > MAX_VALUE_LENGTH) {
      throw badName(text, `${attribute} needs 1 to ${MAX_VALUE_LENGTH} characters`);
    }
    if (attribute === "C" && !/^[A-Za-z]{2}$/.test(value)) {
      throw badName(text, "C is a country code of two letters");
    }
    return [attribute, value] as const;
  });
}

/** The Name that stands in a certificate. */
export function encodeName(name: DistinguishedName): DerValue {
  return [
    Tag.SEQUENCE,
    ...name.map(([attribute, value]): DerValue => {
      const tag = attribute === "C" ? PRINTABLE_STRING : UTF8_STRING;
      const text: DerValue = [tag, new TextEncoder().encode(value)];
      return [SET, [Tag.SEQUENCE, oid(attributes[attribute]), text]];
    }),
  ];
}

function isAttribute(text: string): text is NameAttribute {
  return Object.hasOwn(attributes, text);
}

function badName(text: string, reason: string): CryptoError {
  return new CryptoError("BAD_NAME", `The name ${JSON.stringify(text)} cannot be read: ${reason}`);
}
