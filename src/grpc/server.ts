/** The interface of servers, on either stack. @module */
import type { Address, ListenOptions, TlsContext } from "../net/mod.ts";
import type { ServerLimits } from "./limits.ts";
import type { ServerMeter } from "./meter.ts";
import type { Service } from "./service.ts";

/** Options of a server. */
export interface RpcServerOptions {
  readonly services: readonly Service[];
  readonly limits?: Partial<ServerLimits> | undefined;
  /** Counts calls and connections. */
  readonly meter?: ServerMeter | undefined;
  /**
   * Called before answers are sent, of many calls at once. When it returns false, they are not sent, and the connections
   * that wait for them are closed. Native stack: on the other one, handlers see to it themselves.
   */
  readonly beforeSend?: (() => boolean) | undefined;
  /**
   * Returns the TLS context for a new connection, a new one after certificates have changed. Plaintext by
   * default.
   */
  readonly tls?: (() => TlsContext) | undefined;
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
  /** Replaces limits of a running server, save those of handshakes. Undefined on a stack that cannot. */
  setLimits?(limits: Partial<ServerLimits>): Promise<void>;
  /**
   * Drains the server: accepts no connections, sends GOAWAY on the open ones, and lets their calls go on.
   * Resolves when the last call has ended, or after `graceMs` milliseconds, when open connections are closed.
   */
  drain(graceMs: number): Promise<void>;
  /** Closes all connections at once. Resolves when all resources are released. */
  close(): Promise<void>;
}
