import assert from "node:assert/strict";
import { runChild } from "./_child.ts";
import { gate } from "../_support/gate.ts";
import { loadNet, PERMISSIONS } from "./_transports.ts";

const [test] = await gate([...PERMISSIONS, "run"], loadNet);

interface Report {
  readonly events: string[];
  readonly reason: string;
  readonly room: boolean;
  readonly accepted: number;
  readonly waitsWhilePaused: number;
}

for (const engine of ["reactor", "poller"]) {
  test(`without free descriptors, accepting pauses, logs it once, and resumes (${engine})`, async () => {
    const report: Report = JSON.parse(await runChild("./_out_of_descriptors.ts", engine));
    assert.deepEqual(report.events, ["pause", "resume"]);
    assert.match(report.reason, /^Cannot accept on unix-abstract:.*EMFILE.*ulimit -n/);
    assert.ok(
      report.room,
      "no descriptor is left for the rest of the process while accepting pauses",
    );
    assert.equal(report.accepted, 10);
    // Some pauses of 100 ms have passed: an acceptor that spins would have tried thousands of times.
    assert.ok(report.waitsWhilePaused < 50, `${report.waitsWhilePaused} turns while paused`);
  });
}
