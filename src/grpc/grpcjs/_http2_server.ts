/**
 * The node:http2 server inside a grpc-js server, made fit for peers that break the protocol. grpc-js 1.14.7 keeps it
 * private and adds no listeners of its own to sessions, so this reaches in; tests notice if it finds nothing.
 *
 * @module
 */
import type { EventEmitter } from "node:events";
import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { Server } from "@grpc/grpc-js";
import { guardSession } from "./_session_guard.ts";

/** Answers a new HTTP/2 stream. */
export type StreamListener = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;

/**
 * Guards each HTTP/2 server inside a grpc-js server.
 *
 * @param route makes the listener for new streams from grpc-js's own
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
