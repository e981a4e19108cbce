/** The interfaces by which a server counts its calls and connections. `src/telemetry` keeps the counts. @module */
import type { StatusCode } from "./status.ts";

/** Counts the calls of one method. */
export interface MethodMeter {
  /** Counts a call that has ended. */
  ended(status: StatusCode): void;
  /**
   * Records the processing time of a call, in milliseconds.
   *
   * @param traceId the trace of the call, if its caller records it
   */
  measured(ms: number, traceId?: string): void;
  /** Records the time for which work of a call has waited in the queue, in milliseconds. */
  waited(ms: number): void;
  /** Records a call whose time was not measured. Such calls take `meanMs` milliseconds on average. */
  estimated(meanMs: number): void;
}

/** Counts the calls and connections of one thread of a server. */
export interface ServerMeter {
  /** Returns the meter of a method; undefined is for calls of methods that the server does not have. */
  method(path: string | undefined): MethodMeter;
  /** Counts a connection that opens (1) or closes (-1). */
  connection(transport: string, change: 1 | -1): void;
  /** Sets the number of open streams of all connections of a transport. */
  streams(transport: string, count: number): void;
  /** Counts bytes of HTTP/2 that were received and sent. */
  bytes(transport: string, received: number, sent: number): void;
  /** Counts a limit that a peer has reached, once or more, by its name in `ServerLimits` or in those of HTTP/2. */
  limit(name: string, count?: number): void;
  /** Records how many milliseconds late the thread's timer of a second was; undefined when the timer stops. */
  lag(ms: number | undefined): void;
}
