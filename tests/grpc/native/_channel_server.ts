/** Servers that respond by a script. @module */
import { libc } from "../../../src/ffi/mod.ts";
import {
  configure,
  createServerConnection,
  type HeaderList,
  type Http2Connection,
  type Http2Stream,
  type Limits,
  prepareHeaders,
} from "../../../src/http2/mod.ts";
import {
  Acceptor,
  formatAddress,
  listen,
  type Listener,
  parseAddress,
  type Registrar,
  sharedReactor,
  type Socket,
} from "../../../src/net/mod.ts";

/** A complete request. */
export interface ScriptedRequest {
  readonly stream: Http2Stream<unknown>;
  readonly headers: HeaderList;
  /** The messages of the request, with their prefixes. */
  readonly body: Uint8Array;
  readonly connection: ScriptedConnection;
  /** Number of earlier requests on all connections. */
  readonly before: number;
}

/** The server's handling of a request. */
export type Script = (request: ScriptedRequest) => void;

interface Gathered {
  headers: HeaderList;
  body: number[];
}

const okHeaders = prepareHeaders([":status", "200", "content-type", "application/grpc"]);
const none = prepareHeaders([]);

/** Responds with framed messages and a status. */
export function answer(
  { stream }: ScriptedRequest,
  framed: readonly Uint8Array[],
  trailers: readonly string[] = ["grpc-status", "0"],
  headers: readonly string[] = [],
): void {
  stream.sendHeaders(okHeaders, headers);
  for (const message of framed) stream.sendData(message);
  stream.sendHeaders(none, trailers, true);
}

/** Returns a GOAWAY frame (RFC 9113 section 6.8). */
export function goaway(lastStreamId: number, errorCode = 0, debugData = ""): Uint8Array {
  const bytes = new Uint8Array(17 + debugData.length);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(debugData), 17);
  bytes[2] = 8 + debugData.length;
  bytes[3] = 7;
  view.setUint32(9, lastStreamId);
  view.setUint32(13, errorCode);
  return bytes;
}

/** One connection of a scripted server. */
class ScriptedConnection {
  readonly http2: Http2Connection<Gathered>;
  readonly #socket: Socket;
  readonly #registrar: Registrar;

  constructor(socket: Socket, limits: Partial<Limits>, server: ScriptedServer) {
    this.#socket = socket;
    this.#registrar = server.registrar;
    this.http2 = createServerConnection<Gathered>(configure({ limits }), {
      onHeaders: (stream, headers, endStream) => {
        stream.user = { headers, body: [] };
        if (endStream) server.answer(stream, this);
      },
      onData: (stream, bytes, start, end, endStream) => {
        stream.user!.body.push(...bytes.subarray(start, end));
        stream.consume(end - start);
        if (endStream) server.answer(stream, this);
      },
      onReset: (_stream, errorCode) => server.resets.push(errorCode),
      onTrailers() {},
      onStreamClosed() {},
      onWritable() {},
      onSettings() {},
      onPing() {},
      onGoaway() {},
      onEnd() {},
    }, performance.now());
    this.#registrar.add(socket.fd, libc.EPOLLIN, { onReady: () => this.#receive() });
    this.flush();
  }

  /** Sends raw bytes after waiting output. */
  raw(bytes: Uint8Array): void {
    const { output } = this.http2;
    const at = output.reserve(bytes.length);
    output.bytes.set(bytes, at);
    output.end = at + bytes.length;
  }

  flush(): void {
    const { output } = this.http2;
    while (output.length > 0 && this.#socket.fd >= 0) {
      const sent = this.#socket.write(output.view(), output.length);
      if (sent < 0) return;
      this.http2.sent(sent, performance.now());
    }
  }

  /** Closes the socket at once. */
  cut(): void {
    if (this.#socket.fd < 0) return;
    this.#registrar.remove(this.#socket.fd);
    this.#socket.close();
    this.http2.disconnect();
  }

  #receive(): void {
    const buffer = new Uint8Array(65_536);
    const size = this.#socket.read(buffer, buffer.length);
    if (size === -libc.errno.EAGAIN) return;
    if (size <= 0) return this.cut();
    this.http2.receive(buffer, performance.now(), 0, size);
    this.flush();
  }
}

/** A server that handles requests by a script, for the duration of a test. */
export class ScriptedServer implements AsyncDisposable {
  readonly address: string;
  readonly registrar: Registrar;
  readonly connections: ScriptedConnection[] = [];
  /** The error codes of streams reset by clients. */
  readonly resets: number[] = [];
  requests = 0;
  readonly #script: Script;
  readonly #listener: Listener;
  readonly #acceptor: Acceptor;

  private constructor(
    listener: Listener,
    script: Script,
    limits: Partial<Limits>,
    registrar: Registrar,
  ) {
    this.#script = script;
    this.#listener = listener;
    this.registrar = registrar;
    this.address = formatAddress(listener.address).replace("tcp://", "");
    this.#acceptor = new Acceptor(listener, registrar, {
      onConnection: (socket) => this.connections.push(new ScriptedConnection(socket, limits, this)),
    });
  }

  /** @param registrar watches the descriptors; the reactor of this thread unless given */
  static async start(
    script: Script,
    limits: Partial<Limits> = {},
    registrar: Registrar = sharedReactor(),
  ): Promise<ScriptedServer> {
    return new ScriptedServer(await listen(parseAddress("127.0.0.1:0")), script, limits, registrar);
  }

  answer(stream: Http2Stream<Gathered>, connection: ScriptedConnection): void {
    const { headers, body } = stream.user!;
    const request = { stream, headers, body: Uint8Array.from(body), connection };
    this.#script({ ...request, before: this.requests++ });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#acceptor.close();
    this.#listener.close();
    for (const connection of this.connections) connection.cut();
    await sharedReactor().close();
  }
}
