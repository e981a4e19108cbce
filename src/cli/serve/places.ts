/** The addresses that a server listens on, and the sockets that it inherits. @module */
import {
  type Address,
  formatAddress,
  parseAddress,
  prepareInherited,
  tcpAddress,
  unixAddress,
  vsockAddress,
} from "../../net/mod.ts";
import { controlAddress } from "../control_address.ts";
import { usageError } from "../exit.ts";
import type { PassedSocket } from "./activation.ts";

/** Options of `serve` that name addresses. */
export interface PlaceOptions {
  readonly tcp?: readonly string[] | undefined;
  readonly vsock?: readonly string[] | undefined;
  readonly unix?: readonly string[] | undefined;
  readonly listen?: readonly string[] | undefined;
  /** The address of the HTTP server with the metrics. */
  readonly metrics?: string | undefined;
  /** The address of the control socket. */
  readonly control?: string | undefined;
}

/** An address to listen on, with the inherited descriptor that listens there already, if there is one. */
export interface Place {
  readonly address: Address;
  readonly fd?: number;
}

/** The places of a server. */
export interface Places {
  /** Those of the gRPC services. */
  readonly services: readonly Place[];
  readonly metrics: Place | undefined;
  readonly control: Place | undefined;
  /** Passed sockets that no option names. */
  readonly unused: readonly PassedSocket[];
}

const defaultPlace = "127.0.0.1:50051";

/**
 * Finds the places that the options name. `fd:N` is an inherited descriptor, and `fd:NAME` the passed sockets of a name.
 * Without an address of the services, they are the passed sockets that no other option names, or else 127.0.0.1:50051.
 *
 * @throws {NetError} `BAD_ADDRESS`, `BAD_DESCRIPTOR`
 * @throws {CliError} for a name that no passed socket has, and for a socket that is named twice
 */
export function placesOf(
  { tcp = [], vsock = [], unix = [], listen = [], metrics, control }: PlaceOptions,
  passed: readonly PassedSocket[],
): Places {
  const sockets = new Sockets(passed);
  const page = (text: string | undefined) => text === undefined ? undefined : sockets.one(text);
  const pages = {
    metrics: page(metrics),
    control: page(control === undefined ? undefined : controlAddress(control)),
  };
  const named = [
    ...tcp.map((text) => ({ address: tcpAddress(text) })),
    ...vsock.map((text) => ({ address: vsockAddress(text) })),
    ...unix.map((text) => ({ address: unixAddress(text) })),
    ...listen.flatMap((text) => sockets.named(text)),
  ];
  if (named.length > 0) return { ...pages, services: named, unused: sockets.unused };
  const rest = sockets.unused.map(({ fd }) => sockets.take(fd));
  const services = rest.length > 0 ? rest : [{ address: tcpAddress(defaultPlace) }];
  return { ...pages, services, unused: [] };
}

/** Returns true for the name of an inherited socket, `fd:N` or `fd:NAME`. */
export function isInherited(text: string): boolean {
  return text.startsWith("fd:");
}

/** The inherited sockets, each of which one option may use. */
class Sockets {
  readonly #passed: readonly PassedSocket[];
  readonly #taken = new Set<number>();

  constructor(passed: readonly PassedSocket[]) {
    this.#passed = passed;
  }

  get unused(): PassedSocket[] {
    return this.#passed.filter(({ fd }) => !this.#taken.has(fd));
  }

  take(fd: number): Place {
    if (this.#taken.has(fd)) {
      throw usageError(`Descriptor ${fd} is named twice`, "Name each inherited socket once");
    }
    this.#taken.add(fd);
    return { address: prepareInherited(fd), fd };
  }

  /** The places of an address, or of `fd:N` or `fd:NAME`. */
  named(text: string): Place[] {
    if (!isInherited(text)) return [{ address: parseAddress(text) }];
    const name = text.slice("fd:".length);
    if (/^[0-9]{1,9}$/.test(name)) return [this.take(Number(name))];
    const found = this.#passed.filter((socket) => socket.name === name);
    if (found.length > 0) return found.map(({ fd }) => this.take(fd));
    const names = [...new Set(this.#passed.map((socket) => socket.name))].join(", ");
    throw usageError(
      `No inherited socket has the name ${JSON.stringify(name)}`,
      names === ""
        ? "The service manager passes no sockets: see LISTEN_FDS in sd_listen_fds(3)"
        : `The service manager passes sockets of the names ${names}`,
    );
  }

  /** The place of an option that takes one address. */
  one(text: string): Place {
    const places = this.named(text);
    if (places.length === 1) return places[0];
    const addresses = places.map(({ address }) => formatAddress(address)).join(", ");
    throw usageError(`${text} names several sockets: ${addresses}`, "Name one by its number: fd:3");
  }
}
