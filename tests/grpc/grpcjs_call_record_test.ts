import assert from "node:assert/strict";
import { RpcError, StatusCode } from "../../src/grpc/mod.ts";
import { CallRecord, type MethodRecords } from "../../src/grpc/grpcjs/_call_record.ts";

const connection = {
  peer: "tcp://127.0.0.1:1",
  identity: "127.0.0.1",
  caller: { peer: { transport: "unknown" }, certificate: undefined, token: undefined },
} as const;

/** Creates a record, and a list of the statuses and messages that are observed. */
function record() {
  const observed: [StatusCode, string | undefined, method: string][] = [];
  const counted: StatusCode[] = [];
  const meter = { ended: (status: StatusCode) => counted.push(status), waited() {}, measured() {} };
  const records: MethodRecords = {
    isUnary: true,
    meter: { ...meter, estimated() {} },
    serverMeter: undefined,
    observer: {
      ended: ({ method }, status, message) => observed.push([status, message, method]),
    },
  };
  const headers = { ":path": "/a.B/C", "x-request-id": "job" };
  return { observed, counted, call: new CallRecord(connection, headers, records) };
}

Deno.test("A call that is refused before its handler is observed with the status that was sent", () => {
  const { call, observed, counted } = record();
  call.sent(StatusCode.RESOURCE_EXHAUSTED, "too large");
  call.closed();
  assert.deepEqual(observed, [[StatusCode.RESOURCE_EXHAUSTED, "too large", "/a.B/C"]]);
  assert.deepEqual(counted, [StatusCode.RESOURCE_EXHAUSTED]);
});

Deno.test("A call that its client cancels before a status is observed as CANCELLED", () => {
  const { call, observed } = record();
  call.closed();
  call.ended(new RpcError("INTERNAL", "late"));
  assert.deepEqual(observed, [[StatusCode.CANCELLED, undefined, "/a.B/C"]]);
});

// grpc-js ends a call at its deadline by itself: the log had the later result of the handler, such as OK.
Deno.test("A call that ended at its deadline is observed with that status, whatever its handler does", () => {
  const { call, observed } = record();
  call.sent(StatusCode.DEADLINE_EXCEEDED, "Deadline exceeded");
  call.ended();
  call.closed();
  assert.deepEqual(observed, [[StatusCode.DEADLINE_EXCEEDED, "Deadline exceeded", "/a.B/C"]]);
});

Deno.test("A message that looks percent-encoded is observed as it is", () => {
  const { call, observed } = record();
  call.sent(StatusCode.INTERNAL, "100%25");
  call.closed();
  assert.equal(observed[0][1], "100%25");
});
