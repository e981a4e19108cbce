/**
 * The checks of `signer doctor`, and their output.
 *
 * @module
 */
import { healthDefinition, serverInfoDefinition } from "../../api/mod.ts";
import { CryptoError, findFasterLibraries, openProvider } from "../../crypto/mod.ts";
import { checkTransports, socketsSupported } from "../../net/mod.ts";
import { printable, printableLines } from "../../printable/mod.ts";
import { Session, targetAddresses } from "../client/mod.ts";
import type { ClientTlsOptions, TokenOptions } from "../client/options/mod.ts";
import { findError } from "../../errors/mod.ts";
import { CliError, ExitCode } from "../exit.ts";
import { writeResult } from "../output.ts";
import { formatFasterLibrary } from "../provider.ts";
import type { CheckName } from "./check_names.ts";
import { checkControl } from "./control.ts";
import type { Finding } from "./finding.ts";

export interface DoctorOptions extends ClientTlsOptions, TokenOptions {
  readonly to?: readonly string[];
  /** The configuration file of a server. */
  readonly config?: string;
  /** The control socket of a server. */
  readonly control?: string;
  readonly json?: boolean;
}

/** 5 s for a server to accept a connection and to answer: `--to` is for a server that is up. */
const SERVER_TIMEOUT_MS = 5_000;

/**
 * Runs the named checks, or all of them, and those of the servers, and prints the findings.
 *
 * @param names checks that have to pass; without any, a machine that can serve is enough
 * @throws {CliError} exit code 1: a named check, the configuration or a server failed, or this machine cannot serve
 */
export async function runDoctor(
  names: readonly CheckName[],
  { to = [], config, control, json = false, ...client }: DoctorOptions,
): Promise<void> {
  // An address that cannot be read is a wrong command line.
  targetAddresses({ to });
  const machine = (await checkMachine()).filter(({ subject }) =>
    names.length === 0 || (names as readonly string[]).includes(subject)
  );
  const missing = names.filter((name) => !machine.some(({ subject }) => subject === name))
    .map((name): Finding => ({ subject: name, ok: false, found: "cannot be checked here" }));
  const controlled = control === undefined ? [] : await checkControl(control);
  const configured = config === undefined ? [] : await checkFile(config);
  const servers = [
    ...configured,
    ...await Promise.all(to.map((address) => checkServer(address, client))),
    ...controlled,
  ];
  const findings = [...machine, ...missing, ...servers];
  const failure = failureOf(names, [...machine, ...missing], servers);
  writeResult(json ? asJson(findings, failure) : asText(findings));
  if (failure !== undefined) throw new CliError(ExitCode.failed, failure);
}

/** Checks a configuration file with modules that are not loaded otherwise. */
async function checkFile(file: string): Promise<Finding[]> {
  const { checkConfiguration } = await import("./configuration.ts");
  return await checkConfiguration(file);
}

/** The reason to exit with 1. */
function failureOf(
  names: readonly CheckName[],
  machine: readonly Finding[],
  servers: readonly Finding[],
): string | undefined {
  const asked = names.length > 0 ? [...machine, ...servers] : servers;
  const failed = new Set(asked.filter(({ ok }) => !ok).map(({ subject }) => subject));
  if (failed.size > 0) return `Failed: ${[...failed].join(", ")}`;
  if (names.length > 0) return undefined;
  const passes = (name: string) => machine.some(({ subject, ok }) => ok && subject === name);
  if (!passes("cryptography")) return "No signatures can be made on this machine";
  const transports = ["tcp", "unix", "vsock"];
  return transports.some(passes) ? undefined : "There is no transport to listen on";
}

function asText(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ subject }) => subject.length));
  return findings.map(({ subject, ok, warns = false, found, advice }) => {
    const remedy = (ok && !warns) || !advice ? "" : `: ${advice}`;
    const mark = ok ? warns ? "!!" : "ok" : "--";
    // It may have the text of a server, in which a line feed would begin a line like this one.
    return `${printable(`${mark}  ${subject.padEnd(width)}  ${found}${remedy}`)}\n`;
  }).join("");
}

function asJson(checks: readonly Finding[], failure: string | undefined): string {
  return `${printableLines(JSON.stringify({ ok: failure === undefined, checks }, null, 2))}\n`;
}

async function checkMachine(): Promise<Finding[]> {
  return [await checkProvider(), ...socketsSupported() ? checkTransports() : [noSockets]];
}

const noSockets: Finding = {
  subject: "tcp",
  ok: false,
  found: `sockets are made by the C library of Linux, and this is ${Deno.build.os}`,
  advice: "serve from Linux with glibc, on x86-64 or arm64",
};

/** The key types that `serve` generates by default. */
const usualTypes = ["rsa-3072", "ecdsa-p256"] as const;

async function checkProvider(): Promise<Finding> {
  const subject = "cryptography";
  try {
    const { provider, fallbackReason } = openProvider("auto");
    const found = `${provider.name}, ${provider.version}`;
    if (!fallbackReason) {
      const faster = await findFasterLibraries(() =>
        Promise.all(usualTypes.map((type) => provider.generate(type)))
      );
      const words = [found, ...faster.map(formatFasterLibrary)].join("; ");
      return { subject, ok: true, found: words };
    }
    return {
      subject,
      ok: true,
      found: `${found}; slower than ${
        provider.name === "builtin" ? "OpenSSL" : "AWS-LC"
      }: ${fallbackReason.message}`,
    };
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error;
    return { subject, ok: false, found: error.message };
  }
}

/** Connects to a server and requests its version, its stack and its health. */
async function checkServer(
  address: string,
  client: ClientTlsOptions & TokenOptions,
): Promise<Finding> {
  try {
    using session = await Session.open({ ...client, to: [address], deadline: SERVER_TIMEOUT_MS });
    const info = await session.unary(serverInfoDefinition.GetServerInfo, {});
    const { status } = await session.unary(healthDefinition.Check, {});
    const words = `signer ${info.version}, stack ${info.stack}, ${info.provider}, ${status}`;
    return {
      subject: address,
      ok: status === "SERVING",
      found: words,
      advice: "the server drains, or has no usable key",
    };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const isAbsent = findError(error, "net", "ECONNREFUSED", "ENOENT") !== undefined;
    const advice = isAbsent || error.hint === undefined
      ? "start signer serve there, or name another address"
      : error.hint;
    return { subject: address, ok: false, found: error.message, advice };
  }
}
