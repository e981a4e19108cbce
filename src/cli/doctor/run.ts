import { CryptoError, openProvider } from "../../crypto/mod.ts";
import { type Check, checkTransports, socketsSupported } from "../../net/mod.ts";
import { CliError, ExitCode } from "../exit.ts";
import { writeResult } from "../output.ts";

/** A line of the checklist, whatever it is of. */
type Finding = Omit<Check, "subject"> & { readonly subject: string };

/**
 * Prints the checklist, a line each: `ok` or `--`, what was looked at, what was found, and what to do about
 * it. What only some uses need, such as vsock, may be missing.
 *
 * @throws {CliError} when the main job cannot run: no signatures, or nowhere to listen
 */
export function runDoctor(): void {
  const provider = checkProvider();
  const findings = [provider, ...socketsSupported() ? checkTransports() : [noSockets]];
  const width = Math.max(...findings.map(({ subject }) => subject.length));
  for (const { subject, ok, found, advice } of findings) {
    const remedy = ok || !advice ? "" : `: ${advice}`;
    writeResult(`${ok ? "ok" : "--"}  ${subject.padEnd(width)}  ${found}${remedy}\n`);
  }
  const places = findings.filter(({ subject, ok }) => ok && listening.has(subject));
  if (!provider.ok) throw new CliError(ExitCode.failed, "Nothing here can make signatures");
  if (places.length === 0) throw new CliError(ExitCode.failed, "There is nowhere to listen here");
}

/** One of these is enough to serve. */
const listening: ReadonlySet<string> = new Set(["tcp", "unix", "vsock"]);

const noSockets: Finding = {
  subject: "tcp",
  ok: false,
  found: `sockets are made by the C library of Linux, and this is ${Deno.build.os}`,
  advice: "serve from Linux with glibc, on x86-64 or arm64",
};

function checkProvider(): Finding {
  const subject = "cryptography";
  try {
    const { provider, fallbackReason } = openProvider("auto");
    const found = `${provider.name}, ${provider.version}`;
    if (!fallbackReason) return { subject, ok: true, found };
    return { subject, ok: true, found: `${found}; slower than OpenSSL: ${fallbackReason.message}` };
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error;
    return { subject, ok: false, found: error.message };
  }
}
