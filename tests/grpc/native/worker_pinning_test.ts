import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { gate } from "../../_support/gate.ts";
import { allowedProcessors, processorsOf } from "../../../src/grpc/native/workers/_processors.ts";

const [test, { PoolRig, ask }] = await gate(
  ["net", "env", "read", "run", "sys", "ffi"],
  async () => ({ ...await import("./_pool.ts") }),
);

Deno.test("`processorsOf()` parses numbers and ranges, and returns none without a list", () => {
  const status = (list: string) => `Name:\tsigner\nCpus_allowed_list:\t${list}\nMems_allowed:\t1\n`;
  assert.deepEqual(processorsOf(status("0")), [0]);
  assert.deepEqual(processorsOf(status("0-3,8,10-11")), [0, 1, 2, 3, 8, 10, 11]);
  assert.equal(processorsOf("Name:\tsigner\n"), undefined);
});

test("Pinned workers have one CPU each, and different ones while there are enough", async () => {
  const allowed = allowedProcessors()!;
  const workers = Math.min(allowed.length, 4);
  await using rig = await PoolRig.start(workers, { pin: true });
  const pinned = new Set<number>();
  for (let i = 0; i < workers; i++) {
    // Connections are distributed evenly while all are open, which is until the pool is closed.
    const processors = await ask(await rig.connect(), "processors") as number[];
    assert.equal(processors.length, 1);
    assert.ok(allowed.includes(processors[0]));
    pinned.add(processors[0]);
  }
  assert.equal(pinned.size, workers);
});

test("Pinned workers use only the allowed CPUs of the process", async () => {
  // In a child process, which restricts itself to one CPU, with the permissions of the program.
  const script = fileURLToPath(new URL("./_pinned_pool.ts", import.meta.url));
  const config = fileURLToPath(new URL("../../../deno.json", import.meta.url));
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--config", config, "-P", script],
    stderr: "inherit",
  }).output();
  const { given, workers } = JSON.parse(new TextDecoder().decode(stdout));
  assert.deepEqual(workers, [[given], [given]]);
});
