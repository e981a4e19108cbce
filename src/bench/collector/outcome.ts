import { statusName } from "../../grpc/mod.ts";

/** A request that was answered with OK, and the signature is not one of the request by the key. */
export const BAD_SIGNATURE = 17;

/** A status code that gRPC does not know. */
const OTHER_STATUS = 18;

/** How a request can end: a gRPC status code, or one of the two above. */
export const OUTCOMES = 19;

/** The name of an outcome, such as `UNAVAILABLE`. */
export function outcomeName(outcome: number): string {
  if (outcome === BAD_SIGNATURE) return "BAD_SIGNATURE";
  return outcome === OTHER_STATUS ? "OTHER" : statusName(outcome);
}

/** The outcome of a call that ended with a status code. */
export function outcomeOf(code: number): number {
  return code >= 0 && code < BAD_SIGNATURE ? code : OTHER_STATUS;
}
