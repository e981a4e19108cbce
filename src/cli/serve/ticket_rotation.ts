/** The rotation of the keys of TLS session tickets. @module */

/**
 * 12 hours: the sessions of tickets can be resumed by anyone with their key, so keys are short-lived (RFC 5077 section
 * 5.5). A client whose ticket is refused makes a full handshake.
 */
const ROTATION_MS = 12 * 3_600_000;

/** Calls a function each time that the keys of session tickets are due to be replaced. */
export class TicketRotation implements Disposable {
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(renew: () => void, everyMs = ROTATION_MS) {
    this.#timer = setInterval(renew, everyMs);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
