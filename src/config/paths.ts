/** The paths of files that options name. @module */
import { nodePath } from "../node/mod.ts";
import { badValue } from "./error.ts";

/** The prefix of files that systemd passes to a service (systemd.exec(5), LoadCredential=). */
const SCHEME = "credential:";

/**
 * Returns the path of a file; for `credential:NAME`, that of a credential of systemd.
 *
 * @param folder of the credentials, as systemd names it
 * @throws {ConfigError} `BAD_VALUE`
 */
export function filePath(
  text: string,
  folder = Deno.env.get("CREDENTIALS_DIRECTORY"),
): string {
  if (!text.startsWith(SCHEME)) return text;
  const name = text.slice(SCHEME.length);
  if (!/^[A-Za-z0-9._@+-]+$/.test(name) || name.startsWith(".")) {
    throw badValue("Write credential: and the name of a credential, such as credential:tls.key.");
  }
  if (folder === undefined) {
    throw badValue("Credentials are for services of systemd, which sets CREDENTIALS_DIRECTORY.");
  }
  return `${folder}/${name}`;
}

/** Returns a path in a file of a folder: a relative one begins there. `-`, standard input, stays. */
export function resolvePath(path: string, folder: string): string {
  return path.startsWith("/") || path === "-" ? path : nodePath().join(folder, path);
}
