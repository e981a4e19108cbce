/** The comparison of the library in use with others on this machine, by signatures of each. @module */
import {
  AWS_LC_VARIABLE,
  builtAwsLc,
  LIBCRYPTO_VARIABLE,
  newerLibraries,
  openAwsLc,
  openOtherLibcrypto,
} from "../../ffi/mod.ts";
import { nodeProcess } from "../../node/mod.ts";
import { findKeyType, type KeyType } from "../algorithms/mod.ts";
import type { CryptoProvider, PrivateKey } from "../provider.ts";
import { hasAwsLc } from "./aws_lc.ts";
import { openOpenssl } from "./provider.ts";

/** Signatures by each library and key type. The fastest counts. */
const SIGNATURES = 4;

/** Milliseconds after which no further key type is measured: ten with RSA-4096 by OpenSSL 3.0. */
const BUDGET_MS = 100;

/** The speed-up from which on another library is worth an advice. */
const WORTHWHILE = 1.25;

/** A library that is faster than the one in use. */
export interface FasterLibrary {
  readonly path: string;
  /** The environment variable that names the library to use. */
  readonly variable: string;
  readonly version: string;
  /** Its speed of signing divided by that of the library in use, for key types with a worthwhile gain. */
  readonly speedups: ReadonlyMap<KeyType, number>;
}

/** A library to compare with. */
interface Candidate {
  readonly path: string;
  readonly variable: string;
  /** Loads the library, and returns its version and a provider over it. */
  load(): { readonly version: string; readonly provider: CryptoProvider };
}

/**
 * Looks for libraries on this machine that sign faster: newer versions of libcrypto, and AWS-LC where it is built and not
 * in use. Without one it costs a search for files; otherwise copies of the keys are made in it, and both sign a few times.
 *
 * @param keysOf returns keys of the provider in use, of which each type is measured once
 * @returns the libraries that are worth a change
 */
export async function findFasterLibraries(
  keysOf: () => readonly PrivateKey[] | Promise<readonly PrivateKey[]>,
): Promise<readonly FasterLibrary[]> {
  const candidates = [...newerLibcryptos(), ...unusedAwsLc()];
  if (candidates.length === 0) return [];
  const keys = await keysOf();
  return candidates.flatMap(({ path, variable, load }) => {
    try {
      const { version, provider } = load();
      const found = speedups(keys, (key) => provider.importPrivateKey(key.exportPkcs8()));
      return found.size > 0 ? [{ path, variable, version, speedups: found }] : [];
    } catch {
      // A library that cannot be used is no advice.
      return [];
    }
  });
}

function newerLibcryptos(): Candidate[] {
  return newerLibraries().map(({ path, version }) => ({
    path,
    variable: LIBCRYPTO_VARIABLE,
    load: () => ({
      version,
      provider: openOpenssl({ open: () => openOtherLibcrypto({ path, version }) }),
    }),
  }));
}

function unusedAwsLc(): Candidate[] {
  const path = hasAwsLc() ? undefined : builtAwsLc();
  if (path === undefined) return [];
  const variable = AWS_LC_VARIABLE;
  const load = () => {
    const library = openAwsLc(path);
    return { version: library.version, provider: openOpenssl({ openAwsLc: () => library }) };
  };
  return [{ path, variable, load }];
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
  const { user, system } = nodeProcess().cpuUsage();
  return (user + system) / 1_000;
}
