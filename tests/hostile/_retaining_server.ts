/**
 * A native server of EchoService that reports its memory without garbage:
 *
 *   deno run --v8-flags=--expose-gc _retaining_server.ts LIMITS
 *
 * LIMITS are `ServerLimits` as JSON. Prints its port, and for each line of standard input the MiB that are left after a
 * garbage collection.
 *
 * @module
 */
import process from "node:process";
import { createInterface } from "node:readline";
import { openNativeServer } from "../../src/grpc/native/server/mod.ts";
import { tcpAddress } from "../../src/net/mod.ts";
import { echoService } from "../../src/services/echo.ts";

declare const gc: () => void;

const limits = JSON.parse(Deno.args[0]);
const server = openNativeServer({ services: [echoService()], limits });
const address = await server.listen(tcpAddress("127.0.0.1:0"));
console.log((address as { port: number }).port);
for await (const _ of createInterface({ input: process.stdin })) {
  // Memory of finalized objects is freed by the second one.
  for (let i = 0; i < 2; i++) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const { heapUsed, external } = Deno.memoryUsage();
  console.log((heapUsed + external) / 2 ** 20);
}
await server.close();
