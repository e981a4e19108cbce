/** Private keys in AWS-LC, and their signatures (openssl/evp.h of AWS-LC). @module */
import { addressOf } from "./der.ts";
import { clearErrorQueue } from "../_error_queue.ts";
import { expectOk, expectPointer, failure, messagesOnly } from "./errors.ts";
import { EvpKey } from "./evp_key.ts";
import { Handle } from "./handle.ts";
import { openLibcrypto } from "./libcrypto.ts";
import type { PrivatePkey } from "./pkey.ts";
import { Output, rsaPaddings, type SignatureScheme, type Signer } from "./signature.ts";
import type { AwsLcSymbols } from "./aws_lc_symbols.ts";

/** A hash function: its EVP_MD, its one-shot function, and the bytes of a digest. */
const hashes = {
  sha256: { md: "EVP_sha256", digest: "SHA256", bytes: 32 },
  sha384: { md: "EVP_sha384", digest: "SHA384", bytes: 48 },
  sha512: { md: "EVP_sha512", digest: "SHA512", bytes: 64 },
} as const;

type HashName = keyof typeof hashes;

/** An EVP_PKEY of AWS-LC with a private key. */
export class AwsLcKey extends EvpKey<AwsLcSymbols> implements PrivatePkey {
  constructor(symbols: AwsLcSymbols, pointer: Deno.PointerObject) {
    super(symbols, pointer, symbols.signer_free_key);
  }

  signer(scheme: SignatureScheme): Signer {
    clearErrorQueue(this.symbols);
    return scheme.hash === undefined
      ? openMessageSigner(this.symbols, this.pointer)
      : openDigestSigner(this.symbols, this.pointer, scheme, scheme.hash as HashName);
  }

  /** By OpenSSL: AWS-LC encrypts with other algorithms. */
  exportEncryptedPkcs8(passphrase: Uint8Array, iterations: number): Uint8Array {
    const pkcs8 = this.exportPkcs8();
    try {
      using copy = openLibcrypto().readPkcs8(pkcs8);
      return copy.exportEncryptedPkcs8(passphrase, iterations);
    } finally {
      pkcs8.fill(0);
    }
  }
}

/** Reads a PKCS#8 private key in DER. */
export function readAwsLcPkcs8(symbols: AwsLcSymbols, der: Uint8Array): Deno.PointerObject {
  clearErrorQueue(symbols);
  // A CBS of openssl/bytestring.h: the address and the length of the bytes that are not read yet.
  const unread = new BigUint64Array([addressOf(der), BigInt(der.length)]);
  const name = "EVP_parse_private_key";
  const key = expectPointer(symbols, name, symbols.EVP_parse_private_key(unread));
  if (unread[1] === 0n) return key;
  symbols.EVP_PKEY_free(key);
  throw failure(symbols, `${name} on ${der.length} bytes, of which it read fewer,`);
}

/** Signs digests with an EVP_PKEY_CTX that is initialised once, for any number of signatures. */
class DigestSigner extends Handle implements Signer {
  readonly #symbols: AwsLcSymbols;
  readonly #hash: (message: Uint8Array, length: bigint, digest: Uint8Array) => void;
  readonly #digest: Uint8Array;
  readonly #digestLength: bigint;
  readonly #output: Output;

  constructor(
    symbols: AwsLcSymbols,
    context: Deno.PointerObject,
    { digest, bytes }: typeof hashes[HashName],
    room: number,
  ) {
    super(context, symbols.EVP_PKEY_CTX_free, "key");
    this.#symbols = symbols;
    this.#hash = symbols[digest];
    this.#digest = new Uint8Array(bytes);
    this.#digestLength = BigInt(bytes);
    this.#output = new Output(room);
  }

  sign(message: Uint8Array): Uint8Array {
    this.#hash(message, BigInt(message.length), this.#digest);
    return this.#sign(this.#digest, this.#digestLength);
  }

  signDigest(digest: Uint8Array): Uint8Array {
    return this.#sign(digest, BigInt(digest.length));
  }

  #sign(digest: Uint8Array, length: bigint): Uint8Array {
    const symbols = this.#symbols;
    const output = this.#output;
    const memory = output.next();
    const result = symbols.EVP_PKEY_sign(this.pointer, memory, output.length, digest, length);
    expectOk(symbols, "EVP_PKEY_sign", result);
    return output.signatureIn(memory);
  }
}

/** Signs whole messages, for the scheme without a digest. EVP_DigestSign changes nothing in the context then. */
class MessageSigner extends Handle implements Signer {
  readonly #symbols: AwsLcSymbols;
  readonly #output: Output;

  constructor(symbols: AwsLcSymbols, context: Deno.PointerObject, room: number) {
    super(context, symbols.EVP_MD_CTX_free, "key");
    this.#symbols = symbols;
    this.#output = new Output(room);
  }

  sign(message: Uint8Array): Uint8Array {
    const symbols = this.#symbols;
    const output = this.#output;
    const memory = output.next();
    const length = BigInt(message.length);
    const result = symbols.EVP_DigestSign(this.pointer, memory, output.length, message, length);
    expectOk(symbols, "EVP_DigestSign", result);
    return output.signatureIn(memory);
  }

  signDigest(): never {
    throw messagesOnly();
  }
}

function openMessageSigner(symbols: AwsLcSymbols, pkey: Deno.PointerObject): Signer {
  const context = expectPointer(symbols, "EVP_MD_CTX_new", symbols.EVP_MD_CTX_new());
  using stack = new DisposableStack();
  const signer = stack.use(new MessageSigner(symbols, context, symbols.EVP_PKEY_size(pkey)));
  const made = symbols.EVP_DigestSignInit(context, null, null, null, pkey);
  expectOk(symbols, "EVP_DigestSignInit", made);
  stack.move();
  return signer;
}

function openDigestSigner(
  symbols: AwsLcSymbols,
  pkey: Deno.PointerObject,
  { rsaPadding, saltBytes }: SignatureScheme,
  hash: HashName,
): Signer {
  const row = hashes[hash];
  const made = symbols.EVP_PKEY_CTX_new(pkey, null);
  const context = expectPointer(symbols, "EVP_PKEY_CTX_new", made);
  using stack = new DisposableStack();
  const signer = stack.use(new DigestSigner(symbols, context, row, symbols.EVP_PKEY_size(pkey)));
  const ok = (name: string, result: number) => expectOk(symbols, name, result);
  const md = symbols[row.md]();
  ok("EVP_PKEY_sign_init", symbols.EVP_PKEY_sign_init(context));
  if (rsaPadding !== undefined) {
    const set = symbols.EVP_PKEY_CTX_set_rsa_padding(context, rsaPaddings[rsaPadding]);
    ok("EVP_PKEY_CTX_set_rsa_padding", set);
  }
  ok("EVP_PKEY_CTX_set_signature_md", symbols.EVP_PKEY_CTX_set_signature_md(context, md));
  if (saltBytes !== undefined) {
    const salted = symbols.EVP_PKEY_CTX_set_rsa_pss_saltlen(context, saltBytes);
    ok("EVP_PKEY_CTX_set_rsa_pss_saltlen", salted);
    ok("EVP_PKEY_CTX_set_rsa_mgf1_md", symbols.EVP_PKEY_CTX_set_rsa_mgf1_md(context, md));
  }
  stack.move();
  return signer;
}
