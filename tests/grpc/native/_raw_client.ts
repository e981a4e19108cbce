/** A client that sends any frames. @module */
import {
  configure,
  type ConnectionHandler,
  createClientConnection,
  type Goaway,
  type HeaderField,
  type HeaderList,
  type Http2ClientConnection,
  type Http2Stream,
  type Limits,
  prepareHeaders,
} from "../../../src/http2/mod.ts";

/** The complete response to a request. */
export interface RawResponse {
  /** The HTTP status. */
  status: number;
  headers: Record<string, string>;
  data: Uint8Array;
  /** The trailers; empty when the headers ended the stream. */
  trailers: Record<string, string>;
  /** The code of RST_STREAM, if the stream was reset before its end. */
  reset: number | undefined;
}

interface Exchange extends RawResponse {
  readonly chunks: Uint8Array[];
  ended: boolean;
  readonly done: PromiseWithResolvers<RawResponse>;
}

/** Returns the header fields of a valid request. */
export function requestFields(path: string, extra: readonly string[] = []): string[] {
  return [
    ...[":method", "POST", ":scheme", "http", ":path", path, ":authority", "localhost"],
    ...["te", "trailers", "content-type", "application/grpc", ...extra],
  ];
}

/** A client that sends any frames, also invalid ones. */
export class RawClient implements AsyncDisposable, ConnectionHandler<Exchange> {
  /** The received GOAWAY. */
  readonly goaway: Promise<Goaway>;
  /** Resolves when the server has closed the connection. */
  readonly closed: Promise<void>;
  readonly #goaway = Promise.withResolvers<Goaway>();
  readonly #http2: Http2ClientConnection<Exchange>;
  readonly #conn: Deno.Conn;
  #writing = Promise.resolve();

  private constructor(conn: Deno.Conn, limits?: Partial<Limits>) {
    this.#conn = conn;
    this.#http2 = createClientConnection(configure({ limits }), this, performance.now());
    this.goaway = this.#goaway.promise;
    this.closed = this.#read();
    this.#flush();
  }

  static async connect(
    address: { host: string; port: number },
    limits?: Partial<Limits>,
  ): Promise<RawClient> {
    const conn = await Deno.connect({ hostname: address.host, port: address.port });
    return new RawClient(conn, limits);
  }

  /** Sends a request with fields and pieces of DATA, and waits for its end. */
  request(
    fields: readonly string[],
    pieces: readonly Uint8Array[],
    endStream = true,
  ): Promise<RawResponse> {
    return this.open(fields, pieces, endStream).response;
  }

  /** Starts a request, of which more may follow. */
  open(fields: readonly string[], pieces: readonly Uint8Array[], endStream: boolean): {
    readonly stream: Http2Stream<Exchange>;
    readonly response: Promise<RawResponse>;
    flush(): void;
  } {
    const done = Promise.withResolvers<RawResponse>();
    const exchange: Exchange = {
      status: 0,
      headers: {},
      data: new Uint8Array(0),
      trailers: {},
      reset: undefined,
      chunks: [],
      ended: false,
      done,
    };
    const alone = endStream && pieces.length === 0;
    const stream = this.#http2.openStream(prepareHeaders(fields), [], alone, exchange)!;
    pieces.forEach((piece, i) => stream.sendData(piece, endStream && i === pieces.length - 1));
    this.#flush();
    return { stream, response: done.promise, flush: () => this.#flush() };
  }

  /** Sends a PING; resolves when it is answered. */
  ping(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#http2.ping(() => resolve());
    this.#flush();
    return promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#conn.close();
    } catch {
      // The server has already closed.
    }
    await this.closed;
    await this.#writing;
  }

  onHeaders({ user }: Http2Stream<Exchange>, list: HeaderList, endStream: boolean): void {
    user!.status = list.status;
    user!.headers = record(list.fields);
    user!.ended ||= endStream;
  }

  onData(
    stream: Http2Stream<Exchange>,
    bytes: Uint8Array,
    start: number,
    end: number,
    endStream: boolean,
  ): void {
    const { user } = stream;
    user!.chunks.push(bytes.slice(start, end));
    user!.ended ||= endStream;
    stream.consume(end - start);
  }

  onTrailers({ user }: Http2Stream<Exchange>, list: HeaderList): void {
    user!.trailers = record(list.fields);
    user!.ended = true;
  }

  onReset({ user }: Http2Stream<Exchange>, errorCode: number): void {
    if (!user!.ended) user!.reset = errorCode;
  }

  onStreamClosed({ user }: Http2Stream<Exchange>): void {
    const { done, ended: _, chunks, ...response } = user!;
    done.resolve({ ...response, data: Uint8Array.from(Buffer.concat(chunks)) });
  }

  onGoaway(_connection: unknown, goaway: Goaway): void {
    this.#goaway.resolve(goaway);
  }

  onWritable(): void {}
  onSettings(): void {}
  onPing(): void {}

  /** Closes the socket after the end, as well-behaved clients do. */
  onEnd(): void {
    this.#flush();
    this.#writing.then(() => this.#conn.close()).catch(() => {});
  }

  async #read(): Promise<void> {
    const buffer = new Uint8Array(65_536);
    try {
      for (;;) {
        const size = await this.#conn.read(buffer);
        if (size === null) break;
        this.#http2.receive(buffer, performance.now(), 0, size);
        this.#flush();
      }
      this.#conn.close();
    } catch {
      // The connection is gone; open requests are ended below.
    }
    this.#http2.disconnect();
  }

  #flush(): void {
    const bytes = this.#http2.output.view().slice();
    if (bytes.length === 0) return;
    this.#http2.sent(bytes.length, performance.now());
    this.#writing = this.#writing.then(async () => {
      for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
    }).catch(() => {});
  }
}

function record(fields: readonly HeaderField[]): Record<string, string> {
  return Object.fromEntries(fields.map(({ name, value }) => [name, value]));
}
