import { printable } from "../../printable/mod.ts";

/** The lines of a table with a head: columns are as wide as their widest value, with two blanks between. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows].map((row) => row.map(printable));
  const widths = head.map((_, column) =>
    Math.max(...all.map((row) => [...(row[column] ?? "")].length))
  );
  return all.map((row) =>
    row.map((value, column) => value + " ".repeat(widths[column]! - [...value].length)).join("  ")
      .trimEnd()
  );
}
