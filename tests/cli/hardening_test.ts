import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";

const [test, { isGuest }] = await gate(
  ["env", "ffi", "read", "sys"],
  () => import("../../src/cli/serve/hardening.ts"),
);

test("A guest is known by the flags of its processor, or by its hypervisor", () => {
  const flags = (...more: string[]) => `processor\t: 0\nflags\t\t: fpu vme ${more.join(" ")}\n`;
  assert.equal(isGuest(flags("hypervisor", "lahf_lm"), undefined), true);
  assert.equal(isGuest(flags("lahf_lm"), undefined), false);
  assert.equal(isGuest("model name\t: a hypervisor\n", undefined), false);
  assert.equal(isGuest("", "xen\n"), true);
});
