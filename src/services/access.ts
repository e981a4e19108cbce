/** Access control of the services: which operation each method is, and its check. @module */
import type { Access, KeyOperation, Operation, Permissions } from "../access/mod.ts";
import { keyOperations } from "../access/mod.ts";
import type { AlgorithmName, KeyDescription, KeyStore } from "../crypto/mod.ts";
import {
  type CallContext,
  type Interceptor,
  overloaded,
  RpcError,
  type Service,
  StatusCode,
} from "../grpc/mod.ts";

/** The operation of each method. A method that is missing here cannot be served with access control. */
const operationOf: Readonly<Record<string, Operation>> = {
  "/signer.pipeline.v1.PipelineService/ExecutePipeline": "pipeline",
  "/signer.pipeline.v1.PipelineService/GetMetrics": "pipeline",
  "/signer.pipeline.v1.PipelineService/GetVersion": "pipeline",
  "/signer.pipeline.v1.PipelineService/StreamPipeline": "pipeline",
  "/signer.v1.EchoService/Echo": "echo",
  "/signer.v1.ServerInfoService/GetServerInfo": "info",
  "/signer.v1.SigningService/Sign": "sign",
  "/signer.v1.SigningService/SignBatch": "sign",
  "/signer.v1.SigningService/SignStream": "sign",
  "/signer.v1.SigningService/Verify": "verify",
  "/signer.v1.SigningService/ListKeys": "list",
  "/signer.v1.SigningService/GetPublicKey": "public-key",
};

/** Finds the permissions of a call's caller. @throws {RpcError} UNAUTHENTICATED */
export type FindPermissions = (context: CallContext) => Permissions;

/**
 * Identifies the caller of every call of a service, and checks the operations that are on no key. Handlers check those
 * on keys where they select the key (`key_selection.ts`).
 *
 * @throws {TypeError} for a service with a method that has no operation
 */
export function controlAccess(access: Access, { definition }: Service): Interceptor {
  for (const { path } of Object.values(definition)) {
    if (!Object.hasOwn(operationOf, path)) throw new TypeError(`${path} has no operation`);
  }
  return {
    before(context) {
      const waiting = access.authenticate(context);
      if (waiting !== undefined) return waiting;
      const operation = operationOf[context.method]!;
      if (isOnKey(operation)) return;
      const permissions = access.permissionsOf(context);
      if (!permissions.allows(operation)) {
        throw new RpcError("PERMISSION_DENIED", `The caller may not use ${operation}`);
      }
      refuseOverRate(permissions.count(operation));
    },
    onError(error, context) {
      if (error instanceof RpcError && error.code === StatusCode.PERMISSION_DENIED) {
        access.report(context, error.message);
      }
      return error;
    },
  };
}

/** Ensures that a caller may use a key, also an id that no key has. @throws {RpcError} PERMISSION_DENIED */
export function requireKey(permissions: Permissions, operation: KeyOperation, id: string): void {
  if (!permissions.allowsKey(operation, id)) throw keyDenied(operation);
}

/** The refusal of a key. It is the same for a key that does not exist, so that it reveals no ids. */
export function keyDenied(operation: KeyOperation): RpcError {
  return new RpcError(
    "PERMISSION_DENIED",
    `There is no such key, or the caller may not use it for ${operation}`,
  );
}

/**
 * Ensures that a caller may use an algorithm with a key that it may use, and counts the request in the rate of its rule.
 *
 * @throws {RpcError} PERMISSION_DENIED, RESOURCE_EXHAUSTED
 */
export function countRequest(
  permissions: Permissions,
  operation: KeyOperation,
  { id }: Pick<KeyDescription, "id">,
  algorithm?: AlgorithmName,
): void {
  if (!permissions.allowsKey(operation, id, algorithm)) {
    throw new RpcError(
      "PERMISSION_DENIED",
      `The caller may not use ${algorithm} with this key for ${operation}`,
    );
  }
  refuseOverRate(permissions.count(operation, id, algorithm));
}

/** Lists the keys that a caller may use, with the algorithms that it may use. */
export function permittedKeys(keys: KeyStore, permissions: Permissions): KeyDescription[] {
  return keys.list().filter(({ id }) => permissions.showsKey(id)).map((key) => ({
    ...key,
    algorithms: key.algorithms.filter((algorithm) => permissions.showsKey(key.id, algorithm)),
  }));
}

function isOnKey(operation: Operation): operation is KeyOperation {
  return keyOperations.includes(operation as KeyOperation);
}

function refuseOverRate(waitMs: number): void {
  if (waitMs === 0) return;
  throw overloaded("The rate of the caller's rule is used up", waitMs, "rate");
}
