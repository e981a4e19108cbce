/** The seam between what is served and what serves it: one server, of either stack. @module */
import type { RpcServer, RpcServerOptions } from "./contract/mod.ts";
import type { WorkerPoolOptions } from "./native/mod.ts";

export type { WorkerPoolOptions };

/** The stacks that can serve. */
export const stacks = ["native", "grpc-js"] as const;
export type Stack = typeof stacks[number];

/** A server on the stack named, which is loaded only then. */
export async function openServer(stack: Stack, options: RpcServerOptions): Promise<RpcServer> {
  switch (stack) {
    case "native": {
      const { openNativeServer } = await import("./native/mod.ts");
      return openNativeServer(options);
    }
    case "grpc-js": {
      const { openGrpcJsServer } = await import("./grpcjs/mod.ts");
      return openGrpcJsServer(options);
    }
  }
}

/** A server on the native stack whose connections are served by threads of their own. */
export async function openWorkerServer(options: WorkerPoolOptions): Promise<RpcServer> {
  const { openWorkerPool } = await import("./native/mod.ts");
  return openWorkerPool(options);
}
