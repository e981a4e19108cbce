/** Clients of other projects against `signer serve`, on both stacks. @module */
import assert from "node:assert/strict";
import { StatusCode } from "../../src/grpc/status.ts";
import type { Stack } from "../../src/grpc/stacks/mod.ts";
import { gate } from "../_support/gate.ts";
import { type PeerName, peerTest, run } from "../_support/peers.ts";

const [test, { SignerProcess }] = await gate(
  ["net", "env", "read", "write", "sys", "ffi", "run"],
  () => import("./_signer.ts"),
);

const stacks: readonly Stack[] = ["native", "grpc-js"];
const ECHO = "signer.v1.EchoService/Echo";
const SIGN = "signer.v1.SigningService/Sign";

/** Declares a test of a server and one peer for each stack. */
function testWith(
  peer: PeerName,
  what: string,
  fn: (authority: string, program: string, stack: Stack) => Promise<void>,
): void {
  for (const stack of stacks) {
    peerTest(test, peer)(`${stack}: ${peer} ${what}`, async (program) => {
      const options = ["--stack", stack, "--tcp", "127.0.0.1:0", "--generate", "ecdsa-p256"];
      await using server = await SignerProcess.start(...options);
      await fn(server.addresses[0].replace("tcp://", ""), program, stack);
      assert.equal(await server.stop(), 0);
      assert.doesNotMatch(await server.log, /level=error/);
    });
  }
}

testWith("grpcurl", "lists and describes what the server offers", async (at, grpcurl) => {
  const listed = await run(grpcurl, "-plaintext", at, "list");
  assert.equal(listed.code, 0, listed.stderr);
  const services = listed.stdout.trim().split("\n");
  for (const name of ["EchoService", "ServerInfoService", "SigningService"]) {
    assert.ok(services.includes(`signer.v1.${name}`), listed.stdout);
  }
  assert.ok(services.includes("grpc.health.v1.Health"), listed.stdout);
  const described = await run(grpcurl, "-plaintext", at, "describe", "signer.v1.SigningService");
  assert.equal(described.code, 0, described.stderr);
  assert.match(
    described.stdout,
    /rpc SignStream \( stream \.signer\.v1\.SignRequest \) returns \( stream \.signer\.v1\.SignResult \)/,
  );
});

testWith("grpcurl", "echoes, signs and asks for health", async (at, grpcurl) => {
  const ask = async (method: string, request: object) => {
    const { code, stdout, stderr } = await run(
      grpcurl,
      ...["-plaintext", "-d", JSON.stringify(request), at, method],
    );
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout);
  };
  assert.deepEqual(await ask(ECHO, { message: "grüße" }), { message: "grüße" });
  const signed = await ask(SIGN, { keyType: "KEY_TYPE_ECDSA_P256", message: "aGVsbG8=" });
  assert.equal(signed.algorithm, "ECDSA_SHA_256");
  assert.ok(Uint8Array.fromBase64(signed.signature).length >= 68);
  // Two requests on one stream.
  const stream = await run(
    grpcurl,
    ...[
      "-plaintext",
      "-d",
      `${'{"keyType":"KEY_TYPE_ECDSA_P256","message":"aGVsbG8="}'.repeat(2)}`,
    ],
    ...[at, "signer.v1.SigningService/SignStream"],
  );
  assert.equal(stream.code, 0, stream.stderr);
  assert.equal(stream.stdout.match(/"signature"/g)?.length, 2, stream.stdout);
  const health = await ask("grpc.health.v1.Health/Check", { service: "signer.v1.SigningService" });
  assert.deepEqual(health, { status: "SERVING" });
});

testWith("grpcurl", "is told the status of a call that fails", async (at, grpcurl) => {
  const options = ["-plaintext", "-format-error", "-d"];
  const request = JSON.stringify({ keyId: "none", message: "aGVsbG8=" });
  const missing = await run(grpcurl, ...options, request, at, SIGN);
  assert.equal(missing.code, 64 + StatusCode.NOT_FOUND);
  const { code, message } = JSON.parse(missing.stderr);
  assert.equal(code, StatusCode.NOT_FOUND);
  assert.match(message, /^There is no key with the id none/);
  const unknown = await run(
    grpcurl,
    ...options,
    '{"service":"none"}',
    at,
    "grpc.health.v1.Health/Check",
  );
  assert.equal(unknown.code, 64 + StatusCode.NOT_FOUND);
  const late = await run(grpcurl, "-max-time", "0.000001", ...options, request, at, SIGN);
  assert.notEqual(late.code, 0);
});

/** The message `EchoRequest { message: "hi" }` with its prefix. */
const REQUEST = Uint8Array.of(0, 0, 0, 0, 4, 0x0a, 2, 0x68, 0x69);

testWith(
  "nghttp",
  "has a call answered, and what is no call refused",
  async (at, nghttp, stack) => {
    const directory = await Deno.makeTempDir();
    try {
      const file = `${directory}/request`;
      await Deno.writeFile(file, REQUEST);
      const post = (path: string, ...more: string[]) =>
        run(nghttp, "-v", "--no-dep", ...more, `http://${at}${path}`);
      const grpc = [
        "-H:method: POST",
        "-Hcontent-type: application/grpc",
        "-Hte: trailers",
        "-d",
        file,
      ];
      const echo = await post(`/${ECHO}`, ...grpc);
      assert.equal(echo.code, 0, echo.stderr);
      assert.match(echo.stdout, /\(stream_id=1\) :status: 200\n/);
      assert.match(echo.stdout, /\(stream_id=1\) content-type: application\/grpc/);
      assert.match(echo.stdout, /\(stream_id=1\) grpc-status: 0\n/);
      assert.ok(echo.stdout.includes("\x0a\x02hi"), echo.stdout);
      // Support of padding is optional (RFC 9113 section 6.1).
      const padded = await post(`/${ECHO}`, ...grpc, "--padding=200");
      assert.match(padded.stdout, /grpc-status: 0\n/);
      const unknown = await post("/signer.v1.EchoService/None", ...grpc);
      assert.match(unknown.stdout, /grpc-status: 12\n/);
      const plain = await post(`/${ECHO}`, "-H:method: POST", "-d", file);
      const get = await post(`/${ECHO}`);
      for (const { stdout } of [plain, get]) assert.doesNotMatch(stdout, /grpc-status: 0\n/);
      if (stack === "native") {
        assert.match(plain.stdout, /:status: 415\n/);
        assert.match(get.stdout, /:status: 405\n/);
        // To send CONTINUATION frames, it fills its header list beyond 16 KiB, which ends the stream.
        const large = await post(`/${ECHO}`, ...grpc, "--continuation");
        assert.match(large.stdout, /recv RST_STREAM [^]*error_code=ENHANCE_YOUR_CALM/);
      }
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
);

testWith("nghttp", "has many calls answered on one connection", async (at, nghttp) => {
  const directory = await Deno.makeTempDir();
  try {
    const file = `${directory}/request`;
    await Deno.writeFile(file, REQUEST);
    const { code, stdout, stderr } = await run(
      nghttp,
      ...["-v", "--no-dep", "-m", "100", "-H:method: POST", "-Hcontent-type: application/grpc"],
      ...["-Hte: trailers", "-d", file, `http://${at}/${ECHO}`],
    );
    assert.equal(code, 0, stderr);
    assert.equal(stdout.match(/grpc-status: 0\n/g)?.length, 100);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

testWith("go_echo", "has 20 calls at a time answered", async (at, goEcho) => {
  const options = ["-count", "100", "-concurrent", "20", "-size", "1000"];
  const { code, stdout, stderr } = await run(goEcho, "-at", at, ...options);
  assert.equal(code, 0, stderr);
  assert.deepEqual(JSON.parse(stdout), { succeeded: 100, errors: [] });
});

testWith("grpcurl", "describes the real files, and reflection itself", async (at, grpcurl) => {
  const described = async (symbol: string) => {
    const { code, stdout, stderr } = await run(grpcurl, "-plaintext", at, "describe", symbol);
    assert.equal(code, 0, stderr);
    return stdout;
  };
  assert.match(await described("signer.v1.KeyInfo"), /string thumbprint = 5;/);
  assert.match(await described("grpc.reflection.v1alpha.ServerReflection"), /ServerReflectionInfo/);
  const listed = await run(grpcurl, "-plaintext", at, "list");
  assert.ok(listed.stdout.split("\n").includes("grpc.reflection.v1.ServerReflection"));
});

testWith("python", "reads files and services by grpcio-reflection", async (at, python) => {
  const script = new URL("../peers/python/describe_server.py", import.meta.url).pathname;
  const { code, stdout, stderr } = await run(python, script, at);
  assert.equal(code, 0, stderr);
  assert.deepEqual(JSON.parse(stdout), {
    services: [
      "grpc.health.v1.Health",
      "grpc.reflection.v1.ServerReflection",
      "grpc.reflection.v1alpha.ServerReflection",
      "signer.v1.EchoService",
      "signer.v1.ServerInfoService",
      "signer.v1.SigningService",
    ],
    keys: ["KeyInfo", "KeyVersion"],
    go_package: "signer/v1;signerv1",
    input: "signer.v1.SignRequest",
    idempotency: 2,
    own: "grpc/reflection/v1/reflection.proto",
    missing: "KeyError",
  });
});
