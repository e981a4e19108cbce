/** How many descriptors a process has open, this one unless said otherwise (proc(5), fd). */
export function openDescriptors(pid: number | "self" = "self"): number {
  return [...Deno.readDirSync(`/proc/${pid}/fd`)].length;
}
