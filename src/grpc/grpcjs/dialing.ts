/**
 * Lets grpc-js connect to addresses that node:net cannot: vsock, hybrid vsock and abstract Unix sockets.
 *
 * grpc-js opens every connection in `Http2SubchannelConnector.tcpConnect(address, options)`, passes the socket to the
 * credentials (TLS or none) and then to `createSession`, which makes the HTTP/2 session. Here `tcpConnect` gets a
 * further kind of subchannel address: one that carries an `Address`, which the resolvers registered below return. It
 * is dialled by `src/net` and becomes a Duplex. There is no hop in between, and deadlines, retries, backoff,
 * keepalive, TLS and balancing are grpc-js's own. `createSession` gets its session guarded.
 *
 * Both methods are private to grpc-js, whose version is pinned; `installDialer` checks that they are there.
 *
 * @module
 */
import { type ChannelOptions, experimental } from "@grpc/grpc-js";
import { Http2SubchannelConnector } from "@grpc/grpc-js/build/src/transport.js";
import { guardSession, type Session } from "./_session_guard.ts";
import { type Address, dial, formatAddress, parseAddress, toDuplex } from "../../net/mod.ts";

/** The schemes that `installDialer` adds to grpc-js. */
const dialledSchemes = {
  "vsock": true,
  "unix-abstract": true,
  "vsock+unix": true,
} as const satisfies Record<Exclude<Address["transport"], "tcp" | "unix">, true>;

/** The property of a subchannel address that holds an `Address`. Balancers pass the object on unchanged. */
const DIALLED = Symbol("dialled");

interface DialledAddress {
  /** The formatted address, for grpc-js's errors, traces and channelz. */
  readonly path: string;
  readonly [DIALLED]: Address;
}

interface Connector {
  readonly session: Session | null;
  tcpConnect(address: object, options: ChannelOptions): Promise<unknown>;
  createSession(...args: unknown[]): Promise<unknown>;
}

let installed = false;

/**
 * Registers the `dialledSchemes` with grpc-js, for targets and `experimental.createResolver`. A second call has no
 * effect.
 *
 * @throws {TypeError} when grpc-js is not a version that this works with
 */
export function installDialer(): void {
  if (installed) return;
  const prototype = Http2SubchannelConnector.prototype as unknown as Connector;
  const { tcpConnect, createSession } = prototype;
  if (!tcpConnect || !createSession) {
    throw new TypeError(
      "@grpc/grpc-js has another Http2SubchannelConnector: use the version in deno.lock",
    );
  }
  prototype.tcpConnect = function (this: Connector, address, options) {
    return DIALLED in address
      ? connect((address as DialledAddress)[DIALLED])
      : tcpConnect.call(this, address, options);
  };
  prototype.createSession = function (this: Connector, ...args) {
    const created = createSession.apply(this, args);
    // Set before `createSession` returns; null if the channel is closed.
    if (this.session) guardSession(this.session);
    return created;
  };
  for (const scheme of Object.keys(dialledSchemes)) {
    experimental.registerResolver(scheme, AddressResolver);
  }
  installed = true;
}

async function connect(address: Address): Promise<unknown> {
  const duplex = toDuplex(await dial(address));
  // grpc-js listens for errors only during its setup.
  duplex.on("error", () => {});
  return duplex;
}

/** Resolves a target to the address that it names, without a lookup. */
class AddressResolver implements experimental.Resolver {
  readonly #listener: experimental.ResolverListener;
  readonly #address: Address;
  #told = false;

  /** @throws {NetError} `BAD_ADDRESS` */
  constructor(target: experimental.GrpcUri, listener: experimental.ResolverListener) {
    this.#listener = listener;
    this.#address = parseAddress(textOf(target));
  }

  updateResolution(): void {
    if (this.#told) return;
    this.#told = true;
    const address: DialledAddress = {
      path: formatAddress(this.#address),
      [DIALLED]: this.#address,
    };
    const result = experimental.statusOrFromValue([{ addresses: [address] }]);
    queueMicrotask(() => this.#told && this.#listener(result, {}, null, ""));
  }

  destroy(): void {
    this.#told = false;
  }

  /** The `:authority` of calls: gRPC's default for Unix sockets and vsock. */
  static getDefaultAuthority(): string {
    return "localhost";
  }
}

/** Restores the text of a URI: grpc-js splits `vsock+unix:///run/vm.sock:5000` at the authority. */
function textOf({ scheme, authority, path }: experimental.GrpcUri): string {
  return `${scheme}:${authority === undefined ? "" : `//${authority}/`}${path}`;
}
