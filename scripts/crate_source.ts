/** Sources of C libraries, from packages of the crates registry. @module */
import { join } from "node:path";
import { runCommand } from "./run_command.ts";

/** A package, pinned. */
export interface Crate {
  readonly name: string;
  readonly version: string;
  /** The SHA-256 of the package. */
  readonly checksum: string;
}

/**
 * Fetches the source of a package by cargo, and returns its folder.
 *
 * @param work an empty folder
 * @throws {Error} when the package has another checksum
 */
export async function fetchCrate(
  work: string,
  { name, version, checksum }: Crate,
): Promise<string> {
  const manifest = `[package]
name = "fetch"
version = "0.0.0"
edition = "2021"
[lib]
path = "Cargo.toml"
[dependencies]
${name} = "=${version}"
`;
  await Deno.writeTextFile(join(work, "Cargo.toml"), manifest);
  await printAndRun(work, "cargo", ["vendor", "--quiet", "vendor"]);
  const crate = join(work, "vendor", name);
  // cargo has compared the package with this checksum.
  const checked = JSON.parse(await Deno.readTextFile(join(crate, ".cargo-checksum.json")));
  if (checked.package !== checksum) {
    throw new Error(`${name} ${version} has the checksum ${checked.package}, not ${checksum}`);
  }
  return crate;
}

/** Prints a command, and runs it in a folder. */
export async function printAndRun(cwd: string, command: string, args: string[]): Promise<void> {
  console.log(`${command} ${args.join(" ")}`);
  await runCommand(command, args, { cwd });
}

/**
 * Options of the linker for a library that this process loads. OpenSSL's own build sets `nodelete` too: libraries of
 * cryptography register thread destructors, which would run after the library was unmapped. A build without it crashed
 * at the end of the process.
 */
export const linkOptions: readonly string[] = [
  ...["-shared", "-pthread", "-Wl,-z,nodelete", "-Wl,-z,now", "-Wl,-z,relro", "-Wl,-Bsymbolic"],
];
