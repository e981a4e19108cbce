import { statusName } from "../../grpc/mod.ts";

/** The outcome of a request that ended with OK but whose signature does not verify. */
export const BAD_SIGNATURE = 17;

/** The outcome of a status code that gRPC does not define. */
const OTHER_STATUS = 18;

/** Number of outcomes: the gRPC status codes, and the two above. */
export const OUTCOMES = 19;

/** Returns the name of an outcome, such as `UNAVAILABLE`. */
export function outcomeName(outcome: number): string {
  if (outcome === BAD_SIGNATURE) return "BAD_SIGNATURE";
  return outcome === OTHER_STATUS ? "OTHER" : statusName(outcome);
}

/** Returns the outcome for a status code. */
export function outcomeOf(code: number): number {
  return code >= 0 && code < BAD_SIGNATURE ? code : OTHER_STATUS;
}
