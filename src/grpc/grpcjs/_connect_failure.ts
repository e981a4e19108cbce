import { NetError, type NetErrorCode } from "../../net/mod.ts";
import { StatusCode } from "../mod.ts";

/**
 * Returns the reason why no connection was made, as the cause of the error of a call. grpc-js gives it in words only,
 * such as `No connection established. Last error: connect ECONNREFUSED 127.0.0.1:1`. Failures of TLS have the words of
 * `TlsSession.failure`.
 */
export function connectFailure(code: number, details: string): NetError | undefined {
  if (code !== StatusCode.UNAVAILABLE) return undefined;
  if (details.startsWith("Name resolution failed")) return new NetError("NAME_NOT_FOUND", details);
  if (details.includes("TLS failed: ")) return new NetError("TLS_FAILED", details);
  const [, errno] = /^No connection established\..*\b(E[A-Z0-9]{3,})\b/s.exec(details) ?? [];
  return errno === undefined ? undefined : new NetError(errno as NetErrorCode, details);
}
