/** The lines of the log of requests. @module */
import assert from "node:assert/strict";
import { Metadata, type ObservedContext, StatusCode } from "../../src/grpc/mod.ts";
import { RequestLog } from "../../src/services/request_log.ts";
import { type Logger, parseLogLevels } from "../../src/telemetry/mod.ts";

/** Lines as `level event`, with their fields. */
function recording(): Logger & { lines: [string, Record<string, unknown>][] } {
  const lines: [string, Record<string, unknown>][] = [];
  const at = (level: string) => (event: string, fields = {}) => {
    lines.push([`${level} ${event}`, fields]);
  };
  const log = {
    ...{ debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error"), lines },
    with: () => log,
  };
  return log;
}

function context(headers: Record<string, string> = {}): ObservedContext {
  return {
    method: "/signer.v1.SigningService/Sign",
    peer: "tcp://10.0.0.7:40422",
    peerIdentity: "ip:10.0.0.7",
    caller: {
      peer: { transport: "tcp", host: "10.0.0.7", port: 40422 },
      certificate: undefined,
      token: "deploy",
    },
    metadata: new Metadata(Object.entries(headers)),
    logFields: { key: "code", algorithm: undefined },
  };
}

const times = { isUnary: true, queueUs: 12, totalUs: 345.6, roughUs: 345.6 };

const lasting = (us: number) => ({ ...times, totalUs: us, roughUs: us });

function open(levels: string, slowMs?: number) {
  const log = recording();
  return { log, requests: new RequestLog(log, { levels: parseLogLevels(levels), slowMs }) };
}

Deno.test("a failed call has a line with its ids, caller, key, status and times", () => {
  const { log, requests } = open("info");
  const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  requests.ended(
    context({ "x-request-id": "job-7", traceparent: `00-${trace}-00f067aa0ba902b7-01` }),
    StatusCode.NOT_FOUND,
    "There is no key code",
    times,
  );
  assert.deepEqual(log.lines, [["info Request failed", {
    requestId: "job-7",
    traceId: trace,
    peer: "tcp://10.0.0.7:40422",
    identity: "token=deploy ip=10.0.0.7",
    method: "/signer.v1.SigningService/Sign",
    key: "code",
    status: "NOT_FOUND",
    reason: "There is no key code",
    queueUs: 12,
    totalUs: 346,
  }]]);
});

Deno.test("at info, calls that succeed or are cancelled have no line, and do not read the clock", () => {
  const { log, requests } = open("info");
  const unread = {
    isUnary: true,
    queueUs: 0,
    roughUs: 0,
    get totalUs(): number {
      throw new Error("The clock was read");
    },
  };
  requests.ended(context(), StatusCode.OK, undefined, unread);
  requests.ended(context(), StatusCode.CANCELLED, undefined, unread);
  assert.equal(log.lines.length, 0);
});

Deno.test("at debug of the category, every call has a line", () => {
  const { log, requests } = open("error,requests=debug");
  for (let i = 0; i < 50; i++) requests.ended(context(), StatusCode.OK, undefined, times);
  assert.equal(log.lines.length, 50);
  assert.equal(log.lines[0][0], "debug Request served");
});

Deno.test("--log-slow logs unary calls from its time on, and no streams", () => {
  const { log, requests } = open("info", 50);
  requests.ended(context(), StatusCode.OK, undefined, lasting(49_999));
  requests.ended(context(), StatusCode.OK, undefined, lasting(50_000));
  requests.ended(context(), StatusCode.OK, undefined, {
    ...lasting(90_000),
    isUnary: false,
  });
  assert.deepEqual(log.lines.map(([line]) => line), ["info Request was slow"]);
});

/** A peer could fill the disk with calls that fail. */
Deno.test("failures are logged at a bounded rate, which slow calls do not use up", () => {
  const { log, requests } = open("info", 50);
  for (let i = 0; i < 1_000; i++) {
    requests.ended(context(), StatusCode.UNAUTHENTICATED, "No", times);
  }
  assert.ok(log.lines.length >= 10 && log.lines.length < 20, `${log.lines.length}`);
  const before = log.lines.length;
  requests.ended(context(), StatusCode.OK, undefined, lasting(90_000));
  assert.equal(log.lines.length, before + 1);
});

Deno.test("ids that a client may not choose are replaced, and long text is cut", () => {
  const { log, requests } = open("info");
  const one = { ...context({ "x-request-id": "a b" }), method: "/".padEnd(5_000, "x") };
  requests.ended(one, StatusCode.UNIMPLEMENTED, "y".repeat(5_000), times);
  requests.ended(one, StatusCode.UNIMPLEMENTED, undefined, times);
  const [[, first], [, second]] = log.lines;
  assert.match(String(first.requestId), /^[0-9a-f]{12}-[0-9a-z]+$/);
  assert.equal(second.requestId, first.requestId, "the id of a call stays");
  assert.ok(JSON.stringify(first).length < 1_000, JSON.stringify(first));
});

Deno.test("levels that change while the server runs take effect", () => {
  const { log, requests } = open("warning", 1);
  requests.ended(context(), StatusCode.INTERNAL, "No", times);
  assert.equal(log.lines.length, 0);
  requests.setLevels(parseLogLevels("warning,requests=debug"));
  requests.ended(context(), StatusCode.OK, undefined, lasting(5));
  assert.deepEqual(log.lines.map(([line]) => line), ["debug Request served"]);
});
