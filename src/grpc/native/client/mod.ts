/** The native client: a gRPC channel over HTTP/2 connections of `src/http2`. @module */
export * from "./channel.ts";
