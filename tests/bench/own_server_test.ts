import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { gate } from "../_support/gate.ts";

const [test] = await gate(
  ["env", "ffi", "net", "read", "run", "sys"],
  () => Promise.resolve({}),
);

const main = fileURLToPath(new URL("../../main.ts", import.meta.url));

async function runProgram(permissions: readonly string[], ...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", ...permissions, main, ...args],
    env: { SIGNER_ADDRESS: "" },
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

test("`bench` without a named server starts one, prints its address, and ends it", async () => {
  const { code, stdout, stderr } = await runProgram(["-P=test"], "bench", "sign", "-n", "20");
  assert.equal(code, 0, stderr);
  assert.match(stdout, /\[OK\] +20 responses/);
  const [, pid] = /started one at tcp:\/\/127\.0\.0\.1:\d+ \(process (\d+)\)/.exec(
    stderr,
  )!;
  assert.throws(() => Deno.statSync(`/proc/${pid}`), Deno.errors.NotFound);
});

test("`bench --tls` makes certificates for its own server", async () => {
  for (const mode of ["sign", "connect"]) {
    const { code, stdout, stderr } = await runProgram(
      ["-P=test"],
      ...["bench", mode, "--tls", "-n", "20", "-c", "4"],
    );
    assert.equal(code, 0, stderr);
    assert.match(stdout, /\[OK\] +20 responses/);
    assert.match(stderr, /started one at/);
  }
});

test("`bench` without permission to start a server hints at `--to`", async () => {
  const permissions = ["--allow-env", "--allow-ffi", "--allow-net", "--allow-read", "--allow-sys"];
  const { code, stderr } = await runProgram(permissions, "bench", "echo", "-n", "1");
  assert.equal(code, 2);
  assert.match(
    stderr,
    /hint: Name one with --to ADDRESS, or allow it: deno task bench, or --allow-run/,
  );
});
