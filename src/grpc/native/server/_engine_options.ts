import type { Socket, TlsContext } from "../../../net/mod.ts";
import type { Logger } from "../../../telemetry/mod.ts";
import type { CallObserver, ServerMeter, Service } from "../../mod.ts";
import type { ConnectionCounts } from "./connection_counts.ts";
import type { NativeLimits } from "./limits.ts";

/** Options of an `Engine`. */
export interface EngineOptions {
  readonly services: readonly Service[];
  readonly limits?: Partial<NativeLimits> | undefined;
  readonly log: Logger;
  /** Counts calls and connections. */
  readonly meter?: ServerMeter | undefined;
  readonly observer?: CallObserver | undefined;
  /** Takes accepted connections, to assign them to any thread. Without it the engine serves them itself. */
  readonly assign?: (socket: Socket) => void;
  /** Connections of all threads; by default those of the engine alone. */
  readonly counts?: ConnectionCounts;
  /**
   * Called with each descriptor, of connections and acceptors: after the engine takes it, and before it is closed
   * (`AcceptorOptions.holds`).
   */
  readonly holds?: (fd: number, held: boolean) => void;
  /** Returns the TLS context of new connections; plaintext by default. */
  readonly tls?: (() => TlsContext) | undefined;
  /** Called before answers are sent (`RpcServerOptions.beforeSend`). */
  readonly beforeSend?: (() => boolean) | undefined;
  /** Called when no promise of a handler is pending any more. */
  readonly onSettled?: () => void;
  /** Called when `timeout` may have become shorter since the last turn. */
  readonly onDue?: () => void;
  /** Called after each event, call and piece of work, to distinguish a busy thread from a hanging one. */
  readonly onProgress?: () => void;
  /** Reads the time in milliseconds; by default that of `performance.now()`. Tests replace it. */
  readonly clock?: () => number;
  /** Reads the CPU time of the thread in milliseconds; by default the kernel's. Tests replace it. */
  readonly threadCpuMs?: () => number;
}
