/** The dialer of grpc-js over the transports of `src/net`. @module */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { ServiceError } from "@grpc/grpc-js";
import { gate } from "../_support/gate.ts";
import { loadNetAndDuplex, PERMISSIONS, settle, temporaryDirectory } from "../net/_transports.ts";

const [test, { grpc, net, installDialer, connector }] = await gate(PERMISSIONS, async () => {
  const net = await loadNetAndDuplex();
  const { installDialer } = await import("../../src/grpc/grpcjs/dialing.ts");
  installDialer();
  const { Http2SubchannelConnector } = await import("@grpc/grpc-js/build/src/transport.js");
  const connector: object = Http2SubchannelConnector.prototype;
  return { grpc: await import("@grpc/grpc-js"), net, installDialer, connector };
});

const same = (bytes: Uint8Array) => Buffer.from(bytes);
const PATH = "/test.Echo/Echo";
const SERVICE = {
  echo: {
    path: PATH,
    requestStream: false,
    responseStream: false,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  },
} as const;

/** Starts a grpc-js server behind a listener of `src/net`, which answers with the peer's name. */
async function serve(address: string) {
  const reactor = new net.Reactor();
  const server = new grpc.Server();
  server.addService(SERVICE, {
    echo: (
      call: { getPeer(): string },
      respond: (error: null, answer: Uint8Array) => void,
    ) => respond(null, new TextEncoder().encode(call.getPeer())),
  });
  const injector = server.createConnectionInjector(grpc.ServerCredentials.createInsecure());
  const listener = await net.listen(net.parseAddress(address));
  const streams = new Set<InstanceType<typeof net.SocketDuplex>>();
  const acceptor = new net.Acceptor(listener, reactor, {
    onConnection(socket) {
      const stream = net.toDuplex(socket, reactor);
      stream.on("error", () => {});
      streams.add(stream);
      injector.injectConnection(stream);
    },
  });
  return {
    address: net.formatAddress(listener.address),
    streams,
    async [Symbol.asyncDispose]() {
      acceptor.close();
      listener.close();
      server.forceShutdown();
      injector.destroy();
      for (const stream of streams) stream.destroy();
      await reactor.close();
    },
  };
}

/** Makes a call to a target, with `deadline` milliseconds. */
function call(
  client: InstanceType<typeof grpc.Client>,
  deadline = 5000,
): Promise<string> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      PATH,
      same,
      (bytes: Uint8Array) => bytes,
      new Uint8Array(3),
      { deadline: Date.now() + deadline },
      (error: ServiceError | null, answer?: Uint8Array) => {
        if (error) reject(error);
        else resolve(new TextDecoder().decode(answer));
      },
    );
  });
}

function clientOf(target: string, options = {}) {
  return new grpc.Client(target, grpc.credentials.createInsecure(), {
    "grpc.use_local_subchannel_pool": 1,
    "grpc.enable_channelz": 0,
    "grpc.initial_reconnect_backoff_ms": 20,
    ...options,
  });
}

test("grpc-js calls over an abstract Unix socket, and the handler sees the peer", async () => {
  const address = `unix-abstract:signer-test-${crypto.randomUUID()}`;
  await using _server = await serve(address);
  const client = clientOf(address);
  assert.match(await call(client), /^unix:pid=[0-9]+,uid=[0-9]+$/);
  client.close();
  await settle(net);
});

test({
  name: "grpc-js calls over vsock, and the handler knows the peer's CID",
  ignore: !net?.vsockLoopbackWorks(),
  async fn() {
    await using server = await serve("vsock:local:any");
    const client = clientOf(server.address);
    assert.match(await call(client), /^vsock:1:[0-9]+$/);
    client.close();
    await settle(net);
  },
});

test("grpc-js calls over hybrid vsock, through the monitor's handshake", async () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/vm.sock`;
  const reactor = new net.Reactor();
  const server = new grpc.Server();
  server.addService(SERVICE, {
    echo: (_call: unknown, respond: (error: null, answer: Uint8Array) => void) =>
      respond(null, new TextEncoder().encode("from the guest")),
  });
  const injector = server.createConnectionInjector(grpc.ServerCredentials.createInsecure());
  const listener = await net.listen(net.parseAddress(`unix:${path}`));
  const requests: string[] = [];
  const acceptor = new net.Acceptor(listener, reactor, {
    onConnection(socket) {
      const stream = net.toDuplex(socket, reactor);
      stream.on("error", () => {});
      stream.once("data", (request: Uint8Array) => {
        requests.push(new TextDecoder().decode(request));
        stream.pause();
        stream.write("OK 1024\n");
        injector.injectConnection(stream);
      });
    },
  });
  const client = clientOf(`vsock+unix://${path}:5000`);
  assert.equal(await call(client), "from the guest");
  assert.deepEqual(requests, ["CONNECT 5000\n"]);
  client.close();
  await settle(net);
  acceptor.close();
  listener.close();
  server.forceShutdown();
  injector.destroy();
  await reactor.close();
});

test("grpc-js reconnects after the connection was reset", async () => {
  const address = `unix-abstract:signer-test-${crypto.randomUUID()}`;
  await using server = await serve(address);
  const client = clientOf(address);
  await call(client);
  for (const stream of server.streams) stream.destroy();
  await eventually(() => call(client));
  assert.equal(server.streams.size, 2);
  client.close();
  await settle(net);
});

test("a malformed target is refused when the client is created or called", async () => {
  const client = (() => {
    try {
      return clientOf("vsock:guest:1");
    } catch (error) {
      assert.equal((error as { code?: string }).code, "BAD_ADDRESS");
    }
  })();
  if (client === undefined) return;
  assert.throws(() => client.getChannel().getConnectivityState(true), { code: "BAD_ADDRESS" });
  client.close();
  await settle(net);
});

test("`installDialer()` has no effect the second time", () => {
  const before = Object.getOwnPropertyDescriptors(connector);
  installDialer();
  assert.deepEqual(Object.getOwnPropertyDescriptors(connector), before);
});

/** grpc-js 1.14.7 does not stop its backoff timers when the channel is closed. So these tests come last. */
const backoffTimers = { sanitizeOps: false, sanitizeResources: false };

test({
  name: "grpc-js ends a call with UNAVAILABLE where nobody listens, and says why",
  ...backoffTimers,
  async fn() {
    const client = clientOf("unix-abstract:signer-test-nobody");
    await assert.rejects(call(client), (error) => {
      assert.equal((error as ServiceError).code, grpc.status.UNAVAILABLE);
      assert.match((error as Error).message, /Cannot connect to unix-abstract:.*ECONNREFUSED/);
      return true;
    });
    client.close();
    await settle(net);
  },
});

test({
  name: "grpc-js keeps a call's deadline while the connection is under way",
  ...backoffTimers,
  async fn() {
    // A full backlog: the connection is never accepted.
    const address = `unix-abstract:signer-test-${crypto.randomUUID()}`;
    const full = net.Listener.open(net.parseAddress(address), { backlog: 0 });
    const first = await net.dial(full.address);
    const client = clientOf(address);
    await assert.rejects(call(client, 50), (error) => {
      assert.equal((error as ServiceError).code, grpc.status.DEADLINE_EXCEEDED);
      return true;
    });
    client.close();
    first.close();
    // The pending dial is refused once the listener is closed.
    full.close();
    await settle(net);
    await new Promise((resolve) => setTimeout(resolve, 20));
  },
});

/** Repeats a call, which may fail until a broken connection is noticed, until it succeeds. */
async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  for (let i = 0;; i++) {
    try {
      return await attempt();
    } catch (error) {
      if (i === 50) throw error;
    }
  }
}

// grpc-js refused the session of a connection that was made after its channel was closed, and left the connection open.
test("a connection that is made after its channel was closed is closed", async () => {
  const { Http2SubchannelConnector } = await import("@grpc/grpc-js/build/src/transport.js");
  const connector = new Http2SubchannelConnector({ path: "localhost" }) as unknown as {
    shutdown(): void;
    createSession(connected: object, address: object, options: object): Promise<unknown>;
  };
  connector.shutdown();
  let isClosed = false;
  const socket = { closed: false, destroy: () => isClosed = true };
  await assert.rejects(connector.createSession({ socket, secure: false }, {}, {}), () => true);
  assert.ok(isClosed);
});
