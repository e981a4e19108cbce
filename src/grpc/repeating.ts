/** Retries of calls: the methods that allow them, and their backoff. @module */
import type { AnyMethod } from "./service.ts";

const unknownIdempotency = "IDEMPOTENCY_UNKNOWN";

/**
 * Returns true if a call that a server may have processed can be repeated: its method has an
 * `idempotency_level` in the contract. Signing is repeatable: it changes nothing on the server, and a second
 * signature of the same input is as good as the first, for randomised algorithms too. A stream of requests
 * is never repeated.
 */
export function isRepeatable({ requestStream, options }: AnyMethod): boolean {
  return !requestStream &&
    (options?.idempotency_level ?? unknownIdempotency) !== unknownIdempotency;
}

/**
 * Backoff between attempts of one call in milliseconds, of which each takes a random part (gRFC A6). It is
 * long enough for a server's restart. For a longer absence a call waits for a connection.
 */
export const repeatBackoff = { initial: 50, max: 2000, multiplier: 2 } as const;
