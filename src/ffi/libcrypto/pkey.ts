/** Keys in libcrypto: EVP_PKEY(3ossl) and the functions that make, decode and encode it. @module */
import { decodeDer, encodeDer } from "./der.ts";
import type { Digest } from "./digest.ts";
import { cString } from "../_c_string.ts";
import { clearErrorQueue } from "../_error_queue.ts";
import { expectOk, expectPointer, LibcryptoError } from "./errors.ts";
import { EvpKey } from "./evp_key.ts";
import { Handle } from "./handle.ts";
import { openContext, type SignatureScheme, type Signer, type Verifier } from "./signature.ts";
import type { Symbols } from "./symbols.ts";

/** The parameters of a new key. */
export interface KeyParameters {
  /** OpenSSL's name of the algorithm, such as `RSA`, `EC` or `ED25519`. */
  readonly algorithm: string;
  /** RSA: bits of the modulus. */
  readonly modulusBits?: number;
  /** EC: the curve's name as OpenSSL knows it, such as `P-256`. */
  readonly group?: string;
}

/** 16 bytes of salt for an encrypted key: the minimum of NIST SP 800-132 5.1. */
const SALT_BYTES = 16;

/** The first argument of PKCS8_encrypt for PBES2 with PBKDF2 and HMAC-SHA-256. */
const PBES2 = -1;

/** A private key in OpenSSL's libcrypto or in AWS-LC. */
export interface PrivatePkey extends Disposable {
  /** Opens a context to sign with. It may outlive the key: dispose of both. */
  signer(scheme: SignatureScheme): Signer;
  /**
   * Returns a token for `adopt()` of the library on another thread of this process, which creates another handle of the
   * same key: EVP_PKEYs have a reference count, and no byte of the key is copied. Adopt a token exactly once; without
   * that, the key stays in memory until the process ends.
   */
  share(): bigint;
  /** Exports the public half as SubjectPublicKeyInfo in DER. */
  exportSpki(): Uint8Array;
  /** Exports the private key as unencrypted PKCS#8 in DER. The caller zeroes it. */
  exportPkcs8(): Uint8Array;
  /**
   * Exports the private key as PKCS#8, DER, encrypted by PBES2 (RFC 8018 section 6.2) with AES-256-CBC and PBKDF2 with
   * HMAC-SHA-256. Blocks the thread for the time of the iterations.
   */
  exportEncryptedPkcs8(passphrase: Uint8Array, iterations: number): Uint8Array;
}

/** An EVP_PKEY: a key pair or a public key. */
export class Pkey extends EvpKey<Symbols> implements PrivatePkey {
  readonly #digest: (name: string) => Digest;

  constructor(symbols: Symbols, pointer: Deno.PointerObject, digest: (name: string) => Digest) {
    super(symbols, pointer);
    this.#digest = digest;
  }

  signer(scheme: SignatureScheme): Signer {
    return this.#open("sign", scheme);
  }

  /** Opens a context to verify with. It may outlive this handle: dispose of both. */
  verifier(scheme: SignatureScheme): Verifier {
    return this.#open("verify", scheme);
  }

  #open(use: "sign" | "verify", scheme: SignatureScheme): Signer & Verifier {
    const digest = scheme.hash === undefined ? undefined : this.#digest(scheme.hash);
    return openContext(this.symbols, this.pointer, use, scheme, digest);
  }

  exportEncryptedPkcs8(passphrase: Uint8Array, iterations: number): Uint8Array {
    const symbols = this.symbols;
    using info = this.privateKeyInfo();
    const cipher = symbols.EVP_aes_256_cbc();
    const [secret, length] = [passphrase, passphrase.length];
    const encrypted = symbols // dprint-ignore: the arguments of one call
      .PKCS8_encrypt(PBES2, cipher, secret, length, null, SALT_BYTES, iterations, info.pointer);
    const pointer = expectPointer(symbols, "PKCS8_encrypt", encrypted);
    using sealed = new Handle(pointer, symbols.X509_SIG_free, "encrypted key");
    return encodeDer(symbols, "i2d_X509_SIG", symbols.i2d_X509_SIG, sealed.pointer);
  }
}

/** Generates an EVP_PKEY on a thread of Deno's pool: RSA-4096 takes seconds. */
export async function generate(
  symbols: Symbols,
  { algorithm, modulusBits, group }: KeyParameters,
): Promise<Deno.PointerObject> {
  clearErrorQueue(symbols);
  const made = symbols.EVP_PKEY_CTX_new_from_name(null, cString(algorithm), null);
  const context = expectPointer(symbols, "EVP_PKEY_CTX_new_from_name", made);
  using generator = new Handle(context, symbols.EVP_PKEY_CTX_free, "key generator");
  expectOk(symbols, "EVP_PKEY_keygen_init", symbols.EVP_PKEY_keygen_init(generator.pointer));
  if (modulusBits !== undefined) {
    const set = symbols.EVP_PKEY_CTX_set_rsa_keygen_bits(generator.pointer, modulusBits);
    expectOk(symbols, "EVP_PKEY_CTX_set_rsa_keygen_bits", set);
  }
  if (group !== undefined) {
    const set = symbols.EVP_PKEY_CTX_set_group_name(generator.pointer, cString(group));
    expectOk(symbols, "EVP_PKEY_CTX_set_group_name", set);
  }
  const slot = new BigUint64Array(1);
  // The error queue of a failure is on the other thread, and cannot be read here.
  const result = await symbols.EVP_PKEY_generate(generator.pointer, slot);
  const key = Deno.UnsafePointer.create(slot[0]);
  if (result !== 1 || key === null) {
    const message = `EVP_PKEY_generate of ${algorithm} failed on a thread of its own`;
    throw new LibcryptoError("LIBCRYPTO_FAILED", message);
  }
  return key;
}

/** Reads a PKCS#8 private key in DER. */
export function readPkcs8(symbols: Symbols, der: Uint8Array): Deno.PointerObject {
  const { d2i_PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free } = symbols;
  const name = "d2i_PKCS8_PRIV_KEY_INFO";
  const info = decodeDer(symbols, name, d2i_PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free, der);
  // Freeing it overwrites its secret.
  using handle = new Handle(info, PKCS8_PRIV_KEY_INFO_free, "private key");
  const key = symbols.EVP_PKCS82PKEY(handle.pointer);
  return uncompressed(symbols, expectPointer(symbols, "EVP_PKCS82PKEY", key));
}

/**
 * Decrypts an encrypted PKCS#8 to PKCS#8, both in DER. With a wrong passphrase it fails, or, about once in
 * 256 times, returns bytes that are no key. The caller zeroes the result.
 */
export function decryptPkcs8(
  symbols: Symbols,
  der: Uint8Array,
  passphrase: Uint8Array,
): Uint8Array {
  const { d2i_X509_SIG, X509_SIG_free, PKCS8_decrypt } = symbols;
  const pointer = decodeDer(symbols, "d2i_X509_SIG", d2i_X509_SIG, X509_SIG_free, der);
  using sealed = new Handle(pointer, X509_SIG_free, "encrypted key");
  const info = PKCS8_decrypt(sealed.pointer, passphrase, passphrase.length);
  using opened = new Handle(
    expectPointer(symbols, "PKCS8_decrypt", info),
    symbols.PKCS8_PRIV_KEY_INFO_free,
    "private key",
  );
  const encode = symbols.i2d_PKCS8_PRIV_KEY_INFO;
  return encodeDer(symbols, "i2d_PKCS8_PRIV_KEY_INFO", encode, opened.pointer);
}

/** Reads a SubjectPublicKeyInfo in DER. */
export function readSpki(symbols: Symbols, der: Uint8Array): Deno.PointerObject {
  const { d2i_PUBKEY, EVP_PKEY_free } = symbols;
  return uncompressed(symbols, decodeDer(symbols, "d2i_PUBKEY", d2i_PUBKEY, EVP_PKEY_free, der));
}

/** Sets an EC key to encode its point uncompressed, also when its file had a compressed point. */
function uncompressed(symbols: Symbols, key: Deno.PointerObject): Deno.PointerObject {
  if (symbols.EVP_PKEY_is_a(key, cString("EC")) === 1) {
    const [name, value] = [cString("point-format"), cString("uncompressed")];
    const set = symbols.EVP_PKEY_set_utf8_string_param(key, name, value);
    expectOk(symbols, "EVP_PKEY_set_utf8_string_param", set);
  }
  // Decoders try several formats, and leave errors of the failed ones in the queue.
  clearErrorQueue(symbols);
  return key;
}
