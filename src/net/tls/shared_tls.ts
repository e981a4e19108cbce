/** TLS settings as data that can be posted to another thread. @module */
import { openLibcrypto, TlsContext, type TlsContextOptions } from "../../ffi/mod.ts";

/** A certificate chain, and its private key in libcrypto's memory. */
export interface SharedIdentity {
  /** Certificates in PEM: the leaf first, then intermediates. */
  readonly certificates: Uint8Array;
  /** The token of a shared key of the provider `openssl`, which is adopted once. */
  readonly key: bigint;
}

/** The settings of a TLS context. They are opened once, because of the key. */
export interface SharedTls extends Omit<TlsContextOptions, "identity"> {
  readonly identity: SharedIdentity | undefined;
}

/**
 * Opens the context of shared settings, on the thread that uses it.
 *
 * @throws {LibsslError} for certificates and keys that cannot be used
 */
export function openTlsContext({ identity, ...options }: SharedTls): TlsContext {
  if (identity === undefined) return new TlsContext({ ...options, identity });
  // The context counts a reference of its own to the key.
  using key = openLibcrypto().adopt(identity.key);
  return new TlsContext({ ...options, identity: { certificates: identity.certificates, key } });
}
