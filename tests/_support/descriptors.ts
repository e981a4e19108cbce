/** How many descriptors the process has open (proc(5), fd). */
export function openDescriptors(): number {
  return [...Deno.readDirSync("/proc/self/fd")].length;
}
