/** The files that options name. @module */
import assert from "node:assert/strict";
import { join } from "node:path";
import { gate } from "../_support/gate.ts";

const [test, { readFile, readUserContexts }] = await gate(
  ["env", "read", "sys", "write"],
  async () => ({
    ...await import("../../src/cli/read_file.ts"),
    ...await import("../../src/cli/context_file.ts"),
  }),
);

/** Writes a file for a test. */
async function withFile(bytes: Uint8Array, run: (file: string) => void): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const file = join(folder, "file");
    await Deno.writeFile(file, bytes);
    run(file);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

test("`readFile()` returns files of any size up to the limit", async () => {
  for (const size of [0, 1, 16_383, 16_384, 16_385, 100_000]) {
    const bytes = Uint8Array.from({ length: size }, (_, i) => i % 251);
    await withFile(bytes, (file) => {
      assert.deepEqual(new Uint8Array(readFile(file)), bytes);
      assert.deepEqual(new Uint8Array(readFile(file, size)), bytes);
    });
  }
});

test("`readFile()` returns a file that is larger than its size says", () => {
  if (Deno.build.os !== "linux") return;
  assert.match(new TextDecoder().decode(readFile("/proc/self/status")), /^Name:/);
});

// `--tls-ca /dev/zero` took all memory.
test("`readFile()` refuses a file with more bytes than the limit", async () => {
  await withFile(new Uint8Array(101), (file) => {
    assert.throws(() => readFile(file, 100), {
      name: "CliError",
      exitCode: 2,
      message: `Cannot read ${JSON.stringify(file)}: it has more than 100 bytes`,
    });
  });
  if (Deno.build.os !== "linux") return;
  assert.throws(() => readFile("/dev/zero", 1_000_000), /more than 1000000 bytes/);
});

test("`readFile()` names a file that is missing or a folder", async () => {
  await withFile(new Uint8Array(0), (file) => {
    assert.throws(() => readFile(`${file}.no`), /there is no such file/);
    assert.throws(() => readFile(join(file, "..")), /it is a folder/);
  });
});

// It was measured after it had been read to its end.
test("the file of contexts is not read beyond its limit", () => {
  if (Deno.build.os !== "linux") return;
  const before = Deno.env.get("SIGNER_CONTEXT_FILE");
  Deno.env.set("SIGNER_CONTEXT_FILE", "/dev/zero");
  try {
    assert.throws(() => readUserContexts(), /contexts in \/dev\/zero: more than 1048576 bytes/);
  } finally {
    if (before === undefined) Deno.env.delete("SIGNER_CONTEXT_FILE");
    else Deno.env.set("SIGNER_CONTEXT_FILE", before);
  }
});
