/** A line typed at a terminal without echo. @module */

/** Longest passphrase, in bytes: OpenSSL's limit for PEM files (`PEM_BUFSIZE`, openssl/pem.h). */
export const MAX_PASSPHRASE_BYTES = 1024;

/** The state of a `HiddenLine` after some bytes. */
export type LineState = "more" | "done" | "interrupted" | "ended" | "too-long";

const CTRL_C = 0x03;
const CTRL_D = 0x04;
const BACKSPACE = 0x08;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const CTRL_U = 0x15;
const DELETE = 0x7f;

/**
 * A line typed without echo, from the bytes of a terminal in raw mode: Enter ends it, Backspace removes a
 * character, Ctrl-U all of them, Ctrl-C interrupts, and Ctrl-D ends it like the end of a file. The line is
 * kept in one buffer, which `Symbol.dispose` zeroes; it is never converted to a string.
 */
export class HiddenLine implements Disposable {
  readonly #buffer = new Uint8Array(MAX_PASSPHRASE_BYTES);
  #length = 0;

  /**
   * Reads bytes up to the end of the line, and returns their number. Bytes behind them were typed ahead for
   * the next line.
   */
  feed(bytes: Uint8Array): { state: LineState; taken: number } {
    for (const [at, byte] of bytes.entries()) {
      const state = this.#accept(byte);
      if (state !== "more") return { state, taken: at + 1 };
    }
    return { state: "more", taken: bytes.length };
  }

  /** Copies the line so far, without its end. */
  bytes(): Uint8Array<ArrayBuffer> {
    return this.#buffer.slice(0, this.#length);
  }

  [Symbol.dispose](): void {
    this.#buffer.fill(0);
    this.#length = 0;
  }

  #accept(byte: number): LineState {
    switch (byte) {
      case CARRIAGE_RETURN:
      case LINE_FEED:
        return "done";
      case CTRL_C:
        return "interrupted";
      case CTRL_D:
        return this.#length === 0 ? "ended" : "done";
      case CTRL_U:
        this.#length = 0;
        return "more";
      case BACKSPACE:
      case DELETE:
        this.#removeCharacter();
        return "more";
      default:
        if (this.#length === MAX_PASSPHRASE_BYTES) return "too-long";
        this.#buffer[this.#length++] = byte;
        return "more";
    }
  }

  /** Removes one character: in UTF-8 the bytes 10xxxxxx continue the byte before them. */
  #removeCharacter(): void {
    while (this.#length > 0 && (this.#buffer[--this.#length]! & 0xc0) === 0x80);
  }
}
