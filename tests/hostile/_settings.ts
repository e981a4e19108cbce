/** The configuration of an attacked server: its stack and its number of workers. */
export interface Setting {
  readonly stack: "native" | "grpc-js";
  readonly workers: number;
}

/** The settings on which each attack is tested. */
export const settings: readonly Setting[] = [
  { stack: "native", workers: 0 },
  { stack: "native", workers: 1 },
  { stack: "grpc-js", workers: 0 },
];
export const nativeSettings = settings.filter(({ stack }) => stack === "native");

/** Returns the name of a setting for the names of tests. */
export function settingName({ stack, workers }: Setting): string {
  return stack === "native" ? `native, ${workers} workers` : stack;
}
