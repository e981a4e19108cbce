/**
 * Tests of hybrid vsock against a simulated monitor, which follows Firecracker's docs/vsock.md: it reads
 * `CONNECT <port>\n`, and answers `OK <port>\n` or closes the connection.
 *
 * @module
 */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";
import type { SocketDuplex } from "../../src/net/duplex/mod.ts";
import {
  loadNetAndDuplex,
  type Net,
  PERMISSIONS,
  readAll,
  serve,
  temporaryDirectory,
} from "./_transports.ts";

const [test, net] = await gate(PERMISSIONS, loadNetAndDuplex);

/** The monitor's handling of a connection after the request line. */
type Behaviour = (stream: SocketDuplex, request: string) => void | Promise<void>;

/** Runs `body` with a monitor that handles each connection by the next behaviour, and further ones by the last. */
async function withMonitor(
  behaviours: readonly Behaviour[],
  body: (address: Net.Address, reactor: Net.Reactor) => Promise<void>,
): Promise<void> {
  using directory = temporaryDirectory();
  const path = `${directory.path}/vm.sock`;
  await using server = await serve(net, { transport: "unix", path });
  const { reactor } = server;
  const streams: SocketDuplex[] = [];
  let running = true;
  const loop = (async () => {
    for (let i = 0; running; i++) {
      const stream = net.toDuplex(await server.accept(), reactor);
      streams.push(stream);
      stream.on("error", () => {});
      const behave = behaviours[Math.min(i, behaviours.length - 1)];
      stream.once("data", (request: Uint8Array) => {
        void behave(stream, new TextDecoder().decode(request));
      });
    }
  })();
  try {
    await body({ transport: "vsock+unix", path, port: 5000 }, reactor);
  } finally {
    running = false;
    net.startConnect({ transport: "unix", path }).socket.close();
    await loop;
    for (const stream of streams) stream.destroy();
  }
}

const accepts: Behaviour = (stream) => void stream.write("OK 1073741824\n");
const hangsUp: Behaviour = (stream) => void stream.destroy();

test("hybrid vsock: requests the port, and the connection carries bytes in both directions", async () => {
  let asked = "";
  const echo: Behaviour = (stream, request) => {
    asked = request;
    stream.write("OK 1073741824\n");
    stream.pipe(stream);
  };
  await withMonitor([echo], async (address, reactor) => {
    const stream = net.toDuplex(await net.dial(address, { reactor }), reactor);
    const received = readAll(stream);
    stream.end("hello");
    assert.equal(new TextDecoder().decode(await received), "hello");
    assert.equal(asked, "CONNECT 5000\n");
  });
});

test("hybrid vsock: bytes that arrive together with the answer are kept", async () => {
  const eager: Behaviour = (stream) => void stream.end("OK 1\nfirst\nsecond");
  await withMonitor([eager], async (address, reactor) => {
    const stream = net.toDuplex(await net.dial(address, { reactor }), reactor);
    assert.equal(new TextDecoder().decode(await readAll(stream)), "first\nsecond");
  });
});

test("hybrid vsock: an answer that arrives byte by byte is read", async () => {
  const slow: Behaviour = async (stream) => {
    for (const byte of "OK 1073741824\nx") {
      stream.write(byte);
      await new Promise((resolve) => setTimeout(resolve));
    }
    stream.end();
  };
  await withMonitor([slow], async (address, reactor) => {
    const stream = net.toDuplex(await net.dial(address, { reactor }), reactor);
    assert.equal(new TextDecoder().decode(await readAll(stream)), "x");
  });
});

for (
  const answer of ["NO\n", "OK\n", "OK x\n", "OK 1 2\n", "ok 1\n", "\n", "OK 12345678901\n"]
) {
  test(`hybrid vsock: the answer ${JSON.stringify(answer)} is refused and quoted`, async () => {
    const nonsense: Behaviour = (stream) => void stream.write(answer);
    await withMonitor([nonsense], async (address, reactor) => {
      await assert.rejects(net.dial(address, { reactor }), (error) => {
        assert.ok(error instanceof net.NetError);
        assert.equal(error.code, "HANDSHAKE_REFUSED");
        assert.ok(error.message.includes(JSON.stringify(answer.slice(0, -1))), error.message);
        return !net.isRetryable(error);
      });
    });
  });
}

test("hybrid vsock: an answer without a line end fails after 32 bytes", async () => {
  const endless: Behaviour = (stream) => void stream.write("O".repeat(100_000));
  await withMonitor([endless], async (address, reactor) => {
    await assert.rejects(net.dial(address, { reactor }), {
      code: "HANDSHAKE_REFUSED",
      message: /no line within 32 bytes/,
    });
  });
});

test("hybrid vsock: a monitor that never answers fails after the timeout", async () => {
  await withMonitor([() => {}], async (address, reactor) => {
    await assert.rejects(net.dial(address, { reactor, timeout: 40 }), { code: "TIMED_OUT" });
  });
});

test("hybrid vsock: the error of a monitor that closes says that nothing listens in the guest", async () => {
  await withMonitor([hangsUp], async (address, reactor) => {
    await assert.rejects(net.dial(address, { reactor }), (error) => {
      assert.ok(error instanceof net.NetError);
      assert.match(error.code, /^(HANDSHAKE_CLOSED|ECONNRESET)$/);
      return net.isRetryable(error);
    });
  });
});

test("hybrid vsock: `dialUntilReady()` retries until the guest listens", async () => {
  await withMonitor([hangsUp, hangsUp, accepts], async (address, reactor) => {
    using socket = await net.dialUntilReady(address, { reactor });
    assert.ok(socket.fd >= 0);
  });
});

test("`dialUntilReady()` does not retry permanent failures, and rejects with the last failure", async () => {
  await withMonitor([(stream) => void stream.write("NO\n")], async (address, reactor) => {
    await assert.rejects(net.dialUntilReady(address, { reactor }), { code: "HANDSHAKE_REFUSED" });
  });
  await using reactor = new net.Reactor();
  const nobody: Net.Address = { transport: "unix", path: "/nonexistent/signer.sock" };
  await assert.rejects(net.dialUntilReady(nobody, { reactor, timeout: 60 }), (error) => {
    assert.ok(error instanceof net.NetError);
    assert.equal(error.code, "TIMED_OUT");
    assert.match(error.message, /No such file or directory/);
    return error.cause instanceof net.NetError && error.cause.code === "ENOENT";
  });
});

test("hybrid vsock: listens on PATH_PORT for connections from the guest", async () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/vm.sock`;
  await using server = await serve(net, { transport: "vsock+unix", path, port: 52 });
  assert.equal(net.formatAddress(server.address), `vsock+unix:${path}:52`);
  using _monitor = await net.dial({ transport: "unix", path: `${path}_52` }, server);
  using accepted = await server.accept();
  assert.equal(accepted.peer.transport, "unix");
});
