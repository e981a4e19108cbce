import assert from "node:assert/strict";
import { joinFigures, type ProcessFigures } from "../../src/bench/mod.ts";

function usage(changes: Partial<ProcessFigures> = {}): ProcessFigures {
  return {
    cpuSeconds: 0.5,
    cores: 0.5,
    residentBytes: { first: 10, last: 20, peak: 30 },
    descriptors: { first: 1, last: 2, peak: 3 },
    course: [0, 1000].map((at) => ({ at, residentBytes: 20, descriptors: 2 })),
    ...changes,
  };
}

Deno.test("the figures of parts are joined, without the time between them", () => {
  const parts = [
    { elapsed: 1000, figures: { client: usage(), server: undefined } },
    {
      elapsed: 3000,
      figures: {
        client: usage({ cpuSeconds: 1.5, residentBytes: { first: 40, last: 25, peak: 40 } }),
        server: undefined,
      },
    },
  ];
  const { client, server } = joinFigures(parts);
  assert.deepEqual(client, {
    cpuSeconds: 2,
    cores: 0.5,
    residentBytes: { first: 10, last: 25, peak: 40 },
    descriptors: { first: 1, last: 2, peak: 3 },
    course: [
      { at: 1000, residentBytes: 20, descriptors: 2 },
      { at: 2000, residentBytes: 20, descriptors: 2 },
    ],
  });
  assert.equal(server, undefined);
});

Deno.test("a server that ended in a part of the load has no joined figures", () => {
  const { server } = joinFigures([
    { elapsed: 1000, figures: { client: usage(), server: usage() } },
    { elapsed: 1000, figures: { client: usage(), server: undefined } },
  ]);
  assert.equal(server, undefined);
});
