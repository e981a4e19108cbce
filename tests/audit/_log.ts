/** An audit log of two threads, made in this process. @module */
import { AuditChain, AuditLog } from "../../src/audit/mod.ts";
import type { Attempt, AuditLogOptions, AuditVerdict } from "../../src/audit/mod.ts";
import { verifyAudit } from "../../src/audit/mod.ts";
import { openProvider } from "../../src/crypto/mod.ts";

// Opened here: libcrypto stays loaded, which is no leak of the test that needs it first.
const { provider } = openProvider("auto");
const key = await provider.generate("ed25519");

export const sign = (message: Uint8Array) => key.sign("ED25519", { message });
const check = (message: Uint8Array, signature: Uint8Array) =>
  key.publicKey.verify("ED25519", { message }, signature);

export function attempt(message: string): Attempt {
  return {
    method: "Sign",
    request: "r-1",
    identity: "uid=1",
    peer: "unix:uid=1",
    key: "code",
    version: 1,
    algorithm: "ED25519",
    input: { message: new TextEncoder().encode(message) },
    outcome: "OK",
    us: 42,
  };
}

/** A log in a folder of its own, with the chain of another thread. */
export class TestLog implements AsyncDisposable {
  readonly path: string;
  readonly log: AuditLog;
  readonly worker: AuditChain;
  readonly #folder: string;
  readonly #keeps: boolean;

  private constructor(
    folder: string,
    keeps: boolean,
    signEveryLines: number,
    more: Partial<AuditLogOptions>,
  ) {
    this.#folder = folder;
    this.#keeps = keeps;
    this.path = `${folder}/audit.log`;
    this.log = new AuditLog({
      target: { kind: "file", path: this.path },
      whenFailing: "closed",
      sign,
      // Tests have it signed when they reopen or close it.
      signEveryMs: 3_600_000,
      signEveryLines,
      isBatched: true,
      begin: { version: "1.2.3" },
      ...more,
    });
    this.worker = new AuditChain(this.log.share(), { isBatched: true });
  }

  /**
   * @param folder of a log before it, which it continues
   * @param signEveryLines more than a test writes, unless given
   */
  static async open(
    folder?: string,
    signEveryLines = 1_000_000,
    more: Partial<AuditLogOptions> = {},
  ): Promise<TestLog> {
    const path = folder ?? await Deno.makeTempDir();
    return new TestLog(path, folder !== undefined, signEveryLines, more);
  }

  get folder(): string {
    return this.#folder;
  }

  /** Records attempts of both threads, in turns. */
  record(count: number, name = "message"): void {
    for (let i = 0; i < count; i++) {
      this.worker.record(attempt(`${name} ${i} of the worker`));
      this.worker.commit();
      this.log.chain.record(attempt(`${name} ${i} of the main thread`));
      this.log.chain.commit();
    }
  }

  async close(): Promise<void> {
    this.worker[Symbol.dispose]();
    await this.log.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    if (!this.#keeps) await Deno.remove(this.#folder, { recursive: true });
  }
}

export function verify(...paths: string[]): AuditVerdict {
  return verifyAudit(paths, check);
}

/** Checks a log without its public key. */
export function verifyUnsigned(...paths: string[]): AuditVerdict {
  return verifyAudit(paths, undefined);
}
