import { echoDefinition } from "../api/mod.ts";
import { implement, type Service, unary } from "../grpc/mod.ts";

/** EchoService: answers with what it was sent. */
export function echoService(): Service {
  return implement(echoDefinition, {
    Echo: unary(({ message, payload }) => ({ message, payload })),
  });
}
