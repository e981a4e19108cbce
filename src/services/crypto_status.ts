import { CryptoError, type CryptoErrorCode } from "../crypto/mod.ts";
import { RpcError, type StatusName } from "../grpc/mod.ts";

/** What the caller can mend is told to the caller; the rest is INTERNAL, and for the log. */
const statuses: Partial<Record<CryptoErrorCode, StatusName>> = {
  ALGORITHM_MISMATCH: "INVALID_ARGUMENT",
  BAD_DIGEST: "INVALID_ARGUMENT",
  NO_SUCH_KEY: "NOT_FOUND",
};

/** The status that an error of the crypto layer is for a caller; any other error comes back as it is. */
export function fromCryptoError(error: unknown): unknown {
  const status = error instanceof CryptoError ? statuses[error.code] : undefined;
  return status ? new RpcError(status, (error as Error).message, { cause: error }) : error;
}
