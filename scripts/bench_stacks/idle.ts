/** The first octets of a client: preface, SETTINGS, and the acknowledgment of the server's SETTINGS. */
const opening = Uint8Array.from([
  ...new TextEncoder().encode("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  ...[0, 0, 0, 4, 0, 0, 0, 0, 0],
  ...[0, 0, 0, 4, 1, 0, 0, 0, 0],
]);

/** Connections opened at once. */
const BATCH = 100;

/** Open, idle connections. */
export class IdleConnections implements Disposable {
  readonly #port: number;
  readonly #open: Deno.Conn[] = [];

  constructor(port: number) {
    this.#port = port;
  }

  /** Opens connections until there are `count`. */
  async grow(count: number): Promise<void> {
    while (this.#open.length < count) {
      const missing = Math.min(BATCH, count - this.#open.length);
      this.#open.push(...await Promise.all(Array.from({ length: missing }, () => this.#connect())));
    }
  }

  /** Returns the milliseconds to connect and receive the server's SETTINGS: the median of `count` times. */
  async connectTime(count: number): Promise<number> {
    const times: number[] = [];
    for (let i = 0; i < count; i++) {
      const begin = performance.now();
      (await this.#connect()).close();
      times.push(performance.now() - begin);
    }
    return times.sort((a, b) => a - b)[count >> 1];
  }

  [Symbol.dispose](): void {
    for (const conn of this.#open) conn.close();
  }

  async #connect(): Promise<Deno.Conn> {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port: this.#port });
    conn.setNoDelay();
    await conn.write(opening);
    if (await conn.read(new Uint8Array(256)) === null) throw new Error("The server hung up");
    return conn;
  }
}
