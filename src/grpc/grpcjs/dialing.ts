/**
 * Lets grpc-js connect to addresses that node:net cannot (vsock, hybrid vsock and abstract Unix sockets), and over
 * TLS to all addresses.
 *
 * grpc-js makes every connection in `Http2SubchannelConnector.connect()`: `tcpConnect` opens a socket, the
 * credentials take it, and `createSession` makes the HTTP/2 session. Here `tcpConnect` gets a further kind of
 * subchannel address: one that carries an `Address`, which the resolvers registered below return. It is dialled by
 * `src/net` and becomes a Duplex. TLS credentials connect by themselves, instead of both. There is no hop in
 * between, and deadlines, retries, backoff, keepalive and balancing are grpc-js's own. `createSession` gets its
 * session guarded.
 *
 * These methods are private to grpc-js, whose version is pinned; `installDialer` checks that they are there.
 *
 * @module
 */
import type { Duplex } from "node:stream";
import { type ChannelOptions, experimental } from "@grpc/grpc-js";
import { Http2SubchannelConnector } from "@grpc/grpc-js/build/src/transport.js";
import { type Address, dial, formatAddress, parseAddress, type Stream } from "../../net/mod.ts";
import { toDuplex } from "../../net/duplex/mod.ts";
import { guardSession, type Session } from "./_session_guard.ts";
import { TlsConnector } from "./_tls_credentials.ts";

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

/** The address of a subchannel: one of grpc-js's own, or one that `src/net` dials. */
type SubchannelAddress = experimental.SubchannelAddress | DialledAddress;

interface Connector {
  readonly session: Session | null;
  connect(
    address: SubchannelAddress,
    secure: experimental.SecureConnector,
    options: ChannelOptions,
  ): Promise<unknown>;
  tcpConnect(address: SubchannelAddress, options: ChannelOptions): Promise<unknown>;
  createSession(
    connected: { readonly socket: Duplex; readonly secure?: boolean },
    address: SubchannelAddress,
    options: ChannelOptions,
  ): Promise<unknown>;
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
  const { connect, tcpConnect, createSession } = prototype;
  if (!connect || !tcpConnect || !createSession) {
    throw new TypeError(
      "@grpc/grpc-js has another Http2SubchannelConnector: use the version in deno.lock",
    );
  }
  prototype.connect = async function (this: Connector, address, secure, options) {
    if (!(secure instanceof TlsConnector)) return connect.call(this, address, secure, options);
    const socket = toGrpcSocket(await secure.dial(addressOf(address)));
    try {
      return await this.createSession({ socket, secure: true }, address, options);
    } catch (error) {
      socket.destroy();
      throw error;
    }
  };
  prototype.tcpConnect = async function (this: Connector, address, options) {
    return DIALLED in address
      ? toGrpcSocket(await dial(address[DIALLED]))
      : tcpConnect.call(this, address, options);
  };
  prototype.createSession = function (this: Connector, connected, ...args) {
    const created = createSession.call(this, connected, ...args);
    // Set before `createSession` returns; null if the channel is closed, whose connection grpc-js leaves open.
    if (this.session) guardSession(this.session);
    else connected.socket.destroy();
    return created;
  };
  for (const scheme of Object.keys(dialledSchemes)) {
    experimental.registerResolver(scheme, AddressResolver);
  }
  installed = true;
}

function toGrpcSocket(stream: Stream): Duplex {
  const duplex = toDuplex(stream);
  // grpc-js listens for errors only during its setup.
  duplex.on("error", () => {});
  return duplex;
}

function addressOf(address: SubchannelAddress): Address {
  if (DIALLED in address) return address[DIALLED];
  return "path" in address
    ? { transport: "unix", path: address.path }
    : { transport: "tcp", host: address.host, port: address.port };
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
