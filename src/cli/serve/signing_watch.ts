/** A watch on the ability of the keys to sign, which changes with the time: their versions have dates. @module */

/** 1 s between looks, each of some microseconds. */
const INTERVAL_MS = 1_000;

/** Calls `onChange` each time that the result of `canSign` changes, until its disposal. */
export class SigningWatch implements Disposable {
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(canSign: () => boolean, onChange: () => void) {
    let before = canSign();
    this.#timer = setInterval(() => {
      const now = canSign();
      if (now !== before) onChange();
      before = now;
    }, INTERVAL_MS);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
