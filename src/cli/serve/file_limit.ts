/** The limit of open files, of which each connection takes one. @module */
import { libc } from "../../ffi/mod.ts";
import { socketsSupported } from "../../net/mod.ts";
import type { Logger } from "../../telemetry/mod.ts";
import { limitOptions, OTHER_DESCRIPTORS } from "./options/mod.ts";

/**
 * Raises the limit of open files to the kernel's maximum for this process. Warns when that is too low for a number of
 * connections that was asked for; the default is an upper bound for large machines.
 */
export function raiseFileLimit(maxConnections: number, log: Logger): void {
  if (!socketsSupported()) return;
  try {
    const { soft: limit } = libc.raiseDescriptorLimit();
    log.debug("Open files", { limit });
    const isDefault = maxConnections === limitOptions.maxConnections.default;
    if (isDefault || limit >= maxConnections + OTHER_DESCRIPTORS) return;
    log.warn("The limit of open files is too low for --max-connections", {
      ...{ limit, maxConnections, needed: maxConnections + OTHER_DESCRIPTORS },
    });
  } catch (error) {
    log.warn("The limit of open files cannot be raised", { error });
  }
}
