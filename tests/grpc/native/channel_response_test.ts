/** Requests and responses of the native channel, including malformed ones. @module */
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { RpcError, StatusCode, type StatusName } from "../../../src/grpc/mod.ts";
import { prepareHeaders } from "../../../src/http2/mod.ts";
import { gate } from "../../_support/gate.ts";
import { kinds, loadLibc } from "../_rig.ts";
import { framed } from "../../_support/framed.ts";
import { answer, goaway, type Script, ScriptedServer } from "./_channel_server.ts";

const [test, { openNativeChannel }] = await gate(["net", "ffi", "env", "read", "sys"], () => {
  loadLibc();
  return import("../../../src/grpc/native/client/mod.ts");
});

const json = (value: unknown) => framed(new TextEncoder().encode(JSON.stringify(value)));

/** Makes a unary call to a scripted server, and returns its response. */
async function called(script: Script, maxResponseBytes?: number): Promise<unknown> {
  await using server = await ScriptedServer.start(script);
  using channel = openNativeChannel({
    addresses: [server.address],
    ...(maxResponseBytes === undefined ? {} : { maxResponseBytes }),
  });
  const [response] = await Array.fromAsync(channel.call(kinds.Unary, [1]).responses);
  return response;
}

/** Asserts that a unary call fails with a status. */
async function fails(code: StatusName, message: string | RegExp, ended: Promise<unknown>) {
  const error = await ended.then(() => assert.fail("The call succeeded"), (error) => error);
  if (!(error instanceof RpcError)) throw error;
  assert.equal(error.code, StatusCode[code], error.message);
  if (typeof message === "string") assert.equal(error.message, message);
  else assert.match(error.message, message);
}

function only(...fields: string[]): Script {
  return ({ stream }) => stream.sendHeaders(prepareHeaders(fields), [], true);
}

test("the request has the headers that PROTOCOL-HTTP2.md requires", async () => {
  const seen: Record<string, string> = {};
  await called((request) => {
    const { headers } = request;
    seen.start = `${headers.method} ${headers.scheme} ${headers.path} ${headers.authority}`;
    for (const { name, value } of headers.fields) seen[name] = value;
    answer(request, [json(1)]);
  });
  assert.match(seen.start, /^POST http \/test\.Kinds\/Unary 127\.0\.0\.1:\d+$/);
  assert.deepEqual({ ...seen, start: "" }, {
    start: "",
    te: "trailers",
    "content-type": "application/grpc",
    "user-agent": "grpc-deno-native/1",
    "grpc-accept-encoding": "identity,gzip",
  });
});

test("a response that arrives octet by octet is assembled", async () => {
  const script: Script = (request) =>
    answer(request, [...json({ a: 1 })].map((octet) => Uint8Array.of(octet)));
  assert.deepEqual(await called(script), { a: 1 });
});

test("a compressed response is inflated, up to the limit", async () => {
  const text = new TextEncoder().encode(JSON.stringify("x".repeat(10_000)));
  const script: Script = (request) =>
    answer(request, [framed(gzipSync(text), 1)], ["grpc-status", "0"], ["grpc-encoding", "gzip"]);
  assert.equal(await called(script), "x".repeat(10_000));
  await fails("RESOURCE_EXHAUSTED", /larger than 1000/, called(script, 1000));
});

test("a response whose encoding is not accepted is INTERNAL", async () => {
  const script: Script = (request) =>
    answer(request, [framed(Uint8Array.of(1), 1)], [], ["grpc-encoding", "br"]);
  await fails("INTERNAL", /unsupported encoding "br"/, called(script));
});

test("a response over the limit is RESOURCE_EXHAUSTED before it has arrived", async () => {
  const script: Script = ({ stream, connection }) => {
    stream.sendHeaders(prepareHeaders([":status", "200", "content-type", "application/grpc"]));
    stream.sendData(framed(new Uint8Array(2000)).subarray(0, 100));
    connection.flush();
  };
  await fails("RESOURCE_EXHAUSTED", /\(2000 vs 1000\)/, called(script, 1000));
});

/** Malformed responses, and the status of the call. */
const faults: Readonly<Record<string, [StatusName, string | RegExp, Script]>> = {
  "an answer of HTTP 503": [
    "UNAVAILABLE",
    "Received HTTP status code 503",
    only(":status", "503"),
  ],
  "an answer of HTTP 404 with a page": [
    "UNIMPLEMENTED",
    "Received HTTP status code 404",
    ({ stream }) => {
      stream.sendHeaders(prepareHeaders([":status", "404", "content-type", "text/html"]));
      stream.sendData(new Uint8Array(10), true);
    },
  ],
  "an answer of HTTP 418": ["UNKNOWN", /418/, only(":status", "418")],
  "an answer that is no gRPC": [
    "UNKNOWN",
    'Received content-type "text/html" in place of gRPC',
    only(":status", "200", "content-type", "text/html"),
  ],
  "a grpc-status in an answer of HTTP 500": [
    "NOT_FOUND",
    "gone",
    only(":status", "500", "grpc-status", "5", "grpc-message", "gone"),
  ],
  "trailers without a status": [
    "UNKNOWN",
    "The server sent no status",
    (request) => answer(request, [json(1)], ["x-other", "1"]),
  ],
  "a status that is not a number": [
    "UNKNOWN",
    /not a number/,
    (request) => answer(request, [json(1)], ["grpc-status", "fine"]),
  ],
  "an end without trailers": [
    "INTERNAL",
    "The server ended the call without a status",
    ({ stream }) => {
      stream.sendHeaders(prepareHeaders([":status", "200", "content-type", "application/grpc"]));
      stream.sendData(json(1), true);
    },
  ],
  "a status of OK without a response": [
    "INTERNAL",
    "The server sent no response",
    (request) => answer(request, []),
  ],
  "two responses": [
    "INTERNAL",
    "The server sent more than one response",
    (request) => answer(request, [json(1), json(2)]),
  ],
  "a response that breaks off": [
    "INTERNAL",
    "The server broke off a response",
    (request) => answer(request, [json(12345).subarray(0, 7)]),
  ],
  "a message with an invalid flag": [
    "INTERNAL",
    /flag/,
    (request) => answer(request, [framed(new Uint8Array(3), 2)]),
  ],
  "a response that cannot be read": [
    "INTERNAL",
    "Cannot read a response of /test.Kinds/Unary",
    (request) => answer(request, [framed(Uint8Array.of(0x7b))]),
  ],
  "a message in per-cent encoding": [
    "ABORTED",
    "naïve 100% ☺",
    only(":status", "200", "grpc-status", "10", "grpc-message", "na%C3%AFve 100% %E2%98%BA"),
  ],
  "RST_STREAM with ENHANCE_YOUR_CALM": [
    "RESOURCE_EXHAUSTED",
    "Received RST_STREAM with code 11 (ENHANCE_YOUR_CALM)",
    ({ stream }) => stream.reset(11),
  ],
  "RST_STREAM with CANCEL": ["CANCELLED", /code 8/, ({ stream }) => stream.reset(8)],
  "RST_STREAM with INTERNAL_ERROR": ["INTERNAL", /code 2/, ({ stream }) => stream.reset(2)],
  "RST_STREAM with INADEQUATE_SECURITY": [
    "PERMISSION_DENIED",
    /code 12/,
    ({ stream }) => stream.reset(12),
  ],
  "a connection that is cut": [
    "UNAVAILABLE",
    /^Connection dropped: /,
    ({ connection }) => connection.cut(),
  ],
  // As by grpc-go at the end of `MaxConnectionAgeGrace`. The message did not say why.
  "a connection that is cut after GOAWAY": [
    "UNAVAILABLE",
    /^Connection dropped: The server [\d.:]+ closed the connection after GOAWAY \(max_age\)$/,
    ({ connection }) => {
      connection.raw(goaway(1, 0, "max_age"));
      connection.flush();
      connection.cut();
    },
  ],
};

for (const [fault, [code, message, script]] of Object.entries(faults)) {
  test(`${fault} ends the call as ${code}`, () => fails(code, message, called(script)));
}

test("an interim response is ignored", async () => {
  const response = await called((request) => {
    request.stream.sendHeaders(prepareHeaders([":status", "103"]));
    answer(request, [json("after it")]);
  });
  assert.equal(response, "after it");
});
