/** PEM, the text encoding of keys and certificates (RFC 7468). @module */
import { Buffer } from "node:buffer";
import { CryptoError } from "../errors.ts";
import { decodeBase64, encodeBase64 } from "./base64.ts";

/** A block of a PEM file (RFC 7468): `-----BEGIN label-----`, base64, `-----END label-----`. */
export interface PemBlock {
  readonly label: string;
  /** The text between the two lines, undecoded. */
  readonly body: Uint8Array;
}

const BEGIN = "-----BEGIN ";
const DASHES = "-----";
const LINE_LENGTH = 64;

/** Checks for a PEM block anywhere in a file; text before it is allowed (RFC 7468 section 2). */
export function looksLikePem(bytes: Uint8Array): boolean {
  return view(bytes).includes(BEGIN);
}

/**
 * Finds the blocks of a PEM file. Their bodies are views, not copies, and are never converted to strings.
 *
 * @throws {CryptoError} `BAD_KEY` for a block without an end
 */
export function findPemBlocks(bytes: Uint8Array): PemBlock[] {
  const text = view(bytes);
  const blocks: PemBlock[] = [];
  let start = text.indexOf(BEGIN);
  while (start >= 0) {
    const labelStart = start + BEGIN.length;
    const labelEnd = text.indexOf(DASHES, labelStart);
    const label = text.subarray(labelStart, Math.max(labelStart, labelEnd)).toString("latin1");
    const ending = `${DASHES}END ${label}${DASHES}`;
    const end = labelEnd < 0 ? -1 : text.indexOf(ending, labelEnd);
    // A label has a few capital words (RFC 7468 section 3); no other text is repeated in a message.
    if (end < 0 || !/^[A-Z0-9 ]{1,40}$/.test(label)) {
      throw new CryptoError("BAD_KEY", "The PEM block is truncated: its END line is missing");
    }
    blocks.push({ label, body: bytes.subarray(labelEnd + DASHES.length, end) });
    start = text.indexOf(BEGIN, end + ending.length);
  }
  return blocks;
}

/**
 * Decodes the base64 of a block.
 *
 * @throws {CryptoError} `BAD_KEY` for anything but base64, `KEY_REFUSED` for OpenSSL's traditional
 * encryption (RFC 1421 headers), which derives its key with a single round of MD5
 */
export function decodePemBody({ body }: PemBlock): Uint8Array {
  const decoded = decodeBase64(body);
  if (decoded !== undefined) return decoded;
  if (view(body).includes("Proc-Type:")) {
    const remedy = "encrypt it anew with `openssl pkey -aes256 -in FILE -out NEW`";
    throw new CryptoError(
      "KEY_REFUSED",
      `Refused a private key in OpenSSL's traditional, weak encryption: ${remedy}`,
    );
  }
  throw new CryptoError("BAD_KEY", "The PEM block is truncated or damaged: it is not base64");
}

/** Encodes a block, without a string of its content. */
export function encodePem(label: string, der: Uint8Array): Uint8Array {
  const encode = (text: string) => new TextEncoder().encode(text);
  const base64 = encodeBase64(der, "base64");
  const newline = encode("\n");
  const parts: Uint8Array[] = [encode(`${BEGIN}${label}${DASHES}\n`)];
  for (let start = 0; start < base64.length; start += LINE_LENGTH) {
    parts.push(base64.subarray(start, start + LINE_LENGTH), newline);
  }
  parts.push(encode(`${DASHES}END ${label}${DASHES}\n`));
  const pem = concatenate(parts);
  base64.fill(0);
  return pem;
}

/** Concatenates buffers into a new one. */
export function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let end = 0;
  for (const part of parts) {
    whole.set(part, end);
    end += part.length;
  }
  return whole;
}

/** Views the same bytes as a Buffer, which can search for text. */
function view(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
