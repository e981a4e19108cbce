/** The machine and the versions of a run. @module */
import { join } from "node:path";
import { runCommand } from "../run_command.ts";
import { root } from "../serve_process.ts";
import type { CarriedLibraries } from "./programs.ts";
import { CARRIED, NEWER_OPENSSL } from "./servers.ts";

/** Returns the machine and the versions as a list in Markdown. */
export async function environment({ libcrypto, awsLc }: CarriedLibraries): Promise<string> {
  const sources = join(root, "scripts", "peers");
  const [cargoLock, goMod, packageJson, cpuinfo] = await Promise.all([
    Deno.readTextFile(join(sources, "tonic", "Cargo.lock")),
    Deno.readTextFile(join(sources, "grpc_go", "go.mod")),
    Deno.readTextFile(join(sources, "grpc_js", "package.json")),
    Deno.readTextFile("/proc/cpuinfo"),
  ]);
  const crate = (name: string) =>
    `${name} ${new RegExp(`^name = "${name}"\nversion = "(.*)"`, "m").exec(cargoLock)?.[1]}`;
  const model = /^model name\s*: (.*)$/m.exec(cpuinfo)?.[1] ?? Deno.build.arch;
  const commit = await output("git", "-C", root, "rev-parse", "--short", "HEAD");
  const lines = [
    `${new Date().toISOString().slice(0, 10)}, commit ${commit}; ${model}, ` +
    `${navigator.hardwareConcurrency} CPUs, Linux ${Deno.osRelease()}`,
    `signer: Deno ${Deno.version.deno}, ${await output("openssl", "version")}`.replace(/ \(.*/, ""),
    `${NEWER_OPENSSL}: ${await textIn(libcrypto, /OpenSSL \d+\.\d+\.\d+ \d+ \w+ \d+/)}`,
    `${CARRIED}: ${await textIn(awsLc, /AWS-LC \d+\.\d+\.\d+/)}, and that OpenSSL`,
    `tonic: ${
      ["tonic", "hyper", "tokio", "ring", "aws-lc-rs", "aws-lc-sys"].map(crate).join(", ")
    }; ` +
    await output("rustc", "--version"),
    `grpc-go: ${/google\.golang\.org\/grpc (\S+)/.exec(goMod)?.[1]}; ${await output(
      "go",
      "version",
    )}`,
    `grpc-js: ${JSON.parse(packageJson).dependencies["@grpc/grpc-js"]}; Node.js ` +
    await output("node", "--version"),
    (await output("h2load", "--version")).replace("nghttp2/", "of nghttp2 "),
  ];
  return lines.map((line) => `- ${line}\n`).join("");
}

async function output(command: string, ...args: string[]): Promise<string> {
  return (await runCommand(command, args)).trim();
}

/** Returns the first text of a library that matches a pattern, such as its version. */
async function textIn(library: string, pattern: RegExp): Promise<string> {
  const text = new TextDecoder("latin1").decode(await Deno.readFile(library));
  return pattern.exec(text)?.[0] ?? "unknown";
}
