/**
 * The matrix of bad certificates: each fault × both stacks as servers × both stacks as clients × every transport. Both
 * ends must give the reason: the client in the error of the call, the server in its log. In the guest of
 * `scripts/guest_vm.ts`, vsock is real. `tls_weak_test.ts` has the weak certificates.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Certified, TestCa as Ca } from "../_support/certificates.ts";
import type { Stack } from "../../src/grpc/stacks/mod.ts";
import { gate } from "../_support/gate.ts";
import { settle } from "../net/_transports.ts";
import { loadStage, openWays, PERMISSIONS, serveOptions, stacks } from "./_stage.ts";

const [test, loaded] = await gate(PERMISSIONS, async () => ({
  ...await loadStage(),
  ...await import("../_support/certificates.ts"),
  opened: await import("../../src/grpc/stacks/mod.ts"),
}));
const { net, TestCa } = loaded;

/** 60 s for a connection: handshakes of an emulated machine are slow. */
const PATIENCE_MS = 60_000;

/** A CA whose chains have more than the four intermediates that are allowed. */
async function tooLong(root: Ca, stack: DisposableStack): Promise<Ca> {
  return stack.use(await TestCa.below(root, 6));
}

/** The faults of a client's certificate, with the reason for each that the client and the server give. */
const clientFaults = {
  "has expired": {
    certify: (ca: Ca) => ca.issue({ usage: "client", from: -3, until: -2 }),
    client: /alert certificate expired/,
    server: /certificate has expired/,
  },
  "is not valid yet": {
    certify: (ca: Ca) => ca.issue({ usage: "client", from: 2, until: 3 }),
    client: /alert bad certificate/,
    server: /certificate is not yet valid/,
  },
  "is of another CA": {
    certify: async (_: Ca, stack: DisposableStack) =>
      await stack.use(await TestCa.create()).issue({ usage: "client" }),
    client: /alert (unknown ca|decrypt error)/,
    server: /unable to get (local )?issuer certificate|signature failure/,
  },
  "is a server's": {
    certify: (ca: Ca) => ca.issue({ usage: "server" }),
    client: /alert unsupported certificate/,
    server: /unsuitable certificate purpose/,
  },
  "is revoked": {
    certify: (ca: Ca) => ca.issue({ usage: "client" }),
    client: /alert certificate revoked/,
    server: /certificate revoked/,
  },
  "is missing": {
    certify: () => Promise.resolve(undefined),
    client: /alert certificate required/,
    server: /peer did not return a certificate/,
  },
  "has too long a chain": {
    certify: async (ca: Ca, stack: DisposableStack) =>
      await (await tooLong(ca, stack)).issue({ usage: "client" }),
    client: /alert unknown ca/,
    server: /certificate chain too long/,
  },
};

/** The faults of a server's certificate, with the reason for each that the client and the server give. */
const serverFaults = {
  "expired.example": {
    certify: (ca: Ca, names: string[]) => ca.issue({ names, from: -3, until: -2 }),
    client: /certificate has expired/,
    server: /alert certificate expired/,
  },
  "future.example": {
    certify: (ca: Ca, names: string[]) => ca.issue({ names, from: 2, until: 3 }),
    client: /certificate is not yet valid/,
    server: /alert bad certificate/,
  },
  "foreign.example": {
    certify: async (_: Ca, names: string[], stack: DisposableStack) =>
      await stack.use(await TestCa.create()).issue({ names }),
    client: /unable to get (local )?issuer certificate|signature failure/,
    server: /alert (unknown ca|decrypt error)/,
  },
  "client.example": {
    certify: (ca: Ca, names: string[]) => ca.issue({ names, usage: "client" }),
    client: /unsuitable certificate purpose/,
    server: /alert unsupported certificate/,
  },
  "revoked.example": {
    certify: (ca: Ca, names: string[]) => ca.issue({ names }),
    client: /certificate revoked/,
    server: /alert certificate revoked/,
  },
  "long.example": {
    certify: async (ca: Ca, names: string[], stack: DisposableStack) =>
      await (await tooLong(ca, stack)).issue({ names }),
    client: /certificate chain too long/,
    server: /alert unknown ca/,
  },
  // Has no certificate: the first one is sent, for localhost.
  "other.example": {
    certify: () => Promise.resolve(undefined),
    client: /hostname mismatch/,
    server: /alert bad certificate/,
  },
};

for (const serverStack of stacks) {
  test(`${serverStack} server: a certificate with a fault is refused by the other end, and both ends say why`, async (t) => {
    using ca = await TestCa.create();
    using disposables = new DisposableStack();
    using good = await ca.issue({ usage: "client" });
    const clients = new Map<string, Certified | undefined>();
    for (const [fault, { certify }] of Object.entries(clientFaults)) {
      clients.set(fault, disposables.use(await certify(ca, disposables)));
    }
    const named = new Map<string, Certified>([["localhost", disposables.use(await ca.issue())]]);
    for (const [name, { certify }] of Object.entries(serverFaults)) {
      const certified = await certify(ca, [name], disposables);
      if (certified !== undefined) named.set(name, disposables.use(certified));
    }
    const revokedClients = ca.revoke(clients.get("is revoked")!);
    const revokedServers = ca.revoke(named.get("revoked.example")!);
    // One process for all cases: its start is what takes time, above all in the guest.
    await using server = await serveWith(serverStack, ca, named, revokedClients);
    for (const clientStack of stacks) {
      for (const { name: way, target } of server.places) {
        const callAs = (identity: Certified | undefined, authority?: string, crl?: Uint8Array) =>
          callWith(clientStack, target, ca.clientContext(identity, { crl }), authority);
        await t.step(`${way}, ${clientStack} client: its certificate`, async () => {
          await callAs(good);
          for (const [fault, { client, server: reason }] of Object.entries(clientFaults)) {
            await assert.rejects(callAs(clients.get(fault)), client);
            await server.process.logged(reason);
          }
          await settle(net);
        });
        await t.step(`${way}, ${clientStack} client: the server's certificate`, async () => {
          for (const [name, { client, server: reason }] of Object.entries(serverFaults)) {
            const crl = name === "revoked.example" ? revokedServers : undefined;
            await assert.rejects(callAs(good, name, crl), client);
            await server.process.logged(reason);
          }
          await settle(net);
        });
      }
    }
  });
}

/** Starts a server over mutual TLS, on every transport. */
async function serveWith(
  stack: Stack,
  ca: Ca,
  named: ReadonlyMap<string, Certified>,
  crl: Uint8Array,
) {
  const { SignerProcess } = loaded.signer;
  const folder = await Deno.makeTempDir();
  const opened = await openWays(net, folder);
  const write = async (name: string, content: Uint8Array) => {
    await Deno.writeFile(`${folder}/${name}`, content, { mode: 0o600 });
    return `${folder}/${name}`;
  };
  const options = ["--tls-client-ca", await write("ca.pem", ca.pem)];
  for (const [name, { certificates, privateKey }] of named) {
    options.push("--tls-cert", await write(`${name}.pem`, certificates));
    options.push("--tls-key", await write(`${name}.key`, privateKey));
  }
  options.push("--tls-crl", await write("crl.pem", crl));
  const process = await SignerProcess.start(
    ...["--generate", "ed25519", "--stack", stack, "--workers", "0", "--log-level", "debug"],
    ...[...serveOptions(opened), ...options],
  );
  return {
    process,
    places: Array.from(opened, ([{ name }, { target }]) => ({ name, target })),
    async [Symbol.asyncDispose]() {
      await process[Symbol.asyncDispose]();
      await settle(net);
      await opened[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** Makes one call, over a connection that is not tried again. Disposes of the context. */
async function callWith(
  stack: Stack,
  address: string,
  context: ReturnType<Ca["clientContext"]>,
  authority = "localhost",
): Promise<void> {
  const { call, echo } = loaded.signer;
  using _context = context;
  using channel = await loaded.opened.openChannel(stack, {
    addresses: [address],
    authority,
    connectTimeout: PATIENCE_MS,
    reconnect: { initial: 60_000, max: 60_000 },
    tls: { context },
  });
  await call(channel, echo.Echo, {});
}
