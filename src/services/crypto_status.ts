/** Errors of the crypto layer as gRPC statuses. @module */
import { CryptoError, type CryptoErrorCode } from "../crypto/mod.ts";
import { RpcError, type StatusName } from "../grpc/mod.ts";

/** Statuses of the errors that a caller causes. Other errors are INTERNAL, and logged. */
const statuses: Partial<Record<CryptoErrorCode, StatusName>> = {
  ALGORITHM_MISMATCH: "INVALID_ARGUMENT",
  BAD_DIGEST: "INVALID_ARGUMENT",
  NO_SUCH_KEY: "NOT_FOUND",
  KEY_INACTIVE: "FAILED_PRECONDITION",
};

/** Converts an error that a caller causes into an RpcError, and returns any other error unchanged. */
export function fromCryptoError(error: unknown): unknown {
  const status = error instanceof CryptoError ? statuses[error.code] : undefined;
  return status ? new RpcError(status, (error as Error).message, { cause: error }) : error;
}
