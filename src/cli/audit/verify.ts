/** `signer audit verify`. @module */
import {
  type AuditVerdict,
  type Fault,
  type SignatureCheck,
  verifyAudit,
} from "../../audit/mod.ts";
import { openProvider, readPublicKey } from "../../crypto/mod.ts";
import { CliError, ExitCode, usageError } from "../exit.ts";
import { note, warn, writeResult } from "../output.ts";
import { cannotRead, readFile } from "../read_file.ts";

/** The options of `signer audit verify`, as commander reads them. */
export interface VerifyOptions {
  readonly publicKey?: string;
  readonly open?: boolean;
  readonly json?: boolean;
}

/**
 * Checks a log, and prints the verdict and each fault.
 *
 * @throws {CliError} when a file cannot be read, and when the log has a fault, or an open end that `--open` does not accept
 */
export function runVerify(
  files: readonly string[],
  { publicKey, open = false, json = false }: VerifyOptions,
): void {
  files.forEach(expectReadable);
  const check = publicKey === undefined ? undefined : signatureCheck(publicKey);
  if (check === undefined) {
    warn("without --public-key no signature is checked: anyone may have written the log");
  }
  const verdict = verifyAudit(files, check);
  writeResult(json ? `${JSON.stringify(verdict, null, 2)}\n` : textOf(verdict));
  for (const fault of verdict.faults) note(describe(fault));
  if (verdict.faults.length > 0) {
    throw new CliError(ExitCode.failed, "The audit log is not as its server wrote it");
  }
  for (const end of verdict.openEnds) note(describe(end));
  if (verdict.openEnds.length === 0 || open) return;
  throw new CliError(ExitCode.failed, "The audit log has an open end", {
    hint: "Lines were cut off; or the server was killed or still runs, which --open accepts",
  });
}

/** Refuses a file that cannot be read, before the others are verified. */
function expectReadable(file: string): void {
  try {
    const { isDirectory, isFile } = Deno.statSync(file);
    if (isDirectory) throw new Deno.errors.IsADirectory("it is a folder");
    if (!isFile) throw new Error("it is a pipe or a device: parts of the log are read twice");
    Deno.openSync(file).close();
  } catch (cause) {
    throw cannotRead(file, cause);
  }
}

function signatureCheck(path: string): SignatureCheck {
  const { provider } = openProvider("auto");
  const key = readPublicKey(provider, readFile(path));
  if (key.type === "ed25519") {
    return (message, signature) => key.verify("ED25519", { message }, signature);
  }
  throw usageError(`The public key is of type ${key.type}: audit keys are of type ed25519`);
}

function textOf(verdict: AuditVerdict): string {
  const { lines, attempts, signedLines, signedUntil, unsigned, torn } = verdict;
  const rows = [
    `lines: ${lines}, with ${attempts} attempt${attempts === 1 ? "" : "s"} to sign`,
    `signed lines: ${signedLines}${
      signedUntil === undefined ? "" : `, the last at ${signedUntil}`
    }`,
    `lines after the last signed one: ${unsigned}`,
  ];
  if (torn > 0) rows.push(`torn lines: ${torn}`);
  return `${rows.join("\n")}\n`;
}

function describe({ file, line, message }: Fault): string {
  return `${file}:${line}: ${message}`;
}
