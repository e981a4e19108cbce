import assert from "node:assert/strict";
import { healthDefinition } from "../../src/api/mod.ts";
import { RpcError, serverStream, type Service, unary } from "../../src/grpc/mod.ts";
import { gate } from "../_support/gate.ts";

const [test, { stacks, net, runSigner }] = await gate(
  ["net", "env", "read", "write", "sys", "ffi", "run"],
  async () => ({
    stacks: await import("../../src/grpc/stacks/mod.ts"),
    net: await import("../../src/net/mod.ts"),
    // Loads libc, which stays loaded.
    runSigner: (await import("../e2e/_signer.ts")).runSigner,
  }),
);

/** A health service whose Watch sends five responses and then fails. */
const failing: Service = {
  definition: { Watch: healthDefinition.Watch, Check: healthDefinition.Check },
  handlers: {
    Check: unary(() => ({ status: "SERVING" })),
    Watch: serverStream(async function* () {
      for (let i = 0; i < 5; i++) yield { status: "SERVING" };
      throw new RpcError("ABORTED", "That was all");
    }),
  },
};

for (const serving of ["native", "grpc-js"] as const) {
  for (const calling of ["native", "grpc-js"] as const) {
    // The grpc-js client printed one of five messages before an error status.
    test(`${calling} to ${serving}: all messages before an error are printed`, async () => {
      const server = await stacks.openServer(serving, { services: [failing] });
      const address = net.formatAddress(await server.listen(net.tcpAddress("127.0.0.1:0")));
      try {
        const { code, stdout, stderr } = await runSigner(
          ...["call", "grpc.health.v1.Health/Watch", "--to", address, "--stack", calling],
        );
        assert.equal(stdout.match(/SERVING/g)?.length, 5, stdout + stderr);
        assert.match(stderr, /^signer: error: Watch failed: ABORTED: That was all$/m);
        assert.equal(code, 74);
      } finally {
        await server.drain(0);
      }
    });
  }
}
