/** The HTTP server of metrics and probes: its answers, and its limits against peers that do not end. @module */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";

const [test, { openHttp, parseAddress, logger }] = await gate(
  ["net", "env", "read", "write", "sys", "ffi"],
  async () => {
    const net = await import("../../src/net/mod.ts");
    // Loads libc, which stays loaded, outside of the tests.
    net.socketsSupported();
    return {
      ...net,
      ...await import("../../src/cli/serve/http.ts"),
      ...await import("../../src/telemetry/mod.ts"),
    };
  },
);

const page = { status: 200, type: "text/plain", body: "the page\n" } as const;

/** Runs a test against a server at a Unix socket. */
async function served(run: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "signer-http-" });
  const path = `${folder}/socket`;
  const pages = new Map([["/page", () => page]]);
  try {
    using _server = await openHttp(
      { address: parseAddress(`unix:${path}`) },
      pages,
      { unixMode: 0o600 },
      logger("serve"),
    );
    await run(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Sends text, and returns everything that comes until the server closes the connection. */
async function exchange(path: string, ...parts: string[]): Promise<string> {
  using connection = await Deno.connect({ transport: "unix", path });
  for (const part of parts) await connection.write(new TextEncoder().encode(part));
  return await new Response(connection.readable).text();
}

test("Requests get their page, and others their status", async () => {
  await served(async (path) => {
    const statusOf = async (line: string) =>
      (await exchange(path, `${line}\r\nhost: x\r\n\r\n`)).split("\r\n")[0];
    assert.equal(await statusOf("GET /page HTTP/1.1"), "HTTP/1.1 200 OK");
    assert.equal(await statusOf("GET /page?x=1 HTTP/1.0"), "HTTP/1.1 200 OK");
    assert.equal(await statusOf("GET /none HTTP/1.1"), "HTTP/1.1 404 Not Found");
    assert.equal(await statusOf("POST /page HTTP/1.1"), "HTTP/1.1 405 Method Not Allowed");
    assert.equal(await statusOf("nonsense"), "HTTP/1.1 400 Bad Request");
    const whole = await exchange(path, "GET /page HT", "TP/1.1\r\n", "\r\n");
    assert.ok(whole.endsWith("\r\n\r\nthe page\n"), whole);
  });
});

test("A head of over 8 KiB is refused", async () => {
  await served(async (path) => {
    const answer = await exchange(path, `GET /page HTTP/1.1\r\nx: ${"y".repeat(8_192)}`);
    assert.match(answer, /^HTTP\/1.1 431 /);
  });
});

// Sixteen connections that sent nothing kept all others out for 10 s, probes of Kubernetes too.
test("Connections that send nothing keep no request out: beyond 100 the oldest gives way", async () => {
  await served(async (path) => {
    const idle: Deno.UnixConn[] = [];
    try {
      for (let i = 0; i < 250; i++) idle.push(await Deno.connect({ transport: "unix", path }));
      assert.match(
        await exchange(path, "GET /page HTTP/1.1\r\nhost: x\r\n\r\n"),
        /^HTTP\/1.1 200 /,
      );
      // The server has closed the oldest, and not the newest.
      assert.equal(await idle[0].read(new Uint8Array(1)), null);
      await idle.at(-1)!.write(new TextEncoder().encode("GET /page HTTP/1.1\r\nhost: x\r\n\r\n"));
      assert.ok((await idle.at(-1)!.read(new Uint8Array(100)))! > 0);
    } finally {
      for (const connection of idle) connection.close();
    }
  });
});
