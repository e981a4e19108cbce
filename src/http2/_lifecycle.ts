/** The phases of a connection, and GOAWAY. @module */
import type { Control } from "./_control.ts";
import type { Streams } from "./_streams.ts";
import { ErrorCode, errorCodeName } from "./error_codes.ts";
import { connectionError, Http2Error } from "./errors.ts";
import { encodeGoaway, MAX_31_BITS } from "./frame/mod.ts";
import type { ConnectionPhase } from "./http2_connection.ts";

const OPEN: ConnectionPhase = { kind: "open" };
const ANNOUNCED: ConnectionPhase = { kind: "announced" };

/** The life of a connection, from the preface to its last GOAWAY (see `ConnectionPhase`). */
export class Lifecycle<User> {
  phase: ConnectionPhase = OPEN;
  readonly #streams: Streams<User>;
  readonly #control: Control;

  constructor(streams: Streams<User>, control: Control) {
    this.#streams = streams;
    this.#control = control;
  }

  get closed(): boolean {
    return this.phase.kind === "closed";
  }

  /** Runs code that may find the peer at fault, and ends the connection if so (section 5.4.1). */
  guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      const fault = error instanceof Http2Error && error.scope.kind === "connection"
        ? error
        : handlerError(error);
      this.#end(fault, fault.errorCode, fault.message);
    }
  }

  /** Begins a drain, or continues one that waits for its PING. */
  drain(): void {
    if (this.phase.kind !== "open") return this.#finishAnnouncement();
    this.phase = ANNOUNCED;
    encodeGoaway(this.#streams.output, MAX_31_BITS, ErrorCode.NO_ERROR, "");
    const asked = this.#control.ping(() => this.#finishAnnouncement());
    if (!asked) this.#finishAnnouncement();
  }

  /** Ends the connection with its last stream, and lets no more be opened. */
  beginDraining(): void {
    if (this.closed || this.phase.kind === "draining") return;
    this.phase = { kind: "draining", lastStreamId: this.#streams.lastPeerId };
    this.#streams.acceptsNew = false;
    this.endIfDrained();
  }

  /** Ends the connection if it drains and no stream is left. */
  endIfDrained(): void {
    if (this.phase.kind !== "draining" || this.#streams.size > 0) return;
    this.phase = { kind: "closed", error: undefined };
    this.#stop();
    const { connection, handler } = this.#streams;
    handler.onEnd(connection, undefined);
  }

  /** Ends the connection at once, with a GOAWAY. */
  close(errorCode: number, debugData: string): void {
    const error = errorCode === ErrorCode.NO_ERROR
      ? undefined
      : connectionError(errorCodeName(errorCode), debugData || "The connection was closed");
    this.#end(error, errorCode, debugData);
  }

  #end(error: Http2Error | undefined, errorCode: number, debugData: string): void {
    if (this.closed) return;
    const streams = this.#streams;
    const { handler, output } = streams;
    // Section 6.8: a later GOAWAY must not name a higher stream.
    const last = this.phase.kind === "draining" ? this.phase.lastStreamId : streams.lastPeerId;
    this.phase = { kind: "closed", error };
    encodeGoaway(output, last, errorCode, debugData);
    this.#stop();
    for (const stream of streams.list()) {
      try {
        streams.abort(stream, errorCode, "connection");
      } catch (cause) {
        // The other streams are still reported to the application.
        this.phase = { kind: "closed", error: handlerError(cause) };
      }
    }
    handler.onEnd(streams.connection, this.phase.error);
  }

  /** Stops the frames that a closed connection does not send. */
  #stop(): void {
    this.#control.forgetPings();
    this.#streams.receive.stop();
  }

  #finishAnnouncement(): void {
    if (this.phase.kind !== "announced") return;
    const { output, lastPeerId } = this.#streams;
    encodeGoaway(output, lastPeerId, ErrorCode.NO_ERROR, "");
    this.beginDraining();
  }
}

/** The error of a connection whose handler has thrown. */
function handlerError(cause: unknown): Http2Error {
  return connectionError("INTERNAL_ERROR", "A handler failed", { cause });
}
