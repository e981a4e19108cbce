import type { Workload } from "../../bench/mod.ts";

/** The requests of a load, and the name of their method for the report. */
export interface NamedWorkload {
  readonly workload: Workload;
  readonly call: string;
}

/** Returns the name of a method as ghz writes it: `signer.v1.EchoService.Echo`. */
export function callName(path: string): string {
  return path.slice(1).replace("/", ".");
}
