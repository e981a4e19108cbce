/** The calls of a connection that wait until the client has read earlier responses. @module */
import { RpcError } from "../../mod.ts";

/** A call that waits for its connection to have less unsent output. */
export interface RoomWaiter {
  /** True when the call has ended or was cancelled. */
  readonly over: boolean;
  /** Reports that the connection is no longer full. */
  onRoom(): void;
  /** Ends the call in error. */
  fail(error: unknown): void;
}

/** The calls that wait until their connection is no longer full, in the order of their arrival. */
export class RoomQueue {
  readonly #calls = new Set<RoomWaiter>();

  add(call: RoomWaiter): void {
    this.#calls.add(call);
  }

  /** Resumes calls, until one of them fills the connection again. */
  resume(connection: { readonly full: boolean }): void {
    // After most reads and flushes none waits, and V8 allocates an iterator even then.
    if (this.#calls.size === 0) return;
    for (const call of this.#calls) {
      if (connection.full && !call.over) return;
      this.#calls.delete(call);
      if (!call.over) call.onRoom();
    }
  }

  /** Removes the calls that are over. Called about once a second. */
  sweep(): void {
    for (const call of this.#calls) if (call.over) this.#calls.delete(call);
  }

  /** Ends all calls in error. */
  fail(error: RpcError): void {
    const calls = [...this.#calls];
    this.#calls.clear();
    for (const call of calls) call.fail(error);
  }
}

/**
 * Creates the error of a call whose response the connection has no room for.
 *
 * @param limit the name of the limit that was exceeded
 */
export function notRead(limit: string, options?: ErrorOptions): RpcError {
  const text = "Too many responses wait for the client to read them";
  return new RpcError("RESOURCE_EXHAUSTED", text, { ...options, limit });
}
