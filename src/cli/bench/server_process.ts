/** The process of a server on this machine, for its figures in the report. @module */
import { usageOf } from "../../bench/mod.ts";
import { libc } from "../../ffi/mod.ts";
import { serverInfoDefinition } from "../../api/mod.ts";
import { formatPeer, isLocalPeer, type Peer } from "../../net/mod.ts";
import type { ClientTls } from "../client/mod.ts";
import { CliError } from "../exit.ts";
import type { BenchOptions } from "./options.ts";
import { openSession } from "./session.ts";

/** Time limit of GetServerInfo. A report of a slower server has no figures of its process. */
const DEADLINE_MS = 1000;

/**
 * Finds the process of the server at an address of this machine, or undefined when it is not certain: wrong
 * figures are worse than none. The process must have the number and the start time that the server reports,
 * which excludes servers in another container or behind a tunnel. A server that does not answer GetServerInfo
 * is the process at the other end of its Unix socket.
 *
 * @param peer the peer of a connection to the address
 */
export async function findServerProcess(
  address: string,
  peer: Peer,
  options: BenchOptions,
  tls: ClientTls | undefined,
): Promise<number | undefined> {
  if (!isLocalPeer(formatPeer(peer))) return undefined;
  // The socket of hybrid vsock belongs to the monitor of a VM, and the server runs inside the VM.
  const seen = peer.transport === "unix" && !address.startsWith("vsock+unix:") ? peer.pid : 0;
  const said = await askServer(address, options, tls);
  if (said === undefined) return seen > 0 && usageOf(seen) !== undefined ? seen : undefined;
  // For a server in another PID namespace, only the kernel's number of the peer is valid here.
  return [said.pid, seen].find((pid) =>
    pid > 0 && said.startTicks > 0 && libc.processStartTicks(pid) === said.startTicks
  );
}

/** Requests the number and start time of the server's process; undefined when the call fails. */
async function askServer(
  address: string,
  options: BenchOptions,
  tls: ClientTls | undefined,
): Promise<{ readonly pid: number; readonly startTicks: number } | undefined> {
  try {
    using session = await openSession(options, [address], tls, { deadline: DEADLINE_MS });
    const { GetServerInfo } = serverInfoDefinition;
    const { pid, pidStartTicks: startTicks } = await session.unary(GetServerInfo, {});
    return { pid, startTicks };
  } catch (error) {
    if (error instanceof CliError) return undefined;
    throw error;
  }
}
