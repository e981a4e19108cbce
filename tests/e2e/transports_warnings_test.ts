import assert from "node:assert/strict";
import { vsockObstacles } from "../../src/cli/serve/vsock_warnings.ts";
import type { Check } from "../../src/net/mod.ts";

/** Returns the checks of a machine on which the named ones fail. */
function checks(...failed: Check["subject"][]): Check[] {
  const subjects = [
    "vsock",
    "vsock-device",
    "vsock-modules",
    "vsock-cid",
    "vsock-loopback",
  ] as const;
  return subjects.map((subject) => ({ subject, ok: !failed.includes(subject), found: "" }));
}

const cases: readonly [failed: Check["subject"][], warned: Check["subject"][]][] = [
  [[], []],
  [["vsock-loopback"], []],
  [["vsock-device"], []],
  [["vsock-cid", "vsock-loopback"], ["vsock-cid"]],
  [["vsock-device", "vsock-modules", "vsock-loopback"], ["vsock-device", "vsock-modules"]],
];

for (const [failed, warned] of cases) {
  Deno.test(`\`serve --vsock\` where ${failed.join(", ") || "nothing"} is missing warns of ${warned.join(", ") || "nothing"}`, () => {
    assert.deepEqual(vsockObstacles(checks(...failed)).map(({ subject }) => subject), warned);
  });
}
