/** A server over TCP, for clients of other projects. @module */
import {
  configure,
  type ConnectionHandler,
  createServerConnection,
  type HeaderList,
  type Http2Config,
  type Http2Connection,
  type Http2Stream,
  prepareHeaders,
} from "../../src/http2/mod.ts";

/** A server over TCP that answers every request with its content, for clients of other projects. */
export interface EchoServer {
  readonly port: number;
  /** Stops listening, closes all connections and waits for them. */
  close(): Promise<void>;
}

const RESPONSE = prepareHeaders([":status", "200", "content-type", "application/octet-stream"]);
const TRAILERS = prepareHeaders(["x-echo", "done"]);

/** The response to a request without content. */
const DEFAULT_BODY = new TextEncoder().encode("nothing was sent");

/** The content of a request that has arrived so far. */
interface Request {
  chunks: Uint8Array[];
}

/** Answers when a request is complete. */
class EchoHandler implements ConnectionHandler<Request> {
  onHeaders(stream: Http2Stream<Request>, _headers: HeaderList, endStream: boolean): void {
    stream.user = { chunks: [] };
    if (endStream) this.#answer(stream);
  }

  onData(
    stream: Http2Stream<Request>,
    bytes: Uint8Array,
    start: number,
    end: number,
    endStream: boolean,
  ): void {
    stream.user!.chunks.push(bytes.slice(start, end));
    stream.consume(end - start);
    if (endStream) this.#answer(stream);
  }

  onTrailers(stream: Http2Stream<Request>): void {
    this.#answer(stream);
  }

  onReset(): void {}
  onStreamClosed(): void {}
  onWritable(): void {}
  onSettings(): void {}
  onPing(): void {}
  onGoaway(): void {}
  onEnd(): void {}

  #answer(stream: Http2Stream<Request>): void {
    stream.sendHeaders(RESPONSE);
    const { chunks } = stream.user!;
    for (const chunk of chunks.length > 0 ? chunks : [DEFAULT_BODY]) stream.sendData(chunk);
    stream.sendHeaders(TRAILERS, [], true);
  }
}

/** Starts an echo server on a free port of the loopback. */
export function startEchoServer(config: Http2Config = configure(), port = 0): EchoServer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port, transport: "tcp" });
  const open = new Set<Deno.Conn>();
  const served: Promise<void>[] = [];
  const accepting = (async () => {
    for await (const conn of listener) {
      open.add(conn);
      served.push(serve(conn, config).finally(() => open.delete(conn)));
    }
  })();
  return {
    port: listener.addr.port,
    async close() {
      listener.close();
      for (const conn of open) conn.close();
      await accepting;
      await Promise.allSettled(served);
    },
  };
}

async function serve(conn: Deno.TcpConn, config: Http2Config): Promise<void> {
  const connection = createServerConnection(config, new EchoHandler(), performance.now());
  const buffer = new Uint8Array(65_536);
  const timer = setInterval(() => connection.tick(performance.now()), 1_000);
  try {
    for (;;) {
      await flush(conn, connection);
      if (connection.closed) break;
      const size = await conn.read(buffer);
      if (size === null) break;
      connection.receive(buffer, performance.now(), 0, size);
    }
    await conn.closeWrite();
    // Reads all that the peer has sent: closing a socket with unread bytes resets it, and our GOAWAY would be lost.
    while (await conn.read(buffer) !== null);
  } catch {
    // The peer is gone, or the test is over.
  } finally {
    clearInterval(timer);
    connection.disconnect();
    try {
      conn.close();
    } catch {
      // `close()` of the server was first.
    }
  }
}

async function flush(conn: Deno.Conn, connection: Http2Connection<Request>): Promise<void> {
  while (connection.output.length > 0) {
    const bytes = connection.output.view().slice();
    connection.sent(bytes.length, performance.now());
    for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
  }
}

if (import.meta.main) console.log(startEchoServer(configure(), Number(Deno.args[0])).port);
