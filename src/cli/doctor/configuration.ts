/** Checks of a server's configuration file, and of this machine for it. @module */
import { ConfigError } from "../../config/mod.ts";
import { libc } from "../../ffi/mod.ts";
import { checkServeConfiguration, readServeFile } from "../serve/mod.ts";
import type { Finding } from "./finding.ts";

/** 256 descriptors that are no connections: listeners, workers, logs, pages. */
const OTHER_DESCRIPTORS = 256;

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

/** A server raises its limit of open files to the hard limit of the process. */
function checkFiles(maxConnections: number): Finding {
  const subject = "configuration-files";
  if (!libc.isSupported()) return { subject, ok: true, found: `${maxConnections} connections` };
  const { hard } = libc.getResourceLimit(libc.RLIMIT_NOFILE);
  return {
    subject,
    ok: hard >= maxConnections + OTHER_DESCRIPTORS,
    found: `${maxConnections} connections, up to ${hard} open files`,
    advice: "raise the limit (ulimit -Hn, LimitNOFILE=), or lower limits.max-connections",
  };
}
