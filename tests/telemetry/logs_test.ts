import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { errorReports } from "../../src/telemetry/error_reports.ts";
import { gate } from "../_support/gate.ts";

const [test] = await gate(["run", "read", "ffi", "env"], () => Promise.resolve({}));
const chatty = fileURLToPath(new URL("./_chatty.ts", import.meta.url));

test("Logging never blocks: lines over 256 KiB of backlog are dropped and counted, and later ones written", async () => {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-all", chatty],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  // The pipe is not read until all lines are logged.
  const lines = Number(await new Response(await firstChunk(child.stdout)).text());
  const log = new Response(child.stderr).text();
  await child.stdin.close();
  const text = await log;
  await child.status;
  const dropped = Number(/Lines were dropped.* count=(\d+)/.exec(text)?.[1]);
  const written = text.match(/A line of some length/g)!.length;
  assert.equal(written + dropped, lines);
  assert.ok(text.length > 256 * 1024 && dropped > 0, `${written} written, ${dropped} dropped`);
  assert.match(text, /The last line/);
});

async function firstChunk(stream: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const reader = stream.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  return Uint8Array.from(value!);
}

Deno.test("`errorReports()` logs ten errors at once and then one per second, with the number of dropped ones", () => {
  const written: unknown[] = [];
  let now = 0;
  const report = errorReports(
    { error: ((_: string, properties: unknown) => written.push(properties)) as never },
    () => now,
  );
  for (let i = 0; i < 50; i++) report("Uncaught", { i });
  assert.equal(written.length, 10);
  now = 1_000;
  for (let i = 50; i < 60; i++) report("Uncaught", { i });
  assert.deepEqual(written.slice(10), [{ i: 50, omitted: 40 }]);
  now = 3_000;
  report("Uncaught", { i: 60 });
  assert.deepEqual(written.slice(11), [{ i: 60, omitted: 9 }]);
});
