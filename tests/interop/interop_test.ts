/**
 * The cases of gRPC's interop tests (doc/interop-test-descriptions.md), each stack's client with
 * each stack's server, over TCP and over a Unix socket.
 */
import type { RpcChannel, RpcServer, Service } from "../../src/grpc/contract/mod.ts";
import { formatAddress, parseAddress } from "../../src/net/mod.ts";
import { gate } from "../_support/gate.ts";
import { loadLibc } from "../grpc/_rig.ts";
import { type Case, cases, compressedRequestCases } from "./_cases.ts";
import { interopServer } from "./_service.ts";

const [test, stacks] = await gate(["net", "env", "read", "write", "sys", "ffi"], async () => {
  loadLibc();
  const { openChannel, openGrpcJsServer } = await import("../../src/grpc/grpcjs/mod.ts");
  const { openNativeChannel, openNativeServer } = await import("../../src/grpc/native/mod.ts");
  return { openChannel, openGrpcJsServer, openNativeChannel, openNativeServer };
});

type Connect = (address: string) => RpcChannel;
type Serve = (services: Service[]) => RpcServer;

const servers: Readonly<Record<string, Serve>> = {
  "native server": (services) => stacks.openNativeServer({ services }),
  "grpc-js server": (services) => stacks.openGrpcJsServer({ services }),
};

const clients: Readonly<Record<string, Connect>> = {
  "native client": (address) => stacks.openNativeChannel({ addresses: [address] }),
  "grpc-js client": (address) => stacks.openChannel({ addresses: [address] }),
};

const transports: Readonly<Record<string, (directory: string) => string>> = {
  tcp: () => "127.0.0.1:0",
  unix: (directory) => `unix:${directory}/interop.sock`,
};

/** Cases that cannot be run as described, with the reason. */
const ignored: Readonly<Record<string, string>> = {
  server_compressed_unary: "no handler can ask for a compressed response",
  server_compressed_streaming: "no handler can ask for a compressed response",
};

async function run(serve: Serve, connect: Connect, where: string, body: Case): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    const server = serve([interopServer()]);
    try {
      const address = formatAddress(
        await server.listen(parseAddress(transports[where](directory))),
      );
      using channel = connect(address);
      await channel.connect(Date.now() + 10_000);
      await body(channel);
    } finally {
      await server.close();
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

for (const where of Object.keys(transports)) {
  for (const [serverName, serve] of Object.entries(servers)) {
    for (const [clientName, connect] of Object.entries(clients)) {
      const title = `${clientName}, ${serverName}, ${where}`;
      for (const [name, body] of Object.entries(cases)) {
        test(`${name}: ${title}`, () => run(serve, connect, where, body));
      }
      for (const [name, body] of Object.entries(compressedRequestCases)) {
        const ignore = clientName !== "native client";
        const reason = ignore ? " (the grpc-js channel compresses no requests)" : "";
        test({
          name: `${name}: ${title}${reason}`,
          ignore,
          fn: () => run(serve, connect, where, body),
        });
      }
      for (const [name, reason] of Object.entries(ignored)) {
        test({ name: `${name}: ${title} (${reason})`, ignore: true, fn: () => {} });
      }
    }
  }
}
