import {
  type ChannelCredentials,
  type ChannelOptions,
  credentials,
  experimental,
} from "@grpc/grpc-js";
import { type Address, formatAddress, hostAndPort, parseAddress } from "../../net/mod.ts";
import { installDialer } from "./dialing.ts";

/** What grpc-js needs to know to reach a server or several. */
export interface Dialing {
  /** In grpc-js's own naming. */
  readonly target: string;
  readonly credentials: ChannelCredentials;
  readonly options: ChannelOptions;
}

/**
 * How grpc-js reaches the addresses: the one place that knows. TCP and Unix sockets it dials itself,
 * which works wherever Deno runs; the rest is dialled by `src/net`.
 *
 * @throws {TypeError} when there is no address
 * @throws {NetError} `BAD_ADDRESS`
 */
export function dialing(addresses: readonly string[]): Dialing {
  if (addresses.length === 0) throw new TypeError("A channel needs an address to connect to");
  installDialer();
  const names = addresses.map((address) => encodeURIComponent(grpcName(parseAddress(address))));
  return {
    target: `${listScheme}:${names.join(",")}`,
    credentials: credentials.createInsecure(),
    options: {},
  };
}

/** An address in gRPC's naming (grpc's doc/naming.md). */
function grpcName(address: Address): string {
  return address.transport === "tcp"
    ? `dns:${hostAndPort(address.host, address.port)}`
    : formatAddress(address);
}

type GrpcUri = experimental.GrpcUri;
type Endpoint = experimental.Endpoint;
type Listener = experimental.ResolverListener;

/** A target that lists addresses, each resolved in its own way by `AddressListResolver`. */
const listScheme = "signer-list";

/** The names in a target that `dialing()` made. */
function urisOf(target: GrpcUri): GrpcUri[] {
  return target.path.split(",").map((part) => {
    const [scheme = "", ...path] = decodeURIComponent(part).split(":");
    return { scheme, path: path.join(":") };
  });
}

/**
 * Resolves a list of addresses: the endpoints of all, in the order of the list. It has also a list of one
 * to itself: grpc-js 1.14.7's own resolvers answer even after their channel was closed, and it connects.
 */
class AddressListResolver implements experimental.Resolver {
  readonly #children: readonly experimental.Resolver[];
  /** What each address resolved to last; undefined before its first answer, null when it failed. */
  readonly #endpoints: (readonly Endpoint[] | null | undefined)[];
  readonly #listener: Listener;
  #destroyed = false;

  constructor(target: GrpcUri, listener: Listener, options: ChannelOptions) {
    const uris = urisOf(target);
    this.#listener = listener;
    this.#endpoints = uris.map(() => undefined);
    this.#children = uris.map((uri, index) =>
      experimental.createResolver(uri, this.#resolved(index), options)
    );
  }

  static getDefaultAuthority(target: GrpcUri): string {
    // Sent as :authority to every server of the list; the first stands for all.
    const [first] = urisOf(target);
    return first?.scheme === "dns" ? first.path : "localhost";
  }

  updateResolution(): void {
    this.#destroyed = false;
    for (const child of this.#children) child.updateResolution();
  }

  destroy(): void {
    this.#destroyed = true;
    for (const child of this.#children) child.destroy();
  }

  /** An address that does not resolve is left out, unless none does. */
  #resolved(index: number): Listener {
    return (result, attributes, serviceConfig, note) => {
      if (this.#destroyed) return true;
      this.#endpoints[index] = result.ok ? result.value : null;
      if (this.#endpoints.includes(undefined)) return true;
      const known = this.#endpoints.flatMap((endpoints) => endpoints ?? []);
      if (known.length === 0) return this.#listener(result, attributes, serviceConfig, note);
      return this.#listener(experimental.statusOrFromValue(known), attributes, null, note);
    };
  }
}

experimental.registerResolver(listScheme, AddressListResolver);
