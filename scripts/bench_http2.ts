/**
 * Measures the cost of HTTP/2 alone for a small unary gRPC call: a recorded session of a client is fed to a
 * server connection, which answers each request, without a socket. Prints requests per second of one thread and
 * the heap of an idle connection.
 *
 *     deno run --v8-flags=--expose-gc scripts/bench_http2.ts [seconds]
 *
 * @module
 */
import { configure, createServerConnection, type Http2Connection } from "../src/http2/mod.ts";
import { Answering, record } from "./bench_http2/session.ts";

/** Feeds sessions to new connections for some seconds. Returns microseconds per request. */
function measure(pieces: readonly Uint8Array[], seconds: number): number {
  const handler = new Answering();
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
  const handler = new Answering();
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
  ["the same headers each time", record()],
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
