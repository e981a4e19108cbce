/** Ids of requests, by which their lines in logs, the audit log and error messages are found. @module */
import { clientRequestIdHeaders } from "../api/mod.ts";
import type { CallContext } from "../grpc/mod.ts";

/** Ids that a client may choose for its request. */
const REQUEST_ID = /^[\w.:/+=-]{1,64}$/;

/** Begins the ids of requests for which the client chose none: other threads and processes have another. */
let prefix: string | undefined;
let requests = 0;

/** Returns the id of a call: the client's, or else one of the server's choice, which stays the same. */
export function requestIdOf(context: Pick<CallContext, "metadata" | "requestId">): string {
  return context.requestId ??= givenId(context) ?? ownId();
}

function givenId({ metadata }: Pick<CallContext, "metadata">): string | undefined {
  for (const header of clientRequestIdHeaders) {
    const given = metadata.get(header);
    if (typeof given === "string" && REQUEST_ID.test(given)) return given;
  }
  return undefined;
}

function ownId(): string {
  prefix ??= crypto.getRandomValues(new Uint8Array(6)).toHex();
  return `${prefix}-${(requests++).toString(36)}`;
}
