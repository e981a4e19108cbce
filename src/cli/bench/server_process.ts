import { usageOf } from "../../bench/mod.ts";
import { libc } from "../../ffi/mod.ts";
import { serverInfoDefinition } from "../../api/mod.ts";
import { formatPeer, isLocalPeer, type Peer } from "../../net/mod.ts";
import { Session } from "../client/mod.ts";
import { CliError } from "../exit.ts";
import type { BenchOptions } from "./options.ts";

/** A server that does not say this soon who it is goes without figures. */
const DEADLINE_MS = 1000;

/**
 * The process of the server at an address of this machine, where it is known for certain: wrong figures
 * are worse than none. A process is the server's when it has the number and began when the server says
 * that it did, so none of another container or behind a tunnel is taken for it. A server that cannot be
 * asked is the process at the other end of its Unix socket.
 *
 * @param peer who answers at the address
 */
export async function findServerProcess(
  address: string,
  peer: Peer,
  options: BenchOptions,
): Promise<number | undefined> {
  if (!isLocalPeer(formatPeer(peer))) return undefined;
  // Behind the socket of hybrid vsock is the monitor of a VM, and the server is inside that.
  const seen = peer.transport === "unix" && !address.startsWith("vsock+unix:") ? peer.pid : 0;
  const said = await askServer(address, options);
  if (said === undefined) return seen > 0 && usageOf(seen) !== undefined ? seen : undefined;
  // The kernel gives the number that is right here, where the server lives in a namespace of its own.
  return [said.pid, seen].find((pid) =>
    pid > 0 && said.startTicks > 0 && libc.processStartTicks(pid) === said.startTicks
  );
}

/** What a server says of its process; undefined when it does not know the question. */
async function askServer(
  address: string,
  { header, connectTimeout }: BenchOptions,
): Promise<{ readonly pid: number; readonly startTicks: number } | undefined> {
  try {
    using session = await Session.open({
      to: [address],
      connectTimeout,
      deadline: DEADLINE_MS,
      ...(header === undefined ? {} : { header }),
    });
    const { GetServerInfo } = serverInfoDefinition;
    const { pid, pidStartTicks: startTicks } = await session.unary(GetServerInfo, {});
    return { pid, startTicks };
  } catch (error) {
    if (error instanceof CliError) return undefined;
    throw error;
  }
}
