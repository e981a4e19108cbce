/** Channels and servers of both stacks, in the pairs that each channel test runs with. @module */
import assert from "node:assert/strict";
import {
  type RpcChannel,
  RpcError,
  type RpcServer,
  type RpcServerOptions,
  StatusCode,
  unary,
} from "../../src/grpc/mod.ts";
import { type NativeChannelOptions } from "../../src/grpc/native/client/mod.ts";
import { freePorts } from "../_support/free_ports.ts";
import { gate } from "../_support/gate.ts";
import { kindsService, loadLibc, Served } from "./_rig.ts";

const [gated, stacks] = await gate(["net", "env", "read", "sys", "ffi"], async () => {
  loadLibc();
  return {
    grpcJs: await import("../../src/grpc/grpcjs/mod.ts"),
    native: {
      ...await import("../../src/grpc/native/client/mod.ts"),
      ...await import("../../src/grpc/native/server/mod.ts"),
    },
  };
});

/** A client and a server to test together. */
interface Pair {
  openChannel(options: NativeChannelOptions): RpcChannel;
  openServer(options: RpcServerOptions): RpcServer;
}

const pairs: Readonly<Record<string, () => Pair>> = {
  "grpc-js": () => ({
    openChannel: stacks.grpcJs.openChannel,
    openServer: stacks.grpcJs.openGrpcJsServer,
  }),
  "native client, grpc-js server": () => ({
    openChannel: stacks.native.openNativeChannel,
    openServer: stacks.grpcJs.openGrpcJsServer,
  }),
  native: () => ({
    openChannel: stacks.native.openNativeChannel,
    openServer: stacks.native.openNativeServer,
  }),
};

/** The pair of the running test. The tests of a file run one after another. */
export let { openChannel, openServer } = {} as Pair;

/** Registers a test for each pair. */
export function test(name: string, fn: () => void | Promise<void>): void {
  for (const [pair, open] of Object.entries(pairs)) {
    gated(`${name} (${pair})`, () => {
      ({ openChannel, openServer } = open());
      return fn();
    });
  }
}

/** A handler that runs until its call is cancelled. */
export const forever = unary((_request, { signal }) =>
  new Promise((_, reject) =>
    signal.addEventListener("abort", () => reject(new RpcError("CANCELLED", "The caller left")))
  )
);

/** Starts a server of `test.Kinds`. */
export function serve(
  handlers: Parameters<typeof kindsService>[0],
  address?: string,
): Promise<Served> {
  return Served.by(openServer({ services: [kindsService(handlers)] }), address);
}

/** Opens a channel to servers. */
export function channelTo(...served: Pick<Served, "address">[]) {
  return openChannel({ addresses: served.map(({ address }) => address) });
}

/** Checks that a call ends in an `RpcError` of the code, and returns the error. */
export async function failure(
  code: keyof typeof StatusCode,
  ended: Promise<unknown>,
): Promise<RpcError> {
  const error = await ended.then(() => assert.fail("The call succeeded"), (error) => error);
  if (!(error instanceof RpcError)) throw error;
  assert.equal(error.code, StatusCode[code], error.message);
  return error;
}

/** Returns an address on which nothing listens. */
export function freeAddress(): string {
  return `127.0.0.1:${freePorts(1)[0]}`;
}
