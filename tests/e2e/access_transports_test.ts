/**
 * Rules by the properties of a connection, over every transport: the CID of vsock, uid and gid of Unix sockets, and
 * none over TCP. In the guest of `scripts/guest_vm.ts`, vsock is real.
 *
 * @module
 */
import assert from "node:assert/strict";
import { StatusCode } from "../../src/grpc/status.ts";
import { gate } from "../_support/gate.ts";
import { settle, temporaryDirectory } from "../net/_transports.ts";
import { loadStage, openWays, PERMISSIONS, serveOptions, stacks } from "./_stage.ts";
import type { Place } from "./_transports.ts";

const [test, loaded] = await gate(PERMISSIONS, async () => ({
  ...await loadStage(),
  ...await import("../../src/crypto/mod.ts"),
}));
const { net } = loaded;
// Opened here: libcrypto stays loaded, which is no leak of the test that needs it first.
loaded.openProvider?.("openssl");

/** Processes of an emulated machine are slow. */
const PATIENCE_MS = 60_000;

const KEYS = ["guest", "user", "stranger"] as const;

/** The rules: each key is for the callers of one kind of connection; those of `stranger` are not here. */
function rules(uid: number, gid: number): string {
  return `rules:
  - {who: {cid: 1}, keys: [guest], operations: [sign]}
  - {who: {uid: ${uid}, gid: ${gid}}, keys: [user], operations: [sign]}
  - {who: [{cid: 3}, {uid: ${uid + 1}}, {uid: ${uid}, gid: ${
    gid + 1
  }}], keys: [stranger], operations: [sign]}
`;
}

/** The key that the rules have for the caller of a place. */
function keyOf({ peer }: Place): typeof KEYS[number] | undefined {
  if (peer.test("vsock:1:1024")) return "guest";
  return peer.test(`unix:pid=${Deno.pid},uid=${Deno.uid()}`) ? "user" : undefined;
}

for (const stack of stacks) {
  test(`${stack}: rules by CID, uid and gid decide over every transport`, async (t) => {
    const { call, signing, SignerProcess } = loaded.signer;
    using directory = temporaryDirectory();
    const keys = KEYS.flatMap((id) => ["--key", `${id}=${directory.path}/${id}.pem`]);
    for (const id of KEYS) {
      using key = await loaded.openProvider("openssl").provider.generate("ed25519");
      const pem = loaded.encodePrivateKey(key, "pem");
      Deno.writeFileSync(`${directory.path}/${id}.pem`, pem, { mode: 0o600 });
    }
    const file = `${directory.path}/rules.yaml`;
    Deno.writeTextFileSync(file, rules(Deno.uid()!, Deno.gid()!), { mode: 0o600 });
    await using opened = await openWays(net, directory.path);
    await using server = await SignerProcess.start(
      ...["--stack", stack, "--rules", file, ...keys, ...serveOptions(opened)],
    );
    for (const [{ name }, place] of opened) {
      await t.step(name, async () => {
        using channel = loaded.clients.native({
          addresses: [place.target],
          connectTimeout: PATIENCE_MS,
        });
        for (const keyId of KEYS) {
          const signed = call(channel, signing.Sign, { keyId, message: new Uint8Array(1) });
          if (keyId === keyOf(place)) await signed;
          else await assert.rejects(signed, { code: StatusCode.PERMISSION_DENIED }, keyId);
        }
        channel[Symbol.dispose]();
        await settle(net);
      });
    }
    assert.equal(await server.stop(), 0);
  });
}
