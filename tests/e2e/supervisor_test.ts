/** The supervisor of the grpc-js server. @module */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";
import { until } from "../_support/until.ts";

const [test, { SignerProcess, openChannel, echo }] = await gate(
  ["net", "env", "read", "write", "run", "sys", "ffi"],
  () => import("./_signer.ts"),
);

/** Timeout in milliseconds for a process to exit or to start on a busy machine. */
const PATIENCE = 30_000;

/*
 * Frames of one peer ended the process of the reference stack, and with it the service of all others. Known causes are
 * fixed; for unknown ones, a supervisor holds the sockets and restarts the serving process.
 */
// `signer boot` ignores SIGCHLD, and so do some parents of daemons: the supervisor then ended with "waitpid failed" when the
// serving process did, and a guest was powered off.
const starts: Readonly<Record<string, typeof SignerProcess.start>> = {
  "": (...options) => SignerProcess.start(...options),
  ", also when its parent ignores SIGCHLD": (...options) =>
    SignerProcess.startIgnoring("CHLD", ...options),
};

for (const [where, start] of Object.entries(starts)) {
  test(`A grpc-js server that ends by a signal serves again at the same addresses${where}`, async () => {
    await using server = await start(
      ...["--stack", "grpc-js", "--tcp", "127.0.0.1:0", "--generate", "ed25519"],
    );
    using channel = openChannel({ addresses: server.addresses });
    const callEcho = async () => {
      const request = { message: "hello" };
      const options = { deadline: Date.now() + PATIENCE, waitForReady: true };
      for await (const _ of channel.call(echo.Echo, [request], options).responses);
    };
    await callEcho();
    for (const signal of ["SIGKILL", "SIGABRT"] as const) {
      const { pid } = server;
      assert.notEqual(pid, server.startedPid);
      Deno.kill(pid, signal);
      await server.logged(new RegExp(`started again.*signal=${signal}`));
      await callEcho();
      assert.notEqual(server.pid, pid);
    }
    assert.equal(await server.stop(), 0);
    assert.match(await server.log, /Draining signal=SIGTERM/);
  });
}

test("A grpc-js server ends with its supervisor", async () => {
  await using server = await SignerProcess.start(
    ...["--stack", "grpc-js", "--tcp", "127.0.0.1:0", "--generate", "ed25519"],
  );
  const { pid } = server;
  await server.stop("SIGKILL");
  await until("the serving process has ended", () => !isAlive(pid));
});

test("A grpc-js server that cannot start ends its supervisor with the same code", async () => {
  const { runSigner } = await import("./_signer.ts");
  const { code, stderr } = await runSigner(
    ...["serve", "--stack", "grpc-js", "--tcp", "127.0.0.1:0", "--key", "a=/nonexistent"],
  );
  assert.equal(code, 2);
  assert.match(stderr, /no such file/);
});

/** Returns true if a process runs, and false for a zombie (proc_pid_stat(5), state Z). */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}
