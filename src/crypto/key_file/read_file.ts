/**
 * Private key files: read, identified, checked for their permissions, and imported.
 *
 * @module
 */
import { CryptoError } from "../errors.ts";
import type { CryptoProvider, PrivateKey } from "../provider.ts";
import { readPrivateFile } from "./private_file.ts";
import { readPrivateKey, type ReadPrivateKeyOptions } from "./read.ts";

/** Options of reading a private key file. */
export interface ReadPrivateKeyFileOptions extends Omit<ReadPrivateKeyOptions, "beforeImport"> {
  /** Reads also a file that others can access, or that another user owns. */
  readonly allowInsecure?: boolean;
}

/** The largest key file that is read. An RSA-4096 key in PEM has 3.3 KB; the rest is for certificates. */
export const MAX_KEY_FILE_BYTES = 64 * 1024;

/**
 * Reads a private key file, as {@linkcode readPrivateKey} does. The file is identified before its
 * permissions are looked at: a certificate is refused as a certificate, whatever its mode.
 *
 * @throws {CryptoError} `KEY_FILE` for a file that is not regular, cannot be read, is empty or too large,
 * or that others can access; `NOT_PRIVATE_KEY`, `BAD_KEY`, `KEY_REFUSED`, `BAD_PASSPHRASE`. The message
 * names the file
 */
export async function readPrivateKeyFile(
  provider: CryptoProvider,
  path: string,
  { allowInsecure = false, ...options }: ReadPrivateKeyFileOptions = {},
): Promise<PrivateKey> {
  const name = `Key file ${path}`;
  const room = new Uint8Array(MAX_KEY_FILE_BYTES + 1);
  try {
    const { bytes, exposure } = await readPrivateFile(path, room, name);
    if (bytes.length > MAX_KEY_FILE_BYTES) {
      const remedy = "name a file with one private key";
      const message = `${name} has more than ${MAX_KEY_FILE_BYTES} bytes: ${remedy}`;
      throw new CryptoError("KEY_FILE", message);
    }
    const beforeImport = () => {
      if (exposure !== undefined && !allowInsecure) throw new CryptoError("KEY_FILE", exposure);
    };
    return await readPrivateKey(provider, bytes, name, { ...options, beforeImport });
  } finally {
    room.fill(0);
  }
}
