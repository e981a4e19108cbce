/**
 * Answers whose audit lines cannot be written must not leave the server, and neither may later ones in their place.
 *
 * @module
 */
import assert from "node:assert/strict";
import { unary } from "../../../src/grpc/handler.ts";
import { gate } from "../../_support/gate.ts";

const [test, { kindsService, openNativeServer, Attacker, json, ...rest }] = await gate(
  ["net", "env", "read", "sys", "ffi"],
  async () => ({
    ...await import("../_rig.ts"),
    ...await import("../../../src/grpc/native/server/mod.ts"),
    ...await import("../../../src/net/mod.ts"),
    ...await import("./_attacker.ts"),
    ...await import("./_rig.ts"),
    ...await import("../../hostile/_requests.ts"),
  }),
);
const { dataFrames, openCall, tcpAddress } = rest;

test("Connections with an answer that must not be sent are closed without it, and others stay", async () => {
  let maySend = true;
  let ran = 0;
  const handlers = { Unary: unary((request: string) => (ran++, request)) };
  const server = openNativeServer({
    services: [kindsService(handlers)],
    beforeSend: () => maySend,
  });
  try {
    const bound = await server.listen(tcpAddress("127.0.0.1:0"));
    const { port } = bound as Extract<typeof bound, { transport: "tcp" }>;
    await using caller = await Attacker.connect(port);
    await using bystander = await Attacker.connect(port);
    const ask = (peer: typeof caller, id: number) =>
      peer.send(openCall("/test.Kinds/Unary", id), dataFrames(id, json("hello"), true));
    for (const peer of [caller, bystander]) {
      await ask(peer, 1);
      assert.ok(await peer.saw(/^HEADERS 1 end$/));
    }
    maySend = false;
    await ask(caller, 3);
    await caller.closed;
    assert.equal(ran, 3);
    assert.ok(!caller.frames.some((frame) => / 3\b/.test(frame)), `${caller.frames}`);
    maySend = true;
    await ask(bystander, 3);
    assert.ok(await bystander.saw(/^HEADERS 3 end$/));
  } finally {
    await server.close();
  }
});
