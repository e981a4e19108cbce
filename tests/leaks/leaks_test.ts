/** The leak check of the test suite (`tests/_support/leaks`), against planted leaks. @module */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { gate } from "../_support/gate.ts";
import { inFolder } from "../_support/in_folder.ts";
import { RunState } from "../_support/leaks/run_state.ts";

const [test] = await gate(["read", "write", "run", "env"], () => Promise.resolve({}));

/** Runs test files under the leak check. Returns the exit code and the output. */
async function check(leak: string, ...files: string[]): Promise<[code: number, output: string]> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["test", "--quiet", "-P=test", "--no-check", "--parallel"],
      ...["--preload", "../_support/leaks/mod.ts", ...files],
    ],
    cwd: fileURLToPath(new URL(".", import.meta.url)),
    env: {
      ...{ PLANTED_LEAK: leak, NO_COLOR: "1", DENO_JOBS: "2" },
      ...files.length > 1 && { OTHER_HAS_RUN: "0" },
    },
  }).output();
  const decoder = new TextDecoder();
  return [code, decoder.decode(stdout) + decoder.decode(stderr)];
}

test("test files that leak nothing pass, one alone and several at a time", async () => {
  for (const files of [["_planted.ts"], ["_planted.ts", "_other.ts"]]) {
    const [code, output] = await check("nothing", ...files);
    assert.equal(code, 0, output);
  }
});

/** The message of each leak. */
const messages = {
  "a descriptor": /descriptor \d+: socket:\[\d+\]\n +since leaks\/_planted\.ts/,
  "a descriptor of a worker": /descriptor \d+: socket:\[\d+\]\n +since leaks\/_planted\.ts/,
  "a process": /process (?<pid>\d+): sleep 60\n +since leaks\/_planted\.ts/,
  // The pair, and its public half.
  "a key": /2 EVP_PKEY of OpenSSL/,
};

test("a test file that leaks fails, although its tests pass, alone and beside another one", async () => {
  const runs = Object.entries(messages).flatMap(([leak, message]) =>
    [["_planted.ts"], ["_planted.ts", "_other.ts"]].map((files) => ({ leak, message, files }))
  );
  // At the same time, as the check waits for each leak to go.
  await Promise.all(runs.map(async ({ leak, message, files }) => {
    const [code, output] = await check(leak, ...files);
    const found = message.exec(output);
    if (found?.groups !== undefined) Deno.kill(Number(found.groups.pid), "SIGKILL");
    assert.equal(code, 1, output);
    assert.match(output, /A test file leaks:/);
    assert.ok(found !== null, output);
    assert.match(output, /a test that leaks \.\.\. ok/);
  }));
});

const things = (...keys: string[]) => new Map(keys.map((key) => [key, key]));

// Deno opens the pipes of a thread before the thread loads this check.
test("things of Deno's own for a file's thread are no leak, also if another file sees them first", async () => {
  await inFolder((folder) => {
    const state = new RunState("run", folder);
    state.start("a", things("of a"));
    assert.deepEqual(state.end("a", things("of a", "of b"), false), undefined);
    state.start("b", things("of a", "of b"));
    assert.deepEqual(state.end("a", things("of b"), false), []);
    assert.deepEqual(state.end("b", things("of b"), false), []);
  });
});

test("a thing is a leak when no file runs any more, and is reported after the time to close it", async () => {
  await inFolder((folder) => {
    const state = new RunState("run", folder);
    state.start("a", things("before", "of a"));
    state.start("b", things("before", "of a", "of b"));
    assert.deepEqual(state.end("a", things("before", "of a", "of b", "new"), false), []);
    assert.equal(state.end("b", things("before", "of b", "new"), false), undefined);
    const left = state.end("b", things("before", "of b", "new"), true);
    assert.deepEqual(left, ["new\n    since a or b"]);
  });
});
