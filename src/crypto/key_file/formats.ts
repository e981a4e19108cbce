import {
  decodePemBody,
  DerError,
  DerReader,
  findPemBlocks,
  looksLikePem,
  type PemBlock,
  Tag,
} from "../encoding/mod.ts";
import { CryptoError } from "../errors.ts";

/** The containers of private keys that are read. */
export type Container = "pkcs8" | "encrypted-pkcs8" | "pkcs1" | "sec1" | "jwk";

/** What a key file was found to hold. */
export interface Found {
  readonly container: Container;
  /** The DER, or the JSON of a JWK. It may be a copy: zero it as well as the file's own bytes. */
  readonly bytes: Uint8Array;
}

const PUBLIC = "a public key: name the private key instead";
const CERTIFICATE = "a certificate: name the private key that belongs to it instead";

/** The PEM labels that are known (RFC 7468, OpenSSL's PEM_read(3ossl)): read, or refused with words. */
const labels: Readonly<Record<string, Container | { readonly refused: string }>> = {
  "PRIVATE KEY": "pkcs8",
  "ENCRYPTED PRIVATE KEY": "encrypted-pkcs8",
  "RSA PRIVATE KEY": "pkcs1",
  "EC PRIVATE KEY": "sec1",
  "PUBLIC KEY": { refused: PUBLIC },
  "RSA PUBLIC KEY": { refused: PUBLIC },
  "CERTIFICATE": { refused: CERTIFICATE },
  "TRUSTED CERTIFICATE": { refused: CERTIFICATE },
  "X509 CERTIFICATE": { refused: CERTIFICATE },
  "CERTIFICATE REQUEST": { refused: CERTIFICATE },
  "OPENSSH PRIVATE KEY": {
    refused: "a key in OpenSSH's own format: convert a copy with `ssh-keygen -p -m PKCS8`",
  },
  "DSA PRIVATE KEY": { refused: "a DSA key: use RSA, ECDSA or Ed25519" },
};

/** The tags inside the outer SEQUENCE that tell the containers apart in DER, the longer ones first. */
const shapes: readonly [tags: readonly number[], Container | { readonly refused: string }][] = [
  [[Tag.INTEGER, Tag.SEQUENCE, Tag.OCTET_STRING], "pkcs8"],
  [[Tag.INTEGER, Tag.INTEGER, Tag.INTEGER], "pkcs1"],
  [[Tag.INTEGER, Tag.OCTET_STRING], "sec1"],
  [[Tag.SEQUENCE, Tag.OCTET_STRING], "encrypted-pkcs8"],
  [[Tag.SEQUENCE, Tag.BIT_STRING], { refused: PUBLIC }],
  [[Tag.SEQUENCE, Tag.SEQUENCE, Tag.BIT_STRING], { refused: CERTIFICATE }],
  [[Tag.INTEGER, Tag.INTEGER], { refused: PUBLIC }],
];

/**
 * Finds out what a key file holds.
 *
 * @throws {CryptoError} `KEY_REFUSED` for what is known and not wanted, `BAD_KEY` for what is unknown
 */
export function detect(file: Uint8Array): Found {
  if (looksLikePem(file)) return fromPem(findPemBlocks(file));
  const first = file.find((byte) => byte > " ".charCodeAt(0));
  if (first === "{".charCodeAt(0)) return { container: "jwk", bytes: file };
  return { container: accept(shapeOf(file)), bytes: file };
}

function fromPem(blocks: readonly PemBlock[]): Found {
  // `openssl ecparam -genkey` writes the curve in a block of its own before the key, which names it too.
  const keys = blocks.filter((block) => block.label !== "EC PARAMETERS");
  if (keys.length !== 1) {
    const count = keys.length === 0 ? "none" : `${keys.length}`;
    const remedy = "write one private key to a file of its own";
    throw new CryptoError(
      "KEY_REFUSED",
      `Expected one PEM block with a key, found ${count}: ${remedy}`,
    );
  }
  const [block] = keys;
  const container = accept(labels[block.label] ?? { refused: `a PEM block ${block.label}` });
  return { container, bytes: decodePemBody(block) };
}

function shapeOf(der: Uint8Array): Container | { readonly refused: string } {
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
  return found?.[1] ?? { refused: "DER that is no key" };
}

function accept(kind: Container | { readonly refused: string }): Container {
  if (typeof kind === "string") return kind;
  throw new CryptoError("KEY_REFUSED", `Refused ${kind.refused}`);
}
