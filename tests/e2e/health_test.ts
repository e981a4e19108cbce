/** Health that changes with the time: versions of keys have dates. @module */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";

const [test, { SignerProcess, call, health, openChannel, runSigner }] = await gate(
  ["net", "env", "read", "write", "sys", "ffi", "run"],
  async () => ({
    ...await import("./_signer.ts"),
    health: (await import("../../src/api/mod.ts")).healthDefinition,
  }),
);

const settings: Readonly<Record<string, readonly string[]>> = {
  "native, 1 worker": ["--workers", "1"],
  "native, no workers": ["--workers", "0"],
  "grpc-js": ["--stack", "grpc-js"],
};

/** The time for a server to start, which may be too short on a busy machine: the test waits for the rest. */
const LIFE_MS = 5_000;

test("Health and /readyz follow the time until which a key signs", async () => {
  const folder = await Deno.makeTempDir({ prefix: "signer-health-" });
  try {
    await Deno.mkdir(`${folder}/keys/release`, { recursive: true });
    const key = `${folder}/keys/release/1.pem`;
    const made = await runSigner("keygen", "--type", "ed25519", "--out", key);
    assert.equal(made.code, 0, made.stderr);
    const end = new Date(Date.now() + LIFE_MS);
    const date = end.toISOString().replace(/\.\d+Z$/, "Z");
    await Deno.writeTextFile(`${folder}/keys/release/versions.txt`, `1 sign-until=${date}\n`);
    await Promise.all(
      Object.entries(settings).map(async ([name, options], index) => {
        const pages = `${folder}/${index}.sock`;
        await using server = await SignerProcess.start(
          ...["--tcp", "127.0.0.1:0", "--key-dir", `${folder}/keys`, "--metrics", `unix:${pages}`],
          ...options,
        );
        using channel = openChannel({ addresses: server.addresses });
        const { responses } = channel.call<object, { status: string }>(
          ...[health.Watch as never, [{ service: "signer.v1.SigningService" }]] as const,
        );
        const statuses = responses[Symbol.asyncIterator]();
        const next = async () => (await statuses.next()).value?.status;
        // A start that took longer than the key's life shows the second status alone.
        const first = await next();
        if (first !== "NOT_SERVING") {
          assert.equal(first, "SERVING", name);
          assert.equal(await next(), "NOT_SERVING", name);
        }
        assert.ok(Date.now() >= Date.parse(date), name);
        const status = async (service: string) =>
          (await call<{ status: string }>(channel, health.Check, { service })).status;
        assert.equal(await status(""), "NOT_SERVING");
        assert.equal(await status("signer.v1.EchoService"), "SERVING");
        using client = Deno.createHttpClient({ proxy: { transport: "unix", path: pages } });
        const page = await fetch("http://localhost/readyz", { client });
        assert.deepEqual([page.status, await page.text()], [503, "no key can sign now\n"]);
        const drained = assert.rejects(statuses.next());
        assert.equal(await server.stop(), 0);
        await drained;
      }),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
