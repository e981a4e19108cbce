/** Addresses of servers in the form of grpc-js. @module */
import { type ChannelOptions, experimental } from "@grpc/grpc-js";
import { type Address, formatAddress, hostAndPort, parseAddress } from "../../net/mod.ts";
import { installDialer } from "./dialing.ts";

/**
 * Translates addresses into a target URI of grpc-js. In plaintext, grpc-js itself connects to TCP and Unix sockets,
 * which works wherever Deno runs; `src/net` connects to all other addresses, and over TLS to all.
 *
 * @throws {TypeError} when there is no address
 * @throws {NetError} `BAD_ADDRESS`
 */
export function targetOf(addresses: readonly string[]): string {
  if (addresses.length === 0) throw new TypeError("A channel needs an address to connect to");
  installDialer();
  const names = addresses.map((address) => encodeURIComponent(grpcName(parseAddress(address))));
  return `${listScheme}:${names.join(",")}`;
}

/** Formats an address by gRPC's naming (grpc's doc/naming.md). */
function grpcName(address: Address): string {
  return address.transport === "tcp"
    ? `dns:${hostAndPort(address.host, address.port)}`
    : formatAddress(address);
}

type GrpcUri = experimental.GrpcUri;
type Endpoint = experimental.Endpoint;
type Listener = experimental.ResolverListener;

/** The scheme of targets that list addresses. `AddressListResolver` resolves each by its own scheme. */
const listScheme = "signer-list";

/** Parses the addresses of a target that `targetOf()` returned. */
function urisOf(target: GrpcUri): GrpcUri[] {
  return target.path.split(",").map((part) => {
    const [scheme = "", ...path] = decodeURIComponent(part).split(":");
    return { scheme, path: path.join(":") };
  });
}

/**
 * Resolves a list of addresses to the endpoints of all, in the order of the list. Lists of one address are resolved
 * here too: grpc-js 1.14.7's own resolvers report results after their channel was closed, and it then connects.
 */
class AddressListResolver implements experimental.Resolver {
  readonly #children: readonly experimental.Resolver[];
  /** The latest endpoints of each address: undefined before the first result, null after a failure. */
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
    // grpc-js sends one :authority to all servers of the list: that of the first.
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

  /** Returns the listener for one address. Failed addresses are left out; if all failed, the failure is reported. */
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
