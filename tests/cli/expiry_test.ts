/** Log lines about certificates and keys that end soon. @module */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";

const [test, { expiringCertificates, expiringKeys, TestCa }] = await gate(
  ["env", "ffi", "read"],
  async () => ({
    ...await import("../../src/cli/serve/expiry.ts"),
    ...await import("../_support/certificates.ts"),
  }),
);

test("the level of a certificate's expiry rises 30, 7 and 1 days before it", async () => {
  using ca = await TestCa.create();
  const levels: Record<string, string | undefined> = {};
  for (const until of [-0.5, 0.5, 1.5, 6.5, 7.5, 29.5, 31]) {
    using certified = await ca.issue({ until });
    const found = expiringCertificates([certified.certificates], Date.now());
    levels[until] = found.map(({ level, daysLeft }) => `${level} ${daysLeft}`).join();
  }
  assert.deepEqual(levels, {
    "-0.5": "error -1",
    "0.5": "error 0",
    "1.5": "warn 1",
    "6.5": "warn 6",
    "7.5": "info 7",
    "29.5": "info 29",
    "31": "",
  });
});

test("each certificate of a chain is looked at, and text that is none is passed over", async () => {
  using ca = await TestCa.create();
  using leaf = await ca.issue({ until: 3 });
  const text = new TextDecoder().decode(leaf.certificates) + new TextDecoder().decode(ca.pem) +
    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  const found = expiringCertificates([new TextEncoder().encode(text)], Date.now());
  assert.deepEqual(found.map(({ subject }) => subject), ["CN=test", "CN=Test CA"]);
});

test("a key is named when no version signs in 30 days, or now", () => {
  const now = Date.now();
  const signing = (signUntil: number | undefined, hasPrivateKey = true) => ({
    ...{ version: 1, thumbprint: "", hasPrivateKey, period: { signUntil } },
  });
  const keys = {
    endless: signing(undefined),
    ended: signing(now),
    near: signing(now + 86_400_000 * 6.5),
    far: signing(now + 86_400_000 * 31),
    verifying: signing(now, false),
  };
  const found = expiringKeys(
    Object.entries(keys).map(([id, version]) => ({ id, versions: [version] })),
    now,
  );
  assert.deepEqual(
    found.map(({ key, level, daysLeft }) => [key, level, daysLeft]),
    [["ended", "error", undefined], ["near", "warn", 6]],
  );
});
