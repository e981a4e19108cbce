/** The end of the machine with the process, where the process is the first of a guest (`signer boot`). @module */
import { libc } from "../ffi/mod.ts";

/** Switches the machine off, or restarts it, which ends a guest of Firecracker. */
export type MachineEnd = "powerOff" | "restart";

let ends = false;

/** Has the machine end when this process exits by itself. The kernel would panic without its first process. */
export function endMachineAtExit(end: MachineEnd): void {
  ends = true;
  // Deno dispatches it in `Deno.exit()` too.
  addEventListener("unload", () => libc.reboot(end));
}

/** Reports whether the machine ends with this process. */
export function endsMachine(): boolean {
  return ends;
}
