/** TLS settings as data that can be posted to another thread. @module */
import {
  openLibcrypto,
  TlsContext,
  type TlsContextOptions,
  type TlsIdentity,
} from "../../ffi/mod.ts";

/** A certificate chain, and its private key in libcrypto's memory. */
export interface SharedIdentity {
  /** Certificates in PEM: the leaf first, then intermediates. */
  readonly certificates: Uint8Array;
  /** The token of a shared key of the provider `openssl`, which is adopted once. */
  readonly key: bigint;
}

/** The settings of a TLS context. They are opened once, because of the keys. */
export interface SharedTls extends Omit<TlsContextOptions, "identity" | "alternatives"> {
  readonly identity: SharedIdentity | undefined;
  readonly alternatives?: readonly SharedIdentity[];
}

/**
 * Opens the context of shared settings, on the thread that uses it.
 *
 * @throws {LibsslError} for certificates and keys that cannot be used
 */
export function openTlsContext(settings: SharedTls): TlsContext {
  const { identity, alternatives = [], ...options } = settings;
  // The context counts references of its own to the keys.
  using keys = new DisposableStack();
  const adopt = ({ certificates, key }: SharedIdentity): TlsIdentity => ({
    certificates,
    key: keys.use(openLibcrypto().adopt(key)),
  });
  return new TlsContext({
    ...options,
    identity: identity && adopt(identity),
    alternatives: alternatives.map(adopt),
  });
}
