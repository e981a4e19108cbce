/**
 * The cases of gRPC's interop tests (doc/interop-test-descriptions.md), with the clients and servers of both stacks in
 * each combination, over TCP and Unix sockets.
 *
 * @module
 */
import type { RpcChannel, RpcServer, Service } from "../../src/grpc/mod.ts";
import { formatAddress, parseAddress } from "../../src/net/mod.ts";
import { gate } from "../_support/gate.ts";
import { loadLibc } from "../grpc/_rig.ts";
import { type Case, cases, compressedRequestCases, compressedResponseCases } from "./_cases.ts";
import { interopServer } from "./_service.ts";

const [test, stacks] = await gate(["net", "env", "read", "write", "sys", "ffi"], async () => {
  loadLibc();
  const { openChannel, openGrpcJsServer } = await import("../../src/grpc/grpcjs/mod.ts");
  const { openNativeChannel } = await import("../../src/grpc/native/client/mod.ts");
  const { openNativeServer } = await import("../../src/grpc/native/server/mod.ts");
  return { openChannel, openGrpcJsServer, openNativeChannel, openNativeServer };
});

type Connect = (address: string) => RpcChannel;

/** A stack's server and its support of compression. */
interface Serving {
  open(services: Service[]): RpcServer;
  /** True if handlers see whether a request was compressed. */
  readonly tellsCompression: boolean;
  /** The reason if responses are never compressed. */
  readonly compressesNoResponses?: string;
}

const servers: Readonly<Record<string, Serving>> = {
  "native server": {
    open: (services) => stacks.openNativeServer({ services }),
    tellsCompression: true,
  },
  "grpc-js server": {
    open: (services) => stacks.openGrpcJsServer({ services }),
    tellsCompression: false,
    compressesNoResponses: "grpc-js compresses no responses",
  },
};

const clients: Readonly<Record<string, Connect>> = {
  "native client": (address) => stacks.openNativeChannel({ addresses: [address] }),
  "grpc-js client": (address) => stacks.openChannel({ addresses: [address] }),
};

const transports: Readonly<Record<string, (directory: string) => string>> = {
  tcp: () => "127.0.0.1:0",
  unix: (directory) => `unix:${directory}/interop.sock`,
};

/** The reason if a client cannot compress the requests of single calls. */
const compressesNoRequests: Readonly<Record<string, string | undefined>> = {
  "grpc-js client": "grpc-js compresses all calls of a channel or none",
};

async function run(serving: Serving, connect: Connect, where: string, body: Case): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    const server = serving.open([interopServer(serving.tellsCompression)]);
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
  for (const [serverName, serving] of Object.entries(servers)) {
    for (const [clientName, connect] of Object.entries(clients)) {
      const title = `${clientName}, ${serverName}, ${where}`;
      const register = (cases: Readonly<Record<string, Case>>, note?: string, ignore = false) => {
        for (const [name, body] of Object.entries(cases)) {
          test({
            name: `${name}: ${title}${note === undefined ? "" : ` (${note})`}`,
            ignore,
            fn: () => run(serving, connect, where, body),
          });
        }
      };
      register(cases);
      const { tellsCompression, compressesNoResponses } = serving;
      const noRequests = compressesNoRequests[clientName];
      register(
        compressedRequestCases(tellsCompression),
        noRequests ?? (tellsCompression ? undefined : "without a probe: grpc-js does not tell"),
        noRequests !== undefined,
      );
      register(
        compressedResponseCases,
        compressesNoResponses,
        compressesNoResponses !== undefined,
      );
    }
  }
}
