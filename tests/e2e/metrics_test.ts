/** `serve --metrics`, scraped over HTTP by Deno's own client. @module */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";
import { peerTest } from "../_support/peers.ts";
import { assertSoundMetrics } from "../_support/promtool.ts";
import { until } from "../_support/until.ts";
import { servings } from "./_servings.ts";

const [
  test,
  { SignerProcess, call, echo, openChannel, openCall, paths, runSigner, signing, streamId },
] = await gate(
  ["net", "env", "read", "write", "sys", "ffi", "run"],
  async () => ({ ...await import("./_signer.ts"), ...await import("../hostile/_requests.ts") }),
);

type Server = Awaited<ReturnType<typeof SignerProcess.start>>;

/** Starts a server with metrics on a Unix socket, which needs no free port. */
async function withServer(
  options: readonly string[],
  use: (server: Server, get: (path: string, accept?: string) => Promise<Response>) => Promise<void>,
): Promise<void> {
  const folder = Deno.makeTempDirSync();
  try {
    const path = `${folder}/metrics.sock`;
    await using server = await SignerProcess.start(
      ...["--tcp", "127.0.0.1:0", "--generate", "ecdsa-p256", "--metrics", `unix:${path}`],
      ...options,
    );
    using client = Deno.createHttpClient({ proxy: { transport: "unix", path } });
    await use(
      server,
      (page, accept = "*/*") => fetch(`http://localhost${page}`, { client, headers: { accept } }),
    );
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** The value of a series of a scrape. */
function valueOf(text: string, series: string): number | undefined {
  const line = text.split("\n").find((line) => line.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

for (const [name, options] of Object.entries(servings)) {
  test(`/metrics has the calls and signatures of every thread: ${name}`, async () => {
    await withServer(options, async (server, get) => {
      const ready = await get("/readyz");
      assert.deepEqual([ready.status, await ready.text()], [200, "ok\n"]);
      for (let i = 0; i < 4; i++) {
        // A connection each, so that both workers have some.
        using channel = openChannel({ addresses: server.addresses });
        await call(channel, echo.Echo, { message: "hello" });
        const message = new Uint8Array(1);
        await call(channel, signing.Sign, { keyType: "KEY_TYPE_ECDSA_P256", message });
        await assert.rejects(call(channel, signing.Sign, { keyId: "none", message }));
      }
      const text = await (await get("/metrics")).text();
      const calls = (method: string, status: string) =>
        valueOf(text, `signer_requests_total{method="${method}",status="${status}"}`);
      assert.equal(calls("/signer.v1.EchoService/Echo", "OK"), 4);
      assert.equal(calls("/signer.v1.SigningService/Sign", "OK"), 4);
      assert.equal(calls("/signer.v1.SigningService/Sign", "NOT_FOUND"), 4);
      const signatures = [...text.matchAll(/^signer_signatures_total\{.*ECDSA.*\} (\d+)$/gm)];
      assert.deepEqual(signatures.map(([, count]) => count), ["4"]);
      assert.equal(valueOf(text, 'signer_accepted_connections_total{transport="tcp"}'), 4);
    });
  });
}

/** Makes four connections with a signature and a message that is too large, and returns a scrape after them. */
async function scrapeAfterCalls(
  server: Server,
  get: (path: string) => Promise<Response>,
): Promise<string> {
  for (let i = 0; i < 4; i++) {
    using channel = openChannel({ addresses: server.addresses });
    const message = new Uint8Array(1);
    // The first signature of a thread waits for its turn, because its time is not known yet.
    await call(channel, signing.Sign, { keyType: "KEY_TYPE_ECDSA_P256", message });
    await assert.rejects(call(channel, echo.Echo, { message: "x".repeat(2_000) }));
  }
  let text = "";
  // Bytes are counted once a second, or when a connection closes.
  await until("no connection is counted", async () => {
    text = await (await get("/metrics")).text();
    return valueOf(text, 'signer_connections{transport="tcp"}') === 0;
  });
  return text;
}

for (const [name, options] of Object.entries(servings)) {
  test(`/metrics has waits in the queue, bytes, limits and refused calls: ${name}`, async () => {
    await withServer([...options, "--max-message-size", "1KiB"], async (server, get) => {
      const text = await scrapeAfterCalls(server, get);
      assert.equal(valueOf(text, 'signer_limit_hits_total{limit="maxRequestBytes"}'), 4);
      const refused = 'method="/signer.v1.EchoService/Echo",status="RESOURCE_EXHAUSTED"';
      assert.equal(valueOf(text, `signer_requests_total{${refused}}`), 4);
      const sign = 'method="/signer.v1.SigningService/Sign"';
      assert.ok(valueOf(text, `signer_queue_duration_seconds_count{${sign}}`)! >= 1);
      assert.ok(valueOf(text, 'signer_received_bytes_total{transport="tcp"}')! > 8_000);
      assert.ok(valueOf(text, 'signer_sent_bytes_total{transport="tcp"}')! > 400);
      assert.equal(valueOf(text, 'signer_streams{transport="tcp"}'), 0);
    });
  });
}

for (const [name, options] of Object.entries(servings)) {
  peerTest(test, "promtool")(
    `promtool finds no fault in a scrape of a running server: ${name}`,
    async (promtool) => {
      await withServer(
        [...options, "--pipelines", "--max-message-size", "1KiB"],
        async (server, get) => {
          await assertSoundMetrics(promtool, await scrapeAfterCalls(server, get));
        },
      );
    },
  );
}

test("/metrics has the CPU time and lag of each thread", async () => {
  await withServer(["--workers", "2"], async (server, get) => {
    using channel = openChannel({ addresses: server.addresses });
    await call(channel, echo.Echo, { message: "hello" });
    const text = await (await get("/metrics")).text();
    for (const thread of ["main", "worker-0", "worker-1"]) {
      assert.ok(valueOf(text, `signer_thread_cpu_seconds_total{thread="${thread}"}`)! > 0);
      assert.ok(valueOf(text, `signer_event_loop_lag_seconds{thread="${thread}"}`)! >= 0);
    }
    assert.equal(valueOf(text, "signer_log_lines_dropped_total"), 0);
    assert.ok(valueOf(text, "process_max_fds")! > valueOf(text, "process_open_fds")!);
  });
});

test("Streams over the limit of a connection are counted, at the latest when it ends", async () => {
  await withServer(["--workers", "1", "--max-streams", "2"], async (server, get) => {
    const { hostname, port } = new URL(server.addresses[0].replace(/^tcp:/, "http:"));
    const connection = await Deno.connect({ hostname, port: Number(port) });
    const settings = Uint8Array.of(0, 0, 0, 4, 0, 0, 0, 0, 0);
    await connection.write(new TextEncoder().encode("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
    await connection.write(settings);
    for (let i = 0; i < 5; i++) await connection.write(openCall(paths.signStream, streamId(i)));
    await new Promise((resolve) => setTimeout(resolve, 100));
    connection.close();
    const series = 'signer_limit_hits_total{limit="maxConcurrentStreams"}';
    const hits = async () => valueOf(await (await get("/metrics")).text(), series);
    await until("refused streams are counted", async () => await hits() !== undefined);
    assert.equal(await hits(), 3);
  });
});

test("Log lines that standard error does not take are dropped and counted, and delay no call", async () => {
  await withServer(["--workers", "1", "--log-level", "requests=debug"], async (server, get) => {
    server.ignoreLog();
    using channel = openChannel({ addresses: server.addresses });
    // 1.2 MB of lines: the pipe takes 64 KB, and the thread keeps 256 KB.
    for (let i = 0; i < 40; i++) {
      await Promise.all(
        Array.from({ length: 100 }, () => call(channel, echo.Echo, { message: "hello" })),
      );
    }
    const text = await (await get("/metrics")).text();
    assert.ok(valueOf(text, "signer_log_lines_dropped_total")! > 100);
  });
});

test("/metrics counts reloads by outcome, and has the expiry of each certificate", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    const made = await runSigner("keygen", "--dev-ca", `${folder}/tls`);
    assert.equal(made.code, 0, made.stderr);
    const [cert, key] = [`${folder}/tls/server.pem`, `${folder}/tls/server.key`];
    await withServer(
      ["--workers", "1", "--tls-cert", cert, "--tls-key", key],
      async (server, get) => {
        server.signal("SIGHUP");
        await server.logged(/Certificates read again/);
        Deno.removeSync(cert);
        server.signal("SIGHUP");
        await server.logged(/could not be read again/);
        const text = await (await get("/metrics")).text();
        assert.equal(valueOf(text, 'signer_reloads_total{outcome="success"}'), 1);
        assert.equal(valueOf(text, 'signer_reloads_total{outcome="failure"}'), 1);
        assert.equal(valueOf(text, "signer_last_reload_successful"), 0);
        assert.ok(valueOf(text, "signer_last_reload_success_timestamp_seconds")! > 1.7e9);
        const [, end] = /^signer_certificate_expiry_timestamp_seconds\{.+\} (\d+)$/m.exec(text)!;
        assert.ok(Number(end) > Date.now() / 1_000);
      },
    );
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

test("/readyz answers 503 while the server drains", async () => {
  await withServer(["--workers", "1"], async (server, get) => {
    using channel = openChannel({ addresses: server.addresses });
    const held = Promise.withResolvers<void>();
    const request = { keyType: "KEY_TYPE_ECDSA_P256", message: new Uint8Array(1) };
    const stream = channel.call<object, { response?: object }>(
      signing.SignStream as never,
      async function* () {
        yield request;
        await held.promise;
      }(),
    ).responses[Symbol.asyncIterator]();
    assert.ok((await stream.next()).value?.response);
    server.signal("SIGTERM");
    await server.logged(/Draining/);
    const { status, body } = await get("/readyz").then(async (answer) => ({
      status: answer.status,
      body: await answer.text(),
    }));
    assert.deepEqual([status, body], [503, "draining\n"]);
    assert.equal(await (await get("/healthz")).text(), "ok\n");
    held.resolve();
    assert.equal((await stream.next()).done, true);
    assert.equal(await server.stop(), 0);
  });
});
