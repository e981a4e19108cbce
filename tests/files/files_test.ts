/** Files that are read: kinds, limits, failures. @module */
import assert from "node:assert/strict";
import { join } from "node:path";
import { gate } from "../_support/gate.ts";

const [test, { FileError, libc, openRegularFile, readAnyFile, readRegularFile, readStream }] =
  await gate(
    ["ffi", "read", "run", "write"],
    async () => {
      const { libc } = await import("../../src/ffi/mod.ts");
      return { libc, ...await import("../../src/files/mod.ts") };
    },
  );

/** Runs a test with the path of a new folder. */
async function withFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Reads a file in both ways. */
const readers = {
  readAnyFile: (path: string, maxBytes: number) =>
    Promise.resolve().then(() => readAnyFile(path, maxBytes)),
  readRegularFile,
};

for (const [name, read] of Object.entries(readers)) {
  test(`\`${name}()\` returns files up to the limit, and refuses larger ones`, () =>
    withFolder(async (folder) => {
      const path = join(folder, "file");
      for (const size of [0, 1, 16_383, 16_384, 16_385, 100_000]) {
        const bytes = Uint8Array.from({ length: size }, (_, i) => i % 251);
        await Deno.writeFile(path, bytes);
        assert.deepEqual(new Uint8Array(await read(path, 1024 * 1024)), bytes);
        assert.deepEqual(new Uint8Array(await read(path, size)), bytes);
      }
      await assert.rejects(read(path, 99_999), {
        layer: "files",
        code: "TOO_LARGE",
        message: `Cannot read ${JSON.stringify(path)}: it has more than 99999 bytes`,
      });
      await Deno.truncate(path, 2 * 1024 * 1024 + 1);
      await assert.rejects(read(path, 2 * 1024 * 1024), /: it has more than 2 MiB$/);
    }));

  test(`\`${name}()\` names a file that is missing or a folder`, () =>
    withFolder(async (folder) => {
      await assert.rejects(read(join(folder, "no"), 1), {
        code: "NOT_FOUND",
        reason: "there is no such file",
      });
      await assert.rejects(read(folder, 1), /it is a folder/);
    }));

  test(`\`${name}()\` returns a file that is larger than its size says`, async () => {
    if (Deno.build.os !== "linux") return;
    assert.match(new TextDecoder().decode(await read("/proc/self/status", 65_536)), /^Name:/);
  });
}

// Each kind of file that a server reads was opened by a function of its own, of which some waited for a writer of the pipe.
test("`openRegularFile()` refuses a named pipe without waiting for a writer, and devices", () =>
  withFolder(async (folder) => {
    const path = join(folder, "pipe");
    const { success } = await new Deno.Command("mkfifo", { args: [path] }).output();
    assert.ok(success);
    await assert.rejects(openRegularFile(path), {
      code: "NOT_REGULAR",
      reason: "it is a named pipe: name a regular file",
    });
    await assert.rejects(openRegularFile("/dev/zero"), /it is a device: name a regular file/);
    await assert.rejects(openRegularFile(folder), /it is a folder: name a regular file/);
  }));

test("`readAnyFile()` reads a pipe to its end, and a device up to the limit", () =>
  withFolder(async (folder) => {
    const path = join(folder, "pipe");
    await new Deno.Command("mkfifo", { args: [path] }).output();
    await using writer = new Deno.Command("sh", {
      args: ["-c", 'printf one > "$0"', path],
    }).spawn();
    assert.equal(new TextDecoder().decode(readAnyFile(path, 3)), "one");
    assert.ok((await writer.status).success);
    assert.throws(() => readAnyFile("/dev/zero", 1_000_000), FileError);
  }));

// `call sign --digest` read standard input until there was no memory.
test("`readStream()` returns a stream up to the limit, and reads no more of a larger one", async () => {
  let pulled = 0;
  async function* chunks(count: number) {
    for (let i = 0; i < count; i++) {
      pulled++;
      yield Uint8Array.of(i, i);
    }
  }
  assert.deepEqual(await readStream("-", chunks(3), 6), Uint8Array.of(0, 0, 1, 1, 2, 2));
  pulled = 0;
  await assert.rejects(readStream("-", chunks(Infinity), 6), { code: "TOO_LARGE" });
  assert.equal(pulled, 4);
});

test("libc opens regular files, with their mode, owner and size, and leaves all others to Node.js", () =>
  withFolder(async (folder) => {
    if (Deno.build.os !== "linux") return;
    const path = join(folder, "file");
    await Deno.writeFile(path, new Uint8Array(70_000), { mode: 0o640 });
    await Deno.chmod(path, 0o640);
    const file = await libc.openRegular(path);
    assert.ok(file);
    const { mode, uid, size } = file;
    assert.deepEqual({ mode, uid, size }, { mode: 0o100640, uid: Deno.uid(), size: 70_000 });
    assert.equal(await libc.readRegular(file.fd, new Uint8Array(80_000)), 70_000);
    assert.equal(await libc.readRegular(file.fd, new Uint8Array(1)), 0);
    libc.close(file.fd);
    assert.equal(await libc.readRegular(-1, new Uint8Array(1)), -1);
    await new Deno.Command("mkfifo", { args: [join(folder, "pipe")] }).output();
    for (const other of [join(folder, "no"), join(folder, "pipe"), folder, "/dev/zero"]) {
      assert.equal(await libc.openRegular(other), undefined, other);
    }
  }));
