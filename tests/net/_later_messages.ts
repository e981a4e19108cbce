/**
 * A TLS client that sends KeyUpdate messages (RFC 8446 section 4.6.3), which the clients of `src/net` never do.
 *
 * @module
 */
import assert from "node:assert/strict";
import { loadedLibsslPath } from "../../src/ffi/libssl/library.ts";

const { symbols: ssl } = Deno.dlopen(loadedLibsslPath(), {
  TLS_client_method: { parameters: [], result: "pointer" },
  SSL_CTX_new: { parameters: ["pointer"], result: "pointer" },
  SSL_CTX_free: { parameters: ["pointer"], result: "void" },
  SSL_CTX_set_alpn_protos: { parameters: ["pointer", "buffer", "u32"], result: "i32" },
  SSL_new: { parameters: ["pointer"], result: "pointer" },
  SSL_free: { parameters: ["pointer"], result: "void" },
  SSL_set_fd: { parameters: ["pointer", "i32"], result: "i32" },
  SSL_set_connect_state: { parameters: ["pointer"], result: "void" },
  SSL_do_handshake: { parameters: ["pointer"], result: "i32" },
  SSL_key_update: { parameters: ["pointer", "i32"], result: "i32" },
  SSL_write: { parameters: ["pointer", "buffer", "i32"], result: "i32" },
});

/** SSL_KEY_UPDATE_NOT_REQUESTED of openssl/ssl.h: the other end keeps its keys. */
const NOT_REQUESTED = 0;

export class KeyUpdater implements Disposable {
  readonly #context = ssl.SSL_CTX_new(ssl.TLS_client_method());
  readonly #ssl: Deno.PointerValue;

  /** @param fd of a connected socket, which stays the caller's */
  constructor(fd: number) {
    ssl.SSL_CTX_set_alpn_protos(this.#context, Uint8Array.of(2, 0x68, 0x32), 3);
    this.#ssl = ssl.SSL_new(this.#context);
    ssl.SSL_set_fd(this.#ssl, fd);
    ssl.SSL_set_connect_state(this.#ssl);
  }

  /** Goes on with the handshake. Returns true when it is done. */
  handshake(): boolean {
    return ssl.SSL_do_handshake(this.#ssl) === 1;
  }

  /** Sends so many messages, each in a record of 27 bytes. */
  updateKeys(count: number): void {
    for (let sent = 0; sent < count; sent++) {
      assert.equal(ssl.SSL_key_update(this.#ssl, NOT_REQUESTED), 1);
      assert.equal(ssl.SSL_do_handshake(this.#ssl), 1);
    }
  }

  write(text: string): void {
    const bytes = new TextEncoder().encode(text);
    assert.equal(ssl.SSL_write(this.#ssl, bytes, bytes.length), bytes.length);
  }

  [Symbol.dispose](): void {
    ssl.SSL_free(this.#ssl);
    ssl.SSL_CTX_free(this.#context);
  }
}
