/** The requests of a streaming call, as its handler reads them. @module */
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { bidi, unary } from "../../../src/grpc/handler.ts";
import { gate } from "../../_support/gate.ts";

const [test, { NativeRig, busyFor, callFields, json }] = await gate(
  ["net", "env", "read", "sys", "ffi"],
  async () => ({ ...await import("./_rig.ts"), ...await import("./_busy.ts") }),
);

// A large or compressed message waits for its call's turn to be decoded. The turn is not given to a call that is over, and
// its handler then waited for the message until the end of the process, with all that it held: a lease on keys that were
// removed, and a place among the streams of pipelines, of which a client could take all by cancelling calls.
test("A handler ends when its call is cancelled while a message waits for its turn", async () => {
  const ended = Promise.withResolvers<void>();
  const reads = Promise.withResolvers<void>();
  await using rig = new NativeRig({
    Unary: unary(() => busyFor(20), () => "long"),
    Chat: bidi(async function* (requests) {
      try {
        reads.resolve();
        for await (const request of requests) yield request;
      } finally {
        ended.resolve();
      }
    }),
  });
  await using client = await rig.connect();
  const { stream, response, flush } = client.open(
    callFields("Chat", "grpc-encoding", "gzip"),
    [],
    false,
  );
  await reads.promise;
  // The thread has other work, so that the message waits.
  const others = Array.from(
    { length: 5 },
    () => client.request(callFields("Unary"), [json("long")]),
  );
  stream.sendData(json("", gzipSync('"large"')), false);
  flush();
  stream.reset(8);
  flush();
  await Promise.all([...others, response]);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise((resolve) => timer = setTimeout(resolve, 10_000, "late"));
  assert.notEqual(await Promise.race([ended.promise, late]), "late");
  clearTimeout(timer);
});
