/** The interface of servers, on either stack. @module */
import type { Address, ListenOptions, TlsContext } from "../net/mod.ts";
import type { SilentThreadReport, ThreadReport } from "./inspection.ts";
import type { ServerLimits } from "./limits.ts";
import type { ServerMeter } from "./meter.ts";
import type { CallObserver } from "./observer.ts";
import type { Service } from "./service.ts";

/** Options of a server. */
export interface RpcServerOptions {
  readonly services: readonly Service[];
  readonly limits?: Partial<ServerLimits> | undefined;
  /** Counts calls and connections. */
  readonly meter?: ServerMeter | undefined;
  readonly observer?: CallObserver | undefined;
  /**
   * Called before answers are sent, of many calls at once. When it returns false, they are not sent, and the connections
   * that wait for them are closed. Native stack only: on the reference stack handlers wait themselves.
   */
  readonly beforeSend?: (() => boolean) | undefined;
  /**
   * Returns the TLS context for a new connection, a new one after certificates have changed. Plaintext by
   * default.
   */
  readonly tls?: (() => TlsContext) | undefined;
}

/** The calls of a server that drains, since `announceDrain()`, or else since `drain()`. */
export interface DrainReport {
  /** Calls that ended by themselves. */
  readonly served: number;
  /** Calls that were open when their connections were closed. */
  readonly cut: number;
  /** Workers that did not answer in time: their calls are not counted. */
  readonly silentWorkers: number;
}

/** A gRPC server. */
export interface RpcServer {
  /** Name of the stack. */
  readonly stack: string;
  /**
   * Starts to accept connections at an address. Port 0 picks a free port.
   *
   * @returns the bound address, with the port picked
   * @throws {NetError} when the address cannot be bound
   */
  listen(address: Address, options?: ListenOptions): Promise<Address>;
  /** Replaces limits of a running server. */
  setLimits(limits: Partial<ServerLimits>): Promise<void>;
  /**
   * Announces a drain. The server still accepts connections and calls; workers report NOT_SERVING to health checks
   * (`WorkerServices.announceDrain()`). The report of `drain()` counts calls from here.
   */
  announceDrain(): Promise<void>;
  /**
   * Drains the server: accepts no connections, sends GOAWAY on the open ones, and lets their calls go on.
   * Resolves when the last call has ended, or when open connections are closed: after `graceMs` milliseconds, or by
   * `close()`.
   */
  drain(graceMs: number): Promise<DrainReport>;
  /** Describes each serving thread. A worker that does not answer within a second is reported as such. */
  inspect(): Promise<(ThreadReport | SilentThreadReport)[]>;
  /** Closes all connections at once, also during a drain. Resolves when all resources are released. */
  close(): Promise<void>;
}
