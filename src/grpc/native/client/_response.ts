import type { HeaderList } from "../../../http2/mod.ts";
import { receivedStatus, StatusCode } from "../../mod.ts";
import { decodeStatusMessage, headerNames, isGrpcContentType } from "../mod.ts";

/** How a call ended, as it was said by the server or concluded here. */
export interface CallStatus {
  readonly code: StatusCode;
  readonly message: string;
}

/** What a response's headers say of what follows. */
export interface ResponseHead {
  /** Why there can be no gRPC in what follows, if so. */
  readonly fault: CallStatus | undefined;
  /** The value of `grpc-encoding`. */
  readonly encoding: string | undefined;
}

/** What was read from a list. Servers repeat their blocks, and a list that is repeated keeps it. */
interface Facts {
  head?: ResponseHead;
  status?: CallStatus;
}

/** Reads the headers of a response that is not over with them. */
export function headOf(list: HeaderList): ResponseHead {
  return factsOf(list).head ??= {
    fault: faultOf(list),
    encoding: list.get(headerNames.encoding),
  };
}

/** Reads the status in trailers, or in the headers of a response that has nothing else. */
export function statusOf(list: HeaderList): CallStatus {
  return factsOf(list).status ??= readStatus(list);
}

function factsOf(list: HeaderList): Facts {
  return (list.derived ??= {}) as Facts;
}

function readStatus(list: HeaderList): CallStatus {
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

/**
 * What is wrong with a header section as the beginning of a gRPC response; trailers have no status.
 */
function faultOf(list: HeaderList): CallStatus | undefined {
  const { status } = list;
  if (status === 0) return undefined;
  if (status !== 200) {
    const code = codeOfHttpStatus.get(status) ?? StatusCode.UNKNOWN;
    return { code, message: `Received HTTP status code ${status}` };
  }
  const type = list.get(headerNames.contentType);
  if (isGrpcContentType(type)) return undefined;
  const what = type === undefined ? "no content-type" : `content-type ${JSON.stringify(type)}`;
  return { code: StatusCode.UNKNOWN, message: `Received ${what} in place of gRPC` };
}

/** Answers of what is not gRPC: a proxy, say (grpc's doc/http-grpc-status-mapping.md). */
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
