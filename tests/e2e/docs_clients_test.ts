/** The clients of docs/clients against `signer serve`. @module */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { gate } from "../_support/gate.ts";
import { peerTest, run } from "../_support/peers.ts";

const [test, { SignerProcess, openChannel, signing }] = await gate(
  ["net", "env", "read", "write", "sys", "ffi", "run"],
  () => import("./_signer.ts"),
);

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Starts a server, has `client` sign a message, and verifies the signature that it prints. */
async function signsBy(client: (authority: string, message: string) => Promise<string>) {
  await using server = await SignerProcess.start(
    ...["--tcp", "127.0.0.1:0", "--generate", "ecdsa-p256"],
  );
  const [address] = server.addresses;
  const printed = await client(address.replace("tcp://", ""), "grüße");
  const [, keyId, signature] = /^(\S+) ECDSA_SHA_256 (\S+)\n$/.exec(printed)!;
  using channel = openChannel({ addresses: [address] });
  const request = {
    keyId,
    message: new TextEncoder().encode("grüße"),
    signature: Uint8Array.fromBase64(signature),
  };
  for await (
    const { valid } of channel.call<object, { valid: boolean }>(signing.Verify, [request]).responses
  ) {
    assert.ok(valid);
  }
  assert.equal(await server.stop(), 0);
}

for (
  const [peer, language] of [["docs_go_client", "Go"], ["docs_node_client", "Node.js"], [
    "docs_rust_client",
    "Rust",
  ]] as const
) {
  peerTest(test, peer)(
    `the ${language} client of the documents signs`,
    (program) =>
      signsBy(async (...args) => {
        const { code, stdout, stderr } = await run(program, ...args);
        assert.equal(code, 0, stderr);
        return stdout;
      }),
  );
}

peerTest(test, "python")(
  "the Python client of the documents signs",
  (python) =>
    signsBy(async (...args) => {
      const folder = await Deno.makeTempDir();
      try {
        const generated = await run(
          ...[python, "-m", "grpc_tools.protoc", "-I", `${root}proto`] as const,
          ...[`--python_out=${folder}`, `--grpc_python_out=${folder}`],
          ...["signer/v1/keys.proto", "signer/v1/signing.proto"],
        );
        assert.equal(generated.code, 0, generated.stderr);
        await Deno.copyFile(`${root}docs/clients/python/sign.py`, `${folder}/sign.py`);
        const { code, stdout, stderr } = await run(python, `${folder}/sign.py`, ...args);
        assert.equal(code, 0, stderr);
        return stdout;
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    }),
);
