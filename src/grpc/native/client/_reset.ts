import { ErrorCode, errorCodeName, type ResetOrigin } from "../../../http2/mod.ts";
import { StatusCode } from "../../mod.ts";
import type { CallStatus } from "./_response.ts";

/** The status of a stream that the server has reset (grpc's PROTOCOL-HTTP2.md, Errors). */
const codeOfReset: ReadonlyMap<number, StatusCode> = new Map<number, StatusCode>([
  [ErrorCode.REFUSED_STREAM, StatusCode.UNAVAILABLE],
  [ErrorCode.CANCEL, StatusCode.CANCELLED],
  [ErrorCode.ENHANCE_YOUR_CALM, StatusCode.RESOURCE_EXHAUSTED],
  [ErrorCode.INADEQUATE_SECURITY, StatusCode.PERMISSION_DENIED],
]);

/** How a call ends whose stream ended before its status came. */
export function statusOfReset(
  errorCode: number,
  origin: ResetOrigin,
  failure: Error | undefined,
): CallStatus {
  switch (origin) {
    case "unprocessed":
      return { code: StatusCode.UNAVAILABLE, message: "Stream refused by server" };
    case "connection": {
      const reason = failure === undefined ? "" : `: ${failure.message}`;
      return { code: StatusCode.UNAVAILABLE, message: `Connection dropped${reason}` };
    }
    case "stalled":
      return { code: StatusCode.UNAVAILABLE, message: "The server does not take the request" };
    case "local":
      return { code: StatusCode.INTERNAL, message: "The server broke the rules of HTTP/2" };
    case "peer": {
      if (errorCode === ErrorCode.REFUSED_STREAM) {
        return { code: StatusCode.UNAVAILABLE, message: "Stream refused by server" };
      }
      const code = codeOfReset.get(errorCode) ?? StatusCode.INTERNAL;
      const message = `Received RST_STREAM with code ${errorCode} (${errorCodeName(errorCode)})`;
      return { code, message };
    }
  }
}
