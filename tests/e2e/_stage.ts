/** The modules and addresses that the suites over every transport share. @module */
import type { ChannelOptions, RpcChannel } from "../../src/grpc/mod.ts";
import type { Stack } from "../../src/grpc/stacks/mod.ts";
import { inGuest, loadNet, type Net } from "../net/_transports.ts";
import { type Place, type Way, ways } from "./_transports.ts";

export const stacks: readonly Stack[] = ["native", "grpc-js"];

export const PERMISSIONS = ["net", "env", "read", "write", "sys", "ffi", "run"] as const;

/** Loads the modules of the suites. For `gate()`, when the permissions are granted. */
export async function loadStage() {
  return {
    net: await loadNet(),
    signer: await import("./_signer.ts"),
    cases: await import("./_transport_cases.ts"),
    load: await import("./_load.ts"),
    failing: await import("./_failing_server.ts"),
    clients: {
      "grpc-js": (await import("../../src/grpc/grpcjs/mod.ts")).openChannel,
      native: (await import("../../src/grpc/native/client/mod.ts")).openNativeChannel,
    } as Record<string, (options: ChannelOptions) => RpcChannel>,
  };
}

/** Returns the supported ways. In the guest, which is slow, only those over vsock: the host tests the others. */
export function waysHere(net: typeof Net): Way[] {
  return ways(net).filter(({ supported, vsock }) => supported && (vsock || !inGuest()));
}

/** Opens every supported way. Returns each with its place. */
export async function openWays(
  net: typeof Net,
  directory: string,
): Promise<Map<Way, Place> & AsyncDisposable> {
  const opened = new Map<Way, Place>();
  for (const way of waysHere(net)) opened.set(way, await way.open(directory));
  return Object.assign(opened, {
    async [Symbol.asyncDispose]() {
      for (const { monitor } of opened.values()) await monitor?.[Symbol.asyncDispose]();
    },
  });
}

/** Returns the options with which `signer serve` listens at all places. */
export function serveOptions(opened: Map<Way, Place>): string[] {
  return [...opened.values()].flatMap(({ options }) => options);
}
