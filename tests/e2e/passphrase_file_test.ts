/** The passphrase file of a server, at the start and at reloads. @module */
import assert from "node:assert/strict";
import { join } from "node:path";
import { gate } from "../_support/gate.ts";

const [test, { runSigner, SignerProcess, spawnServer }] = await gate(
  ["env", "ffi", "net", "read", "run", "write"],
  () => import("./_signer.ts"),
);

/** Makes a named pipe, and a process that runs a script of the shell with the pipe as `$0`. */
async function pipeTo(path: string, script: string, ...args: string[]): Promise<Deno.ChildProcess> {
  await new Deno.Command("mkfifo", { args: ["-m", "600", path] }).output();
  return new Deno.Command("sh", { args: ["-c", script, path, ...args], stdout: "piped" }).spawn();
}

// The reload waited for a writer of the pipe without an end: no later reload took effect.
test("a server reads a passphrase from a pipe at its start, and a reload refuses the pipe", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const [text, pipe] = [join(folder, "text"), join(folder, "passphrase")];
    await Deno.writeTextFile(text, "correct horse\n", { mode: 0o600 });
    const keys: string[] = [];
    for (const id of ["first", "second"]) {
      const key = join(folder, `${id}.pem`);
      const { code, stderr } = await runSigner(
        ...["keygen", "--type", "ed25519", "--out", key, "--passphrase-file", text],
      );
      assert.equal(code, 0, stderr);
      keys.push("--key", `${id}=${key}`);
    }
    await using writer = await pipeTo(pipe, 'cat "$1" > "$0"', text);
    await using server = await SignerProcess.start(
      ...["--tcp", "127.0.0.1:0", "--workers", "0", ...keys, "--passphrase-file", pipe],
    );
    assert.ok((await writer.output()).success);

    server.signal("SIGHUP");
    await server.logged(/stay as they are.*passphrase: it is a named pipe: name a regular file/);
    await Deno.rename(text, pipe);
    server.signal("SIGHUP");
    await server.logged(/Keys read again.*keys=2/);
    assert.equal(await server.stop(), 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

// The first signal had no effect before the pipe had a writer.
test("SIGTERM ends a server that waits for the writer of its passphrase", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const [text, pipe, key] = ["text", "pipe", "key.pem"].map((name) => join(folder, name));
    await Deno.writeTextFile(text, "correct horse\n", { mode: 0o600 });
    await runSigner("keygen", "--type", "ed25519", "--out", key, "--passphrase-file", text);
    // Opening the pipe ends when the server has opened it, too. If the server does not end, it reads no passphrase.
    await using writer = await pipeTo(pipe, 'exec 3> "$0"; echo opened; exec sleep 20 >&-');
    await using server = spawnServer(
      "--tcp",
      "127.0.0.1:0",
      "--key",
      key,
      "--passphrase-file",
      pipe,
    );
    assert.equal(await new Response(writer.stdout).text(), "opened\n");
    server.kill("SIGTERM");
    assert.equal((await server.status).code, 0);
    writer.kill();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
