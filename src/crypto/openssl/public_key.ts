/** Public keys in libcrypto. @module */
import type { Pkey, Verifier } from "../../ffi/mod.ts";
import { type AlgorithmName, type KeyType, keyTypeInfo, schemes } from "../algorithms/mod.ts";
import { checkInput } from "../_signing.ts";
import { CryptoError } from "../errors.ts";
import { derFromP1363, p1363FromDer } from "../encoding/mod.ts";
import type { PublicKey, SignatureFormat, SigningInput } from "../provider.ts";
import { Contexts } from "./contexts.ts";
import { mapError } from "./errors.ts";
import { signatureSchemeOf } from "./rows.ts";

/**
 * A public key in libcrypto. It owns the EVP_PKEY that it is given, or opens one when it first verifies: that takes 0.1 ms, and
 * a server that reads a thousand keys again would not answer meanwhile.
 */
export class OpensslPublicKey implements PublicKey {
  readonly type: KeyType;
  readonly spki: Uint8Array;
  readonly algorithms: readonly AlgorithmName[];
  #pkey: Pkey | undefined;
  #isDisposed = false;
  readonly #verifiers: Contexts<Verifier>;
  /** Bytes of one of the two integers of a signature in P1363. */
  readonly #integerBytes: number;

  constructor(
    type: KeyType,
    pkey: Pkey | (() => Pkey),
    spki: Uint8Array,
    algorithms: readonly AlgorithmName[],
  ) {
    this.type = type;
    this.spki = spki;
    this.algorithms = algorithms;
    this.#pkey = typeof pkey === "function" ? undefined : pkey;
    this.#verifiers = new Contexts(type, algorithms, (info) => {
      this.#expectUndisposed();
      if (typeof pkey === "function") this.#pkey ??= pkey();
      return this.#pkey!.verifier(signatureSchemeOf(info));
    });
    this.#integerBytes = keyTypeInfo(type).signatureBytes / 2;
  }

  verify(
    algorithm: AlgorithmName,
    input: SigningInput,
    signature: Uint8Array,
    format: SignatureFormat = "der",
  ): boolean {
    try {
      const { info, context } = this.#verifiers.get(algorithm);
      checkInput(info, input);
      const der = schemes[info.scheme].layout === "integers"
        ? this.#toDer(signature, format)
        : signature;
      if (der === undefined) return false;
      return input.digest === undefined
        ? context.verify(input.message, der)
        : context.verifyDigest(input.digest, der);
    } catch (error) {
      throw mapError("PROVIDER_FAILED", `Verifying with ${algorithm}`, error);
    }
  }

  #expectUndisposed(): void {
    if (!this.#isDisposed) return;
    throw new CryptoError("PROVIDER_FAILED", "The key was used after its disposal");
  }

  /** An ECDSA signature in strict DER, or undefined when it is not one of this curve. */
  #toDer(signature: Uint8Array, format: SignatureFormat): Uint8Array | undefined {
    if (format === "p1363") return derFromP1363(signature, this.#integerBytes);
    return p1363FromDer(signature, this.#integerBytes) && signature;
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#verifiers[Symbol.dispose]();
    this.#pkey?.[Symbol.dispose]();
  }
}
