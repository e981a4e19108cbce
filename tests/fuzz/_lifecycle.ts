/** A handler that checks the order of a connection's events. @module */
import assert from "node:assert/strict";
import {
  type ConnectionHandler,
  type HeaderList,
  type Http2Connection,
  Http2Error,
  type Http2Stream,
  prepareHeaders,
} from "../../src/http2/mod.ts";

type Stream = Http2Stream<Life>;

/** The state of a stream by its events. */
export interface Life {
  /** True when `onStreamClosed` is the only event that may follow. */
  over: boolean;
  ended: boolean;
}

const RESPONSE = prepareHeaders([":status", "200", "content-type", "application/grpc"]);
const TRAILERS = prepareHeaders(["grpc-status", "0"]);

/**
 * Asserts the order of events that `ConnectionHandler` guarantees, answers requests, and records the events.
 */
export class LifecycleHandler implements ConnectionHandler<Life> {
  readonly events: string[] = [];
  ended = false;
  readonly #open = new Set<Stream>();
  readonly #answers: boolean;

  constructor(answers: boolean) {
    this.#answers = answers;
  }

  onHeaders(stream: Stream, headers: HeaderList, endStream: boolean): void {
    this.#open.add(stream);
    const life = stream.user ??= { over: false, ended: false };
    this.#heard(stream, `headers ${headers.path}${headers.status} ${endStream}`);
    for (const { name, value } of headers.fields) {
      assert.ok(/^[^A-Z:]+$/.test(name + value) || value);
    }
    life.ended = endStream;
    if (endStream) this.#answer(stream);
  }

  onData(stream: Stream, bytes: Uint8Array, start: number, end: number, endStream: boolean): void {
    assert.ok(start <= end && end <= bytes.length);
    this.#heard(stream, `data ${end - start} ${endStream}`);
    stream.user!.ended = endStream;
    if (stream.id % 4 === 1) stream.consume(end - start);
    if (endStream) this.#answer(stream);
  }

  onTrailers(stream: Stream): void {
    this.#heard(stream, "trailers");
    stream.user!.ended = true;
    this.#answer(stream);
  }

  onReset(stream: Stream, errorCode: number): void {
    // A stream may be reset after its end by the peer, but not after it is over.
    const life = stream.user ??= { over: false, ended: false };
    assert.ok(!life.over);
    life.over = true;
    this.events.push(`${stream.id} reset ${errorCode}`);
  }

  onStreamClosed(stream: Stream): void {
    this.#open.delete(stream);
    stream.user = { over: true, ended: true };
    this.events.push(`${stream.id} closed`);
  }

  onWritable(stream: Stream): void {
    assert.ok(!stream.user!.over);
  }

  onSettings(): void {
    this.events.push("settings");
  }

  onPing(): void {
    this.events.push("ping");
  }

  onGoaway(): void {
    this.events.push("goaway");
  }

  onEnd(connection: Http2Connection<Life>, error: Http2Error | undefined): void {
    assert.ok(!this.ended);
    this.ended = true;
    // Protocol errors have no cause. A cause is an exception of the implementation.
    if (error?.cause !== undefined) throw error.cause;
    assert.ok(error === undefined || error instanceof Http2Error);
    assert.equal(connection.streamCount, 0);
    assert.equal(this.#open.size, 0);
    this.events.push(`end ${error?.code}`);
  }

  #heard(stream: Stream, what: string): void {
    assert.ok(!this.ended && !stream.user!.over && !stream.user!.ended, `${what} after the end`);
    this.events.push(`${stream.id} ${what}`);
  }

  #answer(stream: Stream): void {
    if (!this.#answers) return;
    stream.sendHeaders(RESPONSE);
    stream.sendData(new Uint8Array(stream.id * 31 % 3_000));
    stream.sendHeaders(TRAILERS, [], true);
  }
}
