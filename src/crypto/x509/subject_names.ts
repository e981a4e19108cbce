/** The names of a certificate's subject: its distinguished name and alternative names (RFC 5280). @module */
import { DerError, DerReader, Tag } from "../encoding/mod.ts";
import { explicit, implicit } from "./signature_algorithm.ts";
import { formatName } from "./read_name.ts";

/** The names by which a verified certificate identifies its subject. */
export interface SubjectNames {
  /** The distinguished name as RFC 4514 writes it, the most specific part first: `CN=deploy,O=Example`. */
  readonly subject: string;
  /** DNS names of subjectAltName, in lower case. */
  readonly dnsNames: readonly string[];
  /** URIs of subjectAltName. */
  readonly uris: readonly string[];
  /** The SPIFFE ID: the URI `spiffe://…` of a certificate with that URI alone (SPIFFE's X509-SVID, section 2). */
  readonly spiffeId: string | undefined;
}

/** 256: alternative names that are read. Authorization by a later one fails, and a certificate has a few. */
const MAX_ALTERNATIVE_NAMES = 256;

const SUBJECT_ALT_NAME = "551d11";
const BOOLEAN = 0x01;

/** Kinds of GeneralName (RFC 5280 section 4.2.1.6). */
const DNS_NAME = implicit(2);
const UNIFORM_RESOURCE_IDENTIFIER = implicit(6);

/**
 * Reads the names of a certificate's subject. The caller has verified the certificate.
 *
 * @param der a certificate in DER
 * @returns undefined for bytes that are not such a certificate
 */
export function readSubjectNames(der: Uint8Array): SubjectNames | undefined {
  try {
    return read(new DerReader(der).enter(Tag.SEQUENCE).enter(Tag.SEQUENCE));
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}

/** TBSCertificate (section 4.1). */
function read(certificate: DerReader): SubjectNames {
  if (certificate.peek() === explicit(0)) certificate.read(explicit(0));
  certificate.read(Tag.INTEGER);
  // Signature algorithm, issuer, validity.
  for (let skipped = 0; skipped < 3; skipped++) certificate.read(Tag.SEQUENCE);
  const subject = formatName(certificate.enter(Tag.SEQUENCE));
  certificate.read(Tag.SEQUENCE);
  // Unique identifiers of issuer and subject.
  for (const tag of [implicit(1), implicit(2)]) {
    if (certificate.peek() === tag) certificate.read(tag);
  }
  const dnsNames: string[] = [];
  const uris: string[] = [];
  if (certificate.peek() === explicit(3)) {
    const names = alternativeNames(certificate.enter(explicit(3)).enter(Tag.SEQUENCE));
    for (let read = 0; names !== undefined && !names.ended; read++) {
      if (read === MAX_ALTERNATIVE_NAMES) break;
      const tag = names.peek()!;
      const text = ascii(names.read(tag));
      if (text === undefined) continue;
      if (tag === DNS_NAME) dnsNames.push(text.toLowerCase());
      else if (tag === UNIFORM_RESOURCE_IDENTIFIER) uris.push(text);
    }
  }
  const spiffeId = uris.length === 1 && uris[0]!.startsWith("spiffe://") ? uris[0] : undefined;
  return { subject, dnsNames, uris, spiffeId };
}

/** The names of the extension subjectAltName; undefined without it. */
function alternativeNames(extensions: DerReader): DerReader | undefined {
  while (!extensions.ended) {
    const extension = extensions.enter(Tag.SEQUENCE);
    const identifier = extension.read(Tag.OBJECT_IDENTIFIER).toHex();
    if (extension.peek() === BOOLEAN) extension.read(BOOLEAN);
    const value = extension.read(Tag.OCTET_STRING);
    if (identifier === SUBJECT_ALT_NAME) return new DerReader(value).enter(Tag.SEQUENCE);
  }
}

/** The text of an IA5String; undefined with control characters, such as a NUL that hides the rest of a name. */
function ascii(bytes: Uint8Array): string | undefined {
  if (!bytes.every((byte) => byte > 0x20 && byte < 0x7f)) return undefined;
  return String.fromCharCode(...bytes);
}
