/** The resource figures of a load that was made in parts. @module */
import type { ProcessFigures, ResourceFigures } from "./watch.ts";

/** The figures of a part of a load, which took `elapsed` milliseconds. */
export interface PartFigures {
  readonly elapsed: number;
  readonly figures: ResourceFigures;
}

/** Joins the figures of the parts of a load. The usage between the parts is left out. */
export function joinFigures(parts: readonly PartFigures[]): ResourceFigures {
  const client = joined(parts, ({ client }) => client)!;
  return { client, server: joined(parts, ({ server }) => server) };
}

function joined(
  parts: readonly PartFigures[],
  pick: (figures: ResourceFigures) => ProcessFigures | undefined,
): ProcessFigures | undefined {
  let elapsed = 0;
  const known = parts.flatMap((part) => {
    const figures = pick(part.figures);
    const start = elapsed;
    elapsed += part.elapsed;
    return figures === undefined ? [] : { figures, start };
  });
  if (known.length < parts.length) return undefined;
  const cpuSeconds = known.reduce((sum, { figures }) => sum + figures.cpuSeconds, 0);
  const descriptors = known.flatMap(({ figures }) => figures.descriptors ?? []);
  return {
    cpuSeconds,
    cores: elapsed > 0 ? cpuSeconds / (elapsed / 1000) : 0,
    residentBytes: rangeOf(known.map(({ figures }) => figures.residentBytes)),
    descriptors: descriptors.length < known.length ? undefined : rangeOf(descriptors),
    // One sample of each part bounds the number of samples by that of the parts.
    course: known.flatMap(({ figures, start }) =>
      figures.course.slice(-1).map((sample) => ({ ...sample, at: start + sample.at }))
    ),
  };
}

type Range = ProcessFigures["residentBytes"];

function rangeOf(ranges: readonly Range[]): Range {
  return {
    first: ranges[0].first,
    last: ranges.at(-1)!.last,
    peak: Math.max(...ranges.map(({ peak }) => peak)),
  };
}
