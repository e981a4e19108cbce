/**
 * Access to the node:http2 servers inside a grpc-js server. grpc-js 1.14.7 keeps them private; the tests of hostile
 * peers fail if they are no longer found.
 *
 * @module
 */
import type { EventEmitter } from "node:events";
import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { Server } from "@grpc/grpc-js";
import { guardSession } from "./_session_guard.ts";

/** A listener for new HTTP/2 streams. */
export type StreamListener = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;

/**
 * Guards the sessions of a grpc-js server, and wraps its listener for new streams.
 *
 * @param route returns the new listener, given grpc-js's own
 */
export function guardHttp2Servers(
  server: Server,
  route: (next: StreamListener) => StreamListener,
): void {
  const { http2Servers } = server as unknown as { http2Servers: Map<EventEmitter, unknown> };
  for (const http2Server of http2Servers.keys()) {
    http2Server.on("session", guardSession);
    http2Server.on("sessionError", () => {});
    for (const next of http2Server.listeners("stream")) {
      http2Server.off("stream", next as StreamListener);
      http2Server.on("stream", route(next as StreamListener));
    }
  }
}
