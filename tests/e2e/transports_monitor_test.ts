/**
 * Hybrid vsock against another project's monitor: rust-vmm's vhost-device-vsock serves the vsock device of a guest
 * VM, in which `signer serve --vsock 5000` runs. The host calls it through the monitor's Unix socket. Install it with
 * `cargo install --locked vhost-device-vsock`; without it the test is ignored.
 *
 * @module
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gate } from "../_support/gate.ts";
import { until } from "../_support/until.ts";
import { temporaryDirectory } from "../net/_transports.ts";

const MONITOR = "vhost-device-vsock";
const MACHINE = "qemu-system-x86_64";

/** Timeout in seconds for the boot of an emulated machine and the calls. */
const PATIENCE_S = 120;

const [test, { runSigner, missing }] = await gate(
  ["net", "env", "read", "write", "sys", "ffi", "run"],
  async () => ({
    ...await import("./_signer.ts"),
    missing: [MONITOR, MACHINE].filter((name) => !onPath(name)),
  }),
);

function onPath(program: string): boolean {
  return (Deno.env.get("PATH") ?? "").split(":").some((folder) => {
    try {
      return Deno.statSync(join(folder, program)).isFile;
    } catch {
      return false;
    }
  });
}

/** Starts a process that is killed at the end of the block. */
function start(program: string, args: string[]): AsyncDisposable {
  const child = new Deno.Command(program, { args, stdout: "null", stderr: "null" }).spawn();
  return {
    async [Symbol.asyncDispose]() {
      try {
        child.kill("SIGTERM");
      } catch {
        // It has already ended; the test has failed then.
      }
      await child.status;
    },
  };
}

async function waitForFile(path: string): Promise<void> {
  await until(`there is ${path}`, () => existsSync(path));
}

test({
  name: "the host calls a signer in a guest through the monitor of its vsock device" +
    (missing?.length ? ` (needs ${missing.join(" and ")})` : ""),
  ignore: missing === undefined || missing.length > 0,
  async fn() {
    using directory = temporaryDirectory();
    const device = `${directory.path}/device.sock`;
    const path = `${directory.path}/vm.sock`;
    await using _monitor = start(MONITOR, [
      "--vm",
      `guest-cid=3,socket=${device},uds-path=${path}`,
    ]);
    await waitForFile(device);
    const guestVm = fileURLToPath(new URL("../../scripts/guest_vm.ts", import.meta.url));
    await using _guest = start(Deno.execPath(), [
      ...["run", "--quiet", "-P=test", guestVm, "run", "--timeout", `${PATIENCE_S}`],
      ...["--vhost-user-vsock", device, "--"],
      ...["deno", "run", "--no-check", "-P", "main.ts", "serve", "--vsock", "5000"],
      ...["--generate", "ed25519"],
    ]);
    const to = ["--to", `vsock+unix:${path}:5000`];
    const wait = ["--wait-ready", "--deadline", `${PATIENCE_S}s`];
    const echoed = await runSigner("call", "echo", "hello", ...wait, ...to);
    assert.deepEqual(echoed, { code: 0, stdout: "hello\n", stderr: "" });
    const listed = await runSigner("call", "keys", "--output", "json", ...to);
    assert.match(listed.stdout, /ED25519/);
    // For a closed port of the guest the monitor closes the connection, and the call fails with a hint.
    const nobody = await runSigner("call", "echo", "hello", "--to", `vsock+unix:${path}:5001`);
    assert.equal(nobody.code, 64 + 14);
    assert.match(nobody.stderr, /nothing listens on that port in the guest/);
  },
});
