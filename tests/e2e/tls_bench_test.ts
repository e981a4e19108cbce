/** `bench` over TLS: every kind of load thread, on both stacks, to a server that requires certificates. @module */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";

const [test, { runSigner, SignerProcess, devCaFiles }] = await gate(
  ["net", "env", "read", "write", "sys", "ffi", "run"],
  async () => ({ ...await import("./_signer.ts"), ...await import("../../src/cli/dev_ca.ts") }),
);

/** A server over mutual TLS, and the options of a client that it takes. */
async function serveMutualTls() {
  const folder = await Deno.makeTempDir();
  assert.equal((await runSigner("keygen", "--dev-ca", folder)).code, 0);
  const { ca, server, client } = devCaFiles(folder);
  const process = await SignerProcess.start(
    ...["--tcp", "127.0.0.1:0", "--workers", "2", "--generate", "ecdsa-p256"],
    ...["--tls-cert", server.certificate, "--tls-key", server.privateKey],
    ...["--tls-client-ca", ca.certificate],
  );
  return {
    to: ["--to", process.addresses[0]],
    trust: ["--tls-ca", ca.certificate],
    identity: ["--tls-cert", client.certificate, "--tls-key", client.privateKey],
    async [Symbol.asyncDispose]() {
      await process[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

test("`bench` loads a server over mutual TLS with every kind of load thread, on both stacks", async () => {
  await using server = await serveMutualTls();
  const { to, trust, identity } = server;
  for (const stack of ["native", "grpc-js"]) {
    const modes = [
      ["sign", "-n", "40", "-c", "4", "--threads", "2", "--connections", "2", "--verify"],
      ["connect", "-n", "40", "-c", "4", "--threads", "2"],
      ["signer.v1.SigningService/SignStream", "-d", "{}", "-n", "4", "-c", "2"],
    ];
    for (const mode of modes) {
      const { code, stdout, stderr } = await runSigner(
        ...["bench", ...mode, ...to, ...trust, ...identity, "--stack", stack],
      );
      assert.equal(code, 0, `${stack} ${mode[0]}: ${stderr}`);
      assert.match(
        stdout,
        new RegExp(`\\[OK\\] +${mode.includes("-d") ? 4 : 40} responses`),
        stdout,
      );
    }
  }
});

test("`bench` that is refused by TLS, or refuses, says why before it makes any load", async () => {
  await using server = await serveMutualTls();
  const { to, trust } = server;
  for (const mode of ["sign", "connect"]) {
    const none = await runSigner("bench", mode, "-n", "1", ...to, ...trust);
    assert.equal(none.code, 64 + 14, none.stderr);
    assert.match(none.stderr, /certificate required/);
    assert.match(none.stderr, /hint: .*--tls-cert/);
    const untrusted = await runSigner("bench", mode, "-n", "1", ...to, "--tls");
    assert.equal(untrusted.code, 64 + 14, untrusted.stderr);
    assert.match(untrusted.stderr, /unable to get local issuer certificate/);
    assert.match(untrusted.stderr, /hint: .*--tls-ca/);
  }
});
