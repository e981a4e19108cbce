/** The validity of revocation lists, and its log lines. @module */
import assert from "node:assert/strict";
import { encodeDer } from "../../src/crypto/encoding/mod.ts";
import { encodeName } from "../../src/crypto/x509/name.ts";
import type { RevocationList } from "../../src/ffi/mod.ts";
import type { Logger } from "../../src/telemetry/mod.ts";
import { gate } from "../_support/gate.ts";

const [test, { revocationValidity, RevocationWatch }] = await gate(
  ["env", "ffi", "read"],
  () => import("../../src/cli/serve/revocation_expiry.ts"),
);

const HOUR_MS = 3_600_000;

/** Makes a list of the issuer `CN=name` by its times in milliseconds since 1970. */
function listOf(name: string, issuedAt: number, nextUpdate: number | undefined): RevocationList {
  return { issuer: encodeDer(encodeName([["CN", name]])), issuedAt, nextUpdate };
}

test("a list is reported in the last quarter of its validity, and in its last seven days", () => {
  const week = 168 * HOUR_MS;
  const found = revocationValidity([
    listOf("daily", 0, 24 * HOUR_MS),
    listOf("monthly", 0, 5 * week),
    listOf("endless", 0, undefined),
  ]);
  assert.deepEqual(found, [
    { issuer: "CN=daily", noticeAt: 18 * HOUR_MS, end: 24 * HOUR_MS },
    { issuer: "CN=monthly", noticeAt: 4 * week, end: 5 * week },
  ]);
});

// While a list is renewed, a file may hold the old one as well.
test("of several lists of an issuer the last to expire counts", () => {
  const lists = [listOf("a", 0, 4), listOf("a", 4, 8), listOf("a", 0, 4), listOf("b", 0, 4)];
  assert.deepEqual(
    revocationValidity(lists).map(({ issuer, end }) => [issuer, end]),
    [["CN=a", 8], ["CN=b", 4]],
  );
  assert.deepEqual(revocationValidity([...lists, listOf("a", 0, undefined)]).length, 1);
});

/** Replaces the clock and the timers of this thread by ones that stand still until a timer is run. */
class StoppedClock implements Disposable {
  now = 0;
  #timer: { readonly run: () => void; readonly at: number } | undefined;
  readonly #real = { now: Date.now, setTimeout: globalThis.setTimeout };

  constructor() {
    Date.now = () => this.now;
    globalThis.setTimeout = ((run: () => void, ms: number) => {
      this.#timer = { run, at: this.now + ms };
      return 0;
    }) as unknown as typeof setTimeout;
  }

  /** Goes to the time of the last timer, and runs it. */
  runTimer(): void {
    this.now = this.#timer!.at;
    this.#timer!.run();
  }

  [Symbol.dispose](): void {
    Date.now = this.#real.now;
    globalThis.setTimeout = this.#real.setTimeout;
  }
}

test("a running server logs a list when its end is near, at its end, and every day", () => {
  using clock = new StoppedClock();
  const lines: string[] = [];
  const record = (level: string) => (message: string, fields: object) =>
    lines.push(
      `${clock.now / HOUR_MS} ${level} ${message} ${(fields as { issuer: string }).issuer}`,
    );
  const log = { info: record("info"), warn: record("warn"), error: record("error") };
  const list = listOf("daily", 0, 24 * HOUR_MS);
  using _watch = new RevocationWatch(() => [list], log as unknown as Logger);
  assert.deepEqual(lines, []);
  for (let i = 0; i < 3; i++) clock.runTimer();
  assert.deepEqual(lines, [
    "18 warn A revocation list expires soon CN=daily",
    "24 error A revocation list has expired CN=daily",
    "48 error A revocation list has expired CN=daily",
  ]);
});
