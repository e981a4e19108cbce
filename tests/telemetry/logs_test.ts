/** Logs under a full pipe, and reports of errors. @module */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { errorReports } from "../../src/telemetry/error_reports.ts";
import { gate } from "../_support/gate.ts";

const [test, { limitFileSize }] = await gate(
  ["run", "read", "write", "ffi", "env"],
  () => import("../e2e/_file_size.ts"),
);
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

// A write to a full disk failed, and took its line and all later ones with it: none was counted as dropped, and the first
// one was torn.
test("Lines that a full disk does not take are kept, or dropped and counted", async () => {
  const folder = await Deno.makeTempDir();
  try {
    // In blocks of 512 bytes or 1 KiB; the signal would end the process (setrlimit(2)).
    const limited = `trap "" XFSZ && ulimit -S -f 64 && exec "$@" 2>${folder}/log`;
    const child = new Deno.Command("sh", {
      args: ["-c", limited, "sh", Deno.execPath(), "run", "--quiet", "--allow-all", chatty],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const lines = Number(await new Response(await firstChunk(child.stdout)).text());
    limitFileSize(child.pid, undefined);
    await child.stdin.close();
    await child.status;
    const text = await Deno.readTextFile(`${folder}/log`);
    const dropped = Number(/Lines were dropped.* count=(\d+)/.exec(text)?.[1]);
    assert.ok(dropped > 0, text.slice(-500));
    const written = text.match(/^time=\S+ level=info .*A line of some length.* pad=x{100}$/gm)!;
    assert.equal(written.length + dropped, lines);
    assert.match(text, /The last line/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

async function firstChunk(stream: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const reader = stream.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  return Uint8Array.from(value!);
}

function recordedReports() {
  const written: unknown[] = [];
  const clock = { now: 0 };
  const error = ((_: string, properties: unknown) => written.push(properties)) as never;
  const report = errorReports({ error }, () => clock.now);
  return { written, clock, report };
}

Deno.test("`errorReports()` logs fifty errors at once and then two a second, with the number of dropped ones", () => {
  const { written, clock, report } = recordedReports();
  for (let i = 0; i < 90; i++) report("Uncaught", { i });
  assert.equal(written.length, 50);
  clock.now = 500;
  for (let i = 90; i < 100; i++) report("Uncaught", { i });
  assert.deepEqual(written.slice(50), [{ i: 90, omitted: 40 }]);
  clock.now = 1_500;
  report("Uncaught", { i: 100 });
  assert.deepEqual(written.slice(51), [{ i: 100, omitted: 9 }]);
});

Deno.test("`errorReports()` logs ten errors of a peer at once and then one in five seconds", () => {
  const { written, clock, report } = recordedReports();
  for (let i = 0; i < 30; i++) report("Uncaught", { i }, "ip:10.0.0.1");
  assert.equal(written.length, 10);
  clock.now = 5_000;
  for (let i = 30; i < 40; i++) report("Uncaught", { i }, "ip:10.0.0.1");
  assert.deepEqual(written.slice(10), [{ i: 30, omitted: 20 }]);
});

Deno.test("the errors of one peer keep those of others in the log of `errorReports()`", () => {
  // One client that failed without end had the budget of all: the failures of others were not in the log.
  const { written, clock, report } = recordedReports();
  for (clock.now = 0; clock.now < 600_000; clock.now += 100) report("Uncaught", {}, "ip:10.0.0.1");
  const before = written.length;
  report("Uncaught", { from: "another" }, "ip:10.0.0.2");
  assert.equal((written.at(-1) as { from?: string }).from, "another");
  assert.equal(before, 10 + 119);
});

Deno.test("`errorReports()` holds budgets of a bounded number of peers, and the whole budget for all", () => {
  const { written, clock, report } = recordedReports();
  for (let i = 0; i < 20; i++) report("Uncaught", {}, "vsock:3");
  assert.equal(written.length, 10);
  for (let i = 0; i < 1_000; i++) report("Uncaught", {}, `ip:10.0.${i >> 8}.${i & 255}`);
  assert.equal(written.length, 50);
  // Five seconds give the whole ten lines, and a known peer one: the first one is forgotten.
  clock.now = 5_000;
  for (let i = 0; i < 20; i++) report("Uncaught", {}, "vsock:3");
  assert.equal(written.length, 60);
});
