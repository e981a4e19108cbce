/** A key of the store, with its versions. @module */
import { type AlgorithmName, findKeyType, type KeyType } from "./algorithms/mod.ts";
import { CryptoError } from "./errors.ts";
import {
  describeVersion,
  disposeVersion,
  type KeyVersion,
  type KeyVersionDescription,
  orderVersions,
  signsAt,
  verifiesAt,
} from "./key_version.ts";
import type { SignatureFormat, SigningInput } from "./provider.ts";

/** The public properties of a key. */
export interface KeyDescription {
  readonly id: string;
  readonly type: KeyType;
  readonly algorithms: readonly AlgorithmName[];
  readonly defaultAlgorithm: AlgorithmName;
  /** The thumbprint of the current version (RFC 7638, SHA-256, base64url). */
  readonly thumbprint: string;
  /** Set for the key that a request gets which names only the key's type. */
  readonly isDefault: boolean;
  /** The newest first. */
  readonly versions: readonly KeyVersionDescription[];
}

/** A signature, and the number of the version that made it. */
export interface VersionedSignature {
  readonly signature: Uint8Array;
  readonly version: number;
}

/**
 * A key of the store. Its versions are of one type. The newest version that signs at the time makes the signatures, and
 * every version verifies until its period ends.
 */
export class StoredKey implements Disposable {
  readonly id: string;
  readonly type: KeyType;
  readonly algorithms: readonly AlgorithmName[];
  readonly defaultAlgorithm: AlgorithmName;
  /** The newest first. */
  readonly versions: readonly KeyVersion[];
  /** The newest version, when it signs at any time: then no clock is read. */
  readonly #always: KeyVersion | undefined;

  /**
   * @param versions belong to the key from now on
   * @throws {CryptoError} `BAD_KEY_VERSION`. The caller then still owns the versions
   */
  constructor(id: string, versions: readonly KeyVersion[]) {
    this.id = id;
    this.versions = orderVersions(id, versions);
    const newest = this.versions[0]!;
    this.type = newest.publicKey.type;
    this.algorithms = (newest.privateKey ?? newest.publicKey).algorithms;
    this.defaultAlgorithm = findKeyType(this.type)!.defaultAlgorithm;
    const { hasPrivateKey, period: { notBefore, signUntil } } = newest;
    const isAlways = hasPrivateKey && notBefore === undefined && signUntil === undefined;
    this.#always = isAlways ? newest : undefined;
  }

  /** Reports whether a version has its private key. */
  get hasPrivateKey(): boolean {
    return this.versions.some(({ hasPrivateKey }) => hasPrivateKey);
  }

  /** Reports whether a version signs now. */
  get signsNow(): boolean {
    return this.#signing() !== undefined;
  }

  /** The version that signs now. Without one, the newest. */
  get current(): KeyVersion {
    return this.#signing() ?? this.versions[0]!;
  }

  /**
   * Signs with the newest version that signs now.
   *
   * @throws {CryptoError} `KEY_INACTIVE` when none does; the errors of `PrivateKey.sign()`
   */
  sign(
    algorithm: AlgorithmName,
    input: SigningInput,
    format?: SignatureFormat,
  ): VersionedSignature {
    const signing = this.#signing();
    if (signing === undefined) throw this.#inactive("sign");
    const signature = signing.privateKey!.sign(algorithm, input, format);
    return { signature, version: signing.version };
  }

  /**
   * Verifies a signature with one version, or with each that verifies now.
   *
   * @param version 0 for any
   * @returns the version that made the signature; undefined when none did
   * @throws {CryptoError} `NO_SUCH_KEY`, `KEY_INACTIVE`; the errors of `PublicKey.verify()`
   */
  verify(
    algorithm: AlgorithmName,
    input: SigningInput,
    signature: Uint8Array,
    format?: SignatureFormat,
    version = 0,
  ): KeyVersion | undefined {
    const named = version === 0 ? this.versions : [this.get(version)];
    const now = Date.now();
    const verifying = named.filter((each) => verifiesAt(each, now));
    if (verifying.length === 0) throw this.#inactive("verify", version);
    return verifying.find(({ publicKey }) => publicKey.verify(algorithm, input, signature, format));
  }

  /**
   * Finds a version by its number.
   *
   * @param version 0 for the current one
   * @throws {CryptoError} `NO_SUCH_KEY`
   */
  get(version: number): KeyVersion {
    if (version === 0) return this.current;
    const found = this.versions.find((each) => each.version === version);
    if (found !== undefined) return found;
    throw new CryptoError("NO_SUCH_KEY", `Key ${this.id} has no version ${version}`);
  }

  describe(isDefault: boolean): KeyDescription {
    const { id, type, algorithms, defaultAlgorithm } = this;
    const versions = this.versions.map(describeVersion);
    const { thumbprint } = this.current;
    return { id, type, algorithms, defaultAlgorithm, thumbprint, isDefault, versions };
  }

  #signing(): KeyVersion | undefined {
    if (this.#always !== undefined) return this.#always;
    const now = Date.now();
    return this.versions.find((version) => signsAt(version, now));
  }

  #inactive(purpose: "sign" | "verify", version = 0): CryptoError {
    const subject = version === 0
      ? `Key ${this.id} has no version that may ${purpose} now`
      : `Version ${version} of key ${this.id} may not ${purpose} any more`;
    return new CryptoError("KEY_INACTIVE", `${subject}: list the keys to see their periods`);
  }

  /** Frees the keys of all versions. */
  [Symbol.dispose](): void {
    this.versions.forEach(disposeVersion);
  }
}
