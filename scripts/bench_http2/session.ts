/** Recorded sessions of a client, for servers without sockets. @module */
import {
  configure,
  type ConnectionHandler,
  createClientConnection,
  createServerConnection,
  type HeaderList,
  type Http2Stream,
  prepareHeaders,
} from "../../src/http2/mod.ts";

const RESPONSE = prepareHeaders([":status", "200", "content-type", "application/grpc"]);
const TRAILERS = prepareHeaders(["grpc-status", "0"]);
/** The headers of an Echo by grpc-js. */
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

/** Requests of a session. */
export const REQUESTS = 4_096;

/** Answers every request at its end. */
export class Answering implements ConnectionHandler<number> {
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

/**
 * Records the bytes of a client: the preface and SETTINGS, then batches of requests, each request with the fields of
 * `extra`.
 */
export function record(
  extra: (call: number) => readonly string[] = () => [],
  batch = 32,
): Uint8Array<ArrayBuffer>[] {
  const config = configure({ limits: { maxOutputSize: 1 << 30 } });
  const client = createClientConnection<number>(config, new Answering(), 0);
  const server = createServerConnection<number>(config, new Answering(), 0);
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const exchange = () => {
    const piece = new Uint8Array(client.output.view());
    pieces.push(piece);
    client.sent(piece.length, 0);
    server.receive(piece, 0);
    client.receive(server.output.view().slice(), 0);
    server.sent(server.output.length, 0);
  };
  exchange();
  for (let call = 0; call < REQUESTS;) {
    for (let i = 0; i < batch; i++, call++) {
      client.openStream(REQUEST, extra(call))!.sendPrefixed(PREFIX, MESSAGE, true);
    }
    exchange();
  }
  return pieces;
}
