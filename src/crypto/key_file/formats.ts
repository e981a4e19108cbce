/**
 * Formats of key files: the formats that are read, and the formats that are refused by name with the
 * command that converts them.
 *
 * @module
 */
import {
  decodePemBody,
  DerError,
  DerReader,
  findPemBlocks,
  looksLikePem,
  type PemBlock,
  Tag,
} from "../encoding/mod.ts";
import { CryptoError, type CryptoErrorCode } from "../errors.ts";

/** The containers of private keys that are read. */
export type Container = "pkcs8" | "encrypted-pkcs8" | "pkcs1" | "sec1" | "jwk";

/** The private key that a file holds. */
export interface Found {
  readonly container: Container;
  /** The DER, or the JSON of a JWK. It may be a copy: zero it as well as the file's own bytes. */
  readonly bytes: Uint8Array;
}

/** A format that is refused: its name, and the remedy. */
interface Refusal {
  readonly refused: string;
  readonly code: CryptoErrorCode;
}

const refusal = (refused: string, code: CryptoErrorCode = "KEY_REFUSED") => ({ refused, code });

const publicKey = refusal("a public key: name the private key instead", "NOT_PRIVATE_KEY");
const certificate = refusal(
  "a certificate: name the private key that belongs to it instead",
  "NOT_PRIVATE_KEY",
);
const certificateRequest = refusal(
  "a certificate request: name the private key that belongs to it instead",
  "NOT_PRIVATE_KEY",
);

/** PKCS #12 (RFC 7292), which Java's keytool writes too. The command asks for the passphrases. */
const PKCS12_COMMAND = "openssl pkcs12 -nocerts -in FILE -out key.pem";
const pkcs12 = refusal(`a PKCS #12 file: take the key out of it with \`${PKCS12_COMMAND}\``);
const javaKeystore = (kind: string) =>
  refusal(
    `a Java keystore (${kind}): convert it with \`keytool -importkeystore -srckeystore FILE ` +
      "-destkeystore key.p12 -deststoretype PKCS12\`, then take the key out of it with " +
      `\`${PKCS12_COMMAND.replace("FILE", "key.p12")}\``,
  );
const openssh = refusal(
  "a key in OpenSSH's own format: convert a copy with `ssh-keygen -p -m PKCS8 -f COPY` " +
    "(ssh-keygen 9.2 leaves an Ed25519 key in that format: make a new key with `signer keygen`)",
);

/** The PEM labels that are known (RFC 7468, OpenSSL's PEM_read(3ossl)). */
const labels: Readonly<Record<string, Container | Refusal>> = {
  "PRIVATE KEY": "pkcs8",
  "ENCRYPTED PRIVATE KEY": "encrypted-pkcs8",
  "RSA PRIVATE KEY": "pkcs1",
  "EC PRIVATE KEY": "sec1",
  "PUBLIC KEY": publicKey,
  "RSA PUBLIC KEY": publicKey,
  "EC PUBLIC KEY": publicKey,
  "CERTIFICATE": certificate,
  "TRUSTED CERTIFICATE": certificate,
  "X509 CERTIFICATE": certificate,
  "PKCS7": certificate,
  "CMS": certificate,
  "CERTIFICATE REQUEST": certificateRequest,
  "NEW CERTIFICATE REQUEST": certificateRequest,
  "OPENSSH PRIVATE KEY": openssh,
  "DSA PRIVATE KEY": refusal("a DSA key: make a key with `signer keygen`"),
  "PGP PRIVATE KEY BLOCK": refusal("an OpenPGP key: make a key with `signer keygen`"),
  "PGP PUBLIC KEY BLOCK": refusal("an OpenPGP public key", "NOT_PRIVATE_KEY"),
};

/** PEM blocks that stand beside a key and are passed over. */
const companions: ReadonlySet<string> = new Set([
  // `openssl ecparam -genkey` writes the curve before the key, which names it too.
  "EC PARAMETERS",
  ...Object.entries(labels).flatMap(([label, kind]) =>
    typeof kind === "object" && kind.code === "NOT_PRIVATE_KEY" ? [label] : []
  ),
]);

/** The first bytes of formats that are neither PEM nor DER nor JSON. */
const firstBytes: readonly [start: Uint8Array, Refusal][] = [
  [Uint8Array.of(0xfe, 0xed, 0xfe, 0xed), javaKeystore("JKS")],
  [Uint8Array.of(0xce, 0xce, 0xce, 0xce), javaKeystore("JCEKS")],
  // PKCS #12 in BER: a SEQUENCE of indefinite length with the version 3.
  [Uint8Array.of(0x30, 0x80, 0x02, 0x01, 0x03), pkcs12],
  ...["ssh-rsa ", "ssh-ed25519 ", "ecdsa-sha2-"].map((start) =>
    [new TextEncoder().encode(start), publicKey] as [Uint8Array, Refusal]
  ),
  [
    new TextEncoder().encode("PuTTY-User-Key-File-"),
    refusal("a PuTTY key: convert it with `puttygen FILE -O private-openssh -o COPY`"),
  ],
  ...[[0xff, 0xfe], [0xfe, 0xff]].map((mark) =>
    [
      Uint8Array.from(mark),
      refusal("a text in UTF-16: convert it with `iconv -f UTF-16 -t UTF-8 FILE`"),
    ] as [Uint8Array, Refusal]
  ),
];

/** The tags inside the outer SEQUENCE that tell the containers apart in DER, the longer ones first. */
const shapes: readonly [tags: readonly number[], Container | Refusal][] = [
  [[Tag.INTEGER, Tag.SEQUENCE, Tag.OCTET_STRING], "pkcs8"],
  [[Tag.INTEGER, Tag.SEQUENCE], pkcs12],
  [[Tag.INTEGER, Tag.INTEGER, Tag.INTEGER], "pkcs1"],
  [[Tag.INTEGER, Tag.OCTET_STRING], "sec1"],
  [[Tag.SEQUENCE, Tag.OCTET_STRING], "encrypted-pkcs8"],
  [[Tag.SEQUENCE, Tag.BIT_STRING], publicKey],
  [[Tag.SEQUENCE, Tag.SEQUENCE, Tag.BIT_STRING], certificate],
  [[Tag.INTEGER, Tag.INTEGER], publicKey],
];

/**
 * Identifies the content of a key file. Of a PEM file with one private key and certificates or public
 * keys, the private key is taken.
 *
 * @throws {CryptoError} `NOT_PRIVATE_KEY` for public keys and certificates, `KEY_REFUSED` for other known
 * formats, `BAD_KEY` for an unknown one
 */
export function detect(file: Uint8Array): Found {
  if (looksLikePem(file)) return fromPem(findPemBlocks(file));
  const json = startOfJson(file);
  if (json !== undefined) return { container: "jwk", bytes: json };
  const known = firstBytes.find(([start]) => start.every((byte, i) => file[i] === byte));
  return { container: accept(known?.[1] ?? shapeOf(file)), bytes: file };
}

/** The JSON of a file, without the byte order mark that some editors put before it (RFC 8259 8.1). */
function startOfJson(file: Uint8Array): Uint8Array | undefined {
  const text = file[0] === 0xef && file[1] === 0xbb && file[2] === 0xbf ? file.subarray(3) : file;
  const first = text.find((byte) => byte > " ".charCodeAt(0));
  return first === "{".charCodeAt(0) ? text : undefined;
}

function fromPem(blocks: readonly PemBlock[]): Found {
  const keys = blocks.filter(({ label }) => !companions.has(label));
  if (keys.length > 1) {
    throw new CryptoError(
      "KEY_REFUSED",
      `Expected one PEM block with a key, found ${keys.length}: write one private key to a file of its own`,
    );
  }
  const [{ label }] = keys.length > 0 ? keys : blocks;
  const container = accept(labels[label] ?? refusal(`a PEM block ${label}`));
  return { container, bytes: decodePemBody(keys[0]) };
}

function shapeOf(der: Uint8Array): Container | Refusal {
  const tags: number[] = [];
  try {
    const outer = new DerReader(der);
    const sequence = outer.enter(Tag.SEQUENCE);
    outer.end();
    for (let tag = sequence.peek(); tag !== undefined; tag = sequence.peek()) {
      tags.push(tag);
      sequence.read(tag);
    }
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    const message = "The file is truncated, damaged or not a key in PEM, DER or JWK";
    throw new CryptoError("BAD_KEY", message, { cause: error });
  }
  const found = shapes.find(([wanted]) => wanted.every((tag, i) => tags[i] === tag));
  return found?.[1] ?? refusal("DER that is no key");
}

function accept(kind: Container | Refusal): Container {
  if (typeof kind === "string") return kind;
  throw new CryptoError(kind.code, `Refused ${kind.refused}`);
}
