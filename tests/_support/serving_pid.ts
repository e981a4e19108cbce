/**
 * The id of the process that serves, given that of `signer serve`: its child, where it supervises one (proc(5),
 * task/TID/children), or itself. A process that has ended has none.
 */
export function servingPid(pid: number): number {
  try {
    const [child] = Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`).split(" ");
    return Number(child) || pid;
  } catch {
    return pid;
  }
}
