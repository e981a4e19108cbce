/** Builds the servers of `scripts/peers` into `.cache/bench_peers`, and returns their commands. @module */
import { delimiter, join } from "node:path";
import { findPeer, peersFolder } from "../../tests/_support/peers.ts";
import { root } from "../serve_process.ts";

const sources = join(root, "scripts", "peers");
const folder = join(root, ".cache", "bench_peers");
const proto = join(root, "proto");

/** Commands that start the servers. Each needs the folder of the keys as its next argument. */
export interface Programs {
  /** Takes the provider and the number of threads after the folder. */
  readonly tonic: readonly string[];
  readonly grpcGo: readonly string[];
  /** Takes the folder of the protocol files after the folder of the keys. */
  readonly grpcJs: readonly string[];
}

/** The libraries that the executable carries. */
export interface CarriedLibraries {
  /** The path of the libcrypto of `deno task openssl`. */
  readonly libcrypto: string;
  /** The path of the library of `deno task aws-lc`. */
  readonly awsLc: string;
}

/**
 * Builds the programs that are not built yet.
 *
 * @throws {Error} when a build fails, or `deno task peers` has not run
 */
export async function buildPrograms(): Promise<Programs> {
  await Deno.mkdir(folder, { recursive: true });
  return { tonic: await buildTonic(), grpcGo: await buildGrpcGo(), grpcJs: await buildGrpcJs() };
}

export async function buildTonic(): Promise<string[]> {
  const target = join(folder, "tonic");
  const args = ["build", "--release", "--locked", "--quiet", "--target-dir", target];
  await run("cargo", args, { cwd: join(sources, "tonic") });
  return [join(target, "release", "signer_peer")];
}

/** Generates the code of the contract into a copy of the module, and builds that. */
export async function buildGrpcGo(): Promise<string[]> {
  const python = findPeer("python");
  if (python === undefined) throw new Error("protoc is missing: run deno task peers");
  const work = await copy("grpc_go", ["go.mod", "go.sum", "main.go"]);
  const path = [join(peersFolder(), "bin"), Deno.env.get("PATH")].join(delimiter);
  const protoc = [
    ...["-m", "grpc_tools.protoc", "-I", proto],
    ...["--go_out=.", "--go_opt=module=signer", "--go-grpc_out=.", "--go-grpc_opt=module=signer"],
    ...["signer/v1/echo.proto", "signer/v1/keys.proto", "signer/v1/signing.proto"],
  ];
  await run(python, protoc, { cwd: work, env: { PATH: path } });
  const program = join(work, "grpc_go");
  const env = { GOFLAGS: "-buildvcs=false -mod=readonly", GOWORK: "off" };
  await run("go", ["build", "-o", program, "."], { cwd: work, env });
  return [program];
}

async function buildGrpcJs(): Promise<string[]> {
  const lock = "package-lock.json";
  const stamp = join(folder, "grpc_js", "installed");
  const wanted = await Deno.readTextFile(join(sources, "grpc_js", lock));
  const installed = await Deno.readTextFile(stamp).catch(() => undefined);
  const work = await copy("grpc_js", ["package.json", lock, "server.js"]);
  if (installed !== wanted) {
    await run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: work });
    await Deno.writeTextFile(stamp, wanted);
  }
  return ["node", join(work, "server.js")];
}

/** Copies files of a program to the cache, and returns their folder. */
async function copy(program: string, names: readonly string[]): Promise<string> {
  const work = join(folder, program);
  await Deno.mkdir(work, { recursive: true });
  for (const name of names) {
    await Deno.copyFile(join(sources, program, name), join(work, name));
  }
  return work;
}

/** Builds the libraries that the executable carries, and returns their paths. */
export async function buildLibraries(): Promise<CarriedLibraries> {
  for (const task of ["openssl", "aws-lc"]) {
    await run(Deno.execPath(), ["task", "--quiet", task], { cwd: root });
  }
  return {
    libcrypto: join(root, ".cache", "openssl", "libcrypto.so.3"),
    awsLc: join(root, ".cache", "aws-lc", "libaws_lc.so"),
  };
}

/** Runs a command with its output on the terminal. */
async function run(command: string, args: string[], options: Deno.CommandOptions): Promise<void> {
  const { code } = await new Deno.Command(command, { args, ...options }).spawn().status;
  if (code !== 0) throw new Error(`${[command, ...args].join(" ")} exited with ${code}`);
}
