/** The seam between what is served and what serves it: one server, of either stack. @module */
import type { RpcServer, RpcServerOptions } from "./contract/mod.ts";

/** The stacks that can serve. */
export const stacks = ["grpc-js"] as const;
export type Stack = typeof stacks[number];

/** A server on the stack named, which is loaded only then. */
export async function openServer(_stack: Stack, options: RpcServerOptions): Promise<RpcServer> {
  const { openGrpcJsServer } = await import("./grpcjs/mod.ts");
  return openGrpcJsServer(options);
}
