import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gate } from "../_support/gate.ts";

const [test] = await gate(
  ["env", "ffi", "net", "read", "run", "sys", "write"],
  () => Promise.resolve({}),
);

const main = fileURLToPath(new URL("../../main.ts", import.meta.url));
const program = ["run", "--quiet", "-P=bench", main, "bench"];

test("Ctrl-C ends a ramp, and the report has the steps so far", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "ramp.json");
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...[...program, "ramp", "echo", "--load-start", "10", "--load-step-duration", "200ms"],
        ...["--load-end", "20", "-O", "json", "-o", path],
      ],
      env: { SIGNER_ADDRESS: "" },
      stdout: "null",
      stderr: "piped",
    }).spawn();
    let log = "";
    let interrupted = false;
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
      log += text;
      if (interrupted || !/^signer: 10 requests\/s: /m.test(log)) continue;
      interrupted = true;
      child.kill("SIGINT");
    }
    assert.equal((await child.status).code, 130, log);
    const { endReason, steps } = JSON.parse(await Deno.readTextFile(path));
    assert.equal(endReason, "interrupted");
    assert.ok(steps.length > 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

test("a load that needs more descriptors than the limit is refused with a hint about the client", async () => {
  const command = [Deno.execPath(), ...program, "echo", "--connections", "1000"];
  const { code, stderr } = await new Deno.Command("sh", {
    args: ["-c", 'ulimit -n 200 && exec "$@"', "sh", ...command],
    env: { SIGNER_ADDRESS: "" },
    stdout: "null",
  }).output();
  assert.equal(code, 2);
  assert.match(
    new TextDecoder().decode(stderr),
    /error: The load needs 1032 descriptors, and this process may open 200\nsigner: hint: Raise/,
  );
});
