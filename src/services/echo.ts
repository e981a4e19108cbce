/** EchoService. @module */
import { echoDefinition } from "../api/mod.ts";
import { implement, type Service, unary } from "../grpc/mod.ts";

/** EchoService: returns the message and the payload of the request. */
export function echoService(): Service {
  return implement(echoDefinition, {
    Echo: unary(({ message, payload }) => ({ message, payload })),
  });
}
