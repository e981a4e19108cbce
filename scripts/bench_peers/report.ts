/** The tables of the benchmark in Markdown. @module */
import { median } from "../statistics.ts";
import type { Figures } from "./measure.ts";
import type { Row } from "./rows.ts";
import type { Start } from "./servers.ts";

/**
 * Returns a table: the median and the range of each server, and the ratios to the peer with the least median. A ratio is
 * the median of those of the rounds, because the machine's other load differs more between rounds than within one.
 */
export function table(figures: Figures, starts: readonly Start[]): string {
  const own = starts.filter((start) => start.own);
  const peers = starts.filter((start) => !start.own);
  const head = [
    "call",
    "connections × streams",
    ...[...own, ...peers].map(({ name }) => name),
    ...own.map(({ name }) => `${name} / best peer`),
  ];
  const lines = [...figures.micros].map(([row, micros]) => {
    const ofPeers = peers.flatMap(({ name }) => micros.has(name) ? [micros.get(name)!] : []);
    const best = ofPeers.sort((a, b) => median(a) - median(b)).at(0);
    return [
      row.name,
      `${row.shape.connections}×${row.shape.streams}`,
      ...[...own, ...peers].map(({ name }) => spread(micros.get(name))),
      ...own.map(({ name }) => ratio(micros.get(name), best)),
    ];
  });
  const memory = (title: string, megabytes: ReadonlyMap<string, number>) => [
    title,
    "",
    ...[...own, ...peers].map(({ name }) => megabytes.get(name)?.toFixed(0) ?? ""),
    ...own.map(() => ""),
  ];
  const last = figures.residentMb.size === 0 ? [] : [
    memory("Resident MB after the echoes", figures.residentMb),
    memory("Resident MB 21 s later", figures.quietMb),
  ];
  return [head, head.map(() => "---"), ...lines, ...last]
    .map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

/** Returns a row in one line of text, to follow a run. */
export function line(
  { name, shape }: Row,
  micros: ReadonlyMap<string, readonly number[]>,
): string {
  const figures = [...micros].map(([server, values]) => `${server} ${figure(median(values))}`);
  return `${name}, ${shape.connections}×${shape.streams}: ${figures.join("; ")}`;
}

function spread(values: readonly number[] | undefined): string {
  if (values === undefined) return "";
  const [least, most] = [Math.min(...values), Math.max(...values)].map(figure);
  return `${figure(median(values))} (${least}–${most})`;
}

function ratio(values: readonly number[] | undefined, best: readonly number[] | undefined): string {
  if (values === undefined || best === undefined) return "";
  return median(values.map((value, round) => value / best[round])).toFixed(2);
}

/** Three digits. */
function figure(micros: number): string {
  if (micros >= 100) return Math.round(micros).toLocaleString("en");
  return micros.toFixed(micros >= 10 ? 1 : 2);
}
