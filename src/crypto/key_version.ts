/** The versions of a key: key pairs and public keys under one id, each with a period of use. @module */
import { CryptoError } from "./errors.ts";
import type { PrivateKey, PublicKey } from "./provider.ts";
import { thumbprint } from "./public_key.ts";

/** 16: the versions of a key. A request to verify that names no version may try them all. */
const MAX_KEY_VERSIONS = 16;

/** The highest number of a version: it is an int32 in messages. */
const MAX_VERSION_NUMBER = 2 ** 31 - 1;

/** The period of use of a version, in milliseconds since 1970. A bound that is undefined is open. */
export interface KeyPeriod {
  /** The version does not sign before. */
  readonly notBefore?: number | undefined;
  /** The version does not sign from this time on. */
  readonly signUntil?: number | undefined;
  /** The version does not verify from this time on. */
  readonly verifyUntil?: number | undefined;
}

/** The public properties of a version. */
export interface KeyVersionDescription {
  /** 1 or more. The version with the highest number is the newest. */
  readonly version: number;
  /** RFC 7638, SHA-256, base64url. */
  readonly thumbprint: string;
  /** False for a public key without its private key. */
  readonly hasPrivateKey: boolean;
  readonly period: KeyPeriod;
}

/** A version of a key. A public key alone only verifies. */
export interface KeyVersion extends KeyVersionDescription {
  readonly publicKey: PublicKey;
  /** Owns `publicKey`. */
  readonly privateKey: PrivateKey | undefined;
}

/**
 * Makes a version of a key pair, or of a public key alone.
 *
 * @param print the thumbprint, where it is known: to compute it a thread loads node:crypto
 */
export function keyVersion(
  version: number,
  key: PrivateKey | PublicKey,
  period: KeyPeriod = {},
  print?: string,
): KeyVersion {
  const privateKey = "publicKey" in key ? key : undefined;
  const publicKey = "publicKey" in key ? key.publicKey : key;
  return {
    version,
    thumbprint: print ?? thumbprint(publicKey),
    hasPrivateKey: privateKey !== undefined,
    publicKey,
    privateKey,
    period,
  };
}

/** Returns the public properties of a version. */
export function describeVersion(
  { version, thumbprint, hasPrivateKey, period }: KeyVersion,
): KeyVersionDescription {
  return { version, thumbprint, hasPrivateKey, period };
}

/** Frees the key of a version. */
export function disposeVersion({ privateKey, publicKey }: KeyVersion): void {
  (privateKey ?? publicKey)[Symbol.dispose]();
}

/** Reports whether a version has a private key, and signs at a time. */
export function signsAt({ hasPrivateKey, period }: KeyVersionDescription, now: number): boolean {
  const { notBefore = -Infinity, signUntil = Infinity } = period;
  return hasPrivateKey && notBefore <= now && now < signUntil;
}

/** Reports whether a version verifies at a time. It does before `notBefore` too: the clocks of signers differ. */
export function verifiesAt({ period }: KeyVersionDescription, now: number): boolean {
  return now < (period.verifyUntil ?? Infinity);
}

/**
 * Finds the time from which on no version signs, in milliseconds since 1970. Infinity for versions that go on without an
 * end; undefined for public keys alone.
 */
export function signingEnd(
  versions: readonly KeyVersionDescription[],
  now: number,
): number | undefined {
  if (!versions.some(({ hasPrivateKey }) => hasPrivateKey)) return undefined;
  let end = now;
  // Each version takes over from another once.
  for (const _ of versions) {
    for (const version of versions) {
      if (signsAt(version, end)) end = version.period.signUntil ?? Infinity;
    }
  }
  return end;
}

/**
 * Returns versions with the newest first.
 *
 * @param id of their key, for messages
 * @throws {CryptoError} `BAD_KEY_VERSION` for none, for too many, for a number that is taken or out of range, for keys of
 * different types, and for a period that ends before it begins
 */
export function orderVersions(id: string, versions: readonly KeyVersion[]): KeyVersion[] {
  const refused = (reason: string) => new CryptoError("BAD_KEY_VERSION", `Key ${id} ${reason}`);
  if (versions.length === 0) throw refused("has no version");
  if (versions.length > MAX_KEY_VERSIONS) {
    throw refused(`has ${versions.length} versions: at most ${MAX_KEY_VERSIONS} are served`);
  }
  const ordered = [...versions].sort((a, b) => b.version - a.version);
  const newest = ordered[0]!;
  for (const [index, each] of ordered.entries()) {
    const { version, period } = each;
    const { notBefore = -Infinity, signUntil = Infinity, verifyUntil = Infinity } = period;
    if (!Number.isInteger(version) || version < 1 || version > MAX_VERSION_NUMBER) {
      throw refused(`has a version ${version}: versions are numbers from 1 on`);
    }
    if (ordered[index + 1]?.version === version) throw refused(`has two versions ${version}`);
    if (each.publicKey.type !== newest.publicKey.type) {
      throw refused(
        `has versions of the types ${newest.publicKey.type} and ${each.publicKey.type}: ` +
          "a key of another type needs an id of its own",
      );
    }
    if (notBefore >= signUntil) throw refused(`version ${version} ends before it begins`);
    if (verifyUntil < signUntil) {
      throw refused(
        `version ${version} signs for longer than it verifies: give sign-until as well`,
      );
    }
  }
  return ordered;
}
