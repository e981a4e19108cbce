/** The rows of the table: calls, with their numbers of connections and of streams on each. @module */
import { type KeyObject, verify } from "node:crypto";
import { echoDefinition as echo, signingDefinition as signing } from "../../src/api/mod.ts";
import type { AnyMethod, RpcChannel } from "../../src/grpc/mod.ts";
import type { Shape } from "../h2load.ts";
import { call, type Fields, framed, PREFIX_BYTES } from "../unary.ts";

/** The types of the keys, which are also their ids. */
export const keyTypes = ["ecdsa-p256", "rsa-2048", "rsa-3072"] as const;

/** The public keys by type. */
export type PublicKeys = Readonly<Record<KeyType, KeyObject>>;

/** A type of key that rows sign with. */
export type KeyType = typeof keyTypes[number];

/** A row of the table. */
export interface Row {
  readonly name: string;
  readonly shape: Shape;
  /** True when the call signs. */
  readonly signs: boolean;
  /** The type of its key. */
  readonly keyType?: KeyType;
  readonly path: string;
  /** The request: prefix and message. */
  readonly body: Uint8Array;
  /**
   * Makes the call and checks its response. Resolves to the size of the shortest response, prefix and message.
   *
   * @throws {Error} when the call fails, or its response is wrong
   */
  check(channel: RpcChannel, keys: PublicKeys): Promise<number>;
}

/** All rows, in their order. */
export const rows: readonly Row[] = [
  echoRow("Echo, 5 B", 8, 32, 0),
  echoRow("Echo, 1 KiB", 8, 32, 1024),
  echoRow("Echo, 5 B", 8, 1, 0),
  echoRow("Echo, 5 B", 1, 1, 0),
  echoRow("Echo, 64 KiB", 8, 1, 64 * 1024),
  echoRow("Echo, 1 MiB", 4, 1, 1024 * 1024),
  signRow("Sign, P-256", 4, 4, "ecdsa-p256", "ECDSA_SHA_256"),
  signRow("Sign, P-256", 1, 1, "ecdsa-p256", "ECDSA_SHA_256"),
  signRow("Sign, RSA-2048", 8, 4, "rsa-2048", "RSASSA_PKCS1_V1_5_SHA_256"),
  signRow("Sign, RSA-3072", 8, 4, "rsa-3072", "RSASSA_PKCS1_V1_5_SHA_256"),
];

function echoRow(name: string, connections: number, streams: number, bytes: number): Row {
  const { requestSerialize, responseSerialize } = echo.Echo as unknown as AnyMethod;
  const request = { message: "hello", payload: new Uint8Array(bytes).fill(0x61) };
  return {
    name,
    shape: { connections, streams },
    signs: false,
    path: "/signer.v1.EchoService/Echo",
    body: framed(requestSerialize(request)),
    async check(channel) {
      const response = await call(channel, echo.Echo, request);
      const size = responseSerialize(response).length;
      const { message, payload } = response as typeof request;
      if (message !== request.message || payload.length !== bytes) {
        throw new Error(`The response to ${name} is not the request`);
      }
      return PREFIX_BYTES + size;
    },
  };
}

/** Bytes by which ECDSA signatures in DER vary, but for one in millions. */
const DER_VARIATION = 6;

function signRow(
  name: string,
  connections: number,
  streams: number,
  type: KeyType,
  algorithm: string,
): Row {
  const { requestSerialize, responseSerialize } = signing.Sign as unknown as AnyMethod;
  const message = new Uint8Array(32).fill(0x61);
  const keyType = `KEY_TYPE_${type.replace("-", "_").toUpperCase()}`;
  const request: Fields = { keyType, algorithm, message };
  return {
    name,
    shape: { connections, streams },
    signs: true,
    keyType: type,
    path: "/signer.v1.SigningService/Sign",
    body: framed(requestSerialize(request)),
    async check(channel, keys) {
      const response = await call(channel, signing.Sign, request);
      if (!verify("sha256", message, keys[type], response.signature as Uint8Array)) {
        throw new Error(`The signature of ${name} does not verify`);
      }
      const size = PREFIX_BYTES + responseSerialize(response).length;
      return type === "ecdsa-p256" ? size - DER_VARIATION : size;
    },
  };
}
