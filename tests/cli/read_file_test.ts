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
    assert.throws(() => readUserContexts(), /contexts in \/dev\/zero: it has more than 1 MiB/);
  } finally {
    if (before === undefined) Deno.env.delete("SIGNER_CONTEXT_FILE");
    else Deno.env.set("SIGNER_CONTEXT_FILE", before);
  }
});
