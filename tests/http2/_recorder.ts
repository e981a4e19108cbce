/** Connections with a handler that records its events, for tests. @module */
import {
  configure,
  type ConnectionHandler,
  createClientConnection,
  createServerConnection,
  errorCodeName,
  type Goaway,
  type HeaderList,
  type Http2ClientConnection,
  type Http2Config,
  type Http2Connection,
  type Http2Error,
  type Http2Stream,
  type LimitName,
  type ResetOrigin,
} from "../../src/http2/mod.ts";
import { CLIENT_PREFACE, describe, join, settings, SETTINGS_ACK } from "./_frames.ts";

type Stream = Http2Stream<unknown>;

/** A handler that records its events, a line each, and runs the callbacks of a test. */
export class Recorder implements ConnectionHandler<unknown> {
  events: string[] = [];
  streams: Stream[] = [];
  lists: HeaderList[] = [];
  /** True when DATA is consumed as it arrives. */
  consume = true;
  onRequest: (stream: Stream, endStream: boolean) => void = () => {};
  onRoom: (stream: Stream) => void = () => {};

  onHeaders(stream: Stream, headers: HeaderList, endStream: boolean): void {
    const what = headers.status > 0 ? String(headers.status) : headers.path;
    this.events.push(`headers ${stream.id} ${what}${endStream ? " end" : ""}`);
    this.streams.push(stream);
    this.lists.push(headers);
    this.onRequest(stream, endStream);
  }

  onData(stream: Stream, _: Uint8Array, start: number, end: number, endStream: boolean): void {
    this.events.push(`data ${stream.id} ${end - start}${endStream ? " end" : ""}`);
    if (this.consume) stream.consume(end - start);
    if (endStream) this.onRequest(stream, true);
  }

  onTrailers(stream: Stream, trailers: HeaderList): void {
    this.events.push(`trailers ${stream.id} ${trailers.fields.map(({ name }) => name).join()}`);
    this.onRequest(stream, true);
  }

  onReset(stream: Stream, errorCode: number, origin: ResetOrigin): void {
    this.events.push(`reset ${stream.id} ${errorCodeName(errorCode)} ${origin}`);
  }

  onStreamClosed(stream: Stream): void {
    this.events.push(`closed ${stream.id}`);
  }

  onWritable(stream: Stream): void {
    this.events.push(`writable ${stream.id}`);
    this.onRoom(stream);
  }

  onSettings(): void {
    this.events.push("settings");
  }

  onPing(): void {
    this.events.push("ping");
  }

  onGoaway(_: Http2Connection<unknown>, { lastStreamId, errorCode, debugData }: Goaway): void {
    this.events.push(`goaway ${lastStreamId} ${errorCodeName(errorCode)} ${debugData}`.trim());
  }

  onEnd(_: Http2Connection<unknown>, error: Http2Error | undefined): void {
    this.events.push(error === undefined ? "end" : `end ${error.code} ${error.limit ?? ""}`.trim());
  }

  /** Returns the events since the last call. */
  take(): string[] {
    return this.events.splice(0);
  }
}

/** A connection with its recorder. */
export interface Rig<C extends Http2Connection<unknown>> {
  readonly connection: C;
  readonly recorder: Recorder;
  /** Passes frames to the connection at a time in milliseconds, and describes its output, a line for each frame. */
  exchange(pieces: Uint8Array | readonly Uint8Array[], now?: number): string[];
  /** Describes the output, a line for each frame, and removes it. */
  sent(now?: number): string[];
}

/** Options of `configure()`. */
export type Options = NonNullable<Parameters<typeof configure>[0]>;

function rig<C extends Http2Connection<unknown>>(connection: C, recorder: Recorder): Rig<C> {
  const sent = (now = 0) => {
    const lines = describe(connection.output.view());
    connection.sent(connection.output.length, now);
    return lines;
  };
  return {
    connection,
    recorder,
    sent,
    exchange(pieces, now = 0) {
      connection.receive(pieces instanceof Uint8Array ? pieces : join(...pieces), now);
      return sent(now);
    },
  };
}

/** A server that has received nothing. */
export function freshServer(options: Options = {}): Rig<Http2Connection<unknown>> {
  const recorder = new Recorder();
  const config: Http2Config = configure(options);
  return rig(createServerConnection<unknown>(config, recorder, 0), recorder);
}

/** A server after the preface and both SETTINGS. */
export function server(options: Options = {}): Rig<Http2Connection<unknown>> {
  const fresh = freshServer(options);
  fresh.exchange([CLIENT_PREFACE, settings(), SETTINGS_ACK]);
  fresh.recorder.take();
  return fresh;
}

/** A client after both SETTINGS. */
export function client(options: Options = {}): Rig<Http2ClientConnection<unknown>> {
  const recorder = new Recorder();
  const fresh = rig(createClientConnection<unknown>(configure(options), recorder, 0), recorder);
  // The preface is not a frame, so it is removed without a description.
  fresh.connection.sent(fresh.connection.output.length, 0);
  fresh.exchange([settings(), SETTINGS_ACK]);
  recorder.take();
  return fresh;
}

/** Returns the limit for which a connection was ended. */
export function limitOf({ phase }: Pick<Http2Connection<unknown>, "phase">): LimitName | undefined {
  return phase.kind === "closed" ? phase.error?.limit : undefined;
}
