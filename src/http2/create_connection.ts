import { ClientRole } from "./_client_role.ts";
import { Connection } from "./_connection.ts";
import { ServerRole } from "./_server_role.ts";
import type { Http2Config } from "./config.ts";
import type { ConnectionHandler } from "./handler.ts";
import type { Http2ClientConnection, Http2Connection } from "./http2_connection.ts";

/**
 * Makes the server's side of a connection.
 *
 * @param now time of its acceptance in milliseconds
 * @returns the connection, whose SETTINGS are in `output`
 */
export function createServerConnection<User>(
  config: Http2Config,
  handler: ConnectionHandler<User>,
  now: number,
): Http2Connection<User> {
  return new Connection(config, handler, now, new ServerRole());
}

/**
 * Makes the client's side of a connection. Requests need not wait for the server's SETTINGS.
 *
 * @param now time of its beginning in milliseconds
 * @returns the connection, whose preface and SETTINGS are in `output`
 */
export function createClientConnection<User>(
  config: Http2Config,
  handler: ConnectionHandler<User>,
  now: number,
): Http2ClientConnection<User> {
  return new Connection(config, handler, now, new ClientRole());
}
