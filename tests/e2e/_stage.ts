/** What the suites over every transport share: what they load, and the places that they open. */
import type { RpcChannel } from "../../src/grpc/mod.ts";
import type { Stack } from "../../src/grpc/stacks/mod.ts";
import { inGuest, loadNet, type Net } from "../net/_transports.ts";
import { type Place, type Way, ways } from "./_transports.ts";

export const stacks: readonly Stack[] = ["native", "grpc-js"];

export const PERMISSIONS = ["net", "env", "read", "write", "sys", "ffi", "run"] as const;

/** Loaded only when the permissions are there. */
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
    } as Record<string, (options: { addresses: readonly string[] }) => RpcChannel>,
  };
}

/** The ways that work here. The guest is slow, and what needs no vsock is tried on the host. */
export function waysHere(net: typeof Net): Way[] {
  return ways(net).filter(({ supported, vsock }) => supported && (vsock || !inGuest()));
}

/** Every way that works here, each with the place that it leads to. */
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

/** The options that have `signer serve` listen at all of them. */
export function serveOptions(opened: Map<Way, Place>): string[] {
  return [...opened.values()].flatMap(({ options }) => options);
}

/** Lets what the channels held end, so that nothing of it outlives the step. */
export async function settle(net: typeof Net): Promise<void> {
  while (net.sharedReactor().size > 0) await new Promise((resolve) => setTimeout(resolve));
  await net.sharedReactor().close();
}
