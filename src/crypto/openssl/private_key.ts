/** Private keys in libcrypto and in AWS-LC. @module */
import type { PrivatePkey, Signer } from "../../ffi/mod.ts";
import { type AlgorithmName, type KeyType, keyTypeInfo, schemes } from "../algorithms/mod.ts";
import { checkInput } from "../_signing.ts";
import { p1363FromDer } from "../encoding/mod.ts";
import {
  PBKDF2_ITERATIONS,
  type PrivateKey,
  type PublicKey,
  type SharedKey,
  type SignatureFormat,
  type SigningInput,
} from "../provider.ts";
import { Contexts } from "./contexts.ts";
import { mapError, mapErrors } from "./errors.ts";
import { signatureSchemeOf } from "./rows.ts";

/** A private key in libcrypto or in AWS-LC. It owns the EVP_PKEY and the public key that it is given. */
export class OpensslPrivateKey implements PrivateKey {
  readonly type: KeyType;
  readonly publicKey: PublicKey;
  readonly algorithms: readonly AlgorithmName[];
  readonly #provider: "openssl" | "aws-lc";
  readonly #pkey: PrivatePkey;
  readonly #signers: Contexts<Signer>;
  /** Bytes of one of the two integers of a signature in P1363. */
  readonly #integerBytes: number;

  constructor(provider: "openssl" | "aws-lc", pkey: PrivatePkey, publicKey: PublicKey) {
    this.#provider = provider;
    const { type, algorithms } = publicKey;
    this.type = type;
    this.publicKey = publicKey;
    this.algorithms = algorithms;
    this.#pkey = pkey;
    this.#signers = new Contexts(type, algorithms, (info) => pkey.signer(signatureSchemeOf(info)));
    this.#integerBytes = keyTypeInfo(type).signatureBytes / 2;
  }

  sign(
    algorithm: AlgorithmName,
    input: SigningInput,
    format: SignatureFormat = "der",
  ): Uint8Array {
    try {
      const { info, context } = this.#signers.get(algorithm);
      checkInput(info, input);
      const signature = input.digest === undefined
        ? context.sign(input.message)
        : context.signDigest(input.digest);
      if (schemes[info.scheme].layout === "bytes" || format === "der") return signature;
      return p1363FromDer(signature, this.#integerBytes)!;
    } catch (error) {
      throw mapError("PROVIDER_FAILED", `Signing with ${algorithm}`, error);
    }
  }

  share(): SharedKey {
    const share = () => this.#pkey.share();
    const token = mapErrors("PROVIDER_FAILED", "Sharing a private key", share);
    return { provider: this.#provider, token, spki: this.publicKey.spki };
  }

  exportPkcs8(): Uint8Array {
    return mapErrors("PROVIDER_FAILED", "Exporting a private key", () => this.#pkey.exportPkcs8());
  }

  exportEncryptedPkcs8(passphrase: Uint8Array): Uint8Array {
    return mapErrors(
      "PROVIDER_FAILED",
      "Encrypting a private key",
      () => this.#pkey.exportEncryptedPkcs8(passphrase, PBKDF2_ITERATIONS),
    );
  }

  [Symbol.dispose](): void {
    this.#signers[Symbol.dispose]();
    this.#pkey[Symbol.dispose]();
    this.publicKey[Symbol.dispose]();
  }
}
