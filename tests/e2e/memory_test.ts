/** The resident memory of `serve` after large messages. @module */
import assert from "node:assert/strict";
import { v8Flags } from "../../src/cli/v8_flags.ts";
import { gate } from "../_support/gate.ts";

const [test, { call, echo, openChannel, SignerProcess }] = await gate(
  ["net", "env", "read", "sys", "ffi", "run"],
  () => import("./_signer.ts"),
);

const CONNECTIONS = 16;
const MIB = 1_024;

/** Echoes 1 MiB on each of many connections at once, 160 times in all. */
async function echoLargely(address: string): Promise<void> {
  using channel = openChannel({ addresses: [address], connections: CONNECTIONS });
  const payload = new Uint8Array(1 << 20);
  await Promise.all(Array.from({ length: CONNECTIONS }, async () => {
    for (let i = 0; i < 10; i++) await call(channel, echo.Echo, { message: "", payload });
  }));
}

for (const workers of [0, 1]) {
  // malloc(3) kept all that requests had ever taken at one time: 231 MB and more, until the end of the process.
  test(`memory that echoes of 1 MiB took is returned when they are over (${workers} workers)`, async () => {
    await using server = await SignerProcess.startWith(
      [`--v8-flags=${v8Flags}`],
      ...["--tcp", "127.0.0.1:0", "--generate", "ed25519", "--workers", `${workers}`],
    );
    const before = server.residentKiB();
    await echoLargely(server.addresses[0]);
    const peak = server.residentKiB();
    let after = peak;
    // Quiet is noticed after 10 to 20 s.
    for (let i = 0; i < 600 && after > before + 32 * MIB; i++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      after = server.residentKiB();
    }
    assert.ok(after <= before + 32 * MIB, `${before} KiB before, ${peak} at once, ${after} after`);
  });
}
