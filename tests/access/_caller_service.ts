import { echoDefinition } from "../../src/api/mod.ts";
import { type Caller, formatCaller, implement, type Service, unary } from "../../src/grpc/mod.ts";

/** The caller of a call, and whether the call before had the same object. */
export interface Seen {
  readonly peer: Caller["peer"];
  readonly certificate: Caller["certificate"] | null;
  readonly formatted: string;
  readonly isSameAsBefore: boolean;
}

/** An echo service that answers with the caller, as JSON. */
export function callerService(): Service {
  let last: Caller | undefined;
  return implement(echoDefinition, {
    Echo: unary((_, { caller }) => {
      const { peer, certificate = null } = caller;
      const isSameAsBefore = caller === last;
      last = caller;
      const seen: Seen = { peer, certificate, formatted: formatCaller(caller), isSameAsBefore };
      return { message: JSON.stringify(seen) };
    }),
  });
}
