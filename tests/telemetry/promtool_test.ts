/** Prometheus's own check of the text that a scrape gets. @module */
import { KeyRing, KeyStore } from "../../src/crypto/mod.ts";
import { ServerMetrics } from "../../src/cli/serve/metrics.ts";
import { libc } from "../../src/ffi/mod.ts";
import { gate } from "../_support/gate.ts";
import { peerTest } from "../_support/peers.ts";
import { assertSoundMetrics } from "../_support/promtool.ts";

const [test] = await gate(["env", "read", "ffi", "run"], () => {
  // Loads libc outside of tests: it stays loaded, and the sanitizer would report the first test for it.
  libc.isSupported();
  libc.readSmallFile("/proc/self/stat");
  return Promise.resolve({});
});
const testPromtool = peerTest(test, "promtool");

testPromtool("`promtool check metrics` finds no fault in the metrics", async (promtool) => {
  using keys = new KeyRing(new KeyStore());
  const provider = { name: "openssl", version: "OpenSSL 3" } as const;
  const metrics = new ServerMetrics({
    ...{ version: "1", provider, keys },
    ...{ certificates: () => [], revocationLists: () => [] },
  });
  const counters = metrics.ownCounters();
  const echo = counters.method("/signer.v1.EchoService/Echo");
  echo.ended(0);
  echo.measured(0.03);
  counters.signed("code", "ED25519");
  counters.connection("tcp", 1);
  counters.bytes("tcp", 100, 200);
  counters.limit("maxQueuedCalls");
  counters.lag(12);
  echo.waited(3);
  metrics.onReload("failure");
  await assertSoundMetrics(promtool, await metrics.text("prometheus"));
});
