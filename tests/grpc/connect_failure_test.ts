import assert from "node:assert/strict";
import { echoDefinition } from "../../src/api/mod.ts";
import { findError } from "../../src/errors/mod.ts";
import { freePorts } from "../_support/free_ports.ts";
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

/** Makes a call to a missing server, and returns its error. */
async function failedCall(stack: "native" | "grpc-js", address: string): Promise<unknown> {
  using channel = await openChannel(stack, { addresses: [address] });
  const deadline = Date.now() + 20_000;
  try {
    for await (const _ of channel.call(echoDefinition.Echo, [{}], { deadline }).responses);
  } catch (error) {
    return error;
  }
}

// Commands found their hints by words of the message, which differ between the stacks.
for (const stack of ["native", "grpc-js"] as const) {
  test(`${stack}: the error of a call has the reason for the missing connection as a code`, async () => {
    const [port] = freePorts(1);
    const refused = await failedCall(stack, `127.0.0.1:${port}`);
    assert.equal(findError(refused, "net")?.code, "ECONNREFUSED", String(refused));
    const missing = await failedCall(stack, "unix:/nonexistent/signer.sock");
    assert.equal(findError(missing, "net")?.code, "ENOENT", String(missing));
  });
}

test("grpc-js's messages of failed connections are mapped to codes, and no others", () => {
  const of = (code: number, details: string) => connectFailure(code, details)?.code;
  assert.equal(of(14, "Name resolution failed for target dns:a:1"), "NAME_NOT_FOUND");
  assert.equal(of(14, "No connection established. Last error: connect EACCES /a"), "EACCES");
  assert.equal(of(14, "No connection established. Last error: undefined"), undefined);
  // A status from a server.
  assert.equal(of(14, "The file ENOENT is away"), undefined);
  assert.equal(of(5, "No connection established. ECONNREFUSED"), undefined);
});
