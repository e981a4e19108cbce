/** The choice of a gRPC stack: opens a server or a channel of the chosen one, and loads no other. @module */
import type { ChannelOptions, RpcChannel, RpcServer, RpcServerOptions } from "../mod.ts";
import type { LoadingThread, WorkerPoolOptions, WorkerServer } from "../native/workers/mod.ts";

export { startThread } from "./threads.ts";
export type { LoadingThread, WorkerServer };

/** The names of the stacks. */
export const stacks = ["native", "grpc-js"] as const;
export type Stack = typeof stacks[number];

/** The values of `--stack`. */
export const stackChoices = ["auto", ...stacks] as const;
export type StackChoice = typeof stackChoices[number];

/** Returns the stack of a choice: `auto` is native on Linux with glibc, and grpc-js elsewhere. */
export async function chosenStack(choice: StackChoice): Promise<Stack> {
  if (choice !== "auto") return choice;
  const { socketsSupported } = await import("../../net/mod.ts");
  return socketsSupported() ? "native" : "grpc-js";
}

/** Opens a server on a stack. */
export async function openServer(stack: Stack, options: RpcServerOptions): Promise<RpcServer> {
  switch (stack) {
    case "native": {
      const { openNativeServer } = await import("../native/server/mod.ts");
      return openNativeServer(options);
    }
    case "grpc-js": {
      const { openGrpcJsServer } = await import("../grpcjs/mod.ts");
      return openGrpcJsServer(options);
    }
  }
}

/** Opens a server on the native stack that serves connections on worker threads. */
export async function openWorkerServer(options: WorkerPoolOptions): Promise<WorkerServer> {
  const { openWorkerPool } = await import("../native/workers/mod.ts");
  return openWorkerPool(options);
}

/**
 * Opens a channel on a stack.
 *
 * @throws {NetError} `BAD_ADDRESS`
 */
export async function openChannel(stack: Stack, options: ChannelOptions): Promise<RpcChannel> {
  switch (stack) {
    case "native": {
      const { openNativeChannel } = await import("../native/client/mod.ts");
      return openNativeChannel(options);
    }
    case "grpc-js": {
      const { openChannel } = await import("../grpcjs/mod.ts");
      return openChannel(options);
    }
  }
}
