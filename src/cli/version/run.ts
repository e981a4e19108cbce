/** `signer version`: the versions of the program and of its parts. @module */
import config from "../../../deno.json" with { type: "json" };
import { protocolVersions } from "../../api/mod.ts";
import {
  awsLcPath,
  carriedLibrary,
  isCopy,
  libc,
  LibcryptoError,
  LibsslError,
  loadedLibsslPath,
  openAwsLc,
  openLibcrypto,
} from "../../ffi/mod.ts";
import { writeResult } from "../output.ts";
import { readBuild } from "./build.ts";

/** Options of `signer version`. */
export interface VersionOptions {
  readonly verbose?: boolean;
  readonly json?: boolean;
}

/** Prints the version, and with options those of all parts. */
export function printVersion({ verbose, json }: VersionOptions): void {
  if (json) writeResult(`${JSON.stringify(allVersions(), undefined, 2)}\n`);
  else if (verbose) writeResult(asText(allVersions()));
  else writeResult(`${config.version}\n`);
}

/** A loaded library: its version, and the path of its file; `carried` for one within the executable. */
interface LibraryVersion {
  readonly version: string;
  readonly path: string;
}

function allVersions() {
  const build = readBuild();
  return {
    signer: config.version,
    commit: build?.commit,
    protocol: protocolVersions,
    target: Deno.build.target,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    ...libraryVersions(),
    awsLc: awsLcVersion(),
    licence: config.license,
    licences: build?.licences,
  };
}

/** The versions of libcrypto and libssl, which are one build; undefined for one that is not there. */
function libraryVersions(): { libcrypto?: LibraryVersion; libssl?: LibraryVersion } {
  try {
    const { version, path } = openLibcrypto();
    return {
      libcrypto: { version, path: mappedPath(path) },
      libssl: { version, path: mappedPath(loadedLibsslPath()) },
    };
  } catch (error) {
    if (error instanceof LibcryptoError || error instanceof LibsslError) return {};
    throw error;
  }
}

/** The version of the AWS-LC that the program carries, or that is named; undefined for one that is not there. */
function awsLcVersion(): LibraryVersion | undefined {
  try {
    const path = awsLcPath();
    if (path === undefined) return undefined;
    return { version: openAwsLc(path).version, path: mappedPath(path) };
  } catch (error) {
    if (error instanceof LibcryptoError) return undefined;
    throw error;
  }
}

/** 1 MiB of the list of mappings: some 10,000, of which this process has a few hundred. */
const MAX_MAPS = 1024 * 1024;

/**
 * The path of a loaded library: of a name, the file in /proc/self/maps that the loader has found. A library of the same
 * name that the program carries may be there too, as it was looked at.
 */
function mappedPath(path: string): string {
  if (isCopy(path)) return "carried";
  if (path.includes("/")) return path;
  const maps = libc.readSmallFile("/proc/self/maps", MAX_MAPS) ?? "";
  const files = [...maps.matchAll(/ (\/\S+)$/gm)].map(([, file]) => file)
    .filter((file) => file.split("/").at(-1)!.startsWith(path));
  const carried = [carriedLibrary("libcrypto.so.3"), carriedLibrary("libssl.so.3")];
  return files.find((file) => !carried.includes(file)) ?? path;
}

function asText(versions: ReturnType<typeof allVersions>): string {
  const { libcrypto, libssl, awsLc, licences } = versions;
  const library = (found: LibraryVersion | undefined) =>
    found === undefined ? "none" : `${found.version} (${found.path})`;
  const rows = [
    ["signer", versions.signer],
    ["commit", versions.commit ?? "unknown: this runs from the sources"],
    ["protocol", versions.protocol.join(", ")],
    ["target", versions.target],
    ["deno", versions.deno],
    ["v8", versions.v8],
    ["libcrypto", library(libcrypto)],
    ["libssl", library(libssl)],
    ["aws-lc", library(awsLc)],
    ["licence", versions.licence],
  ];
  const parts = licences === undefined
    ? []
    : ["", "Parts and their licences:", ...licences.map(([id, licence]) => `${id}: ${licence}`)];
  return [...rows.map(([name, value]) => `${name.padEnd(10)}${value}`), ...parts, ""].join("\n");
}
