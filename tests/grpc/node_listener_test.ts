/** Listeners on node:net. @module */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { gate } from "../_support/gate.ts";

const [test, { listenByNode }] = await gate(
  ["net", "env", "read", "write", "sys"],
  () => import("../../src/grpc/grpcjs/_node_listener.ts"),
);

test("`listenByNode()` passes on each connection as a stream, and returns the chosen port", async () => {
  const closed = Promise.withResolvers<void>();
  const listener = await listenByNode(
    { transport: "tcp", host: "127.0.0.1", port: 0 },
    (connection, peer) => {
      assert.match(peer, /^tcp:\/\/127\.0\.0\.1:\d+$/);
      connection.on("error", () => {});
      connection.pipe(connection);
      connection.once("close", closed.resolve);
    },
  );
  assert.equal(listener.address.transport, "tcp");
  const { port } = listener.address as { port: number };
  assert.notEqual(port, 0);
  const socket = connect(port, "127.0.0.1");
  const sent = Buffer.alloc(300_000, "x");
  let received = 0;
  socket.on("data", (chunk) => received += chunk.length);
  socket.end(sent);
  await once(socket, "close");
  await closed.promise;
  assert.equal(received, sent.length);
  listener.close();
});

test("`listenByNode()` never completes a write synchronously", async () => {
  const completed = Promise.withResolvers<boolean>();
  const listener = await listenByNode(
    { transport: "tcp", host: "127.0.0.1", port: 0 },
    (connection) => {
      let within = true;
      connection.write("x", () => completed.resolve(within));
      within = false;
      connection.end();
      connection.resume();
    },
  );
  const socket = connect((listener.address as { port: number }).port, "127.0.0.1");
  socket.resume();
  assert.equal(await completed.promise, false);
  socket.end();
  await once(socket, "close");
  listener.close();
});

test("the error of `listenByNode()` has the reason why it cannot listen", async () => {
  const listener = await listenByNode({ transport: "tcp", host: "127.0.0.1", port: 0 }, () => {});
  await assert.rejects(
    listenByNode(listener.address, () => {}),
    { name: "NetError", code: "EADDRINUSE", message: /^Cannot listen on tcp:\/\/127\.0\.0\.1:/ },
  );
  listener.close();
  await assert.rejects(
    async () => await listenByNode({ transport: "vsock", cid: 1, port: 5000 }, () => {}),
    { name: "NetError", code: "WRONG_ADDRESS" },
  );
});
