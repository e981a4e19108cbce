/** The seam between what is said and what carries it: a server or a channel, of either stack. @module */
import type { ChannelOptions, RpcChannel, RpcServer, RpcServerOptions } from "../mod.ts";
import type { WorkerPoolOptions, WorkerServer } from "../native/workers/mod.ts";

export type { WorkerServer };

/** The stacks that there are. */
export const stacks = ["native", "grpc-js"] as const;
export type Stack = typeof stacks[number];

/** What `--stack` takes. */
export const stackChoices = ["auto", ...stacks] as const;
export type StackChoice = typeof stackChoices[number];

/** The stack that is meant: `auto` is native where that can run, which is on Linux with glibc. */
export async function chosenStack(choice: StackChoice): Promise<Stack> {
  if (choice !== "auto") return choice;
  const { socketsSupported } = await import("../../net/mod.ts");
  return socketsSupported() ? "native" : "grpc-js";
}

/** A server on the stack named, which is loaded only then. */
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

/** A server on the native stack whose connections are served by threads of their own. */
export async function openWorkerServer(options: WorkerPoolOptions): Promise<WorkerServer> {
  const { openWorkerPool } = await import("../native/workers/mod.ts");
  return openWorkerPool(options);
}

/**
 * A channel on the stack named, which is loaded only then.
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
