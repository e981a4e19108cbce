/**
 * The audit log of a running server, on both stacks: it holds each attempt before its answer is sent, whatever ends the
 * server, and nothing is signed without it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { StatusCode } from "../../src/grpc/status.ts";
import { gate } from "../_support/gate.ts";
import { until } from "../_support/until.ts";

const [test, loaded] = await gate(
  ["net", "env", "read", "write", "sys", "ffi", "run"],
  async () => ({
    /** Times that a server is killed in each setting; 200 in all by hand. */
    kills: Number(Deno.env.get("SIGNER_TEST_KILLS") ?? 2),
    ...await import("./_signer.ts"),
    ...await import("./_file_size.ts"),
    ...await import("../../src/api/mod.ts"),
    ...await import("../../src/audit/mod.ts"),
    ...await import("../../src/crypto/mod.ts"),
  }),
);
const { SignerProcess, call, echo, kills, limitFileSize, openChannel, runSigner, signing } = loaded;
const { healthDefinition: health, pipelineDefinition: pipelines } = loaded;
// Opened here: libcrypto stays loaded, which is no leak of the test that needs it first.
loaded.openProvider?.("openssl");

const settings: Readonly<Record<string, readonly string[]>> = {
  "without workers": ["--workers", "0"],
  "with two workers": ["--workers", "2"],
  "on grpc-js": ["--stack", "grpc-js"],
};

/** A folder with an audit key, and the path of the log. */
class Folder implements AsyncDisposable {
  readonly log: string;
  readonly publicKey: string;
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
    this.log = `${path}/audit.log`;
    this.publicKey = `${path}/audit.pub`;
  }

  static async create(): Promise<Folder> {
    const folder = new Folder(await Deno.makeTempDir());
    const { provider } = loaded.openProvider("openssl");
    using key = await provider.generate("ed25519");
    await Deno.writeFile(`${folder.#path}/audit.pem`, loaded.encodePrivateKey(key, "pem"), {
      mode: 0o600,
    });
    await Deno.writeFile(folder.publicKey, loaded.encodePublicKey(key.publicKey, "pem"));
    return folder;
  }

  serve(...options: string[]) {
    return SignerProcess.start(
      ...["--tcp", "127.0.0.1:0", "--generate", "ecdsa-p256"],
      ...["--audit", this.log, "--audit-key", `${this.#path}/audit.pem`],
      ...options,
    );
  }

  /** The verdict of files of the log, the log itself by default. */
  verify(...files: string[]) {
    const { provider } = loaded.openProvider("openssl");
    using key = loaded.readPublicKey(provider, Deno.readFileSync(this.publicKey));
    return loaded.verifyAudit(
      files.length > 0 ? files : [this.log],
      (message, signature) => key.verify("ED25519", { message }, signature),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#path, { recursive: true });
  }
}

type Channel = ReturnType<typeof openChannel>;

function signText(channel: Channel, text: string): Promise<unknown> {
  const message = new TextEncoder().encode(text);
  return call(channel, signing.Sign, { keyType: "KEY_TYPE_ECDSA_P256", message });
}

/** Hashes of the messages of a log's attempts that were answered. */
function signedHashes(...files: string[]): Set<string> {
  const found = new Set<string>();
  for (const file of files) {
    for (
      const [, hash] of Deno.readTextFileSync(file).matchAll(/"sha256":"(\w+)","outcome":"OK"/g)
    ) {
      found.add(hash);
    }
  }
  return found;
}

/** Signs over several connections until a call fails or `until` is true. Resolves to the texts that were signed. */
async function signMany(
  addresses: readonly string[],
  prefix: string,
  until: () => boolean = () => false,
): Promise<string[]> {
  const answered: string[] = [];
  await Promise.all([0, 1, 2, 3].map(async (number) => {
    using channel = openChannel({ addresses });
    for (let i = 0; !until(); i++) {
      const text = `${prefix} ${number} ${i}`;
      try {
        await signText(channel, text);
      } catch {
        return;
      }
      answered.push(text);
    }
  }));
  return answered;
}

function expectAll(texts: readonly string[], hashes: ReadonlySet<string>): void {
  for (const text of texts) {
    const hash = createHash("sha256").update(text).digest("hex");
    assert.ok(hashes.has(hash), `the log lacks the attempt "${text}", which was answered`);
  }
}

for (const [name, options] of Object.entries(settings)) {
  test(`A killed server has logged each signature that it gave ${name}`, async () => {
    await using folder = await Folder.create();
    const answered: string[] = [];
    for (let i = 0; i < kills; i++) {
      await using server = await folder.serve(...options);
      const signing = signMany(server.addresses, `kill ${i}`);
      await new Promise((resolve) => setTimeout(resolve, 100 + 500 * Math.random()));
      server.signal("SIGKILL");
      // The supervisor of grpc-js starts another one.
      if (server.startedPid !== server.pid) Deno.kill(server.startedPid, "SIGKILL");
      answered.push(...await signing);
    }
    assert.ok(answered.length > kills, "nothing was signed");
    expectAll(answered, signedHashes(folder.log));
    const { faults, openEnds } = folder.verify();
    assert.deepEqual(faults, []);
    assert.ok(openEnds.length >= kills);
  });

  test(`A rename and SIGHUP lose no line ${name}`, async () => {
    await using folder = await Folder.create();
    await using server = await folder.serve(...options);
    let isOver = false;
    const signing = signMany(server.addresses, "rotate", () => isOver);
    const files = [];
    for (let i = 0; i < 2; i++) {
      await new Promise((resolve) => setTimeout(resolve, 300));
      const renamed = `${folder.log}.${i}`;
      await Deno.rename(folder.log, renamed);
      server.signal("SIGHUP");
      files.push(renamed);
      await endsWith(renamed, "rotated");
    }
    isOver = true;
    const answered = await signing;
    assert.equal(await server.stop(), 0);
    files.push(folder.log);
    expectAll(answered, signedHashes(...files));
    const { faults, openEnds, unsigned } = folder.verify(...files);
    assert.deepEqual([faults, openEnds, unsigned], [[], [], 0]);
    for (const file of files) assert.deepEqual(folder.verify(file).faults, [], file);
  });

  test(`A line is signed each so many lines, long before its time ${name}`, async () => {
    await using folder = await Folder.create();
    const signs = ["--audit-sign-every", "1h", "--audit-sign-lines", "5"];
    await using server = await folder.serve(...options, ...signs);
    using channel = openChannel({ addresses: server.addresses });
    for (let i = 0; i < 6; i++) await signText(channel, `line ${i}`);
    await contains(folder.log, '"event":"signed"');
    assert.equal(await server.stop(), 0);
    assert.deepEqual(folder.verify().faults, []);
  });

  test(`Each attempt has a line: refused ones, batches and streams too ${name}`, async () => {
    await using folder = await Folder.create();
    await using server = await folder.serve(...options);
    using channel = openChannel({ addresses: server.addresses });
    await signText(channel, "one");
    await assert.rejects(
      call(channel, signing.Sign, { keyId: "nosuch", message: new Uint8Array(1) }),
    );
    const request = { keyType: "KEY_TYPE_ECDSA_P256", digest: new Uint8Array(32).fill(7) };
    await call(channel, signing.SignBatch, {
      requests: [request, { ...request, digest: new Uint8Array(3) }],
    });
    const { responses } = channel.call(signing.SignStream as never, [request]);
    for await (const _ of responses);
    assert.equal(await server.stop(), 0);
    const lines = (await Deno.readTextFile(folder.log)).trim().split("\n")
      .map((line) => JSON.parse(line)).filter(({ event }) => event === "sign");
    assert.deepEqual(
      lines.map(({ method, outcome }) => [method, outcome]),
      [
        ["Sign", "OK"],
        ["Sign", "NOT_FOUND"],
        ["SignBatch", "OK"],
        ["SignBatch", "INVALID_ARGUMENT"],
        ["SignStream", "OK"],
      ],
    );
    const [sign, refused, first, second, streamed] = lines;
    assert.equal(sign.identity, "ip=127.0.0.1");
    assert.match(sign.peer, /^tcp:\/\/127\.0\.0\.1:\d+$/);
    assert.equal(refused.key, "nosuch");
    assert.equal(first.request, second.request);
    assert.equal(streamed.digest, "07".repeat(32));
    const verdict = folder.verify();
    assert.deepEqual([verdict.faults, verdict.openEnds], [[], []]);
  });

  test(`Without its line nothing is signed, and again once it can be written ${name}`, async () => {
    await using folder = await Folder.create();
    await using server = await folder.serve(...options);
    using channel = openChannel({ addresses: server.addresses });
    await signText(channel, "before");
    // Room for the beginning of a line, as on a disk that is nearly full.
    limitFileSize(server.pid, (await Deno.stat(folder.log)).size + 100);
    for (const text of ["during 1", "during 2"]) {
      await assert.rejects(signText(channel, text), { code: StatusCode.UNAVAILABLE });
    }
    await server.logged(/The audit log cannot be written/);
    limitFileSize(server.pid, undefined);
    await signText(channel, "after");
    assert.equal(await server.stop(), 0);
    const hashes = signedHashes(folder.log);
    expectAll(["before", "after"], hashes);
    assert.equal(hashes.size, 2);
    assert.match(
      await Deno.readTextFile(folder.log),
      /"event":"lost","lines":\d+,"policy":"closed"/,
    );
    const { faults, openEnds, torn } = folder.verify();
    assert.deepEqual([faults, openEnds, torn], [[], [], 1]);
  });

  // Each refusal had a line of its own, and the failure of its write closed the connection: with a full disk every attempt to
  // sign ended all calls of its connection, and clients connected again and again.
  test(`While the log cannot be written, attempts are refused and other calls go on ${name}`, async () => {
    await using folder = await Folder.create();
    await using server = await folder.serve(...options);
    using channel = openChannel({ addresses: server.addresses });
    await signText(channel, "before");
    limitFileSize(server.pid, (await Deno.stat(folder.log)).size + 100);
    // The first failure of a thread closes the connection: until then the answer might have been a signature.
    let message = "";
    for (let i = 0; i < 5 && !message.startsWith("The audit log"); i++) {
      await signText(channel, "first").catch((error) => message = error.message);
      await call(channel, echo.Echo, {}, { waitForReady: true, deadline: Date.now() + 20_000 });
    }
    const { responses } = channel.call(health.Watch, [{ service: "" }]);
    const watch = responses[Symbol.asyncIterator]();
    await watch.next();
    const ended = watch.next().then(() => "ended", (error) => error.message);
    for (const text of ["second", "third", "fourth"]) {
      await assert.rejects(signText(channel, text), {
        code: StatusCode.UNAVAILABLE,
        message: "The audit log cannot be written, so nothing is signed",
      });
    }
    await call(channel, echo.Echo, {});
    const soon = new Promise((resolve) => setTimeout(resolve, 100, "open"));
    assert.equal(await Promise.race([ended, soon]), "open");
    limitFileSize(server.pid, undefined);
    await signText(channel, "after");
    channel[Symbol.dispose]();
    await ended;
    assert.equal(await server.stop(), 0);
    const lost = /"event":"lost","lines":(\d+)/.exec(await Deno.readTextFile(folder.log))?.[1];
    assert.ok(Number(lost) >= 4, `${lost} lost lines`);
    assert.deepEqual(folder.verify().faults, []);
  });
}

test("A pipeline and the signatures of its nodes have lines of one request", async () => {
  await using folder = await Folder.create();
  await using server = await folder.serve("--workers", "2", "--pipelines");
  using channel = openChannel({ addresses: server.addresses });
  const parametersJson = JSON.stringify({ key_type: "ecdsa-p256", input: "digest" });
  const manifest = {
    version: 1,
    nodes: [{ id: "hash", type: "digest" }, { id: "signature", type: "sign", parametersJson }],
    connections: [{ from: "hash", to: "signature" }],
    inputs: ["hash"],
    outputs: ["signature"],
  };
  const inputs = [{ name: "hash", data: new TextEncoder().encode("data") }];
  await call(channel, pipelines.ExecutePipeline, { manifest, inputs });
  assert.equal(await server.stop(), 0);
  const [sign, pipeline] = (await Deno.readTextFile(folder.log)).trim().split("\n")
    .map((line) => JSON.parse(line)).filter(({ event }) =>
      event === "sign" || event === "pipeline"
    );
  assert.deepEqual([sign.method, sign.outcome], ["ExecutePipeline", "OK"]);
  assert.deepEqual([pipeline.event, pipeline.outcome], ["pipeline", "OK"]);
  assert.equal(pipeline.request, sign.request);
  assert.match(pipeline.manifest, /^[0-9a-f]{64}$/);
  assert.deepEqual(folder.verify().faults, []);
});

// A thread recorded lost lines with its next line only: the log of a server that ended before one did not have their number.
test("A server that ends after its log was full says how many lines are missing", async () => {
  await using folder = await Folder.create();
  await using server = await folder.serve("--workers", "1");
  using channel = openChannel({ addresses: server.addresses });
  await signText(channel, "before");
  limitFileSize(server.pid, (await Deno.stat(folder.log)).size + 100);
  await assert.rejects(signText(channel, "during"), { code: StatusCode.UNAVAILABLE });
  await server.logged(/The audit log cannot be written/);
  limitFileSize(server.pid, undefined);
  assert.equal(await server.stop(), 0);
  assert.match(await Deno.readTextFile(folder.log), /"event":"lost","lines":1,"policy":"closed"/);
  const { faults, openEnds, torn } = folder.verify();
  assert.deepEqual([faults, openEnds, torn], [[], [], 1]);
});

test("With `--audit-fail open` a server signs on without its log, and logs what is missing", async () => {
  await using folder = await Folder.create();
  await using server = await folder.serve("--workers", "1", "--audit-fail", "open");
  using channel = openChannel({ addresses: server.addresses });
  await signText(channel, "before");
  limitFileSize(server.pid, (await Deno.stat(folder.log)).size + 100);
  for (let i = 0; i < 3; i++) await signText(channel, `during ${i}`);
  await server.logged(/The audit log cannot be written/);
  limitFileSize(server.pid, undefined);
  await signText(channel, "after");
  assert.equal(await server.stop(), 0);
  assert.match(await Deno.readTextFile(folder.log), /"event":"lost","lines":3,"policy":"open"/);
  assert.deepEqual(folder.verify().faults, []);
});

test("`signer audit verify` exits with 0 for a log that ended in order, and with 1 for another", async () => {
  await using folder = await Folder.create();
  await using server = await folder.serve("--workers", "0");
  {
    using channel = openChannel({ addresses: server.addresses });
    await signText(channel, "one");
  }
  assert.equal(await server.stop(), 0);
  const verify = (...more: string[]) =>
    runSigner("audit", "verify", folder.log, "--public-key", folder.publicKey, ...more);
  const { code, stdout } = await verify();
  assert.deepEqual([code, /1 attempts? to sign/.test(stdout)], [0, true]);
  const text = await Deno.readTextFile(folder.log);
  await Deno.writeTextFile(folder.log, text.trimEnd().split("\n").slice(0, -1).join("\n") + "\n");
  assert.equal((await verify()).code, 1);
  assert.equal((await verify("--open")).code, 0);
  await Deno.writeTextFile(folder.log, text.replace('"OK"', '"NO"'));
  const changed = await verify("--open");
  assert.equal(changed.code, 1);
  assert.match(changed.stderr, /audit\.log:\d+: /);
});

/** Waits for the signed line at the end of a file, after which its server writes nothing there. */
async function endsWith(file: string, last: string): Promise<void> {
  await until(`${file} ends with a line that says ${last}`, async () => {
    const lines = (await Deno.readTextFile(file)).trimEnd().split("\n");
    return lines.at(-1)!.includes(`"last":"${last}"`);
  });
}

/** Waits until a file has a text. */
async function contains(file: string, text: string): Promise<void> {
  await until(`${file} has ${text}`, async () => (await Deno.readTextFile(file)).includes(text));
}

for (const [where, options] of Object.entries(settings)) {
  // The write of a line waited for the reader: of the worker for ever, and of the main thread too, which then did not end
  // at SIGTERM either.
  test(`an audit log on standard error that nobody reads refuses signatures, and the server ends (${where})`, async () => {
    await using server = await SignerProcess.start(
      ...["--tcp", "127.0.0.1:0", "--generate", "ecdsa-p256", "--audit", "stderr"],
      ...options,
    );
    using channel = openChannel({ addresses: server.addresses });
    server.ignoreLog();
    const request = { keyType: "KEY_TYPE_ECDSA_P256", message: new Uint8Array(32) };
    let refused: unknown;
    for (let i = 0; i < 100 && refused === undefined; i++) {
      const calls = Array.from({ length: 50 }, () => call(channel, signing.Sign, request));
      await Promise.all(calls).catch((error) => refused = error);
      await Promise.allSettled(calls);
    }
    assert.equal((refused as { code?: number } | undefined)?.code, StatusCode.UNAVAILABLE);
    server.signal("SIGTERM");
    assert.equal((await server.ended).code, 0);
  });
}
