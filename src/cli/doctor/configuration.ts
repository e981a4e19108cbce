/** Checks of a server's configuration file, and of this machine for it. @module */
import { ConfigError } from "../../config/mod.ts";
import { libc } from "../../ffi/mod.ts";
import { checkServeConfiguration, OTHER_DESCRIPTORS, readServeFile } from "../serve/mod.ts";
import type { Finding } from "./finding.ts";

/** Checks a file as `config check` does, with a finding for each problem, and the limit of open files for it. */
export async function checkConfiguration(file: string): Promise<Finding[]> {
  const subject = "configuration";
  try {
    const configuration = await readServeFile(file);
    const found = await checkServeConfiguration(configuration);
    return [{ subject, ok: true, found }, checkFiles(configuration.values.maxConnections)];
  } catch (error) {
    // Errors of layers are about the configuration; any other is a defect of this program.
    if (!(error instanceof Error) || !("layer" in error)) throw error;
    const problems = error instanceof ConfigError ? error.problems : [error.message];
    return problems.map((found) => ({ subject, ok: false, found }));
  }
}

/**
 * Checks the limit of open files, which a server raises to the hard limit of the process. A lower one than the connections
 * need is a warning: the server runs, with fewer connections, and its unit may have another limit than this shell.
 */
function checkFiles(maxConnections: number): Finding {
  const subject = "configuration-files";
  if (!libc.isSupported()) return { subject, ok: true, found: `${maxConnections} connections` };
  const { hard } = libc.getResourceLimit(libc.RLIMIT_NOFILE);
  return {
    subject,
    ok: hard > OTHER_DESCRIPTORS,
    warns: hard < maxConnections + OTHER_DESCRIPTORS,
    found: `${maxConnections} connections, up to ${hard} open files`,
    advice: `raise the limit of the server to ${maxConnections + OTHER_DESCRIPTORS} ` +
      "(ulimit -Hn, LimitNOFILE=), or lower limits.max-connections",
  };
}
