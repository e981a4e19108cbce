/** Status codes and their names. @module */

/** The status codes of gRPC (grpc's doc/statuscodes.md). */
export const StatusCode = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;

export type StatusCode = typeof StatusCode[keyof typeof StatusCode];
export type StatusName = keyof typeof StatusCode;

/** Returns the status code for a number that a peer sent: UNKNOWN unless gRPC defines it, as in grpc-java. */
export function receivedStatus(code: number): StatusCode {
  return names.has(code) ? code as StatusCode : StatusCode.UNKNOWN;
}

const names = new Map(Object.entries(StatusCode).map(([name, code]) => [code as number, name]));

/** Returns the name of a status code, such as `NOT_FOUND`, or as in `CODE(42)` for an unknown one. */
export function statusName(code: number): string {
  return names.get(code) ?? `CODE(${code})`;
}
