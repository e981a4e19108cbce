/** The addresses that a server listens on. @module */
import {
  type Address,
  parseAddress,
  tcpAddress,
  unixAddress,
  vsockAddress,
} from "../../net/mod.ts";

/** Options of `serve` that name addresses. */
export interface PlaceOptions {
  readonly tcp?: readonly string[];
  readonly vsock?: readonly string[];
  readonly unix?: readonly string[];
  readonly listen?: readonly string[];
}

const defaultPlace = "127.0.0.1:50051";

/**
 * Parses the addresses of the options. The default is 127.0.0.1:50051.
 *
 * @throws {NetError} `BAD_ADDRESS`
 */
export function placesOf(
  { tcp = [], vsock = [], unix = [], listen = [] }: PlaceOptions,
): Address[] {
  const places = [
    ...tcp.map(tcpAddress),
    ...vsock.map((text) => vsockAddress(text)),
    ...unix.map(unixAddress),
    ...listen.map(parseAddress),
  ];
  return places.length > 0 ? places : [tcpAddress(defaultPlace)];
}
