/** The audit log of a server: its options, and its key. @module */
import { type AuditFailure, AuditLog } from "../../audit/mod.ts";
import {
  type CryptoProvider,
  type KeyStore,
  type PrivateKey,
  readPrivateKeyFile,
  thumbprint,
} from "../../crypto/mod.ts";
import { chosenStack, type StackChoice } from "../../grpc/stacks/mod.ts";
import { type Logger, logTarget } from "../../telemetry/mod.ts";
import { usageError } from "../exit.ts";
import type { Passphrases } from "../passphrase/mod.ts";
import { auditEvents, auditHash } from "./audit_chain.ts";

/** The options of `serve` for the audit log. */
export interface ServeAuditOptions {
  /** A file, or `stderr`. */
  readonly audit?: string;
  readonly auditKey?: string;
  readonly auditFail: AuditFailure;
  /** Milliseconds between signed lines. */
  readonly auditSignEvery: number;
  /** Number of lines after which one is signed before that. */
  readonly auditSignLines: number;
  readonly stack: StackChoice;
  readonly allowInsecureKeyFiles?: boolean;
}

/** The audit log of a server, with its key. */
export interface OpenAudit extends AsyncDisposable {
  readonly log: AuditLog;
  /**
   * Checks that the audit key is none of a server's keys.
   *
   * @throws {CliError}
   */
  expectOtherKeys(keys: KeyStore): void;
}

/**
 * Opens the audit log that the options name; undefined when they name none.
 *
 * @param keys the keys of the server, of which the audit key may be none
 * @throws {CliError | AuditError | CryptoError}
 */
export async function openAudit(
  options: ServeAuditOptions,
  passphrases: Passphrases,
  version: string,
  provider: CryptoProvider,
  keys: KeyStore,
  log: Logger,
): Promise<OpenAudit | undefined> {
  const { audit, auditFail, auditSignEvery, auditSignLines } = options;
  const key = await readAuditKey(options, passphrases, provider, keys);
  if (audit === undefined) return undefined;
  if (key === undefined) {
    log.warn("The audit log is not signed: anyone who can write the file can replace it", {
      hint: "name an Ed25519 key with --audit-key",
    });
  }
  try {
    const auditLog = new AuditLog({
      target: audit === "stderr"
        ? { kind: "stderr", output: logTarget() }
        : { kind: "file", path: audit },
      whenFailing: auditFail,
      sign: key && ((message) => key.sign("ED25519", { message })),
      signEveryMs: auditSignEvery,
      signEveryLines: auditSignLines,
      // The native stack commits the lines of a turn before it sends answers.
      isBatched: await chosenStack(options.stack) === "native",
      hash: auditHash(provider),
      begin: { version, pid: Deno.pid, key: key && thumbprint(key.publicKey) },
      events: auditEvents(log, auditFail),
      onUnsigned: ({ message: reason }) => log.error("The audit log cannot be signed", { reason }),
      onDisplaced: () =>
        log.error("The audit file was moved or deleted: its lines are not at its path", {
          path: audit,
          hint: "send SIGHUP to begin a new file",
        }),
    });
    return {
      log: auditLog,
      expectOtherKeys: (keys) => key && expectOtherKeys(keys, key),
      async [Symbol.asyncDispose]() {
        await auditLog.close();
        key?.[Symbol.dispose]();
      },
    };
  } catch (error) {
    key?.[Symbol.dispose]();
    throw error;
  }
}

/**
 * Reads the key that signs the audit log; undefined without one.
 *
 * @param keys the keys of the server, of which the audit key may be none
 * @throws {CliError | CryptoError}
 */
export async function readAuditKey(
  options: ServeAuditOptions,
  passphrases: Passphrases,
  provider: CryptoProvider,
  keys: KeyStore,
): Promise<PrivateKey | undefined> {
  const { audit, auditKey: path } = options;
  if (path === undefined) return undefined;
  if (audit === undefined) {
    throw usageError("--audit-key needs --audit", "Name the file with --audit FILE");
  }
  const key = await readPrivateKeyFile(provider, path, {
    allowInsecure: options.allowInsecureKeyFiles ?? false,
    passphrase: () => passphrases.read(`Passphrase of ${path}: `),
  });
  try {
    expectOtherKeys(keys, key);
    if (key.type === "ed25519") return key;
    throw usageError(
      `The audit key is of type ${key.type}: it has to be an Ed25519 key`,
      "Make one with keygen --type ed25519",
    );
  } catch (error) {
    key[Symbol.dispose]();
    throw error;
  }
}

/** Checks that an audit key is none of the keys by which callers sign. */
function expectOtherKeys(keys: KeyStore, auditKey: PrivateKey): void {
  const print = thumbprint(auditKey.publicKey);
  const served = keys.list().find(({ versions }) =>
    versions.some(({ thumbprint }) => thumbprint === print)
  );
  if (served === undefined) return;
  throw usageError(
    `The audit key is also the key ${served.id}, by which callers could sign lines of the log`,
    "Make another one with keygen --type ed25519",
  );
}
