/**
 * Folders of the versions of a key.
 *
 * ```text
 * release/1.pub.pem      version 1 verifies only
 * release/2.pem          version 2, with its passphrase in 2.pass
 * release/3.pem
 * release/versions.txt   periods of use
 * ```
 *
 * @module
 */
import { extname, join } from "node:path";
import {
  CryptoError,
  disposeVersion,
  type KeyVersion,
  keyVersion,
  MAX_KEY_FILE_BYTES,
  type PrivateKey,
  type PublicKey,
  readPublicKey,
} from "../../../crypto/mod.ts";
import { keyFileExtensions } from "../../key_folder.ts";
import { readProtectedFile } from "../../protected_file.ts";
import { type KeyReading, readKeyFile } from "./read_key.ts";
import { readPeriods, VERSIONS_FILE } from "./version_periods.ts";

/** A file name of a version: its number, `.pub` for a public key, and an extension of key files. */
const VERSION_FILE = /^([1-9]\d{0,9})(\.pub)?\.[a-z]+$/;

/** The files of a version. */
interface VersionFiles {
  private?: string;
  public?: string;
}

/**
 * Reads the versions of a key in a folder: none from a folder without files of versions. A public key is read only
 * for a version without a private key.
 *
 * @throws {CryptoError} `BAD_KEY_VERSION` for a key file without a number, and a bad `versions.txt`; the errors
 * of key files
 */
export async function readVersions(reading: KeyReading, folder: string): Promise<KeyVersion[]> {
  const files = versionFilesIn(folder);
  const periods = await readPeriods(join(folder, VERSIONS_FILE), [...files.keys()], reading);
  const versions: KeyVersion[] = [];
  try {
    for (const [number, found] of files) {
      const key = await readVersion(reading, folder, number, found);
      versions.push(keyVersion(number, key, periods.get(number)));
    }
    return versions;
  } catch (error) {
    versions.forEach(disposeVersion);
    throw error;
  }
}

function readVersion(
  reading: KeyReading,
  folder: string,
  number: number,
  files: VersionFiles,
): Promise<PrivateKey | PublicKey> {
  if (files.private === undefined) return readPublicKeyFile(reading, join(folder, files.public!));
  return readKeyFile(reading, join(folder, files.private), join(folder, `${number}.pass`));
}

/** Reads a public key file, which no other user may be able to change: signatures by a key put there would verify. */
async function readPublicKeyFile(
  { provider, allowInsecureKeyFiles: allowInsecure }: KeyReading,
  path: string,
): Promise<PublicKey> {
  const name = `Public key file ${path}`;
  const protection = {
    privacy: "unchanged",
    maxBytes: MAX_KEY_FILE_BYTES,
    allowInsecure,
  } as const;
  const bytes = await readProtectedFile(path, name, protection);
  try {
    return readPublicKey(provider, bytes);
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error;
    throw new CryptoError(error.code, `${name}: ${error.message}`, { cause: error });
  }
}

/**
 * Lists the files of the versions in a folder, by the numbers of the versions. A folder without any does not belong to a
 * key: it may hold certificates.
 */
function versionFilesIn(folder: string): Map<number, VersionFiles> {
  const versions = new Map<number, VersionFiles>();
  const others: string[] = [];
  for (const { name } of Deno.readDirSync(folder)) {
    if (name.startsWith(".") || !keyFileExtensions.has(extname(name))) continue;
    const [, number, isPublic] = VERSION_FILE.exec(name) ?? [];
    if (number === undefined) {
      others.push(name);
      continue;
    }
    const files = versions.get(Number(number)) ?? {};
    const half = isPublic ? "public" : "private";
    if (files[half] !== undefined) {
      throw badVersion(`${folder} has two files of version ${number}: ${files[half]} and ${name}`);
    }
    files[half] = name;
    versions.set(Number(number), files);
  }
  if (versions.size > 0 && others.length > 0) {
    const path = join(folder, others[0]!);
    throw badVersion(`${path} is no version: name it 1.pem, or 1.pub.pem`);
  }
  return versions;
}

function badVersion(message: string): CryptoError {
  return new CryptoError("BAD_KEY_VERSION", message);
}
