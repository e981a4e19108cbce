/** A build: the commit, and the components of an executable. @module */
import config from "../../deno.json" with { type: "json" };
import { findAwsLc, findOpenssl } from "../compile/libraries.ts";
import { run } from "../compile/program.ts";
import {
  type Component,
  directPackages,
  packageComponents,
  runtimeComponents,
} from "./components.ts";
import type { Subject } from "./cyclonedx.ts";

/** The program of this tree, and its components. */
export interface BuildDescription {
  readonly subject: Subject;
  readonly components: readonly Component[];
}

/** Describes the executable that this tree and this machine make. */
export async function describeBuild(): Promise<BuildDescription> {
  const runtime = runtimeComponents({
    openssl: await opensslVersion(),
    awsLc: await awsLcVersion(),
  });
  const components = [...runtime, ...await packageComponents()];
  const { commit, date } = await describeCommit();
  const needs = [...runtime.map(({ id }) => id), ...directPackages()];
  const { version, license: licence } = config;
  return { subject: { name: "signer", version, licence, commit, date, needs }, components };
}

/** Writes `build.json`, from which `signer version --verbose` reads the commit and the licences. */
export async function writeBuildFile(path: string): Promise<void> {
  const { subject: { commit }, components } = await describeBuild();
  const licences = components.map(({ id, licence }) => [id, licence]);
  await Deno.writeTextFile(path, `${JSON.stringify({ commit, licences })}\n`);
}

/** The commit of this tree, with `-dirty` for changes on top of it; `unknown` outside of a repository. */
export async function describeCommit(): Promise<{ commit: string; date: string }> {
  try {
    const [commit, date] = (await run("git", ["log", "-1", "--format=%H %cI"])).trim().split(" ");
    const changes = await run("git", ["status", "--porcelain", "--untracked-files=no"]);
    return { commit: changes === "" ? commit : `${commit}-dirty`, date };
  } catch {
    return { commit: "unknown", date: "1970-01-01T00:00:00Z" };
  }
}

/** The version in the text of the libcrypto that is carried, such as `3.0.22`. */
async function opensslVersion(): Promise<string | undefined> {
  const [libcrypto] = await findOpenssl();
  return await firstMatch(libcrypto, /OpenSSL (\d+\.\d+\.\d+\S*) /);
}

/** The version in the text of the AWS-LC that is carried, such as `5.12.0`; undefined without one. */
async function awsLcVersion(): Promise<string | undefined> {
  const path = await findAwsLc();
  return path === undefined ? undefined : await firstMatch(path, /AWS-LC (\d+\.\d+\.\d+)/);
}

async function firstMatch(path: string, pattern: RegExp): Promise<string | undefined> {
  const text = new TextDecoder("latin1").decode(await Deno.readFile(path));
  return pattern.exec(text)?.[1];
}
