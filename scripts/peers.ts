/**
 * Installs the peers that tests run, in pinned versions: Go programs by `go install`, the Go programs of
 * `tests/peers/go`, Python packages in a virtual environment, and the clients of `docs/clients`. Needs Go 1.25 or
 * newer, Python 3 with `venv`, npm, and cargo for the client in Rust. Peers already installed in the
 * pinned version are kept.
 *
 * @module
 */
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isInstalled } from "../tests/_support/is_installed.ts";
import { peersFolder } from "../tests/_support/peers.ts";

/** Programs of Go modules. h2spec has no go.mod, so `tests/peers/go/go.mod` pins it and its dependencies. */
const GO_PROGRAMS = [
  "github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.4",
  "github.com/bufbuild/buf/cmd/buf@v1.50.0",
];

/** The vsock device of `scripts/guest_image_check.ts`. */
const VSOCK_DEVICE = "vhost-device-vsock@0.3.0";

const root = fileURLToPath(new URL("..", import.meta.url));
const sources = join(root, "tests", "peers");
const folder = peersFolder();
const bin = join(folder, "bin");

/** Runs a command with its output on the terminal. */
async function run(
  command: string,
  args: string[],
  options: Deno.CommandOptions = {},
): Promise<void> {
  console.log(`${command} ${args.join(" ")}`);
  const { code } = await new Deno.Command(command, { args, ...options }).spawn().status;
  if (code !== 0) throw new Error(`${command} exited with ${code}`);
}

/** Runs `install` unless the file `name` of the folder records that `version` is installed. */
async function once(name: string, version: string, install: () => Promise<void>): Promise<void> {
  const stamp = join(folder, `${name}.installed`);
  const installed = await Deno.readTextFile(stamp).catch(() => undefined);
  if (installed === version) return;
  await install();
  await Deno.writeTextFile(stamp, version);
}

await Deno.mkdir(bin, { recursive: true });
const go = { env: { GOBIN: bin, GOFLAGS: "-buildvcs=false", GOWORK: "off" } };
for (const program of GO_PROGRAMS) {
  const name = program.replace(/^.*\/|@.*$/g, "");
  await once(name, program, () => run("go", ["install", program], go));
}
await run("go", ["install", "tool", "./..."], { ...go, cwd: join(sources, "go") });

const requirements = join(sources, "python", "requirements.txt");
await once("venv", await Deno.readTextFile(requirements), async () => {
  const venv = join(folder, "venv");
  await run("python3", ["-m", "venv", "--clear", venv]);
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
  await run(join(venv, "bin", "python"), [...pip, "--requirement", requirements]);
});

// The Go client of docs/, built by the steps of its README.
const client = join(folder, "docs_go_client");
await Deno.mkdir(client, { recursive: true });
for (const name of ["go.mod", "go.sum", "main.go"]) {
  await Deno.copyFile(join(root, "docs", "clients", "go", name), join(client, name));
}
await run(
  join(folder, "venv", "bin", "python"),
  [
    ...["-m", "grpc_tools.protoc", "-I", join(root, "proto")],
    ...["--go_out=.", "--go_opt=module=signer", "--go-grpc_out=.", "--go-grpc_opt=module=signer"],
    ...["signer/v1/keys.proto", "signer/v1/signing.proto"],
  ],
  { cwd: client, env: { PATH: `${bin}${delimiter}${Deno.env.get("PATH")}` } },
);
await run("go", ["build", "-o", join(bin, "docs_go_client"), "."], { ...go, cwd: client });

// The Node.js client of docs/, with its packages.
const nodeClient = join(folder, "docs_node_client");
await Deno.mkdir(nodeClient, { recursive: true });
for (const name of ["package.json", "sign.mjs"]) {
  await Deno.copyFile(join(root, "docs", "clients", "node", name), join(nodeClient, name));
}
await run("npm", ["install", "--no-audit", "--no-fund", "--silent"], { cwd: nodeClient });
const started = `#!/bin/sh\nexec node "${nodeClient}/sign.mjs" "${root}proto" "$@"\n`;
await Deno.writeTextFile(join(bin, "docs_node_client"), started, { mode: 0o755 });

// Programs of Rust. The protoc of the client of docs/ is that of grpcio-tools.
if (isInstalled("cargo")) {
  const client = join(folder, "docs_rust_client");
  const protoc = join(folder, "protoc");
  const python = join(folder, "venv", "bin", "python");
  const command = `#!/bin/sh\nexec "${python}" -m grpc_tools.protoc "$@"\n`;
  await Deno.writeTextFile(protoc, command, { mode: 0o755 });
  await run("cargo", ["build", "--quiet", "--locked", "--target-dir", join(client, "target")], {
    cwd: join(root, "docs", "clients", "rust"),
    env: { PROTOC: protoc },
  });
  const built = join(client, "target", "debug", "docs_rust_client");
  await Deno.copyFile(built, join(bin, "docs_rust_client"));
  try {
    await once(
      "vhost-device-vsock",
      VSOCK_DEVICE,
      () => run("cargo", ["install", "--quiet", "--locked", "--root", folder, VSOCK_DEVICE]),
    );
  } catch (error) {
    // No test requires it: this cargo may be too old.
    console.log(`The vsock device is not built: ${(error as Error).message}`);
  }
} else {
  console.log("Programs of Rust are not built: there is no cargo (Debian 12: cargo-web)");
}
console.log(`The peers are in ${folder}`);
