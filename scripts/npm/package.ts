/** The files of the npm package. @module */
import { join, resolve } from "node:path";
import config from "../../deno.json" with { type: "json" };
import { collectProgram } from "../compile/content.ts";
import { permissionOptions, root, v8Flags } from "../compile/program.ts";
import { runCommand } from "../run_command.ts";

/** The name of the package. The owner of the project chooses it; npm has no such scope. */
const packageName = "@scope/signer";

/** Makes the package below a folder, and returns the path of its archive. */
export async function makePackage(output: string): Promise<string> {
  const content = await Deno.makeTempDir({ prefix: "signer-npm-" });
  try {
    await collectProgram(join(content, "program"));
    await Deno.mkdir(join(content, "bin"));
    await Deno.writeTextFile(join(content, "bin/signer.cjs"), await launcher(), { mode: 0o755 });
    for (const name of ["README.md", "LICENSE"]) {
      await Deno.copyFile(join(root, name), join(content, name));
    }
    await Deno.writeTextFile(join(content, "package.json"), packageText());
    await Deno.mkdir(output, { recursive: true });
    const packed = await runCommand(
      "npm",
      ["pack", "--silent", "--pack-destination", resolve(output)],
      { cwd: content },
    );
    return resolve(output, packed.trim());
  } finally {
    await Deno.remove(content, { recursive: true });
  }
}

/** Returns the launcher, with the options of Deno filled in. */
async function launcher(): Promise<string> {
  const template = await Deno.readTextFile(join(root, "scripts/npm/launcher.cjs"));
  const options = ["run", "--quiet", "--no-config", "--no-lock", `--v8-flags=${v8Flags}`];
  const filled = template.replace("@OPTIONS@", [...options, ...permissionOptions()].join(" "));
  if (filled === template) throw new Error("The launcher has no @OPTIONS@");
  return filled;
}

function packageText(): string {
  const text = {
    name: packageName,
    version: config.version,
    description: "Remote signer: private keys stay in one process, which signs over gRPC",
    license: config.license,
    bin: { signer: "bin/signer.cjs" },
    files: ["bin", "program"],
    engines: { node: ">=18" },
    os: ["linux", "darwin"],
    // Exact: the bundle is made for it, and the launcher calls its installer.
    dependencies: { deno: Deno.version.deno },
  };
  return `${JSON.stringify(text, undefined, 2)}\n`;
}
