/** The headers of requests, from options and files. @module */
import assert from "node:assert/strict";
import { gate } from "../../_support/gate.ts";

const [test, { checkWorkload, metadataOf, refuseOpenToken, readHeaders }] = await gate(
  ["env", "ffi", "read", "sys", "write"],
  async () => ({
    ...await import("../../../src/cli/client/mod.ts"),
    ...await import("../../../src/cli/bench/workload.ts"),
  }),
);

type Options = Parameters<typeof checkWorkload>[1];

// The files were read again for the session that chooses the key, and for the load: a rotation between them gave the load
// a token that nobody had checked, or ended the bench after it had started a server.
test("`bench` reads files of headers once, before a server is started", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const [file, token] = [`${folder}/headers`, `${folder}/token`];
    await Deno.writeTextFile(file, "x-team: builds\n", { mode: 0o600 });
    await Deno.writeTextFile(token, "secret\n", { mode: 0o600 });
    const given = { header: [`@${file}`], tokenFile: token } as unknown as Options;
    const options = await checkWorkload("echo", given);
    await Deno.remove(folder, { recursive: true });
    const target = { addresses: ["tcp://127.0.0.1:1"], tls: undefined };
    for (let load = 0; load < 2; load++) {
      const metadata = new Map(await metadataOf(options, "/signer.v1.EchoService/Echo", target));
      assert.equal(metadata.get("x-team"), "builds");
      assert.equal(metadata.get("authorization"), "Bearer secret");
      assert.equal(metadata.get("signer-protocol"), "1");
    }
    await assert.rejects(checkWorkload("echo", given), /Header file .* there is no such file/);
    await assert.rejects(
      checkWorkload("echo", { tokenFile: token } as unknown as Options),
      /Token file .* there is no such file/,
    );
  } finally {
    await Deno.remove(folder, { recursive: true }).catch(() => {});
  }
});

test("`refuseOpenToken()` refuses a token in plaintext over TCP to another machine", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/token`, "secret\n", { mode: 0o600 });
    const headers = await readHeaders({ tokenFile: `${folder}/token` });
    const check = (address: string, usesTls = false, allowPlaintextToken = false) =>
      refuseOpenToken(headers, { allowPlaintextToken }, ["tcp://127.0.0.1:1", address], usesTls);
    for (const address of ["tcp://192.0.2.1:1", "tcp://signer.example:1"]) {
      assert.throws(() => check(address), /would be sent to .* without encryption/);
      check(address, true);
      check(address, false, true);
    }
    for (const address of ["tcp://[::1]:1", "vsock://2:1", "unix:/run/signer.sock"]) check(address);
    refuseOpenToken(await readHeaders({}), {}, ["tcp://192.0.2.1:1"], false);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
