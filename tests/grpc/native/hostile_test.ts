import assert from "node:assert/strict";
import { gate } from "../../_support/gate.ts";
import type { Attack } from "./_attack.ts";
import type { Besieged as BesiegedServer } from "./_besieged.ts";
import { exhaustions } from "./_exhaustions.ts";
import { floods } from "./_floods.ts";
import { slowAttacks } from "./_slow_attacks.ts";

const [test, { Besieged, net }] = await gate(
  ["net", "env", "read", "sys", "ffi", "run"],
  async () => ({
    ...await import("./_besieged.ts"),
    net: await (await import("../../net/_transports.ts")).loadNet(),
  }),
);

/**
 * The limit of resident memory in KiB: unread responses of four connections, as much of unfinished requests, and the
 * garbage of both (`maxUnreadBytes`, `maxHeldBytes`).
 */
const MAX_RESIDENT_KIB = 1_024 * 1_024;

/** Concurrent steps cannot be checked for leaks one by one; the whole test is. */
const TOGETHER = { sanitizeOps: false, sanitizeResources: false, sanitizeExit: false };

/** Runs an attack as a step, after which the well-behaved client must be served. */
function step({ name, run }: Attack, target: BesiegedServer): Deno.TestStepDefinition {
  return {
    name,
    ...TOGETHER,
    async fn() {
      await run(target);
      await target.serves();
    },
  };
}

test("A well-behaved client is served while others attack, and memory is bounded", async (t) => {
  await using target = await Besieged.start("--workers", "0");
  const meanwhile = slowAttacks.map((attack) => t.step(step(attack, target)));
  for (const attack of [...floods, ...exhaustions(net)]) await t.step(step(attack, target));
  await Promise.all(meanwhile);
  assert.ok(target.peakKiB < MAX_RESIDENT_KIB, `${target.peakKiB} KiB`);
  assert.doesNotMatch(await target.leave(), /level=error/);
});

test("A worker and its other client survive every flood", async (t) => {
  await using target = await Besieged.start("--workers", "1");
  for (const attack of floods) await t.step(step(attack, target));
  assert.ok(target.peakKiB < MAX_RESIDENT_KIB, `${target.peakKiB} KiB`);
  assert.doesNotMatch(await target.leave(), /level=error/);
});
