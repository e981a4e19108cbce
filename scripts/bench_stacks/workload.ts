/** The calls that the benchmark of the stacks makes. @module */
import { echoDefinition as echo, signingDefinition as signing } from "../../src/api/mod.ts";
import type { AnyMethod, RpcChannel } from "../../src/grpc/mod.ts";
import { call, type Fields, framed, PREFIX_BYTES } from "../unary.ts";

/** A call of a load. */
export interface Workload {
  readonly name: string;
  readonly path: string;
  /** The request: prefix and message. */
  readonly body: Uint8Array;
  /**
   * Makes the call and checks its response. Resolves to the size of a response, prefix and message, which is the
   * same for all.
   *
   * @throws {Error} when the call fails, or its response is wrong
   */
  check(channel: RpcChannel): Promise<number>;
}

/** The workloads: an echo of 5 bytes, and signatures of 32 bytes with the two most common key types. */
export const workloads: readonly Workload[] = [
  workload("echo", "EchoService/Echo", echo.Echo, { message: "hello" }, ({ message }) => {
    return Promise.resolve(message === "hello");
  }),
  signature("Sign P-256", "KEY_TYPE_ECDSA_P256"),
  signature("Sign RSA-2048", "KEY_TYPE_RSA_2048"),
];

function signature(name: string, keyType: string): Workload {
  // In P1363 every signature of a key has the same length.
  const signatureFormat = "SIGNATURE_FORMAT_P1363";
  const message = new Uint8Array(32).fill(0x61);
  const request = { keyType, message, signatureFormat };
  const isRight = async (answer: Fields, channel: RpcChannel) => {
    const { valid } = await call(channel, signing.Verify, { ...answer, message, signatureFormat });
    return valid === true;
  };
  return workload(name, "SigningService/Sign", signing.Sign, request, isRight);
}

function workload(
  name: string,
  path: string,
  method: unknown,
  request: Fields,
  isRight: (answer: Fields, channel: RpcChannel) => Promise<boolean>,
): Workload {
  const { requestSerialize, responseSerialize } = method as AnyMethod;
  return {
    name,
    path: `/signer.v1.${path}`,
    body: framed(requestSerialize(request)),
    async check(channel) {
      const answer = await call(channel, method, request);
      if (!await isRight(answer, channel)) throw new Error(`The answer to ${path} is wrong`);
      return PREFIX_BYTES + responseSerialize(answer).length;
    },
  };
}
