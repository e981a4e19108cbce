/** Request metadata from the command line. @module */
import { Metadata } from "../../grpc/mod.ts";
import { usageError } from "../exit.ts";
import { parseBytes } from "./base64.ts";

/** A header as a user writes it. */
export interface HeaderLine {
  /** `name: value`. */
  readonly text: string;
  /** Its place, such as `headers.txt:3`, if it is in a file. */
  readonly place?: string;
}

/** Metadata of a request, and the names whose values are secret and not shown. */
export interface RequestHeaders {
  readonly metadata: Metadata;
  readonly secrets: ReadonlySet<string>;
}

/** Names of metadata whose values are always treated as secrets. */
const secretName = /auth|cookie|credential|key|passw|secret|session|token/;

/** Names that gRPC and HTTP/2 reserve (grpc's PROTOCOL-HTTP2.md). */
const reservedName = /^(grpc-|:)|^(connection|content-type|host|te|user-agent)$/;

const form = "-H 'name: value', where ${NAME} stands for an environment variable, or -H @FILE";

/**
 * Parses `-H 'name: value'` options and lines of files. `${NAME}` in the value of an option stands for an
 * environment variable and makes the value a secret, as each value of a file is. `authorization` is refused
 * outside of a file: other users can read the arguments of a process, and other processes of the user its
 * environment. The value of a name that ends in `-bin` is base64.
 *
 * @throws {CliError} whose message contains no value
 */
export function requestHeaders(
  lines: readonly HeaderLine[],
  environment: (name: string) => string | undefined,
): RequestHeaders {
  const metadata = new Metadata();
  const secrets = new Set<string>();
  for (const { text, place } of lines) {
    const colon = text.indexOf(":");
    const name = text.slice(0, Math.max(0, colon)).trim().toLowerCase();
    if (name === "") {
      throw place === undefined
        ? usageError("A -H option has no name", `Write ${form}`)
        : usageError(`${place}: a header has no name`, "Write name: value on each line");
    }
    const subject = place === undefined ? "-H" : `${place}:`;
    if (reservedName.test(name)) throw usageError(`${subject} ${name} is set by gRPC itself`);
    if (name === "authorization" && place === undefined) {
      throw usageError(
        "-H authorization would hold a secret in the command line or the environment",
        "Name a file: --token-file FILE with a bearer token, or -H @FILE with lines of headers",
      );
    }
    const written = text.slice(colon + 1).trim();
    const value = place === undefined ? expand(written, name, environment) : written;
    if (place !== undefined || value !== written || secretName.test(name)) secrets.add(name);
    try {
      metadata.add(name, name.endsWith("-bin") ? parseBytes(value) : value);
    } catch (cause) {
      if (!(cause instanceof TypeError || cause instanceof SyntaxError)) throw cause;
      const what = name.endsWith("-bin") ? "must have a value in base64" : "cannot be sent";
      throw usageError(
        `${subject} ${JSON.stringify(name)} ${what}`,
        "Names are letters, digits, _, - and .; values printable ASCII",
      );
    }
  }
  return { metadata, secrets };
}

function expand(
  text: string,
  header: string,
  environment: (name: string) => string | undefined,
): string {
  return text.replace(/\$\{([^}]*)\}/g, (_, name: string) => {
    const value = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? environment(name) : undefined;
    if (value === undefined) {
      throw usageError(
        `Environment variable ${JSON.stringify(name)}, which -H ${header} names, is not set`,
        "Export it, or keep the shell from changing it: write the option in single quotes",
      );
    }
    return value;
  });
}
