/** The components of the program: packages of deno.lock, Deno, OpenSSL and AWS-LC. @module */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "../compile/program.ts";

/** A component, as a software bill of materials lists it. */
export interface Component {
  /** Its name and version, unique in the list. */
  readonly id: string;
  readonly name: string;
  readonly version: string;
  /** An SPDX expression. */
  readonly licence: string;
  /** Its Package URL (purl-spec). */
  readonly purl: string;
  /** SHA-512 of its archive, in hexadecimal. */
  readonly sha512?: string | undefined;
  /** The ids of the components that it needs. */
  readonly needs: readonly string[];
}

/** The parts of deno.lock that are read. */
interface Lock {
  /** Versions by `npm:NAME@VERSION` of deno.json. */
  readonly specifiers: Readonly<Record<string, string>>;
  readonly npm: Readonly<
    Record<string, { readonly integrity: string; readonly dependencies?: readonly string[] }>
  >;
}

const lock: Lock = JSON.parse(Deno.readTextFileSync(join(root, "deno.lock")));

/** Returns the packages of deno.lock. Their licences are those of the packages in Deno's cache. */
export async function packageComponents(): Promise<Component[]> {
  const info = JSON.parse(await run(Deno.execPath(), ["info", "--json"]));
  const registries = [...Deno.readDirSync(info.npmCache)].map(({ name }) =>
    join(info.npmCache, name)
  );
  return Object.entries(lock.npm).map(([id, { integrity, dependencies = [] }]) => {
    const { name, version } = split(id);
    return {
      id,
      name,
      version,
      licence: licenceOf(registries, name, version),
      purl: `pkg:npm/${name.replace("@", "%40")}@${version}`,
      sha512: Uint8Array.fromBase64(integrity.replace("sha512-", "")).toHex(),
      needs: dependencies.map(resolve),
    };
  });
}

/** The packages that the program itself names. */
export function directPackages(): string[] {
  return Object.entries(lock.specifiers).map(([specifier, version]) =>
    `${specifier.replace(/^npm:/, "").replace(/(?<=.)@[^@]*$/, "")}@${version}`
  );
}

/** The licence that the crate aws-lc-sys names for AWS-LC. */
const AWS_LC_LICENCE = "ISC AND (Apache-2.0 OR ISC) AND Apache-2.0 AND MIT AND BSD-3-Clause AND " +
  "(Apache-2.0 OR ISC OR MIT) AND (Apache-2.0 OR ISC OR MIT-0)";

/** Returns Deno, and the libraries of cryptography of an executable by their versions. */
export function runtimeComponents(
  { openssl, awsLc }: { readonly openssl: string | undefined; readonly awsLc: string | undefined },
): Component[] {
  const deno = Deno.version.deno;
  const components: Component[] = [{
    id: `deno@${deno}`,
    name: "deno",
    version: deno,
    licence: "MIT",
    purl: `pkg:github/denoland/deno@v${deno}`,
    needs: [`v8@${Deno.version.v8}`],
  }, {
    id: `v8@${Deno.version.v8}`,
    name: "v8",
    version: Deno.version.v8,
    licence: "BSD-3-Clause",
    purl: `pkg:github/v8/v8@${Deno.version.v8.replace(/-.*/, "")}`,
    needs: [],
  }];
  if (awsLc !== undefined) {
    components.push({
      id: `aws-lc@${awsLc}`,
      name: "aws-lc",
      version: awsLc,
      licence: AWS_LC_LICENCE,
      purl: `pkg:github/aws/aws-lc@v${awsLc}`,
      needs: [],
    });
  }
  if (openssl === undefined) return components;
  return [...components, {
    id: `openssl@${openssl}`,
    name: "openssl",
    version: openssl,
    licence: "Apache-2.0",
    purl: `pkg:github/openssl/openssl@openssl-${openssl}`,
    needs: [],
  }];
}

function split(id: string): { name: string; version: string } {
  const [, name, version] = /^(.+)@([^@_]+)/.exec(id)!;
  return { name, version };
}

/** Resolves a dependency, which has its version only where the lock file has several of the package. */
function resolve(dependency: string): string {
  if (Object.hasOwn(lock.npm, dependency)) return dependency;
  const found = Object.keys(lock.npm).find((id) => split(id).name === dependency);
  if (found === undefined) throw new Error(`deno.lock has no package ${dependency}`);
  return found;
}

function licenceOf(registries: readonly string[], name: string, version: string): string {
  const paths = registries.map((folder) => join(folder, name, version, "package.json"));
  const path = paths.find((path) => existsSync(path));
  if (path === undefined) {
    throw new Error(`${name}@${version} is not in Deno's cache: run \`deno install --frozen\``);
  }
  const { license } = JSON.parse(Deno.readTextFileSync(path));
  if (typeof license !== "string") throw new Error(`${name}@${version} does not name its licence`);
  return license;
}
