import assert from "node:assert/strict";
import { openVsockWarning, vsockObstacles } from "../../src/cli/serve/vsock_warnings.ts";
import type { Address, Check } from "../../src/net/mod.ts";

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

Deno.test("`serve --vsock` warns of its callers unless options restrict them", () => {
  const vsock: Address[] = [{ transport: "vsock", cid: 2 ** 32 - 1, port: 5000 }];
  assert.match(
    openVsockWarning(vsock, {})!,
    /^every process .* connects to vsock:any:5000 may use every key: restrict callers with --rules/,
  );
  assert.ok(openVsockWarning(vsock, { tlsClientCa: "ca.pem", tlsClientAuth: "request" }));
  for (const restriction of [{ tokens: "t" }, { rules: "r" }, { tlsClientCa: "ca.pem" }]) {
    assert.equal(openVsockWarning(vsock, restriction), undefined);
  }
  assert.equal(openVsockWarning([{ transport: "vsock", cid: 1, port: 5000 }], {}), undefined);
  assert.equal(openVsockWarning([{ transport: "unix", path: "/run/s.sock" }], {}), undefined);
});
