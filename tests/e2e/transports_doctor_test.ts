import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";
import { inGuest, loadNet } from "../net/_transports.ts";

const [test, loaded] = await gate(
  ["net", "env", "read", "sys", "ffi", "run"],
  async () => ({ net: await loadNet(), ...await import("./_signer.ts") }),
);

test("`signer doctor` reports a machine that can serve, and the kernel's error for vsock", async () => {
  const { code, stdout, stderr } = await loaded.runSigner("doctor");
  assert.deepEqual([code, stderr], [0, ""]);
  const lines = stdout.trimEnd().split("\n");
  for (const subject of ["cryptography", "tcp", "unix"]) {
    assert.ok(lines.some((line) => line.startsWith(`ok  ${subject} `)), stdout);
  }
  for (const { subject, ok, found } of loaded.net.checkVsock()) {
    const line = lines.find((line) => line.split(/ +/)[1] === subject);
    assert.ok(line?.startsWith(ok ? "ok " : "-- ") && line.includes(found), `${subject}: ${line}`);
  }
});

test({
  name: "in the guest, `signer doctor` finds nothing missing, and the guest's own CID to be 1",
  ignore: !inGuest(),
  async fn() {
    assert.equal(loaded.net.localCid(), 1);
    const { stdout } = await loaded.runSigner("doctor");
    assert.match(stdout, /^ok {2}vsock-cid +CID 1$/m);
    assert.doesNotMatch(stdout, /^-- /m);
  },
});
