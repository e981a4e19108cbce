/** The choice of the protocol by ALPN (RFC 7301): `h2` and nothing else. @module */
import { SSL_TLSEXT_ERR_ALERT_FATAL, SSL_TLSEXT_ERR_OK } from "./constants.ts";

/** The protocol that this program speaks over TLS (RFC 9113 section 3.2), as ALPN writes it. */
export const ALPN_H2 = Uint8Array.of(2, 0x68, 0x32);

let alpn: Deno.UnsafeCallback<typeof alpnDefinition> | undefined;

/** SSL_CTX_alpn_select_cb_func(3ossl): SSL, out, outlen, in, inlen, argument. */
const alpnDefinition = {
  parameters: ["pointer", "pointer", "pointer", "pointer", "u32", "pointer"],
  result: "i32",
} as const;

/**
 * The ALPN callback of this thread, which chooses `h2` and ends the handshake of any other client. It
 * lives as long as the thread, since sessions may call it after their context was disposed of.
 */
export function alpnCallback(): Deno.UnsafeCallback<typeof alpnDefinition> {
  return alpn ??= new Deno.UnsafeCallback(
    alpnDefinition,
    (_ssl, out, outLength, offered, length) => {
      const list = new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(offered!, length));
      for (let at = 0; at < length; at += 1 + list[at]) {
        if (list[at] !== 2 || list[at + 1] !== ALPN_H2[1] || list[at + 2] !== ALPN_H2[2]) continue;
        // The protocol is chosen by a pointer to it, here within the client's own list.
        const chosen = Deno.UnsafePointer.value(offered) as unknown as bigint;
        new BigUint64Array(Deno.UnsafePointerView.getArrayBuffer(out!, 8))[0] = BigInt(chosen) +
          BigInt(at + 1);
        new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(outLength!, 1))[0] = 2;
        return SSL_TLSEXT_ERR_OK;
      }
      return SSL_TLSEXT_ERR_ALERT_FATAL;
    },
  );
}
