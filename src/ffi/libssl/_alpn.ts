/** The choice of the protocol by ALPN (RFC 7301): `h2` and nothing else. @module */
import {
  OPENSSL_NPN_NEGOTIATED,
  SSL_TLSEXT_ERR_ALERT_FATAL,
  SSL_TLSEXT_ERR_OK,
} from "./constants.ts";
import type { SslLibrary } from "./symbols.ts";

/** The protocol that this program speaks over TLS (RFC 9113 section 3.2), as ALPN writes it. */
export const ALPN_H2 = Uint8Array.of(2, 0x68, 0x32);

let alpn: Deno.UnsafeCallback<typeof alpnDefinition> | undefined;

/** SSL_CTX_alpn_select_cb_func(3ossl): SSL, out, outlen, in, inlen, argument. */
const alpnDefinition = {
  parameters: ["pointer", "pointer", "pointer", "pointer", "u32", "pointer"],
  result: "i32",
} as const;

/**
 * Returns the ALPN callback of this thread, which chooses `h2`, and ends the handshake of a client that does not
 * offer it. It lives as long as the thread, since sessions may call it after their context was disposed of.
 */
export function alpnCallback({ ssl }: SslLibrary): Deno.UnsafeCallback<typeof alpnDefinition> {
  return alpn ??= new Deno.UnsafeCallback(
    alpnDefinition,
    (_ssl, out, outLength, offered, length) => {
      // The client's list comes first: the name that is chosen is a pointer into it, and not into memory of V8.
      const { length: own } = ALPN_H2;
      const found = ssl.SSL_select_next_proto(out, outLength, offered, length, ALPN_H2, own);
      return found === OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
    },
  );
}
