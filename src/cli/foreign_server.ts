/**
 * Finding out that a server which a call could not use does not speak gRPC: it speaks TLS or HTTP/1.1, or
 * never answers.
 *
 * @module
 */
import { RpcError, StatusCode } from "../grpc/mod.ts";
import { CLIENT_PREFACE, describeForeign, foreignProtocol, OPENING_SIZE } from "../http2/mod.ts";
import { formatAddress, parseAddress, request, socketsSupported } from "../net/mod.ts";

/** 1 s for the answer to a question: a server on the same continent has answered. */
const ANSWER_MS = 1_000;

/** An empty SETTINGS frame (RFC 9113 section 6.5). */
const EMPTY_SETTINGS = [0, 0, 0, 4, 0, 0, 0, 0, 0];

/**
 * A TLS ClientHello without extensions (RFC 5246 section 7.4.1.2): servers that speak TLS answer with an
 * alert or with a ServerHello. Some of them close the connection when they receive HTTP/2.
 */
const CLIENT_HELLO = new Uint8Array([
  ...[0x16, 0x03, 0x01, 0x00, 0x2d],
  ...[0x01, 0x00, 0x00, 0x29, 0x03, 0x03],
  ...new Array(32).fill(0x5a),
  ...[0x00, 0x00, 0x02, 0x13, 0x01, 0x01, 0x00],
]);

/** A sentence about the first of the addresses whose server does not speak gRPC, after a failed call. */
export async function findForeign(
  error: RpcError,
  addresses: readonly string[],
): Promise<string | undefined> {
  const { UNAVAILABLE, DEADLINE_EXCEEDED } = StatusCode;
  if (error.code !== UNAVAILABLE && error.code !== DEADLINE_EXCEEDED) return undefined;
  for (const address of addresses) {
    const found = await describeForeignServer(address);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * A sentence about a server that does not speak HTTP/2; undefined where it does, where nothing accepts
 * connections, and where that cannot be found out.
 *
 * @param timeout milliseconds for the first answer. With socket activation, a server that is still starting accepts
 *   connections and does not answer
 */
export async function describeForeignServer(
  address: string,
  timeout = ANSWER_MS,
  signal?: AbortSignal,
): Promise<string | undefined> {
  if (!socketsSupported()) return undefined;
  const place = parseAddress(address);
  const at = `${formatAddress(place)}:`;
  const options = signal === undefined ? {} : { signal };
  try {
    const preface = new Uint8Array([...CLIENT_PREFACE, ...EMPTY_SETTINGS]);
    const opening = await request(place, preface, OPENING_SIZE, timeout, options);
    const protocol = foreignProtocol(opening);
    if (protocol !== undefined) return `${at} ${describeForeign(protocol, opening)}`;
    if (opening.length === OPENING_SIZE) return undefined;
    const answer = await request(place, CLIENT_HELLO, OPENING_SIZE, ANSWER_MS, options);
    const other = foreignProtocol(answer);
    if (other !== undefined) return `${at} ${describeForeign(other, answer)}`;
    return `${at} The server accepts connections and does not answer in HTTP/2`;
  } catch {
    // Nothing accepts connections there, which the failed call has said.
    return undefined;
  }
}
