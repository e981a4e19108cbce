import { implement, type Service, signerContract, unary } from "../grpc/contract/mod.ts";

/** EchoService: answers with what it was sent. */
export function echoService(): Service {
  return implement(signerContract().echo, {
    Echo: unary(({ message, payload }) => ({ message, payload })),
  });
}
