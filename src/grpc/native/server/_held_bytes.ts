/** The bytes of requests that calls keep, and the refusal of calls over their limits. @module */
import { OVERLOAD_RETRY_MS, overloaded, type RpcError } from "../../mod.ts";
import type { Account, Accounts } from "./_accounts.ts";

/**
 * Bytes that a call may hold even if its connection or its peer is over its share, so that health checks and other
 * small calls are always answered. The number of calls of a connection bounds the sum.
 */
const SMALL_CALL_BYTES = 1_024;

/** The bytes of a request that one call keeps, counted in the accounts of its connection. */
export class HeldBytes {
  readonly #accounts: Accounts;
  readonly #account: Account;
  #buffered = 0;
  /** Bytes of memory of the handler's current message, until it reads the next one or is done. */
  #handedOut = 0;

  constructor(accounts: Accounts, account: Account) {
    this.#accounts = accounts;
    this.#account = account;
  }

  /** Bytes of memory of request data that waits for its end, its turn or the handler. */
  get buffered(): number {
    return this.#buffered;
  }

  /** @throws {RpcError} RESOURCE_EXHAUSTED over a limit. The bytes are counted in that case too */
  setBuffered(bytes: number): void {
    const more = bytes - this.#buffered;
    this.#buffered = bytes;
    this.#count(more);
  }

  /** @throws {RpcError} RESOURCE_EXHAUSTED over a limit. The bytes are counted in that case too */
  setHandedOut(bytes: number): void {
    const more = bytes - this.#handedOut;
    this.#handedOut = bytes;
    this.#count(more);
  }

  #count(more: number): void {
    this.#account.add("heldBytes", more);
    if (more <= 0 || this.#buffered + this.#handedOut <= SMALL_CALL_BYTES) return;
    if (!this.#accounts.admits("heldBytes", this.#account)) throw heldTooMuch();
  }
}

/** A call whose end frees held bytes. */
interface Holder {
  readonly over: boolean;
  /** Memory that the end of the call would free, in bytes. */
  readonly freeableBytes: number;
  fail(error: RpcError): void;
}

/**
 * Refuses the calls of a connection with the largest requests, until a sixteenth of its held bytes is free. To search
 * all calls for a single one each time would cost too much.
 */
export function failLargestCalls(calls: readonly Holder[], account: Account): void {
  const open = calls.filter(({ over }) => !over);
  open.sort((a, b) => b.freeableBytes - a.freeableBytes);
  const enough = account.heldBytes * 15 / 16;
  for (const call of open) {
    if (account.heldBytes <= enough) return;
    call.fail(heldTooMuch());
  }
}

/** Creates the error of a call whose request exceeds the limits of held bytes. */
function heldTooMuch(): RpcError {
  return overloaded("Too many requests are held here", OVERLOAD_RETRY_MS, "maxHeldBytes");
}
