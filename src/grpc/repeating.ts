import type { AnyMethod } from "./service.ts";

const unknownIdempotency = "IDEMPOTENCY_UNKNOWN";

/**
 * Whether a method may be called again after it may have been processed: the contract marks it with an
 * `idempotency_level`. Signing is such a method: it changes nothing on the server, and a second signature
 * of the same input is as good as the first, even where the algorithm is randomised. A stream of requests
 * is never repeated.
 */
export function isRepeatable({ requestStream, options }: AnyMethod): boolean {
  return !requestStream &&
    (options?.idempotency_level ?? unknownIdempotency) !== unknownIdempotency;
}

/**
 * The waits between attempts of one call (grpc's gRFC A6), in milliseconds; a random part of each is
 * taken. They span a server's restart, not its absence: that is what waiting for a connection is for.
 */
export const repeatBackoff = { initial: 50, max: 2000, multiplier: 2 } as const;
