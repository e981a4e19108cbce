/** The identification of the server's process. @module */
import assert from "node:assert/strict";
import type { BenchOptions } from "../../src/cli/bench/options.ts";
import type { Service } from "../../src/grpc/mod.ts";
import { gate } from "../_support/gate.ts";

const [test, modules] = await gate(
  ["env", "ffi", "net", "read", "sys", "write"],
  async () => ({
    ...await import("../../src/cli/bench/server_process.ts"),
    ...await import("../../src/ffi/mod.ts"),
    ...await import("../../src/api/mod.ts"),
    ...await import("../../src/grpc/mod.ts"),
    ...await import("../../src/grpc/stacks/mod.ts"),
    ...await import("../../src/net/mod.ts"),
  }),
);

// Opened here, because a library stays loaded: a test that opened it would report a leak.
modules.socketsSupported?.();

const options = { connectTimeout: 10_000 } as BenchOptions;

/** Returns the server processes that a client finds at a Unix socket and at a TCP address, for a reported identity. */
async function foundAt(
  said: { pid: number; pidStartTicks: number } | undefined,
): Promise<{ unix: number | undefined; tcp: number | undefined }> {
  const { dial, findServerProcess, formatAddress, openServer, parseAddress, tcpAddress } = modules;
  const folder = await Deno.makeTempDir();
  const server = await openServer("native", { services: said === undefined ? [] : [info(said)] });
  try {
    const [unix, tcp] = [
      await server.listen(parseAddress(`unix:${folder}/s.sock`)),
      await server.listen(tcpAddress("127.0.0.1:0")),
    ].map(formatAddress);
    const at = async (address: string) => {
      using socket = await dial(parseAddress(address));
      return await findServerProcess(address, socket.peer, options, undefined);
    };
    return { unix: await at(unix), tcp: await at(tcp) };
  } finally {
    await server.close();
    await Deno.remove(folder, { recursive: true });
  }
}

function info(said: { pid: number; pidStartTicks: number }): Service {
  const { implement, serverInfoDefinition, unary } = modules;
  return implement(serverInfoDefinition, { GetServerInfo: unary(() => said) });
}

function ownStart(): number {
  return modules.libc.processStartTicks("self")!;
}

test("a server is found by the process number that it reports to local peers", async () => {
  const found = await foundAt({ pid: Deno.pid, pidStartTicks: ownStart() });
  assert.deepEqual(found, { unix: Deno.pid, tcp: Deno.pid });
});

test("with the number of another process, only the peer of a Unix socket is found", async () => {
  const found = await foundAt({ pid: 1, pidStartTicks: ownStart() });
  assert.deepEqual(found, { unix: Deno.pid, tcp: undefined });
});

test("a process with another start time is not the server", async () => {
  const found = await foundAt({ pid: Deno.pid, pidStartTicks: ownStart() + 1 });
  assert.deepEqual(found, { unix: undefined, tcp: undefined });
});

test("a server that reports no process is not found", async () => {
  const found = await foundAt({ pid: 0, pidStartTicks: 0 });
  assert.deepEqual(found, { unix: undefined, tcp: undefined });
});

test("a server without GetServerInfo is found by its Unix socket only", async () => {
  assert.deepEqual(await foundAt(undefined), { unix: Deno.pid, tcp: undefined });
});

test("a remote server is sent no request", async () => {
  const peer = { transport: "tcp", host: "192.0.2.1", port: 1 } as const;
  const found = await modules.findServerProcess("192.0.2.1:1", peer, options, undefined);
  assert.equal(found, undefined);
});
