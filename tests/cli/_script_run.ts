/** The execution of golden scripts. @module */
import assert from "node:assert/strict";
import { type Ended, Process } from "./_process.ts";
import type { Line, Script } from "./_script.ts";

/** Runs a script in a new folder, with a command in place of `signer`. */
export async function runScript(script: Script, signer: readonly string[]): Promise<void> {
  const work = await Deno.makeTempDir({ prefix: "signer-cli-" });
  const run = new Run(work);
  try {
    await Deno.mkdir(`${work}/.bin`);
    const shim = `#!/bin/sh\nexec ${signer.map((word) => `'${word}'`).join(" ")} "$@"\n`;
    await Deno.writeTextFile(`${work}/.bin/signer`, shim, { mode: 0o755 });
    for (const [name, content] of script.files) {
      await Deno.writeTextFile(`${work}/${name}`, content);
    }
    for (const line of script.lines) await run.step(line);
  } finally {
    await run.close().finally(() => Deno.remove(work, { recursive: true }));
  }
}

/** The environment variables that the programs of a script inherit. */
const inherited = [
  "DENO_DIR",
  "HOME",
  "LD_LIBRARY_PATH",
  "SIGNER_LIBCRYPTO",
  "TEST_RUN_ID",
  "TMPDIR",
];

/** The state of a running script. */
class Run {
  readonly #work: string;
  readonly #variables: Record<string, string>;
  readonly #environment: Record<string, string> = {};
  #background: Process[] = [];
  #last: Ended = { stdout: "", stderr: "", status: 0 };
  #stdin: Uint8Array<ArrayBuffer> | undefined;

  constructor(work: string) {
    this.#work = work;
    this.#variables = { WORK: work };
    for (const name of inherited) {
      const value = Deno.env.get(name);
      if (value !== undefined) this.#environment[name] = value;
    }
    this.#environment.PATH = `${work}/.bin:${Deno.env.get("PATH")}`;
    this.#environment.TERM = "xterm";
  }

  async step({ number, negated, command, words }: Line): Promise<void> {
    const expanded = words.map((word) =>
      word.replace(/\$\{(\w+)\}/g, (_, name) => {
        const value = this.#variables[name];
        assert(value !== undefined, `line ${number}: there is no variable ${name}`);
        return value;
      })
    );
    const action = this.#commands[command];
    assert(action, `line ${number}: there is no command ${command}`);
    try {
      await action(expanded, negated);
    } catch (cause) {
      const { status, stdout, stderr } = this.#last;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new Error(
        `line ${number}: ${negated ? "! " : ""}${command} ${expanded.join(" ")}: ${why}\n` +
          `last status: ${status}\nlast stdout:\n${stdout}\nlast stderr:\n${stderr}`,
        { cause },
      );
    }
  }

  /** Stops the programs that still run. */
  async close(): Promise<void> {
    for (const process of this.#background) await process.stop();
  }

  readonly #commands: Record<string, (words: string[], negated: boolean) => unknown> = {
    needs: () => {},
    exec: (words, negated) => this.#exec(words, negated),
    ready: async ([pattern]) => this.#capture(await this.#current().ready(regExp(pattern))),
    send: ([text]) => this.#current().send(new TextEncoder().encode(unescape(text!))),
    kill: ([signal]) => this.#current().kill(signal as Deno.Signal),
    wait: async () => {
      this.#last = await this.#current().ended();
      this.#background.pop();
    },
    status: ([status]) => assert.equal(this.#last.status, Number(status)),
    stdout: ([pattern], negated) => this.#match(this.#last.stdout, pattern, negated),
    stderr: ([pattern], negated) => this.#match(this.#last.stderr, pattern, negated),
    grep: async ([pattern, file], negated) => this.#match(await this.#read(file), pattern, negated),
    cmp: async ([left, right]) => assert.equal(await this.#read(left), await this.#read(right)),
    cp: async ([from, to]) => Deno.writeTextFile(this.#path(to), await this.#read(from)),
    mode: async ([file, mode]) => {
      const found = (await Deno.stat(this.#path(file))).mode! & 0o7777;
      assert.equal(found.toString(8), Number.parseInt(mode!, 8).toString(8));
    },
    chmod: ([mode, file]) => Deno.chmod(this.#path(file), Number.parseInt(mode!, 8)),
    exists: async ([file], negated) => {
      const found = await Deno.lstat(this.#path(file)).then(() => true, () => false);
      assert.equal(found, !negated, `${file} ${found ? "exists" : "does not exist"}`);
    },
    env: (assignments) => {
      for (const assignment of assignments) {
        const [name, ...value] = assignment.split("=");
        this.#environment[name!] = this.#variables[name!] = value.join("=");
      }
    },
    stdin: async ([file]) => this.#stdin = await Deno.readFile(this.#path(file)),
  };

  async #exec(words: string[], negated: boolean): Promise<void> {
    const inBackground = words.at(-1) === "&";
    const [program, ...args] = inBackground ? words.slice(0, -1) : words;
    const process = new Process(program!, {
      args,
      cwd: this.#work,
      env: this.#environment,
      clearEnv: true,
    });
    this.#background.push(process);
    if (this.#stdin) await process.send(this.#stdin);
    this.#stdin = undefined;
    if (inBackground) return;
    this.#last = await process.ended();
    this.#background.pop();
    const failed = this.#last.status !== 0;
    assert.equal(failed, negated, `exited with ${this.#last.status}`);
  }

  #current(): Process {
    const process = this.#background.at(-1);
    assert(process, "nothing runs in the background");
    return process;
  }

  #match(text: string, pattern: string | undefined, negated: boolean): void {
    const match = regExp(pattern).exec(text);
    assert.equal(match !== null, !negated, match ? `matches ${match[0]}` : "does not match");
    if (match) this.#capture(match);
  }

  #capture({ groups }: RegExpExecArray): void {
    Object.assign(this.#variables, groups);
  }

  async #read(file: string | undefined): Promise<string> {
    if (file === "stdout" || file === "stderr") return this.#last[file];
    return await Deno.readTextFile(this.#path(file));
  }

  #path(file: string | undefined): string {
    assert(file, "a file name is missing");
    return file.startsWith("/") ? file : `${this.#work}/${file}`;
  }
}

function regExp(pattern: string | undefined): RegExp {
  assert(pattern, "a pattern is missing");
  return new RegExp(pattern, "m");
}

function unescape(text: string): string {
  const named: Record<string, string> = { r: "\r", n: "\n" };
  return text.replace(
    /\\(?:([rn])|x([0-9a-f]{2}))/gi,
    (_, name, hex) => name ? named[name]! : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
