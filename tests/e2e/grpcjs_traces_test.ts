/** The traces of `@grpc/grpc-js` and Node.js, which environment variables turn on. @module */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";

const [test, { runSigner, runSignerWith, SignerProcess }] = await gate(
  ["env", "ffi", "net", "read", "run", "write"],
  () => import("./_signer.ts"),
);

const traces = {
  GRPC_TRACE: "all",
  GRPC_VERBOSITY: "DEBUG",
  GRPC_NODE_TRACE: "all",
  GRPC_NODE_VERBOSITY: "DEBUG",
  NODE_DEBUG: "http2,net,tls",
};

// The traces have the metadata of each call, and so its token, on standard error and in files of logs.
test("variables of traces print no tokens, in a server or a client on grpc-js", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const [tokens, token] = [`${folder}/tokens`, `${folder}/deploy.token`];
    const made = await runSigner("token", "new", "deploy", "--out", token);
    await Deno.writeTextFile(tokens, made.stdout, { mode: 0o600 });
    const secret = (await Deno.readTextFile(token)).trim();
    await using server = await SignerProcess.startIn(
      traces,
      ...["--tcp", "127.0.0.1:0", "--stack", "grpc-js", "--tokens", tokens],
      ...["--generate", "ecdsa-p256", "--log-level", "debug"],
    );
    const { code, stderr } = await runSignerWith(
      traces,
      ...["call", "echo", "hello", "--stack", "grpc-js", "--to", server.addresses[0]],
      ...["--token-file", token, "-v"],
    );
    assert.equal(code, 0, stderr);
    assert.match(stderr, /authorization: <redacted>/);
    assert.doesNotMatch(stderr, new RegExp(secret));
    assert.equal(await server.stop(), 0);
    assert.doesNotMatch(await server.log, new RegExp(secret));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
