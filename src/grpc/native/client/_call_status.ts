/** Statuses of calls: of response headers, of trailers, and of streams that were reset. @module */
import { ErrorCode, errorCodeName, type HeaderList, type ResetOrigin } from "../../../http2/mod.ts";
import { decodeStatusMessage, receivedStatus, StatusCode } from "../../mod.ts";
import { headerNames, isGrpcContentType } from "../mod.ts";

/** The status of a call: from the server, or determined by this client. */
export interface CallStatus {
  readonly code: StatusCode;
  readonly message: string;
}

/** The headers of a response, parsed. */
export interface ResponseHead {
  /** The status of a response that is not gRPC. */
  readonly fault: CallStatus | undefined;
  /** The value of `grpc-encoding`. */
  readonly encoding: string | undefined;
}

/** The results of parsing one list, kept on it: HPACK gives the same list for repeated blocks. */
interface Parsed {
  head?: ResponseHead;
  status?: CallStatus;
}

/** Parses the headers of a response that is not over with them. */
export function headOf(list: HeaderList): ResponseHead {
  return parsedOf(list).head ??= {
    fault: faultOf(list),
    encoding: list.get(headerNames.encoding),
  };
}

/** Parses the status of trailers, or of the headers of a response without anything else. */
export function statusOf(list: HeaderList): CallStatus {
  return parsedOf(list).status ??= parseStatus(list);
}

/** Returns the status of a call whose stream was reset before the server sent one. */
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

/** Status codes for the error codes of RST_STREAM (grpc's PROTOCOL-HTTP2.md, Errors). */
const codeOfReset: ReadonlyMap<number, StatusCode> = new Map<number, StatusCode>([
  [ErrorCode.REFUSED_STREAM, StatusCode.UNAVAILABLE],
  [ErrorCode.CANCEL, StatusCode.CANCELLED],
  [ErrorCode.ENHANCE_YOUR_CALM, StatusCode.RESOURCE_EXHAUSTED],
  [ErrorCode.INADEQUATE_SECURITY, StatusCode.PERMISSION_DENIED],
]);

function parsedOf(list: HeaderList): Parsed {
  return (list.derived ??= {}) as Parsed;
}

function parseStatus(list: HeaderList): CallStatus {
  const value = list.get(headerNames.status);
  if (value === undefined) {
    return faultOf(list) ?? { code: StatusCode.UNKNOWN, message: "The server sent no status" };
  }
  if (!/^[0-9]{1,9}$/.test(value)) {
    return { code: StatusCode.UNKNOWN, message: "The server sent a status that is not a number" };
  }
  const message = decodeStatusMessage(list.get(headerNames.message) ?? "");
  return { code: receivedStatus(Number(value)), message };
}

/** Returns the status of a header section that is not gRPC's. Trailers have no `:status`. */
function faultOf(list: HeaderList): CallStatus | undefined {
  const { status } = list;
  if (status === 0) return undefined;
  if (status !== 200) {
    const code = codeOfHttpStatus.get(status) ?? StatusCode.UNKNOWN;
    return { code, message: `Received HTTP status code ${status}` };
  }
  const type = list.get(headerNames.contentType);
  if (isGrpcContentType(type)) return undefined;
  const received = type === undefined ? "no content-type" : `content-type ${JSON.stringify(type)}`;
  return { code: StatusCode.UNKNOWN, message: `Received ${received} in place of gRPC` };
}

/** Status codes for HTTP statuses, such as those of a proxy (grpc's doc/http-grpc-status-mapping.md). */
const codeOfHttpStatus: ReadonlyMap<number, StatusCode> = new Map<number, StatusCode>([
  [400, StatusCode.INTERNAL],
  [401, StatusCode.UNAUTHENTICATED],
  [403, StatusCode.PERMISSION_DENIED],
  [404, StatusCode.UNIMPLEMENTED],
  [429, StatusCode.UNAVAILABLE],
  [502, StatusCode.UNAVAILABLE],
  [503, StatusCode.UNAVAILABLE],
  [504, StatusCode.UNAVAILABLE],
]);
