/**
 * Returns the id of the serving process, given the id of `signer serve`: its child if it supervises one (proc(5),
 * task/TID/children), or itself. Throws for a process that has ended.
 */
export function servingPid(pid: number): number {
  try {
    const [child] = Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`).split(" ");
    return Number(child) || pid;
  } catch {
    return pid;
  }
}
