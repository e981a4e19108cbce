/**
 * Sends the same requests, fixed and random, valid and invalid, to both stacks, which must respond alike: with the
 * same HTTP status, gRPC status, status message, metadata and message bytes.
 *
 * Known differences, where the native stack follows grpc's PROTOCOL-HTTP2.md and grpc-js 1.14 does not, are left out
 * here and tested in `native/protocol_test.ts`:
 *
 * - a compressed message without an encoding, a flag above 1, a request that ends within a message
 *   (grpc-js accepts the first two and drops the third; native: INTERNAL);
 * - a method other than POST and `application/grpc-web` (grpc-js serves both; native: 405 and 415), and
 *   other media types (415 by both, but node:http2 of Deno 2.9 sends 200 for it);
 * - `grpc-timeout` with more than eight digits, a sign, a point or spaces (grpc-js reads a part of it);
 * - `deflate`, which only grpc-js supports; the words of the stacks' own errors.
 *
 * @module
 */
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import type { Service } from "../../src/grpc/mod.ts";
import { gate } from "../_support/gate.ts";
import { generator } from "../http2/_random.ts";
import type { RawResponse } from "./native/_raw_client.ts";

const [test, loaded] = await gate(["net", "env", "read", "sys", "ffi"], async () => ({
  ...await import("../../src/grpc/stacks/mod.ts"),
  ...await import("../../src/grpc/mod.ts"),
  ...await import("../../src/net/mod.ts"),
  ...await import("./native/_raw_client.ts"),
  ...await import("./native/_rig.ts"),
  ...await import("./_rig.ts"),
}));
const { openServer, unary, clientStream, serverStream, bidi, RpcError, Metadata } = loaded;
const { RawClient, requestFields, json, kindsService, tcpAddress, decodeStatusMessage } = loaded;

/** The content of a request: instructions for its handler. */
interface Order {
  readonly answer?: unknown;
  /** Ends the call with this status. */
  readonly code?: number;
  readonly message?: string;
  /** Throws another error than `RpcError`. */
  readonly crash?: boolean;
  /** Metadata: sent as headers, as trailers, and with an error. */
  readonly meta?: readonly (readonly [string, string])[];
  /** True when the handler responds asynchronously. */
  readonly later?: boolean;
}

function obey(order: Order, context: Parameters<Parameters<typeof unary>[0]>[1]): unknown {
  const metadata = new Metadata(order.meta ?? []);
  for (const [key, value] of metadata) {
    context.responseHeaders.add(`h-${key}`, value);
    context.responseTrailers.add(`t-${key}`, value);
  }
  const sent = context.metadata.getAll("x-sent-bin");
  for (const value of sent) context.responseTrailers.add("x-got-bin", value);
  if (order.crash) throw new Error("not for the caller");
  if (order.code) throw new RpcError(order.code as 1, order.message ?? "", { metadata });
  // Node's streams, which grpc-js responds with, end at a null.
  return order.answer ?? "nothing";
}

function services(): Service[] {
  return [kindsService({
    Unary: unary((order: Order, context) =>
      order.later ? Promise.resolve().then(() => obey(order, context)) : obey(order, context)
    ),
    Collect: clientStream(async (orders: AsyncIterable<Order>, context) => {
      const answers = [];
      for await (const order of orders) answers.push(obey(order, context));
      return answers;
    }),
    Spread: serverStream(async function* (order: Order, context) {
      for (let i = 0; i < 3; i++) yield obey(order, context);
    }),
    Chat: bidi(async function* (orders: AsyncIterable<Order>, context) {
      for await (const order of orders) yield obey(order, context);
    }),
  })];
}

/** A request to both stacks. */
interface Request {
  readonly fields: readonly string[];
  readonly pieces: readonly Uint8Array[];
  /** True when the message of an error is the handler's. */
  readonly ownWords: boolean;
}

/** Returns the compared parts of a response. */
function essence(response: RawResponse, ownWords: boolean) {
  const all = { ...response.headers, ...response.trailers };
  const metadata = Object.entries(all)
    .filter(([name]) => /^[hxt]-/.test(name))
    .map(([name, value]) => [name, name.endsWith("-bin") ? value.replaceAll("=", "") : value])
    .sort(([a], [b]) => a < b ? -1 : 1);
  const status = all["grpc-status"];
  const failed = status !== undefined && status !== "0";
  return {
    http: response.status,
    status,
    message: failed && ownWords ? decodeStatusMessage(all["grpc-message"] ?? "") : undefined,
    contentType: all["content-type"],
    metadata,
    data: Buffer.from(response.data).toString("hex"),
  };
}

async function compare(requests: readonly Request[]): Promise<void> {
  const answers = [];
  for (const stack of ["grpc-js", "native"] as const) {
    const server = await openServer(stack, { services: services() });
    const address = await server.listen(tcpAddress("127.0.0.1:0"));
    if (address.transport !== "tcp") throw new TypeError("The server is to listen on TCP");
    const got = [];
    {
      await using client = await RawClient.connect(address);
      for (const { fields, pieces, ownWords } of requests) {
        got.push(essence(await client.request(fields, pieces), ownWords));
      }
    }
    await server.drain(0);
    answers.push(got);
  }
  const [reference, native] = answers;
  requests.forEach((request, i) => {
    assert.deepEqual(native[i], reference[i], `request ${i}: ${request.fields.join(" ")}`);
  });
}

function call(method: string, orders: readonly Order[], ...extra: string[]): Request {
  const fields = requestFields(`/test.Kinds/${method}`, extra);
  return { fields, pieces: orders.map((order) => json(order)), ownWords: true };
}

test("Both stacks respond alike to each kind of call, with each status, metadata and failures", async () => {
  const meta = [["one", "1"], ["two", "a b"]] as const;
  const orders: Order[] = [
    { answer: "text" },
    { answer: { deep: [1, null, "ü"] }, meta },
    { later: true, answer: 1 },
    { crash: true },
    { code: 5, message: "not here: 100% ☃\n" },
    { code: 13, message: "", meta },
    ...Array.from({ length: 16 }, (_, i) => ({ code: i + 1, message: `status ${i + 1}` })),
  ];
  await compare(orders.flatMap((order) => [
    call("Unary", [order]),
    call("Collect", [{ answer: 0 }, order]),
    call("Spread", [order]),
    call("Chat", [{ answer: 0 }, order, { answer: 2 }]),
  ]));
});

test("Both stacks respond alike to invalid requests", async () => {
  const good = [{ answer: 1 }];
  const stackWords = (request: Request): Request => ({ ...request, ownWords: false });
  const replaced = (name: string, value: string): Request => {
    const { fields, pieces } = call("Unary", good);
    const changed = fields.map((field, i) => fields[i - 1] === name ? value : field);
    return { fields: changed, pieces, ownWords: false };
  };
  await compare([
    call("None", good),
    call("Unary/x", good),
    // The reference stack responded to another content type with 200 without a status, and accepted a timeout with
    // other text around it; "99999999H" overflowed to a time in the past.
    ...["application/grpc+json", "application/grpc;v=1", "application/grpc-web", "text/html", ""]
      .map((value) => replaced("content-type", value)),
    ...["GET", "PUT", "x"].map((value) => replaced(":method", value)),
    ...["Unary", "Spread"].flatMap((method) => [
      stackWords(call(method, [])),
      stackWords(call(method, [...good, ...good])),
    ]),
    call("Collect", []),
    call("Chat", []),
    stackWords({ ...call("Unary", []), pieces: [Uint8Array.of(0, 0, 0, 0, 1, 0x7b)] }),
    stackWords({ ...call("Unary", []), pieces: [Uint8Array.of(0, 255, 0, 0, 0, 0)] }),
    // The reference stack took a request that ended within a message for one without this message.
    ...[[0, 0], [0, 0, 0, 0, 2, 0x7b]].map((bytes) =>
      stackWords({ ...call("Unary", []), pieces: [Uint8Array.from(bytes)] })
    ),
    ...["x", "1", "S", "1s", "1S2", "x1S", "-1S", "1 S", "123456789S", ""].map((value) =>
      call("Unary", good, "grpc-timeout", value)
    ),
    call("Unary", good, "grpc-timeout", "99999999n"),
    ...["100S", "99999999S", "99999999H"].map((value) =>
      call("Unary", good, "grpc-timeout", value)
    ),
    call("Unary", good, "grpc-encoding", "snappy"),
    { ...call("Unary", [], "grpc-encoding", "snappy"), pieces: [json(0, new Uint8Array(3))] },
    { ...call("Unary", [], "grpc-encoding", "gzip"), pieces: [json(0, new Uint8Array(3))] },
    {
      ...call("Unary", [], "grpc-encoding", "gzip"),
      pieces: [json(0, gzipSync(JSON.stringify({ answer: "inflated" })))],
    },
    stackWords({
      ...call("Unary", [], "grpc-encoding", "gzip"),
      pieces: [json(0, gzipSync(Buffer.alloc(5_000_000)))],
    }),
  ].map((request) => request.ownWords ? { ...request, ownWords: false } : request));
});

test("Both stacks respond alike to a thousand random calls", async () => {
  const below = generator(20_261_121);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)];
  const text = () =>
    String.fromCodePoint(...Array.from({ length: below(20) }, () => below(0x2fff)));
  const ascii = () => Array.from({ length: 1 + below(9) }, () => pick([..."abz09_ ~!,"])).join("");
  const order = (): Order => ({
    answer: pick([text(), below(1e9), null, { nested: text() }]),
    code: pick([0, 0, 0, below(17)]),
    message: text(),
    crash: below(20) === 0,
    later: below(3) === 0,
    meta: Array.from({ length: below(3) }, (_, i) => [`m${i}`, ascii().trim()] as const),
  });
  const binary = () => Buffer.from(text()).toString("base64");
  const requests = Array.from({ length: 1_000 }, () => {
    const method = pick(["Unary", "Unary", "Collect", "Spread", "Chat", "None"]);
    const single = method === "Unary" || method === "Spread";
    const count = single && below(10) > 0 ? 1 : below(4);
    const orders = Array.from({ length: count }, order);
    const extra = below(2) === 0 ? [] : ["x-sent-bin", binary(), "grpc-timeout", "30S"];
    const request = call(method, orders, ...extra);
    return single && count !== 1 ? { ...request, ownWords: false } : request;
  });
  await compare(requests);
});
