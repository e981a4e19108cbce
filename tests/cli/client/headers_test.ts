/** Request metadata from `-H`. @module */
import assert from "node:assert/strict";
import { CliError } from "../../../src/cli/exit.ts";
import { gate } from "../../_support/gate.ts";

const [test, { requestHeaders }] = await gate(
  ["env", "read", "sys"],
  () => import("../../../src/cli/client/headers.ts"),
);

const environment = (name: string) => name === "TOKEN" ? "s3cret" : undefined;

function headers(...texts: string[]) {
  return requestHeaders(texts.map((text) => ({ text })), environment);
}

test("`requestHeaders()` parses names and values, and keeps the order of repeated names", () => {
  const { metadata } = headers("X-One: 1", "x-one:2", "x-two:a: b", "empty:");
  assert.deepEqual([...metadata], [["x-one", "1"], ["x-one", "2"], ["x-two", "a: b"], [
    "empty",
    "",
  ]]);
});

test("`requestHeaders()` decodes values of `-bin` names from base64", () => {
  const { metadata } = headers("x-bin: AP8=");
  assert.deepEqual(new Uint8Array(metadata.get("x-bin") as Uint8Array), Uint8Array.of(0, 255));
});

test("`requestHeaders()` expands environment variables, and treats the values as secrets", () => {
  const { metadata, secrets } = headers("x: <${TOKEN}>", "y: plain $TOKEN");
  assert.equal(metadata.get("x"), "<s3cret>");
  assert.equal(metadata.get("y"), "plain $TOKEN");
  assert.deepEqual([...secrets], ["x"]);
});

test("`requestHeaders()` treats values of names such as `cookie` as secrets", () => {
  const names = ["proxy-authorization", "cookie", "x-api-key", "x-session-id"];
  const { secrets } = headers(...names.map((name) => `${name}: a`), "x-trace: b");
  assert.deepEqual([...secrets], names);
});

test("`requestHeaders()` takes authorization from files, whose values are secrets and stay as they are", () => {
  const { metadata, secrets } = requestHeaders([
    { text: "authorization: Basic dXNlcjo=", place: "file:1" },
    { text: "x: <${TOKEN}>", place: "file:2" },
  ], environment);
  assert.equal(metadata.get("authorization"), "Basic dXNlcjo=");
  assert.equal(metadata.get("x"), "<${TOKEN}>");
  assert.deepEqual([...secrets], ["authorization", "x"]);
  assert.throws(
    () => requestHeaders([{ text: "s3cret", place: "file:3" }], environment),
    { message: "file:3: a header has no name", hint: "Write name: value on each line" },
  );
});

test("`requestHeaders()` refuses invalid headers, with an error that does not contain the value", () => {
  const cases: [text: string, message: RegExp][] = [
    ["no colon", /^A -H option has no name$/],
    [": s3cret", /^A -H option has no name$/],
    ["x y: s3cret", /^-H "x y" cannot be sent$/],
    ["x: s3cret\u0007", /^-H "x" cannot be sent$/],
    ["x: ${NOPE}", /^Environment variable "NOPE", which -H x names, is not set$/],
    ["x: ${}", /^Environment variable "", which -H x names, is not set$/],
    ["x-bin: s3cret!", /^-H "x-bin" must have a value in base64$/],
    ["grpc-timeout: 1S", /^-H grpc-timeout is set by gRPC itself$/],
    ["Content-Type: x", /^-H content-type is set by gRPC itself$/],
    ["Authorization: Bearer s3cret", /^-H authorization would hold a secret in the command line/],
    ["authorization: Bearer ${TOKEN}", /^-H authorization would hold a secret in the command line/],
  ];
  for (const [text, message] of cases) {
    assert.throws(() => headers(text), (error) => {
      assert(error instanceof CliError);
      assert.equal(error.exitCode, 2);
      assert.match(error.message, message);
      assert.doesNotMatch(`${error.message} ${error.hint}`, /s3cret/);
      return true;
    });
  }
});
