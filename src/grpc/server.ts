import type { Address, ListenOptions, TlsContext } from "../net/mod.ts";
import type { Service } from "./service.ts";

/** What a stack needs to know to serve. */
export interface RpcServerOptions {
  readonly services: readonly Service[];
  /**
   * Gives the TLS context of each new connection: another one after certificates have changed. Without it
   * connections are plaintext.
   */
  readonly tls?: (() => TlsContext) | undefined;
}

/** A gRPC server, whichever stack it runs on. */
export interface RpcServer {
  readonly stack: string;
  /**
   * Starts to accept connections at an address. Port 0 is any free one.
   *
   * @returns the address bound, with the port that was chosen
   * @throws {NetError} when the address cannot be bound
   */
  listen(address: Address, options?: ListenOptions): Promise<Address>;
  /**
   * Stops gracefully: no new connections, GOAWAY on those there are, calls under way go on. Resolves
   * when the last has ended, or after `graceMs` milliseconds, when the rest are cut off.
   */
  drain(graceMs: number): Promise<void>;
  /** Cuts everything off at once. Resolves when all that the server held is given back. */
  close(): Promise<void>;
}
