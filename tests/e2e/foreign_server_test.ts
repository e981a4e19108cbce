/**
 * Clients of servers that speak TLS or HTTP/1.1. `call` reported "closed the connection", "A frame of 3940676 bytes
 * is over the setting" or "Failed to connect".
 *
 * @module
 */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";

const [test, { describeForeignServer, runSigner, SignerProcess }] = await gate(
  ["net", "env", "read", "sys", "ffi", "run"],
  async () => ({
    ...await import("./_signer.ts"),
    ...await import("../../src/cli/foreign_server.ts"),
  }),
);

type Bytes = string | Uint8Array | undefined;

/** Returns the answer of a server to the first bytes of a connection; undefined closes the connection. */
type Answer = (first: Uint8Array) => Bytes | Promise<Bytes>;

const handshake = 0x16;
/** Fatal alert protocol_version (RFC 8446 section 6). */
const alert = new Uint8Array([0x15, 3, 1, 0, 2, 2, 70]);

const servers: Readonly<Record<string, { answer: Answer | "never"; says: RegExp }>> = {
  "TLS, and answers all else with an alert": { answer: () => alert, says: /speaks TLS/ },
  "TLS, and closes at all else, as OpenSSL": {
    answer: ([type]) => type === handshake ? alert : undefined,
    says: /speaks TLS/,
  },
  "HTTP/1.1": { answer: () => "HTTP/1.1 505 Not Supported\r\n\r\n", says: /speaks HTTP\/1\.1/ },
  "HTTP/0.9 in doubt": { answer: () => "<!DOCTYPE HTML>\n", says: /speaks HTTP\/1\.1/ },
  "SSH": { answer: () => "SSH-2.0-OpenSSH_9.2\r\n", says: /first bytes are "SSH-2\.0-O"/ },
  "nothing": { answer: "never", says: /accepts connections and does not answer/ },
};

/** Runs `body` with the port of a server. */
async function withServer(answer: Answer | "never", body: (port: number) => Promise<void>) {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving: Promise<void>[] = [];
  const accepting = (async () => {
    for await (const connection of listener) serving.push(serve(connection, answer));
  })();
  try {
    await body(listener.addr.port);
  } finally {
    listener.close();
    await accepting;
    await Promise.all(serving);
  }
}

async function serve(connection: Deno.TcpConn, answer: Answer | "never"): Promise<void> {
  const buffer = new Uint8Array(256);
  try {
    const count = await connection.read(buffer) ?? 0;
    if (answer === "never") {
      while (await connection.read(buffer) !== null);
      return;
    }
    const bytes = await answer(buffer.subarray(0, count));
    if (bytes === undefined) return;
    await connection.write(typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes);
    while (await connection.read(buffer) !== null);
  } catch {
    // The client has reset the connection.
  } finally {
    connection.close();
  }
}

for (const [name, { answer, says }] of Object.entries(servers)) {
  test(`\`describeForeignServer()\` identifies ${name}`, async () => {
    await withServer(answer, async (port) => {
      assert.match(await describeForeignServer(`127.0.0.1:${port}`) ?? "undefined", says);
    });
  });
}

// `bench` gave up after 2 s, whatever its --connect-timeout, while a server under socket activation started.
test("`describeForeignServer()` waits for a server that is slow to start", async () => {
  const settings = new Uint8Array([0, 0, 0, 4, 0, 0, 0, 0, 0]);
  const slow = () => new Promise<Uint8Array>((resolve) => setTimeout(resolve, 1_200, settings));
  await withServer(slow, async (port) => {
    assert.equal(await describeForeignServer(`127.0.0.1:${port}`, 20_000), undefined);
  });
});

test("`describeForeignServer()` returns undefined for a gRPC server and for a closed port", async () => {
  await using server = await SignerProcess.start("--tcp", "127.0.0.1:0", "--generate", "ed25519");
  assert.equal(await describeForeignServer(server.addresses[0]), undefined);
  await server.stop("SIGKILL");
  assert.equal(await describeForeignServer(server.addresses[0]), undefined);
});

for (const stack of ["native", "grpc-js"]) {
  test(`\`call\` on ${stack} names the protocol of a server that does not speak gRPC`, async () => {
    await withServer(servers["TLS, and closes at all else, as OpenSSL"].answer, async (port) => {
      const { code, stderr } = await runSigner(
        ...["call", "echo", "x", "--to", `127.0.0.1:${port}`, "--stack", stack],
      );
      assert.equal(code, 64 + 14);
      assert.match(stderr, /^signer: error: Echo failed: UNAVAILABLE: .*The server speaks TLS/m);
      assert.match(
        stderr,
        /^signer: hint: Use --tls or --tls-ca with a server over TLS, or name another one/m,
      );
    });
  });
}

test("`bench` refuses a server that speaks HTTP/1.1 before the load", async () => {
  await withServer(servers["HTTP/1.1"].answer, async (port) => {
    const { code, stderr } = await runSigner(
      "bench",
      "echo",
      "--to",
      `127.0.0.1:${port}`,
      "-z",
      "1s",
    );
    assert.equal(code, 64 + 14);
    assert.match(
      stderr,
      /^signer: error: .*The server speaks HTTP\/1\.1, and gRPC needs HTTP\/2$/m,
    );
  });
});
