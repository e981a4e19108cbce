/** Calls that a bench makes besides its load. @module */
import { type ClientTls, Session } from "../client/mod.ts";
import type { BenchOptions } from "./options.ts";

/** Options of a session that differ from those of the bench. */
interface SessionOptions {
  /** The time limit of a call, in milliseconds. */
  readonly deadline?: number;
}

/**
 * Opens a session by the options of a bench.
 *
 * @throws {CliError}
 */
export function openSession(
  { header, headers, connectTimeout, lb, authority, tokenFile, allowPlaintextToken }: BenchOptions,
  addresses: readonly string[],
  tls: ClientTls | undefined,
  options: SessionOptions = {},
): Promise<Session> {
  return Session.open({
    to: addresses,
    connectTimeout,
    ...(header === undefined ? {} : { header }),
    ...(lb === undefined ? {} : { lb }),
    ...(authority === undefined ? {} : { authority }),
    ...(tokenFile === undefined ? {} : { tokenFile }),
    ...(allowPlaintextToken === undefined ? {} : { allowPlaintextToken }),
    ...options,
  }, { tls, headers });
}
