/** The TLS options of grpcurl and ghz by their own spellings, where those differ from this program's. @module */
import { usageError } from "./exit.ts";

/** grpcurl(1), whose Go flags take one dash or two. `--key` is this program's own: a key that signs. */
const grpcurl: Readonly<Record<string, string>> = {
  "-cacert": "--tls-ca",
  "--cacert": "--tls-ca",
  "-cert": "--tls-cert",
  "--cert": "--tls-cert",
  "-key": "--tls-key",
  "-authority": "--authority",
  "-servername": "--authority",
  "--servername": "--authority",
  "-plaintext": "--plaintext",
};

/** ghz, whose `--insecure` is plaintext. */
const ghz: Readonly<Record<string, string>> = {
  "--cname": "--authority",
  "--insecure": "--plaintext",
};

/** The spellings by the commands that have them. */
const spellings: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  call: grpcurl,
  csr: grpcurl,
  bench: { ...grpcurl, ...ghz },
};

/** Options that turn the check of certificates off. This program always checks them. */
const refused = new Set(["-insecure", "--insecure", "--skipTLS"]);

/**
 * Translates the options of grpcurl and ghz, up to a `--`, into this program's.
 *
 * @throws {CliError} for an option that turns the check of certificates off
 */
export function translateSpellings(command: string, args: readonly string[]): readonly string[] {
  if (!Object.hasOwn(spellings, command)) return args;
  const table = spellings[command];
  const end = args.indexOf("--");
  return args.map((arg, at) => {
    if (end >= 0 && at > end) return arg;
    const [, name = "", value = ""] = /^(-[^=]*)(=.*)?$/s.exec(arg) ?? [];
    if (Object.hasOwn(table, name)) return `${table[name]}${value}`;
    if (!refused.has(name)) return arg;
    throw usageError(
      `${name} would accept any certificate, and so any server`,
      "Name the CA of the server's certificate with --tls-ca, and the name in it with --authority",
    );
  });
}
