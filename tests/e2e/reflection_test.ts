/** `call METHOD`, `list` and `describe` against other servers, and against our own on both stacks. @module */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";
import { peerTest } from "../_support/peers.ts";

const [test, { SignerProcess, runSigner, PeerProcess, oddFolder }] = await gate(
  ["net", "env", "read", "write", "sys", "ffi", "run"],
  async () => ({
    ...await import("./_signer.ts"),
    ...await import("./_peer_process.ts"),
    oddFolder: (await import("../grpc/reflection/_odd.ts")).oddFolder,
  }),
);

const testPython = peerTest(test, "python");
const testGo = peerTest(test, "go_reflect");
const mirror = new URL("../peers/python/mirror.py", import.meta.url).pathname;

/** Runs `signer call`, which must succeed, and returns its lines. */
async function call(...args: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await runSigner("call", ...args);
  assert.equal(code, 0, stderr);
  return stdout.trimEnd().split("\n");
}

const odd =
  '{"constructor":"c","f":0.1,"d":-0.0,"nothing":null,"i64":"0","struct":{"a":[1.5,null]},' +
  '"any":{"@type":"type.googleapis.com/odd.v3.Odd","fs":[0.1]},"at":"2020-02-29T00:00:00Z"}';
const old = '{"name":"n","pair":{"left":1,"right":[0.1]},"many":[{"size":"LARGE"}]}';

testPython("methods of a Python server are found by reflection and called", async (python) => {
  await using server = await PeerProcess.start(python, mirror, oddFolder, "reflection");
  const to = ["--to", server.address];
  const listed = await call("list", ...to);
  assert.ok(listed.includes("odd.v3.Mirror") && listed.includes("odd.v2.Mirror"), `${listed}`);
  assert.deepEqual(await call("list", "odd.v3.Mirror", ...to), [
    "odd.v3.Mirror/Reflect",
    "odd.v3.Mirror/ReflectAll",
  ]);
  const described = await call("describe", "odd.v2.Old", ...to);
  assert.ok(described.includes("  optional group Pair = 2 {"), described.join("\n"));
  const method = await call("describe", "odd.v3.Mirror/ReflectAll", ...to);
  assert.equal(method[1], "rpc ReflectAll(stream .odd.v3.Odd) returns (stream .odd.v3.Odd);");

  for (const [name, json] of [["odd.v3.Mirror/Reflect", odd], ["odd.v2.Mirror/Reflect", old]]) {
    const answer = await call(name!, "-d", json!, ...to);
    assert.deepEqual(JSON.parse(answer.join("\n")), JSON.parse(json!), name);
  }
  const stream = await call("odd.v3.Mirror/ReflectAll", "-d", '{"i32":1}{"i32":2}', ...to);
  assert.equal(stream.join("").match(/"i32"/g)?.length, 2);
  // The request that the server received, in Python's format.
  const [first, second] = (await server.stop()).split("\n");
  assert.deepEqual(JSON.parse(first!), JSON.parse(odd));
  assert.deepEqual(JSON.parse(second!), JSON.parse(old));
});

testPython("a server without reflection is called with its `.proto` files", async (python) => {
  await using server = await PeerProcess.start(python, mirror, oddFolder);
  const to = ["--to", server.address];
  const missing = await runSigner("call", "odd.v3.Mirror/Reflect", ...to);
  assert.equal(missing.code, 76, missing.stderr);
  assert.match(missing.stderr, /hint: .*--protoset FILE, or --proto FILE --import-path DIR/);
  for (
    const source of [
      ["--proto", "odd3.proto", "--import-path", oddFolder],
      ["--protoset", `${oddFolder}/protoc.binpb`],
    ]
  ) {
    const answer = await call("odd.v3.Mirror/Reflect", "-d", '{"f":0.1}', ...source, ...to);
    assert.deepEqual(answer, ["{", '  "f": 0.1', "}"]);
  }
});

testGo("methods of a grpc-go server are found by reflection and called", async (program) => {
  await using server = await PeerProcess.start(program);
  const to = ["--to", server.address];
  assert.ok((await call("list", ...to)).includes("grpc.testing.TestService"));
  const request = '{"payload":{"type":"COMPRESSABLE","body":"AAH/"}}';
  const answer = await call("grpc.testing.TestService/UnaryCall", "-d", request, ...to);
  assert.deepEqual(JSON.parse(answer.join("\n")), { payload: { body: "AAH/" } });
  const described = await call("describe", "grpc.testing.TestService.UnaryCall", ...to);
  assert.match(described[1]!, /^rpc UnaryCall\(\.grpc\.testing\.SimpleRequest\)/);
});

for (const stack of ["native", "grpc-js"]) {
  test(`methods of our own server (${stack}) are found by reflection and called`, async () => {
    await using server = await SignerProcess.start("--stack", stack, "--tcp", "127.0.0.1:0");
    const to = ["--to", server.addresses[0]!];
    assert.ok((await call("list", ...to)).includes("signer.v1.SigningService"));
    const answer = await call("signer.v1.EchoService/Echo", "-d", '{"message":"hi"}', ...to);
    assert.deepEqual(answer, ["{", '  "message": "hi"', "}"]);
    assert.deepEqual(await call("grpc.health.v1.Health/Check", ...to), [
      "{",
      '  "status": "SERVING"',
      "}",
    ]);
  });
}
