/** Many concurrent large responses to clients of other projects, on both stacks. @module */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { Service } from "../../src/grpc/mod.ts";
import { echoService } from "../../src/services/echo.ts";
import { gate } from "../_support/gate.ts";
import { peerTest, run } from "../_support/peers.ts";
import { interopServer } from "../interop/_service.ts";
import { loadLibc, Served } from "./_rig.ts";

const [test, stacks] = await gate(["net", "env", "read", "sys", "ffi", "run"], async () => {
  loadLibc();
  const { openGrpcJsServer } = await import("../../src/grpc/grpcjs/mod.ts");
  const { openNativeServer } = await import("../../src/grpc/native/server/mod.ts");
  return { openGrpcJsServer, openNativeServer };
});

const script = fileURLToPath(new URL("../peers/python/large_responses.py", import.meta.url));

const openers = {
  native: (services: Service[]) => stacks.openNativeServer({ services }),
  "grpc-js": (services: Service[]) => stacks.openGrpcJsServer({ services }),
};

for (const [stack, open] of Object.entries(openers)) {
  const serving = async (service: Service, fn: (at: string) => Promise<void>) => {
    await using served = await Served.by(open([service]));
    await fn(served.address);
  };

  // gRPC's C core announces frames of up to 4 MiB. A response in one frame filled the server's output, and the
  // connection was ended as if the peer did not read: 8 concurrent responses of 1 MiB failed 96 calls of 160.
  peerTest(test, "python")(
    `${stack}: grpcio has 20 responses of 1 B to 4 MiB at once, and small ones beside`,
    (python) =>
      serving(interopServer(false), async (at) => {
        const { code, stdout, stderr } = await run(python, script, at);
        assert.equal(code, 0, stderr);
        assert.deepEqual(JSON.parse(stdout), { answered: 560, errors: [] });
      }),
  );

  // 80 MiB of responses exceeded the queue of a connection, which was ended: 19 calls failed. The reference stack
  // counts a request three times while it is handled, and refuses calls over 112 MiB.
  const concurrent = stack === "native" ? 20 : 6;
  peerTest(test, "go_echo")(
    `${stack}: grpc-go has ${concurrent} echoes of 4 MiB at once`,
    (goEcho) => {
      return serving(echoService(), async (at) => {
        const options = ["-count", "40", "-concurrent", `${concurrent}`, "-timeout", "120s"];
        const size = String(4 * 1024 * 1024 - 64);
        const { code, stdout, stderr } = await run(goEcho, "-at", at, "-size", size, ...options);
        assert.equal(code, 0, stderr);
        assert.deepEqual(JSON.parse(stdout), { succeeded: 40, errors: [] });
      });
    },
  );
}
