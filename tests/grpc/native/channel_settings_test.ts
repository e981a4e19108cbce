/** The settings of a native channel. @module */
import assert from "node:assert/strict";
import { channelSettings } from "../../../src/grpc/native/client/_options.ts";

// Calls to a server under socket activation that took 12 s to start failed after 10 s, whatever their deadline: the time
// limit of a server for its clients' handshakes was that of the client as well.
Deno.test("a channel waits for a server's SETTINGS as long as gRPC says, or as long as it may connect", () => {
  const wait = (connectTimeout?: number) => {
    const { http2: { limits } } = channelSettings({
      addresses: ["127.0.0.1:1"],
      ...(connectTimeout === undefined ? {} : { connectTimeout }),
    });
    // A start of 40 s under --connect-timeout 100s failed after 30 s, the limit of the acknowledgement.
    assert.ok(limits.settingsTimeout > limits.handshakeTimeout);
    return limits.handshakeTimeout;
  };
  assert.equal(wait(), 20_000);
  assert.equal(wait(5_000), 20_000);
  assert.equal(wait(60_000), 60_000);
});
