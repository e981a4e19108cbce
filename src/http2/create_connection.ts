import { ClientRole } from "./_client_role.ts";
import { Connection } from "./_connection.ts";
import { ServerRole } from "./_server_role.ts";
import type { Http2Config } from "./config.ts";
import type { ConnectionHandler } from "./handler.ts";
import type { Http2ClientConnection, Http2Connection } from "./http2_connection.ts";

/**
 * The server's side of a connection that was accepted at `now`, in milliseconds. Its SETTINGS are in
 * `output` from the beginning.
 */
export function createServerConnection<User>(
  config: Http2Config,
  handler: ConnectionHandler<User>,
  now: number,
): Http2Connection<User> {
  return new Connection(config, handler, now, new ServerRole());
}

/**
 * The client's side of a connection that was made at `now`, in milliseconds. Its preface and SETTINGS
 * are in `output` from the beginning; requests need not wait for the server's.
 */
export function createClientConnection<User>(
  config: Http2Config,
  handler: ConnectionHandler<User>,
  now: number,
): Http2ClientConnection<User> {
  return new Connection(config, handler, now, new ClientRole());
}
