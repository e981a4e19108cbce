/** A server that is attacked: its stack, and the number of its workers. */
export interface Setting {
  readonly stack: "native" | "grpc-js";
  readonly workers: number;
}

/** The settings that each attack is tried on. */
export const settings: readonly Setting[] = [
  { stack: "native", workers: 0 },
  { stack: "native", workers: 1 },
  { stack: "grpc-js", workers: 0 },
];
export const nativeSettings = settings.filter(({ stack }) => stack === "native");

/** The name of a setting, for those of tests. */
export function settingName({ stack, workers }: Setting): string {
  return stack === "native" ? `native, ${workers} workers` : stack;
}
