/** A server that signs with AWS-LC, from the files of its keys to signatures that OpenSSL verifies. @module */
import assert from "node:assert/strict";
import { createPublicKey, verify } from "node:crypto";
import { join } from "node:path";
import { awsLcLibrary } from "../_support/aws_lc.ts";
import { gate, ignored } from "../_support/gate.ts";

const [gated, loaded] = await gate(
  ["net", "env", "read", "write", "sys", "ffi", "run"],
  () => import("./_signer.ts"),
);
const { SignerProcess, call, openChannel, runSigner, signing } = loaded;

const test = awsLcLibrary !== undefined ? gated : ignored(Deno.test, "needs deno task aws-lc");

const types = ["ecdsa-p256", "ecdsa-p384", "ed25519", "rsa-2048"] as const;
const message = new TextEncoder().encode("signed by AWS-LC");

for (const workers of ["0", "2"]) {
  test(`a server with ${workers} workers signs with AWS-LC, before and after a reload`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      for (const type of types) {
        const { code } = await runSigner("keygen", "--type", type, "--out", join(folder, type));
        assert.equal(code, 0);
      }
      await using server = await SignerProcess.startIn(
        { SIGNER_AWS_LC: awsLcLibrary! },
        ...["--tcp", "127.0.0.1:0", "--workers", workers, "--log-level", "info"],
        ...types.flatMap((type) => ["--key", `${type}=${join(folder, type)}`]),
      );
      await server.logged(/AWS-LC \d+\.\d+\.\d+/);
      using channel = openChannel({ addresses: server.addresses });
      for (const round of ["first", "after a reload"]) {
        for (const type of types) {
          const pem = await Deno.readTextFile(join(folder, type));
          const algorithm = type.startsWith("rsa") ? "RSASSA_PKCS1_V1_5_SHA_256" : undefined;
          const { signature } = await call(channel, signing.Sign, {
            keyId: type,
            ...(algorithm && { algorithm }),
            message,
          }) as { signature: Uint8Array };
          const hash = { "ecdsa-p256": "sha256", "ecdsa-p384": "sha384", "rsa-2048": "sha256" };
          const name = (hash as Record<string, string>)[type] ?? null;
          assert.ok(verify(name, message, createPublicKey(pem), signature), `${type}, ${round}`);
        }
        if (round === "first") {
          server.signal("SIGHUP");
          await server.logged(/Keys read again/);
        }
      }
      assert.equal(await server.stop(), 0);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
