/** The head of the portable executable: unpacking, its cache and its errors. @module */
import assert from "node:assert/strict";
import { join } from "node:path";
import { gate } from "../_support/gate.ts";

const [test, { writeExecutable }] = await gate(
  ["net", "env", "read", "write", "sys", "ffi", "run"],
  () => import("../../scripts/compile/portable.ts"),
);

/** An executable whose Deno is a script that prints its arguments, and a folder for caches. */
class Packaged implements AsyncDisposable {
  private constructor(readonly folder: string) {}

  static async make(): Promise<Packaged> {
    const folder = await Deno.makeTempDir({ prefix: "signer-portable-test-" });
    const content = join(folder, "content");
    await Deno.mkdir(join(content, "program"), { recursive: true });
    const deno = `#!/bin/sh\necho "$SIGNER_CARRIED_LIBRARIES"\nfor word; do echo "$word"; done\n` +
      `for name in \${PRINTED:-}; do env | grep "^$name="; done\n`;
    await Deno.writeTextFile(join(content, "deno"), deno, { mode: 0o755 });
    await Deno.writeTextFile(join(content, "program/main.js"), "// the program\n");
    await writeExecutable(content, join(folder, "signer"), ["--quiet"]);
    await Deno.remove(content, { recursive: true });
    await Deno.mkdir(join(folder, "cache"));
    return new Packaged(folder);
  }

  get executable(): string {
    return join(this.folder, "signer");
  }

  get cache(): string {
    return join(this.folder, "cache");
  }

  /** The folder in the cache that it is unpacked to. */
  get unpacked(): string {
    const [entry] = [...Deno.readDirSync(this.cache)];
    return join(this.cache, entry.name);
  }

  async run(args: readonly string[] = [], env: Record<string, string> = {}) {
    const command = new Deno.Command("/bin/sh", {
      args: [this.executable, ...args],
      clearEnv: true,
      env: { PATH: "/usr/bin:/bin", SIGNER_CACHE: this.cache, ...env },
    });
    const { code, stdout, stderr } = await command.output();
    const decoder = new TextDecoder();
    return { code, out: decoder.decode(stdout), error: decoder.decode(stderr) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

test("It unpacks once, and passes its arguments on", async () => {
  await using packaged = await Packaged.make();
  const first = await packaged.run(["call", "two words", "*", ""]);
  const { unpacked } = packaged;
  assert.deepEqual(first.out.split("\n"), [
    `${unpacked}/lib`,
    ...["run", "--quiet", `--allow-run=${unpacked}/deno`, `${unpacked}/program/main.js`],
    ...["call", "two words", "*", "", ""],
  ]);
  const { mode, mtime } = await Deno.stat(unpacked);
  assert.equal(mode! & 0o777, 0o700);
  assert.equal((await packaged.run()).code, 0);
  assert.deepEqual((await Deno.stat(unpacked)).mtime, mtime);
});

test("Deno neither looks for a newer version of itself, nor writes into the home of the user", async () => {
  // A server asked for the address of Deno's site at a start.
  await using packaged = await Packaged.make();
  const { out } = await packaged.run(["call"], { PRINTED: "DENO_NO_UPDATE_CHECK DENO_DIR" });
  assert.match(out, /^DENO_NO_UPDATE_CHECK=1$/m);
  assert.match(out, new RegExp(`^DENO_DIR=${packaged.unpacked}/compiled$`, "m"));
});

test("It answers --version without unpacking", async () => {
  await using packaged = await Packaged.make();
  const { code, out } = await packaged.run(["--version"]);
  assert.equal(code, 0);
  assert.match(out, /^\d+\.\d+\.\d+\n$/);
  assert.deepEqual([...Deno.readDirSync(packaged.cache)], []);
});

test("A cache without one of its files is refused and not run", async () => {
  for (const file of ["deno", "program/main.js"]) {
    await using packaged = await Packaged.make();
    await packaged.run();
    await Deno.remove(join(packaged.unpacked, file));
    const { code, error } = await packaged.run();
    assert.equal(code, 1);
    assert.match(error, /^signer: error: \S+ is damaged\n/);
  }
});

test("Starts at the same time unpack to one folder and leave nothing else", async () => {
  await using packaged = await Packaged.make();
  const runs = await Promise.all(Array.from({ length: 8 }, () => packaged.run()));
  assert.deepEqual(runs.map(({ code, error }) => [code, error]), runs.map(() => [0, ""]));
  assert.equal([...Deno.readDirSync(packaged.cache)].length, 1);
  const names = [...Deno.readDirSync(packaged.unpacked)].map(({ name }) => name).sort();
  assert.deepEqual(names, ["deno", "manifest", "program", "program.sha256"]);
});

test("A damaged cache is refused and not run", async () => {
  for (const [file, text] of [["program/main.js", "// another program\n"], ["deno", "short"]]) {
    await using packaged = await Packaged.make();
    await packaged.run();
    await Deno.writeTextFile(join(packaged.unpacked, file), text);
    const { code, out, error } = await packaged.run();
    assert.deepEqual([code, out], [1, ""]);
    assert.match(error, /^signer: error: \S+ is damaged\nsigner: hint: Remove it/);
  }
});

test("A cache that others may write to is refused and not run", async () => {
  await using packaged = await Packaged.make();
  await packaged.run();
  await Deno.chmod(packaged.unpacked, 0o770);
  const { code, out, error } = await packaged.run();
  assert.deepEqual([code, out], [1, ""]);
  assert.match(error, /belongs to another user, or others may write to it/);
});

// Who made the folder during the second of the unpacking, in /tmp say, had his own `deno` in it run by another user.
test("A folder that another user makes during the unpacking is refused and not run", async () => {
  const other = `printf '#!/bin/sh\\necho other\\n' >`;
  const attacks = {
    folder: `mkdir -m 777 "$2"; ${other}"$2/deno"; chmod 755 "$2/deno"`,
    link:
      `mkdir -m 777 "$2-other"; ${other}"$2-other/deno"; chmod 755 "$2-other/deno"; ln -s "$2-other" "$2"`,
    closedFolder: `mkdir "$2"; ${other}"$2/deno"; chmod 755 "$2/deno" "$2"`,
  };
  for (const [name, attack] of Object.entries(attacks)) {
    await using packaged = await Packaged.make();
    const programs = join(packaged.folder, "programs");
    await Deno.mkdir(programs);
    const mv = `#!/bin/sh\n${attack}\nexec /bin/mv "$@"\n`;
    await Deno.writeTextFile(join(programs, "mv"), mv, { mode: 0o755 });
    const { code, out, error } = await packaged.run([], { PATH: `${programs}:/usr/bin:/bin` });
    assert.deepEqual([code, out], [1, ""], name);
    assert.match(error, /belongs to another user, or others may write to it/, name);
  }
});

test("A link in the place of the folder is refused, also one to nothing", async () => {
  await using packaged = await Packaged.make();
  await packaged.run();
  const { unpacked } = packaged;
  await Deno.remove(unpacked, { recursive: true });
  await Deno.symlink(join(packaged.folder, "nothing"), unpacked);
  const { code, out, error } = await packaged.run();
  assert.deepEqual([code, out], [1, ""]);
  assert.match(error, /belongs to another user, or others may write to it/);
});

// The superuser ran `signer version`, which unpacked to /var/cache. The service with a user of its own then refused to
// start, because the folder belonged to another user.
test("Each user has a folder of their own in a cache that several share", async () => {
  await using packaged = await Packaged.make();
  await packaged.run();
  const programs = join(packaged.folder, "programs");
  await Deno.mkdir(programs);
  // Another user, who also owns the files that are made.
  await Deno.writeTextFile(join(programs, "id"), "#!/bin/sh\necho 4242\n", { mode: 0o755 });
  const ls = `#!/bin/sh\n/bin/ls "$@" | sed -E 's/^(\\S+ +[0-9]+ +)[0-9]+/\\14242/'\n`;
  await Deno.writeTextFile(join(programs, "ls"), ls, { mode: 0o755 });
  const { code, error } = await packaged.run([], { PATH: `${programs}:/usr/bin:/bin` });
  assert.deepEqual([code, error], [0, ""]);
  assert.equal([...Deno.readDirSync(packaged.cache)].length, 2);
});

test("A damaged executable is refused, and leaves nothing", async () => {
  await using packaged = await Packaged.make();
  const bytes = await Deno.readFile(packaged.executable);
  bytes[bytes.length - 100] ^= 1;
  await Deno.writeFile(packaged.executable, bytes);
  const { code, error } = await packaged.run();
  assert.equal(code, 1);
  assert.match(error, /is damaged: its archive has another SHA-256/);
  assert.deepEqual([...Deno.readDirSync(packaged.cache)], []);
});

test("Of the cache folders the first that can be written is used", async () => {
  await using packaged = await Packaged.make();
  const { code } = await packaged.run([], {
    SIGNER_CACHE: join(packaged.folder, "missing"),
    XDG_CACHE_HOME: packaged.cache,
  });
  assert.equal(code, 0);
  assert.equal([...Deno.readDirSync(packaged.cache)].length, 1);
});

test("A read-only file system that looks writable is passed over, and named", async () => {
  // As root, `test -w` of busybox looks at the mode of the folder only. Here mktemp fails as it does there.
  await using packaged = await Packaged.make();
  const bin = join(packaged.folder, "bin");
  await Deno.mkdir(bin);
  const mktemp = `#!/bin/sh\necho "mktemp: (null): Read-only file system" >&2\nexit 1\n`;
  await Deno.writeTextFile(join(bin, "mktemp"), mktemp, { mode: 0o755 });
  const { code, error } = await packaged.run([], { PATH: `${bin}:/usr/bin:/bin` });
  assert.equal(code, 1);
  assert.match(
    error,
    /^signer: error: there is no folder to unpack to; \S+\/cache is not a folder/,
  );
  assert.match(error, /; \/dev\/shm is not a folder that can be written\n/);
});

test("The command in the docs removes folders from which no process runs", async () => {
  const docs = await Deno.readTextFile(new URL("../../docs/executable.md", import.meta.url));
  const [, command] = /^```sh not-run="tests\/scripts\/portable_test.ts runs it"\n(.+?)^```/ms.exec(
    docs,
  )!;
  const cache = await Deno.realPath(await Deno.makeTempDir({ prefix: "signer-portable-test-" }));
  try {
    const user = Deno.uid();
    const [used, unused, other] = [`signer-${user}-used`, `signer-${user}-unused`, "signer-other"];
    for (const name of [used, unused, other]) {
      await Deno.mkdir(join(cache, name, "lib"), { recursive: true });
      await Deno.copyFile("/bin/sleep", join(cache, name, "deno"));
    }
    // A child has the file as its executable as soon as it has started.
    const process = new Deno.Command(join(cache, used, "deno"), { args: ["60"] }).spawn();
    try {
      const { success, stderr } = await new Deno.Command("/bin/sh", {
        args: ["-c", command],
        env: { SIGNER_CACHE: cache },
      }).output();
      assert.ok(success, new TextDecoder().decode(stderr));
      const left = [...Deno.readDirSync(cache)].map(({ name }) => name).sort();
      assert.deepEqual(left, [other, used].sort());
    } finally {
      process.kill();
      await process.status;
    }
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
});
