/** The verification of audit logs. @module */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { gate } from "../_support/gate.ts";
import { until } from "../_support/until.ts";

const [test, { attempt, sign, TestLog, verify, verifyUnsigned }] = await gate(
  ["env", "ffi", "read", "write", "sys"],
  () => import("./_log.ts"),
);

/** Lines of a log of two threads that ended in order, with two signed lines. */
async function lines(): Promise<{ path: string; lines: string[] } & AsyncDisposable> {
  const log = await TestLog.open();
  log.record(4);
  await log.close();
  const text = await Deno.readTextFile(log.path);
  return {
    path: log.path,
    lines: text.trimEnd().split("\n"),
    [Symbol.asyncDispose]: () => log[Symbol.asyncDispose](),
  };
}

test("A log that ended in order verifies, and holds each attempt without its input", async () => {
  await using log = await TestLog.open();
  log.record(4);
  await log.close();
  const verdict = verify(log.path);
  assert.deepEqual([verdict.faults, verdict.openEnds], [[], []]);
  assert.deepEqual([verdict.attempts, verdict.unsigned, verdict.torn], [8, 0, 0]);
  const text = await Deno.readTextFile(log.path);
  assert.ok(!text.includes("of the worker"));
  assert.match(
    text,
    /"key":"code","version":1,"algorithm":"ED25519","sha256":"[0-9a-f]{64}","outcome":"OK"/,
  );
  assert.equal((await Deno.stat(log.path)).mode! & 0o777, 0o600);
});

// `signer audit verify` counted the lines of checkpoints, which have no signature without a key, as signed ones.
test("A log of a server without an audit key has no signed lines", async () => {
  await using log = await TestLog.open(undefined, undefined, { sign: undefined });
  log.record(4);
  await log.close();
  const verdict = verifyUnsigned(log.path);
  assert.deepEqual([verdict.faults, verdict.openEnds, verdict.signedUntil], [[], [], undefined]);
  assert.deepEqual([verdict.attempts, verdict.signedLines], [8, 0]);
  assert.equal(verdict.unsigned, verdict.lines);
  assert.match(verify(log.path).faults[0].message, /signature is not one of the audit key/);
});

/** Each way to tamper with the lines, by the index of an attempt in the middle. */
const tampering: Readonly<Record<string, (lines: string[], at: number) => void>> = {
  "a changed line": (lines, at) => void (lines[at] = lines[at].replace('"OK"', '"NOT_FOUND"')),
  "a changed line with the rest of its chain made anew": (lines, at) => {
    lines[at] = lines[at].replaceAll("uid=1", "uid=2");
    const { chain } = JSON.parse(lines[at]);
    let before = lines[at];
    for (let i = at + 1; i < lines.length; i++) {
      if (JSON.parse(lines[i]).chain !== chain) continue;
      const prev = createHash("sha256").update(before).digest("hex");
      before = lines[i] = lines[i].replace(/"prev":"\w+"/, `"prev":"${prev}"`);
    }
  },
  "a line that is left out": (lines, at) => void lines.splice(at, 1),
  "all lines of a thread left out": (lines) => {
    const worker = JSON.parse(lines[1]).chain;
    lines.splice(0, lines.length, ...lines.filter((line) => !line.includes(`"${worker}"`)));
  },
  "a line twice": (lines, at) => void lines.splice(at, 0, lines[at]),
  "lines of one thread swapped": (lines, at) => {
    [lines[at], lines[at + 2]] = [lines[at + 2], lines[at]];
  },
  "lines of two threads swapped": (lines, at) => {
    [lines[at], lines[at + 1]] = [lines[at + 1], lines[at]];
  },
  "a changed signature": (lines) => {
    lines.push(lines.pop()!.replace(/"signature":"../, '"signature":"AA'));
  },
  "a signed line that says something else": (lines) => {
    lines.push(lines.pop()!.replace(/"time":"2/, '"time":"3'));
  },
  "lines cut off": (lines) => void lines.splice(-3),
  "the last line cut off": (lines) => void lines.pop(),
  "the first line cut off": (lines) => void lines.shift(),
  "a line that is none": (lines, at) => void lines.splice(at, 0, "{}"),
  "an empty file": (lines) => void lines.splice(0),
};

for (const [name, tamper] of Object.entries(tampering)) {
  test(`Found: ${name}`, async () => {
    await using log = await lines();
    const at = log.lines.findIndex((line) => line.includes('"sign"')) + 2;
    tamper(log.lines, at);
    await Deno.writeTextFile(log.path, log.lines.map((line) => `${line}\n`).join(""));
    const { faults, openEnds } = verify(log.path);
    assert.ok(faults.length > 0 || openEnds.length > 0);
    if (!/cut off/.test(name)) assert.ok(faults.length > 0, "it is taken for a killed server");
  });
}

// Each ended `signer audit verify` with "Unexpected: object null is not iterable" and the like.
for (
  const fields of [
    { heads: null },
    { heads: { 0: null } },
    { heads: { 0: 7 } },
    { heads: { 0: [0] } },
    { heads: [] },
    { heads: {}, from: 0.5, to: 1, hash: "0".repeat(64) },
    { heads: {}, from: "0", to: "1", hash: "0".repeat(64) },
    { heads: {}, from: -1, to: 1, hash: "0".repeat(64) },
    { heads: {}, from: 0, to: 1e300, hash: "0".repeat(64) },
    { chain: "without a thread" },
  ]
) {
  test(`A signed line with ${JSON.stringify(fields).slice(0, 40)} is a fault, also without a key`, async () => {
    await using log = await lines();
    const last = JSON.parse(log.lines.at(-1)!);
    log.lines.push(JSON.stringify({ ...last, ...fields }));
    await Deno.writeTextFile(log.path, log.lines.join("\n") + "\n");
    for (const verdict of [verify(log.path), verifyUnsigned(log.path)]) {
      assert.ok(verdict.faults.length > 0);
    }
  });
}

test("A log of a killed server verifies up to its torn last line", async () => {
  await using log = await lines();
  const kept = log.lines.slice(0, -2);
  await Deno.writeTextFile(log.path, `${kept.join("\n")}\n${log.lines.at(-2)!.slice(0, 50)}`);
  const verdict = verify(log.path);
  assert.deepEqual(verdict.faults, []);
  assert.deepEqual([verdict.torn, verdict.openEnds.length], [1, 1]);
});

test("A server continues the file of a killed one, and covers its last lines", async () => {
  await using first = await TestLog.open();
  first.record(2);
  await first.close();
  // As if it had been killed within a line, before it signed anything.
  const before = (await Deno.readTextFile(first.path)).split("\n");
  await Deno.writeTextFile(
    first.path,
    `${before.slice(0, 4).join("\n")}\n${before[4].slice(0, 40)}`,
  );
  await using second = await TestLog.open(first.folder);
  second.record(2);
  await second.close();
  const { faults, openEnds, torn, unsigned } = verify(first.path);
  assert.deepEqual([faults, torn, unsigned], [[], 1, 0]);
  assert.equal(openEnds.length, 1);
  // The lines of the killed server are covered by the signatures of the next.
  const text = await Deno.readTextFile(first.path);
  await Deno.writeTextFile(first.path, text.replace('"us":42', '"us":43'));
  assert.ok(verify(first.path).faults.length > 0);
});

test("A renamed file is continued in a new one, and both verify, together and alone", async () => {
  await using log = await TestLog.open();
  log.record(2, "before");
  const old = `${log.path}.1`;
  await Deno.rename(log.path, old);
  await log.log.reopen(() => {
    log.worker.record(attempt("between"));
    log.worker.reopen();
    return Promise.resolve();
  });
  log.record(2, "after");
  await log.close();
  for (const paths of [[old, log.path], [old], [log.path]]) {
    const { faults, openEnds } = verify(...paths);
    assert.deepEqual([faults, openEnds], [[], []], `${paths}`);
  }
  assert.equal(verify(old, log.path).attempts, 9);
  // Without the file between, or in another order, the chains do not fit.
  assert.ok(verify(log.path, old).faults.length > 0);
  const lines = (await Deno.readTextFile(old)).split("\n");
  await Deno.writeTextFile(old, lines.slice(0, -2).join("\n") + "\n");
  assert.ok(verify(old, log.path).faults.length > 0);
});

// A rotation that failed once, such as by a full disk or a worker that had just ended, kept the new file locked. The server
// then took itself for another one that writes there: no later rotation succeeded, and the lines of its threads stayed in
// two files until its end.
test("A rotation that failed is made up for by the next one", async () => {
  await using log = await TestLog.open();
  log.record(1, "before");
  const old = `${log.path}.1`;
  await Deno.rename(log.path, old);
  const failed = log.log.reopen(() => {
    log.worker.reopen();
    return Promise.reject(new Error("A thread has ended"));
  });
  await assert.rejects(failed, /A thread has ended/);
  log.record(1, "between");
  await log.log.reopen(() => Promise.resolve(log.worker.reopen()));
  log.record(1, "after");
  await log.close();
  const { faults, openEnds, attempts } = verify(old, log.path);
  assert.deepEqual([faults, openEnds, attempts], [[], [], 6]);
});

// Lines went to the deleted file, and callers got their signatures: nothing said that no line was left.
test("A file that was deleted is reported once, until the log goes on in a new one", async () => {
  let reports = 0;
  const onDisplaced = () => void reports++;
  await using log = await TestLog.open(undefined, 2, { displacedMs: 0, onDisplaced });
  for (let round = 1; round <= 2; round++) {
    log.record(2);
    await Deno.remove(log.path);
    log.record(2);
    await until("the deletion is reported", () => reports >= round, 5_000);
    log.record(4);
    assert.equal(reports, round);
    await log.log.reopen(() => Promise.resolve(log.worker.reopen()));
  }
  await log.close();
  assert.equal(reports, 2);
  assert.deepEqual(verify(log.path).faults, []);
});

// The main thread went on in the newest file and signed lines about the one between, or named lines of a thread in a later
// one: an honest log was reported as changed.
for (const isReopened of ["after", "before"]) {
  test(`A file that is renamed again ${isReopened} a thread reopens it is one of the log`, async () => {
    await using log = await TestLog.open();
    const names = [`${log.path}.1`, `${log.path}.2`];
    log.record(1, "first");
    await Deno.rename(log.path, names[0]!);
    let renames = 0;
    await log.log.reopen(async () => {
      log.worker.record(attempt("between"));
      if (isReopened === "after") log.worker.reopen();
      if (renames++ === 0) await Deno.rename(log.path, names[1]!);
      if (isReopened === "before") log.worker.reopen();
    });
    log.record(1, "second");
    await log.close();
    const { faults, openEnds, attempts } = verify(...names, log.path);
    assert.deepEqual([faults, openEnds, attempts], [[], [], 6]);
  });
}

test("Without a rename, `reopen()` continues in the same file", async () => {
  await using log = await TestLog.open();
  log.record(1);
  await log.log.reopen(() => assert.fail("no thread has to do anything"));
  log.record(1);
  await log.close();
  assert.deepEqual(verify(log.path).faults, []);
});

test("A line is signed each so many lines of all threads, before its time", async () => {
  await using log = await TestLog.open(undefined, 10);
  for (let round = 1; round <= 2; round++) {
    // The first lines of both chains count too.
    log.record(5);
    await signedLines(log.path, round);
  }
  await log.close();
  const { faults, openEnds } = verify(log.path);
  assert.deepEqual([faults, openEnds], [[], []]);
});

/** Waits until a log has so many signed lines. */
async function signedLines(path: string, count: number): Promise<void> {
  await until(`there are ${count} signed lines`, async () => {
    return (await Deno.readTextFile(path)).split('"event":"signed"').length > count;
  });
}

test("Two servers cannot write the same file, whose lines would be of neither", async () => {
  await using first = await TestLog.open();
  await assert.rejects(TestLog.open(first.folder), { code: "AUDIT_FILE" });
  first.record(1);
  await first.close();
  assert.deepEqual(verify(first.path).faults, []);
});

test("Signatures of other text by the audit key are none of a line", () => {
  assert.notDeepEqual(sign(new Uint8Array(1)), sign(new TextEncoder().encode("signer-audit-v1\n")));
});
