/** The names of a certificate's subject: its distinguished name and alternative names (RFC 5280). @module */
import { nodeCrypto } from "../../node/mod.ts";
import { DerError, DerReader, Tag } from "../encoding/mod.ts";
import { explicit, implicit } from "./signature_algorithm.ts";
import { formatName } from "./read_name.ts";

/** The names by which a verified certificate identifies its subject. */
export interface SubjectNames {
  /**
   * The distinguished name as RFC 4514 writes it, the most specific part first: `CN=deploy,O=Example`. `sha256=HEX` for
   * one that is longer than any name should be.
   */
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

/** 1,024 bytes of a subject in DER: a few names of 64 to 128 characters (RFC 5280 appendix A.1, upper bounds). */
const MAX_SUBJECT_BYTES = 1_024;

/** 2,048 bytes: the longest SPIFFE ID (The SPIFFE Identity, section 2.3). Longer alternative names are left out. */
const MAX_NAME_BYTES = 2_048;

/** 8,192 bytes of all alternative names: rules match each, which takes time in proportion to their length. */
const MAX_NAMES_BYTES = 8_192;

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
  const subject = subjectOf(certificate.read(Tag.SEQUENCE));
  certificate.read(Tag.SEQUENCE);
  // Unique identifiers of issuer and subject.
  for (const tag of [implicit(1), implicit(2)]) {
    if (certificate.peek() === tag) certificate.read(tag);
  }
  const extensions = certificate.peek() === explicit(3)
    ? certificate.enter(explicit(3)).enter(Tag.SEQUENCE)
    : undefined;
  return { subject, ...readAlternativeNames(extensions && alternativeNames(extensions)) };
}

/** GeneralNames (section 4.2.1.6). */
function readAlternativeNames(names: DerReader | undefined): Omit<SubjectNames, "subject"> {
  const dnsNames: string[] = [];
  const uris: string[] = [];
  let bytes = 0;
  /** A name was left out that is, or may be, a URI. */
  let isIncomplete = false;
  for (let read = 0; names !== undefined && !names.ended; read++) {
    const tag = names.peek()!;
    const name = names.read(tag);
    bytes += name.length;
    if (read === MAX_ALTERNATIVE_NAMES || bytes > MAX_NAMES_BYTES) {
      isIncomplete = true;
      break;
    }
    const text = ascii(name);
    if (tag === DNS_NAME && text !== undefined) dnsNames.push(text.toLowerCase());
    if (tag !== UNIFORM_RESOURCE_IDENTIFIER) continue;
    if (text === undefined) isIncomplete = true;
    else uris.push(text);
  }
  const isOnly = uris.length === 1 && !isIncomplete;
  const spiffeId = isOnly && uris[0]!.startsWith("spiffe://") ? uris[0] : undefined;
  return { dnsNames, uris, spiffeId };
}

/** Formats a subject. A long one has a form that is the same for the same subject only, and cannot be a name. */
function subjectOf(name: Uint8Array): string {
  if (name.length <= MAX_SUBJECT_BYTES) return formatName(new DerReader(name));
  return `sha256=${nodeCrypto().createHash("sha256").update(name).digest("hex")}`;
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

/** The text of an IA5String; undefined when it is long or has control characters, such as a NUL that hides its rest. */
function ascii(bytes: Uint8Array): string | undefined {
  if (bytes.length > MAX_NAME_BYTES || !bytes.every((byte) => byte > 0x20 && byte < 0x7f)) {
    return undefined;
  }
  return String.fromCharCode(...bytes);
}
