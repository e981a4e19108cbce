/** Formats nanoseconds as ghz does: `12.34 µs`, `1.20 ms`, `3.01 s`. */
export function formatNanoseconds(value: number): string {
  if (value < 1000) return `${value.toFixed(0)} ns`;
  if (value < 1e6) return `${(value / 1e3).toFixed(2)} µs`;
  if (value < 1e9) return `${(value / 1e6).toFixed(2)} ms`;
  return `${(value / 1e9).toFixed(2)} s`;
}

/** Formats bytes: `12.3 MiB`. */
export function formatBytes(value: number): string {
  const units = ["B", "KiB", "MiB", "GiB"];
  let unit = 0;
  for (; Math.abs(value) >= 1024 && unit < units.length - 1; unit++) value /= 1024;
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}
