/**
 * Code that an attacker runs in a server could start programs and attach to other processes, and private keys were in
 * memory that the kernel may write to swap.
 *
 * @module
 */
import assert from "node:assert/strict";
import { awsLcLibrary } from "../_support/aws_lc.ts";
import { gate, ignored, onlyAsRoot } from "../_support/gate.ts";
import { until } from "../_support/until.ts";

const [test, loaded] = await gate(
  ["net", "env", "read", "write", "sys", "ffi", "run"],
  async () => ({
    ...await import("./_signer.ts"),
    ...await import("./_memory_search.ts"),
    ...await import("../../src/crypto/mod.ts"),
  }),
);
// Opened here: libcrypto stays loaded, which is no leak of the test that needs it first.
loaded.openProvider?.("openssl");
const { SignerProcess, call, openChannel, searchMemory, signing } = loaded;

const serveTcp = ["--tcp", "127.0.0.1:0", "--generate", "ed25519"];

const settings: Readonly<Record<string, readonly string[]>> = {
  "without workers": ["--workers", "0"],
  "with two workers": ["--workers", "2"],
  "on grpc-js": ["--stack", "grpc-js"],
};

/** The fields of proc(5), status, of each thread of a process. */
function* threads(pid: number): Generator<Map<string, string>> {
  for (const { name } of Deno.readDirSync(`/proc/${pid}/task`)) {
    const status = Deno.readTextFileSync(`/proc/${pid}/task/${name}/status`);
    yield new Map(status.trim().split("\n").map((line) => line.split(":\t") as [string, string]));
  }
}

for (const [name, options] of Object.entries(settings)) {
  test(`Every thread of a server is restricted ${name}`, async () => {
    await using server = await SignerProcess.start(...serveTcp, ...options);
    // The supervisor of grpc-js too.
    for (const pid of new Set([server.startedPid, server.pid])) {
      for (const status of threads(pid)) {
        const name = status.get("Name")!;
        assert.equal(status.get("NoNewPrivs"), "1", name);
        assert.equal(status.get("Seccomp"), "2", name);
      }
      const limits = Deno.readTextFileSync(`/proc/${pid}/limits`);
      assert.match(limits, /^Max core file size +0 +0 /m);
    }
    assert.equal(await server.stop(), 0);
  });
}

const EPERM = 1;

test("Code in a server can start no program and reach no other process", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/attempts`;
    const preload = new URL("./_attempts.ts", import.meta.url).pathname;
    Deno.env.set("ATTEMPTS", file);
    await using server = await SignerProcess.startWith(
      ["--allow-run", "--preload", preload],
      ...serveTcp,
      ...["--workers", "1"],
    );
    Deno.env.delete("ATTEMPTS");
    await Deno.writeTextFile(file, "go");
    const { execve, ...calls } = JSON.parse(await changed(file));
    assert.equal(execve, "PermissionDenied");
    for (const [name, errno] of Object.entries(calls)) assert.equal(errno, EPERM, name);
    assert.equal(await server.stop(), 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** The text of a file once it is another one than `go`. */
async function changed(file: string): Promise<string> {
  let text = "";
  await until("the server has written its result", async () => {
    text = await Deno.readTextFile(file);
    return text.startsWith("{") && text.endsWith("}");
  });
  return text;
}

test("A server on the native stack needs no permission for the network", async () => {
  const main = new URL("../../main.ts", import.meta.url).pathname;
  const args = ["run", "--quiet", "--no-prompt", "-P=serve", main, "serve", ...serveTcp];
  const child = new Deno.Command(Deno.execPath(), { args, stdout: "piped", stderr: "null" })
    .spawn();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  const address = /^ready (.+)\n/.exec(new TextDecoder().decode(value))![1];
  {
    using channel = openChannel({ addresses: [address] });
    await call(channel, signing.Sign, { keyType: "KEY_TYPE_ED25519", message: new Uint8Array(1) });
  }
  child.kill("SIGTERM");
  assert.equal((await child.status).code, 0);
});

/** Only root may read the memory of a process that is not dumpable. */
const asRoot = onlyAsRoot(test);

/** The numbers of an RSA key that are in no other memory than the locked one. */
const rsaSecrets = {
  // libcrypto has a copy of the two primes elsewhere, to compute with: docs/hardening.md.
  "openssl": ["d", "dp", "dq", "qi"],
  "aws-lc": ["d", "p", "q", "dp", "dq", "qi"],
} as const;

for (const name of ["openssl", "aws-lc"] as const) {
  const there = name === "openssl" || awsLcLibrary !== undefined;
  const declared = there ? asRoot : ignored(test, "needs deno task aws-lc");
  declared(
    `Private keys in ${name} are in locked memory and nowhere else after signing`,
    async () => {
      const folder = await Deno.makeTempDir();
      try {
        const secrets: Record<string, Uint8Array> = {};
        const options: string[] = [];
        const { provider } = loaded.openProvider("openssl");
        for (const type of ["ecdsa-p256", "ed25519", "rsa-2048"] as const) {
          using key = await provider.generate(type);
          const path = `${folder}/${type}.pem`;
          const pem = loaded.encodePrivateKey(key, "pem");
          await Deno.writeFile(path, pem, { mode: 0o600 });
          options.push("--key", `${type}=${path}`);
          const jwk = JSON.parse(new TextDecoder().decode(loaded.encodePrivateKey(key, "jwk")));
          for (const member of rsaSecrets[name]) {
            if (jwk[member] === undefined) continue;
            const bytes = Uint8Array.fromBase64(jwk[member], { alphabet: "base64url" });
            secrets[`${type} ${member}`] = bytes;
            secrets[`${type} ${member}, as a number`] = bytes.toReversed();
          }
          secrets[`${type} in PEM`] = pem.subarray(64, 128);
          secrets[`${type} in JSON`] = new TextEncoder().encode(jwk.d);
        }
        await using server = await SignerProcess.start(
          ...["--tcp", "127.0.0.1:0", "--workers", "1", "--provider", name, ...options],
        );
        using channel = openChannel({ addresses: server.addresses });
        for (const keyId of ["ecdsa-p256", "ed25519", "rsa-2048"]) {
          await call(channel, signing.Sign, { keyId, message: new Uint8Array(64) });
        }
        const found = searchMemory(server.pid, secrets);
        for (const { name, isLocked } of found) assert.ok(isLocked, `${name} is in other memory`);
        // The keys are found in locked memory, so the search works.
        for (const type of ["ecdsa-p256", "ed25519", "rsa-2048"]) {
          assert.ok(
            found.some(({ name }) => name.startsWith(`${type} d`)),
            `${type} was not found`,
          );
        }
        assert.equal(await server.stop(), 0);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  );
}
