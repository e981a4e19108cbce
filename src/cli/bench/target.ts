/** The servers that a bench loads. @module */
import { defaultAuthority, hostOfAuthority, StatusCode } from "../../grpc/mod.ts";
import { awaitServer, dial, dialTls, NetError, parseAddress, type Peer } from "../../net/mod.ts";
import { addressVariable, type ClientTls, loadTls, targetAddresses } from "../client/mod.ts";
import { handshakeHint } from "../client/options/mod.ts";
import { usageOf } from "../../bench/mod.ts";
import { CliError, exitCodeOfStatus, interruptedError, usageError } from "../exit.ts";
import { describeForeignServer } from "../foreign_server.ts";
import { note } from "../output.ts";
import type { BenchOptions } from "./options.ts";
import { OwnServer } from "./own_server.ts";
import { findServerProcess } from "./server_process.ts";

/** The servers of a load, and the options of their connections. */
export interface Target extends AsyncDisposable {
  readonly addresses: readonly string[];
  /** TLS settings; undefined for plaintext. */
  readonly tls: ClientTls | undefined;
  /** The process of a single server, if it is on this machine and known. */
  readonly pid: number | undefined;
}

/**
 * Opens the servers that the options or the environment name. Without any, starts a server and prints its
 * address.
 *
 * @param interruption ends the connecting to a server that does not answer
 * @throws {CliError}
 */
export async function openTarget(
  options: BenchOptions,
  serveOptions: readonly string[],
  interruption: AbortSignal,
): Promise<Target> {
  const { to = [], tcp = [], vsock = [], unix = [] } = options;
  const named = [to, tcp, vsock, unix].some(({ length }) => length > 0) ||
    (Deno.env.get(addressVariable) ?? "") !== "";
  if (!named) {
    const server = await OwnServer.start(serveOptions, options);
    const { address, pid } = server;
    note(`no server is named: started one at ${address} (process ${pid})`);
    return {
      addresses: [address],
      tls: server.tls,
      pid,
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  }
  const addresses = targetAddresses({ to, tcp, vsock, unix });
  using stack = new DisposableStack();
  const tls = stack.use(await loadTls(options));
  if (options.serverPid !== undefined && usageOf(options.serverPid) === undefined) {
    throw usageError(
      `There is no process ${options.serverPid} on this machine that this user can see`,
      "Leave --server-pid out for a server elsewhere",
    );
  }
  const peer = await probe(addresses, options, tls, interruption);
  const pid = options.serverPid ??
    (addresses.length === 1
      ? await findServerProcess(addresses[0], peer, options, tls)
      : undefined);
  const held = stack.move();
  return {
    addresses,
    tls,
    pid,
    [Symbol.asyncDispose]: () => Promise.resolve(held.dispose()),
  };
}

/**
 * Connects to the servers once before the load, which itself retries, so that an unreachable server is reported
 * at once.
 *
 * @returns the first peer that accepted
 * @throws {CliError} with the exit code of UNAVAILABLE when no server can be reached, or of an interruption
 */
async function probe(
  addresses: readonly string[],
  { connectTimeout, authority }: BenchOptions,
  tls: ClientTls | undefined,
  interruption: AbortSignal,
): Promise<Peer> {
  const signal = AbortSignal.any([interruption, AbortSignal.timeout(connectTimeout)]);
  using context = tls?.open();
  const serverName = hostOfAuthority(authority ?? defaultAuthority(parseAddress(addresses[0])));
  const attempts = addresses.map(async (address) => {
    const place = parseAddress(address);
    if (context !== undefined) {
      using stream = await dialTls(context, place, serverName, { signal });
      await awaitServer(stream, connectTimeout);
      return stream.peer;
    }
    const socket = await dial(place, { signal });
    const { peer } = socket;
    // Closed before the next connection: some servers take one at a time.
    socket.close();
    const foreign = await describeForeignServer(address, connectTimeout, interruption);
    interruption.throwIfAborted();
    if (foreign === undefined) return peer;
    throw new NetError("WRONG_ADDRESS", foreign);
  });
  try {
    return await Promise.any(attempts);
  } catch (cause) {
    if (interruption.aborted) throw interruptedError();
    const [first] = (cause as AggregateError).errors as Error[];
    const isTls = first instanceof NetError && first.code === "TLS_FAILED";
    throw new CliError(exitCodeOfStatus(StatusCode.UNAVAILABLE), first.message, {
      cause,
      hint: isTls
        ? handshakeHint(first.message)
        : `Start the server with signer serve, or name another one with --to or ${addressVariable}`,
    });
  }
}
