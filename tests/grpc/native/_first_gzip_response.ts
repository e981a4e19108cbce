/**
 * A client whose first compressed response is the first use of zlib in its process. One read brings the responses of two
 * calls, of which only the second is compressed; the end of the first cancels the second in a microtask. Prints the events
 * of the second call.
 *
 * Argument: the compressed response, with its prefix, in base64.
 *
 * @module
 */
import { setImmediate } from "node:timers";
import { statusName } from "../../../src/grpc/mod.ts";
import { openNativeChannel, type UnaryCall } from "../../../src/grpc/native/client/mod.ts";
import { Poller } from "../../../src/net/mod.ts";
import { framed } from "../../_support/framed.ts";
import { answer, type ScriptedRequest, ScriptedServer } from "./_channel_server.ts";

const compressed = Uint8Array.fromBase64(Deno.args[0]);
// Not a reactor: it loads node:net, and with it modules of node:zlib, after which V8 runs no microtasks when zlib is loaded.
const poller = new Poller();
const asked: ScriptedRequest[] = [];
const server = await ScriptedServer.start(
  (request) => {
    if (asked.push(request) < 2) return;
    answer(asked[0], [framed(new Uint8Array(8))]);
    answer(asked[1], [compressed], ["grpc-status", "0"], ["grpc-encoding", "gzip"]);
  },
  {},
  poller,
);
const channel = openNativeChannel({ addresses: [server.address], registrar: poller });
const method = channel.prepare({ path: "/test.Bytes/Echo" });
const events: string[] = [];
channel.unary(method, new Uint8Array(8), {
  onDone: () => queueMicrotask(() => second.cancel()),
});
const second: UnaryCall = channel.unary(method, new Uint8Array(8), {
  onResponse: () => void events.push("response"),
  onDone: ({ code }) => void events.push(statusName(code!)),
});
for (let turn = 0; turn < 1_000 && second.code === undefined; turn++) {
  await new Promise<void>((resolve) =>
    setImmediate(() => {
      poller.wait(10);
      resolve();
    })
  );
}
console.log(events.join(" "));
Deno.exit();
