/**
 * Measures the cost of HTTP/2 alone for a small unary gRPC call: a recorded session of a client is fed to a
 * server connection, which answers each request, without a socket. Prints requests per second of one thread and
 * the heap of an idle connection.
 *
 *     deno run --v8-flags=--expose-gc scripts/bench_http2.ts [seconds]
 *
 * @module
 */
import {
  configure,
  type ConnectionHandler,
  createClientConnection,
  createServerConnection,
  type HeaderList,
  type Http2Connection,
  type Http2Stream,
  prepareHeaders,
} from "../src/http2/mod.ts";

const RESPONSE = prepareHeaders([":status", "200", "content-type", "application/grpc"]);
const TRAILERS = prepareHeaders(["grpc-status", "0"]);
const REQUEST = prepareHeaders([
  ":method",
  "POST",
  ":scheme",
  "http",
  ":path",
  "/signer.v1.EchoService/Echo",
  ":authority",
  "127.0.0.1:5000",
  "te",
  "trailers",
  "content-type",
  "application/grpc",
  "user-agent",
  "grpc-node-js/1.14.7",
  "grpc-accept-encoding",
  "identity,deflate,gzip",
]);

/** The prefix of a message of seven bytes (gRPC over HTTP/2, Length-Prefixed-Message). */
const PREFIX = Uint8Array.of(0, 0, 0, 0, 7);
const MESSAGE = Uint8Array.of(10, 5, 104, 101, 108, 108, 111);

/** Requests of a session, and requests in each piece that arrives. */
const REQUESTS = 4_096;
const BATCH = 32;

/** Answers every request at its end. */
class Handler implements ConnectionHandler<number> {
  answered = 0;
  onHeaders(_stream: Http2Stream<number>, _headers: HeaderList): void {}
  onData(
    stream: Http2Stream<number>,
    _bytes: Uint8Array,
    start: number,
    end: number,
    endStream: boolean,
  ): void {
    stream.consume(end - start);
    if (!endStream) return;
    this.answered++;
    stream.sendHeaders(RESPONSE);
    stream.sendPrefixed(PREFIX, MESSAGE);
    stream.sendHeaders(TRAILERS, [], true);
  }
  onTrailers(): void {}
  onReset(): void {}
  onStreamClosed(): void {}
  onWritable(): void {}
  onSettings(): void {}
  onPing(): void {}
  onGoaway(): void {}
  onEnd(): void {}
}

/** Records the bytes of a client: the preface and SETTINGS, then batches of requests, each with `extra` fields. */
function record(extra: (call: number) => readonly string[]): Uint8Array[] {
  const config = configure({ limits: { maxOutputSize: 1 << 30 } });
  const client = createClientConnection<number>(config, new Handler(), 0);
  const server = createServerConnection<number>(config, new Handler(), 0);
  const pieces: Uint8Array[] = [];
  const exchange = () => {
    const piece = client.output.view().slice();
    pieces.push(piece);
    client.sent(piece.length, 0);
    server.receive(piece, 0);
    client.receive(server.output.view().slice(), 0);
    server.sent(server.output.length, 0);
  };
  exchange();
  for (let call = 0; call < REQUESTS;) {
    for (let i = 0; i < BATCH; i++, call++) {
      client.openStream(REQUEST, extra(call))!.sendPrefixed(PREFIX, MESSAGE, true);
    }
    exchange();
  }
  return pieces;
}

/** Feeds sessions to new connections for some seconds. Returns microseconds per request. */
function measure(pieces: readonly Uint8Array[], seconds: number): number {
  const handler = new Handler();
  const config = configure();
  const until = performance.now() + seconds * 1_000;
  const start = performance.now();
  let now = start;
  while (now < until) {
    const server = createServerConnection(config, handler, now);
    for (const piece of pieces) {
      server.receive(piece, now);
      server.sent(server.output.length, now);
    }
    if (server.closed) throw new Error("The server has ended the connection");
    now = performance.now();
  }
  return (now - start) * 1_000 / handler.answered;
}

/** Returns the bytes of heap of an idle connection that has served some calls. */
function heapOfIdle(pieces: readonly Uint8Array[], count: number): number | undefined {
  const { gc } = globalThis as { gc?: () => void };
  if (gc === undefined) return undefined;
  const handler = new Handler();
  const config = configure();
  const connections: Http2Connection<number>[] = [];
  gc();
  const before = Deno.memoryUsage();
  for (let i = 0; i < count; i++) {
    const server = createServerConnection(config, handler, 0);
    for (const piece of pieces.slice(0, 3)) {
      server.receive(piece, 0);
      server.sent(server.output.length, 0);
    }
    connections.push(server);
  }
  gc();
  const after = Deno.memoryUsage();
  const bytes = after.heapUsed - before.heapUsed + after.external - before.external;
  return Math.round(bytes / connections.length);
}

const seconds = Number(Deno.args[0] ?? 3);
const sessions: [string, Uint8Array[]][] = [
  ["the same headers each time", record(() => [])],
  ["a grpc-timeout of its own", record((call) => ["grpc-timeout", `${900_000 + call}u`])],
  [
    "eight fields of metadata",
    record((call) =>
      Array.from(
        { length: 16 },
        (_, i) => i % 2 === 0 ? `x-metadata-${i}` : `value ${call} of ${i}`,
      )
    ),
  ],
];
for (const [name, pieces] of sessions) {
  measure(pieces, seconds / 3);
  const micros = measure(pieces, seconds);
  console.log(
    `${name}: ${micros.toFixed(2)} µs a request, ${Math.round(1e6 / micros)} requests/s`,
  );
}
const heap = heapOfIdle(sessions[0][1], 1_000);
if (heap !== undefined) console.log(`idle connection: ${heap} bytes`);
