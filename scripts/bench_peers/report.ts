/** The tables of the benchmark in Markdown. @module */
import { median as medianOf } from "../statistics.ts";
import type { Figures } from "./measure.ts";
import type { Row } from "./rows.ts";
import type { Start } from "./servers.ts";

/** Returns a table: the median and the range of each server, and the ratios to the best peer. */
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
    const best = Math.min(...peers.map(({ name }) => median(micros.get(name))));
    return [
      row.name,
      `${row.shape.connections}×${row.shape.streams}`,
      ...[...own, ...peers].map(({ name }) => spread(micros.get(name))),
      ...own.map(({ name }) => ratio(median(micros.get(name)), best)),
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

function median(values: readonly number[] | undefined): number {
  return values === undefined ? Infinity : medianOf(values);
}

function spread(values: readonly number[] | undefined): string {
  if (values === undefined) return "";
  const [least, most] = [Math.min(...values), Math.max(...values)].map(figure);
  return `${figure(median(values))} (${least}–${most})`;
}

function ratio(value: number, best: number): string {
  return Number.isFinite(value) && Number.isFinite(best) ? (value / best).toFixed(2) : "";
}

/** Three digits. */
function figure(micros: number): string {
  if (micros >= 100) return Math.round(micros).toLocaleString("en");
  return micros.toFixed(micros >= 10 ? 1 : 2);
}
