/**
 * An HTTP/2 server over `SocketDuplex`. It starts this file again as its client, which makes 3,000 calls, 64 at a
 * time, and prints the number of responses.
 *
 * The client closes without GOAWAY: a node:http2 server of Deno 2.9.6 that receives one can end the process
 * (`find_stream_on_goaway_func: Assertion`), whatever stream it runs on.
 *
 * @module
 */
import { connect, createServer, type ServerHttp2Stream } from "node:http2";
import { toDuplex } from "../../src/net/duplex/mod.ts";
import { Acceptor, listen, parseAddress, sharedReactor } from "../../src/net/mod.ts";

const CALLS = 3000;
const AT_ONCE = 64;

async function serve(): Promise<void> {
  const server = createServer();
  let closed = () => {};
  const sessionClosed = new Promise<void>((resolve) => closed = resolve);
  server.on("session", (session) => {
    session.on("error", () => {});
    session.on("close", closed);
  });
  server.on("stream", (stream: ServerHttp2Stream) => {
    stream.on("error", () => {});
    stream.respond({ ":status": 200 }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.resume();
    stream.on("end", () => stream.end(new Uint8Array(20)));
  });
  const listener = await listen(parseAddress("127.0.0.1:0"));
  const acceptor = new Acceptor(listener, sharedReactor(), {
    onConnection(socket) {
      const duplex = toDuplex(socket);
      duplex.on("error", () => {});
      server.emit("connection", duplex);
    },
  });
  if (listener.address.transport !== "tcp") throw new TypeError("Expected to listen on TCP");
  const client = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-all", import.meta.url, `${listener.address.port}`],
  });
  const { code, stdout, stderr } = await client.output();
  if (code !== 0) throw new Error(`The client failed: ${new TextDecoder().decode(stderr)}`);
  await sessionClosed;
  acceptor.close();
  listener.close();
  console.log(`${new TextDecoder().decode(stdout).trim()} calls`);
}

async function call(port: string): Promise<void> {
  const session = connect(`http://127.0.0.1:${port}`);
  session.on("error", () => {});
  let started = 0;
  let answered = 0;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (started++ < CALLS) {
      const stream = session.request({ ":method": "POST" });
      stream.on("error", () => {});
      stream.on("trailers", () => answered++);
      stream.end(new Uint8Array(20));
      stream.resume();
      await new Promise((resolve) => stream.on("close", resolve));
    }
  }));
  console.log(answered);
  Deno.exit(0);
}

const [port] = Deno.args;
await (port === undefined ? serve() : call(port));
