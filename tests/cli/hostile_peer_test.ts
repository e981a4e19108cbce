/**
 * Tests against a server that sends escape sequences in every field. `call list` printed names unescaped, so that
 * the server could set the terminal's title, and ended as "Unexpected"; `call public-key` printed the PEM unescaped.
 * A status of 192 made `call verify` exit with 0, because 64 + 192 wraps.
 *
 * @module
 */
import { create, type DescMessage, type DescMethod, type Message } from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";
import assert from "node:assert/strict";
import {
  type AnyMethod,
  bidi,
  Metadata,
  RpcError,
  serverStream,
  type Service,
  type StatusCode,
  unary,
} from "../../src/grpc/mod.ts";
import { gate } from "../_support/gate.ts";

const [test, { contractSchema, reflection, stacks, net, runSigner }] = await gate(
  ["net", "env", "read", "write", "sys", "ffi", "run"],
  async () => ({
    ...await import("../../src/cli/client/methods/contract.ts"),
    reflection: await import("../../src/grpc/reflection/mod.ts"),
    stacks: await import("../../src/grpc/stacks/mod.ts"),
    net: await import("../../src/net/mod.ts"),
    // Loads libc, which stays loaded.
    runSigner: (await import("../e2e/_signer.ts")).runSigner,
  }),
);

/** Sets a title, clears the screen, forges a line, changes colours, and turns the direction of text. */
const EVIL = "\x1b]0;owned\x07\x1b[2J\nsigner: hint: forged\r\x9b31m\u202egnp.exe\u2066\u2028";
// deno-lint-ignore no-control-regex -- characters that must not reach a terminal
const STEERING = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
const FORGED = /^signer: hint: forged/m;

/** Returns a message with that text in each field, and one item in each list and map. */
function evil(type: DescMessage, depth = 0): Message {
  const message = reflect(type, create(type));
  for (const field of type.fields) {
    const nested = field.message && depth < 4 ? evil(field.message, depth + 1) : undefined;
    const value = nested ? reflect(field.message!, nested) : scalar(field.scalar);
    if (value === undefined) continue;
    if (field.fieldKind === "list") message.get(field).add(value as never);
    else if (field.fieldKind === "map") message.get(field).set(EVIL as never, value as never);
    else message.set(field, value as never);
  }
  return message.message;
}

/** Returns the text as a value of ScalarType.STRING or BYTES; undefined for other types. */
function scalar(type: number | undefined): string | Uint8Array | undefined {
  if (type === 9) return EVIL;
  return type === 12 ? new TextEncoder().encode(EVIL) : undefined;
}

/** Returns a handler of any kind that responds with `answer()`. */
function handlerOf({ methodKind }: DescMethod, answer: () => Message) {
  switch (methodKind) {
    case "unary":
      return unary(() => answer());
    case "server_streaming":
      return serverStream(async function* () {
        yield answer();
      });
    default:
      return bidi(async function* () {
        yield answer();
      });
  }
}

/** Returns all services of `proto/`, whose methods respond with `answer()`. */
async function contractServices(
  answer: (type: DescMessage) => Message,
): Promise<Service[]> {
  return (await contractSchema()).services()
    .filter(({ typeName }) => !typeName.startsWith("grpc.reflection."))
    .map(({ methods }) => ({
      definition: Object.fromEntries(
        methods.map((method) => [method.name, reflection.callable(method)]),
      ),
      handlers: Object.fromEntries(
        methods.map((method) => [method.name, handlerOf(method, () => answer(method.output))]),
      ),
    }));
}

/** Returns a reflection service that responds to each request with `answer()`. */
function reflectionService(answer: () => object): Service {
  const method: AnyMethod = reflection.reflectionMethod("v1");
  return {
    definition: { ServerReflectionInfo: method },
    handlers: {
      ServerReflectionInfo: bidi(async function* (requests) {
        for await (const _ of requests) yield answer();
      }),
    },
  };
}

/** Runs `call` with each list of arguments against a server of the services. */
async function callEach(services: Service[], verbs: readonly string[][]) {
  const server = await stacks.openServer("native", { services });
  const address = net.formatAddress(await server.listen(net.tcpAddress("127.0.0.1:0")));
  try {
    const ended = [];
    for (const verb of verbs) {
      const { code, stdout, stderr } = await runSigner("call", ...verb, "-v", "--to", address);
      const all = stdout + stderr;
      const what = `${verb.join(" ")}: ${JSON.stringify(all)}`;
      assert.doesNotMatch(all, STEERING, what);
      assert.doesNotMatch(stderr, FORGED, what);
      assert.doesNotMatch(stderr, /Unexpected/, what);
      ended.push({ verb, code, stdout, stderr });
    }
    return ended;
  } finally {
    await server.drain(0);
  }
}

const verbs = [
  ["echo", "hi"],
  ["sign", "hi"],
  ["sign", "hi", "--key", "a", "--output", "json"],
  ["verify", "hi", "--key", "a", "--signature", "AAAA"],
  ["keys"],
  ["keys", "--output", "json"],
  ["public-key"],
  ["public-key", "--key", "a", "--format", "jwk"],
  ["public-key", "--key", "a", "--output", "json"],
  ["info"],
  ["info", "--output", "json"],
  ["health"],
  ["health", "--watch"],
  ["signer.v1.EchoService/Echo"],
  ["signer.v1.SigningService/SignBatch"],
  ["signer.v1.SigningService/ListKeys"],
  ["grpc.health.v1.Health/List"],
];

test("control characters in every field of every message are escaped", async () => {
  const ended = await callEach(await contractServices((type) => evil(type)), verbs);
  // The text is there, escaped.
  const shown = ended.filter(({ stdout, stderr }) => (stdout + stderr).includes("gnp.exe"));
  assert.ok(shown.length >= 12, shown.map(({ verb }) => verb.join(" ")).join(", "));
});

test("control characters in status messages and metadata are escaped", async () => {
  const fail = () => {
    const metadata = new Metadata([
      ["signer-request-id", "plain"],
      ["x-bin", new TextEncoder().encode(EVIL)],
    ]);
    throw new RpcError("INTERNAL", EVIL, { metadata });
  };
  const ended = await callEach(await contractServices(fail), verbs.slice(0, 5));
  for (const { code, stderr } of ended) {
    assert.equal(code, 77);
    assert.match(stderr, /failed: INTERNAL: \\u001b\]0;owned\\u0007/);
  }
});

// A line feed in a status message began a line of its own, which looked like the result of another check.
test("`doctor` escapes the text of a server, and writes a line for each check alone", async () => {
  const fail = () => {
    throw new RpcError("INTERNAL", `${EVIL}\nok  forged`);
  };
  for (const services of [contractServices(fail), contractServices((type) => evil(type))]) {
    const server = await stacks.openServer("native", { services: await services });
    const address = net.formatAddress(await server.listen(net.tcpAddress("127.0.0.1:0")));
    try {
      const { stdout, stderr } = await runSigner("doctor", "--to", address);
      assert.doesNotMatch(stdout + stderr, STEERING);
      assert.match(stdout, /owned/);
      for (const line of stdout.trimEnd().split("\n")) assert.match(line, /^(ok|!!|--) {2}\S/);
      assert.doesNotMatch(stdout, /^ok {2}forged/m);
    } finally {
      await server.drain(0);
    }
  }
});

test("a status that gRPC does not define is UNKNOWN and never exits with 0", async () => {
  for (const status of [17, 192, 255, 999_999_999]) {
    const fail = () => {
      throw new RpcError(status as StatusCode, "made up");
    };
    for (const stack of ["native", "grpc-js"]) {
      const [ended] = await callEach(await contractServices(fail), [
        ["verify", "hi", "--key", "a", "--signature", "AAAA", "--stack", stack],
      ]);
      assert.equal(ended!.code, 66, `${status} on ${stack}: ${ended!.stderr}`);
      assert.match(ended!.stderr, /Verify failed: UNKNOWN: made up/);
    }
  }
});

test("control characters in names from reflection are escaped and never an unexpected error", async () => {
  const encode = new TextEncoder();
  const answers: [answer: object, code: number][] = [
    [{ listServicesResponse: { service: [{ name: EVIL }] } }, 0],
    [{ errorResponse: { errorCode: 5, errorMessage: EVIL } }, 69],
    [{ errorResponse: { errorCode: 192, errorMessage: EVIL } }, 66],
    [{ fileDescriptorResponse: { fileDescriptorProto: [encode.encode(EVIL)] } }, 1],
    // FileDescriptorProto { name: EVIL dependency: EVIL }
    [{ fileDescriptorResponse: { fileDescriptorProto: [descriptor(1, 3)] } }, 1],
    // … { package: EVIL message_type { name: EVIL } }
    [{ fileDescriptorResponse: { fileDescriptorProto: [descriptor(1, 2)] } }, 69],
  ];
  for (const [answer, code] of answers) {
    const list = "listServicesResponse" in answer;
    const [ended] = await callEach([reflectionService(() => answer)], [
      list ? ["list"] : ["describe", "a.B"],
    ]);
    assert.equal(ended!.code, code, ended!.stderr);
  }
});

/** Returns a serialized message with the text in the numbered fields. */
function descriptor(...numbers: number[]): Uint8Array {
  const text = new TextEncoder().encode(EVIL);
  return Uint8Array.from(numbers.flatMap((number) => [number << 3 | 2, text.length, ...text]));
}

// Arguments of a call are on the stack: imports that were passed as arguments ended the command as "Unexpected".
test("300,000 imports of a file of a server are no unexpected error", async () => {
  const imports = Array.from({ length: 300_000 }, () => [3 << 3 | 2, 1, 98]).flat();
  const file = Uint8Array.from([1 << 3 | 2, 1, 97, ...imports]);
  const answer = { fileDescriptorResponse: { fileDescriptorProto: [file] } };
  const [described] = await callEach([reflectionService(() => answer)], [["describe", "a.B"]]);
  assert.match(described!.stderr, /The server does not give the file b/);
});

test("the outputs of a pipeline that are wrong JSON are no unexpected error", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const [manifest, file] = [`${folder}/manifest.yaml`, `${folder}/file`];
    await Deno.writeTextFile(
      manifest,
      "version: 1\nnodes: [{id: n, type: digest}]\ninputs: [n]\noutputs: [n]\n",
    );
    await Deno.writeTextFile(file, "data");
    const run = ["pipeline", "run", manifest, "--in", file];
    for (const json of ["{", "[".repeat(100_000) + "]".repeat(100_000), "1e999"]) {
      const services = await contractServices((type) =>
        create(type, {
          outputs: [{ name: "n", value: { case: "json", value: json } }],
          metrics: {},
        } as Record<string, unknown>)
      );
      const [text, document] = await callEach(services, [run, [...run, "--output", "json"]]);
      assert.equal(text!.stdout.trimEnd(), `n: ${json}`);
      assert.equal(document!.code, 1);
      assert.match(document!.stderr, /error: The server gives a wrong value: The .*output n /);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
