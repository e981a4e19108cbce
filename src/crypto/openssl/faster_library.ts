/** The comparison of the libcrypto in use with newer ones on this machine, by signatures of each. @module */
import process from "node:process";
import { newerLibraries, openOtherLibcrypto } from "../../ffi/mod.ts";
import { findKeyType, type KeyType } from "../algorithms/mod.ts";
import type { PrivateKey } from "../provider.ts";
import { openOpenssl } from "./provider.ts";

/** Signatures by each library and key type. The fastest counts. */
const SIGNATURES = 4;

/** Milliseconds after which no further key type is measured: ten with RSA-4096 by OpenSSL 3.0. */
const BUDGET_MS = 100;

/** The speed-up from which on a newer library is worth an advice. */
const WORTHWHILE = 1.25;

/** A libcrypto that is faster than the one in use. */
export interface FasterLibrary {
  readonly path: string;
  readonly version: string;
  /** Its speed of signing divided by that of the library in use, for key types with a worthwhile gain. */
  readonly speedups: ReadonlyMap<KeyType, number>;
}

/**
 * Looks for a newer libcrypto on this machine that signs faster. Without a newer one it costs a search for files;
 * otherwise copies of the keys are made in it, and both sign a few times.
 *
 * @param keysOf returns keys of the provider openssl, of which each type is measured once
 * @returns the first that is worthwhile; undefined without one
 */
export async function findFasterLibrary(
  keysOf: () => readonly PrivateKey[] | Promise<readonly PrivateKey[]>,
): Promise<FasterLibrary | undefined> {
  const libraries = newerLibraries();
  if (libraries.length === 0) return undefined;
  const keys = await keysOf();
  for (const { path, version } of libraries) {
    try {
      const other = openOpenssl(() => openOtherLibcrypto({ path, version }));
      const found = speedups(keys, (key) => other.importPrivateKey(key.exportPkcs8()));
      if (found.size > 0) return { path, version, speedups: found };
    } catch {
      // A library that cannot be used is no advice.
    }
  }
  return undefined;
}

/**
 * Measures for each type of `keys` how many times as fast the copy of a key in another library signs.
 *
 * @param copyOf copies a key to the other library
 * @param now the clock, in milliseconds: CPU time by default, as other programs may take the processor
 * @returns the worthwhile ones
 */
export function speedups(
  keys: readonly PrivateKey[],
  copyOf: (key: PrivateKey) => PrivateKey,
  now: () => number = cpuMs,
): ReadonlyMap<KeyType, number> {
  const found = new Map<KeyType, number>();
  const until = now() + BUDGET_MS;
  const seen = new Set<KeyType>();
  for (const key of keys) {
    if (seen.has(key.type) || now() >= until) continue;
    seen.add(key.type);
    using copy = copyOf(key);
    const [own, other] = fastest([key, copy], now);
    if (own >= WORTHWHILE * other) found.set(key.type, own / other);
  }
  return found;
}

/** Returns the milliseconds of the fastest signature by each key. The keys take turns. */
function fastest(keys: readonly PrivateKey[], now: () => number): number[] {
  const best = keys.map(() => Infinity);
  const message = new Uint8Array(32);
  for (let i = 0; i < SIGNATURES; i++) {
    keys.forEach((key, at) => {
      const began = now();
      key.sign(findKeyType(key.type)!.defaultAlgorithm, { message });
      best[at] = Math.min(best[at], now() - began);
    });
  }
  return best;
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
