/** Listening sockets that a service manager passes to this process: sd_listen_fds(3). @module */

/** A passed socket. */
export interface PassedSocket {
  readonly fd: number;
  /** Its FileDescriptorName=, by default the name of the socket unit. Several sockets may have one name. */
  readonly name: string;
}

/** SD_LISTEN_FDS_START: the first passed descriptor. */
const FIRST = 3;

/** 256 sockets: more than a server has addresses. The environment is trusted, so this only catches mistakes. */
const MAX_SOCKETS = 256;

const variables = ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] as const;

/**
 * Returns the sockets that were passed to this process, and removes the variables that announce them. Sockets for
 * another process, by LISTEN_PID, are not used.
 */
export function takePassedSockets(): PassedSocket[] {
  const [pid, count, names] = variables.map((name) => Deno.env.get(name));
  for (const name of variables) Deno.env.delete(name);
  return pid === String(Deno.pid) ? socketsOf(count, names) : [];
}

/** Parses the values of LISTEN_FDS and LISTEN_FDNAMES. */
export function socketsOf(count = "", names = ""): PassedSocket[] {
  const length = /^[0-9]{1,3}$/.test(count) ? Math.min(Number(count), MAX_SOCKETS) : 0;
  const nameOf = names.split(":");
  return Array.from({ length }, (_, i) => ({ fd: FIRST + i, name: nameOf[i] || "unknown" }));
}
