/** Certification requests, PKCS#10 (RFC 2986). @module */
import type { AlgorithmName } from "../algorithms/mod.ts";
import { type DerValue, encodeDer, encodePem, Tag } from "../encoding/mod.ts";
import { signed } from "./certificate.ts";
import { alternativeNameExtension } from "./extensions.ts";
import { type DistinguishedName, encodeName } from "./name.ts";
import { explicit, oid, signatureAlgorithm } from "./signature_algorithm.ts";

/** The content of a request. */
export interface RequestOptions {
  readonly subject: DistinguishedName;
  /** SubjectPublicKeyInfo in DER. */
  readonly spki: Uint8Array;
  /** `DNS:host`, `IP:address` or `URI:uri`. */
  readonly alternativeNames?: readonly string[];
  readonly algorithm: AlgorithmName;
}

/** extensionRequest (RFC 2985 section 5.4.2). */
const EXTENSION_REQUEST = "2a864886f70d01090e";

const SET = 0x31;

/**
 * Makes a certification request.
 *
 * @param sign signs bytes with the key of `spki` by `algorithm`; ECDSA signatures in DER. The key may be
 *   elsewhere, such as in a server
 * @returns the request in DER
 * @throws {CryptoError} `BAD_NAME`
 */
export async function certificationRequest(
  { subject, spki, alternativeNames = [], algorithm }: RequestOptions,
  sign: (bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>,
): Promise<Uint8Array> {
  const extensions = alternativeNameExtension(alternativeNames);
  const requested: DerValue[] = extensions.length === 0
    ? []
    : [[Tag.SEQUENCE, oid(EXTENSION_REQUEST), [SET, [Tag.SEQUENCE, ...extensions]]]];
  const content: DerValue = [
    Tag.SEQUENCE,
    [Tag.INTEGER, Uint8Array.of(0)],
    encodeName(subject),
    spki,
    [explicit(0), ...requested],
  ];
  const identifier = signatureAlgorithm(algorithm);
  const bytes = encodeDer(content);
  return signed(bytes, identifier, await sign(bytes));
}

/** Encodes a request in PEM (RFC 7468 section 7). */
export function encodeCertificationRequest(der: Uint8Array): Uint8Array {
  return encodePem("CERTIFICATE REQUEST", der);
}
