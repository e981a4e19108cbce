/**
 * A server whose first compressed request is the first use of zlib in its process. Its handler waits for two messages at
 * once, and for the third when it has the first. Prints the messages as the handler got them.
 *
 * Argument: the second message, compressed by gzip, in base64.
 *
 * @module
 */
import { setImmediate } from "node:timers";
import { clientStream, type Service } from "../../../src/grpc/mod.ts";
import { Engine } from "../../../src/grpc/native/server/mod.ts";
import { listen, tcpAddress } from "../../../src/net/mod.ts";
import { logger } from "../../../src/telemetry/mod.ts";
import { join } from "../../http2/_frames.ts";
import { kindsService } from "../_rig.ts";
import { RawClient } from "./_raw_client.ts";
import { callFields, json } from "./_rig.ts";

const received: unknown[] = [];
const Collect = clientStream(async (requests: AsyncIterable<unknown>) => {
  const messages = requests[Symbol.asyncIterator]();
  const take = async () => (await messages.next()).value;
  const [first, second] = [take(), take()];
  received.push(await first);
  const third = take();
  received.push(await second, await third);
  return received.length;
});
const services: Service[] = [kindsService({ Collect } as unknown as Service["handlers"])];
const engine = new Engine({ services, log: logger("native") });
const listener = await listen(tcpAddress("127.0.0.1:0"));
engine.accept(listener, false);
const client = await RawClient.connect(listener.address as { host: string; port: number });
const request = join(
  json("first"),
  json(undefined, Uint8Array.fromBase64(Deno.args[0])),
  json("third"),
);
const call = client.request(callFields("Collect", "grpc-encoding", "gzip"), [request]);
for (let i = 0; i < 1_000 && received.length < 3; i++) {
  await new Promise<void>((resolve) =>
    setImmediate(() => {
      engine.turn(1);
      resolve();
    })
  );
}
engine[Symbol.dispose]();
listener.close();
await call.catch(() => {});
await client[Symbol.asyncDispose]();
console.log(received.join(" "));
