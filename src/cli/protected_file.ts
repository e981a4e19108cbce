/** Files that only their owner may change, or read. @module */
import { CryptoError, readPrivateFile } from "../crypto/mod.ts";

/** The protection that a file needs, and its largest size. */
export interface Protection {
  /** `private`: nobody else may read it. `unchanged`: nobody else may change it. */
  readonly privacy: "private" | "unchanged";
  readonly maxBytes: number;
  /** Reads a file without the protection too. */
  readonly allowInsecure: boolean | undefined;
}

/**
 * Reads a protected file.
 *
 * @param name of the file, with which messages begin
 * @throws {CryptoError} `KEY_FILE` for a file that cannot be read, is too large, or is not protected
 */
export async function readProtectedFile(
  path: string,
  name: string,
  { privacy, maxBytes, allowInsecure = false }: Protection,
): Promise<Uint8Array> {
  const room = new Uint8Array(maxBytes + 1);
  const { bytes, exposure } = await readPrivateFile(path, room, name, privacy);
  if (exposure !== undefined && !allowInsecure) {
    throw new CryptoError("KEY_FILE", `${name}: ${exposure}`);
  }
  if (bytes.length > maxBytes) {
    throw new CryptoError("KEY_FILE", `${name} has more than ${maxBytes} bytes`);
  }
  return bytes;
}
