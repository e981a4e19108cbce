import { RpcError } from "../../mod.ts";
import type { Account, Accounts } from "./_accounts.ts";

/**
 * Bytes that a call may hold although its connection or its peer has used up its share: so health checks and
 * other small calls are answered in any case. The number of calls of a connection bounds the sum.
 */
const SMALL_CALL_BYTES = 1_024;

/** The bytes of a request that one call keeps, counted in the accounts of its connection. */
export class HeldBytes {
  readonly #accounts: Accounts;
  readonly #account: Account;
  #buffered = 0;
  #handedOut = 0;

  constructor(accounts: Accounts, account: Account) {
    this.#accounts = accounts;
    this.#account = account;
  }

  /** Bytes of memory that wait for the end of the request, for their turn or for the handler. */
  get buffered(): number {
    return this.#buffered;
  }

  /** Bytes of memory of the message that the handler has, which stay until it asks for the next or is done. */
  get handedOut(): number {
    return this.#handedOut;
  }

  /** @throws {RpcError} RESOURCE_EXHAUSTED over a limit; the bytes are counted all the same */
  setBuffered(bytes: number): void {
    const more = bytes - this.#buffered;
    this.#buffered = bytes;
    this.#count(more);
  }

  /** @throws {RpcError} RESOURCE_EXHAUSTED over a limit; the bytes are counted all the same */
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

/** The error of a call for whose request there is no room. */
export function heldTooMuch(): RpcError {
  return new RpcError("RESOURCE_EXHAUSTED", "Too many requests are held here: try again later");
}
