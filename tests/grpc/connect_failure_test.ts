import assert from "node:assert/strict";
import { echoDefinition } from "../../src/api/mod.ts";
import { findError } from "../../src/errors/mod.ts";
import { gate } from "../_support/gate.ts";

const [test, { openChannel, connectFailure }] = await gate(
  ["net", "env", "read", "sys", "ffi"],
  async () => {
    (await import("./_rig.ts")).loadLibc();
    return {
      ...await import("../../src/grpc/stacks/mod.ts"),
      ...await import("../../src/grpc/grpcjs/_connect_failure.ts"),
    };
  },
);

/** Makes a call to a server that is not there, and returns its error. */
async function failedCall(stack: "native" | "grpc-js", address: string): Promise<unknown> {
  using channel = await openChannel(stack, { addresses: [address] });
  const deadline = Date.now() + 20_000;
  try {
    for await (const _ of channel.call(echoDefinition.Echo, [{}], { deadline }).responses);
  } catch (error) {
    return error;
  }
}

// Commands found their hints by words in the message, which are those of grpc-js on one of the stacks.
for (const stack of ["native", "grpc-js"] as const) {
  test(`${stack}: the error of a call names by code why there is no connection`, async () => {
    const free = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = free.addr;
    free.close();
    const refused = await failedCall(stack, `127.0.0.1:${port}`);
    assert.equal(findError(refused, "net")?.code, "ECONNREFUSED", String(refused));
    const missing = await failedCall(stack, "unix:/nonexistent/signer.sock");
    assert.equal(findError(missing, "net")?.code, "ENOENT", String(missing));
  });
}

test("grpc-js's words for a failed connection become a code, and no others do", () => {
  const of = (code: number, details: string) => connectFailure(code, details)?.code;
  assert.equal(of(14, "Name resolution failed for target dns:a:1"), "NAME_NOT_FOUND");
  assert.equal(of(14, "No connection established. Last error: connect EACCES /a"), "EACCES");
  assert.equal(of(14, "No connection established. Last error: undefined"), undefined);
  // A status that a server gave.
  assert.equal(of(14, "The file ENOENT is away"), undefined);
  assert.equal(of(5, "No connection established. ECONNREFUSED"), undefined);
});
