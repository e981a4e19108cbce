/** A client on a Unix socket that makes no call. @module */

/** Far longer than a server takes to close a connection. */
const PATIENCE_MS = 30_000;

export class SilentConnection implements Disposable {
  /** Resolves when the server has sent something, its SETTINGS; rejects when it closes the connection before. */
  readonly greeted: Promise<void>;
  /** Resolves when the server has closed the connection. */
  readonly ended: Promise<void>;
  /** True until then. */
  isOpen = true;
  readonly #conn: Deno.UnixConn;

  private constructor(conn: Deno.UnixConn) {
    this.#conn = conn;
    const greeted = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    // Either may be of no interest to a test.
    for (const { promise } of [greeted, ended]) promise.catch(() => {});
    const timer = setTimeout(() => ended.reject(new Error("It was not closed")), PATIENCE_MS);
    this.greeted = greeted.promise;
    this.ended = ended.promise;
    this.#read(greeted.resolve).then(() => {
      this.isOpen = false;
      clearTimeout(timer);
      greeted.reject(new Error("It was closed at once"));
      ended.resolve();
    });
  }

  static async open(path: string): Promise<SilentConnection> {
    return new SilentConnection(await Deno.connect({ transport: "unix", path }));
  }

  async #read(onBytes: () => void): Promise<void> {
    const buffer = new Uint8Array(1_024);
    try {
      while (await this.#conn.read(buffer) !== null) onBytes();
    } catch {
      // It was reset, or closed on this side.
    }
  }

  [Symbol.dispose](): void {
    try {
      this.#conn.close();
    } catch {
      // It is closed.
    }
  }
}
