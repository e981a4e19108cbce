/**
 * Crashes of the server by GOAWAY. In Deno 2.9.6 a node:http2 server that receives GOAWAY closes its session from
 * within nghttp2's callback; after some hundreds of streams the next GOAWAY aborted the process
 * (`find_stream_on_goaway_func: Assertion 'stream->closed_next == NULL' failed`, exit code 134) or ended it with a
 * segmentation fault. gRPC clients of Go and load generators close connections in this way.
 *
 * The server runs in a child process, because a crash would end this one. The client is node:http2 too, whose
 * `close()` sends the GOAWAY.
 *
 * @module
 */
import assert from "node:assert/strict";
import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { gate } from "../_support/gate.ts";
import {
  block,
  CLIENT_PREFACE,
  frame,
  FrameFlag,
  FrameType,
  join,
  settings,
} from "../http2/_frames.ts";

const [test] = await gate(["net", "env", "read", "run"], () => Promise.resolve({}));

const echoRequest = Buffer.from([0, 0, 0, 0, 3, 0x0a, 1, 0x78]);

const echoHeaders = [
  ...[":method", "POST", ":scheme", "http", ":path", "/signer.v1.EchoService/Echo"],
  ...[":authority", "x", "content-type", "application/grpc", "te", "trailers"],
];

class ServerProcess implements AsyncDisposable {
  private constructor(readonly child: Deno.ChildProcess, readonly port: number) {}

  static async start(): Promise<ServerProcess> {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "-A", fileURLToPath(new URL("./_crash_server.ts", import.meta.url))],
      stdout: "piped",
    }).spawn();
    const reader = child.stdout.getReader();
    const { value } = await reader.read();
    await reader.cancel();
    return new ServerProcess(child, Number(/:(\d+)\s*$/.exec(new TextDecoder().decode(value))![1]));
  }

  /** Stops the server. Returns false if it had already ended. */
  async stop(): Promise<boolean> {
    try {
      this.child.kill("SIGKILL");
    } catch {
      return false;
    }
    return (await this.child.status).signal === "SIGKILL";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** Makes `calls` echo calls on one connection, 32 at a time, and closes it. Resolves to the number of successes. */
async function callAndClose(port: number, calls: number): Promise<number> {
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  session.on("error", () => {});
  let ok = 0;
  let left = calls;
  const callInTurn = async () => {
    while (left-- > 0) {
      const stream = session.request({
        ":method": "POST",
        ":path": "/signer.v1.EchoService/Echo",
        "content-type": "application/grpc",
        te: "trailers",
      });
      stream.on("error", () => {});
      stream.on("trailers", (trailers) => {
        if (trailers["grpc-status"] === "0") ok++;
      });
      stream.resume();
      stream.end(echoRequest);
      await new Promise((resolve) => stream.once("close", resolve));
    }
  };
  await Promise.all(Array.from({ length: 32 }, callInTurn));
  await new Promise<void>((resolve) => session.close(resolve));
  return ok;
}

test("The grpc-js server survives a client's GOAWAY after many calls", async () => {
  await using server = await ServerProcess.start();
  for (let round = 0; round < 3; round++) assert.equal(await callAndClose(server.port, 1000), 1000);
  assert.ok(await server.stop(), "the server had died");
});

/*
 * A crash of the server by one frame. A PING acknowledgement without a PING made node:http2 destroy its session from
 * within nghttp2's callback, as GOAWAY did: after 4 to 13 connections with a call after such a frame the process ended
 * by SIGSEGV.
 */
test("The grpc-js server survives unexpected PING acknowledgements", async () => {
  await using server = await ServerProcess.start();
  const call = join(
    CLIENT_PREFACE,
    settings(),
    frame(FrameType.PING, FrameFlag.ACK, 0, new Uint8Array(8)),
    frame(FrameType.HEADERS, FrameFlag.END_HEADERS, 1, block(echoHeaders)),
    frame(FrameType.DATA, FrameFlag.END_STREAM, 1, echoRequest),
  );
  for (let round = 0; round < 60; round++) {
    const socket = connect(server.port, "127.0.0.1");
    socket.on("error", () => {});
    socket.resume();
    socket.write(call);
    // The server closes the connection, which RFC 9113 permits.
    await new Promise((resolve) => socket.once("close", resolve));
  }
  assert.equal(await callAndClose(server.port, 40), 40);
  assert.ok(await server.stop(), "the server had died");
});

/** Malformed and unexpected frames of a peer. */
const nonsense: [string, Uint8Array][] = [
  ["nothing", new Uint8Array()],
  ["HTTP/1.1", new TextEncoder().encode("GET / HTTP/1.1\r\nHost: x\r\n\r\n")],
  ["zeros", new Uint8Array(1000)],
  ["half a preface", new TextEncoder().encode("PRI * HTTP/2.0\r\n")],
  [
    "a frame of 16 MiB after the preface",
    Uint8Array.from([
      ...new TextEncoder().encode("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
      ...Array(9).fill(255),
    ]),
  ],
  [
    "HEADERS that cannot be decoded",
    Uint8Array.from([
      ...new TextEncoder().encode("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
      ...[0, 0, 0, 4, 0, 0, 0, 0, 0],
      ...[0, 0, 4, 1, 5, 0, 0, 0, 1, 255, 255, 255, 255],
    ]),
  ],
];

test("The grpc-js server survives malformed and unexpected frames", async () => {
  await using server = await ServerProcess.start();
  for (const [what, bytes] of nonsense) {
    for (let round = 0; round < 5; round++) {
      const socket = connect(server.port, "127.0.0.1");
      socket.on("error", () => {});
      await new Promise((resolve) => socket.write(bytes, resolve));
      // Half of the connections are reset while the server still responds.
      if (round % 2) socket.resetAndDestroy();
      else socket.end();
      socket.resume();
      if (!socket.closed) await new Promise((resolve) => socket.once("close", resolve));
    }
    assert.equal(await callAndClose(server.port, 40), 40, `after ${what}`);
  }
  assert.ok(await server.stop(), "the server had died");
});
