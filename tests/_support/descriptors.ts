/** Returns the number of open descriptors of a process, by default this one (proc(5), fd). */
export function openDescriptors(pid: number | "self" = "self"): number {
  return [...Deno.readDirSync(`/proc/${pid}/fd`)].length;
}

/** Returns the TCP ports on which a process listens at IPv4 addresses (proc(5): fd, and net/tcp with state 0A). */
export function listeningPorts(pid: number): number[] {
  const inodes = new Set<string>();
  for (const { name } of Deno.readDirSync(`/proc/${pid}/fd`)) {
    try {
      inodes.add(
        /^socket:\[(\d+)\]$/.exec(Deno.readLinkSync(`/proc/${pid}/fd/${name}`))?.[1] ?? "",
      );
    } catch (error) {
      // The descriptor has just been closed.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  const rows = Deno.readTextFileSync("/proc/net/tcp").trim().split("\n").slice(1);
  return rows.map((row) => row.trim().split(/\s+/))
    .filter((fields) => fields[3] === "0A" && inodes.has(fields[9]))
    .map((fields) => parseInt(fields[1].split(":")[1], 16));
}
