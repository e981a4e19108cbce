/** The audit log on a disk that fails when its file is read back for signed lines. @module */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";

const [test, { AuditError, TestLog, verify }] = await gate(
  ["env", "ffi", "read", "write", "sys"],
  async () => ({
    ...await import("./_log.ts"),
    ...await import("../../src/audit/mod.ts"),
  }),
);

/** Has fdatasync(2) of each file fail until its disposal. */
function failingDisk(): Disposable {
  const { syncData } = Deno.FsFile.prototype;
  Deno.FsFile.prototype.syncData = () => Promise.reject(new Error("Input/output error"));
  return {
    [Symbol.dispose]() {
      Deno.FsFile.prototype.syncData = syncData;
    },
  };
}

// The error was one that nothing caught, each second, and at the end of the server it was "Unexpected" and left files open.
test("a disk that fails is reported once, and signed lines go on when it works again", async () => {
  const reports: Error[] = [];
  await using log = await TestLog.open(undefined, 1_000_000, {
    signEveryMs: 1,
    onUnsigned: (error) => reports.push(error),
  });
  {
    using _disk = failingDisk();
    log.record(1);
    for (let looks = 0; reports.length === 0 && looks < 1_000; looks++) await pause();
    for (let looks = 0; looks < 20; looks++) await pause();
  }
  assert.deepEqual(reports.map(({ message }) => message), [
    "The audit file cannot be read back: Input/output error",
  ]);
  await log.close();
  const { faults } = verify(log.path);
  assert.deepEqual(faults, []);
});

test("a disk that fails at the end of a server is an error of the audit log, and its file is closed", async () => {
  const log = await TestLog.open();
  log.record(1);
  {
    using _disk = failingDisk();
    await assert.rejects(
      log.close(),
      (error) => error instanceof AuditError && error.code === "AUDIT_UNWRITABLE",
    );
  }
  await log[Symbol.asyncDispose]();
});

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}
