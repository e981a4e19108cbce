/** Certificates (RFC 5280 section 4.1), signed by a key that this program holds. @module */
import { nodeCrypto } from "../../node/mod.ts";
import { DerReader, type DerValue, encodeDer, encodePem, Tag } from "../encoding/mod.ts";
import type { PrivateKey, PublicKey } from "../provider.ts";
import { extensionsOf, type Usage } from "./extensions.ts";
import { type DistinguishedName, encodeName } from "./name.ts";
import { explicit, signatureAlgorithm } from "./signature_algorithm.ts";

/** The signer of a certificate: a CA, or the key itself. */
export interface Issuer {
  readonly name: DistinguishedName;
  readonly key: PrivateKey;
}

/** The content of a certificate. */
export interface CertificateOptions {
  readonly subject: DistinguishedName;
  readonly publicKey: PublicKey;
  readonly usage: Usage;
  /** `DNS:host`, `IP:address` or `URI:uri`. */
  readonly alternativeNames?: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Bytes of a serial number: at most 20, positive (section 4.1.2.2). */
const SERIAL_BYTES = 16;

const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;

/**
 * Issues a certificate, version 3, with a random serial number. The signature is by the issuer key's
 * default algorithm.
 *
 * @returns the certificate in DER
 * @throws {CryptoError} `BAD_NAME`, `PROVIDER_FAILED`
 */
export function issueCertificate(options: CertificateOptions, issuer: Issuer): Uint8Array {
  const { subject, publicKey, usage, alternativeNames = [], notBefore, notAfter } = options;
  const [algorithm] = issuer.key.algorithms;
  const identifier = signatureAlgorithm(algorithm);
  const serial = nodeCrypto().randomBytes(SERIAL_BYTES);
  // Positive, and no leading zero.
  serial[0] = serial[0] & 0x7f | 0x40;
  const extensions = extensionsOf(
    usage,
    alternativeNames,
    keyIdOf(publicKey.spki),
    keyIdOf(issuer.key.publicKey.spki),
  );
  const content: DerValue = [
    Tag.SEQUENCE,
    [explicit(0), [Tag.INTEGER, Uint8Array.of(2)]],
    [Tag.INTEGER, serial],
    identifier,
    encodeName(issuer.name),
    [Tag.SEQUENCE, time(notBefore), time(notAfter)],
    encodeName(subject),
    publicKey.spki,
    [explicit(3), extensions],
  ];
  const bytes = encodeDer(content);
  return signed(bytes, identifier, issuer.key.sign(algorithm, { message: bytes }));
}

/** A certificate in PEM. */
export function encodeCertificate(der: Uint8Array): Uint8Array {
  return encodePem("CERTIFICATE", der);
}

/** A signed structure: content, AlgorithmIdentifier and signature, as certificates and requests have them. */
export function signed(
  content: Uint8Array,
  algorithm: DerValue,
  signature: Uint8Array,
): Uint8Array {
  return encodeDer([Tag.SEQUENCE, content, algorithm, [
    Tag.BIT_STRING,
    Uint8Array.of(0),
    signature,
  ]]);
}

/** A key identifier: SHA-1 of the key's bits (section 4.2.1.2 (1)). A name, not a protection. */
function keyIdOf(spki: Uint8Array): Uint8Array {
  const reader = new DerReader(spki).enter(Tag.SEQUENCE);
  reader.read(Tag.SEQUENCE);
  return nodeCrypto().createHash("sha1").update(reader.read(Tag.BIT_STRING).subarray(1)).digest();
}

/** Time (section 4.1.2.5): UTCTime through 2049, GeneralizedTime after it. */
function time(date: Date): DerValue {
  const digits = date.toISOString().replace(/\.\d+Z$/, "Z").replaceAll(/[-:T]/g, "");
  const text = (tag: number, from: number): DerValue => [
    tag,
    new TextEncoder().encode(digits.slice(from)),
  ];
  return date.getUTCFullYear() < 2050 ? text(UTC_TIME, 2) : text(GENERALIZED_TIME, 0);
}
