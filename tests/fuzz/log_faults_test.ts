/**
 * The live fuzz once looked at the last 10,000 characters of the log alone, and for three words in it: an error within
 * the server, or one followed by much else, passed.
 *
 * @module
 */
import assert from "node:assert/strict";
import { LogFaults } from "./_log_faults.ts";

const fault =
  'time=2026-11-26T09:00:00.000Z level=error category=signer.serve msg="A call failed inside the server"';
const warning =
  'time=2026-11-26T09:00:00.000Z level=warn category=signer.native msg="Accepting pauses"';

Deno.test("An error is found in pieces of a log, whatever comes after it", () => {
  const faults = new LogFaults();
  for (const piece of `${warning}\n${fault}\n`.match(/.{1,7}|\n/g)!) faults.add(piece);
  for (let i = 0; i < 1_000; i++) faults.add(`${warning}\n`);
  assert.equal(faults.first, fault);
});

Deno.test("A crash is found, and a warning is no fault", () => {
  const faults = new LogFaults();
  faults.add(`${warning}\n`);
  assert.equal(faults.first, undefined);
  faults.add("thread 'main' panicked at core.rs\n");
  assert.match(faults.first!, /panicked/);
});
