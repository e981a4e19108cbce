/** The extracted Debian packages of the guest. */
export interface Packages {
  /** The root folder of their files. */
  readonly root: string;
  /** The kernel's release, as in `boot/vmlinuz-RELEASE` and `lib/modules/RELEASE`. */
  readonly kernel: string;
}

/** Debian's kernel for virtual machines: small, and with the vsock modules. */
const KERNEL = "linux-image-cloud-amd64";

/**
 * Deno needs libc6 and libgcc-s1. The openssl provider needs the dependencies of the package openssl (libssl3 or
 * libssl3t64, by release, and libzstd or zlib if linked).
 */
const PACKAGES = ["busybox-static", "libc6", "libgcc-s1", "openssl"];

/** Downloads and extracts the packages under `cache`, unless they are already there. */
export async function fetchPackages(cache: string): Promise<Packages> {
  const root = `${cache}/root`;
  const kernel = await kernelRelease(root);
  if (kernel !== undefined) return { root, kernel };

  await Deno.mkdir(cache, { recursive: true });
  const scratch = await Deno.makeTempDir({ dir: cache, prefix: "fetch-" });
  try {
    await extractPackages(scratch, `${scratch}/root`);
    await Deno.rename(`${scratch}/root`, root);
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }

  const release = await kernelRelease(root);
  if (release === undefined) throw new Error(`The package ${KERNEL} brought no boot/vmlinuz-*`);
  return { root, kernel: release };
}

async function extractPackages(apt: string, root: string): Promise<void> {
  for (const folder of ["lists/partial", "archives/partial", "debs", "root"]) {
    await Deno.mkdir(`${apt}/${folder}`, { recursive: true });
  }
  await aptGet(apt, ["update"]);
  const image = (await dependsOf(apt, KERNEL)).filter((name) => name.startsWith("linux-image-"));
  const libraries = (await dependsOf(apt, "openssl")).filter((name) => name !== "libc6");
  const further = (await Promise.all(libraries.map((name) => dependsOf(apt, name)))).flat();
  await aptGet(apt, ["download", ...new Set([...image, ...PACKAGES, ...libraries, ...further])]);
  for await (const { name } of Deno.readDir(`${apt}/debs`)) {
    await run("dpkg-deb", ["-x", `${apt}/debs/${name}`, root], apt);
  }
}

async function kernelRelease(root: string): Promise<string | undefined> {
  try {
    for await (const { name } of Deno.readDir(`${root}/boot`)) {
      if (name.startsWith("vmlinuz-")) return name.slice("vmlinuz-".length);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return undefined;
}

/** Lists the dependencies of a package, without recommended, alternative and virtual packages. */
async function dependsOf(apt: string, name: string): Promise<string[]> {
  const text = await run("apt-cache", [...aptOptions(apt), "depends", name], apt);
  return [...text.matchAll(/^ {2}(?:Pre)?Depends: ([a-z0-9][a-z0-9+.-]+)$/gm)].map((found) =>
    found[1]!
  );
}

async function aptGet(apt: string, args: string[]): Promise<void> {
  await run("apt-get", [...aptOptions(apt), "-qq", ...args], `${apt}/debs`);
}

/** Options of apt for its own lists and cache, so that it needs no root and does not change this machine. */
function aptOptions(apt: string): string[] {
  const options = {
    "Dir::State": apt,
    "Dir::State::status": "/dev/null",
    "Dir::Cache": apt,
    "APT::Sandbox::User": "",
  };
  return Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
}

async function run(command: string, args: string[], cwd: string): Promise<string> {
  const child = new Deno.Command(command, { args, cwd, stderr: "piped" });
  let output: Deno.CommandOutput;
  try {
    output = await child.output();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(
      `Cannot fetch the guest's packages: there is no ${command}; this needs Debian's apt and dpkg`,
      { cause: error },
    );
  }
  const decoder = new TextDecoder();
  if (output.success) return decoder.decode(output.stdout);
  throw new Error(
    `Cannot fetch the guest's packages: ${command} ${
      args.at(-1)
    } ended with status ${output.code}:\n${decoder.decode(output.stderr).trim()}`,
  );
}
