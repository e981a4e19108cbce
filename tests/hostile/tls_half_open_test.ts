/**
 * 10,000 connections that begin a TLS handshake and never go on. Handshakes beyond 1,000 on a thread were refused, so
 * these kept every new client out for 10 s.
 *
 * @module
 */
import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { gate } from "../_support/gate.ts";

const [test, loaded] = await gate(
  ["net", "env", "read", "write", "sys", "ffi", "run"],
  async () => ({
    ...await import("../e2e/_signer.ts"),
    ...await import("../_support/tls_files.ts"),
    ...await import("../../src/net/mod.ts"),
    ...await import("../../src/ffi/mod.ts"),
  }),
);
const { call, dialTls, echo, libc, openChannel, parseAddress, SignerProcess, TlsFiles } = loaded;

/** Half-open connections, where this process and the server may have as many descriptors. */
const HALF_OPEN = 10_000;

/** Descriptors that the processes need besides. */
const OTHER_DESCRIPTORS = 500;

/** Connections opened between two looks at the good clients. */
const BATCH = 500;

/** MiB that the server may take for all of them: 1,000 handshakes of 30 KiB, and room for garbage. */
const MAX_GROWTH_MIB = 250;

/** The time limit of a new client, in milliseconds: that of the pending handshakes. */
const NEW_CLIENT_MS = 10_000;

for (const stack of ["native", "grpc-js"]) {
  test(`${stack}: ${HALF_OPEN} half-open handshakes keep neither open connections nor new clients out`, async () => {
    const count = Math.min(HALF_OPEN, libc.raiseDescriptorLimit().soft - OTHER_DESCRIPTORS);
    await using files = await TlsFiles.create();
    await files.issue("server");
    await using server = await SignerProcess.start(
      ...["--tcp", "127.0.0.1:0", "--generate", "ed25519", "--stack", stack, "--workers", "1"],
      ...files.options("server"),
    );
    using context = files.ca.clientContext();
    const address = parseAddress(server.addresses[0]);
    using channel = openChannel({ addresses: server.addresses, tls: { context } });
    await call(channel, echo.Echo, {});
    const before = server.residentKiB();
    const sockets: Socket[] = [];
    try {
      while (sockets.length < count) {
        const missing = Math.min(BATCH, count - sockets.length);
        const port = address.transport === "tcp" ? address.port : 0;
        sockets.push(
          ...await Promise.all(
            Array.from({ length: missing }, (_, i) => halfOpen(port, i % 2 === 0)),
          ),
        );
        await call(channel, echo.Echo, {});
        using _client = await dialTls(context, address, "localhost", { timeout: NEW_CLIENT_MS });
      }
      const growth = (server.residentKiB() - before) / 1024;
      assert.ok(growth < MAX_GROWTH_MIB, `The server grew by ${growth.toFixed(0)} MiB`);
    } finally {
      await Promise.all(
        sockets.map((socket) =>
          socket.closed ? undefined : new Promise((resolve) => {
            socket.once("close", resolve);
            socket.destroy();
          })
        ),
      );
    }
    await call(channel, echo.Echo, {});
  });
}

/** The first bytes of a ClientHello, without the rest (RFC 8446 section 4.1.2). */
const BEGINNING = Uint8Array.of(0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3);

/** Opens a connection that sends nothing, or the beginning of a ClientHello. */
function halfOpen(port: number, begins: boolean): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.off("error", reject);
      // The server ends it when it is the oldest.
      socket.on("error", () => {});
      if (begins) socket.write(BEGINNING);
      resolve(socket);
    });
    socket.once("error", reject);
  });
}
