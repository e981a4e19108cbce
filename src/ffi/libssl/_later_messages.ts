/**
 * A limit on the handshake messages that a peer sends after the handshake (RFC 8446 section 4.6): KeyUpdate, and a
 * server's NewSessionTicket.
 *
 * SSL_read(3ossl) handles them itself, and returns only when it has data or the socket is empty. A KeyUpdate has 27 bytes
 * and takes some 10 µs: without a limit, a peer that sends nothing else holds the thread for as long as it likes.
 *
 * @module
 */
import { SSL_CB_EXIT } from "./constants.ts";
import type { SslLibrary } from "./symbols.ts";

/**
 * 32 messages in a minute. BoringSSL allows 32 in a row. Peers send one or two tickets, and change keys after millions of
 * records.
 */
export const MAX_LATER_MESSAGES = 32;
const PERIOD_MS = 60_000;

/** The messages of one peer. */
export class LaterMessages {
  #count = 0;
  #since = -Infinity;

  /** Counts a message. Returns false when it is one too many. */
  add(now: number): boolean {
    if (now - this.#since >= PERIOD_MS) {
      this.#since = now;
      this.#count = 0;
    }
    return ++this.#count <= MAX_LATER_MESSAGES;
  }
}

/** SSL_CTX_set_info_callback(3ossl): SSL, where, value. */
const definition = { parameters: ["pointer", "i32", "i32"], result: "void" } as const;

let callback: Deno.UnsafeCallback<typeof definition> | undefined;

/** The actions for each message of a connection, by the address of its SSL. */
const actions = new Map<bigint, () => void>();

/** Creates the callback of this thread, which lives as long as the thread. */
export function prepareLaterMessages(): Deno.UnsafeCallback<typeof definition> {
  return callback ??= new Deno.UnsafeCallback(definition, (connection, where) => {
    if ((where & SSL_CB_EXIT) !== 0) actions.get(addressOf(connection!))?.();
  });
}

/** Calls `action` for each message of a connection from now on, when its handshake is done. */
export function watchLaterMessages(
  { ssl }: SslLibrary,
  connection: Deno.PointerObject,
  action: () => void,
): void {
  actions.set(addressOf(connection), action);
  ssl.SSL_set_info_callback(connection, prepareLaterMessages().pointer);
}

/** Ends the calls, before the connection is freed. */
export function forgetLaterMessages(connection: Deno.PointerObject): void {
  actions.delete(addressOf(connection));
}

function addressOf(pointer: Deno.PointerObject): bigint {
  return BigInt(Deno.UnsafePointer.value(pointer));
}
