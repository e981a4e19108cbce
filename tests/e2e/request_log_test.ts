/** The log of requests of `serve`, on both stacks and with workers. @module */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { gate } from "../_support/gate.ts";
import { servings } from "./_servings.ts";

const [test, { SignerProcess, call, echo, Metadata, openChannel, signing, StatusCode }] =
  await gate(
    ["net", "env", "read", "write", "sys", "ffi", "run"],
    async () => ({ ...await import("./_signer.ts"), ...await import("../../src/grpc/mod.ts") }),
  );

const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
/** The lines of the log of requests in a log of JSON. */
function requestsIn(log: string): Record<string, unknown>[] {
  return log.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line))
    .filter(({ logger }) => logger === "signer.requests");
}

for (const [name, options] of Object.entries(servings)) {
  test(`A failed call has a line at info, and others at debug: ${name}`, async () => {
    const request = { message: new Uint8Array(1) };
    const metadata = new Metadata([
      ["x-request-id", "job-7"],
      ["traceparent", `00-${trace}-00f067aa0ba902b7-01`],
      ["authorization", "Bearer secret-token"],
    ]);
    for (const level of ["info", "info,requests=debug"]) {
      await using server = await SignerProcess.start(
        ...["--tcp", "127.0.0.1:0", "--generate", "ecdsa-p256", "--log-format", "json"],
        ...["--log-level", level, ...options],
      );
      using channel = openChannel({ addresses: server.addresses });
      await call(channel, echo.Echo, { message: "hello" });
      await call(channel, signing.Sign, { keyType: "KEY_TYPE_ECDSA_P256", ...request });
      const forged = { keyId: 'none"\n{"forged":1}', ...request };
      await assert.rejects(call(channel, signing.Sign, forged, { metadata }));
      await server.stop();
      const lines = requestsIn(await server.log);
      const failed = lines.find(({ message }) => message === "Request failed")!;
      assert.deepEqual(
        [failed.requestId, failed.traceId, failed.method, failed.status, failed.key],
        ["job-7", trace, "/signer.v1.SigningService/Sign", "NOT_FOUND", 'none"\n{"forged":1}'],
      );
      assert.match(String(failed.peer), /^tcp:\/\/127\.0\.0\.1:\d+$/);
      assert.equal(failed.identity, "ip=127.0.0.1");
      assert.ok(Number(failed.totalUs) > 0 && Number(failed.queueUs) >= 0);
      assert.doesNotMatch(await server.log, /secret-token/);
      const served = lines.filter(({ message }) => message === "Request served");
      if (level === "info") {
        assert.equal(served.length, 0);
        continue;
      }
      assert.deepEqual(served.map(({ method }) => String(method).split("/")[2]), ["Echo", "Sign"]);
      assert.equal(served[1].algorithm, "ECDSA_SHA_256");
      assert.match(String(served[1].key), /.+/);
    }
  });
}

for (const [name, options] of Object.entries(servings)) {
  // On grpc-js, only calls that came to their handler had a line and a span.
  test(`Calls that are refused before their handler are logged, cut to a bounded length: ${name}`, async () => {
    await using server = await SignerProcess.start(
      ...["--tcp", "127.0.0.1:0", "--generate", "ecdsa-p256", "--log-format", "json"],
      ...["--max-message-size", "1KiB", ...options],
    );
    using channel = openChannel({ addresses: server.addresses });
    const metadata = new Metadata([["x-request-id", "job-8"], [
      "traceparent",
      `00-${trace}-00f067aa0ba902b7-01`,
    ]]);
    const path = `/no.Service/${"x".repeat(2_000)}`;
    const unknown = call(channel, { ...echo.Echo, path }, { message: "" }, { metadata });
    await assert.rejects(unknown, { code: StatusCode.UNIMPLEMENTED });
    const large = call(channel, echo.Echo, { payload: new Uint8Array(5_000) }, { metadata });
    await assert.rejects(large, { code: StatusCode.RESOURCE_EXHAUSTED });
    // Bytes of a length that the field does not have.
    const broken = { ...echo.Echo, requestSerialize: () => Buffer.from([0x0a, 0x7f, 0x00]) };
    await assert.rejects(call(channel, broken, { message: "" }, { metadata }));
    await server.stop();
    const lines = requestsIn(await server.log);
    assert.deepEqual(lines.map(({ message }) => message), Array(3).fill("Request failed"));
    const [first, second, third] = lines;
    assert.equal(first.status, "UNIMPLEMENTED");
    assert.equal(String(first.method).length, 201);
    assert.equal(second.status, "RESOURCE_EXHAUSTED");
    assert.match(String(second.reason), /larger/i);
    assert.match(String(third.status), /^(INTERNAL|INVALID_ARGUMENT)$/);
    for (const { requestId, traceId, identity, peer } of lines) {
      assert.deepEqual([requestId, traceId, identity], ["job-8", trace, "ip=127.0.0.1"]);
      assert.match(String(peer), /^tcp:\/\/127\.0\.0\.1:\d+$/);
    }
  });
}

// Lines had a peer's line separators and marks of direction as they are, and the audit log C1 control characters too: a
// terminal takes U+009B for the begin of a command, and shows text after U+202E from right to left.
for (const format of ["text", "json"]) {
  test(`A key's name cannot reorder or break a line of the log or of the audit log: ${format}`, async () => {
    await using server = await SignerProcess.start(
      ...["--tcp", "127.0.0.1:0", "--generate", "ecdsa-p256", "--workers", "0"],
      ...["--audit", "stderr", "--log-format", format],
    );
    using channel = openChannel({ addresses: server.addresses });
    const keyId = "begin\u009b2J\u202e\u2028\u2066end";
    await assert.rejects(call(channel, signing.Sign, { keyId, message: new Uint8Array(1) }));
    await server.stop();
    const log = await server.log;
    assert.doesNotMatch(log.replaceAll("\n", ""), /[\p{Cc}\u202e\u2028\u2066]/u);
    // In the line of the request, and in that of the attempt.
    assert.equal(log.split("begin\\u009b2J\\u202e\\u2028\\u2066end").length, 3, log);
  });
}

test("A reload that lowers the level of requests logs every call from then on, in each worker", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    const file = `${folder}/config.yaml`;
    const write = (level: string) => Deno.writeTextFileSync(file, `log:\n  level: ${level}\n`);
    write("info");
    await using server = await SignerProcess.start(
      ...["--config", file, "--tcp", "127.0.0.1:0", "--generate", "ecdsa-p256"],
      ...["--workers", "2", "--log-format", "json"],
    );
    using channel = openChannel({ addresses: server.addresses });
    await call(channel, echo.Echo, { message: "before" });
    write("info,requests=debug");
    server.signal("SIGHUP");
    await server.logged(/read again|changed/i);
    await call(channel, echo.Echo, { message: "after" });
    await server.stop();
    assert.deepEqual(requestsIn(await server.log).map(({ message }) => message), [
      "Request served",
    ]);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

test("--log-slow logs a signature that takes as long, with its key", async () => {
  await using server = await SignerProcess.start(
    ...["--tcp", "127.0.0.1:0", "--generate", "rsa-3072", "--workers", "1"],
    ...["--log-format", "json", "--log-slow", "1ms"],
  );
  using channel = openChannel({ addresses: server.addresses });
  // 1.8 ms and more on any machine of today, besides the compilation of the first call.
  await call(channel, signing.Sign, { keyType: "KEY_TYPE_RSA_3072", message: new Uint8Array(1) });
  await server.stop();
  const [line] = requestsIn(await server.log);
  assert.deepEqual([line.message, line.status], ["Request was slow", "OK"]);
  assert.equal(line.algorithm, "RSASSA_PSS_SHA_256");
  assert.ok(Number(line.totalUs) >= 1_000);
});
