/**
 * A fuzz of TLS through a real listener: handshakes whose bytes are mutated, from a seed, while a good client calls.
 * The server must not end, log a fault of its own, or refuse the good client.
 *
 * @module
 */
import assert from "node:assert/strict";
import { connect } from "node:net";
import { gate } from "../_support/gate.ts";
import { generator } from "../http2/_random.ts";
import { mutate } from "./mutations.ts";

const [test, loaded] = await gate(
  ["net", "env", "read", "write", "sys", "ffi", "run"],
  async () => ({
    ...await import("../e2e/_signer.ts"),
    ...await import("../_support/tls_files.ts"),
    ...await import("../../src/net/mod.ts"),
  }),
);
const { call, dialTls, echo, openChannel, parseAddress, SignerProcess, TlsFiles } = loaded;

/** Handshakes of a run, each of a seed of its own. */
const SEEDS = 60;

/** Milliseconds after which a handshake that hangs is given up. */
const HANDSHAKE_MS = 300;

/** The longest life of a connection through the relay. */
const RELAY_MS = 1_000;

for (const stack of ["native", "grpc-js"]) {
  test(`${stack}: ${SEEDS} handshakes with mutated bytes harm neither the server nor a good client`, async () => {
    await using files = await TlsFiles.create();
    await files.issue("server");
    await using server = await SignerProcess.start(
      ...["--tcp", "127.0.0.1:0", "--generate", "ed25519", "--stack", stack, "--workers", "0"],
      ...[...files.options("server"), "--tls-min", "1.2"],
    );
    using context = files.ca.clientContext(undefined, { minVersion: "1.2" });
    using channel = openChannel({ addresses: server.addresses, tls: { context } });
    const address = parseAddress(server.addresses[0]);
    const port = address.transport === "tcp" ? address.port : 0;
    let completed = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      await using relay = new Relay(port, seed);
      const handshake = dialTls(context, parseAddress(relay.address), "localhost", {
        timeout: HANDSHAKE_MS,
      }).then((stream) => {
        completed++;
        stream.close();
      }, () => {});
      await call(channel, echo.Echo, {});
      await handshake;
    }
    // The mutation of a record after the handshake's last one comes too late to fail it.
    assert.ok(completed < SEEDS, "No handshake failed: the bytes were not mutated");
    await call(channel, echo.Echo, {});
    assert.equal(await server.stop(), 0);
    assert.doesNotMatch(await server.log, /Uncaught|level=error(?!.*expires soon)/);
  });
}

/** A relay to a server that mutates one of the first chunks of the client. It serves one connection. */
class Relay implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #done: Promise<void>;

  constructor(port: number, seed: number) {
    this.#done = this.#run(port, seed);
  }

  get address(): string {
    const { port } = this.#listener.addr as Deno.NetAddr;
    return `127.0.0.1:${port}`;
  }

  async #run(port: number, seed: number): Promise<void> {
    const random = generator(seed);
    const target = random(3);
    using client = await this.#listener.accept();
    const server = connect(port, "127.0.0.1");
    server.on("error", () => {});
    const closed = new Promise((resolve) => server.once("close", resolve));
    server.on("data", (bytes: Uint8Array) => void client.write(bytes).catch(() => {}));
    const timer = setTimeout(() => server.destroy(), RELAY_MS);
    const buffer = new Uint8Array(16_384);
    try {
      for (let chunk = 0;; chunk++) {
        const size = await client.read(buffer);
        if (size === null) break;
        const bytes = buffer.slice(0, size);
        server.write(chunk === target ? mutate(bytes, random) : bytes);
      }
    } catch {
      // The client gave up.
    }
    server.end();
    server.destroySoon();
    await closed;
    clearTimeout(timer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#done;
    this.#listener.close();
  }
}
