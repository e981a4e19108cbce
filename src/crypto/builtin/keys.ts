/** Keys in node:crypto. @module */
import type { KeyObject } from "node:crypto";
import { nodeCrypto } from "../../node/mod.ts";
import {
  type AlgorithmInfo,
  type AlgorithmName,
  type KeyType,
  keyTypeInfo,
  schemes,
} from "../algorithms/mod.ts";
import { checkInput, requireAlgorithm } from "../_signing.ts";
import { p1363FromDer, readSpki } from "../encoding/mod.ts";
import { CryptoError } from "../errors.ts";
import {
  PBKDF2_ITERATIONS,
  type PrivateKey,
  type PublicKey,
  type SharedKey,
  type SignatureFormat,
  type SigningInput,
} from "../provider.ts";
import { encryptPkcs8 } from "./pbes2.ts";
import { schemeRows } from "./rows.ts";
import { signDigest, verifyDigest } from "./rsa_digest.ts";

/** Holds a node:crypto key until its disposal; then the collector may free it. */
class KeyHolder implements Disposable {
  #key: KeyObject | undefined;

  constructor(key: KeyObject) {
    this.#key = key;
  }

  get key(): KeyObject {
    if (this.#key) return this.#key;
    throw new CryptoError("PROVIDER_FAILED", "The key was used after its disposal");
  }

  [Symbol.dispose](): void {
    this.#key = undefined;
  }
}

/** A public key in node:crypto. */
export class BuiltinPublicKey extends KeyHolder implements PublicKey {
  readonly type: KeyType;
  readonly spki: Uint8Array;
  readonly algorithms: readonly AlgorithmName[];
  /** RSA: the modulus, in as many bytes as a signature. */
  readonly #modulus: Uint8Array | undefined;

  constructor(
    type: KeyType,
    key: KeyObject,
    spki: Uint8Array,
    algorithms: readonly AlgorithmName[],
  ) {
    super(key);
    this.type = type;
    this.spki = spki;
    this.algorithms = algorithms;
    const { numbers } = readSpki(spki);
    this.#modulus = "n" in numbers ? numbers.n : undefined;
  }

  verify(
    algorithm: AlgorithmName,
    input: SigningInput,
    signature: Uint8Array,
    format: SignatureFormat = "der",
  ): boolean {
    const info = requireAlgorithm(algorithm, this.type, this.algorithms);
    checkMessageOrDigest(info, input);
    const raw = this.#toRaw(info, signature, format);
    const { key } = this;
    if (raw === undefined) return false;
    try {
      return input.digest === undefined
        ? nodeCrypto().verify(
          info.hash,
          input.message,
          { key, ...schemeRows[info.scheme].options(info), dsaEncoding: "ieee-p1363" },
          raw,
        )
        : verifyDigest(key, info.hash!, input.digest, raw);
    } catch {
      // The input has been checked, so the signature is one that node:crypto cannot read.
      return false;
    }
  }

  /**
   * The signature without an encoding, or undefined for a wrong length. An RSA signature must also be a
   * number below the modulus (RFC 8017 section 5.2.2): node:crypto takes s + n for s.
   */
  #toRaw(
    { scheme }: AlgorithmInfo,
    signature: Uint8Array,
    format: SignatureFormat,
  ): Uint8Array | undefined {
    const { signatureBytes } = keyTypeInfo(this.type);
    if (schemes[scheme].layout === "integers" && format === "der") {
      return p1363FromDer(signature, signatureBytes / 2);
    }
    if (signature.length !== signatureBytes) return undefined;
    return this.#modulus && !isBelow(signature, this.#modulus) ? undefined : signature;
  }
}

/** Compares two unsigned big-endian numbers of the same length. */
function isBelow(number: Uint8Array, limit: Uint8Array): boolean {
  const at = number.findIndex((byte, i) => byte !== limit[i]);
  return at >= 0 && number[at] < limit[at];
}

/** A private key in node:crypto. */
export class BuiltinPrivateKey extends KeyHolder implements PrivateKey {
  readonly type: KeyType;
  readonly publicKey: PublicKey;
  readonly algorithms: readonly AlgorithmName[];

  constructor(key: KeyObject, publicKey: PublicKey) {
    super(key);
    this.type = publicKey.type;
    this.publicKey = publicKey;
    this.algorithms = publicKey.algorithms;
  }

  sign(
    algorithm: AlgorithmName,
    input: SigningInput,
    format: SignatureFormat = "der",
  ): Uint8Array {
    const info = requireAlgorithm(algorithm, this.type, this.algorithms);
    checkMessageOrDigest(info, input);
    const { key } = this;
    try {
      if (input.digest !== undefined) return plain(signDigest(key, info.hash!, input.digest));
      const dsaEncoding = format === "der" ? "der" : "ieee-p1363";
      return plain(
        nodeCrypto().sign(info.hash, input.message, {
          key,
          ...schemeRows[info.scheme].options(info),
          dsaEncoding,
        }),
      );
    } catch (cause) {
      throw new CryptoError("PROVIDER_FAILED", `Signing with ${algorithm} failed`, { cause });
    }
  }

  share(): SharedKey {
    const pkcs8 = this.exportPkcs8();
    try {
      return { provider: "builtin", pkcs8: Uint8Array.from(pkcs8) };
    } finally {
      pkcs8.fill(0);
    }
  }

  exportPkcs8(): Uint8Array {
    return plain(this.key.export({ format: "der", type: "pkcs8" }));
  }

  exportEncryptedPkcs8(passphrase: Uint8Array): Uint8Array {
    const pkcs8 = this.exportPkcs8();
    try {
      return encryptPkcs8(pkcs8, passphrase, PBKDF2_ITERATIONS);
    } finally {
      pkcs8.fill(0);
    }
  }

  override [Symbol.dispose](): void {
    super[Symbol.dispose]();
    this.publicKey[Symbol.dispose]();
  }
}

function checkMessageOrDigest(info: AlgorithmInfo, input: SigningInput): void {
  checkInput(info, input);
  if (input.digest === undefined || schemeRows[info.scheme].takesDigest) return;
  throw new CryptoError(
    "BAD_DIGEST",
    `The builtin crypto provider cannot use a digest with ${info.name}: send the message, or use the ` +
      "openssl provider",
  );
}

/** Views the same bytes as a plain Uint8Array: a Buffer has another `slice` and `toString`. */
function plain(buffer: Uint8Array): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}
