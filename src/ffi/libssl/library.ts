/** The loading of libssl 3, and of the libcrypto that it is linked to. @module */
import { openLibrary } from "../_open_library.ts";
import { carriedLibrary, LIBCRYPTO_VARIABLE, libcryptoPath } from "../libcrypto/mod.ts";
import { LibsslError } from "./errors.ts";
import { certificateTable, type SslLibrary, sslTable } from "./symbols.ts";

let loaded: SslLibrary | undefined;

/**
 * Loads libssl on the first call on a thread: that of `libcryptoPath()`, in its folder where it has one, as both
 * must be of one build. Neither is ever unloaded.
 *
 * @throws {LibsslError} `LIBSSL_MISSING`
 */
export function loadLibssl(): SslLibrary {
  return loaded ??= load();
}

/**
 * Loads libssl, and returns its name or path.
 *
 * @throws {LibsslError} `LIBSSL_MISSING`
 */
export function loadedLibsslPath(): string {
  loadLibssl();
  return libsslPath(libcryptoPath());
}

/** The name or path of the libssl beside a libcrypto. */
function libsslPath(crypto: string): string {
  return crypto === carriedLibrary("libcrypto.so.3")
    ? carriedLibrary("libssl.so.3")!
    : crypto.replace(/libcrypto(?=[^/]*$)/, "libssl");
}

function load(): SslLibrary {
  const crypto = libcryptoPath();
  const ssl = libsslPath(crypto);
  try {
    // libcrypto comes first, so that libssl finds the one that is loaded already.
    const certificates = openLibrary(crypto, certificateTable);
    return { crypto: certificates, ssl: openLibrary(ssl, sslTable) };
  } catch (cause) {
    throw new LibsslError(
      "LIBSSL_MISSING",
      `TLS needs OpenSSL 3, and ${ssl} could not be loaded: install it (for example the package ` +
        `libssl3), or name its libcrypto in ${LIBCRYPTO_VARIABLE}`,
      { cause },
    );
  }
}
