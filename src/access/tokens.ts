/** Bearer tokens: made, hashed and found. @module */
import { nodeCrypto } from "../node/mod.ts";

/** A token that a server accepts, without the token itself. It is plain data, to be posted to other threads. */
export interface TokenEntry {
  readonly name: string;
  /** SHA-256 of the token's text. */
  readonly hash: Uint8Array;
  /** Milliseconds since 1970 from which on, and until which, it is accepted. */
  readonly notBefore: number | undefined;
  readonly expires: number | undefined;
}

/** The start of a token, by which programs that search for leaked secrets know it. */
const PREFIX = "signer_";

/** 32: the bytes of a token that are random. */
const RANDOM_BYTES = 32;

/** 512 characters: a longer text is no token, and not worth hashing. */
const MAX_TOKEN_LENGTH = 512;

/** Makes a token of 256 random bits. */
export function createToken(): string {
  return PREFIX + nodeCrypto().randomBytes(RANDOM_BYTES).toString("base64url");
}

export function hashToken(token: string): Uint8Array {
  return new Uint8Array(nodeCrypto().createHash("sha256").update(token).digest());
}

/** Reports whether a text may be a token: printable ASCII without spaces (RFC 6750 section 2.1 allows less). */
function isTokenText(text: string): boolean {
  return text.length <= MAX_TOKEN_LENGTH && /^[\x21-\x7e]+$/.test(text);
}

/** The result of a look at a token. */
export type TokenVerdict =
  | { readonly kind: "accepted"; readonly entry: TokenEntry }
  | { readonly kind: "refused"; readonly reason: string };

/** The tokens of a server. */
export class TokenSet {
  readonly #entries: readonly TokenEntry[];

  constructor(entries: readonly TokenEntry[]) {
    this.#entries = entries;
    // Loaded here, because it takes milliseconds, which the first call would wait for.
    nodeCrypto();
  }

  /**
   * Looks a token up. The time depends on the number of tokens and on the length of `token` alone: its hash is compared
   * with every entry's, each in constant time.
   */
  find(token: string, now: number): TokenVerdict {
    if (!isTokenText(token)) return { kind: "refused", reason: "not a token" };
    const hash = hashToken(token);
    let found: TokenEntry | undefined;
    for (const entry of this.#entries) {
      if (isEqual(entry.hash, hash)) found = entry;
    }
    if (found === undefined) return { kind: "refused", reason: "unknown token" };
    const reason = refusalOf(found, now);
    if (reason !== undefined) return { kind: "refused", reason };
    return { kind: "accepted", entry: found };
  }
}

/**
 * Compares two hashes in a time that does not depend on them: every byte is looked at. node:crypto's timingSafeEqual()
 * takes 1 µs on Deno, which would be a millisecond for a file of a thousand tokens.
 */
function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < b.length; i++) difference |= a[i]! ^ b[i]!;
  return difference === 0;
}

/** The reason to refuse a known token at a time; undefined when it is accepted. */
export function refusalOf(
  { name, notBefore, expires }: TokenEntry,
  now: number,
): string | undefined {
  if (notBefore !== undefined && now < notBefore) return `token ${name} is not valid yet`;
  if (expires !== undefined && now >= expires) return `token ${name} has expired`;
}
