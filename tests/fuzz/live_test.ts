import { gate } from "../_support/gate.ts";

/** Conversations of the short run. `deno task fuzz` runs for a given time. */
const SEEDS = 60;

const [test, { liveStacks = [], LiveServer }] = await gate(
  ["net", "env", "read", "run", "sys", "ffi"],
  async () => {
    // Loads libc outside of tests: it stays loaded, and the sanitizer would report the first test for it.
    (await import("../../src/net/mod.ts")).socketsSupported();
    return await import("./live.ts");
  },
);

for (const stack of liveStacks) {
  test(`The ${stack} server answers a good client beside ${SEEDS} hostile conversations`, async () => {
    await using server = await LiveServer.start(stack);
    for (let seed = 1; seed <= SEEDS; seed++) await server.play(seed);
  });
}
